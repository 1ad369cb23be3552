/** How long things took, in bounded memory. See {@linkcode LatencyHistogram}. */

// Buckets of a microsecond each up to 2 ** SUB_BITS µs; beyond, each doubling of
// the time has 2 ** SUB_BITS / 2 buckets, so that none is wider than 1/32 of it.
//
//   0 … 63       64 … 127 by 2      128 … 255 by 4      …      up to 2 ** 32 µs
//   bucket 0-63  bucket 64-95       bucket 96-127
const SUB_BITS = 6;
const LINEAR_BUCKETS = 2 ** SUB_BITS;
const HALF = LINEAR_BUCKETS / 2;
/** Longest time told apart, µs: more than an hour. */
const MAX_US = 2 ** 32 - 1;
const BUCKETS = LINEAR_BUCKETS + (32 - SUB_BITS) * HALF;

/** A {@linkcode LatencyHistogram} in numbers; fit for JSON. */
export interface LatencySummary {
  /** Times recorded. */
  readonly count: number;
  /** Half of the times were at most this long, ms; 0 without any. */
  readonly p50Ms: number;
  /** 90 of 100 times were at most this long, ms. */
  readonly p90Ms: number;
  /** 99 of 100 times were at most this long, ms. */
  readonly p99Ms: number;
  /** The longest time, ms. */
  readonly maxMs: number;
}

/**
 * Counts times in buckets that grow with them, so that percentiles are known to
 * about 3 %, in 7 KiB, however many there are. Times of more than 71 minutes (2³² µs)
 * count as so long; only the longest is told as it is.
 *
 * @example
 * ```ts
 * import { LatencyHistogram } from "@betfair-stream/core/client";
 * import assert from "node:assert/strict";
 *
 * const histogram = new LatencyHistogram();
 * for (let i = 1; i <= 100; i++) histogram.record(i);
 * const { count, p50Ms, maxMs } = histogram.summary();
 *
 * assert.equal(count, 100);
 * assert.ok(Math.abs(p50Ms - 50) < 2);
 * assert.equal(maxMs, 100);
 * ```
 */
export class LatencyHistogram {
  readonly #counts = new Float64Array(BUCKETS);
  #count = 0;
  #maxMs = 0;

  /** Times recorded. */
  get count(): number {
    return this.#count;
  }

  /**
   * Records a time.
   *
   * @param durationMs The time, ms. Negative ones, which clocks that disagree give,
   * count as 0; one that is no number is left out.
   */
  record(durationMs: number): void {
    if (!(durationMs >= 0)) {
      if (Number.isNaN(durationMs)) return;
      durationMs = 0;
    }
    this.#counts[bucketOf(Math.min(durationMs * 1000, MAX_US))]!++;
    this.#count++;
    if (durationMs > this.#maxMs) this.#maxMs = durationMs;
  }

  /**
   * Tells how long a share of the times were at most.
   *
   * @param share The share, 0 to 1.
   * @returns The time, ms, at most 1/32 too long; 0 without any.
   * @throws {RangeError} when the share is not from 0 to 1.
   */
  percentile(share: number): number {
    if (!(share >= 0 && share <= 1)) {
      throw new RangeError(
        `Cannot tell percentile as the share must be in 0 to 1: ${share}`,
      );
    }
    const wanted = Math.max(1, Math.ceil(share * this.#count));
    let seen = 0;
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      seen += this.#counts[bucket]!;
      if (seen >= wanted) {
        return Math.min(lastOf(bucket) / 1000, this.#maxMs);
      }
    }
    return this.#maxMs;
  }

  /**
   * Tells the usual figures.
   *
   * @returns A new object.
   */
  summary(): LatencySummary {
    return {
      count: this.#count,
      p50Ms: this.percentile(0.5),
      p90Ms: this.percentile(0.9),
      p99Ms: this.percentile(0.99),
      maxMs: this.#maxMs,
    };
  }
}

/** Bucket of a time, µs. */
function bucketOf(us: number): number {
  const value = Math.ceil(us) >>> 0;
  if (value < LINEAR_BUCKETS) return value;
  const shift = 32 - SUB_BITS - Math.clz32(value);
  return HALF * shift + (value >>> shift);
}

/** Longest time of a bucket, µs. */
function lastOf(bucket: number): number {
  if (bucket < LINEAR_BUCKETS) return bucket;
  const shift = Math.floor(bucket / HALF) - 1;
  return (bucket - shift * HALF + 1) * 2 ** shift - 1;
}
