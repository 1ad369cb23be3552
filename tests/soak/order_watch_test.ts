import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { BookFeed } from "../../src/cache/book_feed.ts";
import { StreamCache } from "../../src/cache/stream_cache.ts";
import { type Json, ocm, wire } from "../support/messages.ts";
import { comparable } from "./_comparable.ts";
import { MemoryWatch } from "./_memory_watch.ts";
import { OrderWatch } from "./_order_watch.ts";

/** An order of a runner, as a change of its market. */
function order(
  betId: string,
  status: string,
  marketId = "1.1",
  more: Json = {},
): Json {
  return {
    id: marketId,
    ...more,
    orc: [{ id: 7, uo: [{ id: betId, status, side: "B", p: 2, s: 1 }] }],
  };
}

/** Lets a watch see messages; the cache afterwards. */
function watched(watch: OrderWatch, ...messages: readonly Json[]): StreamCache {
  const feed = new BookFeed({
    cache: new StreamCache({ completedOrders: "drop" }),
  });
  for (const update of feed.push(wire(...messages))) watch.note(update);
  return feed.cache;
}

describe("OrderWatch", () => {
  it("is content with orders that open and complete", () => {
    const watch = new OrderWatch();
    const cache = watched(
      watch,
      ocm([order("1", "E"), order("2", "E")]),
      ocm([order("1", "EC")]),
      ocm([order("3", "EC")]),
    );
    watch.verify(cache);
    assert.deepEqual(watch.problems, []);
    assert.equal(watch.seen, 3);
  });

  it("knows orders that an image says are gone", () => {
    const watch = new OrderWatch();
    const cache = watched(
      watch,
      ocm([order("1", "E")]),
      ocm([order("2", "E", "1.2")], { ct: "SUB_IMAGE" }),
    );
    watch.verify(cache);
    assert.deepEqual(watch.problems, []);
    assert.equal(watch.missing, 1);
  });

  it("tells of an order that is open again", () => {
    const watch = new OrderWatch();
    watched(watch, ocm([order("1", "EC")]), ocm([order("1", "E")]));
    assert.deepEqual(watch.problems, ["1 is open again"]);
  });

  it("tells of an order in two places", () => {
    const watch = new OrderWatch();
    const cache = watched(
      watch,
      ocm([order("1", "E")]),
      ocm([order("1", "E", "1.2")]),
    );
    watch.verify(cache);
    assert.deepEqual(watch.problems, [
      "1 is at 1.1 7 0 and at 1.2 7 0",
      "1 is there twice",
    ]);
  });

  it("tells of orders that were lost, or never delivered", () => {
    const watch = new OrderWatch();
    watched(watch, ocm([order("1", "E")]));
    watch.verify(watched(new OrderWatch(), ocm([order("2", "E")])));
    assert.deepEqual(watch.problems, [
      "2 is open and was never delivered",
      "1 was lost without a word",
    ]);
  });
});

describe("comparable()", () => {
  it("leaves out complete orders, and what has nothing else", () => {
    const text = "M|1.1|0|OPEN|0|1\nR|7|0|ACTIVE||0||\n" +
      "O|1.1|0\nS|7|0\nU|1|B|EC|2|1\nS|8|0\nU|2|B|E|2|1\nL|mb|2:1\n" +
      "O|1.2|0\nS|7|0\nU|3|B|EC|2|1\nS|9|0\n";
    assert.deepEqual(comparable(text), [
      "M|1.1|0|OPEN|0|1",
      "R|7|0|ACTIVE||0||",
      "O|1.1|0",
      "S|8|0",
      "U|2|B|E|2|1",
      "L|mb|2:1",
    ]);
  });
});

describe("MemoryWatch", () => {
  it("tells of memory that grows", () => {
    const kept: unknown[] = [];
    const watch = new MemoryWatch();
    for (let i = 0; i < 12; i++) {
      for (let j = 0; j < 100_000; j++) kept.push({ i, j });
      watch.sample();
    }
    assert.ok(kept.length > 0);
    assert.match(watch.problems.join(), /heap grew from/);
  });
});
