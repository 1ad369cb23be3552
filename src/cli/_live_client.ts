/** The client of a live command. See {@linkcode openClient}. */

import { login } from "../client/login.ts";
import type { SessionSource } from "../client/session_source.ts";
import { StreamClient } from "../client/stream_client.ts";
import { type Credentials, missingSession } from "./_credentials.ts";
import type { LiveBoard } from "./_live_board.ts";
import type { LiveOptions } from "./_live_options.ts";

/**
 * Makes the client. It does nothing before it is iterated.
 *
 * @throws {CommandError} when there are no credentials for a session.
 * @throws {InvalidRequestError} when a filter is not what it must be.
 */
export function openClient(
  options: LiveOptions,
  credentials: Credentials,
  board: LiveBoard,
): StreamClient {
  const client: StreamClient = new StreamClient({
    appKey: credentials.appKey,
    session: sessionOf(options, credentials),
    host: options.host,
    port: options.port,
    caCerts: options.caCerts,
    markets: options.markets,
    orders: options.orders,
    conflateMs: options.conflateMs,
    heartbeatMs: options.heartbeatMs,
    onStateChange(change) {
      board.noteState(change);
      const { market, order } = client.health;
      const isRefused = market?.phase === "refused" ||
        order?.phase === "refused";
      // Nobody can narrow the filter of a command that runs, so that nothing would
      // ever come.
      if (isRefused && change.error !== undefined) throw change.error;
    },
  });
  return client;
}

/** A token as long as it is good, then logins. */
function sessionOf(
  { jurisdiction, identityUrl, caCerts }: LiveOptions,
  { appKey, session, login: credentials }: Credentials,
): SessionSource {
  if (credentials === undefined) {
    if (session === undefined) throw missingSession();
    return session;
  }
  return ({ isRenewal, signal }) =>
    session !== undefined && !isRenewal ? session : login({
      appKey,
      ...credentials,
      jurisdiction,
      identityUrl,
      // Those of a mock exchange must not become those of the real one.
      caCerts: identityUrl === undefined ? undefined : caCerts,
      signal,
    });
}
