/** What a recorder has done. See {@linkcode RecordingSummary}. */

import type { RecordError } from "./record_error.ts";

/** A recording that has its final name. */
export interface RecordedFile {
  /** Path of the file. */
  readonly path: string;
  /** Path of its sidecar; undefined if, after a failure, none could be made. */
  readonly sidecarPath: string | undefined;
  /** Lines in it, blank ones left out. */
  readonly lines: number;
  /** Uncompressed bytes. */
  readonly bytes: number;
  /** Bytes of the file. */
  readonly storedBytes: number;
  /** SHA-256 of the uncompressed bytes, hex. */
  readonly sha256: string;
}

/** What was recorded so far. */
export interface RecordingSummary {
  /** When the first line was received, ms since the epoch. */
  readonly startedAtMs: number | undefined;
  /** When the last line was received, ms since the epoch. */
  readonly lastReceivedAtMs: number | undefined;
  /** Bytes received. */
  readonly receivedBytes: number;
  /** Bytes received that wait to be written. */
  readonly pendingBytes: number;
  /** Bytes written to files, uncompressed. */
  readonly writtenBytes: number;
  /** Lines written to files. A message of three markets makes three if files are per market. */
  readonly lines: number;
  /** Lines left out as they belong to no market; 0 if files are per connection. */
  readonly skippedLines: number;
  /** Files begun that have no final name yet. */
  readonly openFiles: number;
  /** Files that have their final name. */
  readonly finishedFiles: number;
  /** The last 1000 of these, the earliest first. */
  readonly files: readonly RecordedFile[];
  /** What ended the recording. */
  readonly error: RecordError | undefined;
  /** Whether the recording has ended. */
  readonly isFinished: boolean;
}
