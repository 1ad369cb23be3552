/** What the command `record` does. */

import { record } from "../record/record.ts";
import { RecordError } from "../record/record_error.ts";
import type { RecordingSummary } from "../record/recording_summary.ts";
import { type Arguments, UsageError } from "./_arguments.ts";
import { ExitCode } from "./_command.ts";
import { CommandError } from "./_command_error.ts";
import type { CliIo } from "./cli_io.ts";
import { readCredentials } from "./_credentials.ts";
import { follow } from "./_follow.ts";
import { bytesText, counted, printable } from "./_format.ts";
import { LiveBoard } from "./_live_board.ts";
import { openClient } from "./_live_client.ts";
import { checkWasLive, explained } from "./_live_failure.ts";
import { DEFAULT_EVERY_SECONDS } from "./_live_help.ts";
import { everyMsOf, limitsOf, liveOptionsOf } from "./_live_options.ts";
import { isOutputFailure } from "./_output_error.ts";
import { checkWritePermission } from "./_permissions.ts";
import type { TextCell } from "./_text_table.ts";

const LAYOUTS = ["connection", "market"] as const;
const FSYNC = ["never", "close", "flush"] as const;
const MAX_MEGABYTES = 1e6;
const MAX_MINUTES = 1e6;
/** Files that are named at the end. */
const SHOWN_FILES = 10;

/** Runs the command. */
export async function recordLive(args: Arguments, io: CliIo): Promise<number> {
  const [folder, ...others] = args.operands;
  if (folder === undefined || others.length > 0) {
    throw new UsageError("record needs one folder");
  }
  const options = await liveOptionsOf(args);
  const limits = limitsOf(args);
  const everyMs = everyMsOf(args) ?? DEFAULT_EVERY_SECONDS * 1000;
  const megabytes = args.positive("rotate-mb", MAX_MEGABYTES);
  const minutes = args.positive("rotate-minutes", MAX_MINUTES);
  const recordOptions = {
    per: args.choice("per", LAYOUTS),
    fsync: args.choice("fsync", FSYNC),
    flushMs: args.integer("flush", 0, 3_600_000),
    gzip: !args.has("plain"),
    rotateBytes: megabytes === undefined ? undefined : megabytes * 1e6,
    rotateMs: minutes === undefined ? undefined : minutes * 60_000,
  };
  checkWritePermission(folder, "record");
  const credentials = await readCredentials(options.credentialsPath, io);
  const isJson = args.has("json");
  let summary: (() => RecordingSummary) | undefined;
  const board = new LiveBoard({
    target: `${options.host}:${options.port}`,
    extra: (): readonly TextCell[] =>
      summary === undefined ? [] : [recordedText(summary())],
  });
  let failure: unknown;
  try {
    await using client = openClient(options, credentials, board);
    await using recording = record(client, folder, recordOptions);
    summary = () => recording.summary;
    await follow({
      batches: recording,
      client,
      board,
      limits,
      isJson,
      showsMarkets: false,
      // A recording does not end because nobody looks at it.
      outlivesOutput: true,
      everyMs,
    }, io);
    if (!io.signal?.aborted) {
      checkWasLive(board.wasLive, client.health.lastError?.message);
    }
  } catch (error) {
    failure = error;
  }
  // Files are completed behind the last batch, and that can fail, too.
  const recordError = summary?.().error;
  failure ??= recordError;
  try {
    if (summary !== undefined) await tellFiles(summary(), isJson, io);
  } catch (error) {
    if (!isOutputFailure(error)) failure ??= error;
  }
  if (failure !== undefined) throw recordFailure(failure, recordError);
  io.signal?.throwIfAborted();
  return ExitCode.OK;
}

/** What a recording came to, in a few words. */
function recordedText(summary: RecordingSummary): string {
  const { lines, writtenBytes, openFiles, finishedFiles } = summary;
  return `recorded ${counted(lines, "line")}, ${bytesText(writtenBytes)}, ` +
    counted(openFiles + finishedFiles, "file");
}

/** Tells what was recorded, and where. */
async function tellFiles(
  summary: RecordingSummary,
  isJson: boolean,
  io: CliIo,
): Promise<void> {
  if (isJson) {
    const { error, ...rest } = summary;
    const json = { type: "recording", ...rest, error: error?.message ?? null };
    await io.stdout.write(JSON.stringify(json) + "\n");
    return;
  }
  const { files, finishedFiles, error } = summary;
  const shown = files.slice(-SHOWN_FILES).map(({ path, lines, storedBytes }) =>
    `  ${printable(path)}  ${counted(lines, "line")}, ${bytesText(storedBytes)}`
  );
  const more = finishedFiles - shown.length;
  await io.stdout.write(
    [
      "",
      recordedText(summary) +
      (error === undefined ? "" : ", and then no more, as it failed"),
      ...more > 0 ? [`  … ${counted(more, "file")} before these`] : [],
      ...shown,
    ].join("\n") + "\n",
  );
}

function recordFailure(
  cause: unknown,
  recordError: RecordError | undefined,
): unknown {
  if (cause instanceof RecordError) {
    return new CommandError(cause.message, { cause });
  }
  const error = explained(cause, "record");
  // What ended the client must not hide that files are not complete.
  return error instanceof CommandError && recordError !== undefined
    ? new CommandError(error.message, { cause, advice: recordError.message })
    : error;
}
