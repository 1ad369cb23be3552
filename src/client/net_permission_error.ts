/** A permission that was not given. See {@linkcode NetPermissionError}. */

/**
 * The runtime does not allow to connect to a host. The library does not ask for
 * permissions: give them when the program is started.
 *
 * @example
 * ```ts
 * import { NetPermissionError } from "@betfair-stream/core/client";
 * import assert from "node:assert/strict";
 *
 * const error = new NetPermissionError("stream-api.betfair.com", 443);
 *
 * assert.equal(
 *   error.message,
 *   "Cannot connect as --allow-net=stream-api.betfair.com:443 must be given: it is not",
 * );
 * ```
 */
export class NetPermissionError extends Error {
  /** Always `"NetPermissionError"`. */
  override readonly name: string = "NetPermissionError";
  /** Host that may not be connected to. */
  readonly hostname: string;
  /** Its port; 0 for any. */
  readonly port: number;

  /**
   * Makes the error.
   *
   * @param hostname Host that may not be connected to.
   * @param port Its port; 0 for any.
   */
  constructor(hostname: string, port: number) {
    const host = port === 0 ? hostname : `${hostname}:${port}`;
    super(`Cannot connect as --allow-net=${host} must be given: it is not`);
    this.hostname = hostname;
    this.port = port;
  }
}
