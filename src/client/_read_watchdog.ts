/** Notices when nothing comes any more. See {@linkcode ReadWatchdog}. */

import type { ClientTimers } from "./client_timers.ts";

/**
 * A timer that is this late, ms, says that the whole program stood still, and not
 * that the peer was silent: what came meanwhile has not been looked at yet.
 */
const STANDSTILL_MS = 250;

/**
 * Watches two things, and only **while a read is pending**, so that neither a
 * consumer that is slow nor a program that stands still looks like a dead
 * connection:
 *
 * - silence: how long the present read has waited;
 * - an answer: how long all reads together have waited since a request.
 *
 * One timer runs at a time, and reads do not touch it: it finds out by itself
 * whether it came too early.
 */
export class ReadWatchdog {
  readonly #timers: ClientTimers;
  readonly #onExpired: (reason: string) => void;
  #silenceMs = Infinity;
  #answerMs = Infinity;

  /** When the present read began; undefined when there is none. */
  #readingSince: number | undefined;
  /** How long reads have waited for an answer before the present one. */
  #waitedMs = 0;
  /** Whether the present read has been given more time after a standstill. */
  #isPardoned = false;
  /** When the timer is to fire. */
  #dueAt = Infinity;
  #cancelTimer: (() => void) | undefined;
  #isStopped = false;

  /**
   * Creates a watchdog that watches nothing yet.
   *
   * @param timers Clock and timers.
   * @param onExpired Called once, with what happened.
   */
  constructor(timers: ClientTimers, onExpired: (reason: string) => void) {
    this.#timers = timers;
    this.#onExpired = onExpired;
  }

  /** Sets how long a read may wait, ms. */
  limitSilence(limitMs: number): void {
    if (limitMs === this.#silenceMs) return;
    this.#silenceMs = limitMs;
    this.#wind();
  }

  /** Begins to wait for an answer, or for the next one; ms. */
  awaitAnswer(limitMs: number): void {
    this.#answerMs = limitMs;
    this.#waitedMs = 0;
    if (this.#readingSince !== undefined) {
      // What this read has waited before does not count.
      this.#waitedMs = this.#readingSince - this.#timers.elapsed();
    }
    this.#wind();
  }

  /** No answer is waited for any more. */
  answered(): void {
    this.#answerMs = Infinity;
  }

  /** A read begins. */
  beginRead(): void {
    this.#readingSince = this.#timers.elapsed();
    this.#isPardoned = false;
    if (this.#cancelTimer === undefined) this.#wind();
  }

  /** It has ended. */
  endRead(): void {
    const since = this.#readingSince;
    this.#readingSince = undefined;
    if (since === undefined || this.#answerMs === Infinity) return;
    this.#waitedMs += this.#timers.elapsed() - since;
  }

  /** Watches no more. */
  stop(): void {
    this.#isStopped = true;
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }

  /** How long the present read may go on from now, ms. */
  #remainingMs(now: number): number {
    const readMs = this.#readingSince === undefined
      ? 0
      : now - this.#readingSince;
    return Math.min(
      this.#silenceMs - readMs,
      this.#answerMs - this.#waitedMs - readMs,
    );
  }

  /** Sets the timer to the earliest moment at which something can be wrong. */
  #wind(): void {
    if (this.#isStopped) return;
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    const now = this.#timers.elapsed();
    const remainingMs = Math.max(0, this.#remainingMs(now));
    if (remainingMs === Infinity) return;
    this.#dueAt = now + remainingMs;
    this.#cancelTimer = this.#timers.schedule(() => this.#look(), remainingMs);
  }

  #look(): void {
    this.#cancelTimer = undefined;
    if (this.#isStopped) return;
    const now = this.#timers.elapsed();
    if (this.#readingSince === undefined) {
      // Wound again with the next read.
      return;
    }
    // Once: whatever was there then has been read before the timer fires again.
    if (now - this.#dueAt > STANDSTILL_MS && !this.#isPardoned) {
      this.#isPardoned = true;
      this.#readingSince = now;
    } else if (this.#remainingMs(now) <= 0) {
      const isSilent = now - this.#readingSince >= this.#silenceMs;
      this.stop();
      return this.#onExpired(
        isSilent
          ? `nothing was received for ${this.#silenceMs} ms`
          : `a request was not answered for ${this.#answerMs} ms`,
      );
    }
    this.#wind();
  }
}
