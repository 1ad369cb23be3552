/** What one of the two streams is at. See {@linkcode StreamState}. */

import type * as layout from "../tape/layout.ts";
import { Clock } from "./_clock.ts";
import type { Gap, GapStart } from "./gap.ts";
import type { StreamName } from "./stream_update.ts";

// Copies, as engines do not fold imported constants; see `_scan_change.ts`.
const SEGMENT_END: typeof layout.SegmentCode.END = 3;
const SEGMENT_MIDDLE: typeof layout.SegmentCode.MIDDLE = 2;
const SEGMENT_NONE: typeof layout.SegmentCode.NONE = 0;

/** Message status by which the exchange says that its data lag. */
export const UNRELIABLE = 503;

/** Subscription, staleness, clocks and counts of the market or the order stream. */
export class StreamState {
  /** Tokens to resume from. */
  readonly clock: Clock = new Clock();
  /** Messages that counted. */
  messages = 0;
  /** Messages of superseded subscriptions. */
  superseded = 0;
  /** Messages in segments that were dropped, incomplete. */
  droppedSegments = 0;

  /** Publish time of the last message that was applied, ms since the epoch; NaN if there was none. */
  publishTimeMs: number = NaN;

  /** Id of the current subscription; undefined when all messages count. */
  subscriptionId: number | undefined;

  readonly #stream: StreamName;
  /**
   * Whether the books are not those of the present subscription: its image, or what
   * brings them up to date, has not been applied.
   */
  #isIncomplete = false;
  /** Whether a message since the last image could not be applied. */
  #hasMissed = false;
  /** The interruption that is not over; its outcome is not known yet. */
  #gap: Omit<Gap, "outcome"> | undefined;
  #isLagging = false;
  /** Whether a segment of the message that is under way said that data lag. */
  #isGroupLagging = false;

  constructor(stream: StreamName) {
    this.#stream = stream;
  }

  /**
   * Whether the last message said that its data lag, the stream is interrupted, or
   * its image has not been applied.
   */
  get isStale(): boolean {
    return this.#isLagging || this.#isIncomplete || this.#gap !== undefined;
  }

  /**
   * Whether no clock may be taken, as it would be ahead of the books: an image, or what
   * brings them up to date, is still to come, or a message is missing from them.
   */
  get isBehind(): boolean {
    return this.#isIncomplete || this.#hasMissed || this.#gap !== undefined;
  }

  /**
   * Notes that a message could not be applied. Of a recording all else still is what
   * it was; a subscription is stale.
   */
  miss(): void {
    this.#hasMissed = true;
    if (this.subscriptionId !== undefined) this.#isIncomplete = true;
  }

  /** Notes that the books are not those of the present subscription. */
  awaitImage(): void {
    this.#isIncomplete = true;
  }

  /** Notes that an image, or what brings the books up to date, has been applied. */
  complete(): void {
    this.#isIncomplete = false;
    this.#hasMissed = false;
  }

  /** Whether the stream is interrupted: neither an image nor a resumption has come since. */
  get isInterrupted(): boolean {
    return this.#gap !== undefined;
  }

  /** Begins an interruption, or goes on with one that is not over. */
  beginGap(start: GapStart): void {
    const { publishTimeMs } = this;
    this.#gap = {
      stream: this.#stream,
      sinceMs: Number.isNaN(publishTimeMs) ? undefined : publishTimeMs,
      lostAtMs: start.lostAtMs,
      ...this.#gap,
      interruptions: (this.#gap?.interruptions ?? 0) + 1,
      reason: start.reason,
    };
  }

  /** Ends the interruption, by a message that is still to be applied. */
  endGap(outcome: Gap["outcome"]): Gap {
    const gap: Gap = { ...this.#gap!, outcome };
    this.#gap = undefined;
    this.#isIncomplete = true;
    return gap;
  }

  /** Tells whether messages with an id count. */
  expects(id: number): boolean {
    return this.subscriptionId === undefined || id === this.subscriptionId;
  }

  /** Tells whether messages with an id count; counts those that do not. */
  accepts(id: number): boolean {
    if (this.expects(id)) return true;
    this.superseded++;
    return false;
  }

  /**
   * Takes over whether data lag: those of segments do when any of them says so.
   *
   * @param isUnreliable Whether the message has status 503.
   * @param segment The message's segment code.
   * @returns Whether its data lag.
   */
  noteStatus(isUnreliable: boolean, segment: number): boolean {
    let isLagging = isUnreliable;
    if (segment !== SEGMENT_NONE) {
      const isContinued = segment === SEGMENT_MIDDLE || segment === SEGMENT_END;
      isLagging ||= isContinued && this.#isGroupLagging;
      this.#isGroupLagging = isLagging && segment !== SEGMENT_END;
    }
    this.#isLagging = isLagging;
    return isLagging;
  }
}
