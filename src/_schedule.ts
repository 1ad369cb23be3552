/** Waits of any length. See {@linkcode schedule}. */

/** Timers of the runtimes fire at once when they are to wait longer, ms. */
const MAX_DELAY_MS = 2 ** 31 - 1;

/**
 * Calls once, later: the one place where the library waits.
 *
 * @param callback What to call.
 * @param delayMs In how long, ms, >= 0; Infinity is never.
 * @returns Function that calls it off; does nothing afterwards.
 */
export function schedule(callback: () => void, delayMs: number): () => void {
  let timer: ReturnType<typeof setTimeout>;
  const wait = (leftMs: number): void => {
    timer = leftMs > MAX_DELAY_MS
      ? setTimeout(() => wait(leftMs - MAX_DELAY_MS), MAX_DELAY_MS)
      : setTimeout(callback, leftMs);
  };
  wait(delayMs);
  return () => clearTimeout(timer);
}
