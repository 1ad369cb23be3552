/** What a client counts and measures. See {@linkcode HealthMonitor}. */

import type { StreamUpdate } from "../cache/stream_update.ts";
import type { HealthError } from "./client_health.ts";
import { LatencyHistogram } from "./latency_histogram.ts";

/** The clock offset is estimated from one to two of these, ms: clocks drift. */
const OFFSET_WINDOW_MS = 60_000;

/** Longest text of an error that is kept, characters. */
const MAX_MESSAGE_LENGTH = 1000;

/** Counts and times, in bounded memory. */
export class HealthMonitor {
  /** Name of the latest connection. */
  connectionId: string | undefined;
  /** Connections opened. */
  connections = 0;
  /** Connections lost. */
  reconnects = 0;
  /** Further connections that may be opened. */
  connectionsAvailable: number | undefined;
  /** Interruptions that are over. */
  gaps = 0;
  /** Those of them that were resumed. */
  resumes = 0;
  /** Messages with status 503. */
  stale = 0;
  /** The last thing that went wrong. */
  lastError: HealthError | undefined;
  /** From publishing to reading. */
  readonly publishToReceived: LatencyHistogram = new LatencyHistogram();
  /** From reading to delivering. */
  readonly receivedToDelivered: LatencyHistogram = new LatencyHistogram();

  /** Shortest time from publishing to reading, in the window before and the present one. */
  #shortestBefore = Infinity;
  #shortestNow = Infinity;
  #windowSinceMs = -Infinity;
  #shortestRoundTripMs = Infinity;

  /** Estimate of how much the local clock is ahead, ms. */
  get clockOffsetMs(): number | undefined {
    const shortest = Math.min(this.#shortestBefore, this.#shortestNow);
    const offsetMs = shortest - this.#shortestRoundTripMs / 2;
    return Number.isFinite(offsetMs) ? offsetMs : undefined;
  }

  /** Notes how long an answer took, ms. */
  noteRoundTrip(durationMs: number): void {
    if (durationMs < this.#shortestRoundTripMs) {
      this.#shortestRoundTripMs = durationMs;
    }
  }

  /**
   * Notes a change or a heartbeat.
   *
   * @param update The update.
   * @param receivedAtMs When it was read, ms since the epoch.
   */
  noteChange(update: StreamUpdate, receivedAtMs: number): void {
    if (update.isLagging) this.stale++;
    // An image is made for the one who subscribes: its time tells nothing.
    if (update.isImage || update.isResubscription) return;
    const { publishTimeMs } = update;
    if (publishTimeMs === undefined) return;
    const durationMs = receivedAtMs - publishTimeMs;
    this.publishToReceived.record(durationMs);
    if (receivedAtMs - this.#windowSinceMs >= OFFSET_WINDOW_MS) {
      this.#windowSinceMs = receivedAtMs;
      this.#shortestBefore = this.#shortestNow;
      this.#shortestNow = Infinity;
    }
    if (durationMs < this.#shortestNow) this.#shortestNow = durationMs;
  }

  /** Notes what went wrong. */
  noteError(error: Error, atMs: number): void {
    this.lastError = {
      name: error.name,
      message: error.message.slice(0, MAX_MESSAGE_LENGTH).toWellFormed(),
      atMs,
    };
  }
}
