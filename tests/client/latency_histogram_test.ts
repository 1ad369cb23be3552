import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { LatencyHistogram } from "../../src/client/latency_histogram.ts";

describe("LatencyHistogram", () => {
  it("says zero before anything was recorded", () => {
    assert.deepEqual(new LatencyHistogram().summary(), {
      count: 0,
      p50Ms: 0,
      p90Ms: 0,
      p99Ms: 0,
      maxMs: 0,
    });
  });

  it("knows percentiles to 1/32, whatever the times", () => {
    // Against sorting, to the microsecond that times are rounded up to.
    fc.assert(fc.property(
      fc.array(
        fc.oneof(
          fc.double({ min: 0, max: 1, noNaN: true }),
          fc.double({ min: 0, max: 4_000_000, noNaN: true }),
        ),
        { minLength: 1, maxLength: 200 },
      ),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (timesMs, share) => {
        const histogram = new LatencyHistogram();
        for (const timeMs of timesMs) histogram.record(timeMs);
        const sorted = timesMs.toSorted((a, b) => a - b);
        const rank = Math.max(1, Math.ceil(share * sorted.length));
        const exactMs = sorted[rank - 1]!;
        const toldMs = histogram.percentile(share);
        assert.ok(toldMs >= exactMs - 1e-9, `${toldMs} < ${exactMs}`);
        assert.ok(toldMs <= (exactMs + 0.001) * (1 + 1 / 32) + 1e-9);
        assert.equal(histogram.summary().maxMs, sorted.at(-1));
        assert.equal(histogram.count, timesMs.length);
      },
    ));
  });

  it("takes negative times for none, leaves out what is no number, and bounds the rest", () => {
    const histogram = new LatencyHistogram();
    histogram.record(-5);
    histogram.record(NaN);
    assert.equal(histogram.count, 1);
    assert.equal(histogram.percentile(1), 0);
    histogram.record(Infinity);
    histogram.record(1e12);
    assert.equal(histogram.count, 3);
    assert.equal(histogram.summary().maxMs, Infinity);
  });

  it("refuses a share that is none", () => {
    for (const share of [-0.1, 1.1, NaN]) {
      assert.throws(() => new LatencyHistogram().percentile(share), RangeError);
    }
  });
});
