/** What a client is doing. See {@linkcode ClientState}. */

/**
 * What a client is doing. `stream_client.ts` draws how one leads to another.
 *
 * - `idle`: nobody has asked for data yet.
 * - `connecting`: gets a session token and opens a connection.
 * - `authenticating`: waits for the exchange to accept the session.
 * - `subscribing`: connected; a subscription is not accepted yet, was refused, or
 *   there is none.
 * - `imaging`: subscribed; books are not complete yet.
 * - `live`: all books are complete.
 * - `waiting`: the connection was lost; waits before the next attempt.
 * - `closed`: over, for good.
 */
export type ClientState =
  | "idle"
  | "connecting"
  | "authenticating"
  | "subscribing"
  | "imaging"
  | "live"
  | "waiting"
  | "closed";

/** News of a client; see `StreamClientOptions.onStateChange`. */
export interface ClientStateChange {
  /** What it is doing now. */
  readonly state: ClientState;
  /** What it was doing before; the same when there is only an error to tell. */
  readonly previous: ClientState;
  /** Why, if something went wrong. */
  readonly error: Error | undefined;
  /** How long it waits, ms; for `waiting` only. */
  readonly waitMs: number | undefined;
}
