import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { BookFeed } from "../../src/cache/book_feed.ts";
import { StreamCache } from "../../src/cache/stream_cache.ts";
import type { StreamUpdate } from "../../src/cache/stream_update.ts";
import type { UpdateBatch } from "../../src/cache/update_batch.ts";
import type { ChangeTape } from "../../src/tape/change_tape.ts";
import { TapeScanner } from "../../src/parsing/tape_scanner.ts";
import { type Json, mcm, wire } from "../support/messages.ts";

function lines(...prices: readonly number[]): Uint8Array {
  return wire(
    ...prices.map((ltp) => mcm([{ id: "1.1", rc: [{ id: 7, ltp }] }])),
  );
}

function priceIn(cache: StreamCache): number | undefined {
  return cache.markets.get("1.1")?.runner(7)?.lastTradedPrice;
}

/** Tapes of their own, one per price. */
function tapes(...prices: readonly number[]): ChangeTape[] {
  return prices.map((price) => {
    const block = lines(price);
    const scanner = new TapeScanner();
    scanner.parse(block, 0, block.length);
    return scanner.tape.copy();
  });
}

describe("UpdateBatch", () => {
  it("applies each message when its update is asked for", () => {
    const feed = new BookFeed();
    const batch = feed.push(lines(2, 3));
    assert.equal(priceIn(feed.cache), undefined);
    batch.next();
    assert.equal(priceIn(feed.cache), 2);
    assert.equal(batch.isDone, false);
    batch.next();
    assert.equal(priceIn(feed.cache), 3);
    assert.equal(batch.next().done, true);
    assert.equal(batch.isDone, true);
    assert.equal(batch.next().done, true);
  });

  it("goes on after a break where it was", () => {
    const feed = new BookFeed();
    const batch = feed.push(lines(2, 3, 4));
    const prices: unknown[] = [];
    for (const _ of batch) {
      prices.push(priceIn(feed.cache));
      break;
    }
    for (const _ of batch) prices.push(priceIn(feed.cache));
    assert.deepEqual(prices, [2, 3, 4]);
  });

  it("applies what a break left before the next chunk", () => {
    const feed = new BookFeed();
    for (const _ of feed.push(lines(2, 3, 4))) break;
    assert.equal(priceIn(feed.cache), 2);
    const batch = feed.push(lines(5));
    assert.equal(priceIn(feed.cache), 4);
    batch.drain();
    assert.equal(priceIn(feed.cache), 5);
    assert.equal(feed.stats.messages, 4);
  });

  it("applies what nobody looked at when the input ends, is cut or fails", () => {
    for (const end of ["finish", "interrupt", "begin", "fail"] as const) {
      const feed = new BookFeed();
      feed.push(lines(2, 3));
      if (end === "begin") feed.begin("");
      else if (end === "fail") feed.fail(new Error("lost"));
      else feed[end]();
      assert.equal(priceIn(feed.cache), 3, end);
    }
  });

  it("keeps the order of tapes that wait", () => {
    const cache = new StreamCache();
    const [first, second, third] = tapes(2, 3, 4).map((it) => cache.apply(it));
    assert.equal(priceIn(cache), undefined);
    second!.next();
    assert.equal(priceIn(cache), 3);
    assert.equal(first!.isDone, true);
    assert.equal(first!.next().done, true);
    assert.equal(priceIn(cache), 3);
    third!.drain();
    third!.drain();
    assert.equal(priceIn(cache), 4);
    assert.equal(second!.isDone, true);
    assert.equal(cache.counts.messages, 3);
  });

  it("takes any number of tapes", () => {
    const cache = new StreamCache();
    const waiting = tapes(2, 3, 4);
    const prices: unknown[] = [];
    for (const _ of cache.applyAll({ nextTape: () => waiting.shift() })) {
      prices.push(priceIn(cache));
    }
    assert.deepEqual(prices, [2, 3, 4]);
  });

  it("gives one update object for all", () => {
    const feed = new BookFeed();
    const updates = new Set<StreamUpdate>();
    for (const update of feed.push(lines(2, 3))) updates.add(update);
    for (const update of feed.push(lines(4))) updates.add(update);
    assert.equal(updates.size, 1);
  });

  it("is empty without a whole line", () => {
    const feed = new BookFeed();
    assert.deepEqual(Array.from(feed.push(new Uint8Array(0))), []);
    assert.deepEqual(Array.from(feed.push(lines(2).subarray(0, 9))), []);
    assert.deepEqual(Array.from(new BookFeed().finish()), []);
  });
});

describe("UpdateBatch of a strict cache", () => {
  const price = (ltp: number): Json =>
    mcm([{ id: "1.1", rc: [{ id: 7, ltp }] }]);
  const strictFeed = (): BookFeed =>
    new BookFeed({ cache: new StreamCache({ strict: true }) });
  const ltpOf = ({ cache }: BookFeed): number | undefined =>
    cache.markets.get("1.1")?.runner(7)?.lastTradedPrice;
  const iterate = (batch: UpdateBatch): void => {
    for (const _ of batch) { /* applied */ }
  };

  it("takes the next chunk whatever is left to be thrown", () => {
    const feed = strictFeed();
    assert.throws(
      () => iterate(feed.push(wire(price(2), "{bad 1", "{bad 2", "{bad 3"))),
      /bad 1/,
    );
    const next = feed.push(wire(price(3), price(4)));
    // It was left out by the loop that ended above.
    assert.throws(() => iterate(next), /bad 2/);
    iterate(next);
    assert.equal(ltpOf(feed), 4);
    iterate(feed.push(wire(price(5))));
    assert.equal(ltpOf(feed), 5);
    assert.equal(feed.cache.counts.invalid, 3);
    assert.equal(feed.stats.lines, 7);
  });

  it("throws what nobody iterated when it is drained, behind all else", () => {
    const feed = strictFeed();
    const batch = feed.push(wire("{bad", price(2)));
    assert.throws(() => batch.drain(), /bad/);
    assert.equal(ltpOf(feed), 2);
    feed.push(wire("{worse", price(3)));
    assert.throws(() => feed.cache.drain(), /worse/);
    assert.equal(ltpOf(feed), 3);
    feed.cache.drain();
  });
});
