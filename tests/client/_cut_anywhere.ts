/**
 * One question: whatever happens to a connection, wherever in its bytes, does a
 * client end up with the books of one to which nothing happened, and does it tell
 * exactly once of each interruption? Over real TLS, in one process.
 *
 * @module
 */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { StreamName } from "../../src/cache/stream_update.ts";
import { stateText } from "../../src/cli/_state_text.ts";
import {
  type ClientTimers,
  type MarketSubscription,
  type OrderSubscription,
  StreamClient,
} from "../../src/client/mod.ts";
import { createCertificates } from "../../src/testing/_certificates.ts";
import {
  MarketGenerator,
  MockExchange,
  type MockFault,
  SeededRandom,
} from "../../src/testing/mod.ts";
import { missingReason, readRecording } from "../support/recordings.ts";

/** Messages and what to subscribe to. */
export interface Scenario {
  readonly name: string;
  /** Lines with their ends. */
  readonly bytes: Uint8Array;
  /** Bytes from which on a message is sent in segments. */
  readonly segmentBytes: number;
}

/** A fault at a byte, and whether it costs the connection. */
export interface Trouble {
  readonly name: string;
  /** What happens at a byte of the connection with this number. */
  faults(connection: number, byte: number): readonly MockFault[];
}

/** How often time passes faster than it does: silence is noticed in 50 ms. */
const HASTE = 20;

/** The time of both ends. A timer that is late says so, and is taken for a standstill. */
export const hastyTimers: ClientTimers = {
  now: () => Date.now(),
  elapsed: () => performance.now() * HASTE,
  schedule(callback, delayMs): () => void {
    const timer = setTimeout(callback, delayMs / HASTE);
    return () => clearTimeout(timer);
  },
};

const FIELDS = [
  "EX_BEST_OFFERS",
  "EX_BEST_OFFERS_DISP",
  "EX_ALL_OFFERS",
  "EX_TRADED",
  "EX_TRADED_VOL",
  "EX_LTP",
  "EX_MARKET_DEF",
  "SP_TRADED",
  "SP_PROJECTED",
];

const MARKETS: MarketSubscription = { fields: FIELDS, ladderLevels: 10 };
const ORDERS: OrderSubscription = {
  orderFilter: { partitionMatchedByStrategyRef: true },
};

const STREAMS: readonly StreamName[] = ["market", "order"];

/** Byte that ends a line in the middle, and is nothing that JSON allows. */
const GARBAGE = "\u0001\n";

/** Everything that can go wrong. Where a fault does no harm by itself, the line is cut behind it. */
export const TROUBLES: readonly Trouble[] = [
  ...(["end", "abrupt", "reset"] as const).map((how) => ({
    name: `cut (${how})`,
    faults: (connection: number, byte: number): MockFault[] => [
      { kind: "cut", how, connection, byte },
    ],
  })),
  single("stall", { kind: "stall" }),
  single("garbage in a line", { kind: "raw", bytes: GARBAGE }),
  single("corrupt line", { kind: "corruptLine" }),
  ...["TIMEOUT", "UNEXPECTED_ERROR", "CONNECTION_FAILED", "INVALID_CLOCK"].map(
    (errorCode) => single(`status ${errorCode}`, { kind: "status", errorCode }),
  ),
  single("session expired", {
    kind: "status",
    errorCode: "INVALID_SESSION_INFORMATION",
  }),
  withCut("split writes", { kind: "split", bytes: 3 }),
  withCut("merged writes", { kind: "merge", bytes: 4096 }),
  withCut("status 503", { kind: "unavailable", messages: 3 }),
  withCut("unrequested image", { kind: "image" }),
  withCut("old id", { kind: "oldId" }),
  withCut("unknown field", { kind: "unknownField" }),
  withCut("unknown op", { kind: "unknownOp" }),
];

function single(name: string, fault: MockFault): Trouble {
  return {
    name,
    faults: (connection, byte) => [{ ...fault, connection, byte }],
  };
}

function withCut(name: string, fault: MockFault): Trouble {
  return {
    name: `${name}, then a cut`,
    faults: (connection, byte) => [
      { ...fault, connection, byte },
      { kind: "cut", how: "reset", connection, byte: byte + 200 },
    ],
  };
}

/** A generated session: markets that come, go in play and are settled, and orders. */
export function generatedSession(seed: number = 11): Scenario {
  return {
    name: "generated",
    bytes: new MarketGenerator({
      seed,
      markets: 3,
      marketTypes: ["WIN", "MATCH_ODDS", "ASIAN_HANDICAP"],
      runners: 4,
      messages: 120,
      orders: true,
      imageShare: 0.02,
      resumeShare: 0,
    }).bytes(),
    segmentBytes: 400,
  };
}

/** A recorded session; undefined where the recordings are not at hand. */
export function recordedSession(): Scenario | undefined {
  if (missingReason !== false) return undefined;
  const decoder = new TextDecoder();
  const linesOf = (name: string): string[] =>
    decoder.decode(readRecording(name)).split("\n").filter((line) =>
      line !== ""
    );
  const markets = linesOf("greyhound_win_1.197931750").slice(0, 120);
  const orders = linesOf("orders_sample_mixed");
  const lines = markets.flatMap((line, i) =>
    i % 10 === 0 && i / 10 < orders.length ? [line, orders[i / 10]!] : [line]
  );
  return {
    name: "recorded",
    bytes: new TextEncoder().encode(`${lines.join("\n")}\n`),
    segmentBytes: 400,
  };
}

/** Made once: keys take longer than most runs. */
let certificates: ReturnType<typeof createCertificates> | undefined;

/** Starts an exchange that goes on only when it is told to. */
export async function startExchange(
  scenario: Scenario,
  faults: readonly MockFault[] = [],
): Promise<MockExchange> {
  certificates ??= createCertificates();
  return await MockExchange.start({
    source: scenario.bytes,
    segmentBytes: scenario.segmentBytes,
    pace: "stepped",
    timers: hastyTimers,
    connectionLimit: 100,
    certificates: await certificates,
    faults,
  });
}

/** What became of a client. */
export interface Outcome {
  /** The books as text, at the end. */
  readonly text: string;
  /** Bytes that it received. */
  readonly bytes: number;
  /** Connections that it lost. */
  readonly losses: number;
  /**
   * Books as text by position of the exchange: of all that were looked at, which is
   * after each recovery and at the end.
   */
  readonly texts: ReadonlyMap<number, string>;
  /** Interruptions that each stream told of, by gap. */
  readonly gaps: Readonly<Record<StreamName, readonly number[]>>;
}

/** How far to go. */
export interface Course {
  /** Whether to go on to the end of the source, or stay where it is. */
  readonly isWhole: boolean;
  /** Seed of the steps between two batches. */
  readonly seed: number;
  /**
   * How often, from 0 to 1, a subscription is replaced by the like of it behind a
   * batch. That costs an image, and is no gap.
   */
  readonly replacedShare?: number;
  /** Whether to look at the books at every position. */
  readonly isThorough?: boolean;
}

/** Runs a client until it has been told everything, and closes it. */
export async function run(
  exchange: MockExchange,
  { isWhole, seed, replacedShare = 0, isThorough = false }: Course,
): Promise<Outcome> {
  const random = new SeededRandom(seed);
  const gaps: Record<StreamName, number[]> = { market: [], order: [] };
  const texts = new Map<number, string>();
  let token = 0;
  /** Losses after which the books have been looked at. */
  let lookedAfter = 0;
  let moving: Promise<unknown> = Promise.resolve();
  await using client = new StreamClient({
    appKey: "key",
    session: () => `token-${++token}`,
    host: exchange.host,
    port: exchange.port,
    caCerts: [exchange.caCert],
    markets: MARKETS,
    orders: ORDERS,
    heartbeatMs: 500,
    answerTimeoutMs: 2_000,
    closedRetentionMs: Infinity,
    completedOrders: "drop",
    backoff: { firstMs: 0, baseMs: 0 },
    timers: hastyTimers,
    onStateChange: ({ state }) => {
      // The markets do not wait for those who are away.
      if (state === "waiting" && isWhole) moving = exchange.advance(5);
    },
  });
  for await (const batch of client) {
    for (const update of batch) {
      if (update.kind !== "gap") continue;
      gaps[update.gap!.stream].push(update.gap!.interruptions);
    }
    if (!exchange.isAtEnd && random.chance(replacedShare)) {
      if (random.chance(0.5)) client.subscribeMarkets(MARKETS);
      else client.subscribeOrders(ORDERS);
    }
    if (client.state !== "live") continue;
    await moving;
    const isAtEnd = !isWhole || exchange.isAtEnd;
    if (isThorough || isAtEnd || client.health.reconnects > lookedAfter) {
      // Nothing happens before the client has been told everything.
      if (
        !STREAMS.every((name) => client.cache.clk(name) === exchange.clk(name))
      ) {
        exchange.heartbeat();
        continue;
      }
      texts.set(exchange.position, comparable(stateText(client.cache)));
      lookedAfter = client.health.reconnects;
      if (isAtEnd) break;
    }
    moving = exchange.advance(isThorough ? 1 : random.integer(1, 12));
    await moving;
    exchange.heartbeat();
  }
  return {
    text: texts.get(exchange.position)!,
    texts,
    bytes: client.health.bytes,
    losses: client.health.reconnects,
    gaps,
  };
}

/**
 * The part of a state that an image has too: neither complete orders nor runners
 * and markets without anything left (protocol section 5).
 */
function comparable(text: string): string {
  const kept: string[] = [];
  // From the end, as whether a line has something is told by those behind it.
  let hasRows = false;
  let hasRunners = false;
  for (const line of text.split("\n").reverse()) {
    const kind = line[0];
    if (kind === "S") {
      if (hasRows) kept.push(line);
      hasRunners ||= hasRows;
      hasRows = false;
    } else if (kind === "O") {
      if (hasRunners) kept.push(line);
      hasRunners = hasRows = false;
    } else if (kind !== "U" || line.split("|")[3] !== "EC") {
      kept.push(line);
      if (kind === "U" || kind === "L") hasRows = true;
      else hasRows = false;
    }
  }
  return kept.reverse().join("\n");
}

function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** Checks a disturbed run against an undisturbed one. */
export function check(
  calm: Outcome,
  troubled: Outcome,
  what: string,
): void {
  for (const [position, text] of troubled.texts) {
    const expected = calm.texts.get(position);
    assert.ok(expected !== undefined, `${what}: position ${position}`);
    if (digestOf(text) === digestOf(expected)) continue;
    assert.equal(text, expected, `${what}: at position ${position}`);
  }
  for (const name of STREAMS) {
    const gaps = troubled.gaps[name];
    const interruptions = gaps.reduce((sum, count) => sum + count, 0);
    assert.equal(interruptions, troubled.losses, `${what}: losses of ${name}`);
    // Losses before the books are complete again belong to one gap.
    if (troubled.losses === 1) assert.deepEqual(gaps, [1], `${what}: ${name}`);
  }
}

/** What a series of disturbed runs came to. */
export interface Tally {
  /** Runs. */
  readonly tried: number;
  /** Runs that lost a connection; in the others the session was over before. */
  readonly happened: number;
  /** Bytes of an undisturbed run. */
  readonly bytes: number;
}

/** Runs on one exchange, which remembers all faults that it was ever told of. */
const RUNS_PER_EXCHANGE = 200;

/**
 * Disturbs handshake and image at every so many bytes, each time by the next trouble.
 *
 * @throws {AssertionError} when books or gaps are not what they must be
 */
export async function cutImage(
  scenario: Scenario,
  stride: number,
  seed: number,
  onRun: (done: number, of: number) => void = () => {},
): Promise<Tally> {
  const course: Course = { isWhole: false, seed };
  let exchange = await startExchange(scenario);
  let tried = 0;
  let happened = 0;
  try {
    const calm = await run(exchange, course);
    assert.equal(calm.losses, 0);
    for (let byte = 1; byte <= calm.bytes; byte += stride) {
      if (tried % RUNS_PER_EXCHANGE === RUNS_PER_EXCHANGE - 1) {
        await exchange.close();
        exchange = await startExchange(scenario);
      }
      const trouble = TROUBLES[tried++ % TROUBLES.length]!;
      const next = exchange.acceptedConnections + 1;
      for (const fault of trouble.faults(next, byte)) exchange.addFault(fault);
      const outcome = await run(exchange, course);
      check(calm, outcome, `${trouble.name} at byte ${byte}, seed ${seed}`);
      if (outcome.losses > 0) happened++;
      onRun(byte, calm.bytes);
    }
    return { tried, happened, bytes: calm.bytes };
  } finally {
    await exchange.close();
  }
}

/**
 * Disturbs whole sessions at seeded bytes, each time by the next trouble.
 *
 * @throws {AssertionError} when books or gaps are not what they must be
 */
export async function cutBeyond(
  scenario: Scenario,
  count: number,
  seed: number,
  onRun: (done: number, of: number) => void = () => {},
): Promise<Tally> {
  const random = new SeededRandom(seed);
  const thorough = await startExchange(scenario);
  const calm = await run(thorough, { isWhole: true, seed, isThorough: true });
  await thorough.close();
  assert.ok(/^M\|/m.test(calm.text), "no markets are compared");
  assert.ok(/^O\|/m.test(calm.text), "no orders are compared");
  // Without the heartbeats of looking at everything.
  const usual = await startExchange(scenario);
  const { bytes, losses } = await run(usual, { isWhole: true, seed });
  await usual.close();
  assert.equal(calm.losses + losses, 0);
  let happened = 0;
  for (let i = 0; i < count; i++) {
    const trouble = TROUBLES[i % TROUBLES.length]!;
    const byte = random.integer(1, bytes);
    await using exchange = await startExchange(
      scenario,
      trouble.faults(1, byte),
    );
    const outcome = await run(exchange, {
      isWhole: true,
      seed: seed + i,
      replacedShare: i % 3 === 0 ? 0.1 : 0,
    });
    check(calm, outcome, `${trouble.name} at byte ${byte}, seed ${seed}+${i}`);
    if (outcome.losses > 0) happened++;
    onRun(i + 1, count);
  }
  return { tried: count, happened, bytes };
}
