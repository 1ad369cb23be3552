/** Waiting that a signal ends. @module */

/**
 * Waits for a promise, but no longer than a signal allows.
 *
 * @param promise What is waited for.
 * @param signal Ends the wait; undefined does not.
 * @param onLate Is given what comes after that, to be disposed of.
 * @returns What the promise gives.
 * @throws What the promise throws, or the signal's reason.
 */
export function orAborted<T>(
  promise: Promise<T>,
  signal: AbortSignal | undefined,
  onLate?: (value: T) => void,
): Promise<T> {
  if (signal === undefined) return promise;
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

/** Calls once, later; returns what calls it off. */
type Schedule = (callback: () => void, delayMs: number) => () => void;

/**
 * Waits for a time, or until a signal ends it.
 *
 * @param timers Whose time.
 * @param delayMs How long, ms.
 * @param signal Ends the wait.
 */
export function pause(
  timers: { readonly schedule: Schedule },
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
