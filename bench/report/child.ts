// deno-lint-ignore-file no-console -- a program, not library code

/**
 * Does one job of the report, given as JSON, and prints its results as JSON.
 * Runs in Deno and in Bun.
 *
 * @module
 */

import { closeSync, openSync, readFileSync, readSync, statSync } from "node:fs";
import process from "node:process";
import { blocksOf, CHUNK_BYTES, chunksOf, linesOf } from "../support/cuts.ts";
import { measure, use } from "../support/measure.ts";
import { type Engine, loadEngine } from "./engines.ts";
import type {
  ColdJob,
  Cutting,
  Job,
  JobResult,
  MemoryJob,
  VerifyJob,
  WarmJob,
} from "./job.ts";

/** Share of the time that inputs after the first get. */
const PART = 1 / 5;
/** Share of a memory job's input that is taken before, to have all code compiled. */
const MEMORY_WARM_UP_SHARE = 1 / 20;

/** Does a job. */
async function run(job: Job): Promise<JobResult[]> {
  switch (job.kind) {
    case "verify":
      return await verify(job);
    case "warm":
      return await warm(job);
    case "cold":
      return [await cold(job)];
    case "memory":
      return [await memory(job)];
  }
}

async function verify(job: VerifyJob): Promise<JobResult[]> {
  const { assertEqualResults } = await import("../support/equal_state.ts");
  return job.inputs.map((input) => {
    const bytes = read(input);
    let count = 0;
    for (const variant of ["typed", "map", "pairs"] as const) {
      const chunks = chunksOf(bytes);
      count = assertEqualResults(chunks, variant, `${input}, ${variant}`).rows;
    }
    return { ...sizeOf(input, bytes), ns: 0, minNs: 0, runs: 1, count };
  });
}

async function warm(job: WarmJob): Promise<JobResult[]> {
  const newEngine = await loadEngine(job.engine);
  return job.inputs.map((input, i) => {
    const bytes = read(input);
    const pieces = cut(bytes, job.cutting);
    const measureMs = i === 0 ? job.measureMs : job.measureMs * PART;
    let count = 0;
    const timing = measure({
      name: input,
      run: () => count = pass(newEngine(), pieces),
    }, { warmMs: measureMs, measureMs, rounds: 1 });
    return {
      ...sizeOf(input, bytes),
      ns: timing.medianNs,
      minNs: timing.minNs,
      runs: timing.runs,
      count,
    };
  });
}

async function cold(job: ColdJob): Promise<JobResult> {
  const newEngine = await loadEngine(job.engine);
  const bytes = read(job.input);
  const pieces = cut(bytes, job.cutting).slice(0, job.maxPieces);
  const start = performance.now();
  const count = pass(newEngine(), pieces);
  const ns = (performance.now() - start) * 1e6;
  use(count);
  const used = pieces.reduce((sum, { length }) => sum + length, 0);
  return {
    ...sizeOf(job.input, bytes.subarray(0, used)),
    ns,
    minNs: ns,
    runs: 1,
    count,
  };
}

async function memory(job: MemoryJob): Promise<JobResult> {
  const newEngine = await loadEngine(job.engine);
  const bytes = fill(newEngine(), job.input, MEMORY_WARM_UP_SHARE);
  collectGarbage();
  const before = process.memoryUsage().rss;
  const engine = newEngine();
  fill(engine, job.input, 1);
  collectGarbage();
  const grown = process.memoryUsage().rss - before;
  // The engine is used once more, so it cannot be garbage yet.
  const count = engine.push(new Uint8Array(0));
  return {
    input: job.input,
    bytes,
    messages: job.markets,
    ns: 0,
    minNs: 0,
    runs: 1,
    count,
    kibPerMarket: grown / 1024 / job.markets,
  };
}

/** Feeds a share of a file through a small buffer, so that the input takes no memory. */
function fill(engine: Engine, path: string, share: number): number {
  const buffer = new Uint8Array(CHUNK_BYTES);
  const file = openSync(path, "r");
  let bytes = 0;
  try {
    const all = statSync(path).size * share;
    while (bytes < all) {
      const length = readSync(file, buffer, 0, buffer.length, null);
      if (length === 0) break;
      bytes += length;
      use(engine.push(buffer.subarray(0, length)));
    }
  } finally {
    closeSync(file);
  }
  return bytes;
}

function pass(engine: Engine, pieces: readonly Uint8Array[]): number {
  let count = 0;
  for (let i = 0; i < pieces.length; i++) count += engine.push(pieces[i]!);
  return count;
}

function cut(bytes: Uint8Array, cutting: Cutting): Uint8Array[] {
  if (cutting === "lines") return linesOf(bytes);
  return cutting === "blocks" ? blocksOf(bytes) : chunksOf(bytes);
}

function read(path: string): Uint8Array {
  const file = readFileSync(path);
  // A plain array, as a Buffer's methods behave differently.
  return new Uint8Array(file.buffer, file.byteOffset, file.byteLength);
}

function sizeOf(
  input: string,
  bytes: Uint8Array,
): Pick<JobResult, "input" | "bytes" | "messages"> {
  return { input, bytes: bytes.length, messages: linesOf(bytes).length };
}

/** Collects in full, twice: what the first time only finalises goes the second. */
function collectGarbage(): void {
  const { gc, Bun } = globalThis as {
    gc?: () => void;
    Bun?: { gc(force: boolean): void };
  };
  if (Bun === undefined && gc === undefined) {
    throw new TypeError("Cannot collect garbage as --expose-gc was not given");
  }
  for (let i = 0; i < 2; i++) {
    if (Bun !== undefined) Bun.gc(true);
    else gc!();
  }
}

if (import.meta.main) {
  run(JSON.parse(process.argv[2]!) as Job).then(
    (results) => console.log(JSON.stringify(results)),
    (error: unknown) => {
      console.error(error);
      process.exitCode = 1;
    },
  );
}
