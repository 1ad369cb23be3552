/** The markets that a replay shows at its end. See {@linkcode ShownMarkets}. */

import type { MarketBook } from "../cache/market_book.ts";
import type { MarketView } from "../cache/market_view.ts";
import type { OrderBook } from "../cache/order_book.ts";
import type { StreamUpdate } from "../cache/stream_update.ts";
import { hasPrices, type ShownMarket } from "./_market_summary.ts";

/**
 * Changes between two looks at a market's prices while it is open: a snapshot of
 * each would take longer than the replay.
 */
const LOOK_CHANGES = 64;

/** A market that is followed. */
class Followed implements ShownMarket {
  book: MarketBook;
  lastOpen: MarketView | undefined = undefined;
  #changes = 0;

  constructor(book: MarketBook) {
    this.book = book;
  }

  note(book: MarketBook): void {
    // What comes after a market was closed and dropped is a shadow of it.
    if (book !== this.book && !(this.book.isClosed && book.isClosed)) {
      this.book = book;
    }
    // Settlement empties the ladders. The exchange suspends the market before,
    // and says so by a definition; in conflated data that may be too late.
    const isLook = book.isOpen
      ? this.#changes++ % LOOK_CHANGES === 0
      : book.definitionChanged;
    if (isLook && hasPrices(book)) this.lastOpen = book.snapshot();
  }
}

/**
 * Follows the first markets of a replay, also after the cache has dropped them,
 * and counts the others. Memory depends on how many are followed only, but for
 * the ids of the others.
 */
export class ShownMarkets {
  readonly #limit: number;
  readonly #followed = new Map<string, Followed>();
  readonly #orders = new Map<string, OrderBook>();
  readonly #others = new Set<string>();

  /** Follows at most so many markets. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The markets, in order of appearance. */
  get markets(): readonly ShownMarket[] {
    return [...this.#followed.values()];
  }

  /** Order books, in order of appearance. */
  get orders(): readonly OrderBook[] {
    return [...this.#orders.values()];
  }

  /** Markets, and order books of markets, that were seen and are not followed. */
  get othersCount(): number {
    return this.#others.size;
  }

  /** Notes what a message changed. */
  note(update: StreamUpdate): void {
    for (const book of update.markets) this.#noteMarket(book);
    for (const book of update.orders) this.#noteOrders(book);
  }

  #noteMarket(book: MarketBook): void {
    const { marketId } = book;
    const known = this.#followed.get(marketId);
    if (known !== undefined) known.note(book);
    else if (this.#followed.size >= this.#limit) this.#others.add(marketId);
    else {
      const followed = new Followed(book);
      followed.note(book);
      this.#followed.set(marketId, followed);
    }
  }

  #noteOrders(book: OrderBook): void {
    const { marketId } = book;
    if (this.#orders.has(marketId) || this.#orders.size < this.#limit) {
      this.#orders.set(marketId, book);
    } else this.#others.add(marketId);
  }
}
