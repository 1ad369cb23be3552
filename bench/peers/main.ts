// deno-lint-ignore-file no-console -- a program, not library code

/**
 * Measures other people's software and this library on the same recordings, on
 * the same machine, in the same run.
 *
 * ```sh
 * deno run -A bench/peers/main.ts                   # an hour, on a quiet machine
 * deno run -A bench/peers/main.ts --quick           # some minutes, to see that it works
 * deno run -A bench/peers/main.ts --check           # proves, times nothing
 * deno run -A bench/peers/main.ts --render          # only writes the pages anew
 * ```
 *
 * Options: `--rounds=N` and `--ms=N` for the effort; `--only=TEXT` for recordings
 * whose name has it; `--out=FOLDER`. Runs in Deno, which starts the others. Exits
 * with 1 when a program came to other books and no known fault explains it.
 *
 * @module
 */

import { availableParallelism, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { BUILD_DIR, ROOT } from "../../tests/_bun.ts";
import { machineName } from "../support/runtime.ts";
import { peersChart } from "./chart.ts";
import { checkPeers } from "./checks.ts";
import { type InputFile, prepareInputs } from "./inputs.ts";
import { prepareLibraryPeers, REFERENCE_ID } from "./library_peers.ts";
import { type Peer, type PreparedPeers, runProgram } from "./peer.ts";
import { preparePythonPeers } from "./python_peers.ts";
import type {
  CheckResult,
  Format,
  OverallResult,
  PeersResults,
  TimingResult,
} from "./results.ts";
import { prepareRustPeers } from "./rust_peers.ts";
import { peersSection } from "./section.ts";
import { type Effort, timeOverall, timeRecording } from "./timings.ts";

const BUILT = `${BUILD_DIR}peers`;

/** Measures and writes. */
async function main(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      quick: { type: "boolean", default: false },
      check: { type: "boolean", default: false },
      render: { type: "boolean", default: false },
      rounds: { type: "string" },
      ms: { type: "string" },
      only: { type: "string", default: "" },
      out: { type: "string", default: `${BUILD_DIR}bench` },
    },
  });
  if (values.render) {
    const text = await Deno.readTextFile(`${values.out}/peers.json`);
    await writePages(values.out, JSON.parse(text) as PeersResults);
    return;
  }
  const isQuick = values.quick;
  const effort: Effort = {
    rounds: Number(values.rounds ?? (isQuick ? 1 : 3)),
    measureMs: Number(values.ms ?? (isQuick ? 400 : 1000)),
  };
  const loadBefore = loadText();
  const inputs = prepareInputs(`${BUILT}/inputs`, isQuick)
    .filter(({ name }) => name.includes(values.only));
  if (inputs.length === 0) {
    throw new RangeError(`Cannot measure as no recording has "${values.only}"`);
  }
  const { peers, skipped } = await preparePeers(inputs[0]!.plain);
  const reference = peers.find(({ id }) => id === REFERENCE_ID);
  if (reference === undefined) {
    throw new TypeError(
      "Cannot measure as this library does not start in Deno",
    );
  }
  console.log("Proving that all come to the same books");
  const cores = availableParallelism();
  const checks = await checkPeers(peers, reference, inputs, cores);
  const unknown = checks.filter(isUnknownDifference);
  for (const { peer, recording, detail } of unknown) {
    console.log(`UNEXPLAINED: ${peer}, ${recording}: ${detail}`);
  }
  const takes = takenBy(checks);
  const timed = values.check ? [] : inputs.filter(({ isTimed }) => isTimed);
  const timings = await timeAll(peers, timed, takes, effort);
  const overall = await timeSets(peers, timed, takes, cores, effort);
  await writePages(values.out, {
    date: new Date().toISOString().slice(0, 10),
    machine: machineName(),
    cores,
    load: `${loadBefore} before, ${loadText()} after`,
    revision: await revision(),
    isQuick,
    ...effort,
    peers: peers.map(({ command: _, provenBy: __, ...peer }) => peer),
    skipped,
    recordings: inputs.map(({ name, messages, bytes, isTimed, bz2 }) => {
      return { name, messages, bytes, isTimed, hasBz2: bz2 !== undefined };
    }),
    checks,
    timings,
    overall,
  });
  if (unknown.length > 0) Deno.exitCode = 1;
}

async function preparePeers(probe: string): Promise<PreparedPeers> {
  await Deno.mkdir(BUILT, { recursive: true });
  const all: PreparedPeers[] = [];
  const steps: [string, () => Promise<PreparedPeers>][] = [
    ["this library", () => prepareLibraryPeers(probe)],
    ["the Rust crates", () => prepareRustPeers(BUILT)],
    ["the Python packages", () => preparePythonPeers(BUILT)],
  ];
  for (const [what, prepare] of steps) {
    console.log(`Preparing ${what}`);
    const prepared = await prepare();
    for (const { title, reason } of prepared.skipped) {
      console.log(`  skipped: ${title}: ${reason}`);
    }
    all.push(prepared);
  }
  return {
    peers: all.flatMap(({ peers }) => peers),
    skipped: all.flatMap(({ skipped }) => skipped),
  };
}

function isUnknownDifference({ outcome, fault }: CheckResult): boolean {
  return outcome === "differs" && fault === undefined;
}

type Takes = (peer: Peer, input: InputFile) => boolean;

/** Tells whether a program takes a recording, with all its faults. */
function takenBy(checks: readonly CheckResult[]): Takes {
  const refused = new Set(
    checks.filter(({ outcome }) => outcome === "refused")
      .map(({ peer, recording }) => `${peer} ${recording}`),
  );
  return ({ id, provenBy }, { name }) =>
    !refused.has(`${id} ${name}`) && !refused.has(`${provenBy} ${name}`);
}

async function timeAll(
  peers: readonly Peer[],
  inputs: readonly InputFile[],
  takes: Takes,
  effort: Effort,
): Promise<TimingResult[]> {
  const results: TimingResult[] = [];
  for (const input of inputs) {
    const able = peers.filter((peer) => takes(peer, input));
    const formats: Format[] = input.bz2 === undefined
      ? ["plain"]
      : ["plain", "bz2"];
    for (const format of formats) {
      console.log(`Timing ${input.name}, ${format}, ${able.length} programs`);
      results.push(...await timeRecording(able, input, format, effort));
    }
  }
  return results;
}

/** Each peer on all it takes, and this library on the same. */
async function timeSets(
  peers: readonly Peer[],
  inputs: readonly InputFile[],
  takes: Takes,
  cores: number,
  effort: Effort,
): Promise<OverallResult[]> {
  const results: OverallResult[] = [];
  const known = new Map<string, OverallResult>();
  for (const peer of peers) {
    if (peer.isOurs) continue;
    const set = inputs.filter((input) => takes(peer, input));
    if (set.length === 0) continue;
    console.log(`Timing ${peer.title}, ${set.length} recordings together`);
    const key = set.map(({ name }) => name).join();
    for (const one of [peer, ...peers.filter(({ isOurs }) => isOurs)]) {
      // Peers that take the same recordings share this library's figures.
      const result = known.get(`${one.id} ${key}`) ??
        await timeOverall(one, peer.id, set, cores, effort);
      known.set(`${one.id} ${key}`, result);
      results.push({ ...result, set: peer.id });
    }
  }
  return results;
}

async function writePages(out: string, results: PeersResults): Promise<void> {
  await Deno.mkdir(out, { recursive: true });
  const json = JSON.stringify(results, undefined, 2);
  await Deno.writeTextFile(`${out}/peers.json`, `${json}\n`);
  await Deno.writeTextFile(`${out}/peers.md`, peersSection(results));
  await Deno.writeTextFile(`${out}/peers.svg`, peersChart(results));
  console.log(`Written to ${out}/peers.json, peers.md and peers.svg`);
}

async function revision(): Promise<string> {
  const command = ["git", "-C", ROOT, "describe", "--always", "--dirty"];
  return (await runProgram(command))?.stdout.trim() || "unknown";
}

function loadText(): string {
  return loadavg()[0]!.toFixed(1);
}

if (import.meta.main) {
  main(Deno.args).catch((error: unknown) => {
    console.error(error);
    Deno.exitCode = 1;
  });
}
