/** Bodies of the `encode_*_bench.ts` files. */

import { encodeRequest, type StreamRequest } from "../../mod.ts";
import { assertSame, type BenchGroup } from "../support/bench_group.ts";

const REQUESTS = 64;

/** Market subscriptions to different markets. */
export function encodeSubscriptionGroup(): BenchGroup {
  return requestGroup("encode subscription", (i) => ({
    op: "marketSubscription",
    id: i,
    marketFilter: {
      marketIds: Array.from(
        { length: 1 + i % 20 },
        (_, market) => `1.${200_000_000 + 31 * i + market}`,
      ),
      countryCodes: ["GB", "IE"],
    },
    marketDataFilter: {
      fields: ["EX_BEST_OFFERS", "EX_TRADED_VOL", "EX_LTP", "EX_MARKET_DEF"],
      ladderLevels: 1 + i % 10,
    },
    heartbeatMs: 500 + i,
  }));
}

/** Heartbeats with different ids. */
export function encodeHeartbeatGroup(): BenchGroup {
  return requestGroup("encode heartbeat", (i) => ({ op: "heartbeat", id: i }));
}

function requestGroup(
  group: string,
  requestAt: (i: number) => StreamRequest,
): BenchGroup {
  const requests = Array.from({ length: REQUESTS }, (_, i) => requestAt(i));
  const encoder = new TextEncoder();
  const checked = (): number => sum(requests, encodeRequest);
  const plain = (): number =>
    sum(
      requests,
      (request) => encoder.encode(`${JSON.stringify(request)}\r\n`),
    );
  return {
    group,
    messages: REQUESTS,
    bytes: plain(),
    cases: [
      { name: "encodeRequest (checks everything)", run: checked },
      { name: "JSON.stringify, encode", baseline: true, run: plain },
    ],
    verify: () => assertSame(group, { checked: checked(), plain: plain() }),
  };
}

function sum(
  requests: readonly StreamRequest[],
  encode: (request: StreamRequest) => Uint8Array,
): number {
  let bytes = 0;
  for (const request of requests) bytes += encode(request).length;
  return bytes;
}
