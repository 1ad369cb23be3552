/** What every command is. See {@linkcode Command}. */

import type { Arguments, OptionKinds } from "./_arguments.ts";
import type { CliIo } from "./cli_io.ts";

/** Exit codes. */
export const ExitCode = {
  /** Done; lines may have been skipped. */
  OK: 0,
  /** Something could not be read. */
  FAILED: 1,
  /** The arguments were not understood. */
  USAGE: 2,
  /** Stopped with Ctrl+C. */
  INTERRUPTED: 130,
  /** Stopped by whoever manages the process. */
  TERMINATED: 143,
} as const;

/** A command of the command line. */
export interface Command {
  /** What is typed. */
  readonly name: string;
  /** What it does, in a line. */
  readonly summary: string;
  /** What `--help` prints. */
  readonly help: string;
  /** Its options, without `--help`. */
  readonly options: OptionKinds;

  /**
   * Runs the command.
   *
   * @returns The exit code.
   */
  run(args: Arguments, io: CliIo): Promise<number>;
}
