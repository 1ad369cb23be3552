import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type {
  MarketSummary,
  RunnerSummary,
} from "../../src/cli/_market_summary.ts";
import { marketTable } from "../../src/cli/_market_table.ts";
import { widthOf } from "../../src/cli/_format.ts";

const plain = (text: string): string => text;

function runner(part: Partial<RunnerSummary>): RunnerSummary {
  return {
    selectionId: 101,
    handicap: 0,
    name: null,
    status: "ACTIVE",
    sortPriority: 1,
    lastTradedPrice: null,
    totalMatched: null,
    startingPrice: null,
    back: [],
    lay: [],
    ...part,
  };
}

function market(part: Partial<MarketSummary>): MarketSummary {
  return {
    marketId: "1.234567890",
    name: null,
    eventName: null,
    venue: null,
    countryCode: null,
    marketType: null,
    status: "OPEN",
    inPlay: false,
    marketTime: null,
    publishTime: null,
    totalMatched: null,
    prices: null,
    runners: [],
    ...part,
  };
}

const RACE = market({
  name: "1m Mdn Stks",
  eventName: "Kempton 14th Nov",
  venue: "Kempton",
  countryCode: "GB",
  marketType: "WIN",
  marketTime: "2023-11-14T22:13:00.000Z",
  totalMatched: 1234567.8,
  prices: { ladder: "available", isPast: false, time: null },
  runners: [
    runner({
      name: "Élan Lantern",
      lastTradedPrice: 2.16,
      totalMatched: 1200345.4,
      back: [[2.16, 41.66], [2.14, 1200], [2.12, 0.3]],
      lay: [[2.18, 939.5], [2.2, 58]],
    }),
    runner({
      selectionId: 102,
      sortPriority: 2,
      name: "Gentle Pilgrim",
      lastTradedPrice: 0,
      totalMatched: 0,
      lay: [[1000, 2]],
    }),
  ],
});

function text(summary: MarketSummary, width: number): string {
  return marketTable(summary, width, plain).join("\n");
}

describe("marketTable()", () => {
  it("marketTable() shows prices as a trading screen does, the best in the middle", () => {
    assert.equal(
      text(RACE, 80),
      `\
Kempton 14th Nov · 1m Mdn Stks                                       1.234567890
OPEN · WIN · Kempton, GB · 2023-11-14 22:13 UTC · £1,234,567.80 matched
prices: all offers (atb, atl)

#    Runner                      Back │   Lay              Last    Matched
1    Élan Lantern    2.12  2.14  2.16 │  2.18   2.2        2.16  1,200,345
     ACTIVE            <1 1,200    42 │   940    58
2    Gentle Pilgrim                   │  1000                 –          0
     ACTIVE                           │     2`,
    );
  });

  it("marketTable() fits in narrow terminals by showing fewer prices", () => {
    for (const width of [120, 80, 70, 60, 50, 45]) {
      for (const line of marketTable(RACE, width, plain)) {
        assert.ok(widthOf(line) <= width, `${width}: ${line}`);
      }
    }
    assert.doesNotMatch(text(RACE, 60), /2\.12/);
    assert.match(text(RACE, 45), /2\.16 │ {2}2\.18/);
  });

  it("marketTable() marks winners and shows starting prices once there are any", () => {
    const runners = [
      runner({ status: "WINNER", startingPrice: 3.5249, lastTradedPrice: 3 }),
      runner({ selectionId: 102, status: "LOSER", startingPrice: NaN }),
      runner({ selectionId: 103, status: "REMOVED" }),
    ];
    assert.equal(
      text(market({ status: "CLOSED", inPlay: true, runners }), 80),
      `\
1.234567890
CLOSED · went in play

#    Selection  Status   Last     BSP
1  * 101        WINNER      3  3.5249
1    102        LOSER       –       –
1    103        REMOVED     –       –`,
    );
  });

  it("marketTable() says that prices are those of a market that was open", () => {
    const summary = market({
      ...RACE,
      status: "CLOSED",
      prices: {
        ladder: "display",
        isPast: true,
        time: "2023-11-14T22:15:03.120Z",
      },
    });
    assert.match(
      text(summary, 100),
      /^prices: offers with virtual bets \(bdatb, bdatl\), as last seen at 22:15:03 UTC$/m,
    );
  });

  it("marketTable() shows handicaps, and of many runners those with prices or trades", () => {
    const runners = Array.from({ length: 20 }, (_, index) =>
      runner({
        selectionId: 9163,
        handicap: (index - 10) / 4,
        sortPriority: index + 1,
        ...index > 9 && index < 12 ? { back: [[1.5 + index, 2]] } : {},
      }));
    assert.equal(
      text(
        market({
          runners,
          prices: { ladder: "best", isPast: false, time: null },
        }),
        80,
      ),
      `\
1.234567890
OPEN
prices: best offers (batb, batl)

 #    Selection               Back │   Lay              Last
11    9163                    11.5 │                       –
      ACTIVE                     2 │
12    9163 +0.25              12.5 │                       –
      ACTIVE                     2 │
18 runners without prices or trades`,
    );
  });

  it("marketTable() shows a market that nothing is known of", () => {
    assert.equal(
      text(market({ status: null }), 80),
      "1.234567890\nno definition\n\nno runners",
    );
  });

  it("marketTable() lets no name steer the terminal", () => {
    const name = "\x1b[2JEvil\u202e\nname";
    const shown = text(
      market({ name, venue: name, runners: [runner({ name })] }),
      100,
    );
    // deno-lint-ignore no-control-regex -- what must not be there
    assert.doesNotMatch(shown, /\x1b|\u202e/);
    assert.match(shown, /^1 {4}\ufffd\[2JEvil\ufffd\ufffdname/m);
  });
});
