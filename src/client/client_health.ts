/** How a client is doing. See {@linkcode ClientHealth}. */

import type { FallbackReason } from "../parsing/change_parser.ts";
import type { ClientState } from "./client_state.ts";
import type { LatencySummary } from "./latency_histogram.ts";

/**
 * How far a subscription is on the present connection.
 *
 * - `off`: not asked for, on this connection.
 * - `requested`: asked for; no answer yet.
 * - `imaging`: accepted; the books are not complete yet.
 * - `live`: the books are complete.
 * - `refused`: the exchange refused it, and kept the connection.
 */
export type StreamPhase = "off" | "requested" | "imaging" | "live" | "refused";

/** One of the two streams. */
export interface StreamHealth {
  /** How far its subscription is. */
  readonly phase: StreamPhase;
  /** Id of its latest request. */
  readonly subscriptionId: number | undefined;
  /** Whether its books must not be relied on: the exchange says so, or it is interrupted. */
  readonly isStale: boolean;
  /** Conflation in force, ms; undefined until the exchange has told. */
  readonly conflateMs: number | undefined;
  /** Heartbeat interval in force, ms. */
  readonly heartbeatMs: number;
  /** When its last message was received, ms since the epoch. */
  readonly lastMessageAtMs: number | undefined;
}

/** Something that went wrong. */
export interface HealthError {
  /** Name of its class. */
  readonly name: string;
  /** What happened. */
  readonly message: string;
  /** When, ms since the epoch. */
  readonly atMs: number;
}

/**
 * How a client is doing: a picture of one moment, made of plain values, fit for
 * JSON. It holds no credentials.
 */
export interface ClientHealth {
  /** What it is doing. */
  readonly state: ClientState;
  /** Name of the connection, which the exchange's support asks for; of the last one if there is none. */
  readonly connectionId: string | undefined;
  /** Connections that were opened so far. */
  readonly connections: number;
  /** Connections that were lost and replaced, or are to be. */
  readonly reconnects: number;
  /** Further connections that the account may open, as of the last authentication. */
  readonly connectionsAvailable: number | undefined;
  /** The market stream; undefined without a subscription. */
  readonly market: StreamHealth | undefined;
  /** The order stream; undefined without a subscription. */
  readonly order: StreamHealth | undefined;
  /** Interruptions that are over: `resumes` and those that took a new image. */
  readonly gaps: number;
  /** Interruptions that were made up for by what changed. */
  readonly resumes: number;
  /** Messages received and applied. */
  readonly messages: number;
  /** Bytes received. */
  readonly bytes: number;
  /** Lines and messages that could not be used. */
  readonly invalid: number;
  /** Messages ignored as they belong to a replaced subscription. */
  readonly superseded: number;
  /** Market changes that merged several: without conflation, signs of slow reading. */
  readonly conflated: number;
  /** The same by market, for markets that are in the cache now and had any. */
  readonly conflatedByMarket: Readonly<Record<string, number>>;
  /** Messages by which the exchange said that its data lag (status 503). */
  readonly stale: number;
  /** Lines for which a fast parser needed `JSON.parse`, by reason. */
  readonly parserFallbacks: Readonly<Record<FallbackReason, number>>;
  /** Bytes received whose updates have not all been delivered: at most one read. */
  readonly queueDepthBytes: number;
  /** Bytes held of a line that is not complete. */
  readonly pendingBytes: number;
  /**
   * From the publish time to the moment at which the message was read: it contains
   * what the two clocks differ by ({@linkcode ClientHealth.clockOffsetMs}), and a
   * consumer that is late.
   */
  readonly publishToReceived: LatencySummary;
  /** From reading a message to delivering its update. */
  readonly receivedToDelivered: LatencySummary;
  /**
   * Estimate of how much the local clock is ahead of the exchange's, ms: the shortest
   * time from publishing to reading in the last minutes, less half of the shortest
   * time in which a request was answered. It cannot be better than that half.
   */
  readonly clockOffsetMs: number | undefined;
  /** The last thing that went wrong. */
  readonly lastError: HealthError | undefined;
}
