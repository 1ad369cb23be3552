/** Where snapshots keep their rows. See {@linkcode LadderPool}. */

import { NO_ROWS } from "./_rows.ts";

const STRIDE = 2; // rows are [price, size]

/**
 * Slots of a block: 64 KiB, room for about 200 ladders of 20 rows. Since a kept
 * snapshot keeps its whole block, blocks are small enough that keeping one
 * snapshot of each of a thousand markets costs 64 MB at worst, and large enough
 * that making a block is a small part of filling it.
 */
const BLOCK_SLOTS = 8192;

/**
 * Storage shared by the snapshots of many ladders: a bump allocator over blocks
 * of 64 KiB.
 *
 * Slots are handed out once and never again, which is what makes snapshots
 * immutable. A block is garbage as soon as no snapshot in it is alive; **a
 * snapshot that is kept keeps its block**. One pool serves any number of
 * ladders; a pool per cache is enough.
 *
 * @example
 * ```ts
 * import { LadderPool, PriceLadder } from "@betfair-stream/core";
 * import assert from "node:assert/strict";
 *
 * const pool = new LadderPool();
 * const ladder = new PriceLadder("descending");
 * ladder.apply(new Float64Array([1.99, 5, 2, 10]), 0, 2);
 * const before = ladder.snapshot(pool);
 * ladder.apply(new Float64Array([2, 0]), 0, 1);
 * assert.equal(before.bestPrice, 2);
 * assert.equal(ladder.bestPrice, 1.99);
 * ```
 */
export class LadderPool {
  #block: Float64Array = NO_ROWS;
  /** Slots of the block that are handed out. */
  #used = 0;

  /** The block that {@linkcode reserve} last reserved from. */
  get block(): Float64Array {
    return this.#block;
  }

  /** Slots of {@linkcode block} that are not handed out. */
  get room(): number {
    return this.#block.length - this.#used;
  }

  /**
   * Hands out slots of {@linkcode block}. The caller fills them and must not
   * write to any other.
   *
   * @param slots Number of slots; more than a block holds get a block of their own size.
   * @returns Offset of the first slot in `block`.
   */
  reserve(slots: number): number {
    if (this.#used + slots > this.#block.length) {
      this.#block = new Float64Array(Math.max(BLOCK_SLOTS, slots));
      this.#used = 0;
    }
    const offset = this.#used;
    this.#used = offset + slots;
    return offset;
  }

  /**
   * Copies rows into the pool.
   *
   * @param source What holds the rows `[price, size]`.
   * @param start Slot of the first row.
   * @param end Slot behind the last row.
   * @returns Offset of the copy in {@linkcode block}.
   */
  copy(source: Float64Array, start: number, end: number): number {
    const offset = this.reserve(end - start);
    const block = this.#block;
    // `set` would need a `subarray`, which costs as much as this loop. Row by
    // row, as that takes 55 ns a snapshot where slot by slot takes 70.
    let to = offset;
    for (let at = start; at < end; at += STRIDE) {
      block[to] = source[at]!;
      block[to + 1] = source[at + 1]!;
      to += STRIDE;
    }
    return offset;
  }
}
