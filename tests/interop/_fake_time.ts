/** Time that stands still, by Deno's standard library. See {@linkcode inFakeTime}. */

import type { StdFakeTime, StdTime } from "./_std.ts";

/** Some day in 2023, in epoch milliseconds: when fake time begins. */
export const START_MS = 1_700_000_000_000;

/** Runs something in fake time, and brings the real one back. */
export async function inFakeTime(
  { FakeTime }: StdTime,
  action: (time: StdFakeTime) => void | Promise<void>,
): Promise<void> {
  const time = new FakeTime(START_MS);
  try {
    await action(time);
  } finally {
    time.restore();
  }
}
