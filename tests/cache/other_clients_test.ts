/**
 * A test for each row of protocol section 9, where other implementations
 * disagree or are wrong. Those that concern a connection are in `tests/client/`:
 * 16, 19, 21 and 32 (`stream_client_test.ts`), 20 (`stream_client_faults_test.ts`),
 * 22 (`stream_client_status_test.ts`), 27 (`transport_test.ts`), 31 (`login_test.ts`).
 */

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { BookFeed } from "../../src/cache/book_feed.ts";
import type { OrderRunner } from "../../src/cache/order_runner.ts";
import type { RunnerBook } from "../../src/cache/runner_book.ts";
import { StreamCache } from "../../src/cache/stream_cache.ts";
import { encodeRequest } from "../../src/protocol/request_encoder.ts";
import {
  concat,
  definition,
  type Json,
  mcm,
  ocm,
  push,
  seen,
  wire,
} from "../support/messages.ts";

/** Runner 7 of market 1.1 after some entries of `rc`. */
function runnerAfter(...entries: readonly Json[]): RunnerBook {
  const feed = new BookFeed();
  for (const entry of entries) {
    push(feed, mcm([{ id: "1.1", rc: [{ id: 7, ...entry }] }]));
  }
  return feed.cache.markets.get("1.1")!.runner(7)!;
}

/** Runner 7 of order market 1.1 after some entries of `orc`. */
function ordersAfter(...entries: readonly Json[]): OrderRunner {
  const feed = new BookFeed();
  for (const entry of entries) {
    push(feed, ocm([{ id: "1.1", orc: [{ id: 7, ...entry }] }]));
  }
  return feed.cache.orders.get("1.1")!.runner(7)!;
}

const OPEN = { id: "1", side: "B", status: "E", p: 2, s: 5, sr: 5 };

describe("protocol section 9", () => {
  it("row 1: SUB_IMAGE clears the cache of markets and of orders, also in mid-stream", () => {
    const feed = new BookFeed();
    const markets = ["1.1", "1.2"].map((id) => ({ id, img: true }));
    const orders = ["1.1", "1.2"].map((id) => ({
      id,
      orc: [{ id: 7, uo: [OPEN] }],
    }));
    push(feed, mcm(markets), ocm(orders));
    push(
      feed,
      mcm(markets.slice(1), { ct: "SUB_IMAGE" }),
      ocm(orders.slice(1), { ct: "SUB_IMAGE" }),
    );
    assert.deepEqual([...feed.cache.markets].map((it) => it.marketId), ["1.2"]);
    assert.deepEqual([...feed.cache.orders].map((it) => it.marketId), ["1.2"]);
  });

  it("row 2: img clears the market once, all its runners, and keeps the definition", () => {
    const feed = new BookFeed();
    const rc = [7, 8].map((id) => ({ id, atb: [[2, 1]], ltp: 2 }));
    push(
      feed,
      mcm([{ id: "1.1", marketDefinition: definition([7, 8]), rc }]),
      mcm([{
        id: "1.1",
        img: true,
        rc: [{ id: 7, atb: [[3, 1]] }, { id: 7, atl: [[4, 1]] }],
      }]),
    );
    const book = feed.cache.markets.get("1.1")!;
    assert.equal(book.status, "OPEN");
    assert.deepEqual(book.runner(7)!.availableToBack.toJSON(), [[3, 1]]);
    assert.deepEqual(book.runner(7)!.availableToLay.toJSON(), [[4, 1]]);
    assert.equal(book.runner(8)!.availableToBack.size, 0);
    assert.equal(book.runner(8)!.lastTradedPrice, undefined);
  });

  it("row 3: a scalar missing from an image is unknown", () => {
    const feed = new BookFeed();
    push(
      feed,
      mcm([{ id: "1.1", tv: 5, rc: [{ id: 7, ltp: 2, tv: 3, spn: 2 }] }]),
      mcm([{ id: "1.1", img: true, rc: [{ id: 7, spf: 2 }] }]),
    );
    const book = feed.cache.markets.get("1.1")!;
    const runner = book.runner(7)!;
    assert.equal(book.reportedTotalMatched, undefined);
    assert.equal(runner.lastTradedPrice, undefined);
    assert.equal(runner.reportedTotalMatched, undefined);
    assert.equal(runner.startingPriceNear, undefined);
    assert.equal(runner.startingPriceFar, 2);
  });

  it("row 4: rows of size 0 are no prices", () => {
    const ladder = runnerAfter({ batb: [[0, 2, 5], [1, 0, 0], [2, 1.9, 0]] })
      .bestAvailableToBack;
    assert.deepEqual(ladder.toJSON(), [[2, 5]]);
  });

  it("row 5: tv is authoritative live, else the whole traded ladder counts", () => {
    const live = runnerAfter({ trd: [[2, 5]], tv: 9 }, { trd: [[3, 1]] });
    assert.equal(live.totalMatched, 9);
    const ladder = runnerAfter({ trd: [[2, 5]] }, { trd: [[3, 1]] });
    assert.equal(ladder.totalMatched, 6);
  });

  it("row 6: an empty trd changes nothing", () => {
    const runner = runnerAfter({ trd: [[2, 5]] }, { trd: [] }, { trd: null });
    assert.deepEqual(runner.traded.toJSON(), [[2, 5]]);
    assert.equal(runner.totalMatched, 5);
  });

  it("row 7: an empty mb or ml clears the ladder", () => {
    const runner = ordersAfter(
      { uo: [OPEN], mb: [[2, 5]], ml: [[3, 5]] },
      { mb: [] },
    );
    assert.equal(runner.matchedBacks.size, 0);
    assert.equal(runner.matchedLays.size, 1);
  });

  it("row 8: a missing hc is 0, and the runner knows its handicap", () => {
    const feed = new BookFeed();
    push(
      feed,
      mcm([{
        id: "1.1",
        marketDefinition: { runners: [{ id: 7 }, { id: 7, hc: 1.5 }] },
        rc: [{ id: 7, ltp: 2 }, { id: 7, hc: 1.5, ltp: 3 }],
      }]),
      ocm([{ id: "1.1", orc: [{ id: 7, uo: [OPEN], hc: 1.5 }] }]),
    );
    const runners = feed.cache.markets.get("1.1")!.allRunners;
    assert.deepEqual(
      runners.map((it) => [it.handicap, it.lastTradedPrice]),
      [[0, 2], [1.5, 3]],
    );
    const orders = feed.cache.orders.get("1.1")!;
    assert.equal(orders.runner(7, 1.5)!.handicap, 1.5);
    assert.equal(orders.runner(7), undefined);
  });

  it("row 9: orc.fullImage discards the runner's orders and matches", () => {
    const runner = ordersAfter(
      { uo: [OPEN], mb: [[2, 5]], ml: [[3, 5]] },
      { fullImage: true, uo: [{ ...OPEN, id: "2" }] },
    );
    assert.deepEqual(runner.openOrders.map((it) => it.betId), ["2"]);
    assert.equal(runner.matchedBacks.size, 0);
    assert.equal(runner.matchedLays.size, 0);
  });

  it("row 10: smc is merged as ladders", () => {
    const runner = ordersAfter(
      { smc: { a: { mb: [[2, 5]] }, b: { ml: [[4, 1]] } } },
      { smc: { a: { mb: [[3, 1]] } } },
      { smc: { a: { mb: [[2, 0]] } } },
    );
    assert.deepEqual(runner.strategies.get("a")!.matchedBacks.toJSON(), [[
      3,
      1,
    ]]);
    assert.deepEqual(runner.strategies.get("b")!.matchedLays.toJSON(), [[
      4,
      1,
    ]]);
  });

  it("row 11: a complete order is delivered, and leaves the open ones", () => {
    const done = { ...OPEN, status: "EC", sm: 5, sr: 0 };
    const runner = ordersAfter({ uo: [OPEN] }, { uo: [done] });
    assert.deepEqual(runner.openOrders, []);
    assert.deepEqual(runner.changedOrders.map((it) => it.isComplete), [true]);
  });

  it("row 12: oc.closed stays", () => {
    const cache = new StreamCache({ closedRetentionMs: Infinity });
    const feed = new BookFeed({ cache });
    const orc = [{ id: 7, uo: [OPEN] }];
    push(feed, ocm([{ id: "1.1", closed: true, orc }]));
    push(feed, ocm([{ id: "1.1", orc }]), ocm([{ id: "1.1", closed: false }]));
    assert.equal(cache.orders.get("1.1")!.isClosed, true);
  });

  it("row 13: only CLOSED is closed", () => {
    const feed = new BookFeed();
    const states = ["INACTIVE", "OPEN", "SUSPENDED", "CLOSED", undefined].map(
      (status) => {
        push(
          feed,
          mcm([{ id: "1.1", marketDefinition: definition([7], { status }) }]),
        );
        return feed.cache.markets.get("1.1")!.isClosed;
      },
    );
    assert.deepEqual(states, [false, false, false, true, false]);
    push(feed, mcm([{ id: "1.2" }]));
    assert.equal(feed.cache.markets.get("1.2")!.isClosed, false);
  });

  it("row 14: messages of superseded subscriptions are dropped", () => {
    const feed = new BookFeed();
    feed.cache.expect("market", 3);
    feed.cache.expect("order", 4);
    const updates = push(
      feed,
      mcm([{ id: "1.1" }], { id: 2 }),
      ocm([{ id: "1.1" }], { id: 3 }),
      mcm([{ id: "1.2" }], { id: 3 }),
    );
    assert.equal(updates.length, 1);
    assert.equal(feed.cache.counts.superseded, 2);
  });

  it("row 15: clocks are taken from heartbeats", () => {
    const feed = new BookFeed();
    push(feed, mcm([], { ct: "HEARTBEAT", clk: "H" }));
    assert.equal(feed.cache.clk("market"), "H");
  });

  it("row 17: segments are put together per stream, also without items", () => {
    const feed = new BookFeed();
    const updates = push(
      feed,
      { op: "mcm", segmentType: "SEG_START" },
      { op: "ocm", segmentType: "SEG_START" },
      mcm([{ id: "1.1" }], { segmentType: "SEG" }),
      { op: "mcm", segmentType: "SEG_END" },
      { op: "ocm", segmentType: "SEG_END" },
    );
    assert.deepEqual(updates.map((it) => [it.stream, it.segments]), [
      ["market", 3],
      ["order", 2],
    ]);
  });

  it("row 18: con is counted per market", () => {
    const feed = new BookFeed();
    push(feed, mcm([{ id: "1.1", con: true }, { id: "1.2" }], { con: true }));
    assert.equal(feed.cache.markets.get("1.1")!.conflatedCount, 1);
    assert.equal(feed.cache.markets.get("1.2")!.conflatedCount, 0);
  });

  it("row 23: NaN and Infinity in words are numbers", () => {
    const runner = runnerAfter({ spn: "NaN", spf: "Infinity" });
    assert.equal(runner.startingPriceNear, NaN);
    assert.equal(runner.startingPriceFar, Infinity);
    const feed = new BookFeed();
    const runners = [{ id: 7, bsp: "NaN" }];
    push(feed, mcm([{ id: "1.1", marketDefinition: { runners } }]));
    const book = feed.cache.markets.get("1.1")!;
    assert.equal(book.runner(7)!.definition!.startingPrice, NaN);
  });

  it("row 24: unknown keys and values are tolerated", () => {
    const feed = new BookFeed();
    const updates = push(
      feed,
      mcm([{
        id: "1.1",
        _new: 1,
        marketDefinition: {
          new: {},
          status: "PAUSED",
          runners: [{ id: 7, new: 1, status: "NEW" }],
        },
        rc: [{ id: 7, new: [[]], ltp: 2 }],
      }], { ct: "NEW", new: [] }),
      ocm([{
        id: "1.1",
        new: 1,
        orc: [{
          id: 7,
          new: 1,
          uo: [{ ...OPEN, status: "NEW", ot: "X", n: 1 }],
        }],
      }], { ct: "NEW" }),
      { op: "new" },
    );
    assert.deepEqual(updates.map((it) => it.kind), [
      "market",
      "order",
      "unknown",
    ]);
    const book = feed.cache.markets.get("1.1")!;
    assert.equal(book.status, "PAUSED");
    assert.equal(book.runner(7)!.lastTradedPrice, 2);
    const order = feed.cache.orders.get("1.1")!.runner(7)!.order("1")!;
    assert.equal(order.status, "NEW");
    assert.equal(order.orderType, "X");
  });

  it("row 25: an order needs neither pt nor rfo nor rfs", () => {
    const order = ordersAfter({ uo: [{ id: "1", status: "E" }] }).order("1")!;
    assert.equal(order.persistenceType, undefined);
    assert.equal(order.orderRef, undefined);
    assert.equal(order.strategyRef, undefined);
  });

  it("row 26: lines are delivered as soon as they are whole, whatever the chunks", () => {
    const feed = new BookFeed();
    const first = concat(wire(mcm([], { clk: "é" })), wire("{").subarray(0, 1));
    const [update] = Array.from(feed.push(first), seen);
    assert.equal(update!.clk, "é");
    // Split inside a character.
    const bytes = wire(mcm([], { clk: "é" }));
    const cut = bytes.indexOf(0xc3) + 1;
    const other = new BookFeed();
    assert.equal(Array.from(other.push(bytes.subarray(0, cut))).length, 0);
    const [whole] = Array.from(other.push(bytes.subarray(cut)), seen);
    assert.equal(whole!.clk, "é");
    const two = new BookFeed().push(
      wire('{"op":"connection","connectionId":"1"}', '{"op":"status","id":1}'),
    );
    assert.deepEqual(Array.from(two, (it) => it.kind), [
      "connection",
      "status",
    ]);
  });

  it("row 28: a subscription is sent as it was asked for", () => {
    const request = {
      op: "marketSubscription",
      id: 2,
      conflateMs: 250,
      heartbeatMs: 1500,
      marketFilter: { marketIds: ["1.1"] },
      marketDataFilter: { ladderLevels: 2, fields: ["EX_LTP"] },
    } as const;
    const line = new TextDecoder().decode(encodeRequest(request));
    assert.deepEqual(JSON.parse(line), request);
    const bare = { op: "marketSubscription", id: 3 } as const;
    assert.deepEqual(
      JSON.parse(new TextDecoder().decode(encodeRequest(bare))),
      bare,
    );
  });

  it("row 29: available prices are separate ladders", () => {
    const runner = runnerAfter(
      { atb: [[2, 1]], batb: [[0, 3, 1]], bdatb: [[0, 4, 1]] },
      { atb: [[2, 0]] },
    );
    assert.equal(runner.availableToBack.size, 0);
    assert.equal(runner.bestAvailableToBack.bestPrice, 3);
    assert.equal(runner.bestDisplayToBack.bestPrice, 4);
  });

  it("row 30: spl is back stake taken, spb is lay liability taken", () => {
    const runner = runnerAfter({ spl: [[2, 1]], spb: [[3, 4]] });
    assert.deepEqual(runner.backStakeTaken.toJSON(), [[2, 1]]);
    assert.deepEqual(runner.layLiabilityTaken.toJSON(), [[3, 4]]);
  });
});
