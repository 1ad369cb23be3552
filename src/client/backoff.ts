/** How long to wait before the next attempt. See {@linkcode Backoff}. */

/** Options of {@linkcode Backoff}. */
export interface BackoffOptions {
  /**
   * Longest wait before the first retry, ms; it is random from 0 on.
   *
   * @default {1000}
   */
  readonly firstMs?: number | undefined;
  /**
   * Longest wait before the second retry, ms; it doubles with each one after.
   *
   * @default {2000}
   */
  readonly baseMs?: number | undefined;
  /**
   * Longest wait, ms.
   *
   * @default {60_000}
   */
  readonly maxMs?: number | undefined;
  /**
   * How long books must have been complete for a loss to count as the first one
   * again, ms.
   *
   * @default {30_000}
   */
  readonly stableMs?: number | undefined;
  /**
   * Attempts in a row after which to give up.
   *
   * @default {Infinity}
   */
  readonly maxAttempts?: number | undefined;
  /**
   * Random numbers from 0 to below 1.
   *
   * @default {Math.random}
   */
  readonly random?: (() => number) | undefined;
}

/**
 * Waits that grow: the first retry is nearly at once, each one after it waits twice
 * as long as the one before, up to a limit (protocol section 6.2). A random part
 * keeps programs apart that lost their connections together: each wait is from half
 * to the whole of what it may be, the first one from nothing on.
 *
 * @example
 * ```ts
 * import { Backoff } from "@betfair-stream/core/client";
 * import assert from "node:assert/strict";
 *
 * const backoff = new Backoff({ random: () => 0.5 });
 * const waits = [backoff.next(), backoff.next(), backoff.next()];
 *
 * assert.deepEqual(waits, [500, 1500, 3000]);
 * backoff.reset();
 * assert.equal(backoff.next(15_000), 22_500);
 * ```
 */
export class Backoff {
  /** How long books must have been complete for {@linkcode reset}, ms. */
  readonly stableMs: number;
  readonly #firstMs: number;
  readonly #baseMs: number;
  readonly #maxMs: number;
  readonly #maxAttempts: number;
  readonly #random: () => number;
  #attempts = 0;

  /**
   * Creates a back-off that has not waited yet.
   *
   * @param options Times, and random numbers.
   * @throws {RangeError} when a time is negative or no number, or there is no attempt.
   */
  constructor(options: BackoffOptions = {}) {
    this.#firstMs = time("firstMs", options.firstMs ?? 1_000);
    this.#baseMs = time("baseMs", options.baseMs ?? 2_000);
    this.#maxMs = time("maxMs", options.maxMs ?? 60_000);
    this.stableMs = time("stableMs", options.stableMs ?? 30_000);
    this.#maxAttempts = options.maxAttempts ?? Infinity;
    this.#random = options.random ?? Math.random;
    if (!(this.#maxAttempts >= 1)) {
      throw new RangeError(
        `Cannot create backoff as "maxAttempts" must be >= 1: ${this.#maxAttempts}`,
      );
    }
  }

  /** Waits since the beginning or the last reset. */
  get attempts(): number {
    return this.#attempts;
  }

  /** Whether there were as many attempts as there may be. */
  get isExhausted(): boolean {
    return this.#attempts >= this.#maxAttempts;
  }

  /**
   * Tells the next wait.
   *
   * @param minimumMs Least wait, ms; a longer one is from it to its double.
   * @returns How long to wait, ms.
   */
  next(minimumMs: number = 0): number {
    const random = this.#random();
    const attempt = this.#attempts++;
    const least = minimumMs * (1 + random);
    if (attempt === 0) {
      return Math.max(least, Math.min(this.#firstMs, this.#maxMs) * random);
    }
    // Beyond 2 ** 30 the limit counts long since.
    const most = Math.min(
      this.#baseMs * 2 ** Math.min(attempt - 1, 30),
      this.#maxMs,
    );
    return Math.max(least, most * (1 + random) / 2);
  }

  /** Begins anew. */
  reset(): void {
    this.#attempts = 0;
  }
}

function time(name: string, valueMs: number): number {
  if (valueMs >= 0) return valueMs;
  throw new RangeError(
    `Cannot create backoff as "${name}" must be >= 0: ${valueMs}`,
  );
}
