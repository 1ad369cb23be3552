/** What the runtimes' network errors come to. @module */

import {
  ConnectionLostError,
  type ConnectionPhase,
} from "./connection_lost_error.ts";

/** What to tell of errors that have no code, by name. */
const WORDS: Readonly<Record<string, string>> = {
  ConnectionReset: "the peer reset it",
  ECONNRESET: "the peer reset it",
  BrokenPipe: "the peer has closed it",
  EPIPE: "the peer has closed it",
  ConnectionRefused: "the host refuses it",
  ECONNREFUSED: "the host refuses it",
  ENOTFOUND: "the host name must be known: it is not",
};

/** What to tell of errors that only their message tells apart, or that have many codes. */
const PATTERNS: readonly (readonly [RegExp, string])[] = [
  [
    /NotValidForName|not valid for name|ERR_TLS_CERT_ALTNAME_INVALID|does not match/i,
    "its certificate must be for this host: it is not",
  ],
  [
    /CERT_HAS_EXPIRED|certificate.*expired/i,
    "its certificate must be valid now: it has expired, or the clock here is wrong",
  ],
  [
    /UnknownIssuer|BadSignature|CERT_SIGNATURE_FAILURE|UNABLE_TO_(?:VERIFY|GET_ISSUER)|SELF_SIGNED|self.signed/i,
    "its certificate must be signed by one that is trusted: it is not (caCerts names others)",
  ],
  [/failed to lookup address/i, "the host name must be known: it is not"],
];

/**
 * Makes one kind of error of all.
 *
 * @param error What a runtime told.
 * @param phase When.
 * @returns The error to throw.
 */
export function connectionLost(
  error: unknown,
  phase: ConnectionPhase,
): ConnectionLostError {
  if (error instanceof ConnectionLostError) return error;
  const code = codeOf(error);
  const told = error instanceof Error ? error.message : String(error);
  const words = code !== undefined && Object.hasOwn(WORDS, code)
    ? WORDS[code]
    : PATTERNS.find(([pattern]) => pattern.test(`${code} ${told}`))?.[1];
  const reason = words ?? `the runtime reports an error: ${told}`;
  return new ConnectionLostError(phase, reason, { code, cause: error });
}

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  // Deno tells by class and only at times by code.
  if ("code" in error && typeof error.code === "string") return error.code;
  return error.name === "Error" ? undefined : error.name;
}
