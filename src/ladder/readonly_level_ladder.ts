/** What can be asked of a level ladder. See {@linkcode ReadonlyLevelLadder}. */

import type { ReadonlyPriceLadder } from "./readonly_price_ladder.ts";

/**
 * The query side of a level ladder (`batb`, `batl`, `bdatb`, `bdatl`): the
 * non-empty levels as rows, best level first. Row indexes count non-empty
 * levels; between messages these are a gap-free prefix, so row and level are
 * the same number.
 */
export interface ReadonlyLevelLadder extends ReadonlyPriceLadder {
  /**
   * Level of a row.
   *
   * @param index 0-based row, 0 is best.
   * @returns The row's level, 0 is best; NaN when there is no such row.
   */
  levelAt(index: number): number;
}
