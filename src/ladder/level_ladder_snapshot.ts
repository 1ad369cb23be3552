/** A level ladder at one moment. See {@linkcode LevelLadderSnapshot}. */

import { NO_ROWS, type Sign } from "./_rows.ts";
import { PriceLadderSnapshot } from "./price_ladder_snapshot.ts";
import type { ReadonlyLevelLadder } from "./readonly_level_ladder.ts";

/**
 * An immutable copy of the non-empty levels of a ladder, made by
 * {@linkcode LevelLadder.snapshot}. It keeps its block of the
 * {@linkcode LadderPool} alive.
 *
 * @example
 * ```ts
 * import { LadderPool, LevelLadder } from "@betfair-stream/core";
 * import assert from "node:assert/strict";
 *
 * const ladder = new LevelLadder("ascending");
 * ladder.apply(new Float64Array([0, 3.1, 8, 1, 3.2, 4]), 0, 2);
 * const snapshot = ladder.snapshot(new LadderPool());
 * ladder.clear();
 * assert.deepEqual(snapshot.toJSON(), [[3.1, 8], [3.2, 4]]);
 * assert.equal(snapshot.levelAt(1), 1);
 * ```
 */
export class LevelLadderSnapshot extends PriceLadderSnapshot
  implements ReadonlyLevelLadder {
  /** Level of each row; null when rows and levels have the same numbers. */
  readonly #levels: readonly number[] | null;

  /**
   * Wraps rows that never change again; for ladders, not for general use.
   *
   * @param block What holds the rows `[price, size]`, best level first.
   * @param start Slot of the best row.
   * @param end Slot behind the worst row.
   * @param sign 1 when the lowest price is best, -1 when the highest is.
   * @param levels Level of each row; null when there is no gap.
   */
  constructor(
    block: Float64Array,
    start: number,
    end: number,
    sign: Sign,
    levels: readonly number[] | null,
  ) {
    super(block, start, end, sign);
    this.#levels = levels;
  }

  /** Level of the row at a 0-based index; NaN when there is no such row. */
  levelAt(index: number): number {
    if (this.#levels !== null) return this.#levels[index] ?? NaN;
    return index >= 0 && index < this.size ? index : NaN;
  }
}

/** The snapshot of every empty level ladder, and what stands in for an absent one. */
export const EMPTY_LEVEL_LADDER: LevelLadderSnapshot = new LevelLadderSnapshot(
  NO_ROWS,
  0,
  0,
  1,
  null,
);
