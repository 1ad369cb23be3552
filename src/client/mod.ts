/**
 * Market and order books, live: connects, authenticates, subscribes, and comes back
 * from whatever happens without losing anything unnoticed.
 *
 * ```ts
 * import { StreamClient, type Transport } from "@betfair-stream/core/client";
 * import assert from "node:assert/strict";
 *
 * // Stands in for the exchange; a program leaves `connect` out.
 * const script = [
 *   `{"op":"status","id":1,"statusCode":"SUCCESS","connectionClosed":false}`,
 *   `{"op":"status","id":2,"statusCode":"SUCCESS","connectionClosed":false}`,
 *   `{"op":"mcm","id":2,"ct":"SUB_IMAGE","pt":1,"mc":[{"id":"1.2","img":true}]}`,
 * ];
 * const transport: Transport = {
 *   read: () => Promise.resolve(new TextEncoder().encode(`${script.shift()}\n`)),
 *   write: () => Promise.resolve(),
 *   close: () => {},
 * };
 *
 * await using client = new StreamClient({
 *   appKey: "key",
 *   session: "token",
 *   markets: { marketFilter: { marketIds: ["1.2"] } },
 *   connect: () => Promise.resolve(transport),
 * });
 * for await (const batch of client) {
 *   for (const update of batch) {
 *     for (const book of update.markets) assert.equal(book.marketId, "1.2");
 *   }
 *   if (client.state === "live") break;
 * }
 * ```
 *
 * @module
 */

// The client.
export { StreamClient } from "./stream_client.ts";
export { Backoff } from "./backoff.ts";
export { SYSTEM_TIMERS } from "./client_timers.ts";
export { ConnectionLostError } from "./connection_lost_error.ts";
export { LatencyHistogram } from "./latency_histogram.ts";
export { NetPermissionError } from "./net_permission_error.ts";
export { StreamStatusError } from "./stream_status_error.ts";
export { openTransport } from "./transport.ts";

export type { BackoffOptions } from "./backoff.ts";
export type {
  ClientHealth,
  HealthError,
  StreamHealth,
  StreamPhase,
} from "./client_health.ts";
export type { StreamClientOptions } from "./client_options.ts";
export type { ClientState, ClientStateChange } from "./client_state.ts";
export type { ClientTimers } from "./client_timers.ts";
export type {
  ConnectionLostErrorOptions,
  ConnectionPhase,
} from "./connection_lost_error.ts";
export type { LatencySummary } from "./latency_histogram.ts";
export type { LineListener } from "../framing/line_listener.ts";
export type { StatusErrorGroup } from "./stream_status_error.ts";
export type {
  MarketSubscription,
  OrderSubscription,
  SubscriptionSettings,
} from "./subscriptions.ts";
export type { Transport, TransportOptions } from "./transport.ts";

// Sessions.
export { login } from "./login.ts";
export { LoginError } from "./login_error.ts";
export { LoginOptionError } from "./login_option_error.ts";
export { Secret } from "./secret.ts";

export type { ClientCertificate } from "./client_certificate.ts";
export type { IdentitySession, Jurisdiction, LoginOptions } from "./login.ts";
export type {
  IdentityCall,
  IdentityReason,
  LoginErrorCode,
  LoginErrorOptions,
} from "./login_error.ts";
export type {
  LoginSession,
  SessionContext,
  SessionSource,
  SessionToken,
} from "./session_source.ts";
