/** The best levels of one side of a runner. See {@linkcode LevelLadder}. */

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
  EMPTY_LEVEL_LADDER,
  LevelLadderSnapshot,
} from "./level_ladder_snapshot.ts";
import type { ReadonlyLevelLadder } from "./readonly_level_ladder.ts";
import type { LadderOrder, PriceSize } from "./readonly_price_ladder.ts";
import { MAX_LEVEL } from "../tape/layout.ts";

// Stored rows are [price, size]; constants of this file, as V8 does not fold imported ones.
const PRICE = 0; // decimal odds
const SIZE = 1; // money
const STRIDE = 2;
// Applied rows are [level, price, size].
const FROM_PRICE = 1;
const FROM_SIZE = 2;
const FROM_STRIDE = 3;

/**
 * Levels to have room for: the three that a subscription gets unless it asks
 * for more, and one. Four rows are 64 bytes, the most that V8 keeps inside the
 * array object. The next step is the most it can ask for.
 */
const MIN_LEVELS = 4;
const USUAL_LEVELS = 10;

/**
 * A ladder keyed by level (`batb`, `batl`, `bdatb`, `bdatl`; protocol 4.4),
 * level 0 is best.
 *
 * Rules: a row replaces its level; a row of size 0 empties it; no level ever
 * moves by itself; no rows, no change. Empty levels are not shown. Between
 * messages the others are a gap-free prefix. Only while they are not (in the
 * middle of a message) do queries copy, in O(levels); otherwise they cost what
 * they cost on a {@linkcode PriceLadder}. An update is O(1).
 *
 * @example
 * ```ts
 * import { LevelLadder } from "@betfair-stream/core";
 * import assert from "node:assert/strict";
 *
 * const lay = new LevelLadder("ascending");
 * lay.apply(new Float64Array([0, 3.1, 8, 1, 0, 0, 2, 0, 0]), 0, 3);
 * assert.deepEqual(lay.toJSON(), [[3.1, 8]]);
 * lay.apply(new Float64Array([1, 3.1, 8, 0, 3.05, 6]), 0, 2);
 * assert.deepEqual(lay.toJSON(), [[3.05, 6], [3.1, 8]]);
 * ```
 */
export class LevelLadder implements ReadonlyLevelLadder {
  // One Float64Array, the row of level l at slot l * STRIDE.
  //
  //   0                               end            length
  //   price₀ size₀  price₁ size₁  …  │ 0 0 0 0 … 0 0 │
  //
  // An empty level is [0, 0]; the last row before `end` is not empty.
  #buffer: Float64Array = NO_ROWS;
  #end = 0;
  /** Non-empty levels; there is a gap if they do not fill all slots up to `#end`. */
  #count = 0;
  readonly #sign: Sign;
  /** The current rows, if they were asked for since the last change. */
  #snapshot: LevelLadderSnapshot | null = null;

  /**
   * Creates an empty ladder.
   *
   * @param order `"descending"` when the highest price is best (back), else
   * `"ascending"` (lay). Only `volumeTo` depends on it: levels are in the order they are sent in.
   */
  constructor(order: LadderOrder) {
    this.#sign = order === "descending" ? -1 : 1;
  }

  /**
   * Applies changes.
   *
   * @param rows Source of `[level, price, size]` rows: 0 (best) to 99, and the units of {@linkcode PriceSize}. Only read.
   * @param start First slot of the source.
   * @param rowCount Number of rows; 0 changes nothing.
   * @throws {RangeError} when a level is above 99; the rows before it are applied.
   */
  apply(rows: Float64Array, start: number, rowCount: number): void {
    const stop = start + rowCount * FROM_STRIDE;
    let buffer = this.#buffer;
    let end = this.#end;
    let count = this.#count;
    let changed = false;
    for (let row = start; row < stop; row += FROM_STRIDE) {
      const at = rows[row]! * STRIDE;
      const size = rows[row + FROM_SIZE]!;
      if (size !== 0) {
        const price = rows[row + FROM_PRICE]!;
        if (at >= buffer.length) {
          // Before what may throw, so that the rows so far are applied in full.
          this.#end = end;
          this.#count = count;
          this.#snapshot = null;
          buffer = withLevel(buffer, rows[row]!);
          this.#buffer = buffer;
        }
        if (buffer[at + SIZE] === 0) count++;
        else if (buffer[at + SIZE] === size && buffer[at + PRICE] === price) {
          continue;
        }
        buffer[at + PRICE] = price;
        buffer[at + SIZE] = size;
        if (at >= end) end = at + STRIDE;
      } else if (at < end && buffer[at + SIZE] !== 0) {
        buffer[at + PRICE] = 0;
        buffer[at + SIZE] = 0;
        count--;
        while (end > 0 && buffer[end - STRIDE + SIZE] === 0) end -= STRIDE;
      } else {
        continue;
      }
      changed = true;
    }
    if (changed) {
      this.#end = end;
      this.#count = count;
      this.#snapshot = null;
    }
  }

  /** Empties all levels; the storage is kept for the next ones. */
  clear(): void {
    this.#buffer.fill(0, 0, this.#end);
    this.#end = 0;
    this.#count = 0;
    this.#snapshot = null;
  }

  /** Empties all levels and gives the storage back, as for a market that is over. */
  release(): void {
    this.#buffer = NO_ROWS;
    this.#end = 0;
    this.#count = 0;
    this.#snapshot = null;
  }

  /**
   * The non-empty levels as they are now, for good. Unless the ladder changed,
   * this is the same object as last time.
   *
   * @param pool What stores the copy.
   * @returns The snapshot, which keeps its block of the pool alive.
   */
  snapshot(pool: LadderPool): LevelLadderSnapshot {
    const cached = this.#snapshot;
    if (cached !== null) return cached;
    const count = this.#count;
    if (count === 0) return EMPTY_LEVEL_LADDER;
    const end = count * STRIDE;
    const gapFree = end === this.#end;
    const offset = pool.copy(gapFree ? this.#buffer : this.rows, 0, end);
    const snapshot = new LevelLadderSnapshot(
      pool.block,
      offset,
      offset + end,
      this.#sign,
      gapFree ? null : filledLevels(this.#buffer, this.#end),
    );
    this.#snapshot = snapshot;
    return snapshot;
  }

  /** Number of non-empty levels. */
  get size(): number {
    return this.#count;
  }

  /** The best row, as a new object; undefined when the ladder is empty. */
  get best(): PriceSize | undefined {
    return best(
      dense(this.#buffer, this.#end, this.#count),
      0,
      this.#count * STRIDE,
    );
  }

  /** Price of the best row; NaN when the ladder is empty. */
  get bestPrice(): number {
    return priceAt(
      dense(this.#buffer, this.#end, this.#count),
      0,
      this.#count * STRIDE,
      0,
    );
  }

  /** Size of the best row; 0 when the ladder is empty. */
  get bestSize(): number {
    return sizeAtIndex(
      dense(this.#buffer, this.#end, this.#count),
      0,
      this.#count * STRIDE,
      0,
    );
  }

  /**
   * `[price, size]` of every non-empty level, best first, to be read only: a
   * new view of the ladder's own storage, valid until its next change. While
   * there is a gap between levels, a copy.
   */
  get rows(): Float64Array {
    return dense(this.#buffer, this.#end, this.#count).subarray(
      0,
      this.#count * STRIDE,
    );
  }

  /** Sum of all sizes. */
  get totalSize(): number {
    return totalSize(
      dense(this.#buffer, this.#end, this.#count),
      0,
      this.#count * STRIDE,
    );
  }

  /** Level of the row at a 0-based index; NaN when there is no such row. */
  levelAt(index: number): number {
    if (!(index >= 0 && index < this.#count)) return NaN;
    if (this.#count * STRIDE === this.#end) return index;
    return filledLevels(this.#buffer, this.#end)[index]!;
  }

  /** Price of the row at a 0-based index; NaN when there is no such row. */
  priceAt(index: number): number {
    return priceAt(
      dense(this.#buffer, this.#end, this.#count),
      0,
      this.#count * STRIDE,
      index,
    );
  }

  /** Size of the row at a 0-based index; 0 when there is no such row. */
  sizeAtIndex(index: number): number {
    return sizeAtIndex(
      dense(this.#buffer, this.#end, this.#count),
      0,
      this.#count * STRIDE,
      index,
    );
  }

  /** Size at a price; 0 when there is none. */
  sizeAt(price: number): number {
    return sizeAt(
      dense(this.#buffer, this.#end, this.#count),
      0,
      this.#count * STRIDE,
      price,
    );
  }

  /** Sum of the sizes from the best level to the last whose price is not worse than this one. */
  volumeTo(price: number): number {
    return volumeTo(
      dense(this.#buffer, this.#end, this.#count),
      0,
      this.#count * STRIDE,
      this.#sign,
      price,
    );
  }

  /** All rows as objects, best first. */
  toArray(): PriceSize[] {
    return toArray(
      dense(this.#buffer, this.#end, this.#count),
      0,
      this.#count * STRIDE,
    );
  }

  /** All rows as `[price, size]` pairs, best first. */
  toJSON(): [number, number][] {
    return toPairs(
      dense(this.#buffer, this.#end, this.#count),
      0,
      this.#count * STRIDE,
    );
  }

  /** Walks the rows, best first, one new object each; do not change the ladder meanwhile. */
  [Symbol.iterator](): Generator<PriceSize, void, undefined> {
    return iterate(
      dense(this.#buffer, this.#end, this.#count),
      0,
      this.#count * STRIDE,
    );
  }
}

/** The non-empty levels without gaps from slot 0 on: the storage itself, if it has none. */
function dense(
  buffer: Float64Array,
  end: number,
  count: number,
): Float64Array {
  return count * STRIDE === end ? buffer : withoutGaps(buffer, end, count);
}

/** A copy of the rows that are not empty. */
function withoutGaps(
  buffer: Float64Array,
  end: number,
  count: number,
): Float64Array {
  const packed = new Float64Array(count * STRIDE);
  let to = 0;
  for (let at = 0; at < end; at += STRIDE) {
    if (buffer[at + SIZE] === 0) continue;
    packed[to + PRICE] = buffer[at + PRICE]!;
    packed[to + SIZE] = buffer[at + SIZE]!;
    to += STRIDE;
  }
  return packed;
}

/** Numbers of the levels that are not empty. */
function filledLevels(buffer: Float64Array, end: number): number[] {
  const levels: number[] = [];
  for (let at = 0; at < end; at += STRIDE) {
    if (buffer[at + SIZE] !== 0) levels.push(at / STRIDE);
  }
  return levels;
}

/** A buffer that has the given level, too. */
function withLevel(buffer: Float64Array, level: number): Float64Array {
  if (!Number.isInteger(level) || level > MAX_LEVEL) {
    throw new RangeError(
      `Cannot store level as it must be an integer from 0 to ${MAX_LEVEL}: ${level}`,
    );
  }
  const usual = level < MIN_LEVELS ? MIN_LEVELS : USUAL_LEVELS;
  const larger = new Float64Array(Math.max(usual, level + 1) * STRIDE);
  larger.set(buffer);
  return larger;
}
