/** What one of the two streams is at. See {@linkcode StreamState}. */

import type * as layout from "../tape/layout.ts";
import { Clock } from "./_clock.ts";

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
  /** Id of the current subscription; undefined when all messages count. */
  subscriptionId: number | undefined;
  /** Messages that counted. */
  messages = 0;
  /** Messages of superseded subscriptions. */
  superseded = 0;
  /** Messages in segments that were dropped, incomplete. */
  droppedSegments = 0;

  #isStale = false;
  /** Whether a segment of the message that is under way said that data lag. */
  #isGroupStale = false;

  /** Whether the last message said that its data lag. */
  get isStale(): boolean {
    return this.#isStale;
  }

  /** Tells whether messages with an id count; counts those that do not. */
  accepts(id: number): boolean {
    if (this.subscriptionId === undefined || id === this.subscriptionId) {
      return true;
    }
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
    if (segment === SEGMENT_NONE) return this.#isStale = isUnreliable;
    const isContinued = segment === SEGMENT_MIDDLE || segment === SEGMENT_END;
    const isStale = isUnreliable || (isContinued && this.#isGroupStale);
    this.#isGroupStale = isStale && segment !== SEGMENT_END;
    return this.#isStale = isStale;
  }
}
