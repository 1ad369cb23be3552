import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { BookFeed } from "../../src/cache/book_feed.ts";
import type { MarketBook } from "../../src/cache/market_book.ts";
import { RunnerPart } from "../../src/cache/runner_part.ts";
import { LADDER_NAMES } from "../../src/testing/mod.ts";
import { definition, type Json, mcm, push } from "../support/messages.ts";

const PART_KEYS: readonly (readonly [key: string, part: number])[] = [
  ["ltp", RunnerPart.LAST_TRADED_PRICE],
  ["tv", RunnerPart.TOTAL_MATCHED],
  ["spn", RunnerPart.STARTING_PRICE_NEAR],
  ["spf", RunnerPart.STARTING_PRICE_FAR],
  ["atb", RunnerPart.AVAILABLE_TO_BACK],
  ["atl", RunnerPart.AVAILABLE_TO_LAY],
  ["trd", RunnerPart.TRADED],
  ["spb", RunnerPart.LAY_LIABILITY_TAKEN],
  ["spl", RunnerPart.BACK_STAKE_TAKEN],
  ["batb", RunnerPart.BEST_AVAILABLE_TO_BACK],
  ["batl", RunnerPart.BEST_AVAILABLE_TO_LAY],
  ["bdatb", RunnerPart.BEST_DISPLAY_TO_BACK],
  ["bdatl", RunnerPart.BEST_DISPLAY_TO_LAY],
];

function valueFor(key: string): unknown {
  if (!LADDER_NAMES.some((name) => name === key)) return 2;
  return key.startsWith("b") ? [[0, 2, 3]] : [[2, 3]];
}

class Market {
  readonly feed: BookFeed = new BookFeed();

  get book(): MarketBook {
    return this.feed.cache.markets.get("1.1")!;
  }

  /** Applies a change; returns what changed by runner. */
  change(change: Json): Record<number, number> {
    push(this.feed, mcm([{ id: "1.1", ...change }]));
    return Object.fromEntries(
      this.book.changedRunners.map((it) => [it.selectionId, it.changes]),
    );
  }
}

describe("RunnerBook", () => {
  it("has a bit of its own for each part", () => {
    const parts = Object.values(RunnerPart);
    assert.equal(new Set(parts).size, parts.length);
    for (const part of parts) assert.equal(part & (part - 1), 0);
  });

  for (const [key, part] of PART_KEYS) {
    it(`says that ${key} changed`, () => {
      const market = new Market();
      const rc = [{ id: 7, [key]: valueFor(key) }];
      assert.deepEqual(market.change({ rc }), { 7: part });
      const runner = market.book.runner(7)!;
      assert.equal(runner.hasChanged(part), true);
      assert.equal(runner.hasChanged(~part), false);
      market.change({ rc: [] });
      assert.equal(runner.hasChanged(part), false);
    });
  }

  for (const name of LADDER_NAMES) {
    it(`is not changed by an empty ${name}`, () => {
      const market = new Market();
      market.change({ rc: [{ id: 7, [name]: valueFor(name) }] });
      const before = JSON.stringify(market.book.runner(7)!.traded);
      const rc = [{ id: 7, [name]: [] }, { id: 8, [name]: [] }];
      assert.deepEqual(market.change({ rc }), { 7: 0, 8: 0 });
      assert.equal(JSON.stringify(market.book.runner(7)!.traded), before);
    });
  }

  it("adds up the changes of one message", () => {
    const market = new Market();
    const { LAST_TRADED_PRICE, TRADED } = RunnerPart;
    const rc = [{ id: 7, ltp: 2 }, { id: 8, ltp: 2 }, { id: 7, trd: [[2, 1]] }];
    assert.deepEqual(market.change({ rc }), {
      7: LAST_TRADED_PRICE | TRADED,
      8: LAST_TRADED_PRICE,
    });
    assert.deepEqual(
      market.book.changedRunners.map((it) => it.selectionId),
      [7, 8],
    );
  });

  it("forgets the changes with the market's next message", () => {
    const market = new Market();
    market.change({ rc: [{ id: 7, ltp: 2 }] });
    const runner = market.book.runner(7)!;
    push(market.feed, mcm([{ id: "1.2", rc: [{ id: 7, ltp: 2 }] }]));
    assert.equal(runner.changes, RunnerPart.LAST_TRADED_PRICE);
    assert.deepEqual(market.change({ tv: 4 }), {});
    assert.equal(runner.changes, 0);
  });

  it("says that a definition or an image changed it", () => {
    const market = new Market();
    const { DEFINITION, IMAGE, LAST_TRADED_PRICE } = RunnerPart;
    assert.deepEqual(market.change({ marketDefinition: definition([7, 8]) }), {
      7: DEFINITION,
      8: DEFINITION,
    });
    assert.deepEqual(
      market.change({
        img: true,
        marketDefinition: definition([7]),
        rc: [{ id: 7, ltp: 2 }],
      }),
      { 7: DEFINITION | IMAGE | LAST_TRADED_PRICE },
    );
  });

  it("says that an image emptied it", () => {
    const market = new Market();
    market.change({
      marketDefinition: definition([7, 8]),
      rc: [{ id: 7, ltp: 2 }, { id: 8, ltp: 2 }],
    });
    const changes = market.change({ img: true, rc: [{ id: 7, ltp: 3 }] });
    assert.equal(market.book.runner(8)!.lastTradedPrice, undefined);
    assert.equal(changes[8], RunnerPart.IMAGE);
  });

  it("says that it left the definition", () => {
    const market = new Market();
    market.change({ marketDefinition: definition([7, 8]) });
    const changes = market.change({ marketDefinition: definition([7]) });
    assert.equal(changes[8], RunnerPart.DEFINITION);
    const again = market.change({ marketDefinition: definition([7]) });
    assert.deepEqual(again, { 7: RunnerPart.DEFINITION });
  });

  it("does not know what was matched when an image does not say", () => {
    const traded = { id: "1.1", rc: [{ id: 7, trd: [[2, 5]] }] };
    const image = mcm([{ id: "1.1", img: true, rc: [{ id: 7, ltp: 2 }] }], {
      ct: "SUB_IMAGE",
    });
    for (const before of [[], [mcm([traded])]]) {
      const feed = new BookFeed();
      push(feed, ...before, image);
      const book = feed.cache.markets.get("1.1")!;
      for (const view of [book, book.snapshot()]) {
        assert.equal(view.runner(7)!.totalMatched, undefined);
        assert.equal(view.totalMatched, undefined);
      }
      push(feed, mcm([{ id: "1.1", rc: [{ id: 7, trd: [[3, 1]] }] }]));
      assert.equal(book.runner(7)!.totalMatched, 1);
      assert.equal(book.snapshot().runner(7)!.totalMatched, 1);
    }
  });

  it("remembers what was traded when it is zeroed together with a first total", () => {
    const feed = new BookFeed();
    push(
      feed,
      mcm([{ id: "1.1", rc: [{ id: 7, trd: [[2, 10]] }] }]),
      mcm([{ id: "1.1", rc: [{ id: 7, trd: [[2, 0]], tv: 0 }] }]),
    );
    const book = feed.cache.markets.get("1.1")!;
    assert.equal(book.runner(7)!.finalTotalMatched, 10);
    assert.equal(book.finalTotalMatched, 10);
  });

  it("stays out of the list over an image that does not repeat the definition", () => {
    const feed = new BookFeed();
    push(
      feed,
      mcm([{ id: "1.1", marketDefinition: definition([7, 8]) }]),
      mcm([{ id: "1.1", marketDefinition: definition([7]) }]),
      mcm([{ id: "1.1", img: true, rc: [{ id: 8, ltp: 2 }] }]),
    );
    const book = feed.cache.markets.get("1.1")!;
    assert.deepEqual(book.runners.map((it) => it.selectionId), [7]);
    assert.equal(book.runner(8)!.lastTradedPrice, 2);
    push(feed, mcm([{ id: "1.1", marketDefinition: definition([7, 8]) }]));
    assert.deepEqual(book.runners.map((it) => it.selectionId), [7, 8]);
  });

  it("is one runner however often its handicap is no number", () => {
    const feed = new BookFeed();
    const marketDefinition = {
      status: "OPEN",
      runners: [{ id: 7, hc: "NaN" }],
    };
    for (let i = 0; i < 3; i++) {
      push(feed, mcm([{ id: "1.1", marketDefinition }]));
    }
    const { runners } = feed.cache.markets.get("1.1")!;
    assert.deepEqual(runners.map((it) => [it.selectionId, it.handicap]), [[
      7,
      0,
    ]]);
  });

  it("tells a supplied 0 from nothing", () => {
    const market = new Market();
    market.change({
      rc: [{ id: 7, ltp: 0, tv: 0, spn: 0, spf: 0 }, { id: 8 }],
    });
    const seven = market.book.runner(7)!;
    const eight = market.book.runner(8)!;
    for (
      const key of [
        "lastTradedPrice",
        "reportedTotalMatched",
        "totalMatched",
        "startingPriceNear",
        "startingPriceFar",
      ] as const
    ) {
      assert.equal(seven[key], 0, key);
      assert.equal(eight[key], undefined, key);
    }
  });

  it("reads NaN and Infinity in words", () => {
    const market = new Market();
    market.change({ rc: [{ id: 7, spn: "Infinity", spf: "nan" }] });
    const runner = market.book.runner(7)!;
    assert.equal(runner.startingPriceNear, Infinity);
    assert.equal(runner.startingPriceFar, NaN);
    market.change({ rc: [{ id: 7, spn: "-INF", spf: 2 }] });
    assert.equal(runner.startingPriceNear, -Infinity);
    assert.equal(runner.startingPriceFar, 2);
  });

  it("reads its description from the definition", () => {
    const market = new Market();
    market.change({
      marketDefinition: {
        runners: [{
          id: 7,
          hc: null,
          status: "WINNER",
          sortPriority: 4,
          name: "Red Rum",
          bsp: "NaN",
          adjustmentFactor: 12.5,
          removalDate: "2023-11-14T22:13:20.000Z",
        }],
      },
    });
    const runner = market.book.runner(7)!;
    assert.equal(runner.status, "WINNER");
    assert.equal(runner.sortPriority, 4);
    assert.equal(runner.name, "Red Rum");
    assert.equal(runner.definition!.startingPrice, NaN);
    assert.equal(runner.definition!.adjustmentFactor, 12.5);
    assert.equal(runner.definition!.removalTimeMs, 1_700_000_000_000);
  });

  it("shows prices best first in every ladder", () => {
    const market = new Market();
    const rows = [[2, 1], [3, 2], [1.5, 3]];
    const levels = [[1, 2, 1], [0, 3, 2], [2, 1.5, 3]];
    const rc = [{
      id: 7,
      ...Object.fromEntries(
        LADDER_NAMES.map((name) => [name, name.length > 3 ? levels : rows]),
      ),
    }];
    market.change({ rc });
    const runner = market.book.runner(7)!;
    const up = [[1.5, 3], [2, 1], [3, 2]];
    const down = up.toReversed();
    assert.deepEqual(runner.availableToBack.toJSON(), down);
    assert.deepEqual(runner.layLiabilityTaken.toJSON(), down);
    assert.deepEqual(runner.availableToLay.toJSON(), up);
    assert.deepEqual(runner.traded.toJSON(), up);
    assert.deepEqual(runner.backStakeTaken.toJSON(), up);
    const byLevel = [[3, 2], [2, 1], [1.5, 3]];
    assert.deepEqual(runner.bestAvailableToBack.toJSON(), byLevel);
    assert.deepEqual(runner.bestAvailableToLay.toJSON(), byLevel);
    assert.deepEqual(runner.bestDisplayToBack.toJSON(), byLevel);
    assert.deepEqual(runner.bestDisplayToLay.toJSON(), byLevel);
  });
});
