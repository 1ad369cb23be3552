import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { Backoff } from "../../src/client/backoff.ts";

function waits(backoff: Backoff, count: number, minimumMs = 0): number[] {
  return Array.from({ length: count }, () => backoff.next(minimumMs));
}

describe("Backoff", () => {
  it("tries again nearly at once, then doubles up to a minute", () => {
    const longest = new Backoff({ random: () => 1 - 2 ** -53 });
    assert.deepEqual(waits(longest, 8).map(Math.round), [
      1_000,
      2_000,
      4_000,
      8_000,
      16_000,
      32_000,
      60_000,
      60_000,
    ]);
    const shortest = new Backoff({ random: () => 0 });
    assert.deepEqual(waits(shortest, 4), [0, 1_000, 2_000, 4_000]);
  });

  it("never waits less than the minimum, nor more than its double or the limit", () => {
    fc.assert(fc.property(
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      fc.nat(200),
      fc.nat(60_000),
      (random, attempts, minimumMs) => {
        const backoff = new Backoff({ random: () => random });
        waits(backoff, attempts);
        const waitMs = backoff.next(minimumMs);
        assert.ok(waitMs >= minimumMs);
        assert.ok(waitMs <= Math.max(2 * minimumMs, 60_000));
      },
    ));
  });

  it("never waits longer than maxMs, not the first time either", () => {
    const backoff = new Backoff({ maxMs: 100, random: () => 0.5 });
    assert.deepEqual(waits(backoff, 3), [50, 75, 75]);
  });

  it("begins anew when it is reset", () => {
    const backoff = new Backoff({ random: () => 0.5, maxAttempts: 2 });
    assert.deepEqual(waits(backoff, 2), [500, 1_500]);
    assert.equal(backoff.isExhausted, true);
    backoff.reset();
    assert.equal(backoff.isExhausted, false);
    assert.equal(backoff.attempts, 0);
    assert.equal(backoff.next(), 500);
  });

  it("refuses times and attempts that make no sense", () => {
    for (const name of ["firstMs", "baseMs", "maxMs", "stableMs"]) {
      for (const value of [-1, NaN]) {
        assert.throws(
          () => new Backoff({ [name]: value }),
          (error) =>
            error instanceof RangeError && error.message.includes(name),
        );
      }
    }
    assert.throws(() => new Backoff({ maxAttempts: 0 }), RangeError);
  });
});
