/** Bytes as a source that can be tapped. See {@linkcode ByteStreamSource}. */

import { BookFeed } from "../cache/book_feed.ts";
import type { UpdateBatch } from "../cache/update_batch.ts";
import type { LineListener } from "../framing/line_listener.ts";
import { pullBytes } from "../replay/byte_pull.ts";
import type { RecordOptions } from "./record_options.ts";
import type { TappedSource } from "./tapped_source.ts";

/** Reads bytes, shows their lines and makes batches of them. */
export class ByteStreamSource implements TappedSource {
  readonly #stream: AsyncIterable<Uint8Array>;
  readonly #feed: BookFeed;
  readonly #listeners = new Set<LineListener>();

  /**
   * @param stream The bytes, cut anywhere.
   * @param options Cache, parser and limit.
   * @param now The time, ms since the epoch.
   */
  constructor(
    stream: AsyncIterable<Uint8Array>,
    options: RecordOptions,
    now: () => number,
  ) {
    this.#stream = stream;
    this.#feed = new BookFeed({
      cache: options.cache,
      parser: options.parser,
      maxLineBytes: options.maxLineBytes,
      onLines: (lines) => {
        for (const listener of this.#listeners) {
          listener(lines, now(), undefined);
        }
      },
    });
  }

  tap(listener: LineListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  [Symbol.asyncIterator](): AsyncIterator<UpdateBatch> {
    const feed = this.#feed;
    const pull = pullBytes(this.#stream);
    let isDone = false;
    return {
      async next(): Promise<IteratorResult<UpdateBatch>> {
        // A chunk may be overwritten once the next one is asked for.
        feed.cache.drain();
        if (isDone) {
          feed.cache.interrupt();
          return { done: true, value: undefined };
        }
        const { done, value } = await pull.next();
        if (isDone) return { done: true, value: undefined };
        if (done !== true) return { done: false, value: feed.push(value) };
        isDone = true;
        return { done: false, value: feed.finish() };
      },
      async return(): Promise<IteratorResult<UpdateBatch>> {
        isDone = true;
        feed.cache.drain();
        await pull.release();
        return { done: true, value: undefined };
      },
    };
  }
}
