/**
 * What takes part: other people's software and this library.
 *
 * @module
 */

/** What a program does with each message. */
export type Work =
  /** Keeps books, reads best back and lay of every changed runner. */
  | "books"
  /** Keeps books, reads nothing. */
  | "walk"
  /** Parses into its types, keeps nothing. */
  | "types";

/** A program that can be run. */
export interface Peer {
  /** Unique. */
  readonly id: string;
  /** For tables. */
  readonly title: string;
  readonly version: string;
  readonly work: Work;
  /** Whether it is this library. */
  readonly isOurs: boolean;
  /** Program and arguments; mode, milliseconds and paths follow. */
  readonly command: readonly string[];
  /** Whose proof counts for it too, where it keeps its books the same way. */
  readonly provenBy?: string | undefined;
  /** What a reader of its figures must know. */
  readonly note?: string | undefined;
}

/** A program that cannot be run here, and why. */
export interface SkippedPeer {
  readonly title: string;
  readonly reason: string;
}

/** What a toolchain brings. */
export interface PreparedPeers {
  readonly peers: readonly Peer[];
  readonly skipped: readonly SkippedPeer[];
}

/** What a finished process left. */
export interface Output {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** From start to end, seconds. */
  readonly seconds: number;
}

/** Runs a program to its end; `undefined` when it does not exist. */
export async function runProgram(
  command: readonly string[],
  options: { readonly cwd?: string; readonly env?: Record<string, string> } =
    {},
): Promise<Output | undefined> {
  const [program, ...args] = command;
  const start = performance.now();
  try {
    const { code, stdout, stderr } = await new Deno.Command(program!, {
      args,
      stdin: "null",
      ...options,
    }).output();
    const seconds = (performance.now() - start) / 1000;
    const decoder = new TextDecoder();
    return {
      code,
      stdout: decoder.decode(stdout),
      stderr: decoder.decode(stderr),
      seconds,
    };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** The last line that says something. */
export function lastLine(text: string): string {
  return text.trimEnd().split("\n").at(-1)?.trim() ?? "";
}
