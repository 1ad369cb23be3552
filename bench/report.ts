// deno-lint-ignore-file no-console -- a program, not library code

/**
 * Measures what README.md claims, in both runtimes, and writes it there.
 *
 * ```sh
 * deno run -A bench/report.ts                   # a quarter of an hour, on a quiet machine
 * deno run -A bench/report.ts --quick           # a few minutes, to see that it works
 * deno run -A bench/report.ts --sections        # only what bench:live and bench:peers found
 * deno run -A bench/report.ts --only=scan,books --runtimes=Deno --out=.build/bench/part.md
 * ```
 *
 * Options: `--quick`; `--rounds=N` and `--ms=N` for the effort; `--only` and
 * `--runtimes` to measure a part, for which `--out` should name another file.
 * Quick runs write to `.build/bench/README.md`. What other benches have not measured
 * on this machine stays as it is on the page. Runs in Deno, which starts Bun.
 *
 * @module
 */

import { loadavg } from "node:os";
import { dirname } from "node:path";
import { parseArgs } from "node:util";
import { NativeUnavailableError, openNative } from "../ffi/mod.ts";
import { BUILD_DIR, findBun, installLibraries, ROOT } from "../tests/_bun.ts";
import { type LiveResults, liveSection } from "./live/section.ts";
import { peersChart } from "./peers/chart.ts";
import type { PeersResults } from "./peers/results.ts";
import { peersSection } from "./peers/section.ts";
import { machineName } from "./support/runtime.ts";
import type { Job, JobResult } from "./report/job.ts";
import {
  type MeasurementName,
  measurements,
  type Rounds,
  runMeasurement,
  type Runtime,
} from "./report/measurements.ts";
import { type PreparedInputs, prepareInputs } from "./report/prepare.ts";
import { splitPage } from "./report/page.ts";
import { renderReadme, type Report } from "./report/readme.ts";

const FOLDER = `${BUILD_DIR}bench`;
const CHILD = `${ROOT}bench/report/child.ts`;

/** A child process that did not do its job. */
class JobError extends Error {
  override readonly name: string = "JobError";
}

type RunJob = (job: Job) => Promise<JobResult[]>;

/** Whether the native parser can be opened here; it is measured only then. */
function isNativeBuilt(): boolean {
  try {
    openNative().close();
    return true;
  } catch (error) {
    if (!(error instanceof NativeUnavailableError)) throw error;
    console.log(`Without the native parser: ${error.message}`);
    return false;
  }
}

/** Measures and writes. */
async function main(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      quick: { type: "boolean", default: false },
      rounds: { type: "string" },
      ms: { type: "string" },
      only: { type: "string" },
      runtimes: { type: "string", default: "Deno,Bun" },
      out: { type: "string" },
      sections: { type: "boolean", default: false },
    },
  });
  const isQuick = values.quick;
  const out = values.out ??
    (isQuick ? `${FOLDER}/README.md` : `${ROOT}bench/README.md`);
  if (values.sections) {
    const { report } = splitPage(await Deno.readTextFile(out));
    await writePage(out, report);
    return;
  }
  const rounds = Number(values.rounds ?? (isQuick ? 1 : 5));
  const measureMs = Number(values.ms ?? (isQuick ? 300 : 1000));
  const only = values.only?.split(",");
  const runtimes = values.runtimes.split(",") as Runtime[];
  const loadBefore = loadText();

  console.log("Preparing inputs");
  const inputs = prepareInputs(`${FOLDER}/inputs`);
  const results = new Map<Runtime, Map<MeasurementName, Rounds>>();
  const versions: Partial<Record<Runtime, string>> = {};
  const commands = new Map<Runtime, readonly string[]>();
  for (const runtime of runtimes) {
    const command = await commandOf(runtime);
    commands.set(runtime, command);
    versions[runtime] = await versionOf(command[0]!);
    results.set(runtime, new Map());
    await verify(inputs, runtime, jobRunner(command));
  }
  const hasNative = isNativeBuilt();
  for (const measurement of measurements(inputs, measureMs, hasNative)) {
    if (only !== undefined && !only.includes(measurement.name)) continue;
    for (const [runtime, command] of commands) {
      console.log(`Measuring ${measurement.name} in ${runtime}`);
      results.get(runtime)!.set(
        measurement.name,
        await runMeasurement(measurement, rounds, jobRunner(command)),
      );
    }
  }
  const report: Report = {
    date: new Date().toISOString().slice(0, 10),
    machine: machineName(),
    load: `${loadBefore} before, ${loadText()} after`,
    versions,
    revision: await revision(),
    isQuick,
    isReal: inputs.isReal,
    rounds,
    measureMs,
    results,
  };
  const page = await writePage(out, renderReadme(report));
  await Deno.writeTextFile(`${FOLDER}/results.json`, jsonOf(report));
  console.log(`\n${page.slice(0, page.indexOf("## Method"))}Written to ${out}`);
}

/** Writes the page: what was measured now, and what other benches have left. */
async function writePage(out: string, report: string): Promise<string> {
  const before = splitPage(await Deno.readTextFile(out).catch(() => ""));
  const page = report + (await livePart() ?? before.live) +
    (await peersPart(dirname(out)) ?? before.peers);
  await Deno.writeTextFile(out, page);
  return page;
}

/**
 * What the last run of `deno task bench:peers` here found, with its picture, which is
 * put beside the page; undefined if there was none.
 */
async function peersPart(folder: string): Promise<string | undefined> {
  const text = await resultsOf("peers.json");
  if (text === undefined) return undefined;
  const peers = JSON.parse(text) as PeersResults;
  await Deno.writeTextFile(`${folder}/peers.svg`, peersChart(peers));
  return `\n![This library against other software](peers.svg)\n\n${
    peersSection(peers).trimEnd()
  }\n`;
}

/** What the last run of `deno task bench:live` here found; undefined if there was none. */
async function livePart(): Promise<string | undefined> {
  const text = await resultsOf("live.json");
  return text === undefined
    ? undefined
    : `\n${liveSection(JSON.parse(text) as LiveResults)}`;
}

/** Results that another bench has left, if it has. */
async function resultsOf(name: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(`${FOLDER}/${name}`);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return undefined;
  }
}

/** Proves, in the runtime itself, that the plain books are right. */
async function verify(
  inputs: PreparedInputs,
  runtime: Runtime,
  runJob: RunJob,
): Promise<void> {
  const paths = [
    inputs.all,
    ...inputs.recordings,
    inputs.imagesSorted,
    inputs.imagesShuffled,
  ];
  let rows = 0;
  for (const result of await runJob({ kind: "verify", inputs: paths })) {
    rows += result.count;
  }
  console.log(`${runtime}: final states agree, ${rows} ladder rows compared`);
}

async function commandOf(runtime: Runtime): Promise<readonly string[]> {
  if (runtime === "Deno") {
    const flags = ["run", "--no-prompt", "-A", "--v8-flags=--expose-gc"];
    return [Deno.execPath(), ...flags, CHILD];
  }
  if (runtime !== "Bun") {
    throw new RangeError(`Cannot measure in unknown runtime "${runtime}"`);
  }
  const bun = await findBun();
  await installLibraries();
  return [bun, CHILD];
}

function jobRunner(command: readonly string[]): RunJob {
  const [program, ...args] = command;
  return async (job) => {
    const { success, stdout, stderr } = await new Deno.Command(program!, {
      args: [...args, JSON.stringify(finite(job))],
      cwd: ROOT,
      stdin: "null",
    }).output();
    const decoder = new TextDecoder();
    if (!success) {
      throw new JobError(
        `Cannot run ${JSON.stringify(job)}:\n${decoder.decode(stderr)}`,
      );
    }
    return JSON.parse(decoder.decode(stdout)) as JobResult[];
  };
}

/** JSON has no infinity. */
function finite(job: Job): Job {
  return job.kind === "cold" && job.maxPieces === Infinity
    ? { ...job, maxPieces: Number.MAX_SAFE_INTEGER }
    : job;
}

async function versionOf(program: string): Promise<string> {
  return /\d+\.\d+\.\d+/.exec(await outputOf(program, ["--version"]))?.[0] ??
    "of unknown version";
}

async function revision(): Promise<string> {
  try {
    const text = await outputOf("git", ["describe", "--always", "--dirty"]);
    return text.trim() || "unknown";
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "unknown";
    throw error;
  }
}

async function outputOf(program: string, args: string[]): Promise<string> {
  const { stdout } = await new Deno.Command(program, { args, cwd: ROOT })
    .output();
  return new TextDecoder().decode(stdout);
}

function loadText(): string {
  return loadavg()[0]!.toFixed(1);
}

function jsonOf(report: Report): string {
  return JSON.stringify(
    report,
    (_, value: unknown) =>
      value instanceof Map ? Object.fromEntries(value) : value,
    2,
  );
}

if (import.meta.main) {
  main(Deno.args).catch((error: unknown) => {
    console.error(error);
    Deno.exitCode = 1;
  });
}
