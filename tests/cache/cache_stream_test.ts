import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CacheStream } from "../../src/cache/cache_stream.ts";
import { StreamCache } from "../../src/cache/stream_cache.ts";
import type { UpdateBatch } from "../../src/cache/update_batch.ts";
import { LineStream } from "../../src/framing/line_stream.ts";
import { ChangeStream } from "../../src/parsing/change_stream.ts";
import {
  generateSession,
  randomCuts,
  SeededRandom,
  toStream,
} from "../../src/testing/mod.ts";
import { stateText } from "../../src/cli/_state_text.ts";
import { chunksOf, mcm, wire } from "../support/messages.ts";
import { ReferenceCache } from "../support/reference_cache.ts";

function batchesOf(
  chunks: Iterable<Uint8Array>,
  stream: CacheStream,
): ReadableStream<UpdateBatch> {
  return toStream(chunks)
    .pipeThrough(new LineStream())
    .pipeThrough(new ChangeStream())
    .pipeThrough(stream);
}

function lines(...prices: readonly number[]): Uint8Array {
  return wire(
    ...prices.map((ltp) => mcm([{ id: "1.1", rc: [{ id: 7, ltp }] }])),
  );
}

describe("CacheStream", () => {
  it("delivers every update, however late each batch is looked at", async () => {
    const bytes = lines(2, 3, 4, 5, 6);
    for (const pauses of [0, 1, 3, 20]) {
      const stream = new CacheStream();
      const prices: unknown[] = [];
      for await (const batch of batchesOf(chunksOf(bytes, 100), stream)) {
        for (let i = 0; i < pauses; i++) await Promise.resolve();
        for (const update of batch) {
          prices.push(update.markets[0]!.runner(7)!.lastTradedPrice);
        }
      }
      assert.deepEqual(prices, [2, 3, 4, 5, 6], `${pauses} pauses`);
    }
  });

  it("delivers the updates of batches that are collected first", async () => {
    const stream = new CacheStream();
    const batches: UpdateBatch[] = [];
    for await (const batch of batchesOf(chunksOf(lines(2, 3, 4), 80), stream)) {
      batches.push(batch);
    }
    assert.equal(stream.cache.markets.size, 0);
    const prices: unknown[] = [];
    for (const batch of batches) {
      for (const update of batch) {
        prices.push(update.markets[0]!.runner(7)!.lastTradedPrice);
      }
    }
    assert.deepEqual(prices, [2, 3, 4]);
  });

  it("applies what is left out before anything newer", async () => {
    const stream = new CacheStream();
    const prices: unknown[] = [];
    const batches = batchesOf([lines(2, 3), lines(4, 5), lines(6)], stream);
    for await (const batch of batches) {
      for (const update of batch) {
        prices.push(update.markets[0]!.runner(7)!.lastTradedPrice);
        break;
      }
    }
    assert.deepEqual(prices, [2, 4, 6]);
    stream.cache.drain();
    assert.equal(stream.cache.counts.messages, 5);
  });

  it("ends in the state of the reference cache", async () => {
    const bytes = generateSession({ seed: 5, messages: 200, orders: true });
    const cache = new StreamCache({
      closedRetentionMs: Infinity,
      completedOrders: "keep",
    });
    const cuts = randomCuts(bytes, new SeededRandom(5));
    for await (const batch of batchesOf(cuts, new CacheStream({ cache }))) {
      batch.drain();
    }
    const reference = new ReferenceCache();
    reference.applyText(new TextDecoder().decode(bytes));
    assert.equal(stateText(cache), reference.stateText());
  });

  it("drops half a message in segments at the end", async () => {
    const stream = new CacheStream();
    const half = wire(mcm([], { segmentType: "SEG_START" }));
    for await (const batch of batchesOf([half], stream)) batch.drain();
    stream.cache.drain();
    assert.equal(stream.cache.counts.droppedSegments, 1);
  });

  it("says where each line is in an input that has a name", async () => {
    const places: unknown[] = [];
    const batches = toStream(chunksOf(lines(2, 3), 10))
      .pipeThrough(new LineStream())
      .pipeThrough(new ChangeStream({ source: "a.ndjson" }))
      .pipeThrough(new CacheStream());
    for await (const batch of batches) {
      for (const { source, lineNumber, byteOffset } of batch) {
        places.push([source, lineNumber, byteOffset]);
      }
    }
    assert.deepEqual(places, [
      ["a.ndjson", 1, 0],
      ["a.ndjson", 2, lines(2).length],
    ]);
  });
});
