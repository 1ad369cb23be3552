import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it } from "node:test";
import { openNative } from "../../ffi/mod.ts";
import { BookFeed } from "../../src/cache/book_feed.ts";
import type { MarketBook } from "../../src/cache/market_book.ts";
import type { RunnerBook } from "../../src/cache/runner_book.ts";
import { StreamCache } from "../../src/cache/stream_cache.ts";
import { stateText } from "../../src/cli/_state_text.ts";
import {
  type BackendChoice,
  openParser,
} from "../../src/parsing/open_parser.ts";
import { replay } from "../../src/replay/replay.ts";
import { randomCuts, SeededRandom } from "../../src/testing/mod.ts";
import { libraryPath, missingLibrary } from "../ffi/_native.ts";
import type { Golden, GoldenCheckpointMarket } from "../support/golden.ts";
import { chunksOf } from "../support/messages.ts";
import {
  missingReason,
  readGolden,
  readGoldenText,
  readRecording,
  recordings,
} from "../support/recordings.ts";

const CHUNK_BYTES = 64 * 1024;

type Backend = BackendChoice | "native";

/** A cache that keeps everything, as the goldens do. */
function keepingCache(): StreamCache {
  return new StreamCache({
    closedRetentionMs: Infinity,
    completedOrders: "keep",
    holdSegments: false,
  });
}

function keepingFeed(backend: Backend): BookFeed {
  return new BookFeed({
    parser: backend === "native"
      ? openNative({ path: libraryPath })
      : openParser({ backend }).parser,
    cache: keepingCache(),
  });
}

function digestOf(cache: StreamCache): string {
  return createHash("sha256").update(stateText(cache), "utf8").digest("hex");
}

function assertFinal(cache: StreamCache, golden: Golden, name: string): void {
  const text = readGoldenText(name);
  if (text !== undefined) assert.equal(stateText(cache), text);
  assert.equal(digestOf(cache), golden.digest);
}

function assertClocks(cache: StreamCache, golden: Golden): void {
  // The golden has the last ones of either stream; only one of them runs here.
  const stream = (golden.counts["op:ocm"] ?? 0) > 0 ? "order" : "market";
  const other = stream === "order" ? "market" : "order";
  assert.equal(cache.clk(stream) ?? cache.clk(other), golden.clk);
  assert.equal(
    cache.initialClk(stream) ?? cache.initialClk(other),
    golden.initialClk,
  );
}

function firstRows(rows: readonly unknown[]): unknown {
  return rows.length === 0 ? undefined : rows.slice(0, 3);
}

function plainScalar(value: number | undefined): number | string | null {
  if (value === undefined) return null;
  return Number.isFinite(value) ? value : String(value);
}

function runnerDetail(runner: RunnerBook): unknown {
  const levels = (
    ladder: RunnerBook["bestAvailableToBack"],
  ): unknown =>
    firstRows(
      ladder.toJSON().map((row, index) => [ladder.levelAt(index), ...row]),
    );
  const detail = {
    ltp: plainScalar(runner.lastTradedPrice),
    tv: runner.reportedTotalMatched ?? 0,
    atb: firstRows(runner.availableToBack.toJSON()),
    atl: firstRows(runner.availableToLay.toJSON()),
    batb: levels(runner.bestAvailableToBack),
    batl: levels(runner.bestAvailableToLay),
    bdatb: levels(runner.bestDisplayToBack),
    bdatl: levels(runner.bestDisplayToLay),
  };
  return Object.fromEntries(
    Object.entries(detail).filter(([, value]) => value !== undefined),
  );
}

function marketDetail(book: MarketBook): unknown {
  return {
    tv: book.reportedTotalMatched ?? 0,
    status: book.status ?? null,
    inPlay: book.definition === undefined ? null : book.inPlay,
    version: book.version ?? null,
    runners: Object.fromEntries(
      book.allRunners.map((runner) => [
        runner.handicap === 0
          ? `${runner.selectionId}`
          : `${runner.selectionId}/${runner.handicap}`,
        runnerDetail(runner),
      ]),
    ),
  };
}

function assertDetail(
  cache: StreamCache,
  expected: Readonly<Record<string, GoldenCheckpointMarket>>,
): void {
  assert.equal(cache.markets.size, Object.keys(expected).length);
  for (const book of cache.markets) {
    assert.deepEqual(marketDetail(book), expected[book.marketId]);
  }
}

/**
 * Feeds a recording in pieces, and compares the state with the golden's at every
 * checkpoint and in the end.
 */
function assertAgrees(
  feed: BookFeed,
  chunks: Iterable<Uint8Array>,
  name: string,
): void {
  const golden = readGolden(name);
  const checkpoints = new Map(golden.checkpoints.map((it) => [it.n, it]));
  const { cache } = feed;
  let messages = 0;
  const look = (batch: ReturnType<BookFeed["push"]>): void => {
    for (const update of batch) {
      assert.notEqual(update.kind, "invalid");
      const checkpoint = checkpoints.get(++messages);
      if (checkpoint === undefined) continue;
      assert.equal(digestOf(cache), checkpoint.digest, `at ${messages}`);
      assertDetail(cache, checkpoint.markets);
      checkpoints.delete(messages);
    }
  };
  for (const chunk of chunks) look(feed.push(chunk));
  look(feed.finish());
  assert.equal(checkpoints.size, 0);
  assertFinal(cache, golden, name);
  assertClocks(cache, golden);
  const { stats } = feed;
  const count = (key: string): number => golden.counts[key] ?? 0;
  assert.equal(messages, count("messages"));
  assert.equal(stats.messages, count("messages"));
  assert.equal(stats.parser.changes, count("op:mcm"));
  assert.equal(stats.parser.messages, count("messages") - count("op:mcm"));
  assert.equal(stats.conflated, count("con"));
  assert.equal(stats.invalid, 0);
  assert.equal(stats.bytes, readRecording(name).length);
}

for (const backend of ["scanner", "json", "native"] as const) {
  describe(`BookFeed on recordings, backend ${backend}`, {
    skip: missingReason || (backend === "native" && missingLibrary),
  }, () => {
    for (const { name } of recordings) {
      it(`agrees with every checkpoint of ${name}`, () => {
        const chunks = chunksOf(readRecording(name), CHUNK_BYTES);
        assertAgrees(keepingFeed(backend), chunks, name);
      });

      it(`agrees with every checkpoint of ${name} in random cuts`, () => {
        const seed = readGolden(name).counts.messages! + 7;
        const cuts = randomCuts(readRecording(name), new SeededRandom(seed), {
          maxChunk: 6000,
        });
        try {
          assertAgrees(keepingFeed(backend), cuts, name);
        } catch (error) {
          throw new Error(`seed ${seed}: ${String(error)}`, { cause: error });
        }
      });

      it(`agrees with every checkpoint of ${name} one byte at a time`, () => {
        const chunks = chunksOf(readRecording(name), 1);
        assertAgrees(keepingFeed(backend), chunks, name);
      });
    }
  });
}

describe("replay() on recordings", { skip: missingReason }, () => {
  for (const { name, path } of recordings) {
    it(`agrees with the stored file of ${name}`, async () => {
      const golden = readGolden(name);
      const session = replay(path, { cache: keepingCache() });
      let updates = 0;
      for await (const batch of session) {
        for (const _ of batch) updates++;
      }
      assert.equal(updates, golden.counts.messages);
      assertFinal(session.cache, golden, name);
      assertClocks(session.cache, golden);
      assert.equal(session.stats.damaged, 0);
      assert.equal(session.stats.invalid, 0);
      assert.equal(session.stats.bytes, readRecording(name).length);
      assert.equal(session.stats.storedBytesRead, session.stats.storedBytes);
    });

    it(`delivers whole messages of ${name} by default`, async () => {
      const golden = readGolden(name);
      const session = replay(path, {
        closedRetentionMs: Infinity,
        completedOrders: "keep",
      });
      let messages = 0;
      for await (const batch of session) {
        for (const { segments } of batch) messages += segments;
      }
      assert.equal(messages, golden.counts.messages);
      assertFinal(session.cache, golden, name);
      assertClocks(session.cache, golden);
      assert.equal(session.stats.droppedSegments, 0);
    });
  }
});
