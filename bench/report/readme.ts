/**
 * Writes the results as a page.
 *
 * @module
 */

import { megabytesPerSecond } from "../support/measure.ts";
import type { EngineName } from "./job.ts";
import {
  type MeasurementName,
  medianNs,
  type Ratio,
  resultsOf,
  type Rounds,
  type Runtime,
  speedup,
} from "./measurements.ts";
import { type Row, ROWS } from "./rows.ts";

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
const TITLES: Readonly<Record<EngineName, string>> = {
  scanner: "`TapeScanner`",
  native: "`NativeParser`",
  openNative: "`NativeParser`, opened before",
  json: "decode, split, `JSON.parse`",
  feed: "`BookFeed`",
  warmedFeed: "`BookFeed` behind `warmUp()`",
  nativeFeed: "`BookFeed` on `NativeParser`",
  snapshot: "`BookFeed`, `snapshot()` of each changed market",
  typed: "A: `JSON.parse`, sorted Float64Arrays",
  map: "`JSON.parse`, `Map<price, size>`",
  pairs: "`JSON.parse`, sorted pairs",
};

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
