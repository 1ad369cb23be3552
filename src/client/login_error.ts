/** Why there is no session. See {@linkcode LoginError}. */

import type { OpenString } from "../protocol/open_string.ts";

/** Calls of the identity service (protocol section 7). */
export type IdentityCall = "login" | "certlogin" | "keepAlive" | "logout";

/** Reasons of the identity service that are known; it has more. */
export type IdentityReason =
  | "INVALID_USERNAME_OR_PASSWORD"
  | "CERT_AUTH_REQUIRED"
  | "ACCOUNT_NOW_LOCKED"
  | "ACCOUNT_ALREADY_LOCKED"
  | "PENDING_AUTH"
  | "STRONG_AUTH_CODE_REQUIRED"
  | "ACTIONS_REQUIRED"
  | "CHANGE_PASSWORD_REQUIRED"
  | "INPUT_VALIDATION_ERROR"
  | "INVALID_CONNECTIVITY_TO_REGULATOR_IT"
  | "INVALID_CONNECTIVITY_TO_REGULATOR_DK"
  | "SUSPENDED"
  | "CLOSED"
  | "SELF_EXCLUDED"
  | "KYC_SUSPEND"
  | "BETTING_RESTRICTED_LOCATION"
  | "TEMPORARY_BAN_TOO_MANY_REQUESTS"
  | "LOGIN_RESTRICTED"
  | "NO_SESSION"
  | "INTERNAL_ERROR";

/**
 * Why a call failed. The identity service's own reasons are an open set; those
 * that are listed have an {@linkcode LoginError.advice} of their own. These are
 * the library's:
 *
 * - `CONNECTION_FAILED`: there was no answer: name, network or TLS.
 * - `TIMED_OUT`: the answer took too long.
 * - `HTTP_STATUS`: the answer's status was not 200; see {@linkcode LoginError.httpStatus}.
 * - `INVALID_REPLY`: the answer was none of the identity service's, or too long.
 */
export type LoginErrorCode = OpenString<
  | "CONNECTION_FAILED"
  | "TIMED_OUT"
  | "HTTP_STATUS"
  | "INVALID_REPLY"
  | IdentityReason
>;

/** Options of the {@linkcode LoginError} constructor. */
export interface LoginErrorOptions extends ErrorOptions {
  /** Status of the HTTP response, see {@linkcode LoginError.httpStatus}. */
  readonly httpStatus?: number | undefined;
  /** What was found instead of what must be; never text of an answer. */
  readonly detail?: string | undefined;
}

const DOINGS: Readonly<Record<IdentityCall, string>> = {
  login: "log in",
  certlogin: "log in by certificate",
  keepAlive: "keep session alive",
  logout: "log out",
};

const WEBSITE = "log in on the website once";

/** What to do about the reasons that are known. */
const ADVICE: Readonly<Record<IdentityReason, string>> = {
  INVALID_USERNAME_OR_PASSWORD:
    "check username and password; do not try often, or the account is locked",
  CERT_AUTH_REQUIRED:
    "give the certificate that is registered on the account, and its key",
  ACCOUNT_NOW_LOCKED: "the account was locked by this attempt: unlock it on " +
    "the website, and do not retry",
  ACCOUNT_ALREADY_LOCKED: "unlock the account on the website, and do not retry",
  PENDING_AUTH: "the account awaits verification: finish it on the website",
  STRONG_AUTH_CODE_REQUIRED:
    "append the two-step code to the password, or log in by certificate",
  ACTIONS_REQUIRED: `${WEBSITE}, and do what it asks for`,
  CHANGE_PASSWORD_REQUIRED: "change the password on the website",
  INPUT_VALIDATION_ERROR: "check the application key and the credentials",
  INVALID_CONNECTIVITY_TO_REGULATOR_IT:
    "the regulator cannot be reached: try again in a few minutes",
  INVALID_CONNECTIVITY_TO_REGULATOR_DK:
    "the regulator cannot be reached: try again in a few minutes",
  SUSPENDED: "the account is suspended: ask the exchange's support",
  CLOSED: "the account is closed",
  SELF_EXCLUDED: "the account is self-excluded",
  KYC_SUSPEND: "the account awaits proof of identity: see the website",
  BETTING_RESTRICTED_LOCATION:
    "the exchange does not serve the place that this computer connects from",
  TEMPORARY_BAN_TOO_MANY_REQUESTS:
    "wait 20 minutes; tokens that were issued before stay valid",
  LOGIN_RESTRICTED: "the account may not log in: see the website",
  NO_SESSION: "the session has ended: log in again",
  INTERNAL_ERROR: "a fault of the exchange: try again later",
};

const OWN_ADVICE: Readonly<Record<string, string>> = {
  CONNECTION_FAILED: "check the network and the jurisdiction's host name",
  TIMED_OUT: "try again later",
  INVALID_REPLY: "check that the host is the identity service's",
};

/** Reasons that pass by themselves. */
const TRANSIENT: ReadonlySet<string> = new Set([
  "CONNECTION_FAILED",
  "TIMED_OUT",
  "INTERNAL_ERROR",
  "INVALID_CONNECTIVITY_TO_REGULATOR_IT",
  "INVALID_CONNECTIVITY_TO_REGULATOR_DK",
]);

/**
 * Whether a reason is a known one, and so no text that somebody made up.
 *
 * @internal
 */
export function isIdentityReason(code: string): code is IdentityReason {
  return Object.hasOwn(ADVICE, code);
}

/**
 * The identity service refused a call, or could not be asked. Holds neither
 * credentials nor tokens, nor any text of what was sent or received but for the
 * {@linkcode LoginError.code}.
 *
 * @example
 * ```ts
 * import { LoginError } from "@betfair-stream/core/client";
 * import assert from "node:assert/strict";
 *
 * const error = new LoginError("login", "STRONG_AUTH_CODE_REQUIRED");
 *
 * assert.equal(error.code, "STRONG_AUTH_CODE_REQUIRED");
 * assert.match(error.advice, /two-step code/);
 * assert.equal(error.isTransient, false);
 * ```
 */
export class LoginError extends Error {
  /** Always `"LoginError"`. */
  override readonly name: string = "LoginError";
  /** Which call failed. */
  readonly call: IdentityCall;
  /** Why. */
  readonly code: LoginErrorCode;
  /** What to do about it, in a sentence without a full stop. */
  readonly advice: string;
  /** Status of the HTTP response; undefined without one. */
  readonly httpStatus: number | undefined;
  /**
   * Whether the same call may succeed later, with nothing changed: a fault of the
   * network or the exchange. Retry others at the risk of a locked account.
   */
  readonly isTransient: boolean;

  /**
   * Makes the error.
   *
   * @param call Which call failed.
   * @param code Why.
   * @param options HTTP status, detail and cause, where there are such.
   */
  constructor(
    call: IdentityCall,
    code: LoginErrorCode,
    options: LoginErrorOptions = {},
  ) {
    const { httpStatus, detail = code } = options;
    const advice = adviceOn(code, httpStatus);
    super(
      `Cannot ${DOINGS[call]} as ${requirementOf(code)}: ${detail} (${advice})`,
      options,
    );
    this.call = call;
    this.code = code;
    this.advice = advice;
    this.httpStatus = httpStatus;
    this.isTransient = TRANSIENT.has(code) ||
      code === "HTTP_STATUS" && isTransientStatus(httpStatus);
  }
}

function requirementOf(code: string): string {
  switch (code) {
    case "CONNECTION_FAILED":
      return "the identity service must be reached";
    case "TIMED_OUT":
      return "the identity service must answer in time";
    case "HTTP_STATUS":
      return "the identity service's HTTP status must be 200";
    case "INVALID_REPLY":
      return "the identity service's answer must be a short JSON object";
    default:
      return "the exchange must accept it";
  }
}

function adviceOn(code: string, httpStatus: number | undefined): string {
  if (code === "HTTP_STATUS") {
    return isTransientStatus(httpStatus)
      ? "try again later"
      : "check the jurisdiction and whether it serves your country";
  }
  if (Object.hasOwn(OWN_ADVICE, code)) return OWN_ADVICE[code]!;
  return isIdentityReason(code)
    ? ADVICE[code]
    : `${WEBSITE}, and see what it says`;
}

/** Whether a status tells a fault of the server, or too many requests. */
function isTransientStatus(httpStatus: number = 0): boolean {
  return httpStatus >= 500 || httpStatus === 429;
}
