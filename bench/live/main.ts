// deno-lint-ignore-file no-console -- a program, not library code

/**
 * Question: how fast do messages become books over TLS on loopback, and how long
 * after a message was read is it delivered?
 *
 * - Readers, each in a process of its own: `books` is `StreamClient`; `json` reads
 *   the same connection, splits lines and calls `JSON.parse`, which is the floor of
 *   every client that makes objects; `bytes` only reads.
 * - Loads: as fast as the reader takes them, and 1,000, 10,000 and 100,000
 *   messages per second, sent every millisecond by a server in a process of its
 *   own, which does no work but writing what was prepared.
 * - Input: a generated session of 100 markets (`load_input.ts`), after a warm-up.
 * - Reading: latency is from reading the piece in which a message ends to having
 *   the message. It does not contain the sending, nor TLS. At a low rate it is the
 *   cost of one message; at a high one a piece has many, and the last waits for
 *   all before it. On two cores the server has one of them.
 *
 * Before anything is timed, the books must be the same in all runtimes, and those
 * that the same lines give without a connection.
 *
 * ```sh
 * deno run -A bench/live/main.ts                       # about three minutes
 * deno run -A bench/live/main.ts --quick               # to see that it works
 * deno run -A bench/live/main.ts --runtimes=Deno --out=.build/bench/live.json
 * ```
 *
 * @module
 */

import { createHash } from "node:crypto";
import { createInterface } from "node:readline";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { parseArgs } from "node:util";
import { BookFeed } from "../../mod.ts";
import { stateText } from "../../src/cli/_state_text.ts";
import { BUILD_DIR, findBun, ROOT } from "../../tests/_bun.ts";
import { machineName } from "../support/runtime.ts";
import { loadInput } from "./load_input.ts";
import { type LiveResults, type LiveRow, liveTable } from "./section.ts";
import type {
  LoadJob,
  LoadResult,
  LoadServerJob,
  LoadServerReady,
  Reader,
} from "./load_job.ts";

const READERS: readonly Reader[] = ["books", "json", "bytes"];

/** Messages per second; 0 for as fast as they are read. */
const RATES: readonly number[] = [0, 1_000, 10_000, 100_000];

/** Share of the messages that warm engines up. */
const WARM_UP = 0.25;

type Command = readonly string[];

function start(command: Command, script: string, job: unknown): ChildProcess {
  const [program, ...args] = command;
  return spawn(
    program!,
    [...args, `${ROOT}bench/live/${script}`, JSON.stringify(job)],
    { stdio: ["ignore", "pipe", "inherit"], cwd: ROOT },
  );
}

/** The next line that a child prints. */
async function lineOf(child: ChildProcess): Promise<string> {
  for await (const line of createInterface({ input: child.stdout! })) {
    return line;
  }
  throw new Error("a process of the bench ended without a result");
}

/** Measures one reader under one load. */
async function measure(
  command: Command,
  reader: Reader,
  rate: number,
  messages: number,
): Promise<LoadResult> {
  const warmUp = Math.round(messages * WARM_UP);
  const serverJob: LoadServerJob = {
    messagesPerSecond: rate,
    messages: warmUp + messages,
  };
  // Always the same server, whatever reads.
  const server = start([Deno.execPath(), "run", "-A"], "server.ts", serverJob);
  const serverClosed = once(server, "close");
  try {
    const ready = JSON.parse(await lineOf(server)) as LoadServerReady;
    const job: LoadJob = { reader, messages, warmUp, ...ready };
    const child = start(command, "child.ts", job);
    const closed = once(child, "close");
    const result = JSON.parse(await lineOf(child)) as LoadResult;
    await closed;
    await serverClosed;
    return result;
  } finally {
    server.kill("SIGKILL");
  }
}

/** Digest of the books that so many changes leave behind, without a connection. */
function expectedDigest(messages: number): string {
  const { image, changes, ends } = loadInput(2);
  const feed = new BookFeed();
  feed.push(image).drain();
  for (let left = messages; left > 0; left -= ends.length) {
    const count = Math.min(left, ends.length);
    feed.push(changes.subarray(0, ends[count - 1]!)).drain();
  }
  return createHash("sha256").update(stateText(feed.cache)).digest("hex");
}

/** Refuses to time what is not right. */
async function verify(name: string, command: Command): Promise<void> {
  const messages = 8_000;
  const { digest } = await measure(command, "books", 0, messages);
  const expected = expectedDigest(messages * (1 + WARM_UP));
  if (digest !== expected) {
    throw new Error(`the books in ${name} are ${digest} and not ${expected}`);
  }
}

async function main(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      quick: { type: "boolean", default: false },
      runtimes: { type: "string", default: "Deno,Bun" },
      seconds: { type: "string" },
      out: { type: "string", default: `${BUILD_DIR}bench/live.json` },
    },
  });
  const seconds = Number(values.seconds ?? (values.quick ? 0.3 : 5));
  const rows: LiveRow[] = [];
  for (const name of values.runtimes.split(",")) {
    const command = name === "Bun"
      ? [await findBun()]
      : [Deno.execPath(), "run", "-A"];
    await verify(name, command);
    for (const rate of RATES) {
      for (const reader of READERS) {
        const messages = Math.round((rate === 0 ? 200_000 : rate) * seconds);
        const result = await measure(command, reader, rate, messages);
        rows.push({ ...result, reader, rate });
        console.log(`${name}, ${reader}, ${rate || "all"}: done`);
      }
    }
  }
  const results: LiveResults = {
    date: new Date().toISOString().slice(0, 10),
    machine: machineName(),
    rows,
  };
  mkdirSync(dirname(values.out), { recursive: true });
  writeFileSync(values.out, `${JSON.stringify(results, null, 2)}\n`);
  console.log(`${results.machine}\n\n${liveTable(rows)}`);
}

if (import.meta.main) {
  main(Deno.args).catch((error: unknown) => {
    console.error(error);
    Deno.exit(1);
  });
}
