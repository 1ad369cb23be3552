/** What can be read of a runner, live or in a snapshot. See {@linkcode RunnerView}. */

import type { ReadonlyLevelLadder } from "../ladder/readonly_level_ladder.ts";
import type { ReadonlyPriceLadder } from "../ladder/readonly_price_ladder.ts";
import type { RunnerDefinition } from "./runner_definition.ts";

/**
 * The state of a runner: its prices, volumes and definition (protocol sections
 * 3.6 and 4).
 *
 * Prices are decimal odds, sizes and volumes GBP whatever the account's
 * currency. A ladder whose column is not subscribed is empty; a scalar that was
 * not supplied since the last image is undefined, which is not the same as 0.
 */
export interface RunnerView {
  /** Selection id; unique only together with the handicap. */
  readonly selectionId: number;
  /** Handicap; 0 when the exchange sends none. */
  readonly handicap: number;
  /** The latest definition that listed the runner. */
  readonly definition: RunnerDefinition | undefined;
  /** `ACTIVE`, `WINNER`, `LOSER`, `REMOVED`, … from the definition. */
  readonly status: string | undefined;
  /** Place in the display order, from the definition. */
  readonly sortPriority: number | undefined;
  /** Name, from the definition; purchased files only. */
  readonly name: string | undefined;
  /** Last traded price (`ltp`); 0 when the runner was never traded. */
  readonly lastTradedPrice: number | undefined;
  /**
   * Total matched, GBP: the reported total on a live stream; the sum of the traded
   * ladder, to the penny, where no total is reported or in purchased files, whose
   * `tv` is something else (protocol sections 4.6 and 8.1).
   */
  readonly totalMatched: number | undefined;
  /** `tv` as received, GBP; in purchased files it is no total (protocol section 8.1). */
  readonly reportedTotalMatched: number | undefined;
  /** Near projected starting price (`spn`); NaN when it cannot be computed, Infinity without opposing money. */
  readonly startingPriceNear: number | undefined;
  /** Far projected starting price (`spf`); NaN and Infinity as above. */
  readonly startingPriceFar: number | undefined;
  /** All that is available to back (`atb`), highest price first. */
  readonly availableToBack: ReadonlyPriceLadder;
  /** All that is available to lay (`atl`), lowest price first. */
  readonly availableToLay: ReadonlyPriceLadder;
  /** Volume traded at each price (`trd`), lowest price first. */
  readonly traded: ReadonlyPriceLadder;
  /** Liabilities of starting price lays by limit (`spb`), highest price first. */
  readonly layLiabilityTaken: ReadonlyPriceLadder;
  /** Stakes of starting price backs by limit (`spl`), lowest price first. */
  readonly backStakeTaken: ReadonlyPriceLadder;
  /** Best offers to back (`batb`), sizes below £1 rolled into the next worse price. */
  readonly bestAvailableToBack: ReadonlyLevelLadder;
  /** Best offers to lay (`batl`), rolled up likewise. */
  readonly bestAvailableToLay: ReadonlyLevelLadder;
  /** Best offers to back with virtual bets (`bdatb`), as the website shows. */
  readonly bestDisplayToBack: ReadonlyLevelLadder;
  /** Best offers to lay with virtual bets (`bdatl`), as the website shows. */
  readonly bestDisplayToLay: ReadonlyLevelLadder;
}
