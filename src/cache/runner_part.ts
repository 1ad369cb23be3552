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
  readonly LAST_TRADED_PRICE: number;
  readonly TOTAL_MATCHED: number;
  readonly STARTING_PRICE_NEAR: number;
  readonly STARTING_PRICE_FAR: number;
  readonly AVAILABLE_TO_BACK: number;
  readonly AVAILABLE_TO_LAY: number;
  readonly TRADED: number;
  readonly LAY_LIABILITY_TAKEN: number;
  readonly BACK_STAKE_TAKEN: number;
  readonly BEST_AVAILABLE_TO_BACK: number;
  readonly BEST_AVAILABLE_TO_LAY: number;
  readonly BEST_DISPLAY_TO_BACK: number;
  readonly BEST_DISPLAY_TO_LAY: number;
  readonly DEFINITION: number;
  readonly IMAGE: number;
} = {
  /** `ltp`. */
  LAST_TRADED_PRICE: HAS_LTP,
  /** `tv`. */
  TOTAL_MATCHED: HAS_TV,
  /** `spn`. */
  STARTING_PRICE_NEAR: HAS_SPN,
  /** `spf`. */
  STARTING_PRICE_FAR: HAS_SPF,
  /** `atb`. */
  AVAILABLE_TO_BACK: 1 << LADDER_SHIFT + LadderKind.ATB,
  /** `atl`. */
  AVAILABLE_TO_LAY: 1 << LADDER_SHIFT + LadderKind.ATL,
  /** `trd`. */
  TRADED: 1 << LADDER_SHIFT + LadderKind.TRD,
  /** `spb`. */
  LAY_LIABILITY_TAKEN: 1 << LADDER_SHIFT + LadderKind.SPB,
  /** `spl`. */
  BACK_STAKE_TAKEN: 1 << LADDER_SHIFT + LadderKind.SPL,
  /** `batb`. */
  BEST_AVAILABLE_TO_BACK: 1 << LADDER_SHIFT + LadderKind.BATB,
  /** `batl`. */
  BEST_AVAILABLE_TO_LAY: 1 << LADDER_SHIFT + LadderKind.BATL,
  /** `bdatb`. */
  BEST_DISPLAY_TO_BACK: 1 << LADDER_SHIFT + LadderKind.BDATB,
  /** `bdatl`. */
  BEST_DISPLAY_TO_LAY: 1 << LADDER_SHIFT + LadderKind.BDATL,
  /** The runner's definition was replaced, or the runner left or joined the list. */
  DEFINITION: 1 << 14,
  /** An image replaced everything known of the runner. */
  IMAGE: 1 << 15,
};
