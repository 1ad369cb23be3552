/**
 * What the report asks of its child processes. One job is one process, so that
 * no variant profits or suffers from what the engine learnt with another.
 *
 * @module
 */

/** A way through an input. */
export type EngineName =
  /** `TapeScanner` alone. */
  | "scanner"
  /** `NativeParser` alone; only where its library is built. */
  | "native"
  /** Decode, split, `JSON.parse`, nothing more. */
  | "json"
  /** The same, opened before anything is timed, as a client does while it connects. */
  | "openNative"
  /** `BookFeed`. */
  | "feed"
  /** `BookFeed`, warmed up before anything is timed, as a client does while it connects. */
  | "warmedFeed"
  /** `BookFeed` on `NativeParser`. */
  | "nativeFeed"
  /** `BookFeed`, with a snapshot of each changed market after each message. */
  | "snapshot"
  /** Baseline A. */
  | "typed"
  /** A with `Map` ladders. */
  | "map"
  /** A with sorted pairs. */
  | "pairs";

/** How an input is cut. */
export type Cutting =
  /** 64 KiB, cut anywhere. */
  | "chunks"
  /** About 64 KiB of whole lines. */
  | "blocks"
  /** One message each. */
  | "lines";

/** Compares the final states of library and plain books. */
export interface VerifyJob {
  readonly kind: "verify";
  readonly inputs: readonly string[];
}

/** Measures after warm-up. */
export interface WarmJob {
  readonly kind: "warm";
  readonly engine: EngineName;
  readonly cutting: Cutting;
  /** Paths. The first one gets all the time, the others a part each. */
  readonly inputs: readonly string[];
  readonly measureMs: number;
}

/** Measures the first pass of a process. */
export interface ColdJob {
  readonly kind: "cold";
  readonly engine: EngineName;
  readonly cutting: Cutting;
  readonly input: string;
  readonly maxPieces: number;
}

/** Measures what the books of an input take. */
export interface MemoryJob {
  readonly kind: "memory";
  readonly engine: EngineName;
  readonly input: string;
  readonly markets: number;
}

/** Any job. */
export type Job = VerifyJob | WarmJob | ColdJob | MemoryJob;

/** What a child says of an input. */
export interface JobResult {
  readonly input: string;
  readonly bytes: number;
  readonly messages: number;
  /** Duration of a pass: the median, or the only one. */
  readonly ns: number;
  readonly minNs: number;
  readonly runs: number;
  /** What the pass counted: the same for all engines that do the same work. */
  readonly count: number;
  /** Memory by market, KiB; for memory jobs. */
  readonly kibPerMarket?: number;
}
