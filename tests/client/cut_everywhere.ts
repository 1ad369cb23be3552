/**
 * Cuts a generated and a recorded session after each byte of handshake and image,
 * and at many positions beyond, in turn with every fault; a few minutes.
 *
 * ```sh
 * deno run -A tests/client/cut_everywhere.ts --stride 1 --beyond 2000 --seed 1
 * bun run tests/client/cut_everywhere.ts
 * ```
 *
 * @module
 */

import process from "node:process";
import { parseArgs } from "node:util";
import {
  cutBeyond,
  cutImage,
  generatedSession,
  recordedSession,
  type Tally,
} from "./_cut_anywhere.ts";

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function show(done: number, of: number): void {
  if (done % 500 === 0) print(`  ${done} of ${of}`);
}

function report(what: string, { tried, happened, bytes }: Tally): void {
  print(
    `${what}: ${tried} runs of ${bytes} bytes, ${happened} lost a connection; ` +
      "same books, each loss told once",
  );
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      stride: { type: "string", default: "1" },
      beyond: { type: "string", default: "2000" },
      seed: { type: "string", default: "20261125" },
    },
  });
  const seed = Number(values.seed);
  print(`seed ${seed}`);
  for (const scenario of [generatedSession(), recordedSession()]) {
    if (scenario === undefined) {
      print("recorded: left out, as no recordings are at hand");
      continue;
    }
    report(
      `${scenario.name}, handshake and image`,
      await cutImage(scenario, Number(values.stride), seed, show),
    );
    report(
      `${scenario.name}, beyond`,
      await cutBeyond(scenario, Number(values.beyond), seed, show),
    );
  }
}

// Nothing may be left that keeps the process alive.
main().catch((error: unknown) => {
  process.stderr.write(
    `${error instanceof Error ? error.stack : String(error)}\n`,
  );
  process.exitCode = 1;
});
