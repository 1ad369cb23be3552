/**
 * Compares a parser backend with `JsonParser` on any number of mutated lines:
 *
 * ```sh
 * deno run -A tests/support/fuzz.ts --backend scanner --lines 1000000 --seed 7
 * ```
 *
 * @module
 */

import process from "node:process";
import { parseArgs } from "node:util";
import type { ChangeParser } from "../../src/parsing/change_parser.ts";
import { JsonParser } from "../../src/parsing/json_parser.ts";
import { describeDifference, differential } from "./differential.ts";
import { sampleLines } from "./sample_lines.ts";

const ROUND_LINES = 50_000;

const { values } = parseArgs({
  options: {
    backend: { type: "string", default: "scanner" },
    lines: { type: "string", default: "300000" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
  },
});

/** Rounds with seeds of their own, until there is a difference. */
async function main(): Promise<void> {
  const parser = await makeParser(values.backend);
  const lines = sampleLines();
  const total = Number(values.lines);
  const started = performance.now();
  let seed = Number(values.seed);
  for (let done = 0; done < total; done += ROUND_LINES) {
    const count = Math.min(ROUND_LINES, total - done);
    const difference = differential(
      parser,
      new JsonParser(),
      lines,
      seed,
      count,
    );
    if (difference !== undefined) {
      process.stdout.write(`${describeDifference(difference)}\n`);
      process.exitCode = 1;
      return;
    }
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    process.stdout.write(
      `seed ${seed}: ${done + count} lines, ${seconds} s, no difference ${
        JSON.stringify(parser.counts)
      }\n`,
    );
    seed++;
  }
}

async function makeParser(backend: string): Promise<ChangeParser> {
  if (backend === "json") return new JsonParser();
  const files: Readonly<Record<string, [file: string, name: string]>> = {
    scanner: ["../../src/parsing/tape_scanner.ts", "TapeScanner"],
    native: ["../../ffi/native_parser.ts", "NativeParser"],
  };
  const [file, name] = files[backend] ?? [];
  if (file === undefined || name === undefined) {
    throw new RangeError(
      `Cannot fuzz backend as it is not known: "${backend}"`,
    );
  }
  const module = await import(file) as Record<string, new () => ChangeParser>;
  return new module[name]!();
}

void main();
