import type { MockTimers } from "../../src/testing/mod.ts";

interface Timer {
  readonly atMs: number;
  readonly callback: () => void;
}

/** A clock that a test moves. */
export class ManualTimers implements MockTimers {
  #nowMs: number;
  readonly #timers = new Set<Timer>();

  /** Starts at a time, ms since the epoch. */
  constructor(nowMs = 1_700_000_000_000) {
    this.#nowMs = nowMs;
  }

  /** Timers that are running. */
  get pending(): number {
    return this.#timers.size;
  }

  now(): number {
    return this.#nowMs;
  }

  schedule(callback: () => void, delayMs: number): () => void {
    const timer = { atMs: this.#nowMs + delayMs, callback };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  /** Lets time pass; what is due meanwhile is called in its order. */
  pass(durationMs: number): void {
    const endMs = this.#nowMs + durationMs;
    while (true) {
      const [next] = [...this.#timers].sort((a, b) => a.atMs - b.atMs);
      if (next === undefined || next.atMs > endMs) break;
      this.#timers.delete(next);
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.callback();
    }
    this.#nowMs = endMs;
  }
}
