/** The cache's own side of a {@linkcode StreamUpdate}. */

import {
  CHANGE_TYPE_MASK,
  ChangeTypeCode,
  CLK_END,
  CLK_START,
  CONFLATE_MS,
  FLAGS,
  HAS_CLK,
  HAS_CONFLATE_MS,
  HAS_HEARTBEAT_MS,
  HAS_ID,
  HAS_INITIAL_CLK,
  HAS_PUBLISH_TIME,
  HEARTBEAT_MS,
  ID,
  INITIAL_CLK_END,
  INITIAL_CLK_START,
  KIND,
  LINE,
  LINE_END,
  LINE_START,
  OBJECT_INDEX,
  PUBLISH_TIME,
  RecordKind,
} from "../tape/layout.ts";
import { ChangeTape } from "../tape/change_tape.ts";
import { decodeJsonText } from "../tape/json_text.ts";
import { isWireObject, textOf } from "./_wire_value.ts";
import type { WireObject } from "./wire_object.ts";
import type { Gap } from "./gap.ts";
import type { MarketBook } from "./market_book.ts";
import type { Order } from "./order.ts";
import type { OrderBook } from "./order_book.ts";
import type { StreamName, UpdateFacts, UpdateKind } from "./stream_update.ts";

/** What any segment of a message may say for all of them. */
export interface SegmentEnvelope {
  readonly initialClk: string | undefined;
  /** ms. */
  readonly conflateMs: number | undefined;
  /** ms. */
  readonly heartbeatMs: number | undefined;
}

/** The envelope of a message that is whole. */
const NO_ENVELOPE: SegmentEnvelope = Object.freeze({
  initialClk: undefined,
  conflateMs: undefined,
  heartbeatMs: undefined,
});

/**
 * Takes over what one more segment says.
 *
 * @param group What those before it said; undefined before the first one.
 * @param update The segment, seen as an update.
 */
export function joinEnvelopes(
  group: SegmentEnvelope | undefined,
  { initialClk, conflateMs, heartbeatMs }: SegmentEnvelope,
): SegmentEnvelope {
  return {
    initialClk: initialClk ?? group?.initialClk,
    conflateMs: conflateMs ?? group?.conflateMs,
    heartbeatMs: heartbeatMs ?? group?.heartbeatMs,
  };
}

const NOTHING: readonly never[] = Object.freeze([]);
const NO_OBJECT: WireObject = Object.freeze({});

/**
 * One record of a tape, seen as an update. Nothing is decoded before it is asked
 * for; the cache fills in what applying the record did.
 */
export class LiveUpdate implements UpdateFacts {
  kind: UpdateKind = "unknown";
  stream: StreamName | undefined = undefined;
  isImage = false;
  isResubscription = false;
  isConflated = false;
  isLagging = false;
  isStale = false;
  segments = 1;
  markets: readonly MarketBook[] = NOTHING;
  removedMarkets: readonly MarketBook[] = NOTHING;
  orders: readonly OrderBook[] = NOTHING;
  removedOrders: readonly OrderBook[] = NOTHING;
  missingOrders: readonly Order[] = NOTHING;
  error: Error | undefined = undefined;
  gap: Gap | undefined = undefined;

  #tape: ChangeTape = new ChangeTape(0);
  #at = 0;
  /** The parsed line, once it was asked for. */
  #message: unknown = undefined;
  /** What earlier segments said counts for the whole group. */
  #group: SegmentEnvelope = NO_ENVELOPE;

  /** Turns to a record and forgets what the last one did. */
  begin(tape: ChangeTape, at: number): void {
    this.#tape = tape;
    this.#at = at;
    this.#message = undefined;
    this.#group = NO_ENVELOPE;
    this.kind = "market";
    this.stream = "market";
    this.isImage = false;
    this.isResubscription = false;
    this.isConflated = false;
    this.isLagging = false;
    this.isStale = false;
    this.segments = 1;
    this.markets = NOTHING;
    this.removedMarkets = NOTHING;
    this.orders = NOTHING;
    this.removedOrders = NOTHING;
    this.missingOrders = NOTHING;
    this.error = undefined;
    this.gap = undefined;
  }

  /** Marks the update as one of data that could not be used. */
  fail(error: Error): void {
    this.kind = "invalid";
    this.stream = undefined;
    this.error = error;
  }

  /** Makes the update one that tells of an interruption, before anything is applied. */
  tell(gap: Gap): void {
    this.kind = "gap";
    this.stream = gap.stream;
    this.gap = gap;
    // What makes up for it is still to be applied.
    this.isStale = true;
  }

  /** Says that earlier segments belong to this update, and what they said of all. */
  join(segments: number, group: SegmentEnvelope): void {
    this.segments = segments;
    this.#group = group;
  }

  /** The envelope of a message that is not on the tape as numbers. */
  get #envelope(): WireObject {
    const message = this.message;
    return isWireObject(message) ? message : NO_OBJECT;
  }

  get #isChange(): boolean {
    return this.#tape.slots[this.#at + KIND] === RecordKind.CHANGE;
  }

  get publishTimeMs(): number | undefined {
    return this.#number(HAS_PUBLISH_TIME, PUBLISH_TIME, "pt");
  }

  get subscriptionId(): number | undefined {
    return this.#number(HAS_ID, ID, "id");
  }

  get conflateMs(): number | undefined {
    return this.#number(HAS_CONFLATE_MS, CONFLATE_MS, "conflateMs") ??
      this.#group.conflateMs;
  }

  get heartbeatMs(): number | undefined {
    return this.#number(HAS_HEARTBEAT_MS, HEARTBEAT_MS, "heartbeatMs") ??
      this.#group.heartbeatMs;
  }

  get clk(): string | undefined {
    return this.#token(HAS_CLK, CLK_START, CLK_END, "clk");
  }

  get initialClk(): string | undefined {
    return this.#token(
      HAS_INITIAL_CLK,
      INITIAL_CLK_START,
      INITIAL_CLK_END,
      "initialClk",
    ) ?? this.#group.initialClk;
  }

  get changeType(): string | undefined {
    if (!this.#isChange) return textOf(this.#envelope.ct);
    switch (this.#tape.slots[this.#at + FLAGS]! & CHANGE_TYPE_MASK) {
      case ChangeTypeCode.UPDATE:
        return undefined;
      case ChangeTypeCode.SUB_IMAGE:
        return "SUB_IMAGE";
      case ChangeTypeCode.RESUB_DELTA:
        return "RESUB_DELTA";
      case ChangeTypeCode.HEARTBEAT:
        return "HEARTBEAT";
      default:
        return textOf(this.#envelope.ct);
    }
  }

  get rawLine(): Uint8Array {
    const { slots, bytes } = this.#tape;
    return bytes.subarray(
      slots[this.#at + LINE_START]!,
      slots[this.#at + LINE_END]!,
    );
  }

  get message(): unknown {
    return this.#message ??= this.#parse();
  }

  get source(): string {
    return this.#tape.source;
  }

  get lineNumber(): number {
    return this.#tape.linesBefore + this.#tape.slots[this.#at + LINE]! + 1;
  }

  get byteOffset(): number {
    return this.#tape.byteOffset + this.#tape.slots[this.#at + LINE_START]!;
  }

  #parse(): unknown {
    const { slots, objects } = this.#tape;
    switch (slots[this.#at + KIND]) {
      case RecordKind.CHANGE:
        return JSON.parse(new TextDecoder().decode(this.rawLine));
      case RecordKind.MESSAGE:
        return objects[slots[this.#at + OBJECT_INDEX]!];
      default:
        return undefined;
    }
  }

  #number(flag: number, slot: number, key: string): number | undefined {
    if (this.#isChange) {
      const { slots } = this.#tape;
      return (slots[this.#at + FLAGS]! & flag) !== 0
        ? slots[this.#at + slot]!
        : undefined;
    }
    const value = this.#envelope[key];
    return typeof value === "number" ? value : undefined;
  }

  #token(
    flag: number,
    startSlot: number,
    endSlot: number,
    key: string,
  ): string | undefined {
    if (!this.#isChange) return textOf(this.#envelope[key]);
    const { slots, bytes } = this.#tape;
    if ((slots[this.#at + FLAGS]! & flag) === 0) return undefined;
    const lineStart = slots[this.#at + LINE_START]!;
    return decodeJsonText(
      bytes,
      lineStart + slots[this.#at + startSlot]!,
      lineStart + slots[this.#at + endSlot]!,
    );
  }
}
