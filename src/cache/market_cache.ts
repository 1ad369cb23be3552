/** The markets of a stream. See {@linkcode MarketCache}. */

import type { MarketBook } from "./market_book.ts";

/**
 * The markets that a {@linkcode StreamCache} holds, by id. Iteration is in order
 * of appearance.
 */
export interface MarketCache extends Iterable<MarketBook> {
  /** Number of markets. */
  readonly size: number;

  /**
   * Finds a market.
   *
   * @param marketId Market id.
   * @returns The market, or undefined.
   */
  get(marketId: string): MarketBook | undefined;
}
