/** Messages as bytes, and what a feed makes of them as plain values. @module */

import type { BookFeed } from "../../src/cache/book_feed.ts";
import type { StreamUpdate } from "../../src/cache/stream_update.ts";

/** A JSON object. */
export type Json = Readonly<Record<string, unknown>>;

const encoder = new TextEncoder();

/** Messages as lines, each ended by LF. Strings are lines already. */
export function wire(...messages: readonly (Json | string)[]): Uint8Array {
  const lines = messages.map((message) =>
    `${typeof message === "string" ? message : JSON.stringify(message)}\n`
  );
  return encoder.encode(lines.join(""));
}

/** A market change message. */
export function mcm(mc: readonly Json[], envelope: Json = {}): Json {
  return { op: "mcm", pt: 1_700_000_000_000, ...envelope, mc };
}

/** An order change message. */
export function ocm(oc: readonly Json[], envelope: Json = {}): Json {
  return { op: "ocm", pt: 1_700_000_000_000, ...envelope, oc };
}

/** A market definition with a runner per selection id, in this order. */
export function definition(
  selectionIds: readonly number[],
  more: Json = {},
): Json {
  return {
    status: "OPEN",
    inPlay: false,
    version: 1,
    ...more,
    runners: selectionIds.map((id, index) => ({
      id,
      status: "ACTIVE",
      sortPriority: index + 1,
    })),
  };
}

/** An update as it was when it was delivered. */
export interface SeenUpdate {
  readonly kind: StreamUpdate["kind"];
  readonly stream: StreamUpdate["stream"];
  readonly isImage: boolean;
  readonly isResubscription: boolean;
  readonly isConflated: boolean;
  readonly isStale: boolean;
  readonly segments: number;
  readonly clk: string | undefined;
  readonly initialClk: string | undefined;
  readonly publishTimeMs: number | undefined;
  /** Ids of the markets that changed. */
  readonly markets: readonly string[];
  readonly removedMarkets: readonly string[];
  readonly orders: readonly string[];
  readonly removedOrders: readonly string[];
  /** Their bet ids. */
  readonly missingOrders: readonly string[];
  readonly source: string;
  readonly lineNumber: number;
  readonly byteOffset: number;
  readonly line: string;
  readonly error: Error | undefined;
}

/** Copies what an update says. */
export function seen(update: StreamUpdate): SeenUpdate {
  const idOf = ({ marketId }: { readonly marketId: string }): string =>
    marketId;
  return {
    kind: update.kind,
    stream: update.stream,
    isImage: update.isImage,
    isResubscription: update.isResubscription,
    isConflated: update.isConflated,
    isStale: update.isStale,
    segments: update.segments,
    clk: update.clk,
    initialClk: update.initialClk,
    publishTimeMs: update.publishTimeMs,
    markets: update.markets.map(idOf),
    removedMarkets: update.removedMarkets.map(idOf),
    orders: update.orders.map(idOf),
    removedOrders: update.removedOrders.map(idOf),
    missingOrders: update.missingOrders.map(({ betId }) => betId),
    source: update.source,
    lineNumber: update.lineNumber,
    byteOffset: update.byteOffset,
    line: new TextDecoder().decode(update.rawLine),
    error: update.error,
  };
}

/** Feeds messages as lines; returns what was delivered. */
export function push(
  feed: BookFeed,
  ...messages: readonly (Json | string)[]
): SeenUpdate[] {
  return Array.from(feed.push(wire(...messages)), seen);
}

/** The bytes in chunks of a size, the last one smaller. */
export function* chunksOf(
  bytes: Uint8Array,
  size: number,
): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) {
    yield bytes.subarray(at, at + size);
  }
}

/** The bytes one after the other. */
export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(
    parts.reduce((sum, { length }) => sum + length, 0),
  );
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
