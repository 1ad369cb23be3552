import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { LadderPool } from "../../src/ladder/ladder_pool.ts";

describe("LadderPool", () => {
  it("LadderPool.reserve() never hands out a slot twice", () => {
    const pool = new LadderPool();
    const ends = new Map<Float64Array, number>();
    for (const slots of [10, 4000, 100, 1, 5000, 7, 4096, 2]) {
      const offset = pool.reserve(slots);
      assert.ok(offset >= (ends.get(pool.block) ?? 0));
      assert.ok(offset + slots <= pool.block.length);
      ends.set(pool.block, offset + slots);
    }
    assert.ok(ends.size > 1);
  });

  it("LadderPool.copy() copies a range of slots", () => {
    const pool = new LadderPool();
    pool.reserve(3);
    const offset = pool.copy(new Float64Array([1, 2, 3, 4]), 1, 3);
    assert.deepEqual([...pool.block.subarray(offset, offset + 2)], [2, 3]);
  });
});
