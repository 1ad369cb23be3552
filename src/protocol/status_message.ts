import type { OpenString } from "./open_string.ts";

/** Why a request failed; the table in protocol section 3.2 says what to do about each. */
export type StatusErrorCode = OpenString<
  | "NO_APP_KEY"
  | "INVALID_APP_KEY"
  | "NO_SESSION"
  | "INVALID_SESSION_INFORMATION"
  | "NOT_AUTHORIZED"
  | "MAX_CONNECTION_LIMIT_EXCEEDED"
  | "TOO_MANY_REQUESTS"
  | "INVALID_INPUT"
  | "INVALID_REQUEST"
  | "TIMEOUT"
  | "SUBSCRIPTION_LIMIT_EXCEEDED"
  | "INVALID_CLOCK"
  | "UNEXPECTED_ERROR"
  | "CONNECTION_FAILED"
>;

/** Answer to a request, or news of a failure (protocol section 3.2). */
export interface StatusMessage {
  /** Kind of message. */
  readonly op: "status";
  /** Id of the request that this answers; absent when it could not be tied to one. */
  readonly id?: number | null;
  /** Whether the request succeeded. */
  readonly statusCode?: OpenString<"SUCCESS" | "FAILURE"> | null;
  /** Whether the server has closed, or is closing, the connection. */
  readonly connectionClosed?: boolean | null;
  /** What failed, as a code. */
  readonly errorCode?: StatusErrorCode | null;
  /** What failed, in words. */
  readonly errorMessage?: string | null;
  /** Name of the connection; sent on failure. */
  readonly connectionId?: string | null;
  /** Further connections that the account may open now; 0 is meaningful. Answers authentication only. */
  readonly connectionsAvailable?: number | null;
}
