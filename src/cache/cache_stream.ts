/** The cache as a TransformStream. See {@linkcode CacheStream}. */

import type { ChangeTape } from "../tape/change_tape.ts";
import { StreamCache } from "./stream_cache.ts";
import type { UpdateBatch } from "./update_batch.ts";

/** Options of {@linkcode CacheStream}. */
export interface CacheStreamOptions {
  /**
   * Cache to feed.
   *
   * @default {new StreamCache()}
   */
  readonly cache?: StreamCache | undefined;
}

/**
 * Applies tapes, as {@linkcode ChangeStream} makes them, to a cache: one batch of
 * updates out for each tape in. Messages are applied as a batch is iterated, in
 * order even if batches wait in queues; what a consumer leaves out is applied
 * before anything newer.
 *
 * @example
 * ```ts
 * import { CacheStream, ChangeStream, LineStream } from "@betfair-stream/core";
 * import assert from "node:assert/strict";
 *
 * const source = new Blob([`{"op":"mcm","pt":1,"mc":[{"id":"1.2","rc":[{"ltp":3,"id":101}]}]}\n`]).stream();
 * const batches = source
 *   .pipeThrough(new LineStream())
 *   .pipeThrough(new ChangeStream())
 *   .pipeThrough(new CacheStream());
 * for await (const batch of batches) {
 *   for (const update of batch) {
 *     assert.equal(update.markets[0]?.runner(101)?.lastTradedPrice, 3);
 *   }
 * }
 * ```
 */
export class CacheStream extends TransformStream<ChangeTape, UpdateBatch> {
  /** The books. */
  readonly cache: StreamCache;

  /**
   * Creates the stream.
   *
   * @param options Cache to use.
   */
  constructor(options: CacheStreamOptions = {}) {
    const cache = options.cache ?? new StreamCache();
    super({
      transform(tape, controller): void {
        controller.enqueue(cache.apply(tape));
      },
      // A half message in segments will not be completed. Batches may still wait
      // for their consumer here, so this takes its turn behind them.
      flush(): void {
        cache.applyAll({
          nextTape(): undefined {
            cache.interrupt();
          },
        });
      },
    });
    this.cache = cache;
  }
}
