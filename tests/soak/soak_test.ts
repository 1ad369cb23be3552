import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { runSoak } from "./_soak_client.ts";

const SEED = 20261125;

describe("StreamClient in a soak", () => {
  it(`agrees with the exchange after seconds of faults (seed ${SEED})`, async () => {
    const { problems, gaps, orders, health, exchange } = await runSoak({
      seconds: 6,
      seed: SEED,
      markets: 200,
      messagesPerSecond: 1000,
      faultEveryMs: 150,
    });
    assert.deepEqual(problems, []);
    assert.ok(orders > 10);
    assert.ok(health.reconnects >= 5, JSON.stringify(exchange.faults));
    assert.ok(Object.values(gaps).reduce((sum, n) => sum + n, 0) >= 5);
  });
});
