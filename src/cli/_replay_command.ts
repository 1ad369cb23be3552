/** The command `replay`. See {@linkcode replayCommand}. */

import { jsonText } from "./_json.ts";
import { setTimeout } from "node:timers/promises";
import { replay } from "../replay/replay.ts";
import type { ReplaySource } from "../replay/byte_source.ts";
import type { ReplayStats } from "../replay/replay_stats.ts";
import { MarketGenerator } from "../testing/market_generator.ts";
import { type Arguments, UsageError } from "./_arguments.ts";
import { type Command, ExitCode } from "./_command.ts";
import type { CliIo } from "./cli_io.ts";
import { bytesText, counted, durationText, speedText } from "./_format.ts";
import { summarizeMarket } from "./_market_summary.ts";
import { marketTable } from "./_market_table.ts";
import { BACKEND_HELP, BACKENDS, openCommandParser } from "./_open_parser.ts";
import { orderTable, summarizeOrders } from "./_order_table.ts";
import { type Paint, paintFor } from "./_paint.ts";
import { flow, type TextCell } from "./_text_table.ts";
import { ProgressLine } from "./_progress.ts";
import { ShownMarkets } from "./_shown_markets.ts";
import { Troubles } from "./_troubles.ts";

const DEFAULT_MARKETS = 20;
const DEFAULT_SEED = 1;
const DEFAULT_MESSAGES = 5000;
/** Generated data are held in memory: about 300 MB. */
const MAX_MESSAGES = 1_000_000;
/** Some 100 ms of generating, 10 ms of replaying. */
const CHUNKS_A_TURN = 8;
/** Width where there is no terminal to ask. */
const DEFAULT_COLUMNS = 100;
/** Wider than this, the eye loses the line. */
const MAX_COLUMNS = 120;

/** Replays recordings and shows the markets as they were in the end. */
export const replayCommand: Command = {
  name: "replay",
  summary: "replay recordings, or a generated market, and show the final state",
  help:
    `Replays recordings and shows each market as it was in the end: runners in their
order, the three best prices to back and to lay with the sizes under them (GBP),
last traded price, total matched, starting price; winners are marked with *.
Of a market that has closed, the prices of when it was last open are shown.

Usage:
  deno task cli replay [options] [file or folder…]

Without a file it replays a generated market: the same for the same seed.

Options:
  --markets N      show at most N markets (default ${DEFAULT_MARKETS})
  --all            show all markets
  ${BACKEND_HELP}
  --json           print JSON: markets, orders, counts
  --strict         exit with 1 if anything was skipped
  --seed N         seed of the generated market (default ${DEFAULT_SEED})
  --messages N     length of the generated market (default ${DEFAULT_MESSAGES})
  -h, --help       this text

Several files are one replay: books go on from one to the next. Lines that
cannot be read are skipped and told on stderr; the exit code is 1 if a file
cannot be opened or holds nothing else, and with --strict if anything was
skipped.

Examples:
  deno task cli replay
  deno task cli replay --seed 42
  deno task cli replay 1.241629436.bz2
  deno task cli replay --markets 3 2024/Jan/
  deno task cli replay --json 1.241629436.bz2 | jq '.markets[0].runners'
`,
  options: {
    markets: "value",
    all: "flag",
    backend: "value",
    json: "flag",
    strict: "flag",
    seed: "value",
    messages: "value",
  },
  run,
};

async function run(args: Arguments, io: CliIo): Promise<number> {
  const limit = args.integer("markets", 0, Number.MAX_SAFE_INTEGER) ??
    DEFAULT_MARKETS;
  const backend = args.choice("backend", BACKENDS);
  const isJson = args.has("json");
  const paint = paintFor(io, io.stdout);
  const generated = generatedOf(args);
  const source: ReplaySource = generated === undefined
    ? args.operands
    : await generate(generated, io);

  const shown = new ShownMarkets(args.has("all") ? Infinity : limit);
  const troubles = new Troubles();
  const progress = new ProgressLine(io);
  using opened = await openCommandParser(backend);
  const { parser, reason } = opened;
  const session = replay(source, { parser, signal: io.signal });
  try {
    for await (const batch of session) {
      for (const update of batch) {
        if (update.error === undefined) troubles.noteMessage(update.source);
        else troubles.note(update.error, update);
        shown.note(update);
      }
      await progress.update(() => session.stats);
    }
  } finally {
    await progress.clear();
  }
  const { elapsedMs } = progress;
  const { stats } = session;
  await troubles.report(io.stderr, paintFor(io, io.stderr));
  const result: Result = {
    shown,
    stats,
    reason,
    elapsedMs,
    generated,
    troubles,
  };
  if (isJson) await io.stdout.write(jsonOf(result));
  else await writeTables(result, io, paint);
  const hasSkipped = troubles.hasAny || stats.droppedSegments > 0;
  return troubles.hasFailures || (args.has("strict") && hasSkipped)
    ? ExitCode.FAILED
    : ExitCode.OK;
}

/** What a replay came to. */
interface Result {
  readonly shown: ShownMarkets;
  readonly stats: ReplayStats;
  /** Why it was this parser. */
  readonly reason: string;
  readonly elapsedMs: number;
  readonly generated: Generated | undefined;
  readonly troubles: Troubles;
}

/** What is generated when there is no file. */
interface Generated {
  readonly seed: number;
  readonly messages: number;
}

function generatedOf(args: Arguments): Generated | undefined {
  const seed = args.integer(
    "seed",
    Number.MIN_SAFE_INTEGER,
    Number.MAX_SAFE_INTEGER,
  );
  const messages = args.integer("messages", 0, MAX_MESSAGES);
  if (args.operands.length === 0) {
    return {
      seed: seed ?? DEFAULT_SEED,
      messages: messages ?? DEFAULT_MESSAGES,
    };
  }
  if (seed !== undefined || messages !== undefined) {
    throw new UsageError(
      "options --seed and --messages are for generated markets, not for files",
    );
  }
  return undefined;
}

/**
 * A generated session; made before the replay, so that its time does not count.
 * Both take turns with the rest of the program, or Ctrl+C would not be heard; in
 * Deno an immediate is no turn to signals, a timer is.
 */
async function generate(
  { seed, messages }: Generated,
  io: CliIo,
): Promise<AsyncIterable<Uint8Array>> {
  const generator = new MarketGenerator({ seed, messages, flavor: "pro" });
  const progress = new ProgressLine(io);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for (const chunk of generator.chunks()) {
      bytes += chunk.length;
      if (chunks.push(chunk) % CHUNKS_A_TURN === 0) await setTimeout(0);
      io.signal?.throwIfAborted();
      await progress.update(() => ({
        storedBytesRead: 0,
        storedBytes: undefined,
        bytes,
        messages: generator.lineCount,
      }));
    }
  } finally {
    await progress.clear();
  }
  return (async function* () {
    for (const [index, chunk] of chunks.entries()) {
      if ((index + 1) % CHUNKS_A_TURN === 0) await setTimeout(0);
      yield chunk;
    }
  })();
}

async function writeTables(
  result: Result,
  io: CliIo,
  paint: Paint,
): Promise<void> {
  const { shown, stats, generated } = result;
  const { stdout } = io;
  const width = Math.min(stdout.columns ?? DEFAULT_COLUMNS, MAX_COLUMNS);
  if (generated !== undefined) {
    await stdout.write(
      `No file was given: this market is generated, with seed ${generated.seed}. ` +
        `See replay --help\n\n`,
    );
  }
  // Market by market, so that a reader who has seen enough can go.
  for (const market of shown.markets) {
    io.signal?.throwIfAborted();
    const lines = marketTable(summarizeMarket(market), width, paint);
    await stdout.write(lines.join("\n") + "\n\n");
  }
  const orders = summarizeOrders(shown.orders);
  if (orders.length > 0) {
    await stdout.write(orderTable(orders, paint).join("\n") + "\n\n");
  }
  if (shown.othersCount > 0) {
    await stdout.write(
      `${counted(shown.othersCount, "more market")} not shown: ` +
        `see --all and --markets\n\n`,
    );
  }
  const footer = flow(footerOf(stats, result.elapsedMs), width, paint);
  await stdout.write(footer.join("\n") + "\n");
}

/** What was read, how fast, and what was not. */
function footerOf(
  stats: ReplayStats,
  elapsedMs: number,
): TextCell[] {
  const { messages, bytes, sources = 0, backend, damaged, ignored } = stats;
  const fallbacks = sumOf(stats.parser.fallbacks);
  // Damage is told as an invalid update too, but it is no line.
  const skipped = stats.invalid - damaged;
  const { droppedSegments } = stats;
  const good = [
    counted(messages, "message"),
    `${bytesText(bytes)} in ${durationText(elapsedMs)}`,
    speedText(bytes, elapsedMs),
    sources > 1 ? counted(sources, "recording") : "",
    ignored.length > 0
      ? `${counted(ignored.length, "other file")} ignored`
      : "",
    `${backend} parser`,
    counted(fallbacks, "fallback"),
    skipped + damaged + droppedSegments === 0 ? "nothing skipped" : "",
  ];
  const bad = [
    skipped > 0 ? `${counted(skipped, "line")} skipped` : "",
    damaged > 0 ? counted(damaged, "damaged part") : "",
    droppedSegments > 0
      ? `${counted(droppedSegments, "incomplete message")} dropped`
      : "",
  ];
  return [
    ...good.map((text) => ({ text, styles: ["dim"] as const })),
    ...bad.map((text) => ({ text, styles: ["bold", "yellow"] as const })),
  ];
}

function jsonOf(result: Result): string {
  const { shown, stats, reason, elapsedMs, generated, troubles } = result;
  const report = {
    generated: generated ?? null,
    markets: shown.markets.map(summarizeMarket),
    orders: summarizeOrders(shown.orders),
    marketsNotShown: shown.othersCount,
    counts: {
      sources: stats.sources ?? 0,
      messages: stats.messages,
      lines: stats.lines,
      bytes: stats.bytes,
      skippedLines: stats.invalid - stats.damaged,
      damagedParts: stats.damaged,
      droppedSegments: stats.droppedSegments,
      conflated: stats.conflated,
      fallbacks: stats.parser.fallbacks,
    },
    backend: stats.backend,
    backendReason: reason,
    ignoredFiles: stats.ignored,
    troubles: troubles.listed,
    elapsedMs,
  };
  return jsonText(report, 2) + "\n";
}

function sumOf(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
