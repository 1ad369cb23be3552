/** What the command `serve` does. */

import { writeFile } from "node:fs/promises";
import { schedule } from "../_schedule.ts";
import { resolveSources } from "../replay/resolve_sources.ts";
import { MarketGenerator } from "../testing/market_generator.ts";
import { MockExchange } from "../testing/mock_exchange.ts";
import type { MockPace } from "../testing/mock_exchange_options.ts";
import type { MockSource } from "../testing/mock_source.ts";
import { type Arguments, UsageError } from "./_arguments.ts";
import { ExitCode } from "./_command.ts";
import { CommandError } from "./_command_error.ts";
import type { CliIo } from "./cli_io.ts";
import { counted, grouped } from "./_format.ts";
import { explained } from "./_live_failure.ts";
import { limitsOf } from "./_live_options.ts";
import { paintFor } from "./_paint.ts";
import { checkWritePermission } from "./_permissions.ts";
import { inRuntime } from "./_runtime_text.ts";
import { Screen } from "./_screen.ts";
import { flow } from "./_text_table.ts";

const MAX_PACE = 1e6;
const GENERATED_MESSAGES = 1_000_000;
const FRAME_MS = 250;

/** Runs the command. */
export async function serve(args: Arguments, io: CliIo): Promise<number> {
  const [file, ...others] = args.operands;
  if (others.length > 0) {
    throw new UsageError("serve takes one file or folder");
  }
  const seed = args.integer(
    "seed",
    Number.MIN_SAFE_INTEGER,
    Number.MAX_SAFE_INTEGER,
  );
  if (file !== undefined && seed !== undefined) {
    throw new UsageError(
      "option --seed is for generated markets, not for files",
    );
  }
  const pace = paceOf(args);
  const { forMs } = limitsOf(args);
  const port = args.integer("port", 0, 65_535);
  const caPath = args.text("ca");
  // A source that is not there is told now, not to the first client.
  if (file !== undefined) await resolveSources(file);
  if (caPath !== undefined) checkWritePermission(caPath, "serve");
  try {
    await using exchange = await MockExchange.start({
      source: file ?? generated(seed ?? 1),
      pace,
      port,
      publishTimes: args.has("recorded-times") ? "source" : "now",
    });
    if (caPath !== undefined) await writeCa(caPath, exchange.caCert);
    await announce(exchange, args, io);
    await untilStopped(exchange, forMs, args.has("json"), io);
  } catch (error) {
    throw explained(error, "serve");
  }
  io.signal?.throwIfAborted();
  return ExitCode.OK;
}

function paceOf(args: Arguments): MockPace {
  return args.text("pace") === "max"
    ? "asRead"
    : args.positive("pace", MAX_PACE) ?? 1;
}

function generated(seed: number): MockSource {
  return new MarketGenerator({
    seed,
    markets: 4,
    messages: GENERATED_MESSAGES,
    orders: true,
    wholeLife: false,
  });
}

async function writeCa(path: string, caCert: string): Promise<void> {
  try {
    await writeFile(path, caCert);
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? cause.code : cause;
    throw new CommandError(`Cannot write ${path}: ${code}`, { cause });
  }
}

/** Tells clients where to connect to, and whom to trust. */
async function announce(
  exchange: MockExchange,
  args: Arguments,
  io: CliIo,
): Promise<void> {
  const { host, port, caCert, identityUrl } = exchange;
  const caPath = args.text("ca");
  if (args.has("json")) {
    const started = { type: "started", host, port, identityUrl, caCert };
    await io.stdout.write(JSON.stringify(started) + "\n");
    return;
  }
  const paint = paintFor(io, io.stdout);
  await io.stdout.write(
    `mock exchange on ${paint(`${host}:${port}`, "bold")}, ` +
      `logins on ${paint(identityUrl, "bold")}, ` +
      (caPath === undefined
        ? `whose authority is\n\n${caCert.trim()}\n\n`
        : `whose authority is in ${caPath}\n\n`) +
      `Any application key and session token will do, and any login:\n` +
      paint(
        `  BETFAIR_APP_KEY=any BETFAIR_SESSION=any ${
          inRuntime("deno task watch")
        } --host ${host} ` +
          `--port ${port} \\\n    --ca ${
            caPath ?? "FILE"
          } --orders --sports 1,2,7\n\n`,
        "dim",
      ),
  );
}

/** Waits for the user or the limit; shows who is there meanwhile. */
async function untilStopped(
  exchange: MockExchange,
  forMs: number | undefined,
  isJson: boolean,
  io: CliIo,
): Promise<void> {
  const { promise: stopped, resolve: stop } = Promise.withResolvers<void>();
  const { signal } = io;
  const cancelLimit = schedule(stop, forMs ?? Infinity);
  signal?.addEventListener("abort", () => stop(), { once: true });
  if (signal?.aborted) stop();
  const screen = io.stdout.isTerminal && !isJson
    ? new Screen(io.stdout)
    : undefined;
  let failure: { readonly error: unknown } | undefined;
  const draw = async (): Promise<void> => {
    if (screen === undefined || screen.isWriting) return;
    await screen.draw(
      flow(statusOf(exchange), screen.columns, paintFor(io, io.stdout)),
    );
  };
  const ticker = setInterval(() => {
    draw().catch((error) => {
      failure ??= { error };
      stop();
    });
  }, FRAME_MS);
  // A recording may turn out to be damaged when it is half told.
  exchange.finished().catch((error: unknown) => {
    failure ??= { error };
    stop();
  });
  try {
    await stopped;
  } finally {
    clearInterval(ticker);
    cancelLimit();
  }
  if (failure !== undefined) throw failure.error;
  await draw();
  if (isJson) {
    const { position, acceptedConnections, requestCount, skippedLines } =
      exchange;
    const ended = {
      type: "ended",
      position,
      connections: acceptedConnections,
      requests: requestCount,
      skippedLines,
    };
    await io.stdout.write(JSON.stringify(ended) + "\n");
  } else if (screen === undefined) {
    await io.stdout.write(statusOf(exchange).join(" · ") + "\n");
  }
}

function statusOf(exchange: MockExchange): string[] {
  return [
    `message ${grouped(exchange.position)}${
      exchange.isAtEnd ? ", the last" : ""
    }`,
    `${counted(exchange.openConnections, "connection")} now, ` +
    `${grouped(exchange.acceptedConnections)} in all`,
    counted(exchange.activeSubscriptions, "subscription"),
    counted(exchange.requestCount, "request"),
    ...exchange.skippedLines === 0
      ? []
      : [`${counted(exchange.skippedLines, "line")} left out`],
  ];
}
