/** All orders of an order subscription. See {@linkcode OrderCache}. */

import { LadderPool } from "../ladder/ladder_pool.ts";
import { checkOrderChangeMessage } from "../protocol/message_schema.ts";
import type {
  OrderChangeMessage,
  OrderMarketChange,
} from "../protocol/order_change_message.ts";
import type { Order } from "./order.ts";
import type { OrderBook } from "./order_book.ts";
import { ClosedMarkets } from "./_closed_markets.ts";
import { LiveOrderBook } from "./_live_order_book.ts";
import type { OrderJournal } from "./_live_order_runner.ts";

/**
 * What becomes of complete orders, which the exchange sends once:
 *
 * - `market`: they stay in `completedOrders` as long as their market.
 * - `drop`: they leave with the next message. Least memory.
 * - `keep`: like `market`, and no market or runner is ever dropped, only
 *   emptied. For comparing with a full history.
 */
export type CompletedOrders = "market" | "drop" | "keep";

/** Options of {@linkcode OrderCache}. */
export interface OrderCacheOptions {
  /**
   * What becomes of complete orders.
   *
   * @default {"market"}
   */
  readonly completedOrders?: CompletedOrders | undefined;
  /**
   * How long a closed market stays after it closed, in ms of publish time;
   * with no publish time known then, from the first one that is. `Infinity`
   * keeps it, as does `completedOrders: "keep"`.
   *
   * @default {0}
   */
  readonly closedRetentionMs?: number | undefined;
}

/**
 * The orders and matches of the account by market, kept up to date by the
 * messages of an order subscription (protocol section 5).
 *
 * Books are live views; what each message changed is told by
 * {@linkcode changed}, {@linkcode removed} and {@linkcode missingAfterImage}
 * until the next. Iterating yields the books in the order in which they became
 * known. The caller decides what starts an image ({@linkcode beginImage}),
 * which messages belong to the current subscription, and about clocks.
 *
 * | event | effect |
 * | --- | --- |
 * | `fullImage` of a market or runner | replaces it; if nothing comes with it, it is dropped |
 * | order | replaces its earlier version; a complete one leaves the open ones |
 * | matches | set the size at each price, 0 removes; `[]` empties the ladder |
 * | `closed` | the market stays closed, and is evicted after the message or `closedRetentionMs` later |
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { OrderCache } from "@betfair-stream/core";
 *
 * const orders = new OrderCache();
 * orders.apply({
 *   op: "ocm",
 *   pt: 1700000010050,
 *   oc: [{
 *     id: "1.200000001",
 *     orc: [{
 *       id: 101,
 *       uo: [{ id: "330000000001", p: 1.62, s: 10, side: "B", status: "E", sm: 4, sr: 6 }],
 *       mb: [[1.62, 4]],
 *     }],
 *   }],
 * });
 *
 * const runner = orders.get("1.200000001")?.runner(101);
 * assert.equal(runner?.order("330000000001")?.sizeRemaining, 6);
 * assert.equal(runner?.matchedBacks.sizeAt(1.62), 4);
 * ```
 */
export class OrderCache implements Iterable<OrderBook> {
  readonly #completedOrders: CompletedOrders;
  readonly #pool = new LadderPool();
  readonly #books = new Map<string, LiveOrderBook>();
  readonly #changed = new Set<LiveOrderBook>();
  #removed: OrderBook[] = [];
  #missing: Order[] = [];

  /** Whether an image has begun and its last message has not come. */
  #imaging = false;
  /** Whether the last image was cut off: what it left out is told by the next one. */
  #isImageCut = false;
  /** Books from before the image that it has not listed so far. */
  readonly #replaced = new Map<string, LiveOrderBook>();
  /** Open orders that images discarded and that have not come back so far. */
  readonly #unconfirmed = new Map<string, Order>();
  readonly #journal: OrderJournal = {
    discard: (order) => void this.#unconfirmed.set(keyOf(order), order),
    confirm: (order) => {
      if (this.#unconfirmed.size > 0) this.#unconfirmed.delete(keyOf(order));
    },
  };

  readonly #closed: ClosedMarkets<LiveOrderBook>;
  #publishTimeMs = NaN;

  /**
   * Creates an empty cache.
   *
   * @param options What to keep for how long.
   * @throws {RangeError} when `closedRetentionMs` is negative or NaN.
   * @throws {TypeError} when `completedOrders` is none of the possible values.
   */
  constructor(options: OrderCacheOptions = {}) {
    const { completedOrders = "market", closedRetentionMs = 0 } = options;
    if (!["market", "drop", "keep"].includes(completedOrders)) {
      throw new TypeError(
        `Cannot create order cache as completedOrders must be "market", "drop" or "keep": "${completedOrders}"`,
      );
    }
    if (!(closedRetentionMs >= 0)) {
      throw new RangeError(
        `Cannot create order cache as closedRetentionMs must be >= 0: ${closedRetentionMs}`,
      );
    }
    this.#completedOrders = completedOrders;
    this.#closed = new ClosedMarkets(
      completedOrders === "keep" ? Infinity : closedRetentionMs,
    );
  }

  /** Number of markets. */
  get size(): number {
    return this.#books.size;
  }

  /** Books that the last message concerned, in its order; those in {@linkcode removed} included. */
  get changed(): readonly OrderBook[] {
    return [...this.#changed];
  }

  /**
   * Books that left the cache with the last message: closed, emptied by a full
   * image, or not in an image of the subscription. They keep their last state,
   * and are not changed any more.
   */
  get removed(): readonly OrderBook[] {
    return this.#removed;
  }

  /**
   * Open orders that an image discarded and did not list again. Images of a
   * subscription hold no complete orders, so these have completed while
   * nobody looked: the betting API knows what became of them. Reported with the
   * message that ends the image.
   */
  get missingAfterImage(): readonly Order[] {
    return this.#missing;
  }

  /**
   * Finds the book of a market.
   *
   * @param marketId Market id.
   * @returns The book, or `undefined` if there is none.
   */
  get(marketId: string): OrderBook | undefined {
    return this.#books.get(marketId);
  }

  /** Iterates over the books in the order in which they became known. */
  [Symbol.iterator](): IterableIterator<OrderBook> {
    return this.#books.values();
  }

  /**
   * Discards everything, as an image of the subscription begins: call it before
   * the first message of a `SUB_IMAGE` is applied. What was discarded and does
   * not come back is reported when the image ends, that is, with the first
   * message but a heartbeat that is neither `SEG_START` nor `SEG`.
   */
  beginImage(): void {
    this.#settle();
    for (const [marketId, book] of this.#books) {
      // If an earlier image was cut off, its leftovers still count.
      this.#replaced.set(marketId, book);
      for (const runner of book.runners) {
        for (const order of runner.openOrders) this.#journal.discard(order);
      }
    }
    this.#books.clear();
    this.#closed.clear();
    this.#imaging = true;
    this.#isImageCut = false;
  }

  /**
   * Notes that an image will not be completed, as when its connection is lost. What
   * it has not listed may still be there: that is reported with the next image's end.
   * Does nothing when no image is under way.
   */
  cutImage(): void {
    if (!this.#imaging) return;
    this.#imaging = false;
    this.#isImageCut = true;
  }

  /**
   * Applies a message, whole or not at all.
   *
   * @param message The message; its orders are kept, not copied.
   * @throws {TypeError} when its shape is not that of an order change message
   * (a {@linkcode MessageSchemaError}); the cache is as it was before.
   */
  apply(message: OrderChangeMessage): void {
    this.applyGroup([message]);
  }

  /**
   * Applies the messages of a segmented one as if they were one: whole or not
   * at all, with one list of changes.
   *
   * @param messages The segments in order; their orders are kept, not copied.
   * @throws {TypeError} when the shape of one is not that of an order change
   * message (a {@linkcode MessageSchemaError}); the cache is as it was before.
   */
  applyGroup(messages: readonly OrderChangeMessage[]): void {
    for (const message of messages) checkOrderChangeMessage(message);
    this.applyChecked(messages);
  }

  /**
   * Like {@linkcode applyGroup}, for messages whose shape has been checked.
   *
   * @internal
   */
  applyChecked(messages: readonly OrderChangeMessage[]): void {
    this.#settle();
    for (const message of messages) {
      const publishTimeMs = message.pt ?? undefined;
      this.#publishTimeMs = publishTimeMs ?? this.#publishTimeMs;
      for (const change of message.oc ?? []) {
        this.#applyMarket(change, publishTimeMs);
      }
      const { segmentType } = message;
      const isContinued = segmentType === "SEG_START" || segmentType === "SEG";
      // A heartbeat may come among the segments.
      if (this.#imaging && !isContinued && message.ct !== "HEARTBEAT") {
        this.#endImage();
      }
    }
    const isSettled = !this.#imaging && !this.#isImageCut;
    if (isSettled && this.#unconfirmed.size > 0) {
      this.#missing = [...this.#unconfirmed.values()];
      this.#unconfirmed.clear();
    }
    this.#evict();
  }

  /**
   * Counts the markets that messages would add.
   *
   * @internal
   */
  countUnknown(messages: readonly OrderChangeMessage[]): number {
    const unknown = new Set<string>();
    for (const message of messages) {
      for (const { id } of message.oc ?? []) {
        if (!this.#books.has(id)) unknown.add(id);
      }
    }
    return unknown.size;
  }

  #applyMarket(
    change: OrderMarketChange,
    publishTimeMs: number | undefined,
  ): void {
    const book = this.#books.get(change.id) ?? this.#addBook(change.id);
    const keepsEmpty = this.#completedOrders === "keep";
    book.apply(change, publishTimeMs, this.#journal, keepsEmpty);
    this.#changed.add(book);
    if (book.isClosed) this.#closed.add(book, this.#publishTimeMs);
    else this.#closed.delete(book);
  }

  #addBook(marketId: string): LiveOrderBook {
    const replaced = this.#replaced.get(marketId);
    this.#replaced.delete(marketId);
    const book = replaced ?? new LiveOrderBook(marketId, this.#pool);
    // The same object goes on, so that whoever holds it sees the new state.
    replaced?.clear();
    // `closed` is not repeated, so a late message must find the market closed.
    book.isClosed = this.#closed.hasDropped(marketId);
    this.#books.set(marketId, book);
    return book;
  }

  #endImage(): void {
    this.#imaging = false;
    this.#removed.push(...this.#replaced.values());
    this.#replaced.clear();
  }

  /** Ends the time of the last message. */
  #settle(): void {
    const dropsCompleted = this.#completedOrders === "drop";
    for (const book of this.#changed) {
      // Those that are gone keep their last state.
      book.settle(dropsCompleted && this.#books.get(book.marketId) === book);
    }
    this.#changed.clear();
    if (this.#removed.length > 0) this.#removed = [];
    if (this.#missing.length > 0) this.#missing = [];
  }

  /** Removes what the last message leaves without content, and closed markets that have been kept long enough. */
  #evict(): void {
    if (this.#completedOrders === "keep") return;
    for (const book of this.#changed) {
      if (!book.isClosed && book.runners.length === 0) this.#remove(book);
    }
    for (const book of this.#closed.takeDue(this.#publishTimeMs)) {
      this.#remove(book);
    }
  }

  #remove(book: LiveOrderBook): void {
    this.#books.delete(book.marketId);
    this.#removed.push(book);
  }
}

/** Bet ids are unique, but recordings have been seen to show one on several runners. */
function keyOf(order: Order): string {
  const { marketId, selectionId, handicap, betId } = order;
  return `${marketId}/${selectionId}/${handicap}/${betId}`;
}
