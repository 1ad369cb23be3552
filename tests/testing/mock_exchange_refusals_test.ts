import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { gzipSync } from "node:zlib";
import {
  generateSession,
  MockExchange,
  type MockFault,
} from "../../src/testing/mod.ts";
import { ReplaySourceError } from "../../src/replay/replay_source_error.ts";
import { logIn } from "./_exchange.ts";
import { ManualTimers } from "./_manual_timers.ts";
import type { Line } from "./_raw_client.ts";

// What a test of a user's must not pass by without a word.

function subscription(more: Line): Line {
  return { op: "marketSubscription", id: 2, ...more };
}

describe("MockExchange, asked for what is malformed", () => {
  for (
    const [what, request] of [
      [
        "numbers for ids",
        subscription({ marketFilter: { eventTypeIds: [7] } }),
      ],
      [
        "text for a list",
        subscription({ marketFilter: { eventTypeIds: "7" } }),
      ],
      ["text for fields", subscription({ marketDataFilter: { fields: "EX" } })],
      ["99 levels", subscription({ marketDataFilter: { ladderLevels: 99 } })],
      ["text for a flag", subscription({ marketFilter: { bspMarket: "yes" } })],
      ["a list for a filter", subscription({ marketFilter: [] })],
      ["accounts", {
        op: "orderSubscription",
        id: 3,
        orderFilter: { accountIds: [1] },
      }],
    ] as const
  ) {
    it(`refuses ${what}`, async () => {
      await using exchange = await MockExchange.start();
      using client = await logIn(exchange);
      await client.send(request);
      const status = await client.line();
      assert.equal(status.errorCode, "INVALID_INPUT");
      assert.equal(status.connectionClosed, true);
    });
  }

  it("takes null for nothing, and filters that it does not know", async () => {
    await using exchange = await MockExchange.start();
    using client = await logIn(exchange);
    await client.send(subscription({
      marketFilter: { eventTypeIds: null, newFilter: { deep: [1] } },
      marketDataFilter: { fields: ["EX_NEWER"], ladderLevels: null },
      heartbeatMs: null,
    }));
    assert.equal((await client.line()).statusCode, "SUCCESS");
    await client.send({
      op: "orderSubscription",
      id: 3,
      orderFilter: { accountIds: null },
    });
    let line = await client.line();
    while (line.op !== "status") line = await client.line();
    assert.equal(line.statusCode, "SUCCESS");
  });
});

describe("MockExchange and faults that cannot happen", () => {
  for (
    const [what, fault] of [
      ["a request that there is not", { kind: "stall", request: "login" }],
      ["a byte that is none", { kind: "cut", byte: -1 }],
      ["half a byte", { kind: "cut", byte: 1.5 }],
      ["connection 0", { kind: "cut", connection: 0 }],
      ["position 0", { kind: "cut", position: 0 }],
      ["no time", { kind: "cut", times: 0 }],
    ] as const
  ) {
    it(`refuses ${what}`, async () => {
      const faults = [fault as unknown as MockFault];
      await assert.rejects(MockExchange.start({ faults }), RangeError);
    });
  }

  it("refuses a position that is behind, and tells what is still to happen", async () => {
    const source = generateSession({ seed: 1, messages: 20 });
    const beyond: MockFault = { kind: "cut", position: 10 };
    await using exchange = await MockExchange.start({
      source,
      pace: "stepped",
      startPosition: 4,
      faults: [beyond],
    });
    assert.deepEqual(exchange.pendingFaults, [beyond]);
    for (const position of [1, 4]) {
      const fault: MockFault = { kind: "cut", position };
      assert.throws(() => exchange.addFault(fault), /its position must be > 4/);
      await assert.rejects(
        MockExchange.start({
          source,
          pace: "stepped",
          startPosition: 4,
          faults: [fault],
        }),
        RangeError,
      );
    }
    using client = await logIn(exchange);
    await client.send(subscription({ marketFilter: {} }));
    await exchange.advanceTo(10);
    await exchange.until(() => exchange.pendingFaults.length === 0);
  });
});

describe("MockExchange and a source that fails", () => {
  it("tells whoever looks or waits", async () => {
    const whole = gzipSync(generateSession({ seed: 2, messages: 3000 }));
    await using exchange = await MockExchange.start({
      source: whole.subarray(0, whole.length * 0.7),
      waitFor: 0,
    });
    await assert.rejects(exchange.finished(), ReplaySourceError);
    assert.ok(exchange.failure instanceof ReplaySourceError);
    assert.equal(exchange.isAtEnd, false);
  });
});

describe("MockExchange and several recordings", () => {
  it("tells each in its own time, one behind the other", async () => {
    const timers = new ManualTimers();
    const at = (pt: number): Line => ({
      op: "mcm",
      pt,
      mc: [{ id: "1.1", rc: [{ id: 1, ltp: 2 }] }],
    });
    await using exchange = await MockExchange.start({
      source: [at(10_000), at(11_000), at(4_000), at(5_000)],
      pace: 1,
      waitFor: 0,
      timers,
    });
    const positions: number[] = [];
    for (let second = 0; second < 4; second++) {
      await exchange.until(() => timers.pending > 0 || exchange.isAtEnd);
      positions.push(exchange.position);
      timers.pass(1000);
    }
    await exchange.finished();
    assert.deepEqual(positions.slice(0, 3), [1, 3, 4]);
  });
});
