/** The command `inspect`. See {@linkcode inspectCommand}. */

import { InvalidLineError } from "../parsing/invalid_line_error.ts";
import type { ChangeParser } from "../parsing/change_parser.ts";
import type { ByteSource } from "../replay/byte_source.ts";
import { resolveSources } from "../replay/resolve_sources.ts";
import { type Arguments, UsageError } from "./_arguments.ts";
import { type Command, ExitCode } from "./_command.ts";
import type { CliIo } from "./cli_io.ts";
import { BACKEND_HELP, BACKENDS, openCommandParser } from "./_open_parser.ts";
import { paintFor } from "./_paint.ts";
import { ProgressLine } from "./_progress.ts";
import { RecordingSurvey } from "./_recording_survey.ts";
import { type SurveyedFile, surveyText } from "./_survey_text.ts";
import { walkLines } from "./_tape_walk.ts";
import { type Trouble, Troubles } from "./_troubles.ts";

/** Width where there is no terminal to ask. */
const DEFAULT_COLUMNS = 100;
const MAX_COLUMNS = 120;

/** Tells what is in recordings. */
export const inspectCommand: Command = {
  name: "inspect",
  summary: "tell what is in recordings: messages, markets, fields, bad lines",
  help:
    `Tells what is in recordings: where they come from, their size and time span,
messages by kind, markets and events, which values, ladders and definition keys
occur and how often, and what cannot be read.

Usage:
  deno task cli inspect [options] file or folder…

Options:
  ${BACKEND_HELP}
  --json           print JSON, one entry a file
  --strict         exit with 1 if anything was skipped
  -h, --help       this text

Lines that cannot be read are told on stderr; the exit code is 1 if a file
cannot be opened or holds nothing else, and with --strict if anything
cannot be read.

Examples:
  deno task cli inspect 1.241629436.bz2
  deno task cli inspect --json 2024/Jan/ | jq '.[].markets.events[]'
`,
  options: { backend: "value", json: "flag", strict: "flag" },
  run,
};

async function run(args: Arguments, io: CliIo): Promise<number> {
  const backend = args.choice("backend", BACKENDS);
  if (args.operands.length === 0) {
    throw new UsageError("inspect needs a file or folder");
  }
  const { sources } = await resolveSources(args.operands);
  using opened = await openCommandParser(backend);
  const { parser } = opened;
  const { stdout, stderr } = io;
  const width = Math.min(stdout.columns ?? DEFAULT_COLUMNS, MAX_COLUMNS);
  const results: Inspected[] = [];
  let hasFailed = false;
  for (const [index, source] of sources.entries()) {
    const troubles = new Troubles();
    const surveyed = await survey(source, parser, troubles, io);
    hasFailed ||= troubles.hasFailures ||
      (args.has("strict") && troubles.hasAny);
    if (args.has("json")) {
      results.push({ ...surveyed, troubles: troubles.listed });
    } else {
      const lines = surveyText(surveyed, width, paintFor(io, stdout));
      await stdout.write((index > 0 ? "\n" : "") + lines.join("\n") + "\n");
    }
    await troubles.report(stderr, paintFor(io, stderr));
  }
  if (args.has("json")) {
    await stdout.write(JSON.stringify(results, null, 2) + "\n");
  }
  return hasFailed ? ExitCode.FAILED : ExitCode.OK;
}

/** A file's findings in JSON. */
interface Inspected extends SurveyedFile {
  readonly troubles: readonly Trouble[];
}

async function survey(
  source: ByteSource,
  parser: ChangeParser,
  troubles: Troubles,
  io: CliIo,
): Promise<SurveyedFile> {
  const { name } = source;
  const found = new RecordingSurvey();
  const progress = new ProgressLine(io);
  try {
    await walkLines(source, parser, {
      async onChunk(bytes): Promise<void> {
        found.bytes += bytes;
        await progress.update(() => ({
          storedBytesRead: source.compressedBytesRead,
          storedBytes: source.sizeBytes,
          bytes: found.bytes,
          messages: found.messages,
        }));
      },
      onLines(count): void {
        found.lines += count;
      },
      onLine(line, lineNumber, byteOffset): void {
        const place = { source: name, lineNumber, byteOffset };
        const { error } = line;
        if (error === undefined) {
          troubles.noteMessage(name);
          found.note(line, lineNumber);
        } else {
          troubles.note(
            error instanceof InvalidLineError ? error.at(place) : error,
            place,
          );
        }
      },
      onLoss(error, lineNumber, byteOffset): void {
        troubles.note(error, { source: name, lineNumber, byteOffset });
      },
    }, io.signal);
  } finally {
    await progress.clear();
  }
  return {
    file: name,
    storedBytes: source.sizeBytes ?? null,
    ...found.report(),
    skippedLines: troubles.lines,
    damagedParts: troubles.damaged,
  };
}
