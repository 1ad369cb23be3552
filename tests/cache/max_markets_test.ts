import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { BookFeed } from "../../src/cache/book_feed.ts";
import { StreamCache } from "../../src/cache/stream_cache.ts";
import { type Json, mcm, ocm, wire } from "../support/messages.ts";

function feedOf(maxMarkets: number): BookFeed {
  return new BookFeed({ cache: new StreamCache({ maxMarkets }) });
}

/** Changes of markets from 1.1 on, with a price. */
function changes(count: number, ltp: number, first = 1): Json[] {
  return Array.from({ length: count }, (_, i) => ({
    id: `1.${first + i}`,
    rc: [{ id: 7, ltp }],
  }));
}

/** Kinds of the updates that messages give. */
function kinds(feed: BookFeed, ...messages: readonly Json[]): string[] {
  const list: string[] = [];
  for (const update of feed.push(wire(...messages))) {
    list.push(update.kind);
    if (update.kind !== "invalid") continue;
    assert.ok(update.error instanceof RangeError);
    assert.match(update.error.message, /markets must be <= 3/);
    assert.deepEqual(update.markets, []);
  }
  return list;
}

describe("StreamCacheOptions.maxMarkets", () => {
  it("refuses a message that brings one market too many, and no other", () => {
    const feed = feedOf(3);
    assert.deepEqual(
      kinds(
        feed,
        mcm(changes(3, 2)),
        mcm(changes(3, 3)), // known ones do not count
        mcm(changes(1, 9, 4)),
        mcm(changes(4, 9)),
        mcm(changes(2, 4)),
        mcm([], { ct: "HEARTBEAT" }),
      ),
      ["market", "market", "invalid", "invalid", "market", "heartbeat"],
    );
    assert.equal(feed.cache.markets.size, 3);
    const price = (id: string): number | undefined =>
      feed.cache.markets.get(id)?.runner(7)?.lastTradedPrice;
    assert.deepEqual([price("1.1"), price("1.3")], [4, 3]);
  });

  it("counts only its own markets of an image", () => {
    const feed = feedOf(3);
    assert.deepEqual(
      kinds(
        feed,
        mcm(changes(3, 2)),
        mcm(changes(3, 3, 10), { ct: "SUB_IMAGE" }),
        mcm(changes(4, 3), { ct: "SUB_IMAGE" }),
      ),
      ["market", "market", "invalid"],
    );
    assert.deepEqual([...feed.cache.markets].map(({ marketId }) => marketId), [
      "1.10",
      "1.11",
      "1.12",
    ]);
  });

  it("counts all segments of a message, and takes no clock from one it refuses", () => {
    const feed = feedOf(3);
    const part = (segmentType: string, mc: Json[], clk?: string): Json =>
      mcm(mc, { segmentType, ...clk === undefined ? {} : { clk } });
    assert.deepEqual(
      kinds(
        feed,
        part("SEG_START", changes(2, 2)),
        part("SEG_END", changes(1, 2, 3), "A"),
        part("SEG_START", changes(1, 9, 3)),
        mcm([], { ct: "HEARTBEAT" }),
        part("SEG_END", changes(1, 9, 4), "B"),
      ),
      ["market", "heartbeat", "invalid"],
    );
    assert.equal(feed.cache.clk("market"), "A");
    assert.equal(feed.cache.markets.size, 3);
    assert.equal(feed.cache.counts.droppedSegments, 1);
  });

  it("limits markets with orders likewise", () => {
    const feed = feedOf(3);
    const orders = (...ids: number[]): Json[] =>
      ids.map((id) => ({ id: `1.${id}`, orc: [{ id: 7, mb: [[2, 1]] }] }));
    assert.deepEqual(
      kinds(
        feed,
        ocm(orders(1, 2)),
        ocm(orders(1, 2, 3)),
        ocm(orders(3, 4), { clk: "B" }),
        ocm(orders(1, 2, 3, 1)),
        ocm(orders(5, 6, 7), { ct: "SUB_IMAGE" }),
        ocm(orders(5, 6, 7, 8), { ct: "SUB_IMAGE" }),
      ),
      ["order", "order", "invalid", "order", "order", "invalid"],
    );
    assert.equal(feed.cache.clk("order"), undefined);
    assert.deepEqual(
      [...feed.cache.orders].map(({ marketId }) => marketId),
      ["1.5", "1.6", "1.7"],
    );
  });
});
