/** The orders and matches of one runner. See {@linkcode OrderRunner}. */

import type { ReadonlyPriceLadder } from "../ladder/readonly_price_ladder.ts";
import type { Order } from "./order.ts";

/** Matches of one strategy ref on a runner, in account currency. */
export interface OrderStrategyView {
  /** Strategy ref; `""` for orders without one. */
  readonly strategyRef: string;
  /** Matched backs, highest price first. */
  readonly matchedBacks: ReadonlyPriceLadder;
  /** Matched lays, lowest price first. */
  readonly matchedLays: ReadonlyPriceLadder;
}

/** What live runners and those of snapshots have in common. */
export interface OrderRunnerView {
  /** Market id. */
  readonly marketId: string;
  /** Selection id. */
  readonly selectionId: number;
  /** Handicap, 0 where the wire has none. */
  readonly handicap: number;
  /** Orders that can still be matched, in the order in which they became known. The list itself never changes. */
  readonly openOrders: readonly Order[];
  /** Complete orders that are still kept, in the order in which they completed. The list itself never changes. */
  readonly completedOrders: readonly Order[];
  /** All matched backs by price, in account currency, highest price first. */
  readonly matchedBacks: ReadonlyPriceLadder;
  /** All matched lays by price, in account currency, lowest price first. */
  readonly matchedLays: ReadonlyPriceLadder;
  /** Matches by strategy ref; only filled if the subscription asked for it. */
  readonly strategies: ReadonlyMap<string, OrderStrategyView>;
  /** Whether there is neither an order nor a match. */
  readonly isEmpty: boolean;
  /**
   * Finds an order.
   *
   * @param betId Bet id.
   * @returns The open or complete order, or `undefined` if there is none.
   */
  order(betId: string): Order | undefined;
}

/**
 * The orders and matches of one runner, as an {@linkcode OrderCache} keeps
 * them: a live view that the cache changes with each message.
 *
 * The position is in the matches: summing up orders would miss those that
 * completed before the subscription (protocol section 5).
 */
export interface OrderRunner extends OrderRunnerView {
  /** Orders that the cache's last message brought, each in the version sent; complete ones included. */
  readonly changedOrders: readonly Order[];
}
