import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { BookFeed } from "../../src/cache/book_feed.ts";
import type { MarketView } from "../../src/cache/market_view.ts";
import type { RunnerView } from "../../src/cache/runner_view.ts";
import { StreamCache } from "../../src/cache/stream_cache.ts";
import { MarketGenerator, type SessionFlavor } from "../../src/testing/mod.ts";
import { definition, mcm, push } from "../support/messages.ts";

const encoder = new TextEncoder();

/** All that can be read of a runner, as plain values of its own. */
function plainRunner(runner: RunnerView): unknown {
  const levels = (ladder: RunnerView["bestAvailableToBack"]): unknown =>
    ladder.toJSON().map((row, i) => [ladder.levelAt(i), ...row]);
  return [
    runner.selectionId,
    runner.handicap,
    runner.status,
    runner.sortPriority,
    runner.name,
    JSON.stringify(runner.definition),
    runner.lastTradedPrice,
    runner.totalMatched,
    runner.reportedTotalMatched,
    runner.startingPriceNear,
    runner.startingPriceFar,
    ...[
      runner.availableToBack,
      runner.availableToLay,
      runner.traded,
      runner.layLiabilityTaken,
      runner.backStakeTaken,
    ].map((ladder) => [
      ladder.toJSON(),
      Array.from(ladder.rows),
      ladder.totalSize,
      ladder.bestPrice,
    ]),
    levels(runner.bestAvailableToBack),
    levels(runner.bestAvailableToLay),
    levels(runner.bestDisplayToBack),
    levels(runner.bestDisplayToLay),
  ];
}

/** All that can be read of a market, as plain values of its own. */
function plainMarket(market: MarketView): unknown {
  return [
    market.marketId,
    JSON.stringify(market.definition),
    market.status,
    market.isOpen,
    market.isSuspended,
    market.isClosed,
    market.inPlay,
    market.version,
    market.publishTimeMs,
    market.totalMatched,
    market.reportedTotalMatched,
    market.runners.map(plainRunner),
  ];
}

function twoRunners(): BookFeed {
  const feed = new BookFeed();
  push(
    feed,
    mcm([{
      id: "1.1",
      marketDefinition: definition([7, 8]),
      rc: [7, 8].map((id) => ({ id, atb: [[2, 1]], atl: [[3, 1]] })),
    }]),
  );
  return feed;
}

describe("MarketBook.snapshot()", () => {
  it("is what was, whatever comes after it", () => {
    const sessions = fc.record({
      seed: fc.integer({ min: 0, max: 1e9 }),
      flavor: fc.constantFrom<SessionFlavor>("live", "pro", "basic"),
      share: fc.constantFrom(0.03, 0.3, 1),
    });
    const property = fc.property(sessions, ({ seed, flavor, share }) => {
      const generator = new MarketGenerator({
        seed,
        flavor,
        markets: 2,
        messages: 60,
        runners: 4,
        imageShare: flavor === "basic" ? 0 : 0.05,
      });
      const feed = new BookFeed({
        cache: new StreamCache({ closedRetentionMs: 1000 }),
      });
      const taken: [view: MarketView, plain: unknown][] = [];
      let state = seed % 1009;
      for (const line of generator) {
        for (const { markets } of feed.push(encoder.encode(line))) {
          for (const book of markets) {
            state = (state * 75 + 74) % 65537;
            if (state / 65537 >= share) continue;
            const plain = plainMarket(book);
            const view = book.snapshot();
            assert.deepEqual(plainMarket(view), plain);
            taken.push([view, plain]);
          }
        }
      }
      for (const [view, plain] of taken) {
        assert.deepEqual(plainMarket(view), plain);
      }
    });
    fc.assert(property, { numRuns: 40 });
  });

  it("is the same one until the market changes", () => {
    const feed = twoRunners();
    const book = feed.cache.markets.get("1.1")!;
    const first = book.snapshot();
    assert.equal(book.snapshot(), first);
    push(feed, mcm([{ id: "1.2", rc: [{ id: 7, ltp: 2 }] }]), mcm([]));
    assert.equal(book.snapshot(), first);
    push(feed, mcm([{ id: "1.1", tv: 3 }]));
    assert.notEqual(book.snapshot(), first);
    assert.equal(first.totalMatched, undefined);
    assert.equal(book.snapshot().totalMatched, 3);
  });

  it("shares what has not changed", () => {
    const feed = twoRunners();
    const book = feed.cache.markets.get("1.1")!;
    const first = book.snapshot();
    push(feed, mcm([{ id: "1.1", rc: [{ id: 7, atb: [[2, 5]] }] }]));
    const second = book.snapshot();
    assert.equal(second.definition, first.definition);
    assert.equal(second.runner(8), first.runner(8));
    assert.notEqual(second.runner(7), first.runner(7));
    assert.equal(
      second.runner(7)!.availableToLay,
      first.runner(7)!.availableToLay,
    );
    assert.deepEqual(first.runner(7)!.availableToBack.toJSON(), [[2, 1]]);
    assert.deepEqual(second.runner(7)!.availableToBack.toJSON(), [[2, 5]]);
  });

  it("holds runners that left the definition, out of the list", () => {
    const feed = twoRunners();
    push(
      feed,
      mcm([{
        id: "1.1",
        marketDefinition: definition([7]),
        rc: [{ id: 7, trd: [[2, 5]] }, { id: 8, trd: [[2, 4]] }],
      }]),
    );
    const view = feed.cache.markets.get("1.1")!.snapshot();
    assert.deepEqual(view.runners.map((it) => it.selectionId), [7]);
    assert.equal(view.runner(8)!.totalMatched, 4);
    assert.equal(view.runner(9), undefined);
    assert.equal(view.totalMatched, 9);
  });

  it("outlives its market", () => {
    const feed = twoRunners();
    const view = feed.cache.markets.get("1.1")!.snapshot();
    const plain = plainMarket(view);
    push(feed, mcm([], { ct: "SUB_IMAGE" }));
    push(feed, mcm([{ id: "1.1", rc: [{ id: 7, atb: [[9, 9]] }] }]));
    assert.deepEqual(plainMarket(view), plain);
  });
});
