/** Time as a client sees it. See {@linkcode ClientTimers}. */

import { schedule } from "../_schedule.ts";

/**
 * Clocks and timers of a client. Programs have no use for others than
 * {@linkcode SYSTEM_TIMERS}; tests have, as with their own no test needs to wait.
 */
export interface ClientTimers {
  /** The time of day: ms since the epoch. */
  now(): number;
  /** A clock that only ever goes forward, from any start: ms, with fractions. */
  elapsed(): number;
  /**
   * Calls once, later.
   *
   * @param callback What to call.
   * @param delayMs In how long, ms, >= 0; Infinity is never.
   * @returns Function that calls it off; does nothing afterwards.
   */
  schedule(callback: () => void, delayMs: number): () => void;
}

/** The clocks and timers of the runtime. */
export const SYSTEM_TIMERS: ClientTimers = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  schedule,
};
