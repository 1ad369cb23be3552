/** The prices of one side of a runner. See {@linkcode PriceLadder}. */

import { loadRows } from "./_load.ts";
import {
  best,
  iterate,
  NO_ROWS,
  priceAt,
  type Sign,
  sizeAt,
  sizeAtIndex,
  toArray,
  toPairs,
  totalSize,
  volumeTo,
} from "./_rows.ts";
import type { LadderPool } from "./ladder_pool.ts";
import {
  EMPTY_PRICE_LADDER,
  PriceLadderSnapshot,
} from "./price_ladder_snapshot.ts";
import type {
  LadderOrder,
  PriceSize,
  ReadonlyPriceLadder,
} from "./readonly_price_ladder.ts";

// Rows are [price, size]. Constants of this file, as V8 does not fold imported
// ones: with those an update takes 44 ns instead of 37.
const PRICE = 0; // decimal odds
const SIZE = 1; // money
const STRIDE = 2;

/**
 * Rows of a ladder's first storage. Four rows are 64 bytes, the most that V8
 * keeps inside the array object instead of in memory of its own.
 */
const MIN_ROWS = 4;
/** Rows of room that an image gets beyond its own, as prices come and go. */
const SPARE_ROWS = 4;
/**
 * Rows to look at one by one before halving. Nine in ten updates fall within
 * 18 rows of the best price, half of them within one; the limit is for ladders
 * of hundreds of rows (traded volume).
 */
const NEAR_ROWS = 16;

/**
 * A ladder keyed by price (`atb`, `atl`, `trd`, `spb`, `spl`; protocol 4.3),
 * sorted, best price first.
 *
 * Rules: a row sets the size at its price; a row of size 0 removes the price,
 * or does nothing if there is none; of rows with the same price the last wins.
 *
 * | operation | cost for a ladder of n rows |
 * | --- | --- |
 * | set at distance d from the best | O(d) when near, else O(log n) |
 * | add or remove at distance d from the best | O(d) |
 * | load an image of n rows into an empty ladder | O(n) sorted; shuffled O(n) for usual prices, O(n²) at worst |
 * | `best*`, `size`, `priceAt`, `rows` | O(1) |
 * | `sizeAt`, `volumeTo` | O(d) |
 * | `snapshot` | O(n) after a change, else O(1) |
 *
 * Storage is allocated with the first row, and updates allocate nothing while
 * there is room.
 *
 * @example
 * ```ts
 * import { PriceLadder } from "@betfair-stream/core";
 * import assert from "node:assert/strict";
 *
 * const back = new PriceLadder("descending");
 * back.apply(new Float64Array([1.99, 5, 2, 10]), 0, 2);
 * back.apply(new Float64Array([2, 0, 1.98, 7]), 0, 2);
 * assert.deepEqual(back.toJSON(), [[1.99, 5], [1.98, 7]]);
 * assert.equal(back.volumeTo(1.98), 12);
 * ```
 */
export class PriceLadder implements ReadonlyPriceLadder {
  // One Float64Array, rows [price, size], best first, against the right end.
  // Spare room is in front, where rows come and go: a change at distance d
  // from the best moves d rows, and `subarray(head)` is the whole ladder.
  //
  //   0       head                                     length
  //   │ spare │ price₀ size₀  price₁ size₁  …  priceₙ₋₁ sizeₙ₋₁
  //   garbage   best                           worst
  //
  // Prices are distinct and no size is 0.
  #buffer: Float64Array = NO_ROWS;
  /** Slot of the best row; `#buffer.length` when there is none. */
  #head = 0;
  readonly #sign: Sign;
  /** The last snapshot, while the next one can refer to it. */
  #snapshot: PriceLadderSnapshot | null = null;
  /** What keeps the snapshot's rows. */
  #pool: LadderPool | null = null;
  // What changed since the snapshot, noted where the next one can use it:
  //
  //   #noted                                        #notedEnd
  //   │ room for the best row │ price size of each change …  │
  //
  // If there are no notes, the snapshot is as the ladder is.
  #notes: Float64Array | null = null;
  #noted = 0;
  #notedEnd = 0;

  /**
   * Creates an empty ladder.
   *
   * @param order `"descending"` when the highest price is best (back), else `"ascending"` (lay, traded).
   */
  constructor(order: LadderOrder) {
    this.#sign = order === "descending" ? -1 : 1;
  }

  /**
   * Applies changes. An empty ladder takes them as an image, in one go.
   *
   * @param rows Source of `[price, size]` rows in the units of {@linkcode PriceSize}, finite numbers. Only read.
   * @param start First slot of the source.
   * @param rowCount Number of rows.
   */
  apply(rows: Float64Array, start: number, rowCount: number): void {
    const stop = start + rowCount * STRIDE;
    let buffer = this.#buffer;
    let head = this.#head;
    const sign = this.#sign;
    if (head === buffer.length && rowCount > 1) {
      if (buffer.length < rowCount * STRIDE) {
        buffer = new Float64Array((rowCount + SPARE_ROWS) * STRIDE);
        this.#buffer = buffer;
      }
      this.#head = loadRows(buffer, sign, rows, start, stop);
      this.#forget();
      return;
    }
    let changed = false;
    for (let row = start; row < stop; row += STRIDE) {
      const price = rows[row + PRICE]!;
      const size = rows[row + SIZE]!;
      const at = find(buffer, head, sign, price);
      if (at < buffer.length && buffer[at + PRICE] === price) {
        if (buffer[at + SIZE] === size) continue;
        if (size !== 0) {
          buffer[at + SIZE] = size;
        } else {
          // Close the gap from the front.
          for (let slot = at - 1; slot >= head; slot--) {
            buffer[slot + STRIDE] = buffer[slot]!;
          }
          head += STRIDE;
        }
      } else if (size !== 0) {
        let end = at;
        if (head === 0) {
          const used = buffer.length;
          buffer = withMoreRoom(buffer);
          this.#buffer = buffer;
          head = buffer.length - used;
          end += head;
        }
        // Open a gap towards the front.
        head -= STRIDE;
        end -= STRIDE;
        for (let slot = head; slot < end; slot++) {
          buffer[slot] = buffer[slot + STRIDE]!;
        }
        buffer[end + PRICE] = price;
        buffer[end + SIZE] = size;
      } else {
        continue;
      }
      changed = true;
    }
    if (changed) {
      this.#head = head;
      if (this.#snapshot !== null) this.#note(rows, start, rowCount);
    }
  }

  /** Notes changes for the next snapshot, where that is less work than a copy. */
  #note(rows: Float64Array, start: number, rowCount: number): void {
    const pool = this.#pool!;
    const slots = (rowCount + 1) * STRIDE;
    if (
      this.#notes !== null || slots > pool.room ||
      !this.#snapshot!.takes(pool.block, rowCount)
    ) return this.#forget();
    const { block } = pool;
    const noted = pool.reserve(slots);
    const end = noted + slots;
    this.#notes = block;
    this.#noted = noted;
    this.#notedEnd = end;
    let from = start;
    for (let to = noted + STRIDE; to < end; to += STRIDE) {
      block[to + PRICE] = rows[from + PRICE]!;
      block[to + SIZE] = rows[from + SIZE]!;
      from += STRIDE;
    }
  }

  /** Makes the next snapshot a copy. */
  #forget(): void {
    this.#snapshot = null;
    this.#pool = null;
    this.#notes = null;
  }

  /** Removes all rows; the storage is kept for the next ones. */
  clear(): void {
    this.#head = this.#buffer.length;
    this.#forget();
  }

  /** Removes all rows and gives the storage back, as for a market that is over. */
  release(): void {
    this.#buffer = NO_ROWS;
    this.#head = 0;
    this.#forget();
  }

  /**
   * The rows as they are now, for good. Unless the ladder changed, this is the
   * same object as last time; if it changed once and a little, what changed is
   * stored instead of a copy.
   *
   * @param pool What stores the rows; give the same one each time.
   * @returns The snapshot, which keeps its block of the pool alive.
   */
  snapshot(pool: LadderPool): PriceLadderSnapshot {
    const before = this.#snapshot;
    const notes = this.#notes;
    if (before !== null && notes === null) return before;
    const buffer = this.#buffer;
    const start = this.#head;
    const end = buffer.length;
    if (start === end) {
      this.#forget();
      return EMPTY_PRICE_LADDER;
    }
    let snapshot: PriceLadderSnapshot;
    if (before !== null && notes !== null) {
      snapshot = before.followedBy(
        notes,
        this.#noted,
        this.#notedEnd,
        buffer[start + PRICE]!,
        buffer[start + SIZE]!,
        (end - start) / STRIDE,
      );
    } else {
      const offset = pool.copy(buffer, start, end);
      snapshot = new PriceLadderSnapshot(
        pool.block,
        offset,
        offset + end - start,
        this.#sign,
      );
      this.#pool = pool;
    }
    this.#snapshot = snapshot;
    this.#notes = null;
    return snapshot;
  }

  /** Number of rows. */
  get size(): number {
    return (this.#buffer.length - this.#head) / STRIDE;
  }

  /** The best row, as a new object; undefined when the ladder is empty. */
  get best(): PriceSize | undefined {
    return best(this.#buffer, this.#head, this.#buffer.length);
  }

  /** Price of the best row; NaN when the ladder is empty. */
  get bestPrice(): number {
    return priceAt(this.#buffer, this.#head, this.#buffer.length, 0);
  }

  /** Size of the best row; 0 when the ladder is empty. */
  get bestSize(): number {
    return sizeAtIndex(this.#buffer, this.#head, this.#buffer.length, 0);
  }

  /**
   * `[price, size]` of every row, best first: a new view of the ladder's own
   * storage, to be read only, valid until the ladder's next change.
   */
  get rows(): Float64Array {
    return this.#buffer.subarray(this.#head);
  }

  /** Sum of all sizes. */
  get totalSize(): number {
    return totalSize(this.#buffer, this.#head, this.#buffer.length);
  }

  /** Price of the row at a 0-based index; NaN when there is no such row. */
  priceAt(index: number): number {
    return priceAt(this.#buffer, this.#head, this.#buffer.length, index);
  }

  /** Size of the row at a 0-based index; 0 when there is no such row. */
  sizeAtIndex(index: number): number {
    return sizeAtIndex(this.#buffer, this.#head, this.#buffer.length, index);
  }

  /** Size at a price; 0 when there is none. */
  sizeAt(price: number): number {
    return sizeAt(this.#buffer, this.#head, this.#buffer.length, price);
  }

  /** Sum of the sizes from the best price to this one, inclusive. */
  volumeTo(price: number): number {
    const end = this.#buffer.length;
    return volumeTo(this.#buffer, this.#head, end, this.#sign, price);
  }

  /** All rows as objects, best first. */
  toArray(): PriceSize[] {
    return toArray(this.#buffer, this.#head, this.#buffer.length);
  }

  /** All rows as `[price, size]` pairs, best first. */
  toJSON(): [number, number][] {
    return toPairs(this.#buffer, this.#head, this.#buffer.length);
  }

  /** Walks the rows, best first, one new object each; do not change the ladder meanwhile. */
  [Symbol.iterator](): Generator<PriceSize, void, undefined> {
    return iterate(this.#buffer, this.#head, this.#buffer.length);
  }
}

/** Slot of the first row that is not better than a price; the length when all are. */
function find(
  buffer: Float64Array,
  head: number,
  sign: Sign,
  price: number,
): number {
  const key = price * sign;
  const end = buffer.length;
  const near = Math.min(head + NEAR_ROWS * STRIDE, end);
  let at = head;
  while (at < near && buffer[at + PRICE]! * sign < key) at += STRIDE;
  if (at < near || near === end) return at;
  return findFar(buffer, near, sign, key);
}

/** The rest of {@linkcode find}, by halving. */
function findFar(
  buffer: Float64Array,
  from: number,
  sign: Sign,
  key: number,
): number {
  // In rows, counted from `from`.
  let low = 0;
  let high = (buffer.length - from) / STRIDE;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (buffer[from + middle * STRIDE + PRICE]! * sign < key) low = middle + 1;
    else high = middle;
  }
  return from + low * STRIDE;
}

/**
 * A buffer with half as many rows of room again, at least {@linkcode MIN_ROWS}:
 * enough that growing stays rare, little enough for thousands of ladders.
 *
 * @param buffer A full buffer; its rows end up at the end of the new one.
 */
function withMoreRoom(buffer: Float64Array): Float64Array {
  const rows = buffer.length / STRIDE;
  const room = Math.max(MIN_ROWS, rows >>> 1);
  const larger = new Float64Array((rows + room) * STRIDE);
  larger.set(buffer, room * STRIDE);
  return larger;
}
