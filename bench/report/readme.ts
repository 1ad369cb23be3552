/**
 * Writes the results as a page.
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

/** Everything that was measured. */
export interface Report {
  /** UTC, `2026-01-31`. */
  readonly date: string;
  readonly machine: string;
  /** Load averages before and after. */
  readonly load: string;
  readonly versions: Readonly<Partial<Record<Runtime, string>>>;
  readonly revision: string;
  readonly isQuick: boolean;
  readonly isReal: boolean;
  readonly rounds: number;
  readonly measureMs: number;
  readonly results: ReadonlyMap<Runtime, ReadonlyMap<MeasurementName, Rounds>>;
}

const NO_ROUNDS: Rounds = new Map();
const RAW_KIB = 10 * 100 * 2 * 8 / 1024;
const PLAIN: readonly EngineName[] = ["typed", "map", "pairs"];

const TITLES: Readonly<Record<EngineName, string>> = {
  scanner: "`TapeScanner`",
  native: "`NativeParser`",
  json: "decode, split, `JSON.parse`",
  feed: "`BookFeed`",
  nativeFeed: "`BookFeed` on `NativeParser`",
  snapshot: "`BookFeed`, `snapshot()` of each changed market",
  typed: "A: `JSON.parse`, sorted Float64Arrays",
  map: "`JSON.parse`, `Map<price, size>`",
  pairs: "`JSON.parse`, sorted pairs",
};

/** A line of the main table. */
interface Row {
  readonly what: string;
  /** Least ratio (or most share or KiB) that is good enough. */
  readonly targets: Readonly<Record<Runtime, number>>;
  readonly unit: "x" | "share" | "KiB";
  readonly valueOf: (
    roundsOf: (name: MeasurementName) => Rounds,
  ) => { ratio: Ratio; detail: string };
}

const ROWS: readonly Row[] = [
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
      "cold: first 1,000 messages, one per chunk, parsed by `NativeParser`, " +
      "opening it included, against `JSON.parse`",
    targets: { Deno: 3, Bun: 3 },
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

/** Renders the page. */
export function renderReadme(report: Report): string {
  const runtimes = [...report.results.keys()];
  return [
    "# Benchmarks",
    "",
    "Written by `bench/report.ts`; do not edit. How to run and to read the single",
    "benchmarks is said at the head of each `*_bench.ts` file.",
    "",
    ...circumstances(report),
    "",
    "## Results",
    "",
    ...mainTable(report, runtimes),
    "",
    "Ratios are medians over the rounds, each of variants that ran one after the",
    "other; in parentheses the least and the greatest. `missed` and `met` compare the",
    "median with the target behind it. `best passes` is the ratio of the fastest passes",
    "of all rounds. Only ratios carry over to another machine.",
    "",
    ...method(),
    ...runtimes.flatMap((runtime) => detailTables(report, runtime)),
    "",
  ].join("\n");
}

function circumstances(report: Report): string[] {
  const { versions } = report;
  return [
    `- Date: ${report.date}, revision ${report.revision}`,
    `- Machine: ${report.machine}; load average ${report.load}`,
    `- Runtimes: ${
      Object.entries(versions).map(([name, version]) => `${name} ${version}`)
        .join(", ")
    }`,
    `- Effort: rounds: ${report.rounds}, ${report.measureMs} ms each${
      report.isQuick ? " (**quick run: these figures are noise**)" : ""
    }`,
    report.isReal
      ? "- Input: the compact price recordings of the test data, one after another (`all`) and each alone; sizes are in the tables"
      : "- Input: **generated sessions**, as the recordings are not at hand",
  ];
}

function mainTable(report: Report, runtimes: readonly Runtime[]): string[] {
  const lines = [
    `| | ${runtimes.join(" | ")} |`,
    `| --- |${" --- |".repeat(runtimes.length)}`,
  ];
  for (const row of ROWS) {
    const cells = runtimes.map((runtime) => {
      const measured = report.results.get(runtime)!;
      try {
        const value = row.valueOf((name) => measured.get(name) ?? NO_ROUNDS);
        return cellOf(row, value.ratio, value.detail, row.targets[runtime]);
      } catch (error) {
        // Not everything is measured in every run.
        if (error instanceof TypeError) return "not measured";
        throw error;
      }
    });
    lines.push(`| ${row.what} | ${cells.join(" | ")} |`);
  }
  return lines;
}

function cellOf(
  row: Row,
  { median, min, max }: Ratio,
  detail: string,
  target: number,
): string {
  if (Number.isNaN(median)) return "not measured";
  const isMost = row.unit !== "x";
  const digits = row.unit === "KiB" ? 1 : 2;
  const text = (value: number): string => value.toFixed(digits);
  const unit = row.unit === "x" ? "×" : row.unit === "KiB" ? " KiB" : "";
  const verdict = Number.isNaN(target)
    ? "no target"
    : `${
      (isMost ? median <= target : median >= target) ? "met" : "**missed**"
    }: ${isMost ? "≤" : "≥"} ${target}`;
  return `**${text(median)}${unit}** (${text(min)}–${
    text(max)
  }); ${detail}; ${verdict}`;
}

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

function method(): string[] {
  return [
    "## Method",
    "",
    "- Each variant runs in fresh processes of its own, so that none profits from what the engine learnt with another. Variants take turns, every other round backwards.",
    "- Before anything is timed, library and plain books take every input, and every definition, scalar and ladder row of the final states is compared; the report is refused otherwise. Each timed pass counts its changes, and the counts must agree too.",
    "- Inputs are in memory, decompressed. Each pass starts with empty books; closed markets are kept, as the plain books keep them. The parser is one for all passes of a process.",
    "- Warm: each input is run as long before as it is measured; inputs after the first get a fifth of the time. Cold: the first pass of a process, everything but imports and reading the file included.",
    "- A (`support/baseline.ts`): `TextDecoder`, `JSON.parse` for each line, Maps of markets and runners, ladders in two sorted Float64Arrays made when first named. It does less: no order stream, events, snapshots, segments held back, limits or errors by line.",
    "- *Best plain variant*: the fastest in the same round of A, `Map` ladders (which are not sorted at all until they are read), and sorted arrays of the parsed pairs, which are loaded by `sort`.",
    "- Images: up to 400 single-market images with the depth that recorded markets had at the time, without definitions; the rows best first, or shuffled (seeded).",
    "- Memory: growth of the resident set over 2,000 markets without definitions (30 + 30 + 40 rows in `atb`, `atl`, `trd`), after a warm-up with a twentieth of them and full collections before and after; the input is read through 64 KiB.",
    "- Snapshots: the last 64 are kept.",
    "- Machine-readable, with all rounds: `.build/bench/results.json`.",
    "",
  ];
}

function detailTables(report: Report, runtime: Runtime): string[] {
  const measured = report.results.get(runtime)!;
  const lines: string[] = [];
  const parts: [MeasurementName, string, EngineName][] = [
    ["scan", "Parsing alone", "json"],
    ["books", "Bytes to books, 64 KiB chunks", "typed"],
    ["live", "Bytes to books, one message per chunk", "typed"],
    ["images", "Images", "typed"],
    ["cold", "First pass of a process", "typed"],
    ["coldLive", "First 1,000 messages of a process", "typed"],
  ];
  for (const [name, title, baseline] of parts) {
    const rounds = measured.get(name);
    if (rounds === undefined) continue;
    lines.push(`## ${runtime}: ${title}`, "");
    lines.push(...inputTable(rounds, baseline), "");
  }
  return lines;
}

/** MB/s, ns per message and ratio to the baseline: a row for each input. */
function inputTable(rounds: Rounds, baseline: EngineName): string[] {
  const engines = [...rounds.keys()].toSorted((a, b) =>
    Object.keys(TITLES).indexOf(a) - Object.keys(TITLES).indexOf(b)
  );
  const lines = [
    `| input | MB | messages | ${
      engines.map((engine) => TITLES[engine]).join(" | ")
    } |`,
    `| --- | ---: | ---: |${" ---: |".repeat(engines.length)}`,
  ];
  for (const input of rounds.get(engines[0]!)!.keys()) {
    const { bytes, messages } = resultsOf(rounds, engines[0]!, input)[0]!;
    const cells = engines.map((engine) => {
      const ns = medianNs(rounds, engine, input);
      const text = `${megabytesPerSecond(bytes, ns).toFixed(0)} MB/s, ${
        (ns / messages).toFixed(0)
      } ns`;
      if (engine === baseline) return text;
      const { median } = speedup(rounds, engine, [baseline], input);
      return `${text}, **${median.toFixed(2)}×**`;
    });
    lines.push(
      `| ${input} | ${(bytes / 1e6).toFixed(2)} | ${messages} | ${
        cells.join(" | ")
      } |`,
    );
  }
  return lines;
}
