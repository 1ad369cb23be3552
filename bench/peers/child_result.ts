/**
 * What every child prints about a run, whatever it is written in.
 *
 * @module
 */

/** One line of JSON on standard output. */
export interface ChildResult {
  /** Time of each pass over all files, seconds; without a warm-up pass. */
  readonly seconds: readonly number[];
  /** Processor time of each pass, all threads together, seconds. */
  readonly cpuSeconds: readonly number[];
  /** Changed runners whose best prices were read in a pass, or lines in a pass that only parses. */
  readonly reads: number;
  /** Sum of the prices and sizes that were read in a pass. */
  readonly checksum: number;
  /** Most memory that the process has held, bytes; 0 when unknown. */
  readonly peakRssBytes: number;
}
