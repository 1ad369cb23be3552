/**
 * Timing: programs take turns on a recording, each in processes of its own.
 *
 * @module
 */

import { median } from "../support/measure.ts";
import type { ChildResult } from "./child_result.ts";
import type { InputFile } from "./inputs.ts";
import { lastLine, type Output, type Peer, runProgram } from "./peer.ts";
import type { Format, OverallResult, TimingResult } from "./results.ts";

/** How long to measure. */
export interface Effort {
  /** Rounds, in which the programs take turns. */
  readonly rounds: number;
  /** Time of warm passes in a round, and as long again to warm up, ms. */
  readonly measureMs: number;
}

/** A program that did not do what it had done before. */
export class PeerError extends Error {
  override readonly name: string = "PeerError";
}

interface Run extends ChildResult {
  /** Of the process, from start to end, seconds. */
  readonly processSeconds: number;
}

/** Times programs on one recording; all of them must be able to take it. */
export async function timeRecording(
  peers: readonly Peer[],
  input: InputFile,
  format: Format,
  effort: Effort,
): Promise<TimingResult[]> {
  const path = format === "plain" ? input.plain : input.bz2!;
  const fresh = peers.map((): Run[] => []);
  const warm = peers.map((): Run[] => []);
  for (let round = 0; round < effort.rounds; round++) {
    for (let i = 0; i < peers.length; i++) {
      // Every other round runs backwards: nobody is always first.
      const at = round % 2 === 0 ? i : peers.length - 1 - i;
      const peer = peers[at]!;
      fresh[at]!.push(await run(peer, "once", 0, [path]));
      warm[at]!.push(await run(peer, "warm", effort.measureMs, [path]));
    }
  }
  return peers.map((peer, i): TimingResult => {
    const { reads, checksum } = fresh[i]![0]!;
    return {
      peer: peer.id,
      recording: input.name,
      format,
      warmSeconds: median(warm[i]!.map((one) => median(one.seconds))),
      warmCpuSeconds: median(warm[i]!.map((one) => median(one.cpuSeconds))),
      freshSeconds: median(fresh[i]!.map((one) => one.processSeconds)),
      peakRssBytes: Math.max(...fresh[i]!.map((one) => one.peakRssBytes)),
      reads,
      checksum,
    };
  });
}

/** Times a program on several recordings together, alone and on all cores. */
export async function timeOverall(
  peer: Peer,
  set: string,
  inputs: readonly InputFile[],
  cores: number,
  effort: Effort,
): Promise<OverallResult> {
  const paths = inputs.map(({ plain }) => plain);
  const bytes = sum(inputs.map((input) => input.bytes));
  const alone: Run[] = [];
  const parallelFresh: number[] = [];
  const parallelRates: number[] = [];
  for (let round = 0; round < effort.rounds; round++) {
    alone.push(await run(peer, "once", 0, paths));
    const start = performance.now();
    await together(cores, () => run(peer, "once", 0, paths));
    parallelFresh.push((performance.now() - start) / 1000);
    const runs = await together(
      cores,
      () => run(peer, "warm", effort.measureMs, paths),
    );
    parallelRates.push(
      sum(runs.map(({ seconds }) => bytes / median(seconds))),
    );
  }
  return {
    set,
    peer: peer.id,
    recordings: inputs.length,
    messages: sum(inputs.map(({ messages }) => messages)),
    bytes,
    freshSeconds: median(alone.map(({ processSeconds }) => processSeconds)),
    peakRssBytes: Math.max(...alone.map(({ peakRssBytes }) => peakRssBytes)),
    processes: cores,
    parallelWarmBytesPerSecond: median(parallelRates),
    parallelFreshSeconds: median(parallelFresh),
  };
}

async function run(
  peer: Peer,
  mode: "once" | "warm",
  milliseconds: number,
  paths: readonly string[],
): Promise<Run> {
  const output = await runProgram([
    ...peer.command,
    mode,
    String(milliseconds),
    ...paths,
  ]);
  if (output === undefined || output.code !== 0) {
    throw new PeerError(`Cannot time ${peer.title}: ${reasonOf(output)}`);
  }
  const result = JSON.parse(lastLine(output.stdout)) as ChildResult;
  return { ...result, processSeconds: output.seconds };
}

function reasonOf(output: Output | undefined): string {
  return output === undefined
    ? "it cannot be started"
    : lastLine(output.stderr) || `exit code ${output.code}`;
}

function together<T>(count: number, start: () => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, start));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
