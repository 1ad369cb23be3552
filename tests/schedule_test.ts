import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { schedule } from "../src/_schedule.ts";

const MAX_DELAY_MS = 2 ** 31 - 1;

/** Runs with timers that fire when they are told to; gives the delays of those that are armed. */
function withTimers(
  run: (armed: readonly number[], fire: () => void) => void,
): void {
  const { setTimeout, clearTimeout } = globalThis;
  const delays: number[] = [];
  const callbacks: (() => void)[] = [];
  globalThis.setTimeout = ((callback: () => void, delayMs: number) => {
    delays.push(delayMs);
    callbacks.push(callback);
    return callbacks.length;
  }) as unknown as typeof setTimeout;
  globalThis.clearTimeout = (() => {
    delays.pop();
    callbacks.pop();
  }) as unknown as typeof clearTimeout;
  try {
    run(delays, () => {
      delays.pop();
      callbacks.pop()!();
    });
  } finally {
    Object.assign(globalThis, { setTimeout, clearTimeout });
  }
}

describe("schedule()", () => {
  it("waits once for what a timer can wait", () => {
    for (const delayMs of [0, 1, MAX_DELAY_MS]) {
      withTimers((armed, fire) => {
        let calls = 0;
        schedule(() => calls++, delayMs);
        assert.deepEqual(armed, [delayMs]);
        fire();
        assert.deepEqual([calls, armed], [1, []]);
      });
    }
  });

  it("waits in parts for longer, instead of not at all", () => {
    withTimers((armed, fire) => {
      let calls = 0;
      schedule(() => calls++, 2 * MAX_DELAY_MS + 5);
      fire();
      fire();
      assert.deepEqual([calls, armed], [0, [5]]);
      fire();
      assert.equal(calls, 1);
    });
  });

  it("never calls after Infinity", () => {
    withTimers((armed, fire) => {
      schedule(() => assert.fail("called"), Infinity);
      for (let i = 0; i < 10; i++) fire();
      assert.deepEqual(armed, [MAX_DELAY_MS]);
    });
  });

  it("can be called off in any part", () => {
    withTimers((armed, fire) => {
      const cancel = schedule(() => assert.fail("called"), MAX_DELAY_MS + 5);
      fire();
      cancel();
      assert.deepEqual(armed, []);
    });
  });
});
