/**
 * A request that the protocol forbids. Thrown before anything is sent, so the
 * connection is unharmed. It never holds text from the request, which may be
 * secret: only names of fields, types and numbers.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { InvalidRequestError } from "@betfair-stream/core";
 *
 * const error = new InvalidRequestError("conflateMs", "must be an integer in 0 to 120000: -1");
 *
 * assert.equal(error.path, "conflateMs");
 * assert.equal(
 *   error.message,
 *   "Cannot encode request as conflateMs must be an integer in 0 to 120000: -1",
 * );
 * ```
 */
export class InvalidRequestError extends TypeError {
  /** Name of the class, for logs. */
  override readonly name: string = "InvalidRequestError";
  /** The offending field, for instance `"marketFilter.eventTypeIds[0]"`; list indices count from 0. */
  readonly path: string;
  /** What is wrong with it. */
  readonly reason: string;

  /**
   * Creates an error.
   *
   * @param path The offending field.
   * @param reason What is wrong with it, to be read after the path.
   */
  constructor(path: string, reason: string) {
    super(`Cannot encode request as ${path} ${reason}`);
    this.path = path;
    this.reason = reason;
  }
}
