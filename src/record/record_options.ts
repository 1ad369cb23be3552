/** Options of {@linkcode record}. See {@linkcode RecordOptions}. */

import type { ChangeParser } from "../parsing/change_parser.ts";
import type { StreamCache } from "../cache/stream_cache.ts";
import type { RecordError } from "./record_error.ts";
import type { RecordFiles } from "./record_files.ts";

/**
 * How lines are laid out in files.
 *
 * - `connection`: one file per connection, every line as received.
 * - `market`: one file per market, as the common recorders do (protocol 8.2):
 * `1.234567890.ndjson.gz`, and beside it `.orders`, `.race` and `.cricket` files.
 * Further files of a market are `1.234567890_000002.ndjson.gz` and so on. Items of
 * an image of the subscription say that they are images, see {@linkcode record}.
 */
export type RecordLayout = "connection" | "market";

/**
 * When the system is told to bring what was written to the disk. What was
 * written survives the end of the process in any case; this is about the end of
 * the machine.
 *
 * - `never`: when the system likes to.
 * - `close`: before a file gets its final name.
 * - `flush`: also after each flush, which costs some ms of the disk's time.
 */
export type FsyncPolicy = "never" | "close" | "flush";

/** A clock and a timer, for tests that do not want to wait. */
export interface RecordTimers {
  /** The time, ms since the epoch. */
  now(): number;
  /**
   * Calls back once.
   *
   * @param callback What to call.
   * @param delayMs When, ms from now.
   * @returns Cancels it.
   */
  schedule(callback: () => void, delayMs: number): () => void;
}

/** Options of {@linkcode record}. */
export interface RecordOptions {
  /**
   * One file per connection or per market.
   *
   * @default {"connection"}
   */
  readonly per?: RecordLayout | undefined;
  /**
   * Begins another file before one has more bytes than this, uncompressed. A
   * single line may be longer. At least 1.
   *
   * @default {Infinity}
   */
  readonly rotateBytes?: number | undefined;
  /**
   * Begins another file with the first line that comes this long after the first
   * one of the file, ms. At least 1.
   *
   * @default {Infinity}
   */
  readonly rotateMs?: number | undefined;
  /**
   * Whether files are compressed when they are complete.
   *
   * @default {true}
   */
  readonly gzip?: boolean | undefined;
  /**
   * How long a line may wait to be written, ms: what a killed process loses at
   * most. 0 writes each piece of input at once.
   *
   * @default {1000}
   */
  readonly flushMs?: number | undefined;
  /**
   * When written data is forced to the disk.
   *
   * @default {"close"}
   */
  readonly fsync?: FsyncPolicy | undefined;
  /**
   * Most files held open for writing, besides one that is being completed and its
   * sidecar. More can be begun: those written least recently are opened again when
   * they are needed. At least 1.
   *
   * @default {64}
   */
  readonly maxOpenFiles?: number | undefined;
  /**
   * The source has to wait while more bytes than this wait to be written. A
   * single piece of input may be greater. At least 1.
   *
   * @default {4194304}
   */
  readonly maxPendingBytes?: number | undefined;
  /**
   * Called when nothing more can be recorded; the batches then go on coming.
   * Without it, the iteration throws the error and ends. If it throws, the iteration
   * throws that and ends.
   */
  readonly onError?: ((error: RecordError) => void) | undefined;
  /** Ends the recording when it is aborted: the iteration throws its reason. */
  readonly signal?: AbortSignal | undefined;
  /** For a stream of bytes: cache to feed instead of a new one. */
  readonly cache?: StreamCache | undefined;
  /** For a stream of bytes: parser to use; it must not be used for anything else. */
  readonly parser?: ChangeParser | undefined;
  /**
   * For a stream of bytes: longest line, bytes. A longer one is neither applied
   * nor recorded, and reported as an update of kind `invalid`.
   *
   * @default {67108864}
   */
  readonly maxLineBytes?: number | undefined;
  /** Another file system than the disk. */
  readonly files?: RecordFiles | undefined;
  /** Another clock and timer than the system's. */
  readonly timers?: RecordTimers | undefined;
}
