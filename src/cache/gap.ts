/** An interruption that is over. See {@linkcode Gap}. */

import type { StreamName } from "./stream_update.ts";

/** What is told of an interruption when it begins; see {@linkcode StreamCache.beginGap}. */
export interface GapStart {
  /** When the loss was noticed, by the local clock: ms since the epoch. */
  readonly lostAtMs: number;
  /** What happened, for people. */
  readonly reason: string;
}

/**
 * An interruption of a stream that is over: what the exchange published between
 * {@linkcode sinceMs} and the message that follows was not seen as it happened
 * (protocol section 6.1).
 */
export interface Gap {
  /** Which stream was interrupted. */
  readonly stream: StreamName;
  /**
   * How the books are made right again by the message that follows: brought up to
   * date by what changed (`RESUB_DELTA`), or replaced as a whole (`SUB_IMAGE`).
   *
   * Whether a resumption mentions a market that closed meanwhile is not documented:
   * of those that are silent afterwards `publishTimeMs` stays at or before
   * {@linkcode sinceMs}; look them up if it matters (protocol section 6.1).
   */
  readonly outcome: "resumed" | "reimaged";
  /**
   * Publish time of the last message that was applied before the interruption, ms
   * since the epoch; undefined when there was none.
   */
  readonly sinceMs: number | undefined;
  /** When the first loss was noticed, by the local clock: ms since the epoch. */
  readonly lostAtMs: number;
  /** How often the stream was lost since it was last whole; 1 or more. */
  readonly interruptions: number;
  /** What happened the last time, for people. */
  readonly reason: string;
}
