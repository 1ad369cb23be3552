/** Notices when nothing comes any more. See {@linkcode ReadWatchdog}. */

import type { ClientTimers } from "./client_timers.ts";

/**
 * A timer that is this late, ms, says that the whole program stood still, and not
 * that the peer was silent: what came meanwhile has not been looked at yet.
 */
const STANDSTILL_MS = 250;

/** What reads wait for: something that is due. */
interface Wait {
  /** How long all reads together may wait for it, ms. */
  readonly limitMs: number;
  /** How long those before the present one have waited; negative is time in advance. */
  waitedMs: number;
  /** What to say when it does not come. */
  readonly reason: string;
}

/**
 * Watches two things, and only **while a read is pending**, so that neither a
 * consumer that is slow nor a program that stands still looks like a dead
 * connection:
 *
 * - silence: how long the present read has waited;
 * - what is due, an answer or a stream's heartbeat: how long all reads together have
 *   waited for it.
 *
 * One timer runs at a time, and reads do not touch it: it finds out by itself
 * whether it came too early.
 */
export class ReadWatchdog {
  readonly #timers: ClientTimers;
  readonly #onExpired: (reason: string) => void;
  #silenceMs = Infinity;
  readonly #due = new Map<string, Wait>();

  /** When the present read began; undefined when there is none. */
  #readingSince: number | undefined;
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

  /** Whether a read is pending. */
  get isReading(): boolean {
    return this.#readingSince !== undefined;
  }

  /** Sets how long a read may wait, ms. */
  limitSilence(limitMs: number): void {
    if (limitMs === this.#silenceMs) return;
    this.#silenceMs = limitMs;
    this.#wind();
  }

  /**
   * Begins to wait for something, or for the next of its kind.
   *
   * @param what Name of it.
   * @param limitMs How long, ms; Infinity is not at all.
   * @param reason What to say when it does not come.
   */
  expect(what: string, limitMs: number, reason: string): void {
    if (limitMs === Infinity) {
      this.#due.delete(what);
      return;
    }
    this.#due.set(what, { limitMs, waitedMs: this.#unwaitedMs, reason });
    this.#wind();
  }

  /** Notes that what was waited for has come; the next of its kind is waited for. */
  heard(what: string): void {
    const wait = this.#due.get(what);
    if (wait !== undefined) wait.waitedMs = this.#unwaitedMs;
  }

  /** What the present read has waited so far, which does not count, below zero; ms. */
  get #unwaitedMs(): number {
    return this.#readingSince === undefined
      ? 0
      : this.#readingSince - this.#timers.elapsed();
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
    if (since === undefined || this.#due.size === 0) return;
    const readMs = this.#timers.elapsed() - since;
    for (const wait of this.#due.values()) wait.waitedMs += readMs;
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
    let remainingMs = this.#silenceMs - readMs;
    for (const { limitMs, waitedMs } of this.#due.values()) {
      remainingMs = Math.min(remainingMs, limitMs - waitedMs - readMs);
    }
    return remainingMs;
  }

  /** What is wrong, when a read has waited for this long. */
  #reasonAfter(readMs: number): string {
    for (const { limitMs, waitedMs, reason } of this.#due.values()) {
      if (readMs < this.#silenceMs && waitedMs + readMs >= limitMs) {
        return reason;
      }
    }
    return `nothing was received for ${this.#silenceMs} ms`;
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
      const reason = this.#reasonAfter(now - this.#readingSince);
      this.stop();
      return this.#onExpired(reason);
    }
    this.#wind();
  }
}
