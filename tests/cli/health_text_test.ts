import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { StreamClient } from "../../src/client/stream_client.ts";
import type { ClientHealth } from "../../src/client/client_health.ts";
import { widthOf } from "../../src/cli/_format.ts";
import { healthText, latencyText } from "../../src/cli/_health_text.ts";

const IDLE = new StreamClient({ appKey: "k", session: "s", markets: {} })
  .health;

const BUSY: ClientHealth = {
  ...IDLE,
  state: "live",
  connectionId: "101-\x1b[2J",
  connections: 3,
  reconnects: 2,
  gaps: 3,
  resumes: 1,
  messages: 12_345,
  bytes: 6_789_000,
  invalid: 2,
  conflated: 10,
  conflatedByMarket: { "1.1": 1, "1.2": 5, "1.3": 2, "1.4": 2 },
  stale: 7,
  publishToReceived: {
    count: 5,
    p50Ms: 0.123,
    p90Ms: 4.56,
    p99Ms: 78.9,
    maxMs: 2500,
  },
  clockOffsetMs: -3.21,
  lastError: { name: "Error", message: "the peer reset it", atMs: 0 },
};

describe("healthText()", () => {
  it("healthText() tells all there is", () => {
    const text = healthText(BUSY, 119, (part) => part).join("\n");
    for (
      const part of [
        "live · 3 connections · 2 reconnects",
        "12,345 messages · 6.8 MB · 2 lines unusable",
        "3 gaps · 1 resumed · 2 imaged anew",
        "10 market changes · 1.2: 5 · 1.3: 2 · 1.4: 2 · 1 more market",
        "7 messages",
        "0.12 ms  4.6 ms  79 ms  2.50 s",
        "3.2 ms behind the exchange's",
        "00:00:00 UTC · the peer reset it",
      ]
    ) assert.ok(text.replaceAll(/ {3,}/g, "  ").includes(part), part + text);
    // deno-lint-ignore no-control-regex -- what must not be there
    assert.doesNotMatch(text, /\x1b/);
  });

  it("healthText() keeps to the width, and says where nothing is known", () => {
    for (const health of [IDLE, BUSY]) {
      for (const width of [60, 79, 119]) {
        for (const line of healthText(health, width, (part) => part)) {
          assert.ok(widthOf(line) <= width, line);
        }
      }
    }
    const idle = healthText(IDLE, 79, (part) => part).join("\n");
    assert.match(idle, /publish → received +– +– +– +–/);
  });
});

describe("latencyText()", () => {
  it("latencyText() has as many digits as mean something", () => {
    const cases = [
      [0, "0.00 ms"],
      [0.456, "0.46 ms"],
      [5.55, "5.5 ms"],
      [
        45.4,
        "45 ms",
      ],
      [1234, "1.23 s"],
      [-5, "-5.0 ms"],
    ] as const;
    for (const [ms, text] of cases) assert.equal(latencyText(ms), text);
  });
});
