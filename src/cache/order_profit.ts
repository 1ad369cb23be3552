/** What matches are worth. See {@linkcode matchedProfit}. */

import type { ReadonlyPriceLadder } from "../ladder/readonly_price_ladder.ts";
import type { OrderBookView } from "./order_book.ts";

/** A pair of matched ladders: a runner's, or those of a strategy on it. */
export interface MatchedLadders {
  /** Matched backs by price, account currency. */
  readonly matchedBacks: ReadonlyPriceLadder;
  /** Matched lays by price, account currency. */
  readonly matchedLays: ReadonlyPriceLadder;
}

/** Profit by outcome, in account currency before commission; negative is a loss. */
export interface MatchedProfit {
  /** Profit if the runner wins. */
  readonly ifWin: number;
  /** Profit if the runner loses. */
  readonly ifLose: number;
}

/**
 * Profit of the matches on one runner by its outcome: a back of size s at price
 * p wins s × (p − 1) or loses s, a lay the reverse.
 *
 * Holds where prices are decimal odds and a runner either wins or loses in full:
 * not on LINE markets, Asian handicaps or each-way bets, nor for dead heats.
 * Unmatched orders and starting price orders before reconciliation do not count.
 *
 * @param matches The runner, or one strategy of it.
 * @returns Profit in account currency, before commission.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { matchedProfit, OrderCache } from "@betfair-stream/core";
 *
 * const orders = new OrderCache();
 * orders.apply({
 *   op: "ocm",
 *   oc: [{ id: "1.1", orc: [{ id: 101, mb: [[3, 10]], ml: [[2, 10]] }] }],
 * });
 *
 * const runner = orders.get("1.1")?.runner(101);
 * assert.ok(runner);
 * assert.deepEqual(matchedProfit(runner), { ifWin: 10, ifLose: 0 });
 * ```
 */
export function matchedProfit(matches: MatchedLadders): MatchedProfit {
  let ifWin = 0;
  let ifLose = 0;
  for (const { price, size } of matches.matchedBacks) {
    ifWin += size * (price - 1);
    ifLose -= size;
  }
  for (const { price, size } of matches.matchedLays) {
    ifWin -= size * (price - 1);
    ifLose += size;
  }
  return { ifWin, ifLose };
}

/**
 * Profit of all matches on a market if one runner wins and all others lose:
 * for markets with a single winner, with the limits of {@linkcode matchedProfit}.
 *
 * @param book The market.
 * @param selectionId Selection that wins; one without matches is as good as any other such.
 * @param handicap Its handicap, 0 where the wire has none.
 * @default {handicap = 0}
 * @returns Profit in account currency, before commission.
 */
export function matchedProfitIfWinner(
  book: OrderBookView,
  selectionId: number,
  handicap = 0,
): number {
  let profit = 0;
  for (const runner of book.runners) {
    const { ifWin, ifLose } = matchedProfit(runner);
    const wins = runner.selectionId === selectionId &&
      runner.handicap === handicap;
    profit += wins ? ifWin : ifLose;
  }
  return profit;
}
