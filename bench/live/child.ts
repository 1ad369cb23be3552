// deno-lint-ignore-file no-console -- a program, which reports to the bench

/**
 * One reader, one run: takes a `LoadJob` as JSON, prints a `LoadResult`.
 *
 * @module
 */

import { createHash } from "node:crypto";
import process from "node:process";
import { LineFramer } from "../../mod.ts";
import { stateText } from "../../src/cli/_state_text.ts";
import {
  LatencyHistogram,
  openTransport,
  StreamClient,
  type Transport,
} from "../../src/client/mod.ts";
import { encodeRequest } from "../../src/protocol/request_encoder.ts";
import { runtimeName } from "../support/runtime.ts";
import { use } from "../support/measure.ts";
import type { LoadJob, LoadResult } from "./load_job.ts";

const CONNECT_TIMEOUT_MS = 15_000;

/** Messages in front of the changes: connection, two statuses, the image. */
const HEAD_MESSAGES = 4;

/** Counts and times messages; what comes before the measured ones counts for nothing. */
class Meter {
  readonly #job: LoadJob;
  readonly #latency = new LatencyHistogram();
  #messages = -HEAD_MESSAGES;
  #bytes = 0;
  #startedAt = 0;
  #endedAt = 0;
  #receivedAt = 0;

  constructor(job: LoadJob) {
    this.#job = job;
  }

  /** Whether all messages have come. */
  get isDone(): boolean {
    return this.#messages >= this.#job.warmUp + this.#job.messages;
  }

  /** A piece was read. */
  read(bytes: number): void {
    this.#receivedAt = performance.now();
    if (this.#messages >= this.#job.warmUp) this.#bytes += bytes;
  }

  /** A message is there. */
  message(): void {
    const messages = ++this.#messages;
    if (messages < this.#job.warmUp) return;
    const now = performance.now();
    if (messages === this.#job.warmUp) this.#startedAt = now;
    else this.#latency.record(now - this.#receivedAt);
    this.#endedAt = now;
  }

  /** So many messages are there that nobody looked at. */
  skip(count: number): void {
    const before = this.#messages;
    this.#messages += count;
    const { warmUp } = this.#job;
    this.#endedAt = performance.now();
    if (before < warmUp && this.#messages >= warmUp) {
      this.#startedAt = this.#endedAt;
    }
  }

  result(digest: string | undefined): LoadResult {
    const { p50Ms, p99Ms, maxMs } = this.#latency.summary();
    return {
      runtime: runtimeName(),
      messages: this.#messages - this.#job.warmUp,
      bytes: this.#bytes,
      elapsedMs: this.#endedAt - this.#startedAt,
      latency: { p50Ms, p99Ms, maxMs },
      digest,
    };
  }
}

async function readBooks(job: LoadJob): Promise<LoadResult> {
  const meter = new Meter(job);
  const client = new StreamClient({
    host: job.host,
    port: job.port,
    caCerts: [job.caCert],
    appKey: "load",
    session: "load",
    markets: {},
    connect: async (options) => metered(await openTransport(options), meter),
  });
  loop: for await (const batch of client) {
    for (const update of batch) {
      for (const book of update.markets) {
        for (const runner of book.changedRunners) {
          use(runner.availableToBack.bestPrice);
        }
      }
      meter.message();
      // The server ends the connection next, which would be a gap.
      if (meter.isDone) break loop;
    }
  }
  const digest = createHash("sha256").update(stateText(client.cache));
  if (client.health.reconnects > 0) throw new Error("the connection was lost");
  return meter.result(digest.digest("hex"));
}

/** A connection that tells the meter of each piece, in the same way for all readers. */
function metered(transport: Transport, meter: Meter): Transport {
  return {
    read: async (): Promise<Uint8Array | null> => {
      const chunk = await transport.read();
      if (chunk !== null) meter.read(chunk.length);
      return chunk;
    },
    write: (bytes) => transport.write(bytes),
    close: () => transport.close(),
  };
}

/** Connects and subscribes without a client. */
async function open(job: LoadJob, meter: Meter): Promise<Transport> {
  const transport = metered(
    await openTransport({
      hostname: job.host,
      port: job.port,
      caCerts: [job.caCert],
      timeoutMs: CONNECT_TIMEOUT_MS,
    }),
    meter,
  );
  await transport.write(encodeRequest({
    op: "authentication",
    id: 1,
    appKey: "load",
    session: "load",
  }));
  await transport.write(encodeRequest({ op: "marketSubscription", id: 2 }));
  return transport;
}

async function readJson(job: LoadJob): Promise<LoadResult> {
  const meter = new Meter(job);
  const framer = new LineFramer();
  const decoder = new TextDecoder();
  const transport = await open(job, meter);
  for (;;) {
    const chunk = await transport.read();
    if (chunk === null) break;
    for (let has = framer.push(chunk); has; has = framer.next()) {
      const { bytes, start, end } = framer;
      const text = decoder.decode(bytes.subarray(start, end));
      // As fast as it gets: one decoding and one split for all lines of a block.
      for (const line of text.split("\n")) {
        if (line === "") continue;
        use(JSON.parse(line));
        meter.message();
      }
    }
  }
  transport.close();
  return meter.result(undefined);
}

const LF = 0x0a;

async function readBytes(job: LoadJob): Promise<LoadResult> {
  const meter = new Meter(job);
  const transport = await open(job, meter);
  for (;;) {
    const chunk = await transport.read();
    if (chunk === null) break;
    let lines = 0;
    for (let at = chunk.indexOf(LF); at >= 0; at = chunk.indexOf(LF, at + 1)) {
      lines++;
    }
    meter.skip(lines);
  }
  transport.close();
  return meter.result(undefined);
}

async function main(job: LoadJob): Promise<void> {
  const readers = { books: readBooks, json: readJson, bytes: readBytes };
  const result = await readers[job.reader](job);
  if (result.messages !== job.messages) {
    throw new Error(`${result.messages} of ${job.messages} messages came`);
  }
  console.log(JSON.stringify(result));
}

main(JSON.parse(process.argv[2]!)).catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
