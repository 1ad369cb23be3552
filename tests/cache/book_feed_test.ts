import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { BookFeed } from "../../src/cache/book_feed.ts";
import { StreamCache } from "../../src/cache/stream_cache.ts";
import { InvalidLineError } from "../../src/parsing/invalid_line_error.ts";
import { JsonParser } from "../../src/parsing/json_parser.ts";
import { TapeScanner } from "../../src/parsing/tape_scanner.ts";
import {
  chunksOf,
  concat,
  mcm,
  ocm,
  push,
  seen,
  type SeenUpdate,
  wire,
} from "../support/messages.ts";

const encoder = new TextEncoder();

function priced(ltp: number): ReturnType<typeof mcm> {
  return mcm([{ id: "1.1", rc: [{ id: 7, ltp }] }]);
}

function priceIn(feed: BookFeed): number | undefined {
  return feed.cache.markets.get("1.1")?.runner(7)?.lastTradedPrice;
}

/** Feeds a whole input in chunks. */
function feedAll(
  feed: BookFeed,
  bytes: Uint8Array,
  size: number = bytes.length,
): SeenUpdate[] {
  const updates: SeenUpdate[] = [];
  for (const chunk of chunksOf(bytes, size)) {
    updates.push(...Array.from(feed.push(chunk), seen));
  }
  updates.push(...Array.from(feed.finish(), seen));
  return updates;
}

/** Lines that cannot be used, and why. */
const CORRUPT: readonly (readonly [reason: string, line: Uint8Array])[] = [
  ["syntax", encoder.encode(`{"op":"mcm","mc":[{"id":"1.1","rc":[{"id":7,`)],
  ["syntax", encoder.encode(`{"op":"mcm","mc":[{"id":"1.1","rc":[}]}]}`)],
  ["schema", encoder.encode(`{"op":"mcm","mc":[{"rc":[]}]}`)],
  ["schema", encoder.encode(`[]`)],
  ["encoding", Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d)],
];

describe("BookFeed", () => {
  for (const parser of [new TapeScanner(), new JsonParser()]) {
    for (const [reason, line] of CORRUPT) {
      it(`reports a line of bad ${reason} and applies everything else, backend ${parser.backend}`, () => {
        for (const end of ["\n", "\r\n"]) {
          const first = wire(priced(2), "");
          const bytes = concat(
            first,
            line,
            encoder.encode(end),
            wire(priced(3)),
          );
          for (const size of [1, 10, bytes.length]) {
            const feed = new BookFeed({ parser, source: "a.ndjson" });
            const updates = feedAll(feed, bytes, size);
            assert.deepEqual(updates.map((it) => it.kind), [
              "market",
              "invalid",
              "market",
            ]);
            const { error, lineNumber, byteOffset, source } = updates[1]!;
            assert.ok(error instanceof InvalidLineError);
            assert.equal(error.reason, reason);
            assert.equal(error.source, "a.ndjson");
            assert.equal(error.lineNumber, 3);
            assert.equal(error.byteOffset, first.length);
            assert.deepEqual([source, lineNumber, byteOffset], [
              "a.ndjson",
              3,
              first.length,
            ]);
            assert.equal(updates[2]!.lineNumber, 4);
            assert.equal(priceIn(feed), 3);
            assert.equal(feed.stats.invalid, 1);
            assert.equal(feed.stats.lines, 4);
          }
        }
      });
    }
  }

  it("reports order messages of a wrong shape, and changes nothing for them", () => {
    const feed = new BookFeed({ source: "a" });
    const updates = push(
      feed,
      ocm([{ id: "1.1", orc: [{ id: 7, mb: [[2, 1]] }] }]),
      ocm([{ id: "1.1", fullImage: true, orc: [{ id: 7, mb: "no" }] }]),
    );
    assert.deepEqual(updates.map((it) => it.kind), ["order", "invalid"]);
    const { error } = updates[1]!;
    assert.ok(error instanceof InvalidLineError);
    assert.equal(error.reason, "schema");
    assert.equal(error.lineNumber, 2);
    assert.match(
      error.message,
      /^Cannot read line 2 of "a" as oc\[0\]\.orc\[0\]\.mb must be /,
    );
    const runner = feed.cache.orders.get("1.1")!.runner(7)!;
    assert.deepEqual(runner.matchedBacks.toJSON(), [[2, 1]]);
  });

  it("throws what it would report when it is strict, and goes on after it", () => {
    const feed = new BookFeed({ cache: new StreamCache({ strict: true }) });
    const batch = feed.push(wire(priced(2), "{", priced(3), "[]", priced(4)));
    const prices: unknown[] = [];
    const look = (): void => {
      for (const _ of batch) prices.push(priceIn(feed));
    };
    assert.throws(look, InvalidLineError);
    assert.deepEqual(prices, [2]);
    assert.throws(look, { reason: "schema", lineNumber: 4 });
    look();
    assert.deepEqual(prices, [2, 3, 4]);
    assert.equal(feed.stats.invalid, 2);
  });

  it("drops and reports lines that are too long, and numbers the others right", () => {
    const long = `{"op":"mcm","x":"${"x".repeat(300)}"}`;
    const parts = [
      wire(priced(2)),
      wire(long),
      wire(priced(3), priced(4)),
      wire(long, long),
      wire(priced(5)),
      encoder.encode(long),
    ];
    const bytes = concat(...parts);
    const offsets = parts.map((_, i) => concat(...parts.slice(0, i)).length);
    for (const size of [1, 7, 200, 500, bytes.length]) {
      const feed = new BookFeed({ maxLineBytes: 200 });
      const updates = feedAll(feed, bytes, size);
      assert.deepEqual(
        updates.map((it) => [it.kind, it.lineNumber]),
        [
          ["market", 1],
          ["invalid", 2],
          ["market", 3],
          ["market", 4],
          ["invalid", 5],
          ["invalid", 6],
          ["market", 7],
          ["invalid", 8],
        ],
        `chunks of ${size}`,
      );
      assert.equal(updates[1]!.byteOffset, offsets[1]);
      assert.equal(updates[2]!.byteOffset, offsets[2]);
      assert.equal(updates[6]!.byteOffset, offsets[4]);
      const { error } = updates[1]!;
      assert.ok(error instanceof InvalidLineError);
      assert.equal(error.reason, "oversize");
      assert.ok(error.message.includes(`<= 200 bytes and has ${long.length}`));
      assert.equal(priceIn(feed), 5);
      assert.equal(feed.stats.lines, 8);
      assert.equal(feed.stats.invalid, 4);
    }
  });

  it("takes LF, CR LF, blank lines and a missing last line end", () => {
    const lines = [2, 3, 4].map((ltp) => JSON.stringify(priced(ltp)));
    for (const end of ["\n", "\r\n", "\n\n", "\r\n \r\n"]) {
      for (const last of ["", end]) {
        const bytes = encoder.encode(lines.join(end) + last);
        const feed = new BookFeed();
        const updates = feedAll(feed, bytes, 5);
        assert.equal(updates.length, 3, JSON.stringify(end + last));
        assert.deepEqual(updates.map((it) => it.line), lines);
        assert.equal(priceIn(feed), 4);
      }
    }
  });

  it("gives an update the line, its place and its parsed message", () => {
    const feed = new BookFeed({ source: "here" });
    const line = `{"op":"mcm","id":3,"pt":5,"clk":"A","ct":"X","x":"é"}`;
    for (const update of feed.push(encoder.encode(`\r\n${line}\r\n`))) {
      assert.equal(new TextDecoder().decode(update.rawLine), line);
      assert.deepEqual(update.message, JSON.parse(line));
      assert.equal(update.message, update.message, "parsed once");
      assert.equal(update.subscriptionId, 3);
      assert.equal(update.publishTimeMs, 5);
      assert.equal(update.changeType, "X");
      assert.deepEqual([update.source, update.lineNumber, update.byteOffset], [
        "here",
        2,
        2,
      ]);
    }
  });

  it("reads several inputs one after another, each located from its start", () => {
    const feed = new BookFeed({ source: "one" });
    feedAll(feed, concat(wire("", priced(2)), encoder.encode(`{"op":"m`)));
    assert.equal(feed.stats.invalid, 1, "an unfinished last line is a line");
    feed.begin("two");
    const [update, bad] = feedAll(feed, wire(priced(3), "{"));
    assert.deepEqual([update!.source, update!.lineNumber, update!.byteOffset], [
      "two",
      1,
      0,
    ]);
    assert.equal(bad!.lineNumber, 2);
    assert.match(bad!.error!.message, /line 2 of "two"/);
    assert.equal(priceIn(feed), 3);
    assert.equal(feed.stats.lines, 5);
  });

  it("drops an unfinished line when another input begins", () => {
    const feed = new BookFeed();
    push(feed, priced(2));
    feed.push(encoder.encode(`{"op":"mcm"`)).drain();
    assert.equal(feed.pendingBytes, 11);
    feed.begin("two");
    assert.equal(feed.pendingBytes, 0);
    const [update] = push(feed, priced(3));
    assert.equal(update!.byteOffset, 0);
    assert.equal(feed.stats.discardedBytes, 11);
    assert.equal(feed.stats.invalid, 0);
  });

  it("begins anew by itself when it is fed after its end", () => {
    const feed = new BookFeed({ source: "one" });
    feedAll(feed, wire(priced(2)));
    const [update] = push(feed, priced(3));
    assert.deepEqual([update!.lineNumber, update!.byteOffset], [1, 0]);
    assert.equal(Array.from(feed.finish()).length, 0);
    assert.equal(Array.from(feed.finish()).length, 0);
  });

  it("completes a message in segments that is cut over two inputs", () => {
    const feed = new BookFeed();
    const half = (segmentType: string, id: string): ReturnType<typeof mcm> =>
      mcm([{ id, rc: [{ id: 7, ltp: 2 }] }], { segmentType });
    feedAll(feed, wire(half("SEG_START", "1.1")));
    feed.begin("two");
    const [update] = feedAll(feed, wire(half("SEG_END", "1.2")));
    assert.deepEqual(update!.markets, ["1.1", "1.2"]);
    assert.equal(feed.stats.droppedSegments, 0);
  });

  it("reports a loss where it is, and goes on behind it", () => {
    const feed = new BookFeed({ source: "torn" });
    const before = concat(wire(priced(2)), encoder.encode(`{"op":"mc`));
    const held = wire(mcm([], { segmentType: "SEG_START" }));
    feed.push(concat(held, before)).drain();
    const loss = new RangeError("lost");
    const [report] = Array.from(feed.fail(loss), seen);
    assert.equal(report!.kind, "invalid");
    assert.equal(report!.error, loss);
    assert.equal(report!.source, "torn");
    assert.equal(report!.byteOffset, held.length + before.length);
    assert.equal(report!.lineNumber, 3);
    const tail = `5}]}]}\n`;
    const [rest, next] = Array.from(
      feed.push(concat(encoder.encode(tail), wire(priced(3)))),
      seen,
    );
    assert.equal(rest!.kind, "invalid");
    assert.equal(rest!.byteOffset, held.length + before.length);
    assert.equal(
      next!.byteOffset,
      held.length + before.length + tail.length,
    );
    assert.equal(priceIn(feed), 3);
    assert.equal(feed.stats.discardedBytes, 9);
  });

  it("counts what it took in", () => {
    const feed = new BookFeed({ parser: new JsonParser() });
    const bytes = wire(priced(2), "", ocm([]), "{", { op: "status" });
    feedAll(feed, bytes, 3);
    const { stats } = feed;
    assert.equal(stats.bytes, bytes.length);
    assert.equal(stats.lines, 5);
    assert.equal(stats.messages, 3);
    assert.equal(stats.invalid, 1);
    assert.equal(stats.backend, "json");
    assert.deepEqual(stats.parser, {
      changes: 1,
      messages: 2,
      invalid: 1,
      fallbacks: { escape: 0, duplicate: 0, nesting: 0, shape: 0 },
    });
    assert.notEqual(feed.stats, stats);
  });

  it("throws on a limit that is no positive integer", () => {
    for (const maxLineBytes of [0, -1, 1.5, NaN]) {
      assert.throws(() => new BookFeed({ maxLineBytes }), RangeError);
    }
  });
});
