/** The orders and matches of one market. See {@linkcode OrderBook}. */

import type { Order } from "./order.ts";
import type { OrderRunner, OrderRunnerView } from "./order_runner.ts";

/** What live books and snapshots have in common. */
export interface OrderBookView {
  /** Market id. */
  readonly marketId: string;
  /** Whether the market was reported closed; stays so until an image of the subscription. */
  readonly isClosed: boolean;
  /** Publish time of the last message that concerned the market, ms since the epoch. */
  readonly publishTimeMs: number | undefined;
  /** Runners ascending by selection id, then by handicap. The list itself never changes. */
  readonly runners: readonly OrderRunnerView[];
  /** Whether no runner has an order or a match. */
  readonly isEmpty: boolean;
  /**
   * Finds a runner.
   *
   * @param selectionId Selection id.
   * @param handicap Handicap, 0 where the wire has none.
   * @default {handicap = 0}
   * @returns The runner, or `undefined` if there is none.
   */
  runner(selectionId: number, handicap?: number): OrderRunnerView | undefined;
}

/**
 * The orders and matches of one market, as an {@linkcode OrderCache} keeps
 * them: a live view that the cache changes with each message. Take a
 * {@linkcode OrderBook.snapshot} to keep a state.
 */
export interface OrderBook extends OrderBookView {
  /** Runners ascending by selection id, then by handicap. The list itself never changes. */
  readonly runners: readonly OrderRunner[];
  /** Runners that the cache's last message concerned; those that it emptied may have left `runners`. */
  readonly changedRunners: readonly OrderRunner[];
  /** Orders that the cache's last message brought, in the order of the message. */
  readonly changedOrders: readonly Order[];
  /**
   * Finds a runner.
   *
   * @param selectionId Selection id.
   * @param handicap Handicap, 0 where the wire has none.
   * @default {handicap = 0}
   * @returns The runner, or `undefined` if there is none.
   */
  runner(selectionId: number, handicap?: number): OrderRunner | undefined;
  /**
   * Copies the present state. Orders are shared, as they are immutable.
   *
   * @returns A view that no message changes.
   */
  snapshot(): OrderBookView;
}
