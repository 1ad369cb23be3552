/** A price ladder at one moment. See {@linkcode PriceLadderSnapshot}. */

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
import type {
  PriceSize,
  ReadonlyPriceLadder,
} from "./readonly_price_ladder.ts";

const STRIDE = 2; // rows are [price, size]

/**
 * An immutable copy of a ladder, made by {@linkcode PriceLadder.snapshot}. It
 * holds no storage of its own but a part of a {@linkcode LadderPool} block,
 * which it keeps alive.
 *
 * @example
 * ```ts
 * import { LadderPool, PriceLadder } from "@betfair-stream/core";
 * import assert from "node:assert/strict";
 *
 * const ladder = new PriceLadder("ascending");
 * ladder.apply(new Float64Array([2.02, 30, 2.04, 12]), 0, 2);
 * const snapshot = ladder.snapshot(new LadderPool());
 * ladder.clear();
 * assert.deepEqual(snapshot.toJSON(), [[2.02, 30], [2.04, 12]]);
 * ```
 */
export class PriceLadderSnapshot implements ReadonlyPriceLadder {
  readonly #block: Float64Array;
  readonly #start: number;
  readonly #end: number;
  readonly #sign: Sign;

  /**
   * Wraps rows that never change again; for ladders, not for general use.
   *
   * @param block What holds the rows `[price, size]`, best first.
   * @param start Slot of the best row.
   * @param end Slot behind the worst row.
   * @param sign 1 when the lowest price is best, -1 when the highest is.
   */
  constructor(block: Float64Array, start: number, end: number, sign: Sign) {
    this.#block = block;
    this.#start = start;
    this.#end = end;
    this.#sign = sign;
  }

  /** Number of rows. */
  get size(): number {
    return (this.#end - this.#start) / STRIDE;
  }

  /** The best row, as a new object; undefined when the ladder is empty. */
  get best(): PriceSize | undefined {
    return best(this.#block, this.#start, this.#end);
  }

  /** Price of the best row; NaN when the ladder is empty. */
  get bestPrice(): number {
    return priceAt(this.#block, this.#start, this.#end, 0);
  }

  /** Size of the best row; 0 when the ladder is empty. */
  get bestSize(): number {
    return sizeAtIndex(this.#block, this.#start, this.#end, 0);
  }

  /**
   * `[price, size]` of every row, best first: a new view of the pool's storage,
   * to be read only. Valid for good.
   */
  get rows(): Float64Array {
    return this.#block.subarray(this.#start, this.#end);
  }

  /** Sum of all sizes, GBP. */
  get totalSize(): number {
    return totalSize(this.#block, this.#start, this.#end);
  }

  /** Price of the row at a 0-based index; NaN when there is no such row. */
  priceAt(index: number): number {
    return priceAt(this.#block, this.#start, this.#end, index);
  }

  /** Size of the row at a 0-based index; 0 when there is no such row. */
  sizeAtIndex(index: number): number {
    return sizeAtIndex(this.#block, this.#start, this.#end, index);
  }

  /** Size at a price; 0 when there is none. */
  sizeAt(price: number): number {
    return sizeAt(this.#block, this.#start, this.#end, price);
  }

  /** Sum of the sizes from the best price to this one, inclusive. */
  volumeTo(price: number): number {
    return volumeTo(this.#block, this.#start, this.#end, this.#sign, price);
  }

  /** All rows as objects, best first. */
  toArray(): PriceSize[] {
    return toArray(this.#block, this.#start, this.#end);
  }

  /** All rows as `[price, size]` pairs, best first. */
  toJSON(): [number, number][] {
    return toPairs(this.#block, this.#start, this.#end);
  }

  /** Walks the rows, best first, one new object each. */
  [Symbol.iterator](): Generator<PriceSize, void, undefined> {
    return iterate(this.#block, this.#start, this.#end);
  }
}

/** The snapshot of every empty price ladder, and what stands in for an absent one. */
export const EMPTY_PRICE_LADDER: PriceLadderSnapshot = new PriceLadderSnapshot(
  NO_ROWS,
  0,
  0,
  1,
);
