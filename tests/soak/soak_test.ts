import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { runSoak } from "./_soak_client.ts";

const SEED = 20261125;

describe("StreamClient in a soak", () => {
  for (const records of [false, true]) {
    const remark = records ? ", and so does its recording" : "";
    it(`agrees with the exchange after seconds of faults${remark} (seed ${SEED})`, async () => {
      const { problems, gaps, orders, health, exchange } = await runSoak({
        seconds: 5,
        seed: SEED,
        markets: 200,
        messagesPerSecond: 1000,
        faultEveryMs: 150,
        records,
      });
      assert.deepEqual(problems, []);
      assert.ok(orders > 10);
      // How many depends on the machine; without any, nothing was tested.
      assert.ok(health.reconnects >= 2, JSON.stringify(exchange.faults));
      assert.ok(Object.values(gaps).reduce((sum, n) => sum + n, 0) >= 2);
    });
  }
});
