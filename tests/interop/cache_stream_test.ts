// deno-lint-ignore-file no-top-level-await -- a test needs its reason to skip when it is declared

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { BookFeed } from "../../src/cache/book_feed.ts";
import { CacheStream } from "../../src/cache/cache_stream.ts";
import type { UpdateBatch } from "../../src/cache/update_batch.ts";
import { LineStream } from "../../src/framing/line_stream.ts";
import { ChangeStream } from "../../src/parsing/change_stream.ts";
import { generateSession } from "../../src/testing/mod.ts";
import {
  CHUNK_SIZES,
  chunked,
  digestOf,
  keepingCache,
  LF,
  lineEncoderStream,
  ownDigests,
  type Row,
  rowsOf,
  SESSION,
  streamDigests,
  textDecoderStream,
} from "./_session.ts";
import { loadStd, type StdStreams } from "./_std.ts";

const { module: std, skip } = await loadStd<StdStreams>("@std/streams");

/** Two recordings of different markets. */
const MARKETS: readonly Uint8Array[] = [21, 22].map((seed) =>
  generateSession({ seed, flavor: "pro", messages: 150, runners: 5 })
);

/** Digests after every update of blocks of whole lines. */
function digestsOfBlocks(
  blocks: ReadableStream<Uint8Array>,
): Promise<string[]> {
  const books = new CacheStream({ cache: keepingCache() });
  return streamDigests(
    blocks.pipeThrough(new ChangeStream()).pipeThrough(books),
    books.cache,
  );
}

/** The digest of both markets, read one after the other by our own path. */
function digestOfBoth(): string {
  const feed = new BookFeed({ cache: keepingCache() });
  for (const bytes of MARKETS) feed.push(bytes).drain();
  feed.finish().drain();
  assert.equal(feed.cache.markets.size, 2);
  return digestOf(feed.cache);
}

describe("CacheStream behind @std/streams", () => {
  it(
    "makes the same books of DelimiterStream's frames after every message",
    { skip },
    async () => {
      const expected = ownDigests(SESSION);
      assert.ok(new Set(expected).size > 40);
      for (const size of CHUNK_SIZES) {
        const frames = chunked(SESSION, size).pipeThrough(
          new (std().DelimiterStream)(LF, { disposition: "suffix" }),
        );
        assert.deepEqual(
          await digestsOfBlocks(frames),
          expected,
          `chunks of ${size} bytes`,
        );
      }
    },
  );

  it(
    "makes the same books of TextLineStream's lines after every message",
    { skip },
    async () => {
      const expected = ownDigests(SESSION);
      for (const size of CHUNK_SIZES) {
        const blocks = chunked(SESSION, size)
          .pipeThrough(textDecoderStream())
          .pipeThrough(new (std().TextLineStream)())
          .pipeThrough(lineEncoderStream());
        assert.deepEqual(
          await digestsOfBlocks(blocks),
          expected,
          `chunks of ${size} bytes`,
        );
      }
    },
  );

  it(
    "makes the same books of two markets that mergeReadableStreams() mixes line by line",
    { skip },
    async () => {
      const expected = digestOfBoth();
      const sizes = [[300, 300], [64, 5000], [5000, 64]] as const;
      for (const [first, second] of sizes) {
        const blocks = std().mergeReadableStreams(
          chunked(MARKETS[0]!, first).pipeThrough(new LineStream()),
          chunked(MARKETS[1]!, second).pipeThrough(new LineStream()),
        );
        const books = new CacheStream({ cache: keepingCache() });
        const order: string[] = [];
        const batches = blocks
          .pipeThrough(new ChangeStream())
          .pipeThrough(books);
        for await (const batch of batches) {
          for (const { error, markets } of batch) {
            assert.equal(error, undefined);
            for (const { marketId } of markets) order.push(marketId);
          }
        }
        assert.equal(digestOf(books.cache), expected);
        if (first !== second) continue;
        // They were mixed: there are more changes of market than one.
        const changes = order.filter((id, index) =>
          index > 0 && id !== order[index - 1]
        );
        assert.ok(changes.length > 1);
      }
    },
  );

  it(
    "makes the same books of tapes that mergeReadableStreams() mixes",
    { skip },
    async () => {
      const tapes = std().mergeReadableStreams(
        ...MARKETS.map((bytes) =>
          chunked(bytes, 500)
            .pipeThrough(new LineStream())
            .pipeThrough(new ChangeStream())
        ),
      );
      const books = new CacheStream({ cache: keepingCache() });
      const digests = await streamDigests(
        tapes.pipeThrough(books),
        books.cache,
      );
      assert.equal(digests.at(-1), digestOfBoth());
    },
  );
});

describe("CacheStream in front of @std/streams", () => {
  it("gives toTransformStream() the rows of its own path", {
    skip,
  }, async () => {
    const feed = new BookFeed({ cache: keepingCache() });
    const expected = [...rowsOf(feed.push(SESSION)), ...rowsOf(feed.finish())];
    assert.ok(expected.length > 40);
    for (const size of CHUNK_SIZES) {
      const rows = std().toTransformStream<UpdateBatch, Row>(
        async function* (batches) {
          for await (const batch of batches) yield* rowsOf(batch);
        },
      );
      const actual = await Array.fromAsync(
        chunked(SESSION, size)
          .pipeThrough(new LineStream())
          .pipeThrough(new ChangeStream())
          .pipeThrough(new CacheStream({ cache: keepingCache() }))
          .pipeThrough(rows),
      );
      assert.deepEqual(actual, expected, `chunks of ${size} bytes`);
    }
  });

  it(
    "gives mergeReadableStreams() batches of two caches, each with its own books",
    { skip },
    async () => {
      const streams = MARKETS.map(() =>
        new CacheStream({ cache: keepingCache() })
      );
      const merged = std().mergeReadableStreams(
        ...streams.map((stream, index) =>
          chunked(MARKETS[index]!, 500)
            .pipeThrough(new LineStream())
            .pipeThrough(new ChangeStream())
            .pipeThrough(stream)
        ),
      );
      for await (const batch of merged) batch.drain();
      assert.deepEqual(
        streams.map(({ cache }) => digestOf(cache)),
        MARKETS.map((bytes) => ownDigests(bytes).at(-1)),
      );
    },
  );

  it(
    "passes a cancellation through toTransformStream() back to the source",
    { skip },
    async () => {
      const cancelled = Promise.withResolvers<unknown>();
      const source = new ReadableStream<Uint8Array>({
        pull(controller): void {
          controller.enqueue(SESSION.slice());
        },
        cancel(reason): void {
          cancelled.resolve(reason);
        },
      });
      const same = std().toTransformStream<UpdateBatch, UpdateBatch>(
        async function* (batches) {
          yield* batches;
        },
      );
      const reader = source
        .pipeThrough(new LineStream())
        .pipeThrough(new ChangeStream())
        .pipeThrough(new CacheStream())
        .pipeThrough(same)
        .getReader();
      await reader.read();
      await reader.cancel("enough");
      // How the reason fares is the affair of the library and its generator.
      await cancelled.promise;
    },
  );
});
