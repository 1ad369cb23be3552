/** Market and order books from a stream of changes. See {@linkcode StreamCache}. */

import { InvalidLineError } from "../parsing/invalid_line_error.ts";
import { checkOrderChangeMessage } from "../protocol/message_schema.ts";
import type { OrderChangeMessage } from "../protocol/order_change_message.ts";
import type * as layout from "../tape/layout.ts";
import type { ChangeTape } from "../tape/change_tape.ts";
import { Clock } from "./_clock.ts";
import { HeldSegments } from "./_held_segments.ts";
import { LiveMarketCache } from "./_live_market_cache.ts";
import { LiveUpdate } from "./_live_update.ts";
import { isWireObject, textOf, type WireObject } from "./_wire_value.ts";
import type { MarketCache } from "./market_cache.ts";
import { type CompletedOrders, OrderCache } from "./order_cache.ts";
import type { StreamName } from "./stream_update.ts";
import {
  type RecordApplier,
  type TapeSource,
  UpdateBatch,
} from "./update_batch.ts";

// Copies, as engines do not fold imported constants; see `_scan_change.ts`.
const CHANGE_TYPE_MASK: typeof layout.CHANGE_TYPE_MASK = 0b111;
const TYPE_HEARTBEAT: typeof layout.ChangeTypeCode.HEARTBEAT = 3;
const TYPE_RESUB_DELTA: typeof layout.ChangeTypeCode.RESUB_DELTA = 2;
const TYPE_SUB_IMAGE: typeof layout.ChangeTypeCode.SUB_IMAGE = 1;
const CLK_END: typeof layout.CLK_END = 9;
const CLK_START: typeof layout.CLK_START = 8;
const FLAGS: typeof layout.FLAGS = 5;
const HAS_CLK: typeof layout.HAS_CLK = 0x100;
const HAS_ID: typeof layout.HAS_ID = 0x40;
const HAS_INITIAL_CLK: typeof layout.HAS_INITIAL_CLK = 0x200;
const HAS_STATUS: typeof layout.HAS_STATUS = 0x1000;
const ID: typeof layout.ID = 6;
const KIND: typeof layout.KIND = 0;
const LINE_START: typeof layout.LINE_START = 3;
const OBJECT_INDEX: typeof layout.OBJECT_INDEX = 5;
const RECORD_CHANGE: typeof layout.RecordKind.CHANGE = 1;
const RECORD_MESSAGE: typeof layout.RecordKind.MESSAGE = 2;
const SEGMENT_MASK: typeof layout.SEGMENT_MASK = 0x38;
const SEGMENT_SHIFT: typeof layout.SEGMENT_SHIFT = 3;
const SEGMENT_MIDDLE: typeof layout.SegmentCode.MIDDLE = 2;
const SEGMENT_END: typeof layout.SegmentCode.END = 3;
const SEGMENT_NONE: typeof layout.SegmentCode.NONE = 0;
const SEGMENT_OTHER: typeof layout.SegmentCode.OTHER = 4;
const SEGMENT_START: typeof layout.SegmentCode.START = 1;
const STATUS: typeof layout.STATUS = 14;

/** Default of {@linkcode StreamCacheOptions.maxHeldBytes}. */
export const DEFAULT_MAX_HELD_BYTES: number = 256 * 1024 * 1024;

/** Message status by which the exchange says that its data lag. */
const UNRELIABLE = 503;

/** Options of {@linkcode StreamCache}. */
export interface StreamCacheOptions {
  /**
   * How long a closed market and its orders are kept, ms of publish time. With 0 they
   * go with the message after the one that closed them, with Infinity never.
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
  /** Messages in segments that were dropped, incomplete. */
  readonly droppedSegments: number;
  /** Market changes that merged several (`con`). */
  readonly conflated: number;
}

/** What one stream of the two is at. */
interface StreamState {
  /** Id of the current subscription; messages with another are ignored. */
  subscriptionId: number | undefined;
  /** Whether the last message said that its data lag. */
  isStale: boolean;
  /** Whether a segment of the message that is under way said so. */
  isGroupStale: boolean;
  readonly clock: Clock;
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
  readonly #holdsSegments: boolean;
  readonly #maxHeldBytes: number;
  readonly #isStrict: boolean;

  readonly #streams: Readonly<Record<StreamName, StreamState>> = {
    market: newStreamState(),
    order: newStreamState(),
  };
  readonly #marketSegments = new HeldSegments();
  /** `initialClk` of segments that are not held. */
  #shownInitialClk: string | undefined;
  readonly #orderSegments: OrderChangeMessage[] = [];
  readonly #update = new LiveUpdate();
  readonly #applier: RecordApplier = {
    apply: (tape, at) => this.#applyRecord(tape, at),
    result: { done: false, value: this.#update },
    oldest: undefined,
    newest: undefined,
  };

  #messages = 0;
  #invalid = 0;
  #superseded = 0;
  #droppedSegments = 0;

  /**
   * Creates an empty cache.
   *
   * @param options What is kept, and for how long.
   * @throws {RangeError} when a time or a limit is negative or no number.
   * @throws {TypeError} when `completedOrders` is none of its values.
   */
  constructor(options: StreamCacheOptions = {}) {
    const closedRetentionMs = options.closedRetentionMs ?? 0;
    this.#holdsSegments = options.holdSegments ?? true;
    this.#maxHeldBytes = options.maxHeldBytes ?? DEFAULT_MAX_HELD_BYTES;
    this.#isStrict = options.strict ?? false;
    if (!(closedRetentionMs >= 0)) {
      throw new RangeError(
        `Cannot create cache as "closedRetentionMs" must be >= 0: ${closedRetentionMs}`,
      );
    }
    if (!(this.#maxHeldBytes >= 0)) {
      throw new RangeError(
        `Cannot create cache as "maxHeldBytes" must be >= 0: ${this.#maxHeldBytes}`,
      );
    }
    this.#markets = new LiveMarketCache(closedRetentionMs);
    this.orders = new OrderCache({
      completedOrders: options.completedOrders,
      closedRetentionMs,
    });
  }

  /** The markets. */
  get markets(): MarketCache {
    return this.#markets;
  }

  /** Running counts; a new object each time. */
  get counts(): StreamCacheCounts {
    return {
      messages: this.#messages,
      invalid: this.#invalid,
      superseded: this.#superseded,
      droppedSegments: this.#droppedSegments,
      conflated: this.#markets.conflatedCount,
    };
  }

  /**
   * Token to resume a stream from, as of the last complete message, heartbeats
   * included (protocol section 6.1). It describes this cache and no other.
   *
   * @param stream Which stream.
   * @returns The latest `clk`.
   */
  clk(stream: StreamName): string | undefined {
    return this.#streams[stream].clock.clk;
  }

  /**
   * Second token to resume a stream from.
   *
   * @param stream Which stream.
   * @returns The latest `initialClk`.
   */
  initialClk(stream: StreamName): string | undefined {
    return this.#streams[stream].clock.initialClk;
  }

  /**
   * Tells whether the last message of a stream came with status 503: the link is
   * up, but the data lag. Do not trade on them (protocol section 6.3).
   *
   * @param stream Which stream.
   * @returns Whether it did.
   */
  isStale(stream: StreamName): boolean {
    return this.#streams[stream].isStale;
  }

  /**
   * Names the subscription whose messages count from now on; those that carry
   * another id are ignored and counted. A half message in segments is dropped.
   *
   * @param stream Which stream.
   * @param subscriptionId Id of the subscription request; undefined to take all messages.
   */
  expect(stream: StreamName, subscriptionId: number | undefined): void {
    this.#streams[stream].subscriptionId = subscriptionId;
    this.#dropSegments(stream);
  }

  /**
   * Forgets the clocks of a stream, as `INVALID_CLOCK` demands.
   *
   * @param stream Which stream.
   */
  forgetClock(stream: StreamName): void {
    this.#streams[stream].clock.clear();
  }

  /**
   * Tells the cache that the input was cut: messages of which only some segments
   * came are dropped and counted.
   */
  interrupt(): void {
    this.#dropSegments("market");
    this.#dropSegments("order");
  }

  /**
   * Begins applying a tape. Its messages are applied as the batch is iterated; what
   * is left of it is applied before the next batch's first message.
   *
   * @param tape The tape. Borrowed until the batch is used up.
   * @returns The updates.
   */
  apply(tape: ChangeTape): UpdateBatch {
    let next: ChangeTape | undefined = tape;
    return this.applyAll({
      nextTape(): ChangeTape | undefined {
        const given = next;
        next = undefined;
        return given;
      },
    });
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

  /** Applies what is left of all batches begun before; nobody sees their updates. */
  drain(): void {
    const applier = this.#applier;
    while (applier.oldest !== undefined) applier.oldest.drain();
  }

  /** Applies one record; returns whether there is an update to deliver. */
  #applyRecord(tape: ChangeTape, at: number): boolean {
    this.#update.begin(tape, at);
    switch (tape.slots[at + KIND]) {
      case RECORD_CHANGE:
        return this.#applyChange(tape, at);
      case RECORD_MESSAGE:
        return this.#applyMessage(tape.objects[tape.slots[at + OBJECT_INDEX]!]);
      default:
        this.#beginOther();
        this.#fail(tape.objects[tape.slots[at + OBJECT_INDEX]!]);
        return true;
    }
  }

  #fail(error: unknown): void {
    this.#invalid++;
    const update = this.#update;
    const { source, lineNumber, byteOffset } = update;
    let reported = error instanceof Error
      ? error
      : new Error("Cannot use data", { cause: error });
    if (reported instanceof InvalidLineError) {
      reported = reported.at({ source, lineNumber, byteOffset });
    }
    update.fail(reported);
    if (this.#isStrict) throw reported;
  }

  #applyChange(tape: ChangeTape, at: number): boolean {
    const { slots } = tape;
    const flags = slots[at + FLAGS]!;
    const stream = this.#streams.market;
    if (
      stream.subscriptionId !== undefined && (flags & HAS_ID) !== 0 &&
      slots[at + ID] !== stream.subscriptionId
    ) {
      this.#superseded++;
      return false;
    }
    this.#messages++;
    const update = this.#update;
    const changeType = flags & CHANGE_TYPE_MASK;
    const segment = (flags & SEGMENT_MASK) >> SEGMENT_SHIFT;
    const isUnreliable = (flags & HAS_STATUS) !== 0 &&
      slots[at + STATUS] === UNRELIABLE;
    update.isStale = noteStatus(stream, isUnreliable, segment);
    if (segment !== SEGMENT_NONE && segment !== SEGMENT_OTHER) {
      return this.#applySegment(tape, at, changeType, segment);
    }
    if (changeType === TYPE_HEARTBEAT) {
      update.kind = "heartbeat";
    } else if (this.#marketSegments.isOpen) {
      this.#dropSegments("market");
    }
    this.#markets.begin();
    if (changeType === TYPE_SUB_IMAGE) this.#markets.beginImage();
    this.#markets.apply(slots, at, tape.bytes);
    if (changeType === TYPE_SUB_IMAGE) this.#markets.endImage();
    this.#finishChange(tape, at, changeType);
    return true;
  }

  #applySegment(
    tape: ChangeTape,
    at: number,
    changeType: number,
    segment: number,
  ): boolean {
    const held = this.#marketSegments;
    const isImage = changeType === TYPE_SUB_IMAGE;
    if (!this.#holdsSegments) {
      this.#markets.begin();
      if (isImage && segment === SEGMENT_START) this.#markets.beginImage();
      this.#markets.apply(tape.slots, at, tape.bytes);
      if (isImage && segment === SEGMENT_END) this.#markets.endImage();
      if (segment === SEGMENT_START) this.#shownInitialClk = undefined;
      if (segment === SEGMENT_END) {
        this.#update.join(1, this.#shownInitialClk);
        this.#finishChange(tape, at, changeType);
      } else {
        this.#shownInitialClk = this.#update.initialClk ??
          this.#shownInitialClk;
        this.#showMarkets();
      }
      return true;
    }
    if (segment === SEGMENT_START) {
      this.#dropSegments("market");
    } else if (!held.isOpen) {
      // The start is missing: what is left of the message still is all true, but
      // it makes no complete image, and nothing to resume from.
      this.#markets.begin();
      this.#markets.apply(tape.slots, at, tape.bytes);
      this.#showMarkets();
      return true;
    }
    if (segment !== SEGMENT_END) {
      held.add(tape, at);
      if (held.heldBytes <= this.#maxHeldBytes) return false;
      const { heldBytes } = held;
      this.#dropSegments("market");
      this.#fail(
        new RangeError(
          `Cannot hold segments as they must be <= ${this.#maxHeldBytes} bytes: ${heldBytes} bytes held`,
        ),
      );
      return true;
    }
    this.#markets.begin();
    if (isImage) this.#markets.beginImage();
    for (const { slots, bytes } of held.segments) {
      this.#markets.apply(slots, 0, bytes);
    }
    this.#markets.apply(tape.slots, at, tape.bytes);
    if (isImage) this.#markets.endImage();
    this.#update.join(held.segments.length + 1, held.initialClk);
    held.clear();
    this.#finishChange(tape, at, changeType);
    return true;
  }

  /** Shows what a complete message did, and takes over its clocks. */
  #finishChange(tape: ChangeTape, at: number, changeType: number): void {
    const { slots } = tape;
    const flags = slots[at + FLAGS]!;
    const update = this.#update;
    const { clock } = this.#streams.market;
    // A heartbeat among segments may be ahead of what has been applied.
    const isAhead = this.#marketSegments.isOpen;
    if ((flags & HAS_CLK) !== 0 && !isAhead) {
      const lineStart = slots[at + LINE_START]!;
      clock.setClk(
        tape.bytes,
        lineStart + slots[at + CLK_START]!,
        lineStart + slots[at + CLK_END]!,
      );
    }
    if ((flags & (HAS_INITIAL_CLK | SEGMENT_MASK)) !== 0 && !isAhead) {
      clock.setText(undefined, update.initialClk);
    }
    update.isImage = changeType === TYPE_SUB_IMAGE;
    update.isResubscription = changeType === TYPE_RESUB_DELTA;
    this.#showMarkets();
  }

  #showMarkets(): void {
    const update = this.#update;
    update.isConflated = this.#markets.isConflated;
    update.markets = this.#markets.changed;
    update.removedMarkets = this.#markets.removed;
  }

  /** Begins a message that is not of the market stream. */
  #beginOther(): void {
    this.#markets.begin();
    this.#update.removedMarkets = this.#markets.removed;
  }

  #applyMessage(message: unknown): boolean {
    const update = this.#update;
    update.stream = undefined;
    const envelope: WireObject = isWireObject(message) ? message : {};
    if (envelope.op === "ocm") return this.#applyOrders(envelope);
    this.#beginOther();
    switch (envelope.op) {
      case "connection":
        update.kind = "connection";
        break;
      case "status":
        update.kind = "status";
        break;
      case "rcm":
        update.kind = "race";
        break;
      case "ccm":
        update.kind = "cricket";
        break;
      default:
        update.kind = "unknown";
    }
    this.#messages++;
    return true;
  }

  #applyOrders(envelope: WireObject): boolean {
    const stream = this.#streams.order;
    if (
      stream.subscriptionId !== undefined && typeof envelope.id === "number" &&
      envelope.id !== stream.subscriptionId
    ) {
      this.#superseded++;
      return false;
    }
    this.#messages++;
    const update = this.#update;
    const isHeartbeat = envelope.ct === "HEARTBEAT";
    const segment = segmentCodeOf(envelope.segmentType);
    update.isStale = noteStatus(
      stream,
      envelope.status === UNRELIABLE,
      segment,
    );
    const held = this.#orderSegments;
    const isContinued = segment === SEGMENT_MIDDLE || segment === SEGMENT_END;
    if (!isContinued && !isHeartbeat) this.#dropSegments("order");
    const isHeadless = this.#holdsSegments && isContinued && held.length === 0;
    // The cache checks the shape before it changes anything.
    const current = envelope as unknown as OrderChangeMessage;
    if (
      this.#holdsSegments && !isHeadless &&
      (segment === SEGMENT_START || segment === SEGMENT_MIDDLE)
    ) {
      held.push(current);
      return false;
    }
    this.#beginOther();
    const group = isContinued ? [...held, current] : [current];
    if (isContinued) held.length = 0;
    try {
      this.#applyOrderGroup(group);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      this.#fail(
        new InvalidLineError({
          reason: "schema",
          detail: error.message,
          line: update.rawLine,
          cause: error,
        }),
      );
      return true;
    }
    update.stream = "order";
    update.kind = isHeartbeat ? "heartbeat" : "order";
    update.isImage = envelope.ct === "SUB_IMAGE" && !isHeadless;
    update.isResubscription = envelope.ct === "RESUB_DELTA" && !isHeadless;
    update.orders = this.orders.changed;
    update.removedOrders = this.orders.removed;
    update.missingOrders = this.orders.missingAfterImage;
    const isComplete = segment !== SEGMENT_START &&
      segment !== SEGMENT_MIDDLE && !isHeadless;
    // A heartbeat among segments may be ahead of what has been applied.
    if (isComplete && held.length === 0) {
      const tokens = group.map((message) => textOf(message.initialClk)).filter((
        token,
      ) => token !== undefined);
      if (group.length > 1) update.join(group.length, tokens.at(-1));
      stream.clock.setText(textOf(envelope.clk), tokens.at(-1));
    }
    return true;
  }

  #applyOrderGroup(group: readonly OrderChangeMessage[]): void {
    const first = group[0]!;
    // An image discards everything, so the whole group must be sound before it.
    for (const message of group) checkOrderChangeMessage(message);
    const isHalf = first.segmentType === "SEG" ||
      first.segmentType === "SEG_END";
    if (first.ct === "SUB_IMAGE" && !isHalf) this.orders.beginImage();
    this.orders.applyGroup(group);
  }

  #dropSegments(stream: StreamName): void {
    if (stream === "market") {
      if (!this.#marketSegments.isOpen) return;
      this.#marketSegments.clear();
    } else {
      if (this.#orderSegments.length === 0) return;
      this.#orderSegments.length = 0;
    }
    this.#droppedSegments++;
  }
}

function newStreamState(): StreamState {
  return {
    subscriptionId: undefined,
    isStale: false,
    isGroupStale: false,
    clock: new Clock(),
  };
}

/** Takes over whether data lag: those of segments do when any of them says so. */
function noteStatus(
  stream: StreamState,
  isUnreliable: boolean,
  segment: number,
): boolean {
  if (segment === SEGMENT_NONE) return stream.isStale = isUnreliable;
  const isContinued = segment === SEGMENT_MIDDLE || segment === SEGMENT_END;
  stream.isStale = isUnreliable || (isContinued && stream.isGroupStale);
  stream.isGroupStale = stream.isStale && segment !== SEGMENT_END;
  return stream.isStale;
}

function segmentCodeOf(segmentType: unknown): number {
  switch (segmentType) {
    case "SEG_START":
      return SEGMENT_START;
    case "SEG":
      return SEGMENT_MIDDLE;
    case "SEG_END":
      return SEGMENT_END;
    default:
      return typeof segmentType === "string" ? SEGMENT_OTHER : SEGMENT_NONE;
  }
}
