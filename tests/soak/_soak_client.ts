/** One soak, from connecting to the verdict. See {@linkcode runSoak}. */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import { setImmediate } from "node:timers";
import { fileURLToPath } from "node:url";
import type { StreamUpdate } from "../../src/cache/stream_update.ts";
import type { UpdateBatch } from "../../src/cache/update_batch.ts";
import { stateText } from "../../src/cli/_state_text.ts";
import {
  type ClientHealth,
  type ClientTimers,
  type MarketSubscription,
  StreamClient,
  StreamStatusError,
} from "../../src/client/mod.ts";
import { record, type RecordingSummary } from "../../src/record/mod.ts";
import { replay } from "../../src/replay/mod.ts";
import { SeededRandom } from "../../src/testing/mod.ts";
import { comparable } from "./_comparable.ts";
import { MemoryWatch } from "./_memory_watch.ts";
import { OrderWatch } from "./_order_watch.ts";
import type { ExchangeReport, SoakOptions } from "./_soak_options.ts";

const CHILD = fileURLToPath(new URL("./_exchange_child.ts", import.meta.url));

/** The shortest that there is, so that dead connections are noticed soon. */
const HEARTBEAT_MS = 500;

/** Files of a recording: several in each run of a minute. */
const ROTATE_BYTES = 4 << 20;

/** Time for the client to get to know all that has happened, when the faults are over. */
const FINISH_MS = 60_000;

const MARKETS: MarketSubscription = {
  fields: [
    "EX_BEST_OFFERS",
    "EX_BEST_OFFERS_DISP",
    "EX_ALL_OFFERS",
    "EX_TRADED",
    "EX_TRADED_VOL",
    "EX_LTP",
    "EX_MARKET_DEF",
    "SP_TRADED",
    "SP_PROJECTED",
  ],
  ladderLevels: 3,
};

/** Samples of the memory in a run. */
const SAMPLES = 40;

/** One batch in so many is held for long. */
const PAUSE_EVERY = 40;

/** How long a socket may take to go. */
const SOCKET_PATIENCE_MS = 10_000;

/** Column of the socket's inode in the tables of the system. */
const INODE_COLUMN = 9;

/** Turns of the event loop in a pause: enough to become a slow reader at times. */
const MAX_PAUSE_TURNS = 300;

/** What came of a soak. */
export interface SoakResult {
  /** What must not be; none of it is success. */
  readonly problems: readonly string[];
  readonly updates: number;
  /** Gaps told, by stream and outcome. */
  readonly gaps: Readonly<Record<string, number>>;
  readonly orders: number;
  /** Orders that completed while the client was away. */
  readonly missingOrders: number;
  readonly health: ClientHealth;
  readonly exchange: ExchangeReport & { readonly kind: "end" };
  /** Memory of the client's process: second and last quarter of the run. */
  readonly memory: MemoryWatch["quarters"];
}

/**
 * Runs a client for some time against an exchange where everything goes wrong,
 * and compares in the end what both know.
 *
 * @param options How long, how many.
 * @param onProgress Told of each sample of the memory.
 * @returns What came of it.
 */
export async function runSoak(
  options: SoakOptions,
  onProgress: (text: string) => void = () => {},
): Promise<SoakResult> {
  const problems: string[] = [];
  const onRejection = (reason: unknown): void => {
    problems.push(`unhandled rejection: ${String(reason)}`);
  };
  process.on("unhandledRejection", onRejection);
  const socketsBefore = openSockets();
  const exchange = new ExchangeProcess(options);
  try {
    const run = new SoakRun(options, exchange, onProgress);
    const result = await run.run();
    problems.push(...run.problems);
    await exchange.close();
    const sockets = await socketsLeft(socketsBefore);
    if (sockets.length > 0) {
      problems.push(`sockets are still open: ${sockets.join("; ")}`);
    }
    return { ...result, problems };
  } finally {
    exchange.kill();
    process.off("unhandledRejection", onRejection);
  }
}

class SoakRun {
  readonly problems: string[] = [];
  readonly #options: SoakOptions;
  readonly #exchange: ExchangeProcess;
  readonly #onProgress: (text: string) => void;
  readonly #random: SeededRandom;
  readonly #timers = new CountingTimers();
  readonly #orders = new OrderWatch();
  readonly #memory = new MemoryWatch();
  readonly #gaps: Record<string, number> = {};
  /** Whether the market subscription was refused, which is the program's to mend. */
  #isRefused = false;
  #updates = 0;
  /** What was received in whole lines, and over which connections. */
  #heardBytes = 0;
  readonly #heardConnections = new Set<string>();

  constructor(
    options: SoakOptions,
    exchange: ExchangeProcess,
    onProgress: (text: string) => void,
  ) {
    this.#options = options;
    this.#exchange = exchange;
    this.#onProgress = onProgress;
    this.#random = new SeededRandom(options.seed + 1);
  }

  async run(): Promise<Omit<SoakResult, "problems">> {
    const ready = await this.#exchange.next("ready");
    const client = new StreamClient({
      host: ready.host,
      port: ready.port,
      caCerts: [ready.caCert],
      appKey: "soak",
      session: () => "token",
      // What is complete may go: memory is measured.
      completedOrders: "drop",
      heartbeatMs: HEARTBEAT_MS,
      answerTimeoutMs: 2 * HEARTBEAT_MS,
      backoff: { firstMs: 20, baseMs: 50, maxMs: 200, stableMs: 100 },
      timers: this.#timers,
      markets: MARKETS,
      orders: {},
      onStateChange: ({ error }) => {
        this.#isRefused ||= error instanceof StreamStatusError &&
          error.code === "SUBSCRIPTION_LIMIT_EXCEEDED";
      },
    });
    let end: ExchangeReport & { readonly kind: "end" };
    if (this.#options.records) {
      const folder = await mkdtemp(join(tmpdir(), "betfair-soak-"));
      try {
        client.tap((lines, _receivedAtMs, connectionId) => {
          this.#heardBytes += lines.length;
          if (connectionId !== undefined) {
            this.#heardConnections.add(connectionId);
          }
        });
        const recording = record(client, folder, { rotateBytes: ROTATE_BYTES });
        end = await this.#iterate(client, recording);
        await this.#compareRecording(client, folder, recording.summary);
      } finally {
        await rm(folder, { recursive: true });
      }
    } else end = await this.#iterate(client, client);
    this.#compare(client, end);
    const { health } = client;
    await client[Symbol.asyncDispose]();
    if (this.#timers.waiting > 0) {
      this.problems.push(`${this.#timers.waiting} timers are still waiting`);
    }
    return {
      updates: this.#updates,
      gaps: this.#gaps,
      orders: this.#orders.seen,
      missingOrders: this.#orders.missing,
      health,
      exchange: end,
      memory: this.#memory.quarters,
    };
  }

  /** Reads, now fast, now slowly, until everything that happened was received. */
  async #iterate(
    client: StreamClient,
    batches: AsyncIterable<UpdateBatch>,
  ): Promise<ExchangeReport & { readonly kind: "end" }> {
    const { seconds } = this.#options;
    const startedAt = performance.now();
    let end: (ExchangeReport & { readonly kind: "end" }) | undefined;
    let samples = 0;
    let isFinishing = false;
    let giveUp: ReturnType<typeof setTimeout> | undefined;
    try {
      for await (const batch of batches) {
        for (const update of batch) this.#note(update);
        if (this.#isRefused) {
          this.#isRefused = false;
          client.subscribeMarkets(MARKETS);
        }
        if (end !== undefined && isUpToDate(client, end)) return end;
        const elapsed = (performance.now() - startedAt) / 1000;
        if (elapsed >= samples * seconds / SAMPLES && !isFinishing) {
          samples++;
          this.#sample(elapsed, client);
        }
        if (elapsed >= seconds && !isFinishing) {
          isFinishing = true;
          this.#exchange.send("finish");
          giveUp = setTimeout(() => client.close(), FINISH_MS);
          // The client is kept busy meanwhile.
          void this.#exchange.next("end").then((report) => end = report);
        }
        if (!isFinishing && this.#random.next() * PAUSE_EVERY < 1) {
          const turns = Math.floor(this.#random.next() * MAX_PAUSE_TURNS);
          for (let i = 0; i < turns; i++) await turn();
        }
      }
    } finally {
      clearTimeout(giveUp);
    }
    throw new Error(
      `the client has ended, or does not know everything ${FINISH_MS} ms after the faults: ${
        JSON.stringify(client.health)
      }`,
    );
  }

  #note(update: StreamUpdate): void {
    this.#updates++;
    this.#orders.note(update);
    if (update.gap === undefined) return;
    const { stream, outcome } = update.gap;
    const name = `${stream} ${outcome}`;
    this.#gaps[name] = (this.#gaps[name] ?? 0) + 1;
  }

  #sample(elapsed: number, client: StreamClient): void {
    const { heapMiB, residentMiB } = this.#memory.sample();
    this.#onProgress(
      `${elapsed.toFixed(0)} s: ${this.#updates} updates, ` +
        `${client.health.reconnects} reconnects, ` +
        `heap ${heapMiB.toFixed(1)} MiB, process ${residentMiB.toFixed(0)} MiB`,
    );
  }

  /** The recording must have everything, and say the same. */
  async #compareRecording(
    { cache }: StreamClient,
    folder: string,
    { error, files, finishedFiles, writtenBytes }: RecordingSummary,
  ): Promise<void> {
    if (error !== undefined) this.problems.push(error.message);
    // A connection that is lost before its first line leaves no file.
    const connections = this.#heardConnections.size;
    if (files.length !== finishedFiles || files.length < connections) {
      this.problems.push(
        `${finishedFiles} files of ${connections} connections`,
      );
    }
    if (writtenBytes !== this.#heardBytes) {
      this.problems.push(
        `${writtenBytes} of ${this.#heardBytes} bytes were written`,
      );
    }
    const session = replay(folder, { completedOrders: "drop" });
    for await (const batch of session) batch.drain();
    if (session.stats.bytes !== writtenBytes) {
      this.problems.push(
        `${session.stats.bytes} of ${writtenBytes} bytes can be replayed`,
      );
    }
    const lines = comparable(stateText(cache));
    const replayed = comparable(stateText(session.cache));
    if (lines.join() !== replayed.join()) {
      this.problems.push("the recording does not say the same");
    }
  }

  #compare(
    { cache }: StreamClient,
    end: ExchangeReport & { readonly kind: "end" },
  ): void {
    const { problems } = this;
    const expected = end.state;
    const actual = comparable(stateText(cache));
    const length = Math.max(expected.length, actual.length);
    let different = 0;
    for (let i = 0; i < length; i++) {
      if (expected[i] === actual[i]) continue;
      if (++different <= 5) {
        problems.push(`line ${i} is ${actual[i]} and must be ${expected[i]}`);
      }
    }
    if (different > 5) problems.push(`${different} lines of state differ`);
    this.#orders.verify(cache);
    problems.push(...this.#orders.problems, ...this.#memory.problems);
  }
}

function isUpToDate(
  { cache, state }: StreamClient,
  end: ExchangeReport & { readonly kind: "end" },
): boolean {
  return state === "live" && cache.clk("market") === end.marketClk &&
    cache.clk("order") === end.orderClk;
}

/** The exchange in its own process. */
class ExchangeProcess {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  constructor(options: SoakOptions) {
    const runtime = "Deno" in globalThis ? ["run", "--allow-all"] : [];
    this.#child = spawn(
      process.execPath,
      [...runtime, CHILD, JSON.stringify(options)],
      { stdio: ["pipe", "pipe", "inherit"] },
    );
    this.#lines = createInterface({ input: this.#child.stdout! })
      [Symbol.asyncIterator]();
  }

  /** The next report, which must be of this kind. */
  async next<K extends ExchangeReport["kind"]>(
    kind: K,
  ): Promise<ExchangeReport & { readonly kind: K }> {
    const { done, value } = await this.#lines.next();
    if (done) throw new Error(`the exchange ended before it was ${kind}`);
    const report = JSON.parse(value) as ExchangeReport;
    if (report.kind !== kind) {
      throw new Error(`the exchange is ${report.kind} before it is ${kind}`);
    }
    return report as ExchangeReport & { readonly kind: K };
  }

  send(command: "finish" | "close"): void {
    this.#child.stdin!.write(`${command}\n`);
  }

  /** Lets it see that no connection is left. */
  async close(): Promise<void> {
    const closed = once(this.#child, "close");
    this.send("close");
    await this.next("closed");
    await closed;
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }
}

/** The runtime's timers, counted. */
class CountingTimers implements ClientTimers {
  /** Timers that wait. */
  waiting = 0;

  now(): number {
    return Date.now();
  }

  elapsed(): number {
    return performance.now();
  }

  schedule(callback: () => void, delayMs: number): () => void {
    this.waiting++;
    let isWaiting = true;
    const stop = (): void => {
      if (isWaiting) this.waiting--;
      isWaiting = false;
    };
    const timer = setTimeout(() => {
      stop();
      callback();
    }, delayMs);
    return () => {
      stop();
      clearTimeout(timer);
    };
  }
}

/**
 * Sockets beyond those from before. Deno says goodbye by TLS behind a `close()`, in
 * a task of its own, so they may take a moment to go; a leaked one never does.
 */
async function socketsLeft(
  before: ReadonlyMap<string, string>,
): Promise<string[]> {
  const end = performance.now() + SOCKET_PATIENCE_MS;
  for (;;) {
    const left = [...openSockets()].filter(([inode]) => !before.has(inode));
    if (left.length === 0 || performance.now() > end) {
      return left.map(([, row]) => row);
    }
    await turn();
  }
}

/**
 * TCP sockets of this process, not those to other processes: by inode, the row of
 * the system's table, which tells the peer, the state and the queues. Empty where
 * the system does not tell.
 */
function openSockets(): Map<string, string> {
  const sockets = new Map<string, string>();
  const folder = "/proc/self/fd";
  try {
    const rows = new Map<string, string>();
    for (const table of ["tcp", "tcp6"]) {
      const text = readFileSync(`/proc/self/net/${table}`, "utf8");
      for (const line of text.split("\n")) {
        const row = line.trim().split(/\s+/);
        rows.set(row[INODE_COLUMN] ?? "", row.slice(1, 5).join(" "));
      }
    }
    for (const fd of readdirSync(folder)) {
      try {
        const link = readlinkSync(`${folder}/${fd}`);
        const inode = /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? "";
        const row = rows.get(inode);
        if (row !== undefined) sockets.set(inode, row);
      } catch {
        continue; // the one that reads the folder
      }
    }
  } catch {
    return sockets;
  }
  return sockets;
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
