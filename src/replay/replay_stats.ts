/** What a replay has done so far. See {@linkcode ReplayStats}. */

import type { BookFeedStats } from "../cache/book_feed.ts";

/** Running counts of a {@linkcode Replay}. */
export interface ReplayStats extends BookFeedStats {
  /** Recordings there are, or undefined before the first batch was asked for. */
  readonly sources: number | undefined;
  /** Recordings read to their end. */
  readonly sourcesRead: number;
  /** Name of the recording that is being read. */
  readonly source: string;
  /** Bytes read as stored, in general compressed; for progress. */
  readonly storedBytesRead: number;
  /** Bytes of all recordings as stored; undefined when one of them is a stream. */
  readonly storedBytes: number | undefined;
  /** Parts of recordings that were lost to damage; each also was an update of kind `invalid`. */
  readonly damaged: number;
  /** Files in folders that are no recordings. */
  readonly ignored: readonly string[];
}
