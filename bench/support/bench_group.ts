/**
 * What a benchmark is, whatever runs it.
 *
 * @module
 */

/** One implementation. */
export interface BenchCase {
  readonly name: string;
  /** Whether the others are compared with this one: the obvious alternative. */
  readonly baseline?: boolean;
  /** Does the work once; the result depends on all of it. */
  readonly run: () => unknown;
}

/** One question, answered by several implementations on one input. */
export interface BenchGroup {
  readonly group: string;
  /** Messages that one run handles. */
  readonly messages: number;
  /** Bytes that one run handles. */
  readonly bytes: number;
  readonly cases: readonly BenchCase[];
  /**
   * Proves that the implementations agree; throws when they do not. Those that
   * are asynchronous check themselves in each run.
   */
  readonly verify: () => void;
}

/** Implementations that do not agree, so that their times mean nothing. */
export class UnequalResultError extends Error {
  override readonly name: string = "UnequalResultError";
}

/** Throws unless all results are the same. */
export function assertSame(
  group: string,
  results: Readonly<Record<string, unknown>>,
): void {
  const [first, ...others] = Object.entries(results);
  for (const [name, result] of others) {
    if (Object.is(result, first![1])) continue;
    throw new UnequalResultError(
      `${group}: ${name} gives ${String(result)}, ${first![0]} gives ${
        String(first![1])
      }`,
    );
  }
}
