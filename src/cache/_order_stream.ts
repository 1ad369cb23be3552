/** The order stream's messages. See {@linkcode OrderStream}. */

import { InvalidLineError } from "../parsing/invalid_line_error.ts";
import { checkOrderChangeMessage } from "../protocol/message_schema.ts";
import { MessageSchemaError } from "../protocol/message_schema_error.ts";
import type { OrderChangeMessage } from "../protocol/order_change_message.ts";
import { SegmentCode } from "../tape/layout.ts";
import type { FailureReporter } from "./_failure_reporter.ts";
import type { LiveMarketCache } from "./_live_market_cache.ts";
import {
  joinEnvelopes,
  type LiveUpdate,
  type SegmentEnvelope,
} from "./_live_update.ts";
import { StreamState, UNRELIABLE } from "./_stream_state.ts";
import { textOf } from "./_wire_value.ts";
import type { WireObject } from "./wire_object.ts";
import { IncompleteMessageError } from "./incomplete_message_error.ts";
import type { OrderCache } from "./order_cache.ts";

/**
 * Applies order change messages to the orders: decides which count, puts messages
 * in segments together, and keeps the clocks. The order cache does the rest.
 */
export class OrderStream {
  /** What the stream is at. */
  readonly state: StreamState = new StreamState("order");
  readonly #orders: OrderCache;
  readonly #markets: LiveMarketCache;
  readonly #update: LiveUpdate;
  readonly #failures: FailureReporter;
  readonly #holdsSegments: boolean;

  readonly #maxHeldBytes: number;
  readonly #maxMarkets: number;

  /** Segments of a message that is not complete yet. */
  readonly #held: OrderChangeMessage[] = [];
  /** Bytes of their lines. */
  #heldBytes = 0;
  /** Whether a message is under way whose segments are shown one by one … */
  #isShowing = false;
  /** … and how many were. */
  #shownSegments = 0;
  /** Whether segments are under way whose start is known to be missing. */
  #isHeadless = false;
  /** Whether a line among the segments under way was none, and may have been one of them. */
  #isTorn = false;

  /**
   * @param orders What the messages are applied to.
   * @param markets Closed ones leave with whatever is delivered next, orders included.
   * @param update The cache's update.
   * @param failures Where unusable messages go.
   * @param holdsSegments Whether segments wait for the last one.
   * @param maxHeldBytes Most bytes of lines that wait.
   * @param maxMarkets Most markets with orders.
   */
  constructor(
    orders: OrderCache,
    markets: LiveMarketCache,
    update: LiveUpdate,
    failures: FailureReporter,
    holdsSegments: boolean,
    maxHeldBytes: number,
    maxMarkets: number,
  ) {
    this.#orders = orders;
    this.#markets = markets;
    this.#update = update;
    this.#failures = failures;
    this.#holdsSegments = holdsSegments;
    this.#maxHeldBytes = maxHeldBytes;
    this.#maxMarkets = maxMarkets;
  }

  /**
   * Tells of the interruption if applying a message ends it. The message is not
   * applied by it.
   */
  tellGap(envelope: WireObject): boolean {
    const { state } = this;
    const isImage = envelope.ct === "SUB_IMAGE";
    if (!isImage && envelope.ct !== "RESUB_DELTA") return false;
    if (typeof envelope.id === "number" && !state.expects(envelope.id)) {
      return false;
    }
    const segment = segmentCodeOf(envelope.segmentType);
    const isContinued = segment === SegmentCode.MIDDLE ||
      segment === SegmentCode.END;
    // Of a message in segments nothing is seen before the last one is there,
    // unless each is shown by itself.
    const isNext = this.#holdsSegments
      ? segment !== SegmentCode.START && segment !== SegmentCode.MIDDLE &&
        !(isContinued && this.#held.length === 0)
      : !isContinued;
    const group = isContinued ? this.#held : [];
    if (!isNext || schemaErrorIn([...group, envelope]) !== undefined) {
      return false;
    }
    this.#update.tell(state.endGap(isImage ? "reimaged" : "resumed"));
    return true;
  }

  /**
   * Reports that a part of a message in segments is missing; like that of the market
   * stream.
   */
  breaksOff(envelope: WireObject): boolean {
    const { ct, id } = envelope;
    const { state } = this;
    const segment = segmentCodeOf(envelope.segmentType);
    const isOpen = this.#held.length > 0 || this.#isShowing;
    const isContinued = segment === SegmentCode.MIDDLE ||
      segment === SegmentCode.END;
    if (isOpen === isContinued) return false;
    if (typeof id === "number" && !state.expects(id)) return false;
    if (isContinued) {
      // A recording may begin anywhere; a subscription has been seen from its start.
      if (state.subscriptionId === undefined || this.#isHeadless) return false;
      this.#isHeadless = true;
    } else if (
      ct === "HEARTBEAT" || ct === "SUB_IMAGE" || ct === "RESUB_DELTA"
    ) {
      // The one has nothing to do with it, the others make up for what is lost.
      return false;
    }
    const error = new IncompleteMessageError(
      "order",
      this.#isShowing ? this.#shownSegments : this.#held.length,
      this.#update,
    );
    this.dropSegments();
    this.#markets.begin();
    this.#markets.showOn(this.#update);
    state.miss();
    this.#failures.report(error);
    return true;
  }

  /** Notes a line that could not be read: it may have been a message of the stream. */
  noteInvalidLine(): void {
    this.#isTorn = this.#held.length > 0 || this.#isShowing;
    this.state.miss();
  }

  /** Applies a message of which only `op` is known; returns whether there is an update to deliver. */
  apply(envelope: WireObject): boolean {
    const { state } = this;
    if (typeof envelope.id === "number" && !state.accepts(envelope.id)) {
      return false;
    }
    state.messages++;
    const update = this.#update;
    const segment = segmentCodeOf(envelope.segmentType);
    update.isLagging = state.noteStatus(
      envelope.status === UNRELIABLE,
      segment,
    );
    update.isStale = state.isStale;
    // Its shape is checked before anything changes.
    const message = envelope as unknown as OrderChangeMessage;
    if (segment !== SegmentCode.NONE && segment !== SegmentCode.OTHER) {
      return this.#holdsSegments
        ? this.#applySegment(message, segment)
        : this.#showSegment(message, segment);
    }
    if (envelope.ct !== "HEARTBEAT") {
      this.dropSegments();
      this.#isHeadless = false;
    }
    return this.#deliver([message], segment, true);
  }

  /** Holds a segment, or applies the whole message with its last one. */
  #applySegment(message: OrderChangeMessage, segment: number): boolean {
    const held = this.#held;
    if (segment === SegmentCode.START) this.dropSegments();
    const isOpen = held.length > 0;
    if (segment !== SegmentCode.MIDDLE) this.#isHeadless = false;
    if (segment === SegmentCode.END) {
      const group = [...held, message];
      this.#forget();
      return this.#deliver(group, segment, isOpen);
    }
    if (segment === SegmentCode.MIDDLE && !isOpen) {
      return this.#deliver([message], segment, false);
    }
    held.push(message);
    this.#heldBytes += this.#update.rawLine.length;
    return this.#heldBytes > this.#maxHeldBytes && this.#refuse();
  }

  /** Applies a segment as an update of its own. */
  #showSegment(message: OrderChangeMessage, segment: number): true {
    if (segment === SegmentCode.START) this.dropSegments();
    if (segment !== SegmentCode.MIDDLE) this.#isHeadless = false;
    const wasShowing = this.#isShowing;
    this.#isShowing = segment === SegmentCode.START ||
      (wasShowing && segment === SegmentCode.MIDDLE);
    this.#shownSegments++;
    const isWhole = segment === SegmentCode.END && wasShowing;
    return this.#deliver([message], segment, isWhole);
  }

  /**
   * Applies a message, or what there is of one, and says so.
   *
   * @param group Its segments, or the message alone.
   * @param segment Segment code of the last of them.
   * @param isWhole Whether a message is complete with it. Without its start, what is
   * left of one still is all true, but it makes no complete image, and nothing to
   * resume from.
   */
  #deliver(
    group: readonly OrderChangeMessage[],
    segment: number,
    isWhole: boolean,
  ): true {
    const { state } = this;
    const update = this.#update;
    this.#markets.begin();
    this.#markets.showOn(update);
    const isLast = segment !== SegmentCode.START &&
      segment !== SegmentCode.MIDDLE;
    // What a group lacks may be anything, so that it makes nothing complete.
    const isTorn = this.#isTorn && segment === SegmentCode.END;
    if (isTorn) this.#isTorn = false;
    if (!this.#applyGroup(group, isWhole, isTorn)) {
      // What is left of it makes no complete message.
      this.#isShowing = false;
      this.#orders.cutImage();
      this.#isHeadless = !isLast;
      state.miss();
      return true;
    }
    const { ct, pt } = group.at(-1)!;
    update.stream = "order";
    update.kind = ct === "HEARTBEAT" ? "heartbeat" : "order";
    update.isImage = isWhole && !isTorn && ct === "SUB_IMAGE";
    update.isResubscription = isWhole && !isTorn && ct === "RESUB_DELTA";
    update.orders = this.#orders.changed;
    update.removedOrders = this.#orders.removed;
    update.missingOrders = this.#orders.missingAfterImage;
    if (typeof pt === "number") state.publishTimeMs = pt;
    // A heartbeat among segments may be ahead of what has been applied, and so may
    // all that comes between an interruption and the message that makes up for it.
    const completes = update.isImage || update.isResubscription;
    const isAhead = this.#held.length > 0 || this.#isShowing ||
      (state.isBehind && !completes);
    if (completes) {
      state.complete();
      update.isStale = state.isStale;
    }
    if (isWhole && !isAhead) this.#takeClocks(group);
    return true;
  }

  /** Drops and counts half a message in segments. */
  dropSegments(): void {
    if (this.#isShowing) this.#orders.cutImage();
    this.#isShowing = false;
    this.#shownSegments = 0;
    this.#isTorn = false;
    if (this.#held.length === 0) return;
    this.#forget();
    this.state.droppedSegments++;
  }

  #forget(): void {
    this.#held.length = 0;
    this.#heldBytes = 0;
  }

  /** Drops segments that are too many, and reports it. */
  #refuse(): true {
    const heldBytes = this.#heldBytes;
    this.dropSegments();
    this.#isHeadless = true;
    this.state.miss();
    this.#failures.report(
      new RangeError(
        `Cannot hold segments as they must be <= ${this.#maxHeldBytes} bytes: ${heldBytes} bytes held`,
      ),
    );
    return true;
  }

  /** Whether a message would bring too many markets. */
  #isTooMany(group: readonly OrderChangeMessage[], isImage: boolean): boolean {
    const orders = this.#orders;
    const room = this.#maxMarkets - (isImage ? 0 : orders.size);
    let count = 0;
    for (const message of group) count += message.oc?.length ?? 0;
    // Nearly always: there is room for all of them, known or not.
    if (count <= room) return false;
    return isImage || orders.countUnknown(group) > room;
  }

  /**
   * Applies the segments of a message, or reports why not; returns whether it did.
   *
   * @param group The segments, or the message alone.
   * @param isWhole Whether the message is complete with them.
   * @param isTorn Whether a part of it may be lost: it is no image then, which would
   * remove markets, and orders with them.
   */
  #applyGroup(
    group: readonly OrderChangeMessage[],
    isWhole: boolean,
    isTorn: boolean,
  ): boolean {
    // An image discards everything, so the whole group must be sound before it.
    const error = schemaErrorIn(group);
    if (error !== undefined) {
      this.#failures.report(
        new InvalidLineError({
          reason: "schema",
          detail: `${error.path} must be ${error.expected}`,
          line: this.#update.rawLine,
          cause: error,
        }),
      );
      return false;
    }
    const first = group[0]!;
    const isHalf = first.segmentType === "SEG" ||
      first.segmentType === "SEG_END";
    const isImage = first.ct === "SUB_IMAGE" && !isHalf && !isTorn;
    if (this.#isTooMany(group, isImage)) {
      this.#failures.report(
        new RangeError(
          `Cannot apply order message as markets must be <= ${this.#maxMarkets}: it adds to ${this.#orders.size}`,
        ),
      );
      return false;
    }
    if (isTorn) this.#orders.cutImage();
    if (isImage) this.#orders.beginImage();
    // The clocks describe the books that are gone; it brings others in the end.
    if (isImage && !isWhole) this.state.clock.clear();
    this.#orders.applyChecked(group);
    return true;
  }

  /** Takes over the clocks of a complete message; `initialClk` may be on any segment. */
  #takeClocks(group: readonly OrderChangeMessage[]): void {
    const envelope = group.map(envelopeOf).reduce(joinEnvelopes);
    if (group.length > 1) this.#update.join(group.length, envelope);
    this.state.clock.setText(textOf(group.at(-1)!.clk), envelope.initialClk);
  }
}

function envelopeOf(message: OrderChangeMessage): SegmentEnvelope {
  return {
    initialClk: textOf(message.initialClk),
    conflateMs: message.conflateMs ?? undefined,
    heartbeatMs: message.heartbeatMs ?? undefined,
  };
}

/** Why messages have not the shape that the order cache relies on, if they have not. */
function schemaErrorIn(
  group: readonly unknown[],
): MessageSchemaError | undefined {
  try {
    for (const message of group) {
      checkOrderChangeMessage(message as OrderChangeMessage);
    }
    return undefined;
  } catch (error) {
    if (error instanceof MessageSchemaError) return error;
    throw error;
  }
}

function segmentCodeOf(segmentType: unknown): number {
  switch (segmentType) {
    case "SEG_START":
      return SegmentCode.START;
    case "SEG":
      return SegmentCode.MIDDLE;
    case "SEG_END":
      return SegmentCode.END;
    default:
      return typeof segmentType === "string"
        ? SegmentCode.OTHER
        : SegmentCode.NONE;
  }
}
