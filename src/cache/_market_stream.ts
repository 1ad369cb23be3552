/** The market stream's messages. See {@linkcode MarketStream}. */

import type * as layout from "../tape/layout.ts";
import type { ChangeTape } from "../tape/change_tape.ts";
import type { FailureReporter } from "./_failure_reporter.ts";
import { type HeldSegment, HeldSegments } from "./_held_segments.ts";
import type { LiveMarketCache } from "./_live_market_cache.ts";
import {
  joinEnvelopes,
  type LiveUpdate,
  type SegmentEnvelope,
} from "./_live_update.ts";
import { IncompleteMessageError } from "./incomplete_message_error.ts";
import { StreamState, UNRELIABLE } from "./_stream_state.ts";

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
const LINE_START: typeof layout.LINE_START = 3;
const MARKET_COUNT: typeof layout.MARKET_COUNT = 15;
const SEGMENT_MASK: typeof layout.SEGMENT_MASK = 0x38;
const SEGMENT_SHIFT: typeof layout.SEGMENT_SHIFT = 3;
const SEGMENT_END: typeof layout.SegmentCode.END = 3;
const SEGMENT_MIDDLE: typeof layout.SegmentCode.MIDDLE = 2;
const SEGMENT_NONE: typeof layout.SegmentCode.NONE = 0;
const SEGMENT_OTHER: typeof layout.SegmentCode.OTHER = 4;
const SEGMENT_START: typeof layout.SegmentCode.START = 1;
const HAS_PUBLISH_TIME: typeof layout.HAS_PUBLISH_TIME = 0x80;
const PUBLISH_TIME: typeof layout.PUBLISH_TIME = 7;
const STATUS: typeof layout.STATUS = 14;

const NO_SEGMENTS: readonly never[] = [];

/**
 * Applies change records to the markets: decides which count, puts messages in
 * segments together, and keeps the clocks. The market cache does the rest.
 */
export class MarketStream {
  /** What the stream is at. */
  readonly state: StreamState = new StreamState("market");
  readonly #markets: LiveMarketCache;
  readonly #update: LiveUpdate;
  readonly #failures: FailureReporter;
  readonly #holdsSegments: boolean;
  readonly #maxHeldBytes: number;
  readonly #maxMarkets: number;

  readonly #held = new HeldSegments();
  /** Whether a message is under way whose segments are shown one by one … */
  #isShowing = false;
  /** … and how many were. */
  #shownSegments = 0;
  /** Whether they are of an image. */
  #isShowingImage = false;
  /** Whether segments are under way whose start is known to be missing. */
  #isHeadless = false;
  /** Whether a line among the segments under way was none, and may have been one of them. */
  #isTorn = false;
  /** What the segments of the message under way say for all of them. */
  #group: SegmentEnvelope | undefined;

  constructor(
    markets: LiveMarketCache,
    update: LiveUpdate,
    failures: FailureReporter,
    holdsSegments: boolean,
    maxHeldBytes: number,
    maxMarkets: number,
  ) {
    this.#markets = markets;
    this.#update = update;
    this.#failures = failures;
    this.#holdsSegments = holdsSegments;
    this.#maxHeldBytes = maxHeldBytes;
    this.#maxMarkets = maxMarkets;
  }

  /**
   * Tells of the interruption if applying the record at a slot ends it. The record
   * is not applied by it.
   */
  tellGap(tape: ChangeTape, at: number): boolean {
    const { slots } = tape;
    const { state } = this;
    const flags = slots[at + FLAGS]! | 0;
    const changeType = flags & CHANGE_TYPE_MASK;
    const isImage = changeType === TYPE_SUB_IMAGE;
    if (!isImage && changeType !== TYPE_RESUB_DELTA) return false;
    if ((flags & HAS_ID) !== 0 && !state.expects(slots[at + ID]!)) return false;
    const segment = (flags & SEGMENT_MASK) >> SEGMENT_SHIFT;
    // Of a message in segments nothing is seen before the last one is there,
    // unless each is shown by itself.
    const isNext = segment === SEGMENT_NONE || segment === SEGMENT_OTHER ||
      (this.#holdsSegments
        ? segment === SEGMENT_END && this.#held.isOpen
        : segment === SEGMENT_START);
    if (!isNext) return false;
    this.#update.tell(state.endGap(isImage ? "reimaged" : "resumed"));
    return true;
  }

  /**
   * Reports that a part of a message in segments is missing where the record at a
   * slot comes: the rest, if it is not its next segment; or the start, if it is one
   * of none that is under way. The record is not applied by it.
   */
  breaksOff(tape: ChangeTape, at: number): boolean {
    const flags = tape.slots[at + FLAGS]! | 0;
    const segment = (flags & SEGMENT_MASK) >> SEGMENT_SHIFT;
    const isOpen = this.#held.isOpen || this.#isShowing;
    // Nearly always: no segments at all.
    if (!isOpen && segment === SEGMENT_NONE) return false;
    const isContinued = segment === SEGMENT_MIDDLE || segment === SEGMENT_END;
    if (isOpen === isContinued) return false;
    const changeType = flags & CHANGE_TYPE_MASK;
    const { state } = this;
    if ((flags & HAS_ID) !== 0 && !state.expects(tape.slots[at + ID]!)) {
      return false;
    }
    if (isContinued) {
      // A recording may begin anywhere; a subscription has been seen from its start.
      if (state.subscriptionId === undefined || this.#isHeadless) return false;
      this.#isHeadless = true;
    } else if (
      changeType === TYPE_HEARTBEAT || changeType === TYPE_SUB_IMAGE ||
      changeType === TYPE_RESUB_DELTA
    ) {
      // The one has nothing to do with it, the others make up for what is lost.
      return false;
    }
    const error = new IncompleteMessageError(
      "market",
      this.#isShowing ? this.#shownSegments : this.#held.segments.length,
      this.#update,
    );
    const markets = this.#markets;
    markets.begin();
    // Half of an image is none, but the markets that it has not named are gone.
    if (this.#isShowingImage) markets.endImage();
    this.dropSegments();
    markets.showOn(this.#update);
    state.miss();
    this.#failures.report(error);
    return true;
  }

  /** Notes a line that could not be read: it may have been a message of the stream. */
  noteInvalidLine(): void {
    this.#isTorn = this.#held.isOpen || this.#isShowing;
    this.state.miss();
  }

  /** Applies the change record at a slot; returns whether there is an update to deliver. */
  apply(tape: ChangeTape, at: number): boolean {
    const { slots } = tape;
    const { state } = this;
    // `| 0` keeps what are integers out of floating point.
    const flags = slots[at + FLAGS]! | 0;
    if ((flags & HAS_ID) !== 0 && !state.accepts(slots[at + ID]!)) return false;
    state.messages++;
    const update = this.#update;
    const changeType = flags & CHANGE_TYPE_MASK;
    const segment = (flags & SEGMENT_MASK) >> SEGMENT_SHIFT;
    const isUnreliable = (flags & HAS_STATUS) !== 0 &&
      slots[at + STATUS] === UNRELIABLE;
    update.isLagging = state.noteStatus(isUnreliable, segment);
    update.isStale = state.isStale;
    if (segment !== SEGMENT_NONE && segment !== SEGMENT_OTHER) {
      return this.#holdsSegments
        ? this.#applySegment(tape, at, changeType, segment)
        : this.#showSegment(tape, at, changeType, segment);
    }
    if (changeType === TYPE_HEARTBEAT) {
      update.kind = "heartbeat";
    } else {
      this.dropSegments();
      this.#isHeadless = false;
    }
    const markets = this.#markets;
    markets.begin();
    const isImage = changeType === TYPE_SUB_IMAGE;
    if (this.#isTooMany(tape, at, isImage)) return this.#refuse();
    if (isImage) markets.beginImage();
    else if (changeType === TYPE_RESUB_DELTA) markets.beginCopies();
    markets.apply(slots, at, tape.bytes);
    if (isImage) markets.endImage();
    this.#finish(tape, at, changeType);
    return true;
  }

  /** Drops and counts half a message in segments. */
  dropSegments(): void {
    this.#isShowing = false;
    this.#isShowingImage = false;
    this.#shownSegments = 0;
    this.#isTorn = false;
    if (!this.#held.isOpen) return;
    this.#held.clear();
    this.state.droppedSegments++;
  }

  /** Holds a segment, or applies the whole message with its last one. */
  #applySegment(
    tape: ChangeTape,
    at: number,
    changeType: number,
    segment: number,
  ): boolean {
    const held = this.#held;
    const markets = this.#markets;
    const update = this.#update;
    if (segment === SEGMENT_START) {
      this.dropSegments();
      this.#isHeadless = false;
      this.#group = undefined;
    } else if (!held.isOpen) {
      if (segment === SEGMENT_END) this.#isHeadless = false;
      // The start is missing: what is left of the message still is all true, but
      // it makes no complete image, and nothing to resume from.
      markets.begin();
      if (this.#isTooMany(tape, at, false)) return this.#refuse();
      markets.apply(tape.slots, at, tape.bytes);
      markets.showOn(update);
      return true;
    }
    this.#group = joinEnvelopes(this.#group, update);
    if (segment !== SEGMENT_END) return this.#hold(tape, at);
    // An image of which a part may be lost is none: it would remove markets, and
    // the clocks from before it would not fit. What there is of it is true, and each
    // market that it names starts from nothing.
    const isImage = changeType === TYPE_SUB_IMAGE && !this.#isTorn;
    markets.begin();
    if (this.#isTooMany(tape, at, isImage, held.segments)) {
      this.dropSegments();
      return this.#refuse();
    }
    if (isImage) markets.beginImage();
    else markets.beginCopies();
    for (const { slots, bytes } of held.segments) {
      markets.apply(slots, 0, bytes);
    }
    markets.apply(tape.slots, at, tape.bytes);
    if (isImage) markets.endImage();
    update.join(held.segments.length + 1, this.#group);
    held.clear();
    this.#finish(tape, at, changeType);
    return true;
  }

  /** Holds a segment; returns whether there is a failure to deliver. */
  #hold(tape: ChangeTape, at: number): boolean {
    const held = this.#held;
    held.add(tape, at);
    if (held.heldBytes <= this.#maxHeldBytes) return false;
    const { heldBytes } = held;
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

  /** Applies a segment as an update of its own. */
  #showSegment(
    tape: ChangeTape,
    at: number,
    changeType: number,
    segment: number,
  ): true {
    const isImage = changeType === TYPE_SUB_IMAGE;
    const markets = this.#markets;
    const update = this.#update;
    markets.begin();
    const isFirst = segment === SEGMENT_START;
    // Without its start, what is left of a message still is all true, but it makes
    // no complete image, and nothing to resume from.
    const isHeadless = !isFirst && !this.#isShowing;
    if (isFirst) this.#isTorn = false;
    this.#isShowing = segment !== SEGMENT_END && !isHeadless;
    this.#shownSegments = isFirst ? 1 : this.#shownSegments + 1;
    if (isFirst || segment === SEGMENT_END) this.#isHeadless = false;
    if (this.#isTooMany(tape, at, isFirst && isImage)) {
      // What is left of it makes no complete image.
      this.dropSegments();
      this.#isHeadless = segment !== SEGMENT_END;
      return this.#refuse();
    }
    this.#isShowingImage = isImage && this.#isShowing;
    if (isFirst) this.#group = undefined;
    this.#group = joinEnvelopes(this.#group, update);
    if (isFirst && isImage) {
      markets.beginImage();
      // The clocks describe the books that are gone; it brings others in the end.
      this.state.clock.clear();
    } else if (isFirst && changeType === TYPE_RESUB_DELTA) {
      markets.beginCopies();
    }
    markets.apply(tape.slots, at, tape.bytes);
    if (segment === SEGMENT_END && !isHeadless) {
      if (isImage) markets.endImage();
      update.join(1, this.#group);
      this.#finish(tape, at, changeType);
    } else {
      markets.showOn(update);
    }
    return true;
  }

  /** Whether a message, with segments held of it, would bring too many markets. */
  #isTooMany(
    tape: ChangeTape,
    at: number,
    isImage: boolean,
    segments: readonly HeldSegment[] = NO_SEGMENTS,
  ): boolean {
    const markets = this.#markets;
    let count = tape.slots[at + MARKET_COUNT]!;
    for (const { slots } of segments) count += slots[MARKET_COUNT]!;
    const room = this.#maxMarkets - (isImage ? 0 : markets.size);
    // Nearly always: there is room for all of them, known or not.
    if (count <= room) return false;
    if (isImage) return true;
    let added = markets.countUnknown(tape.slots, at, tape.bytes);
    for (const { slots, bytes } of segments) {
      added += markets.countUnknown(slots, 0, bytes);
    }
    return added > room;
  }

  /** Reports a message that is not applied for its markets. */
  #refuse(): true {
    const markets = this.#markets;
    markets.showOn(this.#update);
    this.state.miss();
    this.#failures.report(
      new RangeError(
        `Cannot apply message as markets must be <= ${this.#maxMarkets}: it adds to ${markets.size}`,
      ),
    );
    return true;
  }

  /** Shows what a complete message did, and takes over its clocks. */
  #finish(tape: ChangeTape, at: number, changeType: number): void {
    const { slots } = tape;
    const flags = slots[at + FLAGS]! | 0;
    const update = this.#update;
    const { clock } = this.state;
    // A heartbeat among segments may be ahead of what has been applied, and so may
    // all that comes between an interruption and the message that makes up for it.
    // What a group lacks may be anything, so that it makes nothing complete.
    const isTorn = this.#isTorn && (flags & SEGMENT_MASK) !== 0;
    if (isTorn) this.#isTorn = false;
    const isImage = changeType === TYPE_SUB_IMAGE && !isTorn;
    const isResubscription = changeType === TYPE_RESUB_DELTA && !isTorn;
    const completes = isImage || isResubscription;
    const isAhead = this.#held.isOpen || this.#isShowing ||
      (this.state.isBehind && !completes);
    if ((flags & HAS_CLK) !== 0 && !isAhead) {
      const lineStart = slots[at + LINE_START]! | 0;
      clock.setClk(
        tape.bytes,
        lineStart + (slots[at + CLK_START]! | 0),
        lineStart + (slots[at + CLK_END]! | 0),
      );
    }
    if ((flags & (HAS_INITIAL_CLK | SEGMENT_MASK)) !== 0 && !isAhead) {
      clock.setText(undefined, update.initialClk);
    }
    if ((flags & HAS_PUBLISH_TIME) !== 0) {
      this.state.publishTimeMs = slots[at + PUBLISH_TIME]!;
    }
    update.isImage = isImage;
    update.isResubscription = isResubscription;
    if (completes) {
      this.state.complete();
      update.isStale = this.state.isStale;
    }
    this.#markets.showOn(update);
  }
}
