/** What the command line talks to. See {@linkcode CliIo}. */

/** One output of a program: a terminal, a pipe or a file; in a test, a string. */
export interface CliOutput {
  /** Whether it is a terminal: only there are colors and progress shown. */
  readonly isTerminal: boolean;
  /** Width of the terminal, characters; undefined when it is none. */
  readonly columns: number | undefined;
  /** Height of the terminal, lines; left out when it is none, or not known. */
  readonly rows?: number | undefined;

  /**
   * Writes text. Awaited before more is written.
   *
   * @param text The text.
   * @throws {Error} with code `EPIPE` when the reader has gone; that ends the command silently.
   */
  write(text: string): void | Promise<void>;
}

/** Everything of the outside that a command uses, apart from files. */
export interface CliIo {
  /** Results. */
  readonly stdout: CliOutput;
  /** Progress, and what went wrong. */
  readonly stderr: CliOutput;
  /** Whether the user wants no color (https://no-color.org). */
  readonly noColor: boolean;
  /** Ends the command with exit code 130 when it is aborted. */
  readonly signal?: AbortSignal | undefined;

  /**
   * Reads a variable of the environment, where credentials may be.
   *
   * @param name Its name.
   * @returns Its value; undefined when it is not there, or may not be read.
   */
  readonly environment?: ((name: string) => string | undefined) | undefined;

  /**
   * Tells the time, for speeds and progress.
   *
   * @returns Milliseconds since any fixed moment, never less than before.
   */
  now(): number;
}
