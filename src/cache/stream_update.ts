/** What one message did. See {@linkcode StreamUpdate}. */

import type { Gap } from "./gap.ts";
import type { MarketBook } from "./market_book.ts";
import type { Order } from "./order.ts";
import type { OrderBook } from "./order_book.ts";

/**
 * Kinds of update.
 *
 * - `market`, `order`: changes of markets or orders, images included.
 * - `heartbeat`: nothing changed, and the stream is alive.
 * - `gap`: a stream was interrupted, and the update behind this one makes its
 *   books right again; see {@linkcode StreamUpdate.gap}.
 * - `connection`, `status`: the exchange's answers to the client.
 * - `race`, `cricket`: sports data; read them from {@linkcode StreamUpdate.message}.
 * - `unknown`: a message of a kind that the protocol does not name.
 * - `invalid`: data that could not be used; see {@linkcode StreamUpdate.error}.
 */
export type UpdateKind =
  | "market"
  | "order"
  | "heartbeat"
  | "gap"
  | "connection"
  | "status"
  | "race"
  | "cricket"
  | "unknown"
  | "invalid";

/** The two streams that a connection can carry. */
export type StreamName = "market" | "order";

/**
 * What every update says: see {@linkcode StreamUpdate}.
 *
 * **Lifetime.** There is one update object for a cache: it, its lists and its
 * bytes are valid until the next update is asked for. Books stay and go on
 * changing; keep a {@linkcode MarketBook.snapshot} to keep a moment.
 *
 * A message in segments (protocol section 4.8) gives one update, with the last
 * segment.
 */
export interface UpdateFacts {
  /** What kind of update this is. */
  readonly kind: UpdateKind;
  /** Which stream a market or order update, or a heartbeat, is of. */
  readonly stream: StreamName | undefined;
  /** Publish time at the exchange, ms since the epoch. */
  readonly publishTimeMs: number | undefined;
  /** Id of the subscription request that the message belongs to. */
  readonly subscriptionId: number | undefined;
  /** `SUB_IMAGE`, `RESUB_DELTA`, `HEARTBEAT` or a newer one; undefined for an ordinary update. */
  readonly changeType: string | undefined;
  /** Token to resume from (`clk`), if the message has one. */
  readonly clk: string | undefined;
  /** Second token to resume from (`initialClk`), if the message has one. */
  readonly initialClk: string | undefined;
  /** Conflation in force, ms; sent with images. */
  readonly conflateMs: number | undefined;
  /** Heartbeat interval in force, ms; sent with images. */
  readonly heartbeatMs: number | undefined;
  /** Whether the message is an image of everything: what it does not hold is gone. */
  readonly isImage: boolean;
  /** Whether the message brings a resumed subscription up to date. */
  readonly isResubscription: boolean;
  /** Whether a market change in it merged several. Always so in purchased files. */
  readonly isConflated: boolean;
  /** Whether the message says that its data lag: status 503, on any of its segments. */
  readonly isLagging: boolean;
  /**
   * Whether the stream's books are not to be traded on: the data lag, an
   * interruption is not over, or an image is still to come. What `cache.isStale` says
   * right after this update; see {@linkcode StreamCache.isStale}.
   */
  readonly isStale: boolean;
  /** The interruption that is over; undefined unless the kind is `gap`. */
  readonly gap: Gap | undefined;
  /** Messages that this update was made of; more than 1 for segments. */
  readonly segments: number;
  /** Markets that changed, in the order named. */
  readonly markets: readonly MarketBook[];
  /** Markets that are no longer in the cache: not in an image, or closed before. */
  readonly removedMarkets: readonly MarketBook[];
  /** Order books that changed. */
  readonly orders: readonly OrderBook[];
  /** Order books that are no longer in the cache. */
  readonly removedOrders: readonly OrderBook[];
  /**
   * Orders that were open before an image and are not in it: they completed unseen
   * and must be looked up through the betting API (protocol section 5).
   */
  readonly missingOrders: readonly Order[];
  /** The line as received, without its line end; of the last segment. Copy it to keep it. */
  readonly rawLine: Uint8Array;
  /** The line as `JSON.parse` reads it, parsed on demand; undefined when it is invalid. */
  readonly message: unknown;
  /** What the line was read from; empty if unknown. */
  readonly source: string;
  /** Number of the line in its source, from 1. */
  readonly lineNumber: number;
  /** Offset of the line's first byte in its source (decompressed), from 0. */
  readonly byteOffset: number;
  /**
   * Why the data could not be used; undefined unless the kind is `invalid`. An
   * {@linkcode InvalidLineError} for a line, an {@linkcode IncompleteMessageError} for
   * segments that broke off, a RangeError for what is beyond a limit, another error
   * for what is no line.
   */
  readonly error: Error | undefined;
}

/** An update that tells of an interruption. */
export interface GapUpdate extends UpdateFacts {
  /** Always `"gap"`. */
  readonly kind: "gap";
  /** The interruption that is over. */
  readonly gap: Gap;
  /** There is none. */
  readonly error: undefined;
}

/** An update that tells of data that could not be used. */
export interface InvalidUpdate extends UpdateFacts {
  /** Always `"invalid"`. */
  readonly kind: "invalid";
  /** There is none. */
  readonly gap: undefined;
  /** Why; see {@linkcode UpdateFacts.error}. */
  readonly error: Error;
}

/** An update by a message. */
export interface MessageUpdate extends UpdateFacts {
  /** What kind of message it was. */
  readonly kind: Exclude<UpdateKind, "gap" | "invalid">;
  /** There is none. */
  readonly gap: undefined;
  /** There is none. */
  readonly error: undefined;
}

/**
 * One message, already applied to the books; or what is to be told before it. The
 * `kind` says which, and with it whether there is a `gap` or an `error`.
 *
 * **Lifetime.** There is one update object for a cache; see {@linkcode UpdateFacts}.
 *
 * @example
 * ```ts
 * import { BookFeed } from "@betfair-stream/core";
 * import assert from "node:assert/strict";
 *
 * const lines = `{"op":"mcm","pt":1,"mc":[{"id":"1.2"}]}\n{"op":\n`;
 * const told: string[] = [];
 * for (const update of new BookFeed().push(new TextEncoder().encode(lines))) {
 *   if (update.kind === "invalid") told.push(update.error.name);
 *   else if (update.kind === "gap") told.push(update.gap.outcome);
 *   else told.push(update.kind);
 * }
 * assert.deepEqual(told, ["market", "InvalidLineError"]);
 * ```
 */
export type StreamUpdate = MessageUpdate | GapUpdate | InvalidUpdate;
