/** What can be wrong with a source. See {@linkcode ReplaySourceError}. */

/**
 * What is wrong with a source.
 *
 * - `not-found`: there is no such file or folder.
 * - `no-recordings`: a folder holds no file that looks like a recording.
 * - `not-readable`: the system, or the stream that was given, reported an error.
 * - `already-read`: a stream or iterable, which can be read only once, was opened again.
 * - `truncated`: compressed data ends in the middle.
 * - `corrupt`: compressed data is damaged.
 * - `archive`: a tar or zip archive, whose files are recordings.
 */
export type ReplaySourceErrorCode =
  | "not-found"
  | "no-recordings"
  | "not-readable"
  | "already-read"
  | "truncated"
  | "corrupt"
  | "archive";

/** Options of the {@linkcode ReplaySourceError} constructor. */
export interface ReplaySourceErrorOptions extends ErrorOptions {
  /** Where in the source, see {@linkcode ReplaySourceError.byteOffset}. */
  byteOffset?: number | undefined;
}

/**
 * A source, or a part of one, could not be read.
 *
 * Thrown when nothing can be read (a missing path), and handed over in band,
 * between chunks of data, when a part is lost and the rest can be read.
 *
 * @example A missing file
 * ```ts
 * import { ReplaySourceError, resolveSources } from "@betfair-stream/core/replay";
 * import assert from "node:assert/strict";
 *
 * await assert.rejects(
 *   resolveSources("no/such/recording.bz2"),
 *   (error) => error instanceof ReplaySourceError && error.code === "not-found",
 * );
 * ```
 */
export class ReplaySourceError extends Error {
  /** Always `"ReplaySourceError"`. */
  override readonly name: string = "ReplaySourceError";
  /** What is wrong. */
  readonly code: ReplaySourceErrorCode;
  /** Name of the source: its path, or what it is, such as `bytes`. */
  readonly source: string;
  /**
   * Offset, in the bytes that the damaged container was read from, of the damaged
   * gzip member or bzip2 block; of the end of the data for `truncated`. 0-based.
   * For a container inside another one it counts that one's decompressed bytes.
   * `undefined` when the error is about the source as a whole.
   */
  readonly byteOffset: number | undefined;

  /**
   * Makes the error.
   *
   * @param code What is wrong.
   * @param source Name of the source.
   * @param message The whole message.
   * @param options The offset and the cause, where there are such.
   */
  constructor(
    code: ReplaySourceErrorCode,
    source: string,
    message: string,
    options: ReplaySourceErrorOptions = {},
  ) {
    super(message, options);
    this.code = code;
    this.source = source;
    this.byteOffset = options.byteOffset;
  }
}
