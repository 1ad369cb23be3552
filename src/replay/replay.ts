/** Recordings as updates. See {@linkcode replay}. */

import { BookFeed } from "../cache/book_feed.ts";
import { cacheFor } from "../cache/cache_for.ts";
import type { StreamCache, StreamCacheOptions } from "../cache/stream_cache.ts";
import type { UpdateBatch } from "../cache/update_batch.ts";
import type { ChangeParser } from "../parsing/change_parser.ts";
import type { BackendChoice } from "../parsing/open_parser.ts";
import { parserFor } from "../parsing/parser_for.ts";
import type { ByteSource, ReplaySource } from "./byte_source.ts";
import { ReplaySourceError } from "./replay_source_error.ts";
import type { ReplayStats } from "./replay_stats.ts";
import { type ResolvedSources, resolveSources } from "./resolve_sources.ts";

/** Options of {@linkcode replay}. */
export interface ReplayOptions extends StreamCacheOptions {
  /**
   * Which parser backend to use.
   *
   * @default {"auto"}
   */
  readonly backend?: BackendChoice | undefined;
  /**
   * A parser to use instead, with {@linkcode backend} left out; it must not be used
   * for anything else meanwhile.
   */
  readonly parser?: ChangeParser | undefined;
  /**
   * A cache to use instead of a new one, for instance one that has books already. It
   * has options of its own: those here must then be left out.
   */
  readonly cache?: StreamCache | undefined;
  /**
   * Longest line, bytes. A longer one is dropped and reported as an update of
   * kind `invalid`.
   *
   * @default {67108864}
   */
  readonly maxLineBytes?: number | undefined;
  /** Stops the replay when it is aborted. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Batches of updates out of recordings, to be iterated once; see
 * {@linkcode replay}.
 */
export interface Replay extends AsyncIterableIterator<UpdateBatch> {
  /** The books. */
  readonly cache: StreamCache;
  /** What was done so far; a new object each time. */
  readonly stats: ReplayStats;
}

/**
 * Replays recordings: files, folders, bytes or streams, plain or compressed with
 * gzip or bzip2 (recognised by content), purchased, recorded from a stream, or
 * split by market.
 *
 * Memory does not depend on the size of the recordings. Several are read one
 * after another, through one cache: a recording that was cut into files goes on
 * where the file before ended.
 *
 * Whatever cannot be read is counted, and reported as an update of kind
 * `invalid` that names file, line and offset; everything else arrives.
 *
 * @param source What to replay.
 * @param options Parser, cache, retention and limits.
 * @returns The batches, to be iterated once. Nothing is read before the first one
 * is asked for; leaving the loop early closes the files.
 * @throws {ReplaySourceError} when the first batch is asked for and a path does not
 * exist or a folder has no recordings; also for damage, if `strict`.
 * @throws {InvalidLineError} on a line that cannot be read, if `strict`; likewise
 * whatever else is reported otherwise.
 * @throws {TypeError} at once, when there are a cache and options of another one, or a
 * parser and a backend.
 * @throws {unknown} the signal's reason, when it is aborted.
 *
 * @example
 * ```ts
 * import { replay } from "@betfair-stream/core/replay";
 * import { generateSession } from "@betfair-stream/core/testing";
 * import assert from "node:assert/strict";
 *
 * let trades = 0;
 * const session = replay(generateSession({ seed: 1, messages: 200 }));
 * for await (const batch of session) {
 *   for (const update of batch) {
 *     for (const book of update.markets) {
 *       for (const runner of book.changedRunners) if (runner.lastTradedPrice) trades++;
 *     }
 *   }
 * }
 * assert.ok(trades > 0);
 * assert.equal(session.stats.invalid, 0);
 * ```
 */
export function replay(
  source: ReplaySource,
  options: ReplayOptions = {},
): Replay {
  return new SourceReplay(source, options);
}

class SourceReplay implements Replay {
  readonly cache: StreamCache;
  readonly #feed: BookFeed;
  readonly #source: ReplaySource;
  readonly #signal: AbortSignal | undefined;
  readonly #batches: AsyncGenerator<UpdateBatch, undefined>;

  #resolved: ResolvedSources | undefined;
  #current: ByteSource | undefined;
  #sourcesRead = 0;
  /** Stored bytes of the recordings that were read. */
  #storedBytesRead = 0;
  #damaged = 0;

  constructor(source: ReplaySource, options: ReplayOptions) {
    const { parser, backend, maxLineBytes } = options;
    this.#source = source;
    this.#signal = options.signal;
    this.cache = cacheFor("replay", options, options.cache);
    this.#feed = new BookFeed({
      parser: parserFor("replay", parser, backend),
      cache: this.cache,
      maxLineBytes,
    });
    this.#batches = this.#run();
  }

  get stats(): ReplayStats {
    const resolved = this.#resolved;
    let storedBytes: number | undefined = 0;
    for (const { sizeBytes } of resolved?.sources ?? []) {
      storedBytes = storedBytes === undefined || sizeBytes === undefined
        ? undefined
        : storedBytes + sizeBytes;
    }
    return {
      ...this.#feed.stats,
      sources: resolved?.sources.length,
      sourcesRead: this.#sourcesRead,
      source: this.#current?.name ?? "",
      storedBytesRead: this.#storedBytesRead +
        (this.#current?.compressedBytesRead ?? 0),
      storedBytes: resolved === undefined ? undefined : storedBytes,
      damaged: this.#damaged,
      ignored: resolved?.ignored ?? [],
    };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<UpdateBatch, undefined>> {
    return this.#batches.next();
  }

  return(): Promise<IteratorResult<UpdateBatch, undefined>> {
    return this.#batches.return(undefined);
  }

  async *#run(): AsyncGenerator<UpdateBatch, undefined> {
    this.#signal?.throwIfAborted();
    this.#resolved = await resolveSources(this.#source);
    for (const source of this.#resolved.sources) {
      this.#current = source;
      this.#feed.begin(source.name);
      for await (const chunk of source.open(this.#signal)) {
        yield chunk instanceof ReplaySourceError
          ? this.#report(chunk)
          : this.#feed.push(chunk);
        // The next chunk overwrites this one, which may not be used up.
        this.cache.drain();
      }
      yield this.#feed.finish();
      this.#storedBytesRead += source.compressedBytesRead;
      this.#current = undefined;
      this.#sourcesRead++;
    }
    // What a consumer left of the last batch still counts; half a message in
    // segments will not be completed.
    this.cache.drain();
    this.cache.interrupt();
  }

  /** Reports a damaged part; what follows begins in the middle of a line. */
  #report(error: ReplaySourceError): UpdateBatch {
    this.#damaged++;
    return this.#feed.fail(error);
  }
}
