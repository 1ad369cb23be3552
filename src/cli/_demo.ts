/** What the command `demo` does. */

import { schedule } from "../_schedule.ts";
import { StreamClient } from "../client/stream_client.ts";
import { MarketGenerator } from "../testing/market_generator.ts";
import { MockExchange } from "../testing/mock_exchange.ts";
import type { Arguments } from "./_arguments.ts";
import { ExitCode } from "./_command.ts";
import type { CliIo } from "./cli_io.ts";
import { DEMO } from "./_demo_command.ts";
import { follow } from "./_follow.ts";
import { LiveBoard } from "./_live_board.ts";
import { explained } from "./_live_failure.ts";
import { everyMsOf, limitsOf, type LiveLimits } from "./_live_options.ts";

const MAX_MARKETS = 200;
/** Messages where there is no limit of time. */
const DEFAULT_MESSAGES = 100_000;
/** The most that are generated. */
const MAX_MESSAGES = 10_000_000;
/** Messages of generated markets a second. */
const MESSAGES_A_SECOND = 10;
/** The show ends while the last markets are in play. */
const SHARE_SHOWN = 0.9;

/** Runs the command. */
export async function demo(args: Arguments, io: CliIo): Promise<number> {
  const given = limitsOf(args);
  const limits = given.forMs === undefined && given.messages === undefined
    ? { ...given, forMs: DEMO.seconds * 1000 }
    : given;
  const everyMs = everyMsOf(args) ?? DEMO.everySeconds * 1000;
  const markets = args.integer("markets", 1, MAX_MARKETS) ?? DEMO.markets;
  const seed = args.integer(
    "seed",
    Number.MIN_SAFE_INTEGER,
    Number.MAX_SAFE_INTEGER,
  ) ?? DEMO.seed;
  const pace = args.positive("pace", 1e6) ?? DEMO.pace;
  try {
    await using exchange = await MockExchange.start({
      source: new MarketGenerator({
        seed,
        markets,
        messages: messagesFor(limits, pace),
        marketTypes: ["WIN", "MATCH_ODDS"],
        orders: true,
        startTimeMs: Date.now(),
        // Faults are the exchange's.
        resumeShare: 0,
        outageShare: 0,
        conflatedShare: 0,
        imageShare: 0,
      }),
      pace,
      publishTimes: "now",
    });
    const board = new LiveBoard({
      target: `mock exchange, port ${exchange.port}`,
    });
    await using client = new StreamClient({
      appKey: "demo",
      session: "demo",
      host: exchange.host,
      port: exchange.port,
      caCerts: [exchange.caCert],
      markets: { ladderLevels: 3 },
      orders: {},
      heartbeatMs: 1000,
      onStateChange: board.noteState,
    });
    // Half-way, so that there is a gap to be seen.
    const cancelCut = schedule(
      () => exchange.disconnect("reset"),
      args.has("calm") ? Infinity : (limits.forMs ?? Infinity) / 2,
    );
    try {
      await follow({
        batches: client,
        client,
        board,
        limits,
        isJson: args.has("json"),
        showsMarkets: true,
        everyMs,
      }, io);
    } finally {
      cancelCut();
    }
  } catch (error) {
    throw explained(error, "demo");
  }
  io.signal?.throwIfAborted();
  return ExitCode.OK;
}

/** So many that markets go in play before the end. */
function messagesFor({ forMs }: LiveLimits, pace: number): number {
  if (forMs === undefined) return DEFAULT_MESSAGES;
  const shown = forMs / 1000 * pace * MESSAGES_A_SECOND;
  return Math.min(Math.ceil(shown / SHARE_SHOWN), MAX_MESSAGES);
}
