/** Runs the command line without a process: outputs are strings, time is made up. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CliIo, CliOutput } from "../../src/cli/cli_io.ts";
import { main } from "../../src/cli/main.ts";

/** What differs from a pipe that is read to its end. */
export interface RunCliOptions {
  readonly isTerminal?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  readonly noColor?: boolean;
  readonly signal?: AbortSignal;
  /** Time that passes from one look at the clock to the next, ms. */
  readonly tickMs?: number;
  /** Writes to stdout after which its reader is gone. */
  readonly writes?: number;
  /** What a write to stdout fails with then. */
  readonly outputError?: Error;
  /** Variables of the environment. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Called with all of stdout after each write to it. */
  readonly onStdout?: (text: string) => void;
}

/** What a command did. */
export interface CliResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** What was written to stderr, one by one. */
  readonly stderrWrites: readonly string[];
}

/** Runs a command. */
export async function runCli(
  args: readonly string[],
  options: RunCliOptions = {},
): Promise<CliResult> {
  const { isTerminal = false, columns, rows, tickMs = 0, writes = Infinity } =
    options;
  const stdoutWrites: string[] = [];
  const stderrWrites: string[] = [];
  const output = (written: string[], limit: number): CliOutput => ({
    isTerminal,
    columns,
    rows,
    write(text): Promise<void> {
      if (written.length >= limit) {
        return Promise.reject(options.outputError ?? closedPipe());
      }
      written.push(text);
      if (written === stdoutWrites) options.onStdout?.(written.join(""));
      return Promise.resolve();
    },
  });
  let nowMs = 0;
  const io: CliIo = {
    stdout: output(stdoutWrites, writes),
    stderr: output(stderrWrites, Infinity),
    noColor: options.noColor ?? true,
    signal: options.signal,
    environment: (name) => options.environment?.[name],
    now: () => nowMs += tickMs,
  };
  const code = await main(args, io);
  return {
    code,
    stdout: stdoutWrites.join(""),
    stderr: stderrWrites.join(""),
    stderrWrites,
  };
}

function closedPipe(): Error {
  return Object.assign(new Error("write EPIPE"), { code: "EPIPE" });
}

/** Puts files into a temporary folder while an action runs. */
export async function withFiles(
  files: Readonly<Record<string, string | Uint8Array>>,
  action: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "betfair-stream-cli-"));
  try {
    for (const [name, content] of Object.entries(files)) {
      writeFileSync(join(folder, name), content);
    }
    await action(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
