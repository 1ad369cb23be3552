import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { BookFeed } from "../../src/cache/book_feed.ts";
import type { RunnerBook } from "../../src/cache/runner_book.ts";
import { encodeRequest } from "../../src/protocol/request_encoder.ts";
import { everyCut, oneByteAtATime } from "../../src/testing/mod.ts";
import {
  definition,
  type Json,
  mcm,
  ocm,
  push,
  seen,
} from "../support/messages.ts";

const encoder = new TextEncoder();

/** A market of runner 101, changed entry by entry. */
class Runner {
  readonly feed: BookFeed = new BookFeed();

  change(entry: Json, market: Json = {}, envelope: Json = {}): void {
    const rc = [{ ...entry, id: 101 }];
    push(this.feed, mcm([{ id: "1.1", ...market, rc }], envelope));
  }

  get book(): RunnerBook {
    return this.feed.cache.markets.get("1.1")!.runner(101)!;
  }
}

function priced(id: string, ltp: number): Json {
  return { id, rc: [{ id: 101, ltp }] };
}

describe("protocol section 10", () => {
  it("vector 1: level ladder", () => {
    const runner = new Runner();
    const prices = [
      [[0, 3.1, 8], [1, 0, 0], [2, 0, 0]],
      [[1, 3.2, 4]],
      [[1, 3.1, 8], [2, 3.2, 4], [0, 3.05, 6]],
      [[0, 3.1, 8], [1, 3.2, 4], [2, 0, 0]],
      [],
      [[1, 0, 0], [0, 0, 0]],
    ].map((batl) => {
      runner.change({ batl });
      return runner.book.bestAvailableToLay.toJSON().map(([price]) => price);
    });
    assert.deepEqual(prices, [
      [3.1],
      [3.1, 3.2],
      [3.05, 3.1, 3.2],
      [3.1, 3.2],
      [3.1, 3.2],
      [],
    ]);
  });

  it("vector 2: price ladder", () => {
    const runner = new Runner();
    runner.change({ atb: [[2, 10], [1.99, 5]] });
    runner.change({ atb: [[2, 0], [1.98, 7], [5, 0]] });
    assert.deepEqual(runner.book.availableToBack.toJSON(), [[1.99, 5], [
      1.98,
      7,
    ]]);
  });

  it("vector 3: image replaces runner set", () => {
    const feed = new BookFeed();
    const entry = (id: number): Json => ({ id, atb: [[2, 1]], ltp: 2 });
    const marketDefinition = definition([101, 102]);
    push(
      feed,
      mcm([{ id: "1.1", marketDefinition, rc: [entry(101), entry(102)] }]),
      mcm([{ id: "1.1", img: true, rc: [entry(101)] }]),
    );
    const book = feed.cache.markets.get("1.1")!;
    assert.equal(book.runner(101)!.availableToBack.size, 1);
    assert.equal(book.runner(102)!.availableToBack.size, 0);
    assert.equal(book.runner(102)!.lastTradedPrice, undefined);
  });

  it("vector 4: split runner", () => {
    const feed = new BookFeed();
    push(
      feed,
      `{"op":"mcm","mc":[{"id":"1.1","img":true,"rc":[{"atb":[[2,10]],"id":101},` +
        `{"spn":2.1,"spf":"NaN","id":101}]}]}`,
    );
    const runner = feed.cache.markets.get("1.1")!.runner(101)!;
    assert.deepEqual(runner.availableToBack.toJSON(), [[2, 10]]);
    assert.equal(runner.startingPriceNear, 2.1);
    assert.equal(runner.startingPriceFar, NaN);
  });

  it("vector 5: handicap zero", () => {
    const feed = new BookFeed();
    push(
      feed,
      mcm([{
        id: "1.1",
        marketDefinition: { runners: [{ id: 9 }, { id: 9, hc: -0.5 }] },
        rc: [{ id: 9, ltp: 2 }],
      }]),
    );
    const book = feed.cache.markets.get("1.1")!;
    assert.equal(book.runners.length, 2);
    assert.equal(book.runner(9, 0)!.lastTradedPrice, 2);
    assert.equal(book.runner(9, -0.5)!.lastTradedPrice, undefined);
  });

  it("vector 6: segmented update", () => {
    const feed = new BookFeed();
    push(feed, mcm([priced("A", 2), priced("B", 2)], { clk: "0" }));
    const updates = push(
      feed,
      mcm([priced("A", 3)], { segmentType: "SEG_START", clk: "1" }),
      mcm([priced("B", 3)], { segmentType: "SEG_END", clk: "2" }),
    );
    assert.equal(updates.length, 1);
    assert.deepEqual(updates[0]!.markets, ["A", "B"]);
    assert.deepEqual(updates[0]!.removedMarkets, []);
    assert.equal(feed.cache.markets.size, 2);
    assert.equal(feed.cache.clk("market"), "2");
  });

  it("vector 7: unrequested image", () => {
    const feed = new BookFeed();
    push(feed, mcm([priced("A", 2), priced("B", 2)]));
    const image = mcm([{ ...priced("A", 3), img: true }], { ct: "SUB_IMAGE" });
    const [update] = push(feed, image);
    assert.deepEqual(update!.removedMarkets, ["B"]);
    assert.equal(feed.cache.markets.get("B"), undefined);
  });

  it("vector 8: stale id", () => {
    const feed = new BookFeed();
    feed.cache.expect("market", 7);
    push(feed, mcm([priced("A", 2)], { id: 7, clk: "1" }));
    assert.deepEqual(
      push(feed, mcm([priced("A", 3)], { id: 5, clk: "2" })),
      [],
    );
    const book = feed.cache.markets.get("A")!;
    assert.equal(book.runner(101)!.lastTradedPrice, 2);
    assert.equal(feed.cache.clk("market"), "1");
  });

  it("vector 9: volume", () => {
    const live = new Runner();
    live.change({ trd: [[2, 10]], tv: 10 });
    live.change({ trd: [[2, 15], [3, 1]], tv: 16 });
    assert.equal(live.book.totalMatched, 16);
    const purchased = new Runner();
    const market = { img: false, con: true };
    const envelope = { clk: "1234567890" };
    purchased.change({ trd: [[2, 10]], tv: 10 }, market, envelope);
    purchased.change({ trd: [[2, 15], [3, 1]], tv: 16 }, market, envelope);
    assert.equal(purchased.book.totalMatched, 16);
    purchased.change({ trd: [[3, 2]], tv: 2 }, market, envelope);
    assert.equal(purchased.book.totalMatched, 17);
  });

  it("vector 10: settlement zeroing", () => {
    const runner = new Runner();
    runner.change({ trd: [[2, 15], [3, 1]], tv: 16, ltp: 3 });
    runner.change({ trd: [[2, 0], [3, 0]], tv: 0 });
    runner.change({}, {
      marketDefinition: definition([101], { status: "CLOSED" }),
    });
    assert.equal(runner.book.traded.size, 0);
    assert.equal(runner.book.lastTradedPrice, 3);
    assert.equal(runner.book.totalMatched, 0);
    assert.equal(runner.book.finalTotalMatched, 16);
  });

  it("vector 11: order life", () => {
    const feed = new BookFeed();
    const order = { id: "1", p: 1.62, s: 10, side: "B", ot: "L" };
    const states = [
      { uo: [{ ...order, status: "E", sm: 0, sr: 10 }] },
      { uo: [{ ...order, status: "E", sm: 4, sr: 6 }], mb: [[1.62, 4]] },
      { uo: [{ ...order, status: "EC", sm: 10, sr: 0 }], mb: [[1.62, 10]] },
    ].map((entry) => {
      push(feed, ocm([{ id: "1.1", orc: [{ id: 101, ...entry }] }]));
      const runner = feed.cache.orders.get("1.1")!.runner(101)!;
      return [
        runner.openOrders.map((it) => it.sizeRemaining),
        runner.matchedBacks.toJSON(),
        runner.changedOrders.length,
      ];
    });
    assert.deepEqual(states, [
      [[10], [], 1],
      [[6], [[1.62, 4]], 1],
      [[], [[1.62, 10]], 1],
    ]);
  });

  it("vector 12: reduction", () => {
    const feed = new BookFeed();
    for (const mb of [[[8, 5]], [[6.86, 5], [8, 0]]]) {
      push(feed, ocm([{ id: "1.1", orc: [{ id: 101, mb }] }]));
    }
    const runner = feed.cache.orders.get("1.1")!.runner(101)!;
    assert.deepEqual(runner.matchedBacks.toJSON(), [[6.86, 5]]);
  });

  it("vector 13: empty matched ladder", () => {
    const feed = new BookFeed();
    for (const mb of [[[2, 5]], []]) {
      push(feed, ocm([{ id: "1.1", orc: [{ id: 101, mb }] }]));
    }
    const runner = feed.cache.orders.get("1.1")?.runner(101);
    assert.equal(runner?.matchedBacks.size ?? 0, 0);
  });

  it("vector 14: market drop", () => {
    const feed = new BookFeed();
    const uo = [{ id: "1", side: "B", status: "E", sr: 2 }];
    push(feed, ocm([{ id: "1.1", orc: [{ id: 101, uo, mb: [[2, 5]] }] }]));
    const [update] = push(feed, ocm([{ id: "1.1", fullImage: true }]));
    assert.deepEqual(update!.removedOrders, ["1.1"]);
    assert.equal(feed.cache.orders.get("1.1"), undefined);
    assert.equal(feed.cache.orders.size, 0);
  });

  it("vector 15: 503", () => {
    const feed = new BookFeed();
    push(feed, mcm([], { ct: "HEARTBEAT", status: 503 }));
    assert.equal(feed.cache.isStale("market"), true);
    push(feed, mcm([priced("A", 2)]));
    assert.equal(feed.cache.isStale("market"), false);
  });

  it("vector 16: clock refused", () => {
    const feed = new BookFeed();
    const { cache } = feed;
    push(feed, mcm([priced("A", 2)], { clk: "1", initialClk: "0" }));
    const subscription = (id: number): unknown =>
      JSON.parse(new TextDecoder().decode(encodeRequest({
        op: "marketSubscription",
        id,
        clk: cache.clk("market"),
        initialClk: cache.initialClk("market"),
      })));
    assert.deepEqual(subscription(2), {
      op: "marketSubscription",
      id: 2,
      clk: "1",
      initialClk: "0",
    });
    cache.forgetClock("market");
    assert.deepEqual(subscription(3), { op: "marketSubscription", id: 3 });
    assert.equal(cache.markets.size, 1, "the books stay");
  });

  it("vector 17: framing", () => {
    const bytes = encoder.encode(
      `{"op":"mcm","pt":1,"clk":"é"}\r\n\r\n{"op":"mcm","pt":2}\r\n{"op":"x"}\r\n`,
    );
    const expected = [[1, "é"], [2, undefined], [undefined, undefined]];
    const cuts: Iterable<Uint8Array>[] = [
      [bytes],
      oneByteAtATime(bytes),
      ...everyCut(bytes),
    ];
    for (const chunks of cuts) {
      const feed = new BookFeed();
      const updates = [];
      for (const chunk of chunks) {
        updates.push(...Array.from(feed.push(chunk), seen));
      }
      assert.deepEqual(
        updates.map((it) => [it.publishTimeMs, it.clk]),
        expected,
      );
    }
  });
});
