/** Waiting that a signal ends. @module */

import type { ClientTimers } from "./client_timers.ts";

/**
 * Waits for a promise, but no longer than a signal allows.
 *
 * @param promise What is waited for.
 * @param signal Ends the wait.
 * @param onLate Is given what comes after that, to be disposed of.
 * @returns What the promise gives.
 * @throws What the promise throws, or the signal's reason.
 */
export function orAborted<T>(
  promise: Promise<T>,
  signal: AbortSignal,
  onLate?: (value: T) => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      promise.then(onLate, () => {});
      reject(signal.reason);
    };
    if (signal.aborted) return onAbort();
    signal.addEventListener("abort", onAbort);
    promise.then(resolve, reject).finally(() =>
      signal.removeEventListener("abort", onAbort)
    );
  });
}

/**
 * Waits for a time, or until a signal ends it.
 *
 * @param timers Tells the time.
 * @param delayMs How long, ms.
 * @param signal Ends the wait.
 */
export function pause(
  timers: ClientTimers,
  delayMs: number,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const settle = (): void => {
      cancel();
      signal.removeEventListener("abort", settle);
      resolve();
    };
    const cancel = timers.schedule(settle, delayMs);
    signal.addEventListener("abort", settle);
  });
}
