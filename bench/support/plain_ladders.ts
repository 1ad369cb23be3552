/**
 * Ladders as written without this library, to compare it with. Each is what its
 * description says and nothing cleverer.
 *
 * @module
 */

/** A row as `JSON.parse` gives it: `[price, size]` or `[level, price, size]`. */
export type Row = readonly number[];

/** What the plain books need of a ladder. */
export interface PlainLadder {
  /** Applies changes: a row sets, a row of size 0 removes. */
  apply(rows: readonly Row[]): void;
  /** `[price, size]` of every row, best first; a copy. */
  rows(): [price: number, size: number][];
  /** An independent copy, as a plain value. */
  copy(): unknown;
}

/** How the price ladders of a variant are made; the level ladders are the same in all. */
export type PlainLadderFactory = (isDescending: boolean) => PlainLadder;

const FIRST_CAPACITY = 16;

/**
 * Prices and sizes in two sorted Float64Arrays: binary search, `copyWithin` to
 * insert and to remove.
 */
export class TypedLadder implements PlainLadder {
  readonly #isDescending: boolean;
  #prices = new Float64Array(FIRST_CAPACITY);
  #sizes = new Float64Array(FIRST_CAPACITY);
  #count = 0;

  constructor(isDescending: boolean) {
    this.#isDescending = isDescending;
  }

  apply(rows: readonly Row[]): void {
    for (const row of rows) this.#set(row[0]!, row[1]!);
  }

  #set(price: number, size: number): void {
    const count = this.#count;
    let prices = this.#prices;
    let low = 0;
    let high = count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (prices[middle]! < price) low = middle + 1;
      else high = middle;
    }
    if (low < count && prices[low] === price) {
      if (size !== 0) {
        this.#sizes[low] = size;
      } else {
        prices.copyWithin(low, low + 1, count);
        this.#sizes.copyWithin(low, low + 1, count);
        this.#count--;
      }
    } else if (size !== 0) {
      if (count === prices.length) {
        prices = new Float64Array(count * 2);
        prices.set(this.#prices);
        this.#prices = prices;
        const sizes = new Float64Array(count * 2);
        sizes.set(this.#sizes);
        this.#sizes = sizes;
      }
      prices.copyWithin(low + 1, low, count);
      this.#sizes.copyWithin(low + 1, low, count);
      prices[low] = price;
      this.#sizes[low] = size;
      this.#count++;
    }
  }

  rows(): [number, number][] {
    const rows: [number, number][] = [];
    for (let i = 0; i < this.#count; i++) {
      rows.push([this.#prices[i]!, this.#sizes[i]!]);
    }
    return this.#isDescending ? rows.reverse() : rows;
  }

  copy(): unknown {
    return [
      this.#prices.slice(0, this.#count),
      this.#sizes.slice(0, this.#count),
    ];
  }
}

/** A `Map` from price to size, sorted only when it is read. */
export class MapLadder implements PlainLadder {
  readonly #isDescending: boolean;
  readonly #sizes = new Map<number, number>();

  constructor(isDescending: boolean) {
    this.#isDescending = isDescending;
  }

  apply(rows: readonly Row[]): void {
    const sizes = this.#sizes;
    for (const row of rows) {
      if (row[1] === 0) sizes.delete(row[0]!);
      else sizes.set(row[0]!, row[1]!);
    }
  }

  rows(): [number, number][] {
    const sign = this.#isDescending ? -1 : 1;
    return [...this.#sizes].sort((a, b) => (a[0] - b[0]) * sign);
  }

  copy(): unknown {
    return new Map(this.#sizes);
  }
}

/**
 * A sorted array of the parsed `[price, size]` pairs themselves, best first:
 * binary search and `splice`. An empty ladder takes all rows and sorts them,
 * which is the cheapest plain way to load an image.
 */
export class PairLadder implements PlainLadder {
  readonly #sign: 1 | -1;
  #pairs: Row[] = [];

  constructor(isDescending: boolean) {
    this.#sign = isDescending ? -1 : 1;
  }

  apply(rows: readonly Row[]): void {
    if (this.#pairs.length === 0 && rows.length > 1) {
      this.#load(rows);
      return;
    }
    for (const row of rows) this.#set(row);
  }

  #load(rows: readonly Row[]): void {
    const sign = this.#sign;
    const sorted = rows.slice().sort((a, b) => (a[0]! - b[0]!) * sign);
    // The sort is stable, so the last of several rows at a price is the newest.
    let count = 0;
    for (let i = 0; i < sorted.length; i++) {
      const row = sorted[i]!;
      if (sorted[i + 1]?.[0] !== row[0] && row[1] !== 0) sorted[count++] = row;
    }
    sorted.length = count;
    this.#pairs = sorted;
  }

  #set(row: Row): void {
    const pairs = this.#pairs;
    const sign = this.#sign;
    const price = row[0]!;
    const key = price * sign;
    let low = 0;
    let high = pairs.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (pairs[middle]![0]! * sign < key) low = middle + 1;
      else high = middle;
    }
    const isThere = low < pairs.length && pairs[low]![0] === price;
    if (row[1] === 0) {
      if (isThere) pairs.splice(low, 1);
    } else if (isThere) {
      pairs[low] = row;
    } else {
      pairs.splice(low, 0, row);
    }
  }

  rows(): [number, number][] {
    return this.#pairs.map((pair) => [pair[0]!, pair[1]!]);
  }

  copy(): unknown {
    return this.#pairs.slice();
  }
}

/** A level ladder: the parsed row of each level at its index. */
export class LevelRows implements PlainLadder {
  readonly #levels: (Row | undefined)[] = [];

  apply(rows: readonly Row[]): void {
    const levels = this.#levels;
    for (const row of rows) {
      const level = row[0]!;
      while (levels.length < level) levels.push(undefined);
      levels[level] = row[2] === 0 ? undefined : row;
    }
  }

  rows(): [number, number][] {
    const rows: [number, number][] = [];
    for (const row of this.#levels) {
      if (row !== undefined) rows.push([row[1]!, row[2]!]);
    }
    return rows;
  }

  copy(): unknown {
    return this.#levels.slice();
  }
}

/** The variants of plain books, by name. */
export const PLAIN_LADDERS: Readonly<Record<PlainVariant, PlainLadderFactory>> =
  {
    typed: (isDescending) => new TypedLadder(isDescending),
    map: (isDescending) => new MapLadder(isDescending),
    pairs: (isDescending) => new PairLadder(isDescending),
  };

/** Names of the plain variants; `typed` is baseline A. */
export type PlainVariant = "typed" | "map" | "pairs";

/** What the variants are, for tables. */
export const PLAIN_TITLES: Readonly<Record<PlainVariant, string>> = {
  typed: "A: JSON.parse, sorted Float64Arrays",
  map: "JSON.parse, Map<price, size>",
  pairs: "JSON.parse, sorted pairs",
};
