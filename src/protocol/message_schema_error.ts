/**
 * A message in which a known field has a value that the protocol does not
 * allow. It holds no text from the message.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { MessageSchemaError } from "@betfair-stream/core";
 *
 * const error = new MessageSchemaError("oc[0].orc", "an array");
 *
 * assert.ok(error instanceof TypeError);
 * assert.equal(error.message, "Cannot read message as oc[0].orc must be an array");
 * ```
 */
export class MessageSchemaError extends TypeError {
  /** Name of the class, for logs. */
  override readonly name: string = "MessageSchemaError";
  /** The offending field, for instance `"oc[0].orc"`; list indices count from 0. */
  readonly path: string;
  /** What it must be. */
  readonly expected: string;

  /**
   * Creates an error.
   *
   * @param path The offending field.
   * @param expected What it must be, to be read after "must be".
   */
  constructor(path: string, expected: string) {
    super(`Cannot read message as ${path} must be ${expected}`);
    this.path = path;
    this.expected = expected;
  }
}
