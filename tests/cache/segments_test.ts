import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { BookFeed } from "../../src/cache/book_feed.ts";
import { IncompleteMessageError } from "../../src/cache/incomplete_message_error.ts";
import {
  StreamCache,
  type StreamCacheOptions,
} from "../../src/cache/stream_cache.ts";
import {
  definition,
  type Json,
  mcm,
  ocm,
  push,
  wire,
} from "../support/messages.ts";

/** A feed that holds markets 1.1 and 1.2 with runner 7 at 2. */
function twoMarkets(options: StreamCacheOptions = {}): BookFeed {
  const feed = new BookFeed({ cache: new StreamCache(options) });
  push(
    feed,
    mcm([change("1.1", 2), change("1.2", 2)], { clk: "A", initialClk: "I" }),
  );
  return feed;
}

function change(id: string, ltp: number): Json {
  return { id, rc: [{ id: 7, ltp }] };
}

function segment(type: string, mc: readonly Json[], envelope: Json = {}): Json {
  return mcm(mc, { segmentType: type, ...envelope });
}

function prices(feed: BookFeed): unknown {
  return Object.fromEntries(
    Array.from(
      feed.cache.markets,
      (book) => [book.marketId, book.runner(7)?.lastTradedPrice],
    ),
  );
}

describe("StreamCache on segments", () => {
  it("shows nothing before the last one, and all with it", () => {
    const feed = twoMarkets();
    assert.deepEqual(
      push(feed, segment("SEG_START", [change("1.1", 3)], { clk: "X" })),
      [],
    );
    assert.deepEqual(push(feed, segment("SEG", [change("1.3", 3)])), []);
    assert.deepEqual(prices(feed), { "1.1": 2, "1.2": 2 });
    assert.equal(feed.cache.clk("market"), "A");
    const updates = push(
      feed,
      segment("SEG_END", [change("1.2", 3), change("1.1", 4)], { clk: "B" }),
    );
    assert.equal(updates.length, 1);
    assert.deepEqual(updates[0]!.markets, ["1.1", "1.3", "1.2"]);
    assert.equal(updates[0]!.segments, 3);
    assert.equal(updates[0]!.isImage, false);
    assert.deepEqual(prices(feed), { "1.1": 4, "1.2": 3, "1.3": 3 });
    assert.equal(feed.cache.clk("market"), "B");
    assert.equal(feed.cache.counts.messages, 4);
  });

  it("lists what any of them changed on a market", () => {
    const feed = twoMarkets();
    push(
      feed,
      segment("SEG_START", [{ id: "1.1", rc: [{ id: 7, ltp: 3 }] }]),
      segment("SEG_END", [{
        id: "1.1",
        rc: [{ id: 8, ltp: 3 }, { id: 7, atb: [[2, 1]] }],
      }]),
    );
    const book = feed.cache.markets.get("1.1")!;
    assert.deepEqual(book.changedRunners.map((it) => it.selectionId), [7, 8]);
    assert.equal(book.changedRunners[0]!.changes.toString(2), "100001");
  });

  it("accepts segments without markets", () => {
    const feed = twoMarkets();
    const bare = (segmentType: string): Json => ({ op: "mcm", segmentType });
    const updates = push(feed, bare("SEG_START"), bare("SEG"), bare("SEG_END"));
    assert.equal(updates.length, 1);
    assert.deepEqual(updates[0]!.markets, []);
  });

  it("clears for an image only with the first one", () => {
    const feed = twoMarkets();
    const image = { ct: "SUB_IMAGE" };
    const [update] = push(
      feed,
      segment("SEG_START", [change("1.3", 5)], image),
      segment("SEG", [change("1.4", 5)], image),
      segment("SEG_END", [change("1.1", 5)], image),
    );
    assert.equal(update!.isImage, true);
    assert.deepEqual(update!.removedMarkets, ["1.2"]);
    assert.deepEqual(prices(feed), { "1.3": 5, "1.4": 5, "1.1": 5 });
  });

  it("commits an earlier segment's initialClk with the clk of the group", () => {
    const feed = twoMarkets();
    push(feed, segment("SEG_START", [], { initialClk: "J" }));
    assert.equal(feed.cache.initialClk("market"), "I");
    const [update] = push(feed, segment("SEG_END", [], { clk: "B" }));
    assert.equal(update!.initialClk, "J");
    assert.equal(feed.cache.initialClk("market"), "J");
    assert.equal(feed.cache.clk("market"), "B");
  });

  it("counts status 503 on any segment", () => {
    const feed = twoMarkets();
    push(feed, segment("SEG_START", [], { status: 503 }));
    assert.equal(feed.cache.isStale("market"), true);
    const [update] = push(feed, segment("SEG_END", []));
    assert.equal(update!.isStale, true);
    assert.equal(feed.cache.isStale("market"), true);
    push(feed, segment("SEG_START", []));
    assert.equal(feed.cache.isStale("market"), false);
    push(feed, segment("SEG_END", [], { status: 503 }));
    assert.equal(feed.cache.isStale("market"), true);
    push(feed, mcm([]));
    assert.equal(feed.cache.isStale("market"), false);
  });

  it("counts status 503 on any segment of orders", () => {
    const feed = new BookFeed();
    push(feed, ocm([], { segmentType: "SEG_START", status: 503 }));
    assert.equal(feed.cache.isStale("order"), true);
    const [update] = push(feed, ocm([], { segmentType: "SEG_END" }));
    assert.equal(update!.isStale, true);
    push(feed, ocm([], { segmentType: "SEG_START" }));
    assert.equal(feed.cache.isStale("order"), false);
  });

  it("drops a group that the next one, an update, or a cut interrupts", () => {
    const feed = twoMarkets();
    const half = segment("SEG_START", [change("1.1", 9)], { initialClk: "X" });
    push(feed, half, half);
    assert.equal(feed.cache.counts.droppedSegments, 1);
    push(feed, mcm([change("1.2", 3)]));
    assert.equal(feed.cache.counts.droppedSegments, 2);
    push(feed, half);
    feed.interrupt();
    assert.equal(feed.cache.counts.droppedSegments, 3);
    push(feed, half);
    feed.cache.expect("market", 4);
    assert.equal(feed.cache.counts.droppedSegments, 4);
    assert.deepEqual(prices(feed), { "1.1": 2, "1.2": 3 });
    push(feed, mcm([], { clk: "C" }));
    assert.equal(feed.cache.initialClk("market"), "I");
    feed.interrupt();
    assert.equal(feed.cache.counts.droppedSegments, 4);
  });

  it("reports a group that breaks off, right before the update that came instead", () => {
    const feed = twoMarkets();
    const updates = push(
      feed,
      segment("SEG_START", [change("1.1", 9)]),
      segment("SEG", [change("1.1", 8)]),
      mcm([change("1.2", 3)], { clk: "B" }),
      segment("SEG_START", [change("1.1", 7)]),
      segment("SEG_START", [change("1.1", 6)]),
      segment("SEG_END", [], { clk: "C" }),
    );
    assert.deepEqual(
      updates.map((it) => it.kind),
      ["invalid", "market", "invalid", "market"],
    );
    const [first, applied, second] = updates;
    assert.ok(first!.error instanceof IncompleteMessageError);
    assert.deepEqual(
      [first!.error.stream, first!.error.segments, first!.error.lineNumber],
      ["market", 2, 4],
    );
    assert.deepEqual(first!.markets, []);
    assert.deepEqual(applied!.markets, ["1.2"]);
    assert.ok(second!.error instanceof IncompleteMessageError);
    assert.deepEqual(prices(feed), { "1.1": 6, "1.2": 3 });
    // A resumption from a later clock would not bring what was dropped.
    assert.equal(feed.cache.clk("market"), "A");
    assert.equal(feed.stats.invalid, 2);
  });

  it("reports a group of orders that breaks off", () => {
    const feed = new BookFeed();
    const oc = [{ id: "1.1", orc: [{ id: 7, mb: [[2, 1]] }] }];
    const updates = push(
      feed,
      ocm(oc, { segmentType: "SEG_START" }),
      ocm([{ id: "1.2", orc: [{ id: 7, mb: [[2, 1]] }] }], { clk: "B" }),
    );
    assert.deepEqual(updates.map((it) => it.kind), ["invalid", "order"]);
    const { error } = updates[0]!;
    assert.ok(error instanceof IncompleteMessageError);
    assert.deepEqual([error.stream, error.segments], ["order", 1]);
    assert.match(
      error.message,
      /^Cannot complete order message of 1 segment as .* line 2 /,
    );
    assert.deepEqual([...feed.cache.orders].map((it) => it.marketId), ["1.2"]);
  });

  it("does not report a group that an image or a resumption makes up for", () => {
    for (const ct of ["SUB_IMAGE", "RESUB_DELTA"]) {
      const feed = twoMarkets();
      const updates = push(
        feed,
        segment("SEG_START", [change("1.1", 9)]),
        mcm([change("1.1", 3)], { ct }),
        ocm([], { segmentType: "SEG_START" }),
        ocm([], { ct }),
      );
      assert.deepEqual(updates.map((it) => it.kind), ["market", "order"], ct);
      assert.equal(feed.cache.counts.droppedSegments, 2);
      assert.equal(feed.cache.counts.invalid, 0);
    }
  });

  it("reports a start that is missing, once, where the subscription is known", () => {
    for (const holdSegments of [true, false]) {
      const feed = twoMarkets({ holdSegments });
      feed.cache.expect("market", 2);
      feed.cache.expect("order", 3);
      const updates = push(
        feed,
        segment("SEG", [change("1.1", 7)], { id: 2 }),
        mcm([], { id: 2, ct: "HEARTBEAT" }),
        segment("SEG", [change("1.1", 8)], { id: 2 }),
        segment("SEG_END", [change("1.2", 8)], { id: 2, clk: "Z" }),
        ocm([{ id: "1.1", orc: [] }], { id: 3, segmentType: "SEG_END" }),
        segment("SEG_END", [change("1.2", 9)], { id: 2 }),
        segment("SEG_END", [change("1.2", 1)], { id: 99 }),
      );
      assert.deepEqual(
        updates.map((it) => it.kind),
        [
          "invalid",
          "market",
          "heartbeat",
          "market",
          "market",
          "invalid",
          "order",
          "invalid",
          "market",
        ],
      );
      for (const { error } of updates.filter((it) => it.kind === "invalid")) {
        assert.ok(error instanceof IncompleteMessageError);
        assert.equal(error.segments, 0);
        assert.match(error.message, /must begin with SEG_START/);
      }
      assert.deepEqual(prices(feed), { "1.1": 8, "1.2": 9 });
      assert.equal(feed.cache.clk("market"), "A");
    }
  });

  it("reports that a group breaks off also where its segments are shown", () => {
    const feed = twoMarkets({ holdSegments: false });
    const oc = [{ id: "1.1", orc: [{ id: 7, mb: [[2, 1]] }] }];
    const updates = push(
      feed,
      segment("SEG_START", [change("1.1", 8)]),
      segment("SEG", [change("1.1", 9)]),
      mcm([change("1.2", 3)]),
      ocm(oc, { segmentType: "SEG_START" }),
      ocm(oc),
    );
    assert.deepEqual(
      updates.map((it) => it.kind),
      ["market", "market", "invalid", "market", "order", "invalid", "order"],
    );
    const errors = updates.flatMap(({ error }) =>
      error instanceof IncompleteMessageError ? [error.segments] : []
    );
    assert.deepEqual(errors, [2, 1]);
    assert.deepEqual(prices(feed), { "1.1": 9, "1.2": 3 });
  });

  it("takes no clock while an image is still to come", () => {
    for (const holdSegments of [true, false]) {
      const feed = twoMarkets({ holdSegments });
      feed.cache.awaitImage("market");
      feed.cache.awaitImage("order");
      push(
        feed,
        mcm([], { clk: "B", ct: "HEARTBEAT" }),
        ocm([], { clk: "B", ct: "HEARTBEAT" }),
        segment("SEG_START", [change("1.1", 8)], { ct: "RESUB_DELTA" }),
        mcm([change("1.2", 3)], { clk: "C" }),
      );
      assert.equal(feed.cache.clk("market"), "A");
      assert.equal(feed.cache.clk("order"), undefined);
      push(feed, mcm([], { clk: "D", ct: "RESUB_DELTA" }));
      assert.equal(feed.cache.clk("market"), "D");
    }
  });

  it("throws that a group breaks off where it is strict, and goes on with what came instead", () => {
    const cache = new StreamCache({ strict: true });
    const feed = new BookFeed({ cache });
    const lines = [
      segment("SEG_START", [change("1.1", 9)]),
      mcm([change("1.2", 3)]),
    ];
    const batch = feed.push(wire(...lines));
    assert.throws(() => batch.next(), IncompleteMessageError);
    assert.deepEqual(batch.next().value!.markets.map((it) => it.marketId), [
      "1.2",
    ]);
    assert.equal(batch.next().done, true);
  });

  it("keeps a group over a heartbeat, whose clk is not taken before the group", () => {
    const feed = twoMarkets();
    const updates = push(
      feed,
      segment("SEG_START", [change("1.1", 9)]),
      mcm([], { ct: "HEARTBEAT", clk: "H" }),
    );
    assert.deepEqual(updates.map((it) => it.kind), ["heartbeat"]);
    assert.equal(feed.cache.clk("market"), "A");
    push(feed, segment("SEG_END", [change("1.2", 9)], { clk: "B" }));
    assert.deepEqual(prices(feed), { "1.1": 9, "1.2": 9 });
    assert.equal(feed.cache.clk("market"), "B");
    assert.equal(feed.cache.counts.droppedSegments, 0);
  });

  it("keeps a group of orders over a heartbeat", () => {
    const feed = new BookFeed();
    const oc = [{ id: "1.1", orc: [{ id: 7, mb: [[2, 1]] }] }];
    push(
      feed,
      ocm(oc, { segmentType: "SEG_START" }),
      ocm([], { ct: "HEARTBEAT", clk: "H" }),
    );
    assert.equal(feed.cache.clk("order"), undefined);
    push(feed, ocm([], { segmentType: "SEG_END", clk: "B" }));
    assert.equal(feed.cache.orders.size, 1);
    assert.equal(feed.cache.clk("order"), "B");
    assert.equal(feed.cache.counts.droppedSegments, 0);
  });

  it("interleaves with a group of orders", () => {
    const feed = twoMarkets();
    const oc = [{ id: "1.1", orc: [{ id: 7, mb: [[2, 1]] }] }];
    const updates = push(
      feed,
      segment("SEG_START", [change("1.1", 3)]),
      ocm(oc, { segmentType: "SEG_START", initialClk: "P" }),
      segment("SEG_END", [change("1.2", 3)]),
      ocm([{ id: "1.2", orc: [{ id: 7, mb: [[2, 1]] }] }], {
        segmentType: "SEG_END",
        clk: "O",
      }),
    );
    assert.deepEqual(updates.map((it) => it.stream), ["market", "order"]);
    assert.deepEqual(updates[1]!.orders, ["1.1", "1.2"]);
    assert.equal(feed.cache.clk("order"), "O");
    assert.equal(feed.cache.initialClk("order"), "P");
    assert.deepEqual(prices(feed), { "1.1": 3, "1.2": 3 });
  });

  it("applies the rest of a group whose start it missed, without its clocks", () => {
    const feed = twoMarkets();
    const image = { ct: "SUB_IMAGE" };
    const updates = push(
      feed,
      segment("SEG", [change("1.1", 5)], image),
      segment("SEG_END", [change("1.3", 5)], { ...image, clk: "Z" }),
    );
    assert.equal(updates.length, 2);
    assert.deepEqual(prices(feed), { "1.1": 5, "1.2": 2, "1.3": 5 });
    assert.deepEqual(updates.map((it) => it.isImage), [false, false]);
    assert.equal(feed.cache.clk("market"), "A");
  });

  it("drops and reports a group that is too large to hold", () => {
    const feed = twoMarkets({ maxHeldBytes: 2000 });
    const runners = Array.from({ length: 10 }, (_, id) => ({ id, ltp: 9 }));
    const part = { id: "1.1", rc: runners };
    const updates = push(
      feed,
      segment("SEG_START", [part]),
      segment("SEG", [part]),
      segment("SEG", [part]),
      mcm([change("1.2", 3)]),
    );
    // Two parts are already too much; the third is one without a start.
    assert.deepEqual(
      updates.map((it) => it.kind),
      ["invalid", "market", "market"],
    );
    assert.ok(updates[0]!.error instanceof RangeError);
    assert.match(updates[0]!.error.message, /must be <= 2000 bytes/);
    assert.equal(feed.cache.counts.droppedSegments, 1);
    assert.equal(feed.cache.markets.get("1.2")!.runner(7)!.lastTradedPrice, 3);
  });

  it("drops and reports a group of orders that is too large to hold", () => {
    const feed = twoMarkets({ maxHeldBytes: 200 });
    const oc = [{ id: "1.1", orc: [{ id: 7, mb: [[2, 5], [3, 5], [4, 5]] }] }];
    const updates = push(
      feed,
      ocm(oc, { segmentType: "SEG_START" }),
      ocm(oc, { segmentType: "SEG" }),
      ocm([{ id: "1.2", orc: [{ id: 8, mb: [[2, 5]] }] }]),
    );
    assert.deepEqual(updates.map((it) => it.kind), ["invalid", "order"]);
    assert.ok(updates[0]!.error instanceof RangeError);
    assert.match(updates[0]!.error.message, /must be <= 200 bytes/);
    assert.equal(feed.cache.counts.droppedSegments, 1);
    assert.deepEqual([...feed.cache.orders].map((it) => it.marketId), ["1.2"]);
  });

  it("shows each of them when they are not held", () => {
    const feed = twoMarkets({ holdSegments: false });
    const image = { ct: "SUB_IMAGE" };
    const [start] = push(
      feed,
      segment("SEG_START", [change("1.3", 5)], { ...image, initialClk: "J" }),
    );
    assert.deepEqual(start!.markets, ["1.3"]);
    assert.deepEqual(prices(feed), { "1.3": 5 });
    // It describes books that are gone (protocol section 6.1).
    assert.equal(feed.cache.clk("market"), undefined);
    const [middle, end] = push(
      feed,
      segment("SEG", [change("1.1", 5)], image),
      segment("SEG_END", [], { ...image, clk: "B" }),
    );
    assert.deepEqual(middle!.markets, ["1.1"]);
    assert.deepEqual(end!.removedMarkets, ["1.2"]);
    assert.equal(end!.isImage, true);
    assert.equal(feed.cache.clk("market"), "B");
    assert.equal(feed.cache.initialClk("market"), "J");
  });

  for (const holdSegments of [true, false]) {
    it(`keeps the newer copy of a market that an image has in two of them, held: ${holdSegments}`, () => {
      const copy = (version: number): Json => ({
        id: "1.1",
        img: true,
        marketDefinition: definition([version], { version }),
      });
      const feed = twoMarkets({ holdSegments });
      const image = { ct: "SUB_IMAGE" };
      push(
        feed,
        segment("SEG_START", [copy(5)], image),
        segment("SEG_END", [copy(4)], image),
      );
      const book = feed.cache.markets.get("1.1")!;
      assert.equal(book.version, 5);
      push(feed, mcm([copy(3)], image));
      assert.equal(book.version, 3, "another image");
    });
  }

  for (const op of ["mcm", "ocm"]) {
    it(`says of an ${op} in segments what any of them says of all`, () => {
      const feed = new BookFeed();
      const part = (segmentType: string, more: Json): Json => ({
        op,
        ct: "SUB_IMAGE",
        segmentType,
        pt: 1,
        ...more,
      });
      const envelopes: unknown[] = [];
      for (
        const { heartbeatMs, conflateMs, initialClk, segments } of feed.push(
          wire(
            part("SEG_START", { heartbeatMs: 5000, conflateMs: 0 }),
            part("SEG", { initialClk: "I", conflateMs: 20 }),
            part("SEG_END", { clk: "C" }),
            part("SEG_START", {}),
            part("SEG_END", {}),
          ),
        )
      ) envelopes.push([heartbeatMs, conflateMs, initialClk, segments]);
      assert.deepEqual(envelopes, [
        [5000, 20, "I", 3],
        [undefined, undefined, undefined, 2],
      ]);
    });
  }

  it("takes them apart from the bytes they came in", () => {
    const feed = twoMarkets();
    const text = JSON.stringify(
      segment("SEG_START", [change("1.4", 7)], { initialClk: "J" }),
    );
    const bytes = new TextEncoder().encode(`${text}\n`);
    feed.push(bytes).drain();
    bytes.fill(0x20);
    push(feed, segment("SEG_END", [], { clk: "B" }));
    assert.equal(feed.cache.markets.get("1.4")!.runner(7)!.lastTradedPrice, 7);
    assert.equal(feed.cache.initialClk("market"), "J");
  });
});
