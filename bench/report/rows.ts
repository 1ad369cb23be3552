/**
 * The rows of the main table: what is measured against what, and how much is
 * good enough.
 *
 * @module
 */

import { median, megabytesPerSecond } from "../support/measure.ts";
import type { EngineName } from "./job.ts";
import {
  bestSpeedup,
  type MeasurementName,
  medianNs,
  type Ratio,
  resultsOf,
  type Rounds,
  type Runtime,
  snapshotShare,
  speedup,
} from "./measurements.ts";

const RAW_KIB = 10 * 100 * 2 * 8 / 1024;
const PLAIN: readonly EngineName[] = ["typed", "map", "pairs"];

/** A line of the main table. */
export interface Row {
  readonly what: string;
  /** Least ratio (or most share or KiB) that is good enough. */
  readonly targets: Readonly<Record<Runtime, number>>;
  readonly unit: "x" | "share" | "KiB";
  readonly valueOf: (
    roundsOf: (name: MeasurementName) => Rounds,
  ) => { ratio: Ratio; detail: string };
}

/** The rows, in order. */
export const ROWS: readonly Row[] = [
  {
    what:
      "`TapeScanner` alone, 64 KiB blocks, against `JSON.parse` for each line",
    targets: { Deno: 5.5, Bun: 4 },
    unit: "x",
    valueOf: (roundsOf) => rates(roundsOf("scan"), "scanner", ["json"], "all"),
  },
  {
    what: "bytes to books, 64 KiB chunks, against A",
    targets: { Deno: 5.5, Bun: 3.2 },
    unit: "x",
    valueOf: (roundsOf) => rates(roundsOf("books"), "feed", ["typed"], "all"),
  },
  {
    what: "one message per chunk, warm, against A",
    targets: { Deno: 5, Bun: 3 },
    unit: "x",
    valueOf: (roundsOf) =>
      perMessage(roundsOf("live"), "feed", ["typed"], "first_8_mb"),
  },
  {
    what: "images with sorted rows, against the best plain variant",
    targets: { Deno: 7, Bun: 4.7 },
    unit: "x",
    valueOf: (roundsOf) =>
      rates(roundsOf("images"), "feed", PLAIN, "images_sorted"),
  },
  {
    what: "images with shuffled rows, against the best plain variant",
    targets: { Deno: 3.8, Bun: 3 },
    unit: "x",
    valueOf: (roundsOf) =>
      rates(roundsOf("images"), "feed", PLAIN, "images_shuffled"),
  },
  {
    what:
      "`snapshot()` of the changed market after every message: added cost " +
      "as a share of A's cost of a message",
    targets: { Deno: 0.16, Bun: 0.28 },
    unit: "share",
    valueOf: (roundsOf) => {
      const rounds = roundsOf("books");
      const { messages } = resultsOf(rounds, "feed", "all")[0]!;
      const added = medianNs(rounds, "snapshot", "all") -
        medianNs(rounds, "feed", "all");
      return {
        ratio: snapshotShare(rounds, "all"),
        detail: `${(added / messages).toFixed(0)} ns added`,
      };
    },
  },
  {
    what: `memory of a market, 10 runners × 100 rows (raw ${
      RAW_KIB.toFixed(1)
    } KiB)`,
    targets: { Deno: 48, Bun: 42 },
    unit: "KiB",
    valueOf: (roundsOf) => {
      const rounds = roundsOf("memory");
      const kib = (engine: EngineName): number[] =>
        resultsOf(rounds, engine, "memory").map((result) =>
          result.kibPerMarket!
        );
      return {
        ratio: {
          median: median(kib("feed")),
          min: Math.min(...kib("feed")),
          max: Math.max(...kib("feed")),
        },
        detail: PLAIN.map((engine) =>
          `${engine} ${median(kib(engine)).toFixed(0)}`
        ).join(", "),
      };
    },
  },
  {
    what: "cold: first 8 MB of a process, 64 KiB chunks, against A",
    targets: { Deno: 1.6, Bun: 1.3 },
    unit: "x",
    valueOf: (roundsOf) => coldMs(roundsOf("cold"), "feed", "typed"),
  },
  {
    what: "cold: first 1,000 messages, one per chunk, against A",
    targets: { Deno: NaN, Bun: NaN },
    unit: "x",
    valueOf: (roundsOf) =>
      perMessage(roundsOf("coldLive"), "feed", ["typed"], "first_8_mb"),
  },
  {
    what: "cold: the same behind `warmUp()`, as while connecting, against A",
    targets: { Deno: NaN, Bun: NaN },
    unit: "x",
    valueOf: (roundsOf) =>
      perMessage(roundsOf("coldLive"), "warmedFeed", ["typed"], "first_8_mb"),
  },
  {
    what:
      "`NativeParser` alone, 64 KiB blocks, against `JSON.parse` for each line",
    targets: { Deno: 9, Bun: 6 },
    unit: "x",
    valueOf: (roundsOf) => rates(roundsOf("scan"), "native", ["json"], "all"),
  },
  {
    what: "bytes to books on `NativeParser`, against A",
    targets: { Deno: 7.5, Bun: 4 },
    unit: "x",
    valueOf: (roundsOf) =>
      rates(roundsOf("books"), "nativeFeed", ["typed"], "all"),
  },
  {
    what:
      "cold, on `NativeParser`: first 8 MB of a process, opening the library " +
      "included, against A",
    targets: { Deno: 4, Bun: 3 },
    unit: "x",
    valueOf: (roundsOf) => coldMs(roundsOf("cold"), "nativeFeed", "typed"),
  },
  {
    what:
      "cold: first 1,000 messages, one per chunk, parsed by `NativeParser` " +
      "that was opened before, as while connecting, against `JSON.parse`",
    targets: { Deno: 3, Bun: 3 },
    unit: "x",
    valueOf: (roundsOf) =>
      perMessage(roundsOf("coldLive"), "openNative", ["json"], "first_8_mb"),
  },
  {
    what: "cold: the same, opening it included",
    targets: { Deno: NaN, Bun: NaN },
    unit: "x",
    valueOf: (roundsOf) =>
      perMessage(roundsOf("coldLive"), "native", ["json"], "first_8_mb"),
  },
  {
    what: "cold: the same, parsed by `TapeScanner`, against `JSON.parse`",
    targets: { Deno: NaN, Bun: NaN },
    unit: "x",
    valueOf: (roundsOf) =>
      perMessage(roundsOf("coldLive"), "scanner", ["json"], "first_8_mb"),
  },
];

/** A ratio of first passes, with their times. */
function coldMs(
  rounds: Rounds,
  engine: EngineName,
  other: EngineName,
): { ratio: Ratio; detail: string } {
  const ms = (name: EngineName): string =>
    `${(medianNs(rounds, name, "first_8_mb") / 1e6).toFixed(0)} ms`;
  return {
    ratio: speedup(rounds, engine, [other], "first_8_mb"),
    detail: `${ms(engine)} and ${ms(other)}`,
  };
}

function rates(
  rounds: Rounds,
  engine: EngineName,
  others: readonly EngineName[],
  input: string,
): { ratio: Ratio; detail: string } {
  const { bytes } = resultsOf(rounds, engine, input)[0]!;
  const best = fastest(rounds, others, input);
  const rate = (name: EngineName): string =>
    megabytesPerSecond(bytes, medianNs(rounds, name, input)).toFixed(0);
  return {
    ratio: speedup(rounds, engine, others, input),
    detail: `${rate(engine)} and ${rate(best)} MB/s${
      others.length > 1 ? ` (${best})` : ""
    }, best passes ${bestSpeedup(rounds, engine, others, input).toFixed(2)}×`,
  };
}

function perMessage(
  rounds: Rounds,
  engine: EngineName,
  others: readonly EngineName[],
  input: string,
): { ratio: Ratio; detail: string } {
  const { messages } = resultsOf(rounds, engine, input)[0]!;
  const each = (name: EngineName): string =>
    (medianNs(rounds, name, input) / messages).toFixed(0);
  return {
    ratio: speedup(rounds, engine, others, input),
    detail: `${each(engine)} and ${
      each(fastest(rounds, others, input))
    } ns, best passes ${
      bestSpeedup(rounds, engine, others, input).toFixed(2)
    }×`,
  };
}

function fastest(
  rounds: Rounds,
  engines: readonly EngineName[],
  input: string,
): EngineName {
  return engines.toSorted((a, b) =>
    medianNs(rounds, a, input) - medianNs(rounds, b, input)
  )[0]!;
}
