/**
 * Which jobs the report runs, and what came of them.
 *
 * @module
 */

import { basename } from "node:path";
import { median } from "../support/measure.ts";
import type { Cutting, EngineName, Job, JobResult } from "./job.ts";
import { MEMORY_MARKETS, type PreparedInputs } from "./prepare.ts";

/** The two runtimes. */
export type Runtime = "Deno" | "Bun";

/** Measurements, by name. */
export type MeasurementName =
  | "scan"
  | "books"
  | "live"
  | "images"
  | "cold"
  | "coldLive"
  | "memory";

/** A comparison of engines on the same inputs. */
export interface Measurement {
  readonly name: MeasurementName;
  /** Engines; those that must count the same are compared. */
  readonly engines: readonly EngineName[];
  /** Rounds, as a multiple of what was asked for. */
  readonly roundsFactor: number;
  readonly jobOf: (engine: EngineName) => Job;
}

/** Results of all rounds: by engine and input, one per round in order. */
export type Rounds = ReadonlyMap<EngineName, ReadonlyMap<string, JobResult[]>>;

/**
 * All measurements.
 *
 * @param inputs Their inputs.
 * @param measureMs Measured time of each warm job's first input, ms.
 * @param hasNative Whether the native parser is at hand.
 */
export function measurements(
  inputs: PreparedInputs,
  measureMs: number,
  hasNative: boolean,
): Measurement[] {
  const native: readonly EngineName[] = hasNative ? ["native"] : [];
  const openNative: readonly EngineName[] = hasNative ? ["openNative"] : [];
  const nativeFeed: readonly EngineName[] = hasNative ? ["nativeFeed"] : [];
  const everything = [inputs.all, ...inputs.recordings];
  const warm = (cutting: Cutting, paths: readonly string[]) =>
  (
    engine: EngineName,
  ): Job => ({
    kind: "warm",
    engine,
    cutting,
    inputs: paths,
    measureMs,
  });
  const cold =
    (cutting: Cutting, maxPieces: number) => (engine: EngineName): Job => ({
      kind: "cold",
      engine,
      cutting,
      input: inputs.first,
      maxPieces,
    });
  return [
    {
      name: "scan",
      engines: ["scanner", ...native, "json"],
      roundsFactor: 1,
      jobOf: warm("blocks", everything),
    },
    {
      name: "books",
      engines: ["feed", "snapshot", ...nativeFeed, "typed", "map", "pairs"],
      roundsFactor: 1,
      jobOf: warm("chunks", everything),
    },
    {
      name: "live",
      engines: ["feed", ...nativeFeed, "typed", "map", "pairs"],
      roundsFactor: 1,
      jobOf: warm("lines", [inputs.first, ...inputs.recordings]),
    },
    {
      name: "images",
      engines: ["feed", "typed", "map", "pairs"],
      roundsFactor: 1,
      jobOf: (engine) => ({
        ...warm("chunks", [inputs.imagesSorted, inputs.imagesShuffled])(engine),
      }),
    },
    {
      name: "cold",
      engines: ["feed", ...nativeFeed, "typed"],
      roundsFactor: 2,
      jobOf: cold("chunks", Infinity),
    },
    {
      name: "coldLive",
      engines: [
        "scanner",
        ...native,
        ...openNative,
        "json",
        "feed",
        "warmedFeed",
        ...nativeFeed,
        "typed",
      ],
      roundsFactor: 2,
      jobOf: cold("lines", 1000),
    },
    {
      name: "memory",
      engines: ["feed", "typed", "map", "pairs"],
      roundsFactor: 1,
      jobOf: (engine) => ({
        kind: "memory",
        engine,
        input: inputs.memory,
        markets: MEMORY_MARKETS,
      }),
    },
  ];
}

/** Engines that did not do the same work. */
export class UnequalCountError extends Error {
  override readonly name: string = "UnequalCountError";
}

/**
 * Runs a measurement, engines taking turns, each job in a fresh process.
 *
 * @param runJob Runs a job in a child process.
 * @throws {UnequalCountError} when engines did not do the same work.
 */
export async function runMeasurement(
  measurement: Measurement,
  rounds: number,
  runJob: (job: Job) => Promise<JobResult[]>,
): Promise<Rounds> {
  const results = new Map<EngineName, Map<string, JobResult[]>>();
  const counts = new Map<string, number>();
  const { engines } = measurement;
  for (let round = 0; round < rounds * measurement.roundsFactor; round++) {
    // Every other round runs backwards: nobody is always first.
    const order = round % 2 === 0 ? engines : engines.toReversed();
    for (const engine of order) {
      for (const result of await runJob(measurement.jobOf(engine))) {
        const input = basename(result.input, ".ndjson");
        const expected = counts.get(input) ?? result.count;
        if (result.count !== expected) {
          throw new UnequalCountError(
            `${measurement.name}, ${input}: ${engine} counts ${result.count}, others ${expected}`,
          );
        }
        counts.set(input, expected);
        const byInput = results.get(engine) ?? new Map<string, JobResult[]>();
        results.set(engine, byInput);
        byInput.set(input, [...byInput.get(input) ?? [], result]);
      }
    }
  }
  return results;
}

/** A ratio over the rounds. */
export interface Ratio {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** Results of an engine on an input, one per round. */
export function resultsOf(
  rounds: Rounds,
  engine: EngineName,
  input: string,
): readonly JobResult[] {
  return rounds.get(engine)?.get(input) ?? [];
}

/** Median duration of a pass, ns. */
export function medianNs(
  rounds: Rounds,
  engine: EngineName,
  input: string,
): number {
  return median(resultsOf(rounds, engine, input).map(({ ns }) => ns));
}

/**
 * How many times faster an engine is than another, or than the fastest of
 * several: round by round, so that only what ran at about the same time is
 * compared.
 */
export function speedup(
  rounds: Rounds,
  engine: EngineName,
  others: readonly EngineName[],
  input: string,
): Ratio {
  return ratioOf(
    resultsOf(rounds, engine, input).map(({ ns }, round) =>
      Math.min(
        ...others.map((other) => resultsOf(rounds, other, input)[round]!.ns),
      ) / ns
    ),
  );
}

/**
 * As {@linkcode speedup}, but of the fastest passes in all rounds: what remains
 * when the machine was disturbed. One number, and no proof on its own.
 */
export function bestSpeedup(
  rounds: Rounds,
  engine: EngineName,
  others: readonly EngineName[],
  input: string,
): number {
  const best = (name: EngineName): number =>
    Math.min(...resultsOf(rounds, name, input).map(({ minNs }) => minNs));
  return Math.min(...others.map(best)) / best(engine);
}

/** What snapshots add, as a share of what baseline A costs. */
export function snapshotShare(rounds: Rounds, input: string): Ratio {
  return ratioOf(
    resultsOf(rounds, "snapshot", input).map(({ ns }, round) =>
      (ns - resultsOf(rounds, "feed", input)[round]!.ns) /
      resultsOf(rounds, "typed", input)[round]!.ns
    ),
  );
}

function ratioOf(values: readonly number[]): Ratio {
  return {
    median: median(values),
    min: Math.min(...values),
    max: Math.max(...values),
  };
}
