/** A refusal that ends a client. See {@linkcode StreamStatusError}. */

import { redactCredentials } from "../parsing/credentials.ts";
import type {
  StatusErrorCode,
  StatusMessage,
} from "../protocol/status_message.ts";
import { adviceOn, groupOf } from "./_status_table.ts";

/** Parts of the conversation that can fail (protocol section 3.2). */
export type StatusErrorGroup = "auth" | "protocol" | "subscription" | "general";

/** Longest text of the exchange that is kept, characters. */
const MAX_TEXT_LENGTH = 300;

/**
 * The exchange refused a request (protocol section 3.2). A client throws it when
 * trying again would not help, and tells of it in its health and to
 * `onStateChange` when it would.
 *
 * @example
 * ```ts
 * import { StreamStatusError } from "@betfair-stream/core/client";
 * import assert from "node:assert/strict";
 *
 * const error = new StreamStatusError({
 *   op: "status",
 *   id: 1,
 *   statusCode: "FAILURE",
 *   errorCode: "INVALID_APP_KEY",
 *   connectionId: "101-141123221500-424242",
 * });
 *
 * assert.equal(error.code, "INVALID_APP_KEY");
 * assert.equal(error.group, "auth");
 * assert.match(error.advice, /application key/);
 * ```
 */
export class StreamStatusError extends Error {
  /** Always `"StreamStatusError"`. */
  override readonly name: string = "StreamStatusError";
  /** Why; `UNKNOWN` if the exchange did not say. */
  readonly code: StatusErrorCode;
  /** Which part of the conversation failed; `general` for codes that are not known. */
  readonly group: StatusErrorGroup;
  /** What to do about it, in a sentence without a full stop. */
  readonly advice: string;
  /** Id of the refused request, if it could be tied to one. */
  readonly requestId: number | undefined;
  /** Name of the connection, which the exchange's support asks for. */
  readonly connectionId: string | undefined;
  /** What the exchange says, without credentials and cut short; empty if nothing. */
  readonly detail: string;

  /**
   * Makes the error.
   *
   * @param status The refusal.
   * @param connectionId Name of the connection, if the refusal does not tell it.
   */
  constructor(status: StatusMessage, connectionId?: string) {
    const code = textOf(status.errorCode) ?? "UNKNOWN";
    const detail = redactCredentials(textOf(status.errorMessage) ?? "")
      .slice(0, MAX_TEXT_LENGTH).toWellFormed();
    const advice = adviceOn(code);
    super(
      `Cannot go on as the exchange must accept what is asked: ${code} (${advice})` +
        (detail === "" ? "" : `: ${detail}`),
    );
    this.code = code;
    this.group = groupOf(code);
    this.advice = advice;
    this.requestId = typeof status.id === "number" ? status.id : undefined;
    this.connectionId = textOf(status.connectionId) ?? connectionId;
    this.detail = detail;
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
