import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { BookFeed } from "../../src/cache/book_feed.ts";
import { StreamCache } from "../../src/cache/stream_cache.ts";
import { RunnerPart } from "../../src/cache/runner_part.ts";
import { definition, type Json, mcm, ocm, push } from "../support/messages.ts";

const HOUR_MS = 3_600_000;
const START_MS = 1_700_000_000_000;

const CLOSED = definition([7], { status: "CLOSED", version: 2 });

function feedWith(closedRetentionMs?: number): BookFeed {
  const feed = new BookFeed({ cache: new StreamCache({ closedRetentionMs }) });
  push(
    feed,
    mcm(["1.1", "1.2"].map((id) => ({
      id,
      img: true,
      marketDefinition: definition([7]),
      rc: [{ id: 7, ltp: 2, atb: [[2, 1]] }],
    }))),
  );
  return feed;
}

function close(id: string, pt = START_MS): Json {
  return mcm([{ id, marketDefinition: CLOSED }], { pt });
}

function tick(pt = START_MS): Json {
  return mcm([], { pt, ct: "HEARTBEAT" });
}

describe("StreamCache on closed markets", () => {
  it("delivers a closed market, and drops it with the next message", () => {
    const feed = feedWith();
    const [closing] = push(feed, close("1.1"));
    assert.deepEqual(closing!.markets, ["1.1"]);
    assert.equal(feed.cache.markets.get("1.1")!.isClosed, true);
    const book = feed.cache.markets.get("1.1")!;
    const [next, after] = push(feed, tick(), tick());
    assert.deepEqual(next!.removedMarkets, ["1.1"]);
    assert.deepEqual(after!.removedMarkets, []);
    assert.equal(feed.cache.markets.get("1.1"), undefined);
    assert.equal(feed.cache.markets.size, 1);
    assert.equal(book.runner(7)!.lastTradedPrice, 2, "the last state stays");
  });

  it("reports a dropped market with whatever is delivered next", () => {
    const messages: Json[] = [
      { op: "status", statusCode: "SUCCESS" },
      ocm([]),
      { op: "rcm", rc: [] },
      mcm([{ id: "1.2", rc: [{ id: 7, ltp: 3 }] }]),
      { op: "mcm", pt: "never" },
      ocm([{ id: 5 }]),
    ];
    for (const message of messages) {
      const feed = feedWith();
      push(feed, close("1.1"));
      const [update] = push(feed, message);
      assert.deepEqual(
        update!.removedMarkets,
        ["1.1"],
        JSON.stringify(message),
      );
    }
  });

  it("reports a dropped market after messages that deliver nothing", () => {
    const feed = feedWith();
    feed.cache.expect("order", 3);
    const updates = push(
      feed,
      close("1.1"),
      ocm([], { id: 2 }),
      ocm([], { segmentType: "SEG_START" }),
      mcm([], { segmentType: "SEG_START" }),
      tick(),
    );
    assert.equal(updates.length, 2);
    assert.deepEqual(updates[1]!.removedMarkets, ["1.1"]);
  });

  it("keeps closed markets for the retention time, in publish time", () => {
    const feed = feedWith(8 * HOUR_MS);
    push(feed, close("1.1"), close("1.2", START_MS + HOUR_MS));
    const removed = [
      START_MS + 8 * HOUR_MS - 1,
      START_MS + 8 * HOUR_MS,
      START_MS + 8 * HOUR_MS + 1,
      START_MS + 9 * HOUR_MS - 1,
      START_MS + 9 * HOUR_MS,
      START_MS + 9 * HOUR_MS,
    ].map((pt) => push(feed, tick(pt))[0]!.removedMarkets);
    // A market goes with the message after the one that shows its time to be over.
    assert.deepEqual(removed, [[], [], ["1.1"], [], [], ["1.2"]]);
  });

  it("keeps a market that was opened again in time", () => {
    const feed = feedWith(HOUR_MS);
    push(
      feed,
      close("1.1"),
      mcm([{ id: "1.1", marketDefinition: definition([7]) }]),
      tick(START_MS + 2 * HOUR_MS),
      tick(START_MS + 3 * HOUR_MS),
    );
    assert.equal(feed.cache.markets.get("1.1")!.isOpen, true);
  });

  it("keeps everything with a retention of Infinity", () => {
    const feed = feedWith(Infinity);
    push(feed, close("1.1"), tick(START_MS + 1e12), tick(START_MS + 1e12));
    assert.equal(feed.cache.markets.size, 2);
  });

  it("lets a market that reopens in the next message begin anew", () => {
    const feed = feedWith();
    const old = feed.cache.markets.get("1.1");
    const [, update] = push(
      feed,
      close("1.1"),
      mcm([{ id: "1.1", img: true, rc: [{ id: 7, ltp: 5 }] }]),
    );
    assert.deepEqual(update!.removedMarkets, ["1.1"]);
    assert.deepEqual(update!.markets, ["1.1"]);
    const book = feed.cache.markets.get("1.1")!;
    assert.notEqual(book, old);
    assert.equal(book.runner(7)!.lastTradedPrice, 5);
  });

  it("accepts a late definition of a dropped market, and delivers it once more", () => {
    const feed = feedWith();
    push(feed, close("1.1"), tick());
    const late = definition([7], { status: "CLOSED", version: 3 });
    const [update, next] = push(
      feed,
      mcm([{
        id: "1.1",
        tv: 9,
        marketDefinition: late,
        rc: [{ id: 7, ltp: 9, atb: [[2, 1]] }],
      }]),
      tick(),
    );
    assert.deepEqual(update!.markets, ["1.1"]);
    assert.deepEqual(next!.removedMarkets, ["1.1"]);
    assert.equal(feed.cache.markets.size, 1);
  });

  it("does not bring ladders of a dropped market back with a late definition", () => {
    const feed = feedWith();
    push(feed, close("1.1"), tick());
    push(
      feed,
      mcm([{
        id: "1.1",
        tv: 9,
        marketDefinition: CLOSED,
        rc: [{ id: 7, ltp: 9, atb: [[2, 1]] }],
      }]),
    );
    const book = feed.cache.markets.get("1.1")!;
    assert.equal(book.version, 2);
    assert.equal(book.reportedTotalMatched, undefined);
    assert.equal(book.runner(7)!.lastTradedPrice, undefined);
    assert.equal(book.runner(7)!.availableToBack.size, 0);
  });

  it("ignores late prices of a dropped market", () => {
    const feed = feedWith();
    push(feed, close("1.1"), tick());
    const updates = push(
      feed,
      mcm([
        { id: "1.1", rc: [{ id: 7, ltp: 9, atb: [[2, 1]] }] },
        { id: "1.2", rc: [{ id: 7, ltp: 9 }] },
      ], { clk: "C" }),
    );
    assert.deepEqual(updates[0]!.markets, ["1.2"]);
    assert.equal(feed.cache.markets.get("1.1"), undefined);
    assert.equal(feed.cache.clk("market"), "C");
  });

  it("opens a dropped market again with a definition that is not closed", () => {
    const feed = feedWith();
    push(feed, close("1.1"), tick());
    push(
      feed,
      mcm([{
        id: "1.1",
        marketDefinition: definition([7]),
        rc: [{ id: 7, ltp: 9 }],
      }]),
      mcm([{ id: "1.1", rc: [{ id: 7, atb: [[2, 1]] }] }]),
    );
    const book = feed.cache.markets.get("1.1")!;
    assert.equal(book.runner(7)!.lastTradedPrice, 9);
    assert.equal(book.runner(7)!.availableToBack.size, 1);
  });

  it("opens a dropped market again with an image of everything", () => {
    const feed = feedWith();
    push(feed, close("1.1"), tick());
    push(
      feed,
      mcm([{ id: "1.1", img: true, rc: [{ id: 7, ltp: 9 }] }], {
        ct: "SUB_IMAGE",
      }),
    );
    assert.equal(feed.cache.markets.get("1.1")!.runner(7)!.lastTradedPrice, 9);
  });

  it("applies all of the message that closes a market, however it is cut", () => {
    const changes = [
      { id: "1.1", marketDefinition: CLOSED, rc: [{ id: 7, ltp: 3 }] },
      { id: "1.1", rc: [{ id: 7, atb: [[2, 0]], tv: 0 }] },
    ];
    for (const ct of [undefined, "SUB_IMAGE"]) {
      for (
        const messages of [
          [mcm(changes, { ct })],
          [
            mcm([changes[0]!], { ct, segmentType: "SEG_START" }),
            mcm([changes[1]!], { ct, segmentType: "SEG_END" }),
          ],
        ]
      ) {
        const feed = feedWith();
        push(feed, ...messages);
        const runner = feed.cache.markets.get("1.1")!.runner(7)!;
        assert.equal(runner.lastTradedPrice, 3);
        assert.equal(runner.reportedTotalMatched, 0);
        assert.deepEqual(runner.availableToBack.toJSON(), []);
      }
    }
  });

  it("applies an image of a market that a late definition brought back", () => {
    const feed = feedWith(HOUR_MS);
    const later = START_MS + 2 * HOUR_MS;
    push(feed, close("1.1"), tick(later), tick(later), close("1.1", later));
    const [image] = push(
      feed,
      mcm([{
        id: "1.1",
        img: true,
        marketDefinition: CLOSED,
        tv: 12,
        rc: [{ id: 7, ltp: 3 }],
      }], { ct: "SUB_IMAGE", pt: later }),
    );
    assert.deepEqual(image!.markets, ["1.1"]);
    const book = feed.cache.markets.get("1.1")!;
    assert.equal(book.reportedTotalMatched, 12);
    assert.equal(book.runner(7)!.lastTradedPrice, 3);
    assert.equal(book.runner(7)!.hasChanged(RunnerPart.IMAGE), true);
  });

  it("drops a market that an image shows as closed", () => {
    const feed = feedWith();
    const image = mcm([{ id: "1.1", img: true, marketDefinition: CLOSED }], {
      ct: "SUB_IMAGE",
    });
    const [first, second] = push(feed, image, tick());
    assert.deepEqual(first!.removedMarkets, ["1.2"]);
    assert.deepEqual(second!.removedMarkets, ["1.1"]);
    assert.equal(feed.cache.markets.size, 0);
  });

  it("drops a closed market that an image lists without a definition", () => {
    const feed = feedWith(HOUR_MS);
    const image = mcm([{ id: "1.1", img: true }], {
      pt: START_MS + 1,
      ct: "SUB_IMAGE",
    });
    push(feed, close("1.1"), image);
    assert.equal(feed.cache.markets.get("1.1")!.isClosed, true);
    const updates = push(feed, tick(START_MS + HOUR_MS), tick(), tick());
    assert.deepEqual(updates.map(({ removedMarkets }) => removedMarkets), [
      [],
      ["1.1"],
      [],
    ]);
    assert.equal(feed.cache.markets.size, 0);
  });

  it("counts the retention time from the closing, images or not", () => {
    const feed = feedWith(HOUR_MS);
    const image = mcm([{ id: "1.1", img: true, marketDefinition: CLOSED }], {
      pt: START_MS + HOUR_MS / 2,
      ct: "SUB_IMAGE",
    });
    push(feed, close("1.1"), image, tick(START_MS + HOUR_MS), tick());
    assert.equal(feed.cache.markets.size, 0);
  });

  it("counts the retention time anew when a market closes once more", () => {
    const feed = feedWith(HOUR_MS);
    const reopening = mcm([{ id: "1.1", marketDefinition: definition([7]) }]);
    const again = START_MS + HOUR_MS / 2;
    push(feed, close("1.1"), reopening, close("1.1", again));
    push(feed, tick(START_MS + HOUR_MS), tick(again + HOUR_MS - 1));
    assert.deepEqual(push(feed, tick())[0]!.removedMarkets, []);
    assert.equal(feed.cache.markets.get("1.1")!.isClosed, true);
    push(feed, tick(again + HOUR_MS), tick());
    assert.equal(feed.cache.markets.get("1.1"), undefined);
  });

  it("counts the retention time from the first publish time where the closing has none", () => {
    const feed = new BookFeed({
      cache: new StreamCache({ closedRetentionMs: HOUR_MS }),
    });
    const bare = { pt: undefined };
    push(
      feed,
      mcm([{ id: "1.1", img: true, marketDefinition: CLOSED }], bare),
      mcm([], bare),
      mcm([], bare),
      tick(START_MS),
      tick(START_MS + HOUR_MS - 1),
      tick(START_MS + HOUR_MS - 1),
    );
    assert.equal(feed.cache.markets.size, 1);
    const updates = push(feed, tick(START_MS + HOUR_MS), mcm([], bare));
    assert.deepEqual(updates[0]!.removedMarkets, []);
    assert.deepEqual(updates[1]!.removedMarkets, ["1.1"]);
  });

  it("drops a closed market without any publish time if none is to be kept", () => {
    const feed = new BookFeed();
    const bare = { pt: undefined };
    const [, update] = push(
      feed,
      mcm([{ id: "1.1", img: true, marketDefinition: CLOSED }], bare),
      mcm([], bare),
    );
    assert.deepEqual(update!.removedMarkets, ["1.1"]);
  });

  it("does not take a suspended market, or one without a definition, for closed", () => {
    const feed = new BookFeed();
    push(
      feed,
      mcm([
        {
          id: "1.1",
          marketDefinition: definition([7], { status: "SUSPENDED" }),
        },
        { id: "1.2", rc: [] },
      ]),
      tick(),
      tick(START_MS + 1e12),
    );
    assert.equal(feed.cache.markets.size, 2);
    assert.equal(feed.cache.markets.get("1.1")!.isSuspended, true);
  });

  it("holds 20,000 markets, one after another, in the memory of a few", () => {
    const feed = new BookFeed();
    const offers = Array.from({ length: 60 }, (_, i) => [1.01 + i / 100, 5]);
    for (let i = 0; i < 20_000; i++) {
      const id = `1.${100_000_000 + i}`;
      push(
        feed,
        mcm([{
          id,
          img: true,
          marketDefinition: definition([7, 8]),
          rc: [7, 8].map((runner) => ({ id: runner, atb: offers })),
        }]),
        close(id),
      );
      assert.ok(feed.cache.markets.size <= 2);
    }
    push(feed, tick());
    assert.equal(feed.cache.markets.size, 0);
  });
});
