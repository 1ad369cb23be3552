import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { BookFeed } from "../../src/cache/book_feed.ts";
import { StreamCache } from "../../src/cache/stream_cache.ts";
import { definition, type Json, mcm, ocm, push } from "../support/messages.ts";

// What a cache says of itself when something could not be applied: a clock that is
// ahead of the books would make a resumption lose it for good.

function price(id: string, size: number): Json {
  return { id, rc: [{ id: 7, atb: [[2, size]] }] };
}

const MISSES: readonly [
  string,
  "market" | "order" | undefined,
  Json | string,
][] = [
  ["a line that is no message", undefined, "{"],
  ["a market message of a wrong shape", undefined, mcm([{ id: 1 }])],
  ["an order message of a wrong shape", "order", ocm([{ id: "1.1", orc: 7 }])],
  ["too many markets", "market", mcm([price("1.2", 1), price("1.3", 1)])],
];

describe("StreamCache that misses a message", () => {
  for (const [what, stream, line] of MISSES) {
    it(`takes no clock after ${what} before it is imaged or resumed`, () => {
      for (const ct of ["SUB_IMAGE", "RESUB_DELTA"]) {
        const feed = new BookFeed({
          cache: new StreamCache({ maxMarkets: 2 }),
        });
        const { cache } = feed;
        push(
          feed,
          mcm([price("1.1", 5)], { ct: "SUB_IMAGE", clk: "A" }),
          ocm([], { ct: "SUB_IMAGE", clk: "A" }),
          line,
          mcm([], { ct: "HEARTBEAT", clk: "B" }),
          ocm([], { ct: "HEARTBEAT", clk: "B" }),
        );
        assert.equal(cache.clk("market"), stream === "order" ? "B" : "A");
        assert.equal(cache.clk("order"), stream === "market" ? "B" : "A");
        // Of a recording, all else still is what it was.
        assert.equal(cache.isStale("market"), false);
        push(feed, mcm([], { ct, clk: "C" }), ocm([], { ct, clk: "C" }));
        push(feed, mcm([], { clk: "D" }), ocm([], { clk: "D" }));
        assert.deepEqual([cache.clk("market"), cache.clk("order")], ["D", "D"]);
      }
    });
  }

  it("is stale if it has a subscription", () => {
    const feed = new BookFeed();
    feed.cache.expect("market", 2);
    push(feed, mcm([price("1.1", 5)], { id: 2, ct: "SUB_IMAGE" }), "{");
    assert.equal(feed.cache.isStale("market"), true);
    assert.equal(feed.cache.isStale("order"), false);
    push(feed, mcm([price("1.1", 5)], { id: 2, ct: "SUB_IMAGE" }));
    assert.equal(feed.cache.isStale("market"), false);
  });
});

describe("StreamCache that shows half of an image", () => {
  const segment = (segmentType: string, mc: Json[], more: Json = {}): Json =>
    mcm(mc, { ct: "SUB_IMAGE", segmentType, ...more });

  function feedOf(maxMarkets = Infinity): BookFeed {
    const cache = new StreamCache({ holdSegments: false, maxMarkets });
    const feed = new BookFeed({ cache });
    push(
      feed,
      mcm([price("1.1", 5), price("1.2", 5)], { ct: "SUB_IMAGE", clk: "A" }),
    );
    return feed;
  }

  it("does not end one whose start it refused", () => {
    const feed = feedOf(2);
    const updates = push(
      feed,
      segment("SEG_START", [price("2.1", 1), price("2.2", 1), price("2.3", 1)]),
      segment("SEG_END", [price("1.1", 9)], { clk: "B" }),
    );
    assert.deepEqual(updates.map((it) => it.kind), ["invalid", "market"]);
    assert.equal(updates.at(-1)!.isImage, false);
    assert.equal(feed.cache.clk("market"), "A");
  });

  it("lets go of markets that a half image has not named", () => {
    const feed = feedOf();
    const updates = push(
      feed,
      segment("SEG_START", [price("1.1", 6)]),
      mcm([{ id: "1.2", rc: [{ id: 7, atb: [[3, 6]] }] }], { clk: "B" }),
    );
    assert.deepEqual(
      updates.map((it) => [it.kind, it.removedMarkets]),
      [["market", []], ["invalid", ["1.2"]], ["market", []]],
    );
    // It is another market now, of which little is known.
    const book = feed.cache.markets.get("1.2")!;
    assert.deepEqual(book.runner(7)!.availableToBack.toJSON(), [[3, 6]]);
    assert.equal(book.missedImage, true);
    // Those of the image were to replace it, and never came.
    assert.equal(feed.cache.clk("market"), undefined);
  });
});

describe("StreamCache that misses a line among segments", () => {
  for (const holdSegments of [true, false]) {
    it(`takes the message for no complete one, held: ${holdSegments}`, () => {
      for (const ct of ["SUB_IMAGE", "RESUB_DELTA"]) {
        const cache = new StreamCache({ holdSegments });
        const feed = new BookFeed({ cache });
        cache.expect("market", 2);
        cache.expect("order", 3);
        const market = (segmentType: string, more: Json = {}): Json =>
          mcm([price("1.1", 5)], { id: 2, ct, segmentType, ...more });
        const order = (segmentType: string, more: Json = {}): Json =>
          ocm([{ id: "1.1", orc: [] }], { id: 3, ct, segmentType, ...more });
        push(feed, market("SEG_START"), order("SEG_START"), "{");
        push(
          feed,
          market("SEG_END", { clk: "A" }),
          order("SEG_END", { clk: "A" }),
        );
        for (const stream of ["market", "order"] as const) {
          assert.equal(cache.clk(stream), undefined, `${stream} ${ct}`);
          assert.equal(cache.isStale(stream), true, `${stream} ${ct}`);
        }
        assert.notEqual(cache.markets.get("1.1"), undefined);
        // The next one is whole, and makes up for it.
        push(feed, market("SEG_START"), market("SEG_END", { clk: "B" }));
        push(feed, order("SEG_START"), order("SEG_END", { clk: "B" }));
        for (const stream of ["market", "order"] as const) {
          assert.equal(cache.clk(stream), "B", `${stream} ${ct}`);
          assert.equal(cache.isStale(stream), false, `${stream} ${ct}`);
        }
      }
    });
  }

  it("does not end an image of orders whose start it refused", () => {
    const cache = new StreamCache({ holdSegments: false, maxMarkets: 1 });
    const feed = new BookFeed({ cache });
    const orders = (
      segmentType: string,
      ids: string[],
      more: Json = {},
    ): Json =>
      ocm(ids.map((id) => ({ id, orc: [{ id: 7, mb: [[2, 1]] }] })), {
        ct: "SUB_IMAGE",
        segmentType,
        ...more,
      });
    const updates = push(
      feed,
      orders("SEG_START", ["1.1", "1.2"]),
      orders("SEG_END", ["1.3"], { clk: "A" }),
    );
    assert.deepEqual(
      updates.map((it) => [it.kind, it.isImage]),
      [["invalid", false], ["order", false]],
    );
    assert.equal(cache.clk("order"), undefined);
  });
});

describe("StreamCache on two copies of a market", () => {
  const copy = (version: number, price: number): Json => ({
    id: "1.1",
    img: true,
    marketDefinition: definition([7], { version }),
    rc: [{ id: 7, atb: [[price, 5]] }],
  });

  for (const ct of ["SUB_IMAGE", "RESUB_DELTA"]) {
    for (const holdSegments of [true, false]) {
      it(`keeps the newer one of ${ct}, in one message or two segments, held: ${holdSegments}`, () => {
        const whole = [mcm([copy(5, 3), copy(4, 1.5)], { ct })];
        const parts = [
          mcm([copy(5, 3)], { ct, segmentType: "SEG_START" }),
          mcm([copy(4, 1.5)], { ct, segmentType: "SEG_END" }),
        ];
        for (const messages of [whole, parts]) {
          const feed = new BookFeed({
            cache: new StreamCache({ holdSegments }),
          });
          push(feed, ...messages);
          const book = feed.cache.markets.get("1.1")!;
          assert.equal(book.version, 5);
          assert.deepEqual(book.runner(7)!.availableToBack.toJSON(), [[3, 5]]);
          push(feed, mcm([copy(3, 2)], { ct }));
          assert.equal(book.version, 3, "another message");
        }
      });
    }
  }
});

describe("StreamCache on late prices of a closed market that is kept", () => {
  const late = mcm([{ id: "1.1", rc: [{ id: 7, atb: [[2, 50]], ltp: 3 }] }]);

  function closedFeed(closedRetentionMs: number): BookFeed {
    const feed = new BookFeed({
      cache: new StreamCache({ closedRetentionMs }),
    });
    push(
      feed,
      mcm([{ id: "1.1", img: true, marketDefinition: definition([7]) }]),
      mcm([{
        id: "1.1",
        marketDefinition: definition([7], { status: "CLOSED" }),
        rc: [{ id: 7, ltp: 4 }],
      }]),
    );
    return feed;
  }

  it("ignores them, and takes new definitions", () => {
    const feed = closedFeed(3_600_000);
    const runner = feed.cache.markets.get("1.1")!.runner(7)!;
    push(feed, late);
    assert.equal(runner.availableToBack.size, 0);
    // What came with the closing counts.
    assert.equal(runner.lastTradedPrice, 4);
    const book = feed.cache.markets.get("1.1")!;
    push(
      feed,
      mcm([{
        id: "1.1",
        marketDefinition: definition([7], { status: "CLOSED", version: 9 }),
      }]),
    );
    assert.equal(book.version, 9);
    push(
      feed,
      mcm([{
        id: "1.1",
        marketDefinition: definition([7], { status: "OPEN" }),
      }]),
      late,
    );
    assert.equal(runner.availableToBack.bestSize, 50);
  });

  it("applies them where everything is kept for good", () => {
    const feed = closedFeed(Infinity);
    push(feed, late);
    assert.equal(feed.cache.markets.get("1.1")!.runner(7)!.lastTradedPrice, 3);
  });
});

describe("StreamCache on an image that never completes", () => {
  const price3 = (id: string): Json => price(id, 5);
  const order = (id: string): Json => ({
    id,
    fullImage: true,
    orc: [{
      id: 7,
      fullImage: true,
      uo: [{ id: `bet ${id}`, p: 2, s: 5, side: "B", status: "E", sr: 5 }],
    }],
  });
  const image = { ct: "SUB_IMAGE", initialClk: "I", clk: "A" };

  function feedOf(holdSegments: boolean): BookFeed {
    const feed = new BookFeed({ cache: new StreamCache({ holdSegments }) });
    push(
      feed,
      mcm(["1.1", "1.2", "1.3"].map(price3), image),
      ocm(["1.1", "1.2", "1.3"].map(order), image),
    );
    return feed;
  }

  const segment = (segmentType: string, clk?: string): Json => ({
    ct: "SUB_IMAGE",
    segmentType,
    initialClk: "J",
    clk,
  });

  it("keeps what one does not name of which a line was none, and the clocks with it", () => {
    const feed = feedOf(true);
    const { cache } = feed;
    const updates = push(
      feed,
      mcm([price3("1.1")], segment("SEG_START")),
      ocm([order("1.1")], segment("SEG_START")),
      "{",
      mcm([price3("1.3")], segment("SEG_END", "B")),
      ocm([order("1.3")], segment("SEG_END", "B")),
    );
    assert.deepEqual(updates.map((it) => [it.kind, it.isImage]), [
      ["invalid", false],
      ["market", false],
      ["order", false],
    ]);
    for (const it of updates) {
      assert.deepEqual(it.removedMarkets, []);
      assert.deepEqual(it.removedOrders, []);
      assert.deepEqual(it.missingOrders, []);
    }
    const ids = ["1.1", "1.2", "1.3"];
    assert.deepEqual([...cache.markets].map((it) => it.marketId), ids);
    assert.deepEqual([...cache.orders].map((it) => it.marketId), ids);
    // What has happened since A makes up for what was lost.
    for (const stream of ["market", "order"] as const) {
      assert.equal(cache.clk(stream), "A");
      assert.equal(cache.initialClk(stream), "I");
    }
  });

  it("has no clock while one is shown in parts, as books before it are gone", () => {
    for (const how of ["cut", "broken off"]) {
      const feed = feedOf(false);
      const { cache } = feed;
      push(
        feed,
        mcm([price3("1.1")], segment("SEG_START")),
        ocm([order("1.1")], segment("SEG_START")),
      );
      const updates = how === "cut" ? [] : push(
        feed,
        mcm([price("1.1", 6)], { clk: "C" }),
        ocm([{ id: "1.1", orc: [] }], { clk: "C" }),
      );
      if (how === "cut") feed.interrupt();
      for (const stream of ["market", "order"] as const) {
        assert.equal(cache.clk(stream), undefined, `${how} ${stream}`);
        assert.equal(cache.initialClk(stream), undefined, `${how} ${stream}`);
      }
      // Whether orders are missing, only a complete image can say.
      for (const it of updates) {
        assert.deepEqual(it.removedOrders, []);
        assert.deepEqual(it.missingOrders, []);
      }
      const [markets, orders] = push(
        feed,
        mcm(["1.1"].map(price3), { ...image, initialClk: "K", clk: "D" }),
        ocm(["1.1", "1.2"].map(order), {
          ...image,
          initialClk: "K",
          clk: "D",
        }),
      );
      if (how === "cut") {
        assert.deepEqual(markets!.removedMarkets, ["1.2", "1.3"]);
      }
      assert.deepEqual(orders!.removedOrders, ["1.3"]);
      assert.deepEqual(orders!.missingOrders, ["bet 1.3"]);
      assert.deepEqual([cache.clk("market"), cache.clk("order")], ["D", "D"]);
    }
  });

  it("tells of no missing orders when a line of one shown in parts was none", () => {
    const feed = feedOf(false);
    const updates = push(
      feed,
      ocm([order("1.1")], segment("SEG_START")),
      "{",
      ocm([order("1.3")], segment("SEG_END", "B")),
      ocm([], { ct: "HEARTBEAT" }),
      ocm([order("1.1")]),
    );
    for (const it of updates) assert.deepEqual(it.missingOrders, []);
    assert.equal(feed.cache.clk("order"), undefined);
    const [, end] = push(feed, "{", ocm(["1.1", "1.2"].map(order), image));
    assert.deepEqual(end!.missingOrders, ["bet 1.3"]);
  });
});
