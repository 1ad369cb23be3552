/** Market and order books from a stream of changes. See {@linkcode StreamCache}. */

import type * as layout from "../tape/layout.ts";
import type { ChangeTape } from "../tape/change_tape.ts";
import { FailureReporter } from "./_failure_reporter.ts";
import type { GapStart } from "./gap.ts";
import { LiveMarketCache } from "./_live_market_cache.ts";
import { LiveUpdate } from "./_live_update.ts";
import { MarketStream } from "./_market_stream.ts";
import { OrderStream } from "./_order_stream.ts";
import { isWireObject } from "./_wire_value.ts";
import type { WireObject } from "./wire_object.ts";
import type { MarketCache } from "./market_cache.ts";
import { type CompletedOrders, OrderCache } from "./order_cache.ts";
import type { StreamName, StreamUpdate, UpdateKind } from "./stream_update.ts";
import {
  type Applied,
  type RecordApplier,
  singleTape,
  type TapeSource,
  UpdateBatch,
} from "./update_batch.ts";

// Copies, as engines do not fold imported constants; see `_scan_change.ts`.
const KIND: typeof layout.KIND = 0;
const OBJECT_INDEX: typeof layout.OBJECT_INDEX = 5;
const RECORD_CHANGE: typeof layout.RecordKind.CHANGE = 1;
const RECORD_MESSAGE: typeof layout.RecordKind.MESSAGE = 2;
const SILENT: typeof Applied.SILENT = 0;
const UPDATE: typeof Applied.UPDATE = 1;
const UPDATE_BEFORE: typeof Applied.UPDATE_BEFORE = 2;

/** Default of {@linkcode StreamCacheOptions.maxHeldBytes}. */
export const DEFAULT_MAX_HELD_BYTES: number = 256 * 1024 * 1024;

/** Options of {@linkcode StreamCache}. */
export interface StreamCacheOptions {
  /**
   * How long a closed market and its orders are kept, ms of publish time.
   *
   * - 0: the market goes with the message after the one that closed it, its orders
   *   with the one that closed them.
   * - More: the market goes with the message after the first one whose publish
   *   time shows its time to be over, its orders with that one. Images do not
   *   prolong it. If no publish time is known at the closing, it is counted from
   *   the first one that is: in a stream without them nothing ever goes.
   * - Infinity: nothing ever goes, and all that is said of a market that is closed is
   *   applied. Otherwise only its definition is: late prices are none (protocol
   *   section 4.7).
   *
   * @default {0}
   */
  readonly closedRetentionMs?: number | undefined;
  /**
   * What becomes of orders that are complete: kept until their market is dropped,
   * dropped with the next message, or kept together with everything else.
   *
   * @default {"market"}
   */
  readonly completedOrders?: CompletedOrders | undefined;
  /**
   * Whether the segments of a message are held until the last one has come, so
   * that nobody sees half of a change (protocol section 4.8). If false, each
   * segment is an update of its own.
   *
   * @default {true}
   */
  readonly holdSegments?: boolean | undefined;
  /**
   * Most memory for held segments, bytes. Beyond it the message is dropped and
   * reported as an update of kind `invalid`.
   *
   * @default {268435456}
   */
  readonly maxHeldBytes?: number | undefined;
  /**
   * Most markets to hold, and most with orders. A message that might bring more is not applied, and
   * reported as an update of kind `invalid` with a RangeError: what it said is then
   * missing from the books.
   *
   * @default {Infinity}
   */
  readonly maxMarkets?: number | undefined;
  /**
   * Whether data that cannot be used are thrown as their error while a batch is
   * iterated, instead of being reported as an update of kind `invalid`. The batch
   * can be iterated on after it.
   *
   * @default {false}
   */
  readonly strict?: boolean | undefined;
}

/** Running counts of a {@linkcode StreamCache}. */
export interface StreamCacheCounts {
  /** Messages applied, heartbeats and segments included. */
  readonly messages: number;
  /** Lines and messages that could not be used. */
  readonly invalid: number;
  /** Messages ignored because they belong to a superseded subscription. */
  readonly superseded: number;
  /**
   * Messages in segments that were dropped, incomplete. Those that nothing makes up
   * for count as invalid as well; see {@linkcode IncompleteMessageError}.
   */
  readonly droppedSegments: number;
  /** Market changes that merged several (`con`). */
  readonly conflated: number;
}

/**
 * Applies the changes that a parser wrote, one message at a time, and holds what
 * results: market and order books, clocks, and whether the data can be relied on.
 *
 * A message is applied whole or not at all. Images, at both levels and also those
 * nobody asked for, segments, second copies of a market and closed markets are
 * handled as in protocol sections 4, 5 and 6.
 *
 * {@linkcode BookFeed} feeds a cache with bytes; use the cache itself with tapes
 * from a parser of your own choice.
 *
 * @example
 * ```ts
 * import { StreamCache, TapeScanner } from "@betfair-stream/core";
 * import assert from "node:assert/strict";
 *
 * const block = new TextEncoder().encode(
 *   `{"op":"mcm","pt":1,"clk":"AAA","mc":[{"id":"1.2","rc":[{"atb":[[2,10]],"id":101}]}]}\n`,
 * );
 * const scanner = new TapeScanner();
 * scanner.parse(block, 0, block.length);
 *
 * const cache = new StreamCache();
 * for (const update of cache.apply(scanner.tape)) assert.equal(update.kind, "market");
 * assert.equal(cache.markets.get("1.2")?.runner(101)?.availableToBack.bestPrice, 2);
 * assert.equal(cache.clk("market"), "AAA");
 * ```
 */
export class StreamCache {
  readonly #markets: LiveMarketCache;
  /** The orders, by market. */
  readonly orders: OrderCache;
  readonly #update = new LiveUpdate();
  readonly #failures: FailureReporter;
  readonly #streams: {
    readonly market: MarketStream;
    readonly order: OrderStream;
  };
  /** Messages of neither stream. */
  #otherMessages = 0;

  readonly #applier: RecordApplier;

  /**
   * Creates an empty cache.
   *
   * @param options What is kept, and for how long.
   * @throws {RangeError} when a time or a limit is negative or no number.
   * @throws {TypeError} when `completedOrders` is none of its values.
   */
  constructor(options: StreamCacheOptions = {}) {
    const closedRetentionMs = options.closedRetentionMs ?? 0;
    const holdsSegments = options.holdSegments ?? true;
    const maxHeldBytes = options.maxHeldBytes ?? DEFAULT_MAX_HELD_BYTES;
    const maxMarkets = options.maxMarkets ?? Infinity;
    if (!(closedRetentionMs >= 0)) {
      throw new RangeError(
        `Cannot create cache as "closedRetentionMs" must be >= 0: ${closedRetentionMs}`,
      );
    }
    if (!(maxHeldBytes >= 0)) {
      throw new RangeError(
        `Cannot create cache as "maxHeldBytes" must be >= 0: ${maxHeldBytes}`,
      );
    }
    if (!(maxMarkets > 0)) {
      throw new RangeError(
        `Cannot create cache as "maxMarkets" must be > 0: ${maxMarkets}`,
      );
    }
    this.#markets = new LiveMarketCache(closedRetentionMs);
    this.orders = new OrderCache({
      completedOrders: options.completedOrders,
      closedRetentionMs,
    });
    this.#applier = {
      apply: (tape, at) => this.#applyRecord(tape, at),
      // Kind, gap and error are set together.
      result: { done: false, value: this.#update as StreamUpdate },
      isStrict: options.strict ?? false,
      failure: undefined,
      oldest: undefined,
      newest: undefined,
    };
    this.#failures = new FailureReporter(this.#update);
    this.#streams = {
      market: new MarketStream(
        this.#markets,
        this.#update,
        this.#failures,
        holdsSegments,
        maxHeldBytes,
        maxMarkets,
      ),
      order: new OrderStream(
        this.orders,
        this.#markets,
        this.#update,
        this.#failures,
        holdsSegments,
        maxHeldBytes,
        maxMarkets,
      ),
    };
  }

  /** Whether it throws what cannot be used; see {@linkcode StreamCacheOptions.strict}. */
  get isStrict(): boolean {
    return this.#applier.isStrict;
  }

  /** The markets. */
  get markets(): MarketCache {
    return this.#markets;
  }

  /** Running counts; a new object each time. */
  get counts(): StreamCacheCounts {
    const market = this.#streams.market.state;
    const order = this.#streams.order.state;
    return {
      messages: market.messages + order.messages + this.#otherMessages,
      invalid: this.#failures.count,
      superseded: market.superseded + order.superseded,
      droppedSegments: market.droppedSegments + order.droppedSegments,
      conflated: this.#markets.conflatedCount,
    };
  }

  /**
   * Messages of a stream that counted so far: heartbeats too, and segments as they
   * come. Grows for as long as the stream is alive.
   *
   * @param stream Which stream.
   * @returns How many.
   */
  messageCount(stream: StreamName): number {
    return this.#streams[stream].state.messages;
  }

  /**
   * Token to resume a stream from, as of the last complete message, heartbeats
   * included (protocol section 6.1). It describes this cache and no other.
   *
   * @param stream Which stream.
   * @returns The latest `clk`.
   */
  clk(stream: StreamName): string | undefined {
    return this.#streams[stream].state.clock.clk;
  }

  /**
   * Second token to resume a stream from.
   *
   * @param stream Which stream.
   * @returns The latest `initialClk`.
   */
  initialClk(stream: StreamName): string | undefined {
    return this.#streams[stream].state.clock.initialClk;
  }

  /**
   * Tells whether the last message of a stream came with status 503: the link is
   * up, but the data lag; or the stream is interrupted ({@linkcode beginGap}), or
   * waits for its image ({@linkcode awaitImage}). Do not trade on its books (protocol
   * section 6.3).
   *
   * @param stream Which stream.
   * @returns Whether it did.
   */
  isStale(stream: StreamName): boolean {
    return this.#streams[stream].state.isStale;
  }

  /**
   * Names the subscription whose messages count from now on; those that carry
   * another id are ignored and counted. A half message in segments is dropped.
   *
   * @param stream Which stream.
   * @param subscriptionId Id of the subscription request; undefined to take all messages.
   */
  expect(stream: StreamName, subscriptionId: number | undefined): void {
    this.#streams[stream].state.subscriptionId = subscriptionId;
    this.#streams[stream].dropSegments();
  }

  /**
   * Says that the books of a stream are not those of the subscription that counts:
   * it is stale until a complete image, or what brings the books up to date, has been
   * applied. That alone is no gap.
   *
   * @param stream Which stream.
   */
  awaitImage(stream: StreamName): void {
    this.#streams[stream].state.awaitImage();
  }

  /**
   * Forgets the clocks of a stream, as `INVALID_CLOCK` demands.
   *
   * @param stream Which stream.
   */
  forgetClock(stream: StreamName): void {
    this.#streams[stream].state.clock.clear();
  }

  /**
   * Tells the cache that a stream was interrupted, as a lost connection does. Books
   * and clocks stay, and the stream counts as stale until a complete image or
   * resumption has come; until then no clock is taken over, since it would be ahead
   * of the books. Right before that message an update of kind `gap` is delivered.
   * Interrupted again before it, it still is one gap (protocol section 6).
   *
   * @param stream Which stream.
   * @param start When the loss was noticed, and what it was.
   */
  beginGap(stream: StreamName, start: GapStart): void {
    this.#streams[stream].state.beginGap(start);
  }

  /**
   * Tells the cache that the input was cut: messages of which only some segments
   * came are dropped and counted.
   */
  interrupt(): void {
    this.#streams.market.dropSegments();
    this.#streams.order.dropSegments();
  }

  /**
   * Begins applying a tape. Its messages are applied as the batch is iterated; what
   * is left of it is applied before the next batch's first message.
   *
   * @param tape The tape. Borrowed until the batch is used up.
   * @returns The updates.
   */
  apply(tape: ChangeTape): UpdateBatch {
    return this.applyAll(singleTape(tape));
  }

  /**
   * Begins applying a sequence of tapes; like {@linkcode apply}.
   *
   * @param source Gives the tapes. It is asked for the next one when the one before
   * is used up, so it may give the same one, filled anew.
   * @returns The updates.
   */
  applyAll(source: TapeSource): UpdateBatch {
    return new UpdateBatch(source, this.#applier);
  }

  /**
   * Applies what is left of all batches begun before; nobody sees their updates.
   *
   * @throws {Error} what cannot be used, the first of it, if the cache is strict; all
   * else has been applied then.
   */
  drain(): void {
    this.#applier.newest?.drain();
  }

  /**
   * Like {@linkcode drain}, but what is to be thrown is thrown by the next batch that
   * is iterated: whoever has something to be applied next gets that in first.
   *
   * @internal
   */
  drainUnseen(): void {
    this.#applier.newest?.drainUnseen();
  }

  /** Applies one record; returns whether there is an update to deliver. */
  #applyRecord(tape: ChangeTape, at: number): Applied {
    this.#update.begin(tape, at);
    switch (tape.slots[at + KIND]! | 0) {
      case RECORD_CHANGE: {
        const { market } = this.#streams;
        if (market.breaksOff(tape, at)) return UPDATE_BEFORE;
        if (market.state.isInterrupted && market.tellGap(tape, at)) {
          return UPDATE_BEFORE;
        }
        return market.apply(tape, at) ? UPDATE : SILENT;
      }
      case RECORD_MESSAGE:
        return this.#applyMessage(tape.objects[tape.slots[at + OBJECT_INDEX]!]);
      default:
        this.#beginOther();
        // It may have been of either stream.
        this.#streams.market.noteInvalidLine();
        this.#streams.order.noteInvalidLine();
        this.#failures.report(tape.objects[tape.slots[at + OBJECT_INDEX]!]);
        return UPDATE;
    }
  }

  #applyMessage(message: unknown): Applied {
    const update = this.#update;
    update.stream = undefined;
    const envelope: WireObject = isWireObject(message) ? message : {};
    if (envelope.op === "ocm") {
      const { order } = this.#streams;
      if (order.breaksOff(envelope)) return UPDATE_BEFORE;
      if (order.state.isInterrupted && order.tellGap(envelope)) {
        return UPDATE_BEFORE;
      }
      return order.apply(envelope) ? UPDATE : SILENT;
    }
    this.#beginOther();
    update.kind = kindOf(envelope.op);
    this.#otherMessages++;
    return UPDATE;
  }

  /** Begins a message that concerns neither markets nor orders. */
  #beginOther(): void {
    this.#markets.begin();
    this.#markets.showOn(this.#update);
  }
}

/** Kind of a message that concerns neither markets nor orders. */
function kindOf(op: unknown): UpdateKind {
  switch (op) {
    case "connection":
      return "connection";
    case "status":
      return "status";
    case "rcm":
      return "race";
    case "ccm":
      return "cricket";
    default:
      return "unknown";
  }
}
