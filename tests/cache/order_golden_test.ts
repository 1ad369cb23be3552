import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { OrderCache } from "../../src/cache/order_cache.ts";
import type { OrderRunnerView } from "../../src/cache/order_runner.ts";
import type { OrderChangeMessage } from "../../src/protocol/order_change_message.ts";
import { parseMessage } from "../../src/protocol/parse_message.ts";
import type {
  OrderMarketState,
  OrderRunnerState,
} from "../../src/testing/stream_state.ts";
import {
  missingReason,
  readGolden,
  readGoldenStrategies,
  readGoldenText,
  readRecordingLines,
  recordings,
} from "../support/recordings.ts";
import { ReferenceCache } from "../support/reference_cache.ts";
import { stateDigest, stateText } from "../support/state_text.ts";

const ORDER_KEYS = [
  ...[
    "id",
    "side",
    "status",
    "ot",
    "pt",
    "p",
    "s",
    "sm",
    "sr",
    "sl",
    "sc",
    "sv",
    "avp",
  ],
  ...["bsp", "pd", "md", "cd", "ld", "lsrc", "rfo", "rfs"],
] as const;

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function lowestFirst(rows: [number, number][]): [number, number][] {
  return rows.sort((a, b) => a[0] - b[0]);
}

function runnerState(runner: OrderRunnerView): OrderRunnerState {
  const orders = [...runner.openOrders, ...runner.completedOrders];
  return {
    selectionId: runner.selectionId,
    handicap: runner.handicap,
    orders: orders.sort((a, b) => byText(a.betId, b.betId))
      .map((order) => ({ ...order.wire })),
    matchedBacks: lowestFirst(runner.matchedBacks.toJSON()),
    matchedLays: lowestFirst(runner.matchedLays.toJSON()),
    strategies: [...runner.strategies.values()]
      .sort((a, b) => byText(a.strategyRef, b.strategyRef))
      .map((strategy) => ({
        reference: strategy.strategyRef,
        matchedBacks: lowestFirst(strategy.matchedBacks.toJSON()),
        matchedLays: lowestFirst(strategy.matchedLays.toJSON()),
      })),
  };
}

function stateOf(cache: OrderCache): OrderMarketState[] {
  return [...cache].sort((a, b) => byText(a.marketId, b.marketId)).map((
    book,
  ) => ({
    id: book.marketId,
    publishTimeMs: book.publishTimeMs,
    closed: book.isClosed,
    runners: book.runners.map(runnerState),
  }));
}

/** The state in the form of the golden's `orders`. */
function goldenForm(states: readonly OrderMarketState[]): unknown {
  const form = states.map((market) => [market.id, {
    pt: market.publishTimeMs,
    closed: market.closed,
    runners: market.runners.map((runner) => ({
      id: runner.selectionId,
      hc: runner.handicap,
      uo: runner.orders.map((order) =>
        Object.fromEntries(ORDER_KEYS.map((key) => [key, order[key] ?? null]))
      ),
      mb: runner.matchedBacks,
      ml: runner.matchedLays,
    })),
  }]);
  return Object.fromEntries(form);
}

function strategyForm(states: readonly OrderMarketState[]): unknown {
  const form = states.map((market) => [
    market.id,
    market.runners.map((runner) => ({
      id: runner.selectionId,
      hc: runner.handicap,
      smc: Object.fromEntries(
        runner.strategies.map(({ reference, matchedBacks, matchedLays }) => [
          reference,
          { mb: matchedBacks, ml: matchedLays },
        ]),
      ),
    })),
  ]);
  return Object.fromEntries(form);
}

describe("OrderCache on recordings", { skip: missingReason }, () => {
  for (
    const { name } of recordings.filter(({ name }) =>
      name.startsWith("orders_")
    )
  ) {
    it(`OrderCache agrees with the golden of ${name} after every message`, () => {
      const golden = readGolden(name);
      const cache = new OrderCache({ completedOrders: "keep" });
      let count = 0;
      for (const line of readRecordingLines(name)) {
        const message = parseMessage(new TextEncoder().encode(line));
        assert.ok(message.op === "ocm");
        if (message.ct === "SUB_IMAGE") cache.beginImage();
        cache.apply(message);
        count++;
        const checkpoint = golden.checkpoints.find(({ n }) => n === count);
        assert.ok(checkpoint);
        const orders = stateOf(cache);
        assert.deepEqual(goldenForm(orders), checkpoint.orders);
        assert.equal(stateDigest({ markets: [], orders }), checkpoint.digest);
      }
      const orders = stateOf(cache);
      assert.deepEqual(goldenForm(orders), golden.orders);
      assert.equal(stateDigest({ markets: [], orders }), golden.digest);
      const text = readGoldenText(name);
      if (text !== undefined) {
        assert.equal(stateText({ markets: [], orders }), text);
      }
      const strategies = readGoldenStrategies(name);
      if (strategies !== undefined) {
        assert.deepEqual(strategyForm(orders), strategies);
      }
    });

    it(`OrderCache by default agrees with the golden of ${name} without what it drops`, () => {
      const golden = readGolden(name);
      const cache = new OrderCache();
      for (const line of readRecordingLines(name)) {
        const message = parseMessage(new TextEncoder().encode(line));
        assert.ok(message.op === "ocm");
        if (message.ct === "SUB_IMAGE") cache.beginImage();
        cache.apply(message);
      }
      const kept = Object.entries(golden.orders)
        .filter(([, market]) => !market.closed)
        .filter(([, market]) =>
          market.runners.some(({ uo, mb, ml }) =>
            uo.length + mb.length + ml.length > 0
          )
        );
      assert.deepEqual(goldenForm(stateOf(cache)), Object.fromEntries(kept));
    });
  }
});

const few = { maxLength: 3 } as const;
const flag = fc.constantFrom(true, false, null, undefined);
const prices = fc.constantFrom(1.01, 2, 2.5, 6.86, 1000);
const sizes = fc.constantFrom(0, 0, 1, 2.23, 70);
const matches = fc.option(fc.array(fc.tuple(prices, sizes), few));
const order = fc.record({
  id: fc.constantFrom("1", "2", "3", "4"),
  status: fc.constantFrom("E", "EC"),
  side: fc.constantFrom("B", "L"),
  sm: sizes,
  rfs: fc.constantFrom("a", "", null),
});
const strategies = fc.dictionary(
  fc.constantFrom("", "a", "b"),
  fc.record({ mb: matches, ml: matches }),
  { maxKeys: 2 },
);
const runner = fc.record({
  id: fc.constantFrom(7, 8, 9),
  hc: fc.constantFrom(0, -0.5, null, undefined),
  fullImage: flag,
  uo: fc.option(fc.array(order, few)),
  mb: matches,
  ml: matches,
  smc: fc.option(strategies),
});
const market = fc.record({
  id: fc.constantFrom("1.1", "1.2", "1.10"),
  fullImage: fc.constantFrom(true, false, false, null),
  closed: fc.constantFrom(true, false, false, null),
  orc: fc.option(fc.array(runner, few)),
});
const change = fc.record({
  op: fc.constant("ocm" as const),
  pt: fc.integer({ min: 1, max: 1000 }),
  ct: fc.constantFrom(
    undefined,
    undefined,
    undefined,
    null,
    "SUB_IMAGE",
    "RESUB_DELTA",
  ),
  oc: fc.option(fc.array(market, few)),
});
// Through JSON, as on the wire: undefined fields are absent.
const message = change.map((value) =>
  JSON.parse(JSON.stringify(value)) as OrderChangeMessage
);

describe("OrderCache and its oracle", () => {
  it("OrderCache agrees with the reference cache after every random message", () => {
    fc.assert(
      fc.property(fc.array(message, { maxLength: 12 }), (messages) => {
        const cache = new OrderCache({ completedOrders: "keep" });
        const reference = new ReferenceCache();
        for (const message of messages) {
          if (message.ct === "SUB_IMAGE") cache.beginImage();
          cache.apply(message);
          reference.apply({ ...message });
          const state = JSON.stringify(stateOf(cache));
          assert.equal(state, JSON.stringify(reference.state().orders));
        }
      }),
      { numRuns: 300 },
    );
  });

  it("OrderCache by default only differs from keeping everything in what it drops", () => {
    fc.assert(
      fc.property(fc.array(message, { maxLength: 12 }), (messages) => {
        const [keeping, cache] = [
          new OrderCache({ completedOrders: "keep" }),
          new OrderCache({ closedRetentionMs: Infinity }),
        ];
        for (const message of messages) {
          for (const each of [keeping, cache]) {
            if (message.ct === "SUB_IMAGE") each.beginImage();
            each.apply(message);
          }
          for (const kept of stateOf(keeping)) {
            const book = stateOf(cache).find(({ id }) => id === kept.id);
            const content = ({ runners }: OrderMarketState): string =>
              JSON.stringify(
                runners.filter((runner) =>
                  runner.orders.length + runner.matchedBacks.length +
                      runner.matchedLays.length +
                      runner.strategies.length > 0
                ),
              );
            assert.equal(
              book === undefined ? "[]" : content(book),
              content(kept),
            );
          }
          const ids = (orders: OrderCache): string[] =>
            orders.missingAfterImage.map(({ betId }) => betId).sort();
          assert.deepEqual(ids(cache), ids(keeping));
        }
      }),
      { numRuns: 300 },
    );
  });
});
