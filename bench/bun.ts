// deno-lint-ignore-file no-console -- a program, not library code

/**
 * Runs the cases of the `*_bench.ts` files without `Deno.bench`: in Bun, and in
 * Deno for figures that compare.
 *
 * ```sh
 * deno task bench:bun                      # everything
 * deno task bench:bun parse pipeline       # groups whose name contains a word
 * deno run -A bench/bun.ts --ms=2000 parse # in Deno, with more patience
 * ```
 */

import process from "node:process";
import { parseArgs } from "node:util";
import { GROUPS } from "./cases/all.ts";
import type { BenchGroup } from "./support/bench_group.ts";
import {
  formatNs,
  measureInterleaved,
  type MeasureOptions,
  megabytesPerSecond,
  type Timing,
} from "./support/measure.ts";
import { machineName, runtimeName } from "./support/runtime.ts";

const HEADER =
  "| benchmark                               | time/iter |      (min … p99)      |  MB/s |  ns/msg |";

/** Runs the groups asked for. */
async function main(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    options: { ms: { type: "string", default: "600" } },
    allowPositionals: true,
  });
  const measureMs = Number(values.ms);
  const options = { warmMs: measureMs / 2, measureMs, rounds: 4 };
  console.log(`    CPU | ${machineName()}\nRuntime | ${runtimeName()}`);
  for (const makeGroup of GROUPS) {
    const group = await makeGroup();
    if (
      positionals.length === 0 ||
      positionals.some((word) => group.group.includes(word))
    ) await runGroup(group, options);
  }
}

/** Measures a group and prints its table, like that of `deno bench`. */
async function runGroup(
  group: BenchGroup,
  options: MeasureOptions,
): Promise<void> {
  group.verify();
  const timings = await measureInterleaved(group.cases, options);
  console.log(
    `\n${group.group}: ${group.messages} messages, ${group.bytes} bytes\n`,
  );
  console.log(`${HEADER}\n${HEADER.replace(/[^|]/g, "-")}`);
  for (const timing of timings) console.log(rowOf(timing, group));
  const baseline = group.cases.findIndex((each) => each.baseline);
  if (baseline < 0) return;
  console.log("\nsummary");
  for (const [i, timing] of timings.entries()) {
    if (i === baseline) continue;
    const ratio = timings[baseline]!.medianNs / timing.medianNs;
    const verdict = ratio >= 1
      ? `${ratio.toFixed(2)}x faster`
      : `${(1 / ratio).toFixed(2)}x slower`;
    console.log(`  ${timing.name}: ${verdict} than ${timings[baseline]!.name}`);
  }
}

function rowOf(timing: Timing, { bytes, messages }: BenchGroup): string {
  const { name, medianNs, minNs, p99Ns } = timing;
  return [
    "",
    ` ${name.padEnd(39)} `,
    ` ${formatNs(medianNs).padStart(9)} `,
    ` ${`(${formatNs(minNs)} … ${formatNs(p99Ns)})`.padStart(21)} `,
    ` ${megabytesPerSecond(bytes, medianNs).toFixed(0).padStart(5)} `,
    ` ${(medianNs / messages).toFixed(0).padStart(7)} `,
    "",
  ].join("|");
}

if (import.meta.main) {
  main(process.argv.slice(2)).catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  });
}
