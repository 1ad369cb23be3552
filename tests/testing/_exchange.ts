/** Speaking to a {@linkcode MockExchange} by hand. @module */

import { BookFeed } from "../../src/cache/book_feed.ts";
import { StreamCache } from "../../src/cache/stream_cache.ts";
import { stateText } from "../../src/cli/_state_text.ts";
import type { MockExchange } from "../../src/testing/mod.ts";
import { type Line, RawClient } from "./_raw_client.ts";

/** Every column. */
export const ALL_FIELDS: readonly string[] = [
  "EX_BEST_OFFERS",
  "EX_BEST_OFFERS_DISP",
  "EX_ALL_OFFERS",
  "EX_TRADED",
  "EX_TRADED_VOL",
  "EX_LTP",
  "EX_MARKET_DEF",
  "SP_TRADED",
  "SP_PROJECTED",
];

/** Subscription to everything. */
export const EVERYTHING: Line = {
  op: "marketSubscription",
  id: 2,
  segmentationEnabled: true,
  marketFilter: {},
  marketDataFilter: { fields: ALL_FIELDS, ladderLevels: 10 },
};

/** Subscription to all orders. */
export const ORDERS: Line = {
  op: "orderSubscription",
  id: 3,
  segmentationEnabled: true,
  orderFilter: {
    includeOverallPosition: true,
    partitionMatchedByStrategyRef: true,
  },
};

/** Connects without saying anything. */
export function connect(exchange: MockExchange): Promise<RawClient> {
  return RawClient.connect({ port: exchange.port, caCert: exchange.caCert });
}

/** Connects and authenticates; the connection's and the status line are read. */
export async function logIn(exchange: MockExchange): Promise<RawClient> {
  const client = await connect(exchange);
  await client.line();
  await client.send({
    op: "authentication",
    id: 1,
    appKey: "key",
    session: "token",
  });
  await client.line();
  return client;
}

/** Whether a line ends an image or the first answer to a resumed subscription. */
export function endsFirst(line: Line): boolean {
  return line.ct !== undefined && line.ct !== "HEARTBEAT" &&
    (line.segmentType === undefined || line.segmentType === "SEG_END");
}

/** A cache that forgets nothing, fed by hand. */
export class Reader {
  readonly feed: BookFeed = new BookFeed({
    cache: new StreamCache({
      closedRetentionMs: Infinity,
      completedOrders: "keep",
    }),
  });

  /** Applies everything that a client has received, and not yet given. */
  take(client: RawClient): void {
    for (const chunk of client.chunks.splice(0)) {
      for (const update of this.feed.push(chunk)) {
        if (update.kind === "invalid") throw update.error;
      }
    }
  }

  /** The state as text. */
  get text(): string {
    return stateText(this.feed.cache);
  }
}
