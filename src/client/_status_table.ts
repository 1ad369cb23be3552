/** What to do about each refusal (protocol section 3.2). @module */

import type { StatusMessage } from "../protocol/status_message.ts";
import type { StatusErrorGroup } from "./stream_status_error.ts";

/**
 * What a client does.
 *
 * - `stop`: nothing that it could do would help.
 * - `renew`: asks for another session, once, and connects again.
 * - `wait`: connects again after a long wait.
 * - `forget-clock`: connects again and subscribes without clocks.
 * - `retry`: connects again.
 * - `surface`: tells of it; the connection stays.
 */
export type StatusAction =
  | "stop"
  | "renew"
  | "wait"
  | "forget-clock"
  | "retry"
  | "surface";

interface Row {
  readonly group: StatusErrorGroup;
  readonly action: StatusAction;
  readonly advice: string;
  /** Least wait before the next connection, ms. */
  readonly minimumWaitMs?: number;
}

/** What to do about codes that are newer than this table. */
const UNKNOWN: Row = {
  group: "general",
  action: "retry",
  advice: "see what the exchange says about this code",
};

/** Connections that were closed count against the limit for a while, ms. */
export const CONNECTION_LIMIT_WAIT_MS = 15_000;

const TABLE: Readonly<Record<string, Row>> = {
  NO_APP_KEY: {
    group: "auth",
    action: "stop",
    advice: "give the application key",
  },
  INVALID_APP_KEY: {
    group: "auth",
    action: "stop",
    advice: "check the application key",
  },
  NO_SESSION: {
    group: "auth",
    action: "renew",
    advice: "give a session token, or a function that logs in",
  },
  INVALID_SESSION_INFORMATION: {
    group: "auth",
    action: "renew",
    advice:
      "log in again; give a function as the session source and the client does so",
  },
  NOT_AUTHORIZED: {
    group: "auth",
    action: "stop",
    advice:
      "have the stream enabled for the application key and the account; a new login does not help",
  },
  MAX_CONNECTION_LIMIT_EXCEEDED: {
    group: "auth",
    action: "wait",
    advice: "close connections that are not used",
    minimumWaitMs: CONNECTION_LIMIT_WAIT_MS,
  },
  TOO_MANY_REQUESTS: {
    group: "auth",
    action: "wait",
    advice: "connect less often",
    minimumWaitMs: 30_000,
  },
  INVALID_INPUT: {
    group: "protocol",
    action: "stop",
    advice: "report it as a fault of this library",
  },
  INVALID_REQUEST: {
    group: "protocol",
    action: "stop",
    advice:
      "check the filters; if they are right, report it as a fault of this library",
  },
  TIMEOUT: {
    group: "protocol",
    action: "retry",
    advice: "read faster, and subscribe within 15 s",
  },
  SUBSCRIPTION_LIMIT_EXCEEDED: {
    group: "subscription",
    action: "surface",
    advice: "narrow the filter and subscribe again",
  },
  INVALID_CLOCK: {
    group: "subscription",
    action: "forget-clock",
    advice: "subscribe without clocks, which the client does",
  },
  UNEXPECTED_ERROR: {
    group: "general",
    action: "retry",
    advice: "connect again, which the client does",
  },
  CONNECTION_FAILED: {
    group: "general",
    action: "retry",
    advice: "connect again, which the client does",
  },
};

function rowOf(code: string): Row {
  return Object.hasOwn(TABLE, code) ? TABLE[code]! : UNKNOWN;
}

/** Part of the conversation that a code is of. */
export function groupOf(code: string): StatusErrorGroup {
  return rowOf(code).group;
}

/** What to do about a code, in words. */
export function adviceOn(code: string): string {
  return rowOf(code).advice;
}

/** What a client does about a code. */
export function actionOn(code: string): StatusAction {
  return rowOf(code).action;
}

/** Least wait before the next connection after a code, ms. */
export function minimumWaitMsAfter(code: string): number {
  return rowOf(code).minimumWaitMs ?? 0;
}

/**
 * Whether a connection is over with a refusal: its own word counts, and the table
 * where it does not say.
 */
export function endsConnection(status: StatusMessage, code: string): boolean {
  return status.connectionClosed ?? actionOn(code) !== "surface";
}
