/**
 * The command line: replays, inspects and digests recordings; watches and records
 * live markets, and serves recordings as the exchange would.
 *
 * ```sh
 * deno task cli replay recording.bz2
 * deno task cli --help
 * deno task demo
 * bun src/cli/main.ts inspect recording.bz2
 * ```
 *
 * For recordings it needs `--allow-read` in Deno and nothing else, for live markets
 * `--allow-net` for the hosts, and `--allow-env` for credentials in the environment.
 * Importing this module does nothing; {@linkcode main} runs a command with outputs
 * of the caller's choice. What is for live markets is loaded when it is asked for.
 *
 * @module
 */

import process from "node:process";
import manifest from "../../deno.json" with { type: "json" };
import { ReplaySourceError } from "../replay/replay_source_error.ts";
import { Arguments, mostSimilar, UsageError } from "./_arguments.ts";
import { type Command, ExitCode } from "./_command.ts";
import { CommandError } from "./_command_error.ts";
import { demoCommand } from "./_demo_command.ts";
import { digestCommand } from "./_digest_command.ts";
import { inspectCommand } from "./_inspect_command.ts";
import { printable } from "./_format.ts";
import { isClosedPipe, isOutputFailure } from "./_output_error.ts";
import { paintFor } from "./_paint.ts";
import { ProcessIo } from "./_process_io.ts";
import { loginCommand } from "./_login_command.ts";
import { recordCommand } from "./_record_command.ts";
import { replayCommand } from "./_replay_command.ts";
import { inRuntime } from "./_runtime_text.ts";
import { serveCommand } from "./_serve_command.ts";
import { watchCommand } from "./_watch_command.ts";
import type { CliIo } from "./cli_io.ts";

export type { CliIo, CliOutput } from "./cli_io.ts";

const COMMANDS: readonly Command[] = [
  replayCommand,
  inspectCommand,
  digestCommand,
];

/** Those that need a network; they have tasks of their own, with its permission. */
const LIVE_COMMANDS: readonly Command[] = [
  watchCommand,
  recordCommand,
  serveCommand,
  loginCommand,
  demoCommand,
];

const ALL_COMMANDS: readonly Command[] = [...COMMANDS, ...LIVE_COMMANDS];

const EXAMPLES: readonly (readonly [command: string, what: string])[] = [
  ["deno task cli replay", "a generated market"],
  ["deno task cli replay 1.241629436.bz2", "the final state of a recording"],
  ["deno task cli inspect recordings/", "what is in a folder"],
  ["deno task cli digest --every 500 1.24.bz2", "one hash of the whole state"],
  ["deno task demo", "live, without an account"],
  ["deno task watch --sports 7 --types WIN", "live, with one"],
];

const HELP =
  `Replays, inspects and digests recordings of Betfair's Exchange Stream; watches
and records live markets.

Usage:
  deno task cli <command> [options] [file…]
  deno task <live command> [options] [folder or file]

Commands:
${commandList(COMMANDS)}

Live commands, which connect to the exchange, or stand in for it:
${commandList(LIVE_COMMANDS)}

Options:
  -h, --help     this text, or that of a command
  --version      the version

Files may be plain, gzip or bzip2, whatever their names; of a folder all
recordings in it are read. Exit codes: 0 done, 1 something could not be read,
2 arguments not understood, 130 stopped with Ctrl+C, 143 by SIGTERM.

Examples:
${exampleList()}
`;

function commandList(commands: readonly Command[]): string {
  return commands
    .map(({ name, summary }) => `  ${name.padEnd(9)} ${summary}`).join("\n");
}

function exampleList(): string {
  const commands = EXAMPLES.map(([command]) => inRuntime(command));
  const width = Math.max(...commands.map(({ length }) => length));
  return commands
    .map((command, i) => `  ${command.padEnd(width)}  ${EXAMPLES[i]![1]}`)
    .join("\n");
}

/**
 * Runs one command.
 *
 * @param args The arguments: the command's name, its options and operands.
 * @param io Outputs, clock and signal.
 * @returns The exit code: 0 done, 1 something could not be read, 2 the arguments
 * were not understood, 130 interrupted by the signal.
 *
 * @example
 * ```ts
 * import { main } from "@betfair-stream/core/cli";
 * import assert from "node:assert/strict";
 *
 * let text = "";
 * const output = {
 *   isTerminal: false,
 *   columns: undefined,
 *   write(part: string): void {
 *     text += part;
 *   },
 * };
 * const io = { stdout: output, stderr: output, noColor: true, now: () => 0 };
 * assert.equal(await main(["replay", "--seed", "7", "--messages", "50"], io), 0);
 * assert.match(text, /seed 7/);
 * ```
 */
export async function main(
  args: readonly string[],
  io: CliIo,
): Promise<number> {
  const name = args[0];
  const command = ALL_COMMANDS.find((command) => command.name === name);
  try {
    if (command === undefined) return await runGlobal(args, io);
    const parsed = new Arguments(args.slice(1), command.options);
    if (parsed.has("help")) {
      await io.stdout.write(inRuntime(command.help));
      return ExitCode.OK;
    }
    return await command.run(parsed, io);
  } catch (error) {
    return await explain(error, command, io);
  }
}

/** Runs without a command: help and version. */
async function runGlobal(args: readonly string[], io: CliIo): Promise<number> {
  const [first, second] = args;
  if (first === "help" && second !== undefined) {
    const topic = ALL_COMMANDS.find((command) => command.name === second);
    if (topic === undefined) throw unknownCommand(second);
    await io.stdout.write(inRuntime(topic.help));
    return ExitCode.OK;
  }
  if (first !== undefined && first !== "help" && !first.startsWith("-")) {
    throw unknownCommand(first);
  }
  const parsed = new Arguments(first === "help" ? [] : args, {
    version: "flag",
  });
  const isVersion = parsed.has("version") && !parsed.has("help");
  await io.stdout.write(isVersion ? `${manifest.version}\n` : inRuntime(HELP));
  return ExitCode.OK;
}

function unknownCommand(name: string): UsageError {
  const names = ALL_COMMANDS.map((command) => command.name);
  const similar = mostSimilar(name, names);
  const advice = similar === undefined
    ? `the commands are ${names.join(", ")}`
    : `did you mean "${similar}"?`;
  return new UsageError(`there is no command "${name}"; ${advice}`);
}

/** Says what went wrong, and which exit code that is. */
async function explain(
  error: unknown,
  command: Command | undefined,
  io: CliIo,
): Promise<number> {
  // Stopping does not undo what had failed, as a recording on a full disk.
  const isAborted = io.signal?.aborted === true;
  if (isAborted && error === io.signal.reason) return ExitCode.INTERRUPTED;
  // Whoever read the output has seen enough.
  if (isClosedPipe(error)) {
    return isAborted ? ExitCode.INTERRUPTED : ExitCode.OK;
  }
  const isUsage = error instanceof UsageError;
  if (
    !isUsage && !(error instanceof ReplaySourceError) &&
    !(error instanceof CommandError)
  ) throw error;
  const advice = isUsage
    ? `\nSee: deno task cli ${
      command === undefined ? "" : `${command.name} `
    }--help`
    : error instanceof CommandError && error.advice !== undefined
    ? `\n${error.advice}`
    : "";
  const label = paintFor(io, io.stderr)("error:", "bold", "red");
  try {
    await io.stderr.write(
      `${label} ${printable(error.message)}${inRuntime(advice)}\n`,
    );
  } catch (failure) {
    if (!isOutputFailure(failure)) throw failure;
  }
  return isUsage ? ExitCode.USAGE : ExitCode.FAILED;
}

/** Runs the command that the process was started with. */
async function runProcess(): Promise<void> {
  const io = new ProcessIo();
  try {
    const code = await main(process.argv.slice(2), io);
    process.exitCode = code === ExitCode.INTERRUPTED
      ? io.interruptedExitCode
      : code;
  } finally {
    io.close();
  }
}

if (import.meta.main) runProcess();
