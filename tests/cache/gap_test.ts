import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { BookFeed } from "../../src/cache/book_feed.ts";
import { StreamCache } from "../../src/cache/stream_cache.ts";
import type { Gap } from "../../src/cache/gap.ts";
import { type Json, wire } from "../support/messages.ts";

const LOSS = { lostAtMs: 5_000, reason: "connection lost" } as const;

/** A market change message with one price, of subscription 2 unless it says otherwise. */
function prices(
  ltp: number,
  envelope: Readonly<Record<string, unknown>> = {},
  marketId = "1.1",
): Record<string, unknown> {
  return {
    op: "mcm",
    id: 2,
    pt: 1_000,
    ...envelope,
    mc: [{ id: marketId, img: "ct" in envelope, rc: [{ id: 7, ltp }] }],
  };
}

/** What a feed delivers, by kind, with the price that the book shows at that moment. */
function seen(feed: BookFeed, ...messages: readonly Json[]): string[] {
  const list: string[] = [];
  for (const update of feed.push(wire(...messages))) {
    const price = feed.cache.markets.get("1.1")?.runner(7)?.lastTradedPrice;
    list.push(`${update.gap?.outcome ?? update.kind} ${price}`);
  }
  return list;
}

function interruptedFeed(): BookFeed {
  const feed = new BookFeed();
  feed.cache.expect("market", 2);
  seen(
    feed,
    prices(2, { ct: "SUB_IMAGE", initialClk: "i1", clk: "c1", pt: 900 }),
    prices(3, { clk: "c2" }),
  );
  feed.interrupt();
  feed.cache.beginGap("market", LOSS);
  return feed;
}

describe("StreamCache.beginGap()", () => {
  for (
    const [changeType, outcome] of [
      ["RESUB_DELTA", "resumed"],
      ["SUB_IMAGE", "reimaged"],
    ]
  ) {
    it(`tells of the gap right before ${changeType} is applied`, () => {
      const feed = interruptedFeed();
      assert.deepEqual(
        seen(feed, prices(4, { ct: changeType }), prices(5)),
        [`${outcome} 3`, "market 4", "market 5"],
      );
      assert.deepEqual(seen(feed, prices(6, { ct: changeType })), ["market 6"]);
    });
  }

  it("says since when, and how often it was interrupted", () => {
    const feed = interruptedFeed();
    feed.cache.beginGap("market", { lostAtMs: 6_000, reason: "refused" });
    const gaps: (Gap | undefined)[] = [];
    for (
      const update of feed.push(wire(prices(4, { ct: "SUB_IMAGE", pt: 9_000 })))
    ) {
      if (update.kind !== "gap") continue;
      assert.equal(update.stream, "market");
      assert.deepEqual([update.markets, update.orders], [[], []]);
      gaps.push(update.gap);
    }
    assert.deepEqual(gaps, [{
      stream: "market",
      outcome: "reimaged",
      sinceMs: 1_000,
      lostAtMs: 5_000,
      interruptions: 2,
      reason: "refused",
    }]);
  });

  it("knows no time when nothing had come before", () => {
    const feed = new BookFeed();
    feed.cache.beginGap("market", LOSS);
    for (const update of feed.push(wire(prices(4, { ct: "SUB_IMAGE" })))) {
      if (update.kind === "gap") assert.equal(update.gap?.sinceMs, undefined);
    }
  });

  it("makes the stream stale until it is over", () => {
    const feed = interruptedFeed();
    assert.equal(feed.cache.isStale("market"), true);
    assert.equal(feed.cache.isStale("order"), false);
    const heartbeat = { op: "mcm", id: 2, ct: "HEARTBEAT", pt: 2_000 };
    for (const update of feed.push(wire(heartbeat))) {
      assert.deepEqual([update.isStale, update.isLagging], [true, false]);
    }
    seen(feed, prices(4, { ct: "RESUB_DELTA" }));
    assert.equal(feed.cache.isStale("market"), false);
  });

  it("takes no clock that is ahead of the books", () => {
    const feed = interruptedFeed();
    seen(feed, { op: "mcm", id: 2, ct: "HEARTBEAT", clk: "c9" });
    seen(feed, prices(4, { clk: "c10" }));
    assert.equal(feed.cache.clk("market"), "c2");
    assert.equal(feed.cache.initialClk("market"), "i1");
    seen(feed, prices(4, { ct: "RESUB_DELTA", initialClk: "i2", clk: "c11" }));
    assert.equal(feed.cache.clk("market"), "c11");
    assert.equal(feed.cache.initialClk("market"), "i2");
  });

  it("does not end with the image of a superseded subscription", () => {
    const feed = interruptedFeed();
    feed.cache.expect("market", 3);
    assert.deepEqual(seen(feed, prices(4, { ct: "SUB_IMAGE" })), []);
    assert.deepEqual(seen(feed, prices(5, { ct: "SUB_IMAGE", id: 3 })), [
      "reimaged 3",
      "market 5",
    ]);
  });

  it("ends with the last segment of an image", () => {
    const feed = interruptedFeed();
    const segment = (segmentType: string): Record<string, unknown> =>
      prices(8, { ct: "SUB_IMAGE", segmentType });
    // Without its start it is no image.
    assert.deepEqual(seen(feed, segment("SEG_END")), ["invalid 3", "market 8"]);
    assert.equal(feed.cache.isStale("market"), true);
    assert.deepEqual(seen(feed, segment("SEG_START"), segment("SEG")), []);
    // Cut in the middle: nothing of it counts.
    feed.interrupt();
    feed.cache.beginGap("market", LOSS);
    assert.deepEqual(
      seen(feed, segment("SEG_START"), segment("SEG"), segment("SEG_END")),
      ["reimaged 8", "market 8"],
    );
  });

  it("comes before the first segment where each is shown by itself", () => {
    const feed = new BookFeed({
      cache: new StreamCache({ holdSegments: false }),
    });
    feed.cache.beginGap("market", LOSS);
    const segment = (segmentType: string): Record<string, unknown> =>
      prices(8, { ct: "SUB_IMAGE", segmentType });
    assert.deepEqual(
      seen(feed, segment("SEG_START"), segment("SEG"), segment("SEG_END")),
      ["reimaged undefined", "market 8", "market 8", "market 8"],
    );
  });

  it("is applied when nobody looks", () => {
    const feed = interruptedFeed();
    const kinds: string[] = [];
    for (
      const update of feed.push(wire(prices(4, { ct: "SUB_IMAGE" }), prices(5)))
    ) {
      kinds.push(update.kind);
      break;
    }
    feed.cache.drain();
    assert.deepEqual(kinds, ["gap"]);
    assert.equal(
      feed.cache.markets.get("1.1")?.runner(7)?.lastTradedPrice,
      5,
    );
  });

  it("tells of the order stream by itself", () => {
    const feed = new BookFeed();
    const orders = (envelope: Json): Json => ({
      op: "ocm",
      id: 3,
      pt: 7_000,
      oc: [{ id: "1.1", orc: [{ id: 7, fullImage: true, mb: [[2, 5]] }] }],
      ...envelope,
    });
    seen(feed, orders({ ct: "SUB_IMAGE", clk: "o1" }));
    feed.cache.beginGap("order", LOSS);
    feed.cache.beginGap("market", LOSS);
    seen(feed, orders({ ct: "HEARTBEAT", clk: "o2", oc: undefined }));
    assert.equal(feed.cache.clk("order"), "o1");
    // An unsound image makes up for nothing.
    assert.deepEqual(seen(feed, orders({ ct: "SUB_IMAGE", oc: 5 })), [
      "invalid undefined",
    ]);
    assert.equal(feed.cache.isStale("order"), true);
    assert.deepEqual(
      seen(
        feed,
        orders({ ct: "RESUB_DELTA", segmentType: "SEG_START" }),
        orders({ ct: "RESUB_DELTA", segmentType: "SEG_END", clk: "o3" }),
      ),
      ["resumed undefined", "order undefined"],
    );
    assert.equal(feed.cache.clk("order"), "o3");
    assert.equal(feed.cache.isStale("order"), false);
    assert.equal(feed.cache.isStale("market"), true);
  });
});

describe("BookFeed hooks", () => {
  it("BookFeed.onLines sees each byte once, in whole lines, before parsing", () => {
    const bytes = wire(prices(2), prices(3), { op: "status", id: 1 });
    const texts: string[] = [];
    const feed: BookFeed = new BookFeed({
      onLines(lines): void {
        assert.equal(feed.cache.counts.messages, texts.length === 0 ? 0 : 1);
        texts.push(new TextDecoder().decode(lines));
      },
    });
    const cut = bytes.indexOf(10) + 5;
    feed.push(bytes.subarray(0, cut));
    for (const _ of feed.push(bytes.subarray(cut))) { /* applied */ }
    assert.equal(texts.length, 2);
    assert.equal(texts.join(""), new TextDecoder().decode(bytes));
  });

  it("BookFeed.onUpdate sees what a loop leaves out, and failures", () => {
    const kinds: string[] = [];
    const feed = new BookFeed({
      onUpdate: (update) => {
        kinds.push(update.kind);
      },
    });
    feed.cache.beginGap("market", LOSS);
    for (
      const _ of feed.push(wire(prices(2, { ct: "SUB_IMAGE" }), prices(3)))
    ) break;
    feed.cache.drain();
    for (const _ of feed.fail(new Error("Cannot read"))) { /* applied */ }
    assert.deepEqual(kinds, ["gap", "market", "market", "invalid"]);
  });
});
