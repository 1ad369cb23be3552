/**
 * What a run of the peers found, as it is written to `peers.json`.
 *
 * @module
 */

import type { SkippedPeer, Work } from "./peer.ts";

/** A program that took part. */
export interface PeerResult {
  readonly id: string;
  readonly title: string;
  readonly version: string;
  readonly work: Work;
  readonly isOurs: boolean;
  readonly note?: string | undefined;
}

/** A recording. */
export interface RecordingResult {
  readonly name: string;
  readonly messages: number;
  /** Decompressed size, bytes. */
  readonly bytes: number;
  readonly isTimed: boolean;
  readonly hasBz2: boolean;
}

/** Whether a program came to the same best prices and ladders. */
export interface CheckResult {
  readonly peer: string;
  readonly recording: string;
  /** `read`: it took the recording, but keeps nothing that can be compared. */
  readonly outcome: "equal" | "differs" | "refused" | "read";
  /** What differs, or why it was refused. */
  readonly detail: string;
  /** Which known fault this is; `undefined` on a difference: an unknown one. */
  readonly fault?: string | undefined;
}

/** How a file is stored. */
export type Format = "plain" | "bz2";

/** A program on a recording. */
export interface TimingResult {
  readonly peer: string;
  readonly recording: string;
  readonly format: Format;
  /** Median time of a pass in a process that is warm, seconds. */
  readonly warmSeconds: number;
  /** Median processor time of such a pass, all threads together, seconds. */
  readonly warmCpuSeconds: number;
  /** Median time of a whole process for one pass, seconds. */
  readonly freshSeconds: number;
  /** Most memory that a process of one pass has held, bytes. */
  readonly peakRssBytes: number;
  /** Best prices of changed runners that were read. */
  readonly reads: number;
  /** Sum of them. */
  readonly checksum: number;
}

/** A program on all timed plain recordings that a peer takes. */
export interface OverallResult {
  /** Whose recordings. */
  readonly set: string;
  readonly peer: string;
  readonly recordings: number;
  readonly messages: number;
  readonly bytes: number;
  /** One process, a pass over all, start-up included, seconds. */
  readonly freshSeconds: number;
  readonly peakRssBytes: number;
  /** Processes at once in the following two. */
  readonly processes: number;
  /** All processes together, warm, bytes/s. */
  readonly parallelWarmBytesPerSecond: number;
  /** From the first start to the last end, each process one pass over all, seconds. */
  readonly parallelFreshSeconds: number;
}

/** Everything. */
export interface PeersResults {
  /** UTC, `2026-01-31`. */
  readonly date: string;
  readonly machine: string;
  readonly cores: number;
  /** Load averages before and after. */
  readonly load: string;
  readonly revision: string;
  readonly isQuick: boolean;
  readonly rounds: number;
  readonly measureMs: number;
  readonly peers: readonly PeerResult[];
  readonly skipped: readonly SkippedPeer[];
  readonly recordings: readonly RecordingResult[];
  readonly checks: readonly CheckResult[];
  readonly timings: readonly TimingResult[];
  readonly overall: readonly OverallResult[];
}
