/** Names of what can change on a runner. See {@linkcode RunnerPart}. */

import {
  HAS_LTP,
  HAS_SPF,
  HAS_SPN,
  HAS_TV,
  LADDER_SHIFT,
  LadderKind,
} from "../tape/layout.ts";

/**
 * The parts of a runner, each a bit of {@linkcode RunnerBook.changes}.
 *
 * @example
 * ```ts
 * import { BookFeed, RunnerPart } from "@betfair-stream/core";
 * import assert from "node:assert/strict";
 *
 * const line = `{"op":"mcm","pt":1,"mc":[{"id":"1.2","rc":[{"ltp":3,"id":101}]}]}\n`;
 * for (const update of new BookFeed().push(new TextEncoder().encode(line))) {
 *   const runner = update.markets[0]!.changedRunners[0]!;
 *   assert.ok(runner.hasChanged(RunnerPart.LAST_TRADED_PRICE));
 *   assert.ok(!runner.hasChanged(RunnerPart.AVAILABLE_TO_BACK | RunnerPart.AVAILABLE_TO_LAY));
 * }
 * ```
 */
export const RunnerPart: {
  /** Last traded price (`ltp`). */
  readonly LAST_TRADED_PRICE: number;
  /** Total matched (`tv`). */
  readonly TOTAL_MATCHED: number;
  /** Near projected starting price (`spn`). */
  readonly STARTING_PRICE_NEAR: number;
  /** Far projected starting price (`spf`). */
  readonly STARTING_PRICE_FAR: number;
  /** All that is available to back (`atb`). */
  readonly AVAILABLE_TO_BACK: number;
  /** All that is available to lay (`atl`). */
  readonly AVAILABLE_TO_LAY: number;
  /** Traded volume by price (`trd`). */
  readonly TRADED: number;
  /** Liabilities of starting price lays (`spb`). */
  readonly LAY_LIABILITY_TAKEN: number;
  /** Stakes of starting price backs (`spl`). */
  readonly BACK_STAKE_TAKEN: number;
  /** Best levels to back (`batb`). */
  readonly BEST_AVAILABLE_TO_BACK: number;
  /** Best levels to lay (`batl`). */
  readonly BEST_AVAILABLE_TO_LAY: number;
  /** Best levels to back with virtual bets (`bdatb`). */
  readonly BEST_DISPLAY_TO_BACK: number;
  /** Best levels to lay with virtual bets (`bdatl`). */
  readonly BEST_DISPLAY_TO_LAY: number;
  /** The runner's definition was replaced, or the runner left or joined the list. */
  readonly DEFINITION: number;
  /** An image replaced everything known of the runner. */
  readonly IMAGE: number;
} = {
  LAST_TRADED_PRICE: HAS_LTP,
  TOTAL_MATCHED: HAS_TV,
  STARTING_PRICE_NEAR: HAS_SPN,
  STARTING_PRICE_FAR: HAS_SPF,
  AVAILABLE_TO_BACK: 1 << LADDER_SHIFT + LadderKind.ATB,
  AVAILABLE_TO_LAY: 1 << LADDER_SHIFT + LadderKind.ATL,
  TRADED: 1 << LADDER_SHIFT + LadderKind.TRD,
  LAY_LIABILITY_TAKEN: 1 << LADDER_SHIFT + LadderKind.SPB,
  BACK_STAKE_TAKEN: 1 << LADDER_SHIFT + LadderKind.SPL,
  BEST_AVAILABLE_TO_BACK: 1 << LADDER_SHIFT + LadderKind.BATB,
  BEST_AVAILABLE_TO_LAY: 1 << LADDER_SHIFT + LadderKind.BATL,
  BEST_DISPLAY_TO_BACK: 1 << LADDER_SHIFT + LadderKind.BDATB,
  BEST_DISPLAY_TO_LAY: 1 << LADDER_SHIFT + LadderKind.BDATL,
  DEFINITION: 1 << 14,
  IMAGE: 1 << 15,
};
