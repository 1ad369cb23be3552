/** What live commands can fail with. See {@linkcode explained}. */

import { ConnectionLostError } from "../client/connection_lost_error.ts";
import { LoginError } from "../client/login_error.ts";
import { LoginOptionError } from "../client/login_option_error.ts";
import { NetPermissionError } from "../client/net_permission_error.ts";
import { StreamStatusError } from "../client/stream_status_error.ts";
import { InvalidRequestError } from "../protocol/invalid_request_error.ts";
import { LineTooLongError } from "../framing/line_too_long_error.ts";
import { CommandError } from "./_command_error.ts";
import { adviceToRun } from "./_permissions.ts";

const EXPLAINED = [
  ConnectionLostError,
  InvalidRequestError,
  LineTooLongError,
  LoginError,
  LoginOptionError,
  NetPermissionError,
  StreamStatusError,
] as const;

/**
 * The error as one that ends the command with its message, if it speaks for itself.
 *
 * @param cause The error.
 * @param task The task of `deno.json` that has the command's permissions.
 */
export function explained(cause: unknown, task: string): unknown {
  if (!EXPLAINED.some((kind) => cause instanceof kind) && !isListening(cause)) {
    return cause;
  }
  const advice = cause instanceof NetPermissionError
    ? adviceToRun(task)
    : undefined;
  return new CommandError((cause as Error).message, { cause, advice });
}

/**
 * Checks that a client that has ended was live at some time: one that never was has
 * done nothing, which nobody must take for success.
 *
 * @param wasLive Whether it was.
 * @param lastError What went wrong last, in words.
 * @throws {CommandError} when it was not.
 */
export function checkWasLive(
  wasLive: boolean,
  lastError: string | undefined,
): void {
  if (wasLive) return;
  throw new CommandError(
    lastError === undefined
      ? "Cannot follow markets as there must be an image of them: none came in time"
      : `Cannot follow markets: ${lastError}`,
  );
}

/** Whether a port could not be listened on. */
function isListening(error: unknown): boolean {
  return error instanceof Error && "syscall" in error &&
    error.syscall === "listen";
}
