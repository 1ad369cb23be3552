/** Recording what is received. See {@linkcode record}. */

import { orAborted } from "../_abortable.ts";
import type { UpdateBatch } from "../cache/update_batch.ts";
import { ByteStreamSource } from "./_byte_stream_source.ts";
import { Recorder, SYSTEM_TIMERS } from "./_recorder.ts";
import type { RecordOptions } from "./record_options.ts";
import type { RecordingSummary } from "./recording_summary.ts";
import type { RecordSource, TappedSource } from "./tapped_source.ts";

/**
 * Batches of a source that is recorded on the way, to be iterated once; see
 * {@linkcode record}. The recording ends with the iteration: at its end, when the
 * loop is left, or when it throws. Files have their final names by then.
 */
export interface Recording
  extends AsyncIterableIterator<UpdateBatch>, AsyncDisposable {
  /** What was recorded so far; a new object each time, whose values JSON can hold. */
  readonly summary: RecordingSummary;

  /**
   * Records until the source ends, without looking at the batches.
   *
   * @returns What was recorded.
   * @throws {RecordError} when nothing more can be recorded, unless there is an `onError`.
   * @throws {unknown} what the source throws, the reason of the signal, or what
   * `onError` throws.
   */
  run(): Promise<RecordingSummary>;

  /**
   * Writes all that was received by now.
   *
   * @throws {RecordError} when nothing more can be recorded, also if there is an
   * `onError`: what was received is not, or not all, written.
   */
  flush(): Promise<void>;

  /**
   * Ends the recording and the iteration of the source.
   *
   * @throws {RecordError} when files could not be completed, unless there is an `onError`.
   */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Records the lines of a live client, or of any stream of bytes, as they were
 * received: byte for byte, in files that `replay` reads to the same books.
 *
 * Iterating the recording drives the source; its batches come out as they are.
 *
 * **Files.** While it is written a file is called `….ndjson.part` and is plain
 * text. When it is complete it is compressed and becomes `….ndjson.gz`, with a
 * small `….recording.json` beside it ({@linkcode RecordingSidecar}). Files are
 * never written over. Their names sort in the order of writing, so a folder of a
 * recording can be replayed as a whole.
 *
 * **Per connection or per market.** A connection's file has everything, and gives
 * the same books and orders. Files per market ({@linkcode RecordLayout}) are those
 * of the common recorders: they have no heartbeats and no segments, and cannot
 * say that a market has left the subscription. An image of the subscription is in
 * them as one of each market: `"img":true`, for orders `"fullImage":true`, is added
 * where an item lacks it.
 *
 * **What is safe.** A line is written within `flushMs`; then it outlives the
 * process, however that ends, and the `.part` file can be replayed. When the disk
 * is full, the whole lines that were written are kept, in uncompressed files if
 * need be, and the iteration throws {@linkcode RecordError}; with `onError` it goes
 * on without recording.
 *
 * A process that is killed in the moment in which a file becomes complete may
 * leave it twice, as `.ndjson.gz` and as `.ndjson.part`, with the same lines. Files
 * that were left are never touched: who starts again begins others.
 *
 * **Memory.** If the disk is slower than the source, the source waits. Nothing
 * but received lines is written: no request, and so no session token.
 *
 * Needs permission to read and write the folder, which is made.
 *
 * @param source A client, or a stream of bytes. A last line without a line end is
 * recorded with one.
 * @param folder Path of the folder.
 * @param options Layout, rotation, limits.
 * @returns The recording, which begins when the first batch is asked for.
 * @throws {RangeError} when a limit is out of range.
 * @throws {TypeError} when an option has none of its values.
 *
 * @example
 * ```ts
 * import { record } from "@betfair-stream/core/record";
 * import { replay } from "@betfair-stream/core/replay";
 * import { generateSession, toStream } from "@betfair-stream/core/testing";
 * import assert from "node:assert/strict";
 * import { mkdtemp, rm } from "node:fs/promises";
 * import { tmpdir } from "node:os";
 * import { join } from "node:path";
 *
 * const folder = await mkdtemp(join(tmpdir(), "recording-"));
 * const bytes = generateSession({ seed: 1, messages: 200 });
 *
 * let live = 0;
 * const recording = record(toStream([bytes]), folder);
 * for await (const batch of recording) for (const _update of batch) live++;
 *
 * let replayed = 0;
 * for await (const batch of replay(folder)) for (const _update of batch) replayed++;
 * assert.equal(replayed, live);
 * assert.equal(recording.summary.writtenBytes, bytes.length);
 * await rm(folder, { recursive: true });
 * ```
 */
export function record(
  source: RecordSource,
  folder: string,
  options: RecordOptions = {},
): Recording {
  return new SourceRecording(source, folder, options);
}

const END: IteratorReturnResult<undefined> = { done: true, value: undefined };

class SourceRecording implements Recording {
  readonly #source: TappedSource;
  readonly #recorder: Recorder;
  readonly #signal: AbortSignal | undefined;
  #batches: AsyncIterator<UpdateBatch> | undefined;
  #untap: (() => void) | undefined;
  #isPulling = false;
  #isEnded = false;
  /** The batch that was delivered last, of which lines may not have been shown yet. */
  #lastBatch: UpdateBatch | undefined;

  constructor(source: RecordSource, folder: string, options: RecordOptions) {
    const { now } = options.timers ?? SYSTEM_TIMERS;
    this.#recorder = new Recorder(folder, options);
    this.#signal = options.signal;
    this.#source = "tap" in source
      ? source
      : new ByteStreamSource(source, options, () => now());
  }

  get summary(): RecordingSummary {
    return this.#recorder.summary;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<UpdateBatch, undefined>> {
    if (this.#isEnded) return END;
    const recorder = this.#recorder;
    try {
      const batches = this.#batches ??= this.#begin();
      // The source is not asked for more than can be written.
      if (recorder.isBehind) await recorder.room();
      if (recorder.error !== undefined) {
        this.#stopListening();
        if (recorder.failure !== undefined) return await this.#end();
      }
      const result = await this.#pull(batches);
      // Whoever ended the recording meanwhile wants no more of it.
      if (this.#isEnded) return await this.#end();
      if (result.done !== true) {
        this.#lastBatch = result.value;
        return result;
      }
      this.#batches = undefined; // it is used up
    } catch (error) {
      // What ended the iteration counts, also if files could not be completed.
      await this.#end().catch(() => {});
      throw error;
    }
    return await this.#end();
  }

  async return(): Promise<IteratorResult<UpdateBatch, undefined>> {
    return await this.#end();
  }

  async run(): Promise<RecordingSummary> {
    while (!(await this.next()).done) { /* recorded */ }
    return this.summary;
  }

  async flush(): Promise<void> {
    const recorder = this.#recorder;
    await recorder.flush();
    if (recorder.error !== undefined) throw recorder.error;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end();
  }

  #begin(): AsyncIterator<UpdateBatch> {
    const recorder = this.#recorder;
    this.#signal?.throwIfAborted();
    this.#untap = this.#source.tap((lines, receivedAtMs, connectionId) =>
      recorder.take(lines, receivedAtMs, connectionId)
    );
    return this.#source[Symbol.asyncIterator]();
  }

  async #pull(
    batches: AsyncIterator<UpdateBatch>,
  ): Promise<IteratorResult<UpdateBatch, undefined>> {
    this.#isPulling = true;
    try {
      return await orAborted(batches.next(), this.#signal);
    } catch (error) {
      // What has failed needs no release.
      if (!this.#signal?.aborted) this.#batches = undefined;
      throw error;
    } finally {
      this.#isPulling = false;
    }
  }

  #stopListening(): void {
    this.#untap?.();
    this.#untap = undefined;
  }

  /** Ends everything; throws what went wrong, once. */
  async #end(): Promise<IteratorReturnResult<undefined>> {
    const isFirst = !this.#isEnded;
    this.#isEnded = true;
    const batches = this.#batches;
    this.#batches = undefined;
    const recorder = this.#recorder;
    try {
      // Lines are shown when their turn comes: all of a batch, also if a loop is
      // left in the middle of it.
      this.#lastBatch?.drain();
      const released = batches?.return?.();
      if (this.#isPulling || this.#signal?.aborted) {
        // An iterator that is waited for in vain would not be released either.
        released?.catch(() => {});
      } else await released;
    } finally {
      this.#stopListening();
      await recorder.end();
    }
    const { failure } = recorder;
    if (isFirst && failure !== undefined) throw failure.reason;
    return END;
  }
}
