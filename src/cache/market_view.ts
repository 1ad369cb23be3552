/** What can be read of a market, live or in a snapshot. See {@linkcode MarketView}. */

import type { MarketDefinition } from "./market_definition.ts";
import type { RunnerView } from "./runner_view.ts";

/** The state of a market (protocol sections 3.4, 3.5 and 4). */
export interface MarketView {
  /** Market id, such as `"1.234567890"`. */
  readonly marketId: string;
  /** The latest definition; undefined until one was received. */
  readonly definition: MarketDefinition | undefined;
  /** `INACTIVE`, `OPEN`, `SUSPENDED` or `CLOSED`, from the definition. */
  readonly status: string | undefined;
  /** Whether the status is `OPEN`. */
  readonly isOpen: boolean;
  /** Whether the status is `SUSPENDED`. */
  readonly isSuspended: boolean;
  /** Whether the status is `CLOSED`; a market without a definition is not. */
  readonly isClosed: boolean;
  /** Whether the market is in play. */
  readonly inPlay: boolean;
  /** Market version, from the definition. */
  readonly version: number | undefined;
  /** Publish time of the last message for this market, ms since the epoch. */
  readonly publishTimeMs: number | undefined;
  /**
   * Total matched on the market, GBP: the reported total on a live stream, else the
   * sum over the runners.
   */
  readonly totalMatched: number | undefined;
  /** `tv` as received, GBP; in purchased files it is no total (protocol section 8.1). */
  readonly reportedTotalMatched: number | undefined;
  /**
   * The runners in sort priority. Runners without a definition come last, by
   * selection id and handicap; runners that left the definition are left out.
   */
  readonly runners: readonly RunnerView[];

  /**
   * Finds a runner, listed or not.
   *
   * @param selectionId Selection id.
   * @param handicap Handicap, 0 when not given.
   * @returns The runner, or undefined.
   */
  runner(selectionId: number, handicap?: number): RunnerView | undefined;
}
