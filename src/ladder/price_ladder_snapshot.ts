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
import { type Run, settle } from "./_settle.ts";
import type {
  PriceSize,
  ReadonlyPriceLadder,
} from "./readonly_price_ladder.ts";

const STRIDE = 2; // rows are [price, size]

/**
 * Changes after which a snapshot is a copy again: what bounds the work of the
 * first look at one.
 */
const MAX_CHANGES = 64;

/**
 * An immutable copy of a ladder, made by {@linkcode PriceLadder.snapshot}. It
 * holds no storage of its own but a part of a {@linkcode LadderPool} block,
 * which it keeps alive.
 *
 * A ladder that changes a little between two snapshots is not copied again: the
 * second one notes what changed, and the first look beyond its best row makes the
 * rows from that, in O(rows). `size` and the best row cost nothing in any case.
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
  // Either all rows, or the best one and what changed since the snapshot before:
  //
  //   #base     #start                                     #end
  //   null      │ price₀ size₀  price₁ size₁  price₂ size₂ …  │
  //   another   │ price₀ size₀ │ price size of each change …  │
  //
  // Changes lie in the block of their base, so that a snapshot keeps one block.
  #block: Float64Array;
  #start: number;
  #end: number;
  readonly #sign: Sign;
  readonly #size: number;
  #base: PriceLadderSnapshot | null;
  /** Rows of changes between the last copy, or look, and this snapshot. */
  #changes: number;

  /**
   * Wraps rows that never change again; for ladders, not for general use.
   *
   * @param block What holds the rows `[price, size]`, best first.
   * @param start Slot of the best row.
   * @param end Slot behind the worst row.
   * @param sign 1 when the lowest price is best, -1 when the highest is.
   * @param base Snapshot that the rows behind the first one are changes of; by default they are all rows.
   * @param size Number of rows, where there is a base.
   */
  constructor(
    block: Float64Array,
    start: number,
    end: number,
    sign: Sign,
    base: PriceLadderSnapshot | null = null,
    size: number = (end - start) / STRIDE,
  ) {
    this.#block = block;
    this.#start = start;
    this.#end = end;
    this.#sign = sign;
    this.#size = size;
    this.#base = base;
    this.#changes = base === null
      ? 0
      : base.#changes + (end - start) / STRIDE - 1;
  }

  /**
   * Tells whether a number of changes can be noted behind this snapshot; for
   * ladders, not for general use.
   *
   * @param block Where they would be noted.
   * @param rowCount Number of changes.
   * @internal
   */
  takes(block: Float64Array, rowCount: number): boolean {
    // A copy of as many rows is no dearer, and leaves nothing to do.
    return block === this.#block && rowCount < this.#size &&
      this.#changes + rowCount <= MAX_CHANGES;
  }

  /**
   * Makes the snapshot that comes after this one; for ladders, not for general use.
   *
   * @param block What holds its changes.
   * @param start Slot of the block where its best row goes; its changes are behind.
   * @param end Slot behind the changes.
   * @param bestPrice Price of its best row.
   * @param bestSize Size of its best row.
   * @param size Number of its rows.
   * @internal
   */
  followedBy(
    block: Float64Array,
    start: number,
    end: number,
    bestPrice: number,
    bestSize: number,
    size: number,
  ): PriceLadderSnapshot {
    block[start] = bestPrice;
    block[start + 1] = bestSize;
    return new PriceLadderSnapshot(block, start, end, this.#sign, this, size);
  }

  /** Makes the rows from what changed, if that has not been done. */
  #settle(): void {
    let base = this.#base;
    if (base === null) return;
    const changes: Run[] = [this.#run(STRIDE)];
    while (base.#base !== null) {
      changes.push(base.#run(STRIDE));
      base = base.#base;
    }
    const rows = settle(base.#run(0), changes.reverse(), this.#sign);
    this.#block = rows.block;
    this.#start = rows.start;
    this.#end = rows.end;
    this.#base = null;
    this.#changes = 0;
  }

  /** What is stored, from a number of slots on. */
  #run(from: number): Run {
    return {
      block: this.#block,
      start: this.#start + from,
      end: this.#end,
    };
  }

  /** Number of rows. */
  get size(): number {
    return this.#size;
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
    this.#settle();
    return this.#block.subarray(this.#start, this.#end);
  }

  /** Sum of all sizes. */
  get totalSize(): number {
    this.#settle();
    return totalSize(this.#block, this.#start, this.#end);
  }

  /** Price of the row at a 0-based index; NaN when there is no such row. */
  priceAt(index: number): number {
    this.#settle();
    return priceAt(this.#block, this.#start, this.#end, index);
  }

  /** Size of the row at a 0-based index; 0 when there is no such row. */
  sizeAtIndex(index: number): number {
    this.#settle();
    return sizeAtIndex(this.#block, this.#start, this.#end, index);
  }

  /** Size at a price; 0 when there is none. */
  sizeAt(price: number): number {
    this.#settle();
    return sizeAt(this.#block, this.#start, this.#end, price);
  }

  /** Sum of the sizes from the best price to this one, inclusive. */
  volumeTo(price: number): number {
    this.#settle();
    return volumeTo(this.#block, this.#start, this.#end, this.#sign, price);
  }

  /** All rows as objects, best first. */
  toArray(): PriceSize[] {
    this.#settle();
    return toArray(this.#block, this.#start, this.#end);
  }

  /** All rows as `[price, size]` pairs, best first. */
  toJSON(): [number, number][] {
    this.#settle();
    return toPairs(this.#block, this.#start, this.#end);
  }

  /** Walks the rows, best first, one new object each. */
  [Symbol.iterator](): Generator<PriceSize, void, undefined> {
    this.#settle();
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
