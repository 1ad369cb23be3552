import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { BookFeed } from "../../src/cache/book_feed.ts";
import type { MarketBook } from "../../src/cache/market_book.ts";
import { definition, type Json, mcm, push } from "../support/messages.ts";

/** The book of market 1.1 after some changes of it. */
function bookAfter(...changes: readonly Json[]): MarketBook {
  const feed = new BookFeed();
  push(feed, ...changes.map((change) => mcm([{ id: "1.1", ...change }])));
  return feed.cache.markets.get("1.1")!;
}

/** A change in the conventions of a purchased PRO file. */
function pro(change: Json, clk = "123"): Json {
  return mcm([{ id: "1.1", con: true, img: false, ...change }], { clk });
}

function idsOf(runners: MarketBook["runners"]): number[] {
  return runners.map(({ selectionId }) => selectionId);
}

describe("MarketBook", () => {
  it("reads its state from the latest definition", () => {
    const book = bookAfter(
      { marketDefinition: definition([7], { venue: "Ascot", betDelay: 5 }) },
      {
        marketDefinition: definition([7], {
          status: "SUSPENDED",
          inPlay: true,
          version: 9,
        }),
      },
    );
    assert.equal(book.isSuspended, true);
    assert.equal(book.isOpen, false);
    assert.equal(book.isClosed, false);
    assert.equal(book.inPlay, true);
    assert.equal(book.version, 9);
    assert.equal(book.definition!.venue, undefined, "replaced as a whole");
    assert.equal(book.definitionChanged, true);
    assert.equal(book.publishTimeMs, 1_700_000_000_000);
  });

  it("keeps ladders and scalars over a definition", () => {
    const book = bookAfter(
      { tv: 5, rc: [{ id: 7, ltp: 2, atb: [[2, 1]] }] },
      { marketDefinition: definition([7]) },
    );
    assert.equal(book.totalMatched, 5);
    assert.equal(book.runner(7)!.lastTradedPrice, 2);
    assert.equal(book.runner(7)!.availableToBack.size, 1);
    assert.equal(book.runner(7)!.status, "ACTIVE");
  });

  it("applies a definition before the runners beside it", () => {
    const book = bookAfter({
      rc: [{ id: 8, ltp: 3 }],
      marketDefinition: definition([7, 8]),
    });
    assert.deepEqual(idsOf(book.runners), [7, 8]);
    assert.equal(book.runner(8)!.lastTradedPrice, 3);
  });

  it("orders runners by sort priority, those without one last", () => {
    const book = bookAfter({
      marketDefinition: {
        runners: [
          { id: 5, sortPriority: 3 },
          { id: 6, hc: 1 },
          { id: 6, hc: -1 },
          { id: 9, sortPriority: 1 },
        ],
      },
      rc: [{ id: 3, ltp: 1 }, { id: 2, ltp: 1 }],
    });
    const order = book.runners.map((it) => [it.selectionId, it.handicap]);
    assert.deepEqual(order, [[9, 0], [5, 0], [2, 0], [3, 0], [6, -1], [6, 1]]);
    assert.deepEqual(idsOf(book.allRunners), [5, 6, 6, 9, 3, 2]);
  });

  it("follows sort priorities as they move", () => {
    const book = bookAfter(
      { marketDefinition: definition([7, 8]) },
      { marketDefinition: definition([8, 7]) },
    );
    assert.deepEqual(idsOf(book.runners), [8, 7]);
  });

  it("hides runners that left the definition, and shows them when they return", () => {
    const feed = new BookFeed();
    const define = (ids: number[]): Json =>
      mcm([{ id: "1.1", marketDefinition: definition(ids) }]);
    push(
      feed,
      define([7, 8]),
      mcm([{ id: "1.1", rc: [{ id: 8, ltp: 4 }, { id: 9, ltp: 5 }] }]),
      define([7]),
    );
    const book = feed.cache.markets.get("1.1")!;
    const left = book.runner(8)!;
    assert.deepEqual(idsOf(book.runners), [7, 9]);
    assert.deepEqual(idsOf(book.allRunners), [7, 8, 9]);
    assert.equal(left.isListed, false);
    assert.equal(book.runner(9)!.isListed, true, "never was in a definition");
    assert.equal(left.lastTradedPrice, 4);
    push(feed, define([8, 7]));
    assert.deepEqual(idsOf(book.runners), [8, 7, 9]);
    assert.equal(book.runner(8), left);
    assert.equal(left.isListed, true);
  });

  it("keeps a removed runner that is still in the definition", () => {
    const removed = { id: 8, status: "REMOVED", sortPriority: 2 };
    const book = bookAfter({
      marketDefinition: { runners: [{ id: 7, sortPriority: 1 }, removed] },
    });
    assert.deepEqual(idsOf(book.runners), [7, 8]);
    assert.equal(book.runner(8)!.status, "REMOVED");
  });

  it("tells runners apart by handicap, a missing or null one being 0", () => {
    const book = bookAfter({
      marketDefinition: { runners: [{ id: 9 }, { id: 9, hc: -0.5 }] },
      rc: [
        { id: 9, ltp: 2 },
        { id: 9, hc: null, tv: 3 },
        { id: 9, hc: 0, spn: 4 },
        { id: 9, hc: -0.5, ltp: 5 },
      ],
    });
    assert.equal(book.allRunners.length, 2);
    const zero = book.runner(9)!;
    assert.equal(zero, book.runner(9, 0));
    assert.deepEqual([zero.lastTradedPrice, zero.startingPriceNear], [2, 4]);
    assert.equal(book.runner(9, -0.5)!.lastTradedPrice, 5);
    assert.equal(book.runner(9, 0.5), undefined);
  });

  it("adds up a runner that an image splits over several entries", () => {
    const book = bookAfter(
      { rc: [{ id: 7, atl: [[3, 1]] }] },
      {
        img: true,
        rc: [
          { id: 7, atb: [[2, 10]] },
          { id: 8, ltp: 1 },
          { id: 7, spn: 2.1, spf: "NaN" },
          { id: 7, atb: [[1.9, 4]] },
        ],
      },
    );
    const runner = book.runner(7)!;
    assert.deepEqual(runner.availableToBack.toJSON(), [[2, 10], [1.9, 4]]);
    assert.equal(runner.availableToLay.size, 0);
    assert.equal(runner.startingPriceNear, 2.1);
    assert.equal(runner.startingPriceFar, NaN);
  });

  it("takes reported totals on a live stream", () => {
    const book = bookAfter(
      { tv: 11, rc: [{ id: 7, tv: 10, trd: [[2, 10]] }] },
      { tv: 17, rc: [{ id: 7, tv: 16, trd: [[2, 15], [3, 1]] }] },
    );
    assert.equal(book.isPurchased, false);
    assert.equal(book.totalMatched, 17);
    assert.equal(book.runner(7)!.totalMatched, 16);
    assert.equal(book.finalTotalMatched, 17);
    assert.equal(book.runner(7)!.finalTotalMatched, 16);
  });

  it("adds up traded ladders where no total is reported", () => {
    const book = bookAfter(
      { rc: [{ id: 7, trd: [[2, 0.1], [3, 0.2]] }, { id: 8, trd: [[2, 5]] }] },
      { rc: [{ id: 7, trd: [[2, 0.7]] }, { id: 9, ltp: 2 }] },
    );
    assert.equal(book.runner(7)!.totalMatched, 0.9);
    assert.equal(book.runner(9)!.totalMatched, undefined);
    assert.equal(book.totalMatched, 5.9);
    assert.equal(book.reportedTotalMatched, undefined);
  });

  it("knows no total where none is subscribed", () => {
    const book = bookAfter({ rc: [{ id: 7, ltp: 2 }] });
    assert.equal(book.totalMatched, undefined);
    assert.equal(book.finalTotalMatched, undefined);
    assert.equal(book.runner(7)!.finalTotalMatched, undefined);
  });

  it("recognizes purchased files, whose totals are sums of the update", () => {
    const feed = new BookFeed();
    push(
      feed,
      pro({ rc: [{ id: 7, trd: [[2, 10]], tv: 10 }] }),
      pro({ rc: [{ id: 7, trd: [[2, 15], [3, 1]], tv: 16 }] }),
      pro({ tv: 99, rc: [{ id: 7, trd: [[3, 2]], tv: 2 }] }),
    );
    const book = feed.cache.markets.get("1.1")!;
    assert.equal(book.isPurchased, true);
    assert.equal(book.runner(7)!.totalMatched, 17);
    assert.equal(book.runner(7)!.reportedTotalMatched, 2);
    assert.equal(book.totalMatched, 17);
    assert.equal(book.reportedTotalMatched, 99);
  });

  it("takes nothing else for a purchased file", () => {
    const changes: Json[] = [
      mcm([{ id: "1.1", con: true }], { clk: "123" }),
      mcm([{ id: "1.1", img: false }], { clk: "123" }),
      pro({}, "AAA"),
      pro({}, ""),
      mcm([{ id: "1.1", con: true, img: false }]),
      pro({}, "12a"),
    ];
    for (const change of changes) {
      const feed = new BookFeed();
      push(feed, change);
      assert.equal(
        feed.cache.markets.get("1.1")!.isPurchased,
        false,
        JSON.stringify(change),
      );
    }
  });

  it("remembers totals over the zeroing before a live market closes", () => {
    const book = bookAfter(
      { tv: 16, rc: [{ id: 7, ltp: 3, tv: 16, trd: [[2, 15], [3, 1]] }] },
      { tv: 0, rc: [{ id: 7, tv: 0, trd: [[2, 0], [3, 0]] }] },
      { marketDefinition: definition([7], { status: "CLOSED" }) },
    );
    const runner = book.runner(7)!;
    assert.equal(runner.traded.size, 0);
    assert.equal(runner.lastTradedPrice, 3);
    assert.deepEqual([book.totalMatched, runner.totalMatched], [0, 0]);
    assert.deepEqual([book.finalTotalMatched, runner.finalTotalMatched], [
      16,
      16,
    ]);
  });

  it("remembers totals where only the traded ladder is subscribed", () => {
    const book = bookAfter(
      { rc: [{ id: 7, trd: [[2, 15], [3, 1]] }, { id: 8, trd: [[2, 4]] }] },
      { rc: [{ id: 7, trd: [[2, 0]] }] },
      { rc: [{ id: 7, trd: [[3, 0]] }, { id: 8, trd: [[2, 0]] }] },
    );
    assert.equal(book.runner(7)!.finalTotalMatched, 16);
    assert.equal(book.totalMatched, 0);
    assert.equal(book.finalTotalMatched, 20);
  });

  it("remembers totals of purchased files", () => {
    const feed = new BookFeed();
    push(
      feed,
      pro({ rc: [{ id: 7, trd: [[2, 15], [3, 1]], tv: 16 }] }),
      pro({ rc: [{ id: 7, trd: [[2, 0], [3, 0]], tv: 0 }] }),
    );
    const book = feed.cache.markets.get("1.1")!;
    assert.equal(book.totalMatched, 0);
    assert.equal(book.finalTotalMatched, 16);
  });

  it("has no volumes, levels or offers in BASIC files", () => {
    const feed = new BookFeed();
    push(
      feed,
      mcm([{ id: "1.1", marketDefinition: definition([7]) }], { clk: "1" }),
      mcm([{ id: "1.1", rc: [{ id: 7, ltp: 2.5 }] }], { clk: "2" }),
    );
    const book = feed.cache.markets.get("1.1")!;
    assert.equal(book.isPurchased, false);
    assert.equal(book.missedImage, true);
    assert.equal(book.runner(7)!.lastTradedPrice, 2.5);
    assert.equal(book.totalMatched, undefined);
    assert.equal(book.runner(7)!.availableToBack.size, 0);
    assert.equal(book.runner(7)!.bestAvailableToBack.size, 0);
  });

  it("is found by every spelling of its id", () => {
    const feed = new BookFeed();
    push(
      feed,
      '{"op":"mcm","mc":[{"id":"1.\\u0032","rc":[{"id":7,"ltp":2}]}]}',
      '{"op":"mcm","mc":[{"id":"1.2","rc":[{"id":7,"tv":3}]}]}',
      '{"op":"mcm","mc":[{"id":"\\u0031.2","rc":[{"id":7,"spn":4}]}]}',
    );
    assert.equal(feed.cache.markets.size, 1);
    const runner = feed.cache.markets.get("1.2")!.runner(7)!;
    assert.deepEqual([
      runner.lastTradedPrice,
      runner.totalMatched,
      runner.startingPriceNear,
    ], [2, 3, 4]);
  });
});
