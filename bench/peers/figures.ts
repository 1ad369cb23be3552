/**
 * Figures that both the tables and the picture are made from.
 *
 * @module
 */

import type {
  Format,
  OverallResult,
  PeerResult,
  PeersResults,
  TimingResult,
} from "./results.ts";

/** A program's sums over several recordings. */
export interface Totals {
  readonly recordings: number;
  readonly messages: number;
  readonly bytes: number;
  readonly warmSeconds: number;
  readonly warmCpuSeconds: number;
}

/** Programs of this library. */
export function ours(results: PeersResults): readonly PeerResult[] {
  return results.peers.filter(({ isOurs }) => isOurs);
}

/** Other people's programs. */
export function others(results: PeersResults): readonly PeerResult[] {
  return results.peers.filter(({ isOurs }) => !isOurs);
}

/** A program's timing on a recording. */
export function timingOf(
  { timings }: PeersResults,
  peer: string,
  recording: string,
  format: Format,
): TimingResult | undefined {
  return timings.find((one) =>
    one.peer === peer && one.recording === recording && one.format === format
  );
}

/** A program's overall timing on what a peer takes. */
export function overallOf(
  { overall }: PeersResults,
  set: string,
  peer: string,
): OverallResult | undefined {
  return overall.find((one) => one.set === set && one.peer === peer);
}

/**
 * Sums of a program over the recordings that a peer takes.
 *
 * @param set Whose recordings.
 * @param peer Whose times.
 */
export function totalsOf(
  results: PeersResults,
  set: string,
  peer: string,
  format: Format,
): Totals | undefined {
  let recordings = 0;
  let messages = 0;
  let bytes = 0;
  let warmSeconds = 0;
  let warmCpuSeconds = 0;
  for (const recording of results.recordings) {
    const { name } = recording;
    const timing = timingOf(results, peer, name, format);
    if (timing === undefined) continue;
    if (timingOf(results, set, name, format) === undefined) continue;
    recordings++;
    messages += recording.messages;
    bytes += recording.bytes;
    warmSeconds += timing.warmSeconds;
    warmCpuSeconds += timing.warmCpuSeconds;
  }
  return recordings === 0
    ? undefined
    : { recordings, messages, bytes, warmSeconds, warmCpuSeconds };
}

/** MB (10^6 bytes) per second as text. */
export function rateText(bytesPerSecond: number): string {
  const rate = bytesPerSecond / 1e6;
  return rate < 10 ? rate.toFixed(1) : rate.toFixed(0);
}

/** A multiple as text: `3.4×`. */
export function timesText(times: number): string {
  return `${times < 10 ? times.toFixed(1) : times.toFixed(0)}×`;
}
