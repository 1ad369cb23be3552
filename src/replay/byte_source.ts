/** What `replay()` reads from, and what it reads. See {@linkcode ByteSource}. */

import type { ReplaySourceError } from "./replay_source_error.ts";

/**
 * Where recordings come from:
 *
 * - a path (string) or `file:` URL of a file or a folder,
 * - the bytes of one recording; they must not change while they are read,
 * - a stream or other async iterable with the bytes of one recording, in pieces of any size,
 * - an array of these, read one after another.
 *
 * Each may be plain or compressed with gzip or bzip2, which is recognized by content.
 */
export type ReplaySource =
  | string
  | URL
  | Uint8Array
  | ReadableStream<Uint8Array>
  | AsyncIterable<Uint8Array>
  | readonly ReplaySource[];

/**
 * Decompressed bytes, or an error in place of bytes that are lost.
 *
 * Bytes are borrowed: they are valid until the next item is asked for, since the
 * buffer behind them is used again. Copy what must live longer.
 *
 * After an error the data goes on at another place, in general in the middle of
 * a line. Drop the line that was begun before it.
 */
export type SourceChunk = Uint8Array | ReplaySourceError;

/** One recording: a file, an array of bytes or a stream. */
export interface ByteSource {
  /** Path of the file; for other sources what they are, such as `bytes` or `stream#2`. */
  readonly name: string;
  /** Size in bytes as stored, so in general compressed; `undefined` when it is not known. */
  readonly sizeBytes: number | undefined;
  /** How many of these bytes were read since {@linkcode open} was last called. Runs ahead of the data. */
  readonly compressedBytesRead: number;

  /**
   * Reads the source from its start.
   *
   * Data comes decompressed, without a byte order mark at its start, in pieces
   * of at most 256 KiB, or more where a stream gave more. Resources are released
   * at the end, and also when the loop is left early.
   *
   * An error that costs a part of the data is an item like any other, see
   * {@linkcode SourceChunk}: a damaged gzip member (up to 64 KiB in front of the
   * damage are lost with it), a damaged bzip2 block, a file that cannot be read.
   *
   * @param signal Stops reading when it is aborted.
   * @returns An iterable to be iterated once.
   * @throws {unknown} The reason of the signal, when it is aborted.
   */
  open(signal?: AbortSignal): AsyncIterableIterator<SourceChunk>;
}
