/** Time as a mock exchange sees it. See {@linkcode MockTimers}. */

import { schedule } from "../_schedule.ts";

/**
 * The clock and the timers of a {@linkcode MockExchange}. A client's
 * `ClientTimers` can be given as well, so that a test moves both ends by hand.
 */
export interface MockTimers {
  /** The time of day: ms since the epoch. */
  now(): number;
  /**
   * Calls once, later.
   *
   * @param callback What to call.
   * @param delayMs In how long, ms, >= 0; Infinity is never.
   * @returns Function that calls it off; does nothing afterwards.
   */
  schedule(callback: () => void, delayMs: number): () => void;
}

/** The clock and the timers of the runtime. */
export const MOCK_TIMERS: MockTimers = {
  now: () => Date.now(),
  schedule,
};
