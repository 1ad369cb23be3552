import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { BookFeed } from "../../src/cache/book_feed.ts";
import { StreamCache } from "../../src/cache/stream_cache.ts";
import { definition, type Json, mcm, ocm, push } from "../support/messages.ts";

const IMAGE = { ct: "SUB_IMAGE" };

/** A feed that holds markets 1.1 and 1.2, each with runners 7 and 8 priced. */
function twoMarkets(): BookFeed {
  const feed = new BookFeed();
  push(
    feed,
    mcm(
      ["1.1", "1.2"].map((id) => ({
        id,
        img: true,
        tv: 5,
        marketDefinition: definition([7, 8]),
        rc: [7, 8].map((id) => ({ id, ltp: 2, atb: [[2, 10]] })),
      })),
      { ...IMAGE, clk: "A", initialClk: "I" },
    ),
  );
  return feed;
}

describe("StreamCache", () => {
  it("starts a market from nothing at an image of it", () => {
    const feed = twoMarkets();
    push(feed, mcm([{ id: "1.1", img: true, rc: [{ id: 7, atb: [[3, 1]] }] }]));
    const book = feed.cache.markets.get("1.1")!;
    assert.deepEqual(book.runner(7)!.availableToBack.toJSON(), [[3, 1]]);
    assert.equal(book.runner(7)!.lastTradedPrice, undefined);
    assert.equal(book.runner(8)!.availableToBack.size, 0);
    assert.equal(book.reportedTotalMatched, undefined);
    assert.equal(book.wasImaged, true);
    assert.equal(feed.cache.markets.get("1.2")!.reportedTotalMatched, 5);
  });

  it("keeps the definition over an image without one", () => {
    const feed = twoMarkets();
    push(feed, mcm([{ id: "1.1", img: true, rc: [{ id: 8, ltp: 4 }] }]));
    const book = feed.cache.markets.get("1.1")!;
    assert.equal(book.status, "OPEN");
    assert.deepEqual(book.runners.map((it) => it.selectionId), [7, 8]);
    assert.equal(book.runner(7)!.sortPriority, 1);
    assert.equal(book.definitionChanged, false);
  });

  it("keeps the definition over an image that follows it in one message", () => {
    const feed = new BookFeed();
    push(
      feed,
      mcm([
        { id: "1.1", marketDefinition: definition([7, 8]) },
        { id: "1.1", img: true, rc: [{ id: 8, ltp: 4 }] },
      ]),
    );
    const book = feed.cache.markets.get("1.1")!;
    assert.deepEqual(book.runners.map((it) => it.selectionId), [7, 8]);
  });

  it("accepts an image of a market that has no definition", () => {
    const feed = new BookFeed();
    push(feed, mcm([{ id: "1.1", img: true, rc: [{ id: 8, ltp: 4 }] }]));
    const book = feed.cache.markets.get("1.1")!;
    assert.equal(book.definition, undefined);
    assert.equal(book.isClosed, false);
    assert.equal(book.missedImage, false);
    assert.equal(book.runners.length, 1);
  });

  it("flags a market that began without an image", () => {
    const feed = new BookFeed();
    push(feed, mcm([{ id: "1.1", rc: [{ id: 8, ltp: 4 }] }]));
    assert.equal(feed.cache.markets.get("1.1")!.missedImage, true);
  });

  it("drops what an image of everything does not hold, asked for or not", () => {
    const feed = twoMarkets();
    const former = feed.cache.markets.get("1.1");
    const [update] = push(
      feed,
      mcm([{ id: "1.1", img: true, rc: [{ id: 7, atb: [[4, 1]] }] }], IMAGE),
    );
    assert.equal(update!.isImage, true);
    assert.deepEqual(update!.markets, ["1.1"]);
    assert.deepEqual(update!.removedMarkets, ["1.2"]);
    assert.equal(feed.cache.markets.size, 1);
    assert.equal(feed.cache.markets.get("1.2"), undefined);
    assert.equal(feed.cache.markets.get("1.1"), former);
    assert.deepEqual(former!.runner(7)!.availableToBack.toJSON(), [[4, 1]]);
  });

  it("empties the cache at an image without markets", () => {
    const feed = twoMarkets();
    const [update] = push(feed, mcm([], IMAGE));
    assert.deepEqual(update!.removedMarkets, ["1.1", "1.2"]);
    assert.equal(feed.cache.markets.size, 0);
  });

  it("starts markets of an image from nothing even where they do not say so", () => {
    const feed = twoMarkets();
    push(feed, mcm([{ id: "1.1", rc: [{ id: 7, ltp: 4 }] }], IMAGE));
    const book = feed.cache.markets.get("1.1")!;
    assert.equal(book.status, "OPEN");
    assert.equal(book.reportedTotalMatched, undefined);
    assert.equal(book.runner(7)!.availableToBack.size, 0);
    assert.equal(book.runner(7)!.lastTradedPrice, 4);
    assert.equal(book.runner(8)!.lastTradedPrice, undefined);
  });

  it("applies a resubscription as changes, with images of single markets", () => {
    const feed = twoMarkets();
    const [update] = push(
      feed,
      mcm([
        { id: "1.1", rc: [{ id: 7, ltp: 9 }], con: true },
        { id: "1.2", img: true, rc: [{ id: 7, ltp: 9 }] },
      ], { ct: "RESUB_DELTA", clk: "B" }),
    );
    assert.equal(update!.isResubscription, true);
    assert.equal(update!.isImage, false);
    assert.equal(update!.isConflated, true);
    const { markets } = feed.cache;
    assert.equal(markets.get("1.1")!.runner(7)!.availableToBack.size, 1);
    assert.equal(markets.get("1.2")!.runner(7)!.availableToBack.size, 0);
  });

  it("keeps the objects of books and runners over images", () => {
    const feed = twoMarkets();
    const book = feed.cache.markets.get("1.1")!;
    const [seven, eight] = [book.runner(7), book.runner(8)];
    const change = { id: "1.1", rc: [{ id: 7, ltp: 3 }, { id: 8, ltp: 4 }] };
    for (
      const message of [
        mcm([{ ...change, img: true }]),
        mcm([{ ...change, img: true, marketDefinition: definition([8, 7]) }]),
        mcm([{ ...change, img: true }], IMAGE),
        mcm([change], IMAGE),
      ]
    ) {
      push(feed, message);
      assert.equal(feed.cache.markets.get("1.1"), book);
      assert.equal(book.runner(7), seven);
      assert.equal(book.runner(8), eight);
      assert.equal(seven!.lastTradedPrice, 3);
    }
  });

  it("keeps the objects of runners without a definition over images", () => {
    const feed = new BookFeed();
    const change = { id: "1.1", rc: [{ id: 7, ltp: 3 }] };
    push(feed, mcm([change]));
    const book = feed.cache.markets.get("1.1")!;
    const runner = book.runner(7);
    push(feed, mcm([{ ...change, img: true }]));
    assert.equal(book.runner(7), runner);
    push(feed, mcm([change], IMAGE));
    assert.equal(book.runner(7), runner);
  });

  it("forgets runners that an image does not name", () => {
    const feed = new BookFeed();
    push(
      feed,
      mcm([{ id: "1.1", rc: [{ id: 7, ltp: 3 }, { id: 8, ltp: 3 }] }]),
    );
    push(feed, mcm([{ id: "1.1", img: true, rc: [{ id: 8, ltp: 3 }] }]));
    const book = feed.cache.markets.get("1.1")!;
    assert.equal(book.runner(7), undefined);
    assert.equal(book.allRunners.length, 1);
  });

  for (const first of ["newer", "older"]) {
    it(`keeps the newer of two copies in an image, the ${first} one first`, () => {
      const copies = [2, 3].map((version) => ({
        id: "1.1",
        img: true,
        tv: version,
        marketDefinition: definition([version], { version }),
        rc: [{ id: version, ltp: version, atb: [[2, version]] }],
      }));
      if (first === "newer") copies.reverse();
      const feed = new BookFeed();
      const [update] = push(feed, mcm(copies, IMAGE));
      assert.deepEqual(update!.markets, ["1.1"]);
      const book = feed.cache.markets.get("1.1")!;
      assert.equal(book.version, 3);
      assert.equal(book.totalMatched, 3);
      assert.deepEqual(book.allRunners.map((it) => it.selectionId), [3]);
      push(feed, mcm([{ id: "1.1", rc: [{ id: 3, ltp: 8 }] }]));
      assert.equal(book.runner(3)!.lastTradedPrice, 8);
    });
  }

  it("lists changes of the second copy in an image only", () => {
    const copy = (version: number, ids: readonly number[]): Json => ({
      id: "1.1",
      img: true,
      marketDefinition: definition(ids, { version }),
      rc: ids.map((id) => ({ id, ltp: version })),
    });
    const feed = new BookFeed();
    push(feed, mcm([copy(2, [7, 8, 9]), copy(3, [9, 7])], IMAGE));
    const book = feed.cache.markets.get("1.1")!;
    assert.deepEqual(book.changedRunners, book.allRunners);
    assert.deepEqual(book.changedRunners.map((it) => it.selectionId), [9, 7]);
  });

  it("lists no changes from before an image in the same message", () => {
    const feed = new BookFeed();
    push(
      feed,
      mcm([
        { id: "1.1", rc: [{ id: 8, ltp: 2 }] },
        { id: "1.1", img: true, rc: [{ id: 7, ltp: 2 }] },
        { id: "1.1", rc: [{ id: 6, ltp: 2 }] },
      ]),
    );
    const book = feed.cache.markets.get("1.1")!;
    assert.deepEqual(book.changedRunners.map((it) => it.selectionId), [7, 6]);
  });

  it("ignores and counts messages of superseded subscriptions", () => {
    const feed = twoMarkets();
    const { cache } = feed;
    cache.expect("market", 7);
    cache.expect("order", 8);
    const stale = { clk: "Z", initialClk: "Z", status: 503 };
    const updates = push(
      feed,
      mcm([{ id: "1.1", rc: [{ id: 7, ltp: 99 }] }], { ...stale, id: 5 }),
      mcm([], { ...stale, ...IMAGE, id: 5 }),
      ocm([{ id: "1.1", orc: [] }], { ...stale, id: 7 }),
      mcm([], { id: 7, clk: "B" }),
      ocm([], { clk: "C" }),
    );
    assert.deepEqual(updates.map((it) => it.clk), ["B", "C"]);
    assert.equal(cache.counts.superseded, 3);
    assert.equal(cache.isStale("market"), false);
    assert.equal(cache.isStale("order"), false);
    assert.equal(cache.clk("market"), "B");
    assert.equal(cache.initialClk("market"), "I");
    assert.equal(cache.markets.get("1.1")!.runner(7)!.lastTradedPrice, 2);
    cache.expect("market", undefined);
    assert.equal(push(feed, mcm([], { id: 5 })).length, 1);
  });

  it("takes clocks from heartbeats and whole messages, whichever each has", () => {
    const { cache } = twoMarkets();
    assert.deepEqual([cache.clk("market"), cache.initialClk("market")], [
      "A",
      "I",
    ]);
    assert.equal(cache.clk("order"), undefined);
    const feed = new BookFeed({ cache });
    const [heartbeat] = push(feed, mcm([], { ct: "HEARTBEAT", clk: "B" }));
    assert.equal(heartbeat!.kind, "heartbeat");
    assert.equal(heartbeat!.stream, "market");
    assert.equal(cache.clk("market"), "B");
    push(feed, mcm([], { clk: null, initialClk: "J" }));
    assert.equal(cache.clk("market"), "B");
    assert.equal(cache.initialClk("market"), "J");
    push(feed, ocm([], { ct: "HEARTBEAT", clk: "O", initialClk: "P" }));
    assert.equal(cache.clk("order"), "O");
    assert.equal(cache.initialClk("order"), "P");
    assert.equal(cache.clk("market"), "B");
    cache.forgetClock("order");
    assert.equal(cache.clk("order"), undefined);
    assert.equal(cache.initialClk("order"), undefined);
    assert.equal(cache.clk("market"), "B");
  });

  it("reads clocks with escapes, as numbers, and of any length", () => {
    const feed = new BookFeed();
    const { cache } = feed;
    push(feed, '{"op":"mcm","clk":"\\u0041\\/\\"","initialClk":"é"}');
    assert.equal(cache.clk("market"), 'A/"');
    assert.equal(cache.initialClk("market"), "é");
    push(feed, '{"op":"mcm","clk":12345}');
    assert.equal(cache.clk("market"), "12345");
    const long = "x".repeat(500);
    push(feed, mcm([], { clk: long }), mcm([], { initialClk: "J" }));
    assert.equal(cache.clk("market"), long);
  });

  for (const [stream, make] of [["market", mcm], ["order", ocm]] as const) {
    it(`flags the ${stream} stream as stale from 503 to the next message without`, () => {
      const feed = new BookFeed();
      const { cache } = feed;
      const other = stream === "market" ? "order" : "market";
      const states = [
        make([], { ct: "HEARTBEAT", status: 503 }),
        make([], { ct: "HEARTBEAT" }),
        make([], { status: 503 }),
        make([], { status: 503 }),
        make([], { status: 200 }),
        make([], { status: null }),
      ].map((message) => {
        const [update] = push(feed, message);
        assert.equal(cache.isStale(stream), update!.isStale);
        assert.equal(cache.isStale(other), false);
        return update!.isStale;
      });
      assert.deepEqual(states, [true, false, true, true, false, false]);
    });
  }

  it("leaves one stream's flag alone when the other has news", () => {
    const feed = new BookFeed();
    push(feed, mcm([], { status: 503 }), ocm([]), '{"op":"status"}');
    assert.equal(feed.cache.isStale("market"), true);
  });

  it("counts conflated changes per market", () => {
    const feed = twoMarkets();
    const { cache } = feed;
    const con = (id: string): Record<string, unknown> => ({ id, con: true });
    const updates = push(
      feed,
      mcm([con("1.1"), { id: "1.2" }]),
      mcm([con("1.1"), con("1.2")]),
      mcm([{ id: "1.1", con: false }]),
    );
    assert.deepEqual(updates.map((it) => it.isConflated), [true, true, false]);
    assert.equal(cache.markets.get("1.1")!.conflatedCount, 2);
    assert.equal(cache.markets.get("1.1")!.isConflated, false);
    assert.equal(cache.markets.get("1.2")!.conflatedCount, 1);
    assert.equal(cache.markets.get("1.2")!.isConflated, true);
    assert.equal(cache.counts.conflated, 3);
  });

  it("names what is no change message by its kind", () => {
    const feed = new BookFeed();
    const updates = push(
      feed,
      '{"op":"connection","connectionId":"1"}',
      '{"op":"status","statusCode":"SUCCESS"}',
      '{"op":"rcm","pt":5,"clk":"R","rc":[]}',
      '{"op":"ccm","pt":5,"cc":[]}',
      '{"op":"new"}',
      "{}",
    );
    assert.deepEqual(updates.map((it) => it.kind), [
      "connection",
      "status",
      "race",
      "cricket",
      "unknown",
      "unknown",
    ]);
    assert.deepEqual(updates[2]!.clk, "R");
    assert.ok(updates.every(({ stream }) => stream === undefined));
    assert.equal(feed.cache.clk("market"), undefined);
    assert.equal(feed.cache.clk("order"), undefined);
  });

  it("treats a change type and a segment type of the future as ordinary", () => {
    const feed = twoMarkets();
    const updates = push(
      feed,
      mcm([{ id: "1.1", rc: [{ id: 7, ltp: 5 }] }], { ct: "NEW", clk: "C" }),
      mcm([{ id: "1.1", rc: [{ id: 7, ltp: 6 }] }], { segmentType: "NEW" }),
    );
    assert.deepEqual(updates.map((it) => it.kind), ["market", "market"]);
    assert.equal(feed.cache.markets.get("1.1")!.runner(7)!.lastTradedPrice, 6);
    assert.equal(feed.cache.clk("market"), "C");
    assert.equal(feed.cache.markets.size, 2);
  });

  it("throws on options out of range", () => {
    for (const closedRetentionMs of [-1, NaN]) {
      assert.throws(() => new StreamCache({ closedRetentionMs }), RangeError);
    }
    for (const maxMarkets of [-1, 0, NaN]) {
      assert.throws(() => new StreamCache({ maxMarkets }), RangeError);
    }
    for (const maxHeldBytes of [-1, NaN]) {
      assert.throws(() => new StreamCache({ maxHeldBytes }), RangeError);
    }
    const completedOrders = "no" as "keep";
    assert.throws(() => new StreamCache({ completedOrders }), TypeError);
  });
});
