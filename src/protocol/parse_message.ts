/** From a line to a typed message. See {@linkcode parseMessage}. */

import { InvalidLineError } from "../parsing/invalid_line_error.ts";
import { isJsonObject } from "./_schema_check.ts";
import {
  checkMarketChangeMessage,
  checkOrderChangeMessage,
} from "./message_schema.ts";
import { MessageSchemaError } from "./message_schema_error.ts";
import { mayHoldCredentials } from "../parsing/credentials.ts";
import { isTooDeep, MAX_NESTING } from "../parsing/nesting.ts";
import type { StreamMessage } from "./messages.ts";

// ignoreBOM keeps a byte order mark in the text, where JSON.parse refuses it:
// the protocol has none.
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Parses one line into a typed message.
 *
 * Of market and order changes every field that this library knows is checked,
 * so their types can be relied on; the other messages are only known to be
 * objects. Unknown fields stay on the message.
 *
 * @param line The line; line end and white space around it do no harm. Not kept.
 * @returns The message, which belongs to the caller.
 * @throws {InvalidLineError} when the line is not UTF-8, not JSON, no object, or
 * a change message of which a known field has a value that it must not have.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseMessage } from "@betfair-stream/core";
 *
 * const message = parseMessage(new TextEncoder().encode(
 *   '{"op":"mcm","id":2,"pt":1700000000290,"mc":[{"id":"1.200000001","tv":1393.5}]}\r\n',
 * ));
 *
 * assert.equal(message.op, "mcm");
 * if (message.op === "mcm") assert.equal(message.mc?.[0]?.tv, 1393.5);
 * ```
 */
export function parseMessage(line: Uint8Array): StreamMessage {
  let text: string;
  try {
    text = decoder.decode(line);
  } catch (cause) {
    throw new InvalidLineError({
      reason: "encoding",
      detail: "it is not well-formed UTF-8",
      line,
      cause,
    });
  }
  return parseMessageText(text);
}

/**
 * As {@linkcode parseMessage}, for a line that is decoded already.
 *
 * @param text The line.
 * @returns The message, which belongs to the caller.
 * @throws {InvalidLineError} as {@linkcode parseMessage}.
 */
export function parseMessageText(text: string): StreamMessage {
  if (isTooDeep(text)) {
    throw new InvalidLineError({
      reason: "syntax",
      detail: `it is nested over ${MAX_NESTING} levels deep`,
      line: text,
    });
  }
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch (error) {
    throw new InvalidLineError({
      reason: "syntax",
      detail: "it is not valid JSON",
      line: text,
      // It may quote from the text.
      cause: mayHoldCredentials(text) ? undefined : error,
    });
  }
  if (!isJsonObject(message)) {
    throw new InvalidLineError({
      reason: "schema",
      detail: "it is not a JSON object",
      line: text,
    });
  }
  try {
    if (message["op"] === "mcm") checkMarketChangeMessage(message);
    else if (message["op"] === "ocm") checkOrderChangeMessage(message);
  } catch (error) {
    if (!(error instanceof MessageSchemaError)) throw error;
    throw new InvalidLineError({
      reason: "schema",
      detail: `${error.path} must be ${error.expected}`,
      line: text,
      cause: error,
    });
  }
  // Checked where it matters; of the others nothing is promised but optional fields.
  return message as unknown as StreamMessage;
}
