import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  OrderCache,
  type OrderCacheOptions,
} from "../../src/cache/order_cache.ts";
import type { OrderRunner } from "../../src/cache/order_runner.ts";
import { MessageSchemaError } from "../../src/protocol/message_schema_error.ts";
import type {
  OrderChangeMessage,
  OrderMarketChange,
  OrderRunnerChange,
  WireOrder,
} from "../../src/protocol/order_change_message.ts";

const A = "1.200000001";
const B = "1.200000002";

function message(
  oc: OrderMarketChange[],
  fields?: Partial<OrderChangeMessage>,
): OrderChangeMessage {
  return { op: "ocm", pt: 1_700_000_000_000, oc, ...fields };
}

/** A message with changes of one runner of market A. */
function runnerMessage(...orc: OrderRunnerChange[]): OrderChangeMessage {
  return message([{ id: A, orc }]);
}

function open(id: string, fields?: Partial<WireOrder>): WireOrder {
  return {
    id,
    p: 1.62,
    s: 10,
    side: "B",
    status: "E",
    sm: 0,
    sr: 10,
    ...fields,
  };
}

function complete(id: string, fields?: Partial<WireOrder>): WireOrder {
  return open(id, { status: "EC", sm: 10, sr: 0, ...fields });
}

function ids(
  orders: Iterable<{ readonly betId: string }> | undefined,
): string[] {
  return [...orders ?? []].map((order) => order.betId);
}

function marketIds(books: Iterable<{ readonly marketId: string }>): string[] {
  return [...books].map((book) => book.marketId);
}

function cacheOf(
  messages: OrderChangeMessage[],
  options?: OrderCacheOptions,
): OrderCache {
  const cache = new OrderCache(options);
  for (const each of messages) cache.apply(each);
  return cache;
}

function runnerOf(
  cache: OrderCache,
  selectionId = 101,
  handicap?: number,
): OrderRunner {
  const runner = cache.get(A)?.runner(selectionId, handicap);
  assert.ok(runner);
  return runner;
}

describe("OrderCache orders", () => {
  it("OrderCache follows the life of an order (protocol vector 11)", () => {
    const cache = cacheOf([
      runnerMessage({ id: 101, fullImage: true, uo: [open("1")] }),
    ]);
    const runner = runnerOf(cache);
    assert.deepEqual(ids(runner.openOrders), ["1"]);
    cache.apply(
      runnerMessage({
        id: 101,
        uo: [open("1", { sm: 4, sr: 6 })],
        mb: [[1.62, 4]],
      }),
    );
    assert.equal(runner.order("1")?.sizeRemaining, 6);
    cache.apply(
      runnerMessage({ id: 101, uo: [complete("1")], mb: [[1.62, 10]] }),
    );
    assert.deepEqual(runner.matchedBacks.toJSON(), [[1.62, 10]]);
    assert.deepEqual(ids(runner.openOrders), []);
    assert.deepEqual(ids(runner.completedOrders), ["1"]);
    assert.deepEqual(ids(runner.changedOrders), ["1"]);
    assert.equal(runner, runnerOf(cache));
  });

  it("OrderCache replaces an order whole: what the new version lacks is unset", () => {
    const cache = cacheOf([
      runnerMessage({ id: 101, uo: [open("1", { rfs: "a", md: 5 })] }),
      runnerMessage({ id: 101, uo: [open("1")] }),
    ]);
    assert.equal(runnerOf(cache).order("1")?.strategyRef, undefined);
    assert.equal(runnerOf(cache).order("1")?.matchedTimeMs, undefined);
  });

  it("OrderCache takes orders without pt, rfo and rfs (protocol 9, row 25)", () => {
    const cache = cacheOf([
      runnerMessage({ id: 101, uo: [{ id: "1", status: "E" }] }),
    ]);
    assert.deepEqual(ids(runnerOf(cache).openOrders), ["1"]);
  });

  it("OrderCache takes an order that completed within one update", () => {
    const cache = cacheOf([
      runnerMessage({ id: 101, fullImage: true, uo: [complete("1")] }),
    ]);
    assert.deepEqual(ids(runnerOf(cache).completedOrders), ["1"]);
    assert.deepEqual(ids(cache.get(A)?.changedOrders), ["1"]);
  });

  it("OrderCache keeps complete orders until the market closes by default (row 11)", () => {
    const cache = cacheOf([
      runnerMessage({ id: 101, uo: [complete("1"), open("2")] }),
      message([{ id: B }]),
    ]);
    assert.deepEqual(ids(runnerOf(cache).completedOrders), ["1"]);
    cache.apply(message([{ id: A, closed: true }]));
    assert.equal(cache.get(A), undefined);
  });

  it("OrderCache with completedOrders drop forgets complete orders with the next message", () => {
    const cache = cacheOf([
      runnerMessage({ id: 101, uo: [complete("1"), open("2")] }),
    ], {
      completedOrders: "drop",
    });
    const runner = runnerOf(cache);
    assert.deepEqual(ids(runner.changedOrders), ["1", "2"]);
    assert.deepEqual(ids(runner.completedOrders), ["1"]);
    cache.apply({ op: "ocm", ct: "HEARTBEAT" });
    assert.equal(runner.order("1"), undefined);
    assert.deepEqual(ids(runner.completedOrders), []);
    assert.deepEqual(ids(runner.openOrders), ["2"]);
  });

  it("OrderCache hands out lists that do not change", () => {
    const cache = cacheOf([runnerMessage({ id: 101, uo: [open("1")] })]);
    const { openOrders } = runnerOf(cache);
    assert.equal(runnerOf(cache).openOrders, openOrders);
    cache.apply(runnerMessage({ id: 101, uo: [open("2")] }));
    assert.deepEqual(ids(openOrders), ["1"]);
    assert.deepEqual(ids(runnerOf(cache).openOrders), ["1", "2"]);
  });

  it("OrderCache tells runners apart by handicap, a missing one being 0", () => {
    const cache = cacheOf([
      runnerMessage(
        { id: 9, hc: 1.5, uo: [open("3")] },
        { id: 9, uo: [open("1")] },
        { id: "9", hc: -0.5, uo: [open("2")] },
        { id: 8, hc: null, uo: [open("4")] },
        { id: 9, hc: -0, uo: [open("5")] },
      ),
    ]);
    assert.deepEqual(
      cache.get(A)?.runners.map((
        runner,
      ) => [runner.selectionId, runner.handicap]),
      [[8, 0], [9, -0.5], [9, 0], [9, 1.5]],
    );
    assert.deepEqual(ids(runnerOf(cache, 9).openOrders), ["1", "5"]);
    assert.deepEqual(ids(runnerOf(cache, 9, -0.5).openOrders), ["2"]);
  });

  it("OrderCache tells what the last message changed, and only that", () => {
    const cache = cacheOf([
      message([{
        id: A,
        orc: [{ id: 101, uo: [open("1")] }, { id: 102, uo: [open("2")] }],
      }]),
      message([{ id: B, orc: [{ id: 5, uo: [open("3")] }] }, {
        id: A,
        orc: [{ id: 102, mb: [] }],
      }]),
    ]);
    assert.deepEqual(marketIds(cache.changed), [B, A]);
    assert.deepEqual(
      cache.get(A)?.changedRunners.map((runner) => runner.selectionId),
      [102],
    );
    assert.deepEqual(ids(cache.get(A)?.changedOrders), []);
    assert.deepEqual(ids(cache.get(B)?.changedOrders), ["3"]);
    cache.apply({ op: "ocm", ct: "HEARTBEAT", pt: 1 });
    assert.deepEqual(cache.changed, []);
    assert.deepEqual(cache.get(B)?.changedRunners, []);
    assert.deepEqual(ids(cache.get(B)?.changedOrders), []);
    assert.deepEqual(marketIds(cache), [A, B]);
    assert.equal(cache.size, 2);
  });

  it("OrderCache gives the book the publish time of its last message", () => {
    const cache = cacheOf([
      message([{ id: A, orc: [{ id: 1, uo: [open("1")] }] }], { pt: 5 }),
      message([{ id: B, orc: [{ id: 1, uo: [open("1")] }] }], { pt: 6 }),
      message([{ id: A, orc: [] }], { pt: null }),
    ]);
    assert.equal(cache.get(A)?.publishTimeMs, 5);
    assert.equal(cache.get(B)?.publishTimeMs, 6);
  });
});

describe("OrderCache matches", () => {
  it("OrderCache moves a reduced match to its new price (protocol vector 12)", () => {
    const cache = cacheOf([
      runnerMessage({ id: 101, mb: [[8, 5]] }),
      runnerMessage({ id: 101, mb: [[6.86, 5], [8, 0]] }),
    ]);
    assert.deepEqual(runnerOf(cache).matchedBacks.toJSON(), [[6.86, 5]]);
  });

  it("OrderCache empties a ladder by an empty list (protocol vector 13, row 7)", () => {
    const cache = cacheOf([
      runnerMessage({
        id: 101,
        mb: [[2, 5]],
        ml: [[3, 1]],
        smc: { a: { mb: [[2, 5]], ml: [[3, 1]] } },
      }),
      runnerMessage({ id: 101, mb: [], ml: null, smc: { a: { mb: [] } } }),
    ]);
    const { matchedBacks, matchedLays, strategies } = runnerOf(cache);
    assert.deepEqual(matchedBacks.toJSON(), []);
    assert.deepEqual(matchedLays.toJSON(), [[3, 1]]);
    assert.deepEqual(strategies.get("a")?.matchedBacks.toJSON(), []);
    assert.deepEqual(strategies.get("a")?.matchedLays.toJSON(), [[3, 1]]);
  });

  it("OrderCache shows backs highest first and lays lowest first", () => {
    const cache = cacheOf([
      runnerMessage({ id: 1, mb: [[2, 1], [3, 1]], ml: [[5, 1], [4, 1]] }),
    ]);
    assert.deepEqual(runnerOf(cache, 1).matchedBacks.toJSON(), [[3, 1], [
      2,
      1,
    ]]);
    assert.deepEqual(runnerOf(cache, 1).matchedLays.toJSON(), [[4, 1], [5, 1]]);
  });

  it("OrderCache merges strategy matches as deltas (row 10)", () => {
    const cache = cacheOf([
      runnerMessage({
        id: 101,
        smc: { "": { mb: [[2, 5]] }, a: { ml: [[3, 1]] } },
      }),
      runnerMessage({ id: 101, smc: { a: { ml: [[3, 2], [4, 1]] }, b: null } }),
    ]);
    const { strategies } = runnerOf(cache);
    assert.deepEqual([...strategies.keys()], ["", "a"]);
    assert.deepEqual(strategies.get("a")?.matchedLays.toJSON(), [[3, 2], [
      4,
      1,
    ]]);
    assert.deepEqual(strategies.get("")?.matchedBacks.toJSON(), [[2, 5]]);
  });

  it("OrderCache drops a strategy whose ladders are empty", () => {
    const cache = cacheOf([
      runnerMessage({
        id: 101,
        smc: { a: { mb: [[2, 5]] }, b: { mb: [], ml: [] } },
      }),
      runnerMessage({ id: 101, smc: { a: { mb: [[2, 0]] } } }),
    ]);
    assert.equal(runnerOf(cache).strategies.size, 0);
    assert.equal(runnerOf(cache).isEmpty, true);
  });

  it("OrderCache takes any strategy ref", () => {
    const smc = JSON.parse(
      '{"__proto__":{"mb":[[2,5]]},"constructor":{"mb":[[3,5]]}}',
    );
    const cache = cacheOf([runnerMessage({ id: 101, smc })]);
    assert.deepEqual([...runnerOf(cache).strategies.keys()], [
      "__proto__",
      "constructor",
    ]);
  });
});

describe("OrderCache full images", () => {
  const start = message([{
    id: A,
    orc: [
      { id: 101, uo: [open("1")], mb: [[2, 5]], smc: { a: { mb: [[2, 5]] } } },
      { id: 102, uo: [open("2"), complete("3")] },
    ],
  }]);

  it("OrderCache replaces a runner by its full image (row 9)", () => {
    const cache = cacheOf([
      start,
      runnerMessage({ id: 101, fullImage: true, ml: [[3, 1]] }),
    ]);
    const runner = runnerOf(cache);
    assert.deepEqual(ids(runner.openOrders), []);
    assert.deepEqual(runner.matchedBacks.toJSON(), []);
    assert.deepEqual(runner.matchedLays.toJSON(), [[3, 1]]);
    assert.equal(runner.strategies.size, 0);
    assert.deepEqual(ids(runnerOf(cache, 102).openOrders), ["2"]);
    assert.deepEqual(ids(cache.missingAfterImage), ["1"]);
  });

  it("OrderCache drops a runner whose full image is empty", () => {
    const cache = cacheOf([start]);
    const runner = runnerOf(cache);
    cache.apply(runnerMessage({ id: 101, fullImage: true }));
    assert.equal(cache.get(A)?.runner(101), undefined);
    assert.equal(runner.isEmpty, true);
    assert.deepEqual(cache.get(A)?.changedRunners, [runner]);
  });

  it("OrderCache replaces a market by its full image, runners keep their identity", () => {
    const cache = cacheOf([start]);
    const [first, second] = [runnerOf(cache), runnerOf(cache, 102)];
    cache.apply(
      message([{
        id: A,
        fullImage: true,
        orc: [{ id: 102, uo: [open("2")] }],
      }]),
    );
    assert.equal(cache.get(A)?.runner(101), undefined);
    assert.equal(first.isEmpty, true);
    assert.equal(runnerOf(cache, 102), second);
    assert.deepEqual(ids(second.openOrders), ["2"]);
    assert.deepEqual(ids(second.completedOrders), []);
    assert.deepEqual(ids(cache.missingAfterImage), ["1"]);
    assert.equal(cache.get(A)?.changedRunners.length, 2);
  });

  it("OrderCache drops a market whose full image is empty (protocol vector 14)", () => {
    for (const orc of [undefined, null, [], [{ id: 101, fullImage: true }]]) {
      const cache = cacheOf([start]);
      const book = cache.get(A);
      cache.apply(message([{ id: A, fullImage: true, orc: orc ?? null }]));
      assert.equal(cache.get(A), undefined);
      assert.deepEqual(cache.changed, [book]);
      assert.deepEqual(cache.removed, [book]);
      assert.equal(book?.isEmpty, true);
      assert.deepEqual(ids(cache.missingAfterImage), ["1", "2"]);
    }
  });

  it("OrderCache with completedOrders keep only empties them", () => {
    const cache = cacheOf([start, message([{ id: A, fullImage: true }])], {
      completedOrders: "keep",
    });
    assert.equal(cache.get(A)?.isEmpty, true);
    assert.deepEqual(cache.get(A)?.runners, []);
    assert.deepEqual(cache.removed, []);
    cache.apply(message([{ id: A, orc: [{ id: 101, fullImage: true }] }]));
    assert.equal(cache.get(A)?.runners.length, 1);
  });

  it("OrderCache honours each full image of a runner that is listed twice", () => {
    const cache = cacheOf([
      runnerMessage(
        { id: 101, fullImage: true, uo: [complete("1")] },
        { id: 101, fullImage: true, uo: [complete("2")] },
      ),
    ]);
    assert.deepEqual(ids(runnerOf(cache).completedOrders), ["2"]);
    // What completed is told once, though the second image leaves it out.
    assert.deepEqual(ids(runnerOf(cache).changedOrders), ["1", "2"]);
  });
});

describe("OrderCache closed markets", () => {
  const start = runnerMessage({ id: 101, mb: [[2, 5]] });

  it("OrderCache delivers a closed market and evicts it", () => {
    const cache = cacheOf([start]);
    const book = cache.get(A);
    cache.apply(message([{ id: A, closed: true }]));
    assert.equal(book?.isClosed, true);
    assert.deepEqual(book?.runner(101)?.matchedBacks.toJSON(), [[2, 5]]);
    assert.deepEqual([cache.changed, cache.removed], [[book], [book]]);
    assert.equal(cache.size, 0);
    cache.apply({ op: "ocm" });
    assert.deepEqual([cache.changed, cache.removed], [[], []]);
  });

  it("OrderCache keeps a market closed in later messages (row 12)", () => {
    const cache = cacheOf([start, message([{ id: A, closed: true }]), start], {
      closedRetentionMs: Infinity,
    });
    assert.equal(cache.get(A)?.isClosed, true);
  });

  it("OrderCache knows an evicted market to be closed, and evicts it again", () => {
    const cache = cacheOf([start, message([{ id: A, closed: true }]), start]);
    assert.equal(cache.changed[0]?.isClosed, true);
    assert.deepEqual(marketIds(cache.removed), [A]);
    assert.equal(cache.size, 0);
  });

  it("OrderCache keeps a closed market for the retention, by publish time", () => {
    const cache = cacheOf([
      start,
      message([{ id: A, closed: true }], { pt: 1000 }),
    ], {
      closedRetentionMs: 500,
    });
    assert.deepEqual(cache.removed, []);
    cache.apply({ op: "ocm", ct: "HEARTBEAT", pt: 1499 });
    assert.equal(cache.get(A)?.isClosed, true);
    cache.apply({ op: "ocm", ct: "HEARTBEAT", pt: 1500 });
    assert.deepEqual(marketIds(cache.removed), [A]);
    assert.equal(cache.size, 0);
  });

  it("OrderCache keeps a market that closed at an unknown time from the first publish time on", () => {
    const cache = cacheOf([
      message([{ id: A, closed: true }], { pt: null }),
      { op: "ocm", ct: "HEARTBEAT", pt: 1000 },
    ], { closedRetentionMs: 500 });
    assert.equal(cache.get(A)?.isClosed, true);
    cache.apply({ op: "ocm", ct: "HEARTBEAT", pt: 1499 });
    assert.equal(cache.size, 1);
    cache.apply({ op: "ocm", ct: "HEARTBEAT", pt: 1500 });
    assert.deepEqual(marketIds(cache.removed), [A]);
  });

  it("OrderCache refuses wrong options", () => {
    for (const closedRetentionMs of [-1, NaN]) {
      assert.throws(() => new OrderCache({ closedRetentionMs }), RangeError);
    }
    const completedOrders = "some" as "keep";
    assert.throws(() => new OrderCache({ completedOrders }), TypeError);
  });
});

describe("OrderCache.beginImage()", () => {
  const start = message([
    {
      id: A,
      orc: [{
        id: 101,
        uo: [open("1"), open("2"), complete("3")],
        mb: [[2, 5]],
      }],
    },
    { id: B, orc: [{ id: 5, uo: [open("4")] }] },
  ]);
  const image = { ct: "SUB_IMAGE" } as const;

  it("OrderCache.beginImage() discards everything", () => {
    const cache = cacheOf([start]);
    cache.beginImage();
    assert.equal(cache.size, 0);
    assert.equal(cache.get(A), undefined);
    assert.deepEqual(cache.changed, []);
  });

  it("OrderCache.beginImage() makes the image report orders and books that are gone", () => {
    const cache = cacheOf([start]);
    const [bookA, bookB] = cache;
    cache.beginImage();
    cache.apply(
      message(
        [{ id: A, orc: [{ id: 101, fullImage: true, uo: [open("2")] }] }],
        image,
      ),
    );
    assert.equal(cache.get(A), bookA);
    assert.deepEqual(ids(runnerOf(cache).openOrders), ["2"]);
    assert.deepEqual(ids(runnerOf(cache).completedOrders), []);
    assert.deepEqual(runnerOf(cache).matchedBacks.toJSON(), []);
    assert.deepEqual(ids(cache.missingAfterImage), ["1", "4"]);
    assert.deepEqual(cache.removed, [bookB]);
    cache.apply({ op: "ocm" });
    assert.deepEqual([cache.missingAfterImage, cache.removed], [[], []]);
  });

  it("OrderCache.beginImage() works without the image ever listing a market", () => {
    const cache = cacheOf([start]);
    cache.beginImage();
    cache.apply({ op: "ocm", ct: "SUB_IMAGE" });
    assert.deepEqual(ids(cache.missingAfterImage), ["1", "2", "4"]);
    assert.deepEqual(marketIds(cache.removed), [A, B]);
  });

  it("OrderCache.beginImage() waits for the last segment", () => {
    const cache = cacheOf([start]);
    cache.beginImage();
    cache.apply(message([], { ...image, segmentType: "SEG_START" }));
    cache.apply(message([{ id: B, orc: [{ id: 5, uo: [open("4")] }] }], {
      ...image,
      segmentType: "SEG",
    }));
    assert.deepEqual([cache.missingAfterImage, cache.removed], [[], []]);
    cache.apply({ op: "ocm", ...image, segmentType: "SEG_END" });
    assert.deepEqual(ids(cache.missingAfterImage), ["1", "2"]);
    assert.deepEqual(marketIds(cache.removed), [A]);
  });

  it("OrderCache.beginImage() remembers what an image that was cut off had discarded", () => {
    const cache = cacheOf([start]);
    cache.beginImage();
    cache.apply(message([{ id: A, orc: [{ id: 101, uo: [open("2")] }] }], {
      ...image,
      segmentType: "SEG_START",
    }));
    cache.beginImage();
    cache.apply(message([], image));
    assert.deepEqual(ids(cache.missingAfterImage).sort(), ["1", "2", "4"]);
    assert.deepEqual(marketIds(cache.removed).sort(), [A, B]);
  });

  it("OrderCache.beginImage() lets a market be open again", () => {
    const cache = cacheOf([start, message([{ id: A, closed: true }])]);
    cache.beginImage();
    cache.apply(message([{ id: A, orc: [{ id: 101, mb: [[2, 5]] }] }], image));
    assert.equal(cache.get(A)?.isClosed, false);
  });

  it("OrderCache.beginImage() takes closed markets that the image lists", () => {
    const cache = cacheOf([start]);
    cache.beginImage();
    cache.apply(
      message(
        [{ id: A, closed: true, orc: [{ id: 101, mb: [[2, 5]] }] }],
        image,
      ),
    );
    assert.deepEqual(marketIds(cache.changed), [A]);
    assert.deepEqual(marketIds(cache.removed).sort(), [A, B]);
  });
});

describe("OrderCache.applyGroup()", () => {
  it("OrderCache.applyGroup() applies segments as one message", () => {
    const cache = new OrderCache();
    cache.beginImage();
    cache.applyGroup([
      message([{ id: A, orc: [{ id: 101, uo: [open("1")] }] }], {
        segmentType: "SEG_START",
      }),
      message([], { segmentType: "SEG", oc: null }),
      message([{ id: B, orc: [{ id: 5, uo: [open("2")] }] }, {
        id: A,
        orc: [],
      }], {
        segmentType: "SEG_END",
      }),
    ]);
    assert.deepEqual(marketIds(cache.changed), [A, B]);
    assert.deepEqual(ids(cache.get(A)?.changedOrders), ["1"]);
  });

  it("OrderCache.applyGroup() applies all segments or none", () => {
    const cache = new OrderCache();
    const broken = message([{ id: B, orc: {} as OrderRunnerChange[] }]);
    const whole = message([{ id: A, orc: [{ id: 1, uo: [open("1")] }] }]);
    assert.throws(() => cache.applyGroup([whole, broken]), MessageSchemaError);
    assert.equal(cache.size, 0);
  });
});

describe("OrderCache.apply()", () => {
  const broken: readonly (readonly [path: string, oc: unknown])[] = [
    ["oc", {}],
    ["oc[1]", [{ id: A }, 1]],
    ["oc[1].id", [{ id: A, closed: true }, { id: 1.2 }]],
    ["oc[1].orc", [{ id: A, fullImage: true }, { id: B, orc: {} }]],
    ["oc[0].orc[1].id", [{
      id: A,
      orc: [{ id: 101, fullImage: true }, { id: null }],
    }]],
    ["oc[0].orc[0].uo[1].id", [{
      id: A,
      orc: [{ id: 101, uo: [complete("1"), {}] }],
    }]],
    ["oc[0].orc[0].mb[1]", [{ id: A, orc: [{ id: 101, mb: [[2, 0], [3]] }] }]],
    ["oc[0].orc[0].smc.*", [{
      id: A,
      orc: [{ id: 101, mb: [], smc: { a: 1 } }],
    }]],
  ];
  for (const [path, oc] of broken) {
    it(`OrderCache.apply() refuses a message whole if ${path} is malformed`, () => {
      const cache = cacheOf([
        runnerMessage({ id: 101, uo: [open("1")], mb: [[2, 5]] }),
      ]);
      const before = JSON.stringify([...cache].map((book) => book.snapshot()));
      assert.throws(
        () => cache.apply({ op: "ocm", oc } as unknown as OrderChangeMessage),
        (error) => error instanceof MessageSchemaError && error.path === path,
      );
      assert.equal(
        JSON.stringify([...cache].map((book) => book.snapshot())),
        before,
      );
      assert.deepEqual(marketIds(cache.changed), [A]);
    });
  }

  it("OrderCache.apply() refuses what is no order change message", () => {
    const cache = new OrderCache();
    for (const value of [null, [], "ocm", { op: "mcm" }, {}]) {
      assert.throws(
        () => cache.apply(value as unknown as OrderChangeMessage),
        TypeError,
      );
    }
  });
});

describe("OrderBook.snapshot()", () => {
  it("OrderBook.snapshot() has the state and stays as it is", () => {
    const cache = cacheOf([
      message([{
        id: A,
        orc: [{
          id: 101,
          hc: 0.5,
          uo: [open("1"), complete("2")],
          mb: [[2, 5]],
          ml: [[3, 1]],
          smc: { a: { mb: [[2, 5]] } },
        }],
      }]),
    ]);
    const book = cache.get(A);
    assert.ok(book);
    const snapshot = book.snapshot();
    cache.apply(message([{ id: A, closed: true, fullImage: true }], { pt: 9 }));
    assert.equal(book.isEmpty, true);

    assert.equal(snapshot.marketId, A);
    assert.equal(snapshot.isClosed, false);
    assert.equal(snapshot.isEmpty, false);
    assert.equal(snapshot.publishTimeMs, 1_700_000_000_000);
    const runner = snapshot.runner(101, 0.5);
    assert.ok(runner);
    assert.deepEqual(snapshot.runners, [runner]);
    assert.equal(snapshot.runner(101), undefined);
    assert.deepEqual(ids(runner.openOrders), ["1"]);
    assert.deepEqual(ids(runner.completedOrders), ["2"]);
    assert.equal(runner.order("2")?.betId, "2");
    assert.equal(runner.order("9"), undefined);
    assert.deepEqual(runner.matchedBacks.toJSON(), [[2, 5]]);
    assert.deepEqual(runner.matchedLays.toJSON(), [[3, 1]]);
    assert.deepEqual(runner.strategies.get("a")?.matchedBacks.toJSON(), [[
      2,
      5,
    ]]);
    assert.throws(() => Object.assign(snapshot, { isClosed: true }), TypeError);
    assert.throws(() => Object.assign(runner, { handicap: 1 }), TypeError);
  });
});

describe("OrderCache that drops complete orders", () => {
  it("leaves a book that it has let go of as it was", () => {
    const cache = new OrderCache({ completedOrders: "drop" });
    cache.apply(runnerMessage({ id: 7, uo: [open("1")] }));
    const book = cache.get(A)!;
    cache.apply(message([{
      id: A,
      closed: true,
      orc: [{ id: 7, uo: [complete("1")] }],
    }]));
    assert.deepEqual(cache.removed, [book]);
    const completed = (): number => book.runners[0]!.completedOrders.length;
    assert.equal(completed(), 1);
    cache.apply(message([]));
    assert.equal(completed(), 1);
  });
});
