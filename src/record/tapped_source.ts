/** What can be recorded. See {@linkcode TappedSource}. */

import type { UpdateBatch } from "../cache/update_batch.ts";
import type { LineListener } from "../framing/line_listener.ts";

/**
 * A source of batches that shows the lines behind them: a `StreamClient`, or
 * anything else of this form.
 *
 * Lines are shown before the batch that is made of them is returned, and only
 * while a batch is being waited for: that is how a recorder holds the source up.
 */
export interface TappedSource {
  /**
   * Shows all lines received from now on.
   *
   * @param listener Called for each piece of input with a whole line in it.
   * @returns Ends the showing.
   */
  tap(listener: LineListener): () => void;
  /** The batches, to be iterated once. */
  [Symbol.asyncIterator](): AsyncIterator<UpdateBatch>;
}

/**
 * What {@linkcode record} records: a {@linkcode TappedSource}, or the bytes of
 * a connection, cut anywhere.
 */
export type RecordSource =
  | TappedSource
  | ReadableStream<Uint8Array>
  | AsyncIterable<Uint8Array>;
