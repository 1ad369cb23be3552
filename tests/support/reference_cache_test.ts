import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  missingReason,
  readGolden,
  readGoldenStrategies,
  readGoldenText,
  readRecordingLines,
  recordings,
} from "./recordings.ts";
import { ReferenceCache } from "./reference_cache.ts";

describe("ReferenceCache", { skip: missingReason }, () => {
  for (const { name } of recordings) {
    it(`agrees with the golden of ${name}`, () => {
      const golden = readGolden(name);
      const checkpoints = new Map(
        golden.checkpoints.map(({ n, digest }) => [n, digest]),
      );
      const cache = new ReferenceCache();
      for (const line of readRecordingLines(name)) {
        cache.applyLine(line);
        const digest = checkpoints.get(cache.messages);
        if (digest !== undefined) {
          assert.equal(cache.digest(), digest, `message ${cache.messages}`);
          checkpoints.delete(cache.messages);
        }
      }
      assert.equal(checkpoints.size, 0, "every checkpoint was reached");
      assert.equal(cache.messages, golden.counts.messages);
      assert.equal(cache.clk, golden.clk);
      assert.equal(cache.initialClk, golden.initialClk);
      const text = readGoldenText(name);
      if (text !== undefined) assert.equal(cache.stateText(), text);
      assert.equal(cache.digest(), golden.digest);
      checkStrategies(cache, name);
    });
  }
});

function checkStrategies(cache: ReferenceCache, name: string): void {
  const golden = readGoldenStrategies(name);
  if (golden === undefined) return;
  const actual = Object.fromEntries(
    cache.state().orders.map((market) => [
      market.id,
      market.runners.map((runner) => ({
        id: runner.selectionId,
        hc: runner.handicap,
        smc: Object.fromEntries(
          runner.strategies.map((strategy) => [strategy.reference, {
            mb: strategy.matchedBacks,
            ml: strategy.matchedLays,
          }]),
        ),
      })),
    ]),
  );
  assert.deepEqual(actual, golden);
}
