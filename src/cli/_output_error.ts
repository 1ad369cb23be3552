/** An output that does not take what is told. See {@linkcode OutputError}. */

import { CommandError } from "./_command_error.ts";

/** What a command tells could not be written, as the disk behind it is full. */
export class OutputError extends CommandError {
  override readonly name: string = "OutputError";

  /**
   * Makes the error.
   *
   * @param cause What the output said.
   */
  constructor(cause: Error) {
    const code = "code" in cause ? String(cause.code) : cause.message;
    super(`Cannot write output: ${code}`, { cause });
  }
}

/** Whether whoever read the output has gone: they have seen enough. */
export function isClosedPipe(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EPIPE";
}

/** Whether an error is one of the output, and not of what is told. */
export function isOutputFailure(error: unknown): boolean {
  return error instanceof OutputError || isClosedPipe(error);
}
