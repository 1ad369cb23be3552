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
  const words = code === undefined || !Object.hasOwn(WORDS, code)
    ? undefined
    : WORDS[code];
  const told = error instanceof Error ? error.message : String(error);
  return new ConnectionLostError(phase, words ?? `of an error: ${told}`, {
    code,
    cause: error,
  });
}

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  // Deno tells by class and only at times by code.
  if ("code" in error && typeof error.code === "string") return error.code;
  return error.name === "Error" ? undefined : error.name;
}
