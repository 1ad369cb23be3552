import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { BookFeed } from "../../src/cache/book_feed.ts";
import { widthOf } from "../../src/cli/_format.ts";
import {
  favouriteOf,
  type LiveLayout,
  type LiveMarket,
  liveTable,
} from "../../src/cli/_live_table.ts";
import {
  type MarketSummary,
  summarizeMarket,
} from "../../src/cli/_market_summary.ts";
import { PriceMoves } from "../../src/cli/_price_moves.ts";
import { generateSession } from "../../src/testing/market_generator.ts";

/** Markets while they trade. */
function generated(count: number): LiveMarket[] {
  const feed = new BookFeed();
  const bytes = generateSession({
    seed: 4,
    markets: count,
    messages: 60 * count,
    wholeLife: false,
    marketTypes: ["WIN", "MATCH_ODDS", "ASIAN_HANDICAP"],
  });
  feed.push(bytes).drain();
  return [...feed.cache.markets].map((book) => ({
    summary: summarizeMarket({ book, lastOpen: undefined }),
    isStale: false,
  }));
}

function layout(width: number, height: number): LiveLayout {
  return {
    width,
    height,
    paint: (text) => text,
    moves: new PriceMoves(),
    nowMs: 0,
  };
}

describe("liveTable()", () => {
  it("liveTable() keeps to the width and height that there are", () => {
    const all = generated(12);
    assert.ok(all.length >= 9);
    for (const count of [1, 2, all.length]) {
      for (const width of [70, 79, 100, 119]) {
        for (const height of [1, 2, 5, 10, 20, 40, 200]) {
          const lines = liveTable(all.slice(0, count), layout(width, height));
          assert.ok(lines.length <= height, `${lines.length} > ${height}`);
          for (const line of lines) {
            assert.ok(widthOf(line) <= width, `${widthOf(line)}: ${line}`);
          }
        }
      }
    }
  });

  it("liveTable() shows every runner where there is room", () => {
    const markets = generated(2);
    const text = liveTable(markets, layout(119, 200)).join("\n");
    for (const { summary } of markets) {
      assert.ok(text.includes(summary.marketId));
      for (const { selectionId } of summary.runners) {
        assert.ok(text.includes(String(selectionId)));
      }
    }
    assert.doesNotMatch(text, /Favourite/);
  });

  it("liveTable() lists markets where their runners do not fit", () => {
    const markets = generated(6);
    const lines = liveTable(markets, layout(119, markets.length + 2));
    assert.match(lines[0]!, /^Start +Market +Status +Favourite/);
    assert.equal(lines.length, markets.length + 1);
    const few = liveTable(markets, layout(119, 4));
    assert.match(few[3]!, /^… \d+ more markets$/);
  });

  it("liveTable() says in words what is out of date, and in play", () => {
    const [market] = generated(1);
    const stale = { ...market!, isStale: true };
    assert.match(liveTable([stale], layout(79, 40))[1]!, /^stale · OPEN · WIN/);
    const summary = { ...market!.summary, inPlay: true };
    const inPlay = { summary, isStale: false };
    assert.match(liveTable([inPlay], layout(79, 40))[1]!, /OPEN · in play/);
  });

  it("liveTable() lets no foreign text steer the terminal", () => {
    const [market] = generated(1);
    const summary = {
      ...market!.summary,
      name: "a\x1b[2Jb",
      venue: "\x07",
      marketType: "W\nIN",
    };
    const lines = liveTable([{ summary, isStale: false }], layout(79, 40));
    // deno-lint-ignore no-control-regex -- what must not be there
    assert.doesNotMatch(lines.join(""), /[\x00-\x1f]/);
  });

  it("liveTable() marks which way the last price went, for a moment", () => {
    const [market] = generated(1);
    const moves = new PriceMoves();
    const draw = (price: number, nowMs: number): string => {
      const runners = market!.summary.runners.map((runner, index) => ({
        ...runner,
        lastTradedPrice: index === 0 ? price : null,
      }));
      const summary = { ...market!.summary, runners };
      return liveTable([{ summary, isStale: false }], {
        ...layout(79, 40),
        moves,
        nowMs,
      })[3]!;
    };
    assert.doesNotMatch(draw(3, 0), /[▲▼]/);
    assert.match(draw(3.5, 100), /▲ +3\.5 /);
    assert.match(draw(3.5, 2000), /▲/);
    assert.doesNotMatch(draw(3.5, 2200), /[▲▼]/);
    assert.match(draw(3.4, 2300), /▼ +3\.4 /);
  });
});

describe("favouriteOf()", () => {
  it("favouriteOf() is the runner with the lowest price, or the winner", () => {
    const [{ summary }] = generated(1) as [LiveMarket];
    const runner = (
      selectionId: number,
      status: string,
      back: number,
    ): MarketSummary["runners"][number] => ({
      ...summary.runners[0]!,
      selectionId,
      status,
      back: [[back, 1]],
    });
    const three = [
      runner(1, "ACTIVE", 3),
      runner(2, "REMOVED", 1.5),
      runner(3, "ACTIVE", 2),
    ];
    assert.equal(favouriteOf({ ...summary, runners: three })?.selectionId, 3);
    const closed = [...three, runner(4, "WINNER", 9)];
    assert.equal(favouriteOf({ ...summary, runners: closed })?.selectionId, 4);
    assert.equal(favouriteOf({ ...summary, runners: [] }), undefined);
  });
});
