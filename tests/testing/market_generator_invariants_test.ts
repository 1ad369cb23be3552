import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { MarketGenerator } from "../../src/testing/mod.ts";
import type {
  MarketState,
  RunnerState,
  StreamState,
} from "../../src/testing/mod.ts";
import { ReferenceCache } from "../support/reference_cache.ts";
import { SESSIONS } from "./sessions.ts";

/** What holds in the cache of a live session after every whole message. */
describe("MarketGenerator keeps the exchange's invariants", () => {
  for (const seed of [21, 22]) {
    it(`in the state of a live session, seed ${seed}`, () => {
      const eventful = SESSIONS.find(([remark]) =>
        remark.includes("eventful")
      )![1];
      const generator = new MarketGenerator({ ...eventful, seed });
      const cache = new ReferenceCache();
      const versions = new Map<string, number>();
      let publishTimeMs = 0;
      for (const line of generator) {
        const message = JSON.parse(line);
        assert.ok(
          message.pt === undefined || message.pt >= publishTimeMs,
          "pt does not fall",
        );
        publishTimeMs = message.pt ?? publishTimeMs;
        cache.apply(message);
        if (!generator.isMessageComplete) continue;
        const state = cache.state();
        for (const market of state.markets) checkMarket(market, versions);
        checkOrders(state);
      }
      assert.ok(versions.size >= 6);
    });
  }

  it("in the volumes of a PRO file: runner tv is the sum of the update, market tv the total", () => {
    const cache = new ReferenceCache();
    for (
      const line of new MarketGenerator({
        flavor: "pro",
        seed: 23,
        messages: 200,
      })
    ) {
      const message = JSON.parse(line);
      cache.apply(message);
      for (const entry of message.mc[0].rc) {
        assert.equal(entry.tv === undefined, entry.trd === undefined);
        if (entry.trd !== undefined) assert.equal(entry.tv, sizeSum(entry.trd));
      }
      if (message.mc[0].tv === undefined || message.mc[0].rc.length === 0) {
        continue;
      }
      const [market] = cache.state().markets;
      assert.equal(
        sum(market!.runners.map(({ ladders }) => sizeSum(ladders.trd))),
        message.mc[0].tv,
      );
    }
  });
});

function checkMarket(market: MarketState, versions: Map<string, number>): void {
  const { version, inPlay, betDelay } = market.definition as {
    version: number;
    inPlay: boolean;
    betDelay: number;
  };
  assert.ok(version >= (versions.get(market.id) ?? 0), "version does not fall");
  versions.set(market.id, version);
  assert.equal(betDelay > 0, inPlay);
  for (const runner of market.runners) checkRunner(runner);
  assert.equal(
    market.reportedTotalMatched ?? 0,
    sum(market.runners.map((runner) => runner.reportedTotalMatched ?? 0)),
  );
  const priorities = (market.definition!.runners as { sortPriority: number }[])
    .map(({ sortPriority }) => sortPriority);
  assert.deepEqual(priorities, priorities.map((_, index) => index + 1));
}

function checkRunner(
  { ladders, reportedTotalMatched, definition }: RunnerState,
): void {
  assert.ok(definition !== undefined);
  assert.equal(reportedTotalMatched ?? 0, sizeSum(ladders.trd));
  if (ladders.atb.length > 0 && ladders.atl.length > 0) {
    assert.ok(ladders.atb[0]![0]! < ladders.atl[0]![0]!, "book is not crossed");
  }
  assert.deepEqual(ladders.batb, rolledUp(ladders.atb));
  assert.deepEqual(ladders.batl, rolledUp(ladders.atl));
  for (
    const rows of [ladders.batb, ladders.batl, ladders.bdatb, ladders.bdatl]
  ) {
    assert.deepEqual(
      rows.map(([level]) => level),
      rows.map((_, index) => index),
      "no gaps",
    );
    assert.ok(rows.length <= 3);
  }
  for (
    const [backs, lays] of [[ladders.batb, ladders.batl], [
      ladders.bdatb,
      ladders.bdatl,
    ]]
  ) {
    const ascending = backs!.map((row) => row[1]!).reverse();
    const prices = [...ascending, ...lays!.map((row) => row[1]!)];
    // Display ladders may be read while they still trail behind; they agree with themselves.
    assert.deepEqual(
      prices,
      [...new Set(prices)].sort((a, b) => a - b),
      "ordered, not crossed",
    );
  }
  for (const rows of Object.values(ladders)) {
    for (const row of rows) {
      assert.ok(row.at(-1)! > 0 && row.at(-2)! >= 1.01 && row.at(-2)! <= 1000);
    }
  }
}

function checkOrders({ orders }: StreamState): void {
  for (const market of orders) {
    for (const runner of market.runners) {
      for (const order of runner.orders as Readonly<Record<string, number>>[]) {
        const parts = ["sm", "sr", "sl", "sc", "sv"].map((key) => order[key]!);
        assert.equal(order.s, sum(parts));
        assert.equal(String(order.status), order.sr! > 0 ? "E" : "EC");
        if (market.closed) assert.equal(String(order.status), "EC");
      }
      for (const side of ["matchedBacks", "matchedLays"] as const) {
        assert.equal(
          sizeSum(runner[side]),
          sum(runner.strategies.map((strategy) => sizeSum(strategy[side]))),
        );
      }
    }
  }
}

/** The roll-up once more, row by row from the rule in the protocol. */
function rolledUp(offers: readonly (readonly number[])[]): number[][] {
  const rows: number[][] = [];
  let pence = 0;
  offers.forEach(([price, size], index) => {
    pence += Math.round(size! * 100);
    if (pence < 100 && index < offers.length - 1) return;
    rows.push([rows.length, price!, pence / 100]);
    pence = 0;
  });
  return rows.slice(0, 3);
}

function sizeSum(rows: readonly (readonly number[])[]): number {
  return sum(rows.map((row) => row.at(-1)!));
}

/** The sum of sizes in GBP, exact. */
function sum(sizes: readonly number[]): number {
  return sizes.reduce((total, size) => total + Math.round(size * 100), 0) / 100;
}
