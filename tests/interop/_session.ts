/** Generated sessions, what our own path makes of them, and streams around it. @module */

import { createHash } from "node:crypto";
import { BookFeed } from "../../src/cache/book_feed.ts";
import { StreamCache } from "../../src/cache/stream_cache.ts";
import type { StreamUpdate } from "../../src/cache/stream_update.ts";
import type { UpdateBatch } from "../../src/cache/update_batch.ts";
import { stateText } from "../../src/cli/_state_text.ts";
import { generateSession } from "../../src/testing/mod.ts";

/** A session with images, deltas, segments, orders and heartbeats. */
export const SESSION: Uint8Array<ArrayBuffer> = newSession();

/** The same session, generated anew. */
export function newSession(): Uint8Array<ArrayBuffer> {
  return generateSession({
    seed: 11,
    messages: 80,
    runners: 4,
    orders: true,
  });
}

/** Sizes of chunks: bytes, parts of lines, some lines, everything. */
export const CHUNK_SIZES: readonly number[] = [1, 37, 4096, SESSION.length];

/** The line end, as `DelimiterStream` takes it. */
export const LF: Uint8Array = Uint8Array.of(0x0a);

/** A stream of some bytes, in chunks of a size that nobody else holds. */
export function chunked(
  bytes: Uint8Array,
  size: number,
): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    pull(controller): void {
      if (at >= bytes.length) return controller.close();
      controller.enqueue(bytes.slice(at, at += size));
    },
  });
}

/** Bytes to text; the built-in, with the type that its writable side has. */
export function textDecoderStream(): TransformStream<Uint8Array, string> {
  return new TextDecoderStream() as unknown as TransformStream<
    Uint8Array,
    string
  >;
}

/** Lines without their ends to bytes of whole lines, with the ends of live sessions. */
export function lineEncoderStream(): TransformStream<string, Uint8Array> {
  const encoder = new TextEncoder();
  return new TransformStream({
    transform(line, controller): void {
      controller.enqueue(encoder.encode(`${line}\r\n`));
    },
  });
}

/** A cache from which nothing is dropped, for states that can be compared. */
export function keepingCache(): StreamCache {
  return new StreamCache({
    closedRetentionMs: Infinity,
    completedOrders: "keep",
  });
}

/** SHA-256 of the whole state of a cache. */
export function digestOf(cache: StreamCache): string {
  return createHash("sha256").update(stateText(cache), "utf8").digest("hex");
}

/** Digests after every update of our own path, without any stream. */
export function ownDigests(bytes: Uint8Array): string[] {
  const feed = new BookFeed({ cache: keepingCache() });
  const digests = Array.from(feed.push(bytes), () => digestOf(feed.cache));
  for (const _ of feed.finish()) digests.push(digestOf(feed.cache));
  return digests;
}

/** Digests after every update of the batches that come out of a stream. */
export async function streamDigests(
  batches: ReadableStream<UpdateBatch>,
  cache: StreamCache,
): Promise<string[]> {
  const digests: string[] = [];
  for await (const batch of batches) {
    for (const _ of batch) digests.push(digestOf(cache));
  }
  return digests;
}

/** A row of what a strategy might store. */
export type Row = readonly [
  marketId: string,
  publishTimeMs: number | undefined,
  selectionId: number,
  lastTradedPrice: number | undefined,
  bestPriceToBack: number,
];

/** A row for every runner that a message changed. */
export function* rowsOf(updates: Iterable<StreamUpdate>): Generator<Row> {
  for (const { markets, publishTimeMs } of updates) {
    for (const { marketId, changedRunners } of markets) {
      for (const runner of changedRunners) {
        yield [
          marketId,
          publishTimeMs,
          runner.selectionId,
          runner.lastTradedPrice,
          runner.availableToBack.bestPrice,
        ];
      }
    }
  }
}
