// deno-lint-ignore-file no-console -- a program, not library code

/**
 * This library as a peer, one run per process, in Deno and in Bun; see README.md
 * for the contract.
 *
 * Usage: child.ts VARIANT MODE MILLISECONDS PATH...
 *
 * @module
 */

import { readFileSync } from "node:fs";
import process from "node:process";
import {
  type ChangeParser,
  type MarketCache,
  openParser,
  type ReadonlyPriceLadder,
  type RunnerBook,
  RunnerPart,
} from "../../mod.ts";
import { replay } from "../../src/replay/mod.ts";
import type { ChildResult } from "./child_result.ts";

/** A backend of this library. */
type Variant = "scanner" | "native";

interface Done {
  readonly markets: MarketCache;
  readonly reads: number;
  readonly checksum: number;
}

/** A runner that only these touched is in a definition or missing from an image. */
const NO_PRICES = RunnerPart.DEFINITION | RunnerPart.IMAGE;

/** Opens one parser for all passes, as a program would. */
async function openParserOf(variant: Variant): Promise<ChangeParser> {
  if (variant === "scanner") return openParser({ backend: variant }).parser;
  // Only here: the portable variant must not pay for what it does not use.
  const { openNative } = await import("../../ffi/mod.ts");
  return openNative();
}

/** Replays a recording and reads the best prices of each changed runner. */
async function run(
  path: string,
  parser: ChangeParser,
): Promise<Done> {
  let reads = 0;
  let checksum = 0;
  // Closed markets stay, as with the peers: their state is compared.
  const session = replay(path, {
    parser,
    closedRetentionMs: Infinity,
    strict: true,
  });
  for await (const batch of session) {
    for (const update of batch) {
      for (const book of update.markets) {
        for (const runner of book.changedRunners) {
          // The peers are asked for runners of price changes alone.
          if ((runner.changes & ~NO_PRICES) === 0) continue;
          checksum += bestOf(backOf(runner)) + bestOf(layOf(runner));
          reads++;
        }
      }
    }
  }
  return { markets: session.cache.markets, reads, checksum };
}

type Best = Pick<ReadonlyPriceLadder, "size" | "bestPrice" | "bestSize">;

/** Full depth if there is any, else the level ladders, as everywhere in this bench. */
function backOf(runner: RunnerBook): Best {
  if (runner.availableToBack.size > 0) return runner.availableToBack;
  const display = runner.bestDisplayToBack;
  return display.size > 0 ? display : runner.bestAvailableToBack;
}

function layOf(runner: RunnerBook): Best {
  if (runner.availableToLay.size > 0) return runner.availableToLay;
  const display = runner.bestDisplayToLay;
  return display.size > 0 ? display : runner.bestAvailableToLay;
}

function bestOf(ladder: Best): number {
  return ladder.size === 0 ? 0 : ladder.bestPrice + ladder.bestSize;
}

/** The state at the end, one runner per line. */
async function writeState(
  path: string,
  parser: ChangeParser,
): Promise<void> {
  const { markets } = await run(path, parser);
  const lines: string[] = [];
  for (const book of markets) {
    for (const runner of book.allRunners) {
      const { availableToBack, availableToLay, traded } = runner;
      lines.push(JSON.stringify([
        book.marketId,
        runner.selectionId,
        runner.handicap,
        rowOf(backOf(runner)),
        rowOf(layOf(runner)),
        runner.lastTradedPrice ?? null,
        [availableToBack, availableToLay, traded],
      ]));
    }
  }
  console.log(lines.join("\n"));
}

function rowOf(ladder: Best): [price: number, size: number] | null {
  return ladder.size === 0 ? null : [ladder.bestPrice, ladder.bestSize];
}

async function measure(
  paths: readonly string[],
  parser: ChangeParser,
  mode: string,
  milliseconds: number,
): Promise<ChildResult> {
  const seconds: number[] = [];
  const cpuSeconds: number[] = [];
  const warmUntil = performance.now() + milliseconds;
  for (let end: number | undefined;;) {
    let reads = 0;
    let checksum = 0;
    const cpuStart = process.cpuUsage();
    const start = performance.now();
    for (const path of paths) {
      const done = await run(path, parser);
      reads += done.reads;
      checksum += done.checksum;
    }
    const now = performance.now();
    const { user, system } = process.cpuUsage(cpuStart);
    if (mode !== "once" && end === undefined) {
      // At least one pass warms up.
      if (now >= warmUntil) end = now + milliseconds;
      continue;
    }
    seconds.push((now - start) / 1000);
    cpuSeconds.push((user + system) / 1e6);
    if (end === undefined || now >= end) {
      const peakRssBytes = peakRss();
      return { seconds, cpuSeconds, reads, checksum, peakRssBytes };
    }
  }
}

/** Most memory that this process has held. */
function peakRss(): number {
  try {
    // getrusage begins with the peak of whoever started this process.
    const status = readFileSync("/proc/self/status", "utf8");
    const kib = /^VmHWM:\s+(\d+)/m.exec(status)?.[1];
    if (kib !== undefined) return Number(kib) * 1024;
  } catch {
    // Not on Linux.
  }
  return process.resourceUsage().maxRSS * 1024;
}

async function main(args: readonly string[]): Promise<void> {
  const [variant, mode, milliseconds, ...paths] = args;
  const parser = await openParserOf(variant as Variant);
  if (mode === "state") await writeState(paths[0]!, parser);
  else {
    const result = await measure(paths, parser, mode!, Number(milliseconds));
    console.log(JSON.stringify(result));
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(String(error));
  process.exitCode = 3;
});
