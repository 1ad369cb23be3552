/** A connection that is no more. See {@linkcode ConnectionLostError}. */

/**
 * When a connection was lost.
 *
 * - `connect`: it could not be made: name, network or TLS.
 * - `handshake`: before the exchange had accepted the session.
 * - `subscribe`: before all books were complete.
 * - `live`: afterwards.
 */
export type ConnectionPhase = "connect" | "handshake" | "subscribe" | "live";

/** Options of the {@linkcode ConnectionLostError} constructor. */
export interface ConnectionLostErrorOptions extends ErrorOptions {
  /** Code of the system or the runtime, such as `ECONNRESET`, if there is one. */
  readonly code?: string | undefined;
}

/**
 * A connection could not be made, or was lost. A client connects again by itself,
 * so this is what it reports in its health and to `onStateChange`; it throws it
 * only when it was told to give up after so many attempts.
 *
 * @example
 * ```ts
 * import { ConnectionLostError } from "@betfair-stream/core/client";
 * import assert from "node:assert/strict";
 *
 * const error = new ConnectionLostError("live", "nothing was received for 10000 ms");
 *
 * assert.equal(error.phase, "live");
 * assert.equal(
 *   error.message,
 *   "Cannot keep connection as nothing was received for 10000 ms",
 * );
 * ```
 */
export class ConnectionLostError extends Error {
  /** Always `"ConnectionLostError"`. */
  override readonly name: string = "ConnectionLostError";
  /** When it was lost. */
  readonly phase: ConnectionPhase;
  /** What happened, in words. */
  readonly reason: string;
  /** Code of the system or the runtime, such as `ECONNRESET`, if there is one. */
  readonly code: string | undefined;

  /**
   * Makes the error.
   *
   * @param phase When the connection was lost.
   * @param reason What happened, to be read after "as".
   * @param options Code and cause, where there are such.
   */
  constructor(
    phase: ConnectionPhase,
    reason: string,
    options: ConnectionLostErrorOptions = {},
  ) {
    const doing = phase === "connect" ? "make" : "keep";
    super(`Cannot ${doing} connection as ${reason}`, options);
    this.phase = phase;
    this.reason = reason;
    this.code = options.code;
  }
}
