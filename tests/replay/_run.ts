/** Replays to the end, and small messages to replay. @module */

import type { StreamCache } from "../../src/cache/stream_cache.ts";
import type { ReplaySource } from "../../src/replay/byte_source.ts";
import {
  type Replay,
  replay,
  type ReplayOptions,
} from "../../src/replay/replay.ts";
import type { MarketGeneratorOptions } from "../../src/testing/mod.ts";
import { type Json, mcm, seen, type SeenUpdate } from "../support/messages.ts";

/** Options with which nothing is dropped. */
export const KEEP_ALL: ReplayOptions = {
  closedRetentionMs: Infinity,
  completedOrders: "keep",
};

/** A session of many chunks. */
export const SESSION: MarketGeneratorOptions = {
  seed: 11,
  messages: 1500,
  orders: true,
  segmentShare: 0.1,
};

/** Replays to the end; what was delivered. */
export async function run(
  source: ReplaySource,
  options: ReplayOptions = KEEP_ALL,
): Promise<{ updates: SeenUpdate[]; session: Replay }> {
  const session = replay(source, options);
  const updates: SeenUpdate[] = [];
  for await (const batch of session) {
    for (const update of batch) updates.push(seen(update));
  }
  return { updates, session };
}

/** A message that sets the last traded price of runner 7 of market 1.1. */
export function price(ltp: number): Json {
  return mcm([{ id: "1.1", rc: [{ id: 7, ltp }] }]);
}

/** The price that {@linkcode price} sets. */
export function priceIn(cache: StreamCache): number | undefined {
  return cache.markets.get("1.1")?.runner(7)?.lastTradedPrice;
}
