import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { SeededRandom } from "../../src/testing/mod.ts";

describe("SeededRandom", () => {
  it("gives the same numbers in every runtime", () => {
    const random = new SeededRandom(1);
    assert.deepEqual([random.next(), random.next(), random.integer(1, 1000)], [
      0.9586310682802083,
      0.01824390140429144,
      521,
    ]);
  });

  it("gives different numbers for seeds that differ in any bit", () => {
    const firsts = new Set<number>();
    for (let bit = 0; bit < 53; bit++) {
      firsts.add(new SeededRandom(2 ** bit).next());
    }
    firsts.add(new SeededRandom(0).next()).add(new SeededRandom(-1).next());
    assert.equal(firsts.size, 55);
  });

  it("next() spreads evenly over [0, 1)", () => {
    const random = new SeededRandom(2);
    const counts = new Array<number>(10).fill(0);
    for (let draw = 0; draw < 10_000; draw++) {
      counts[Math.floor(random.next() * 10)]!++;
    }
    for (const count of counts) {
      assert.ok(count > 850 && count < 1150, `${counts}`);
    }
  });

  it("integer() reaches both bounds and nothing else", () => {
    const random = new SeededRandom(3);
    const seen = new Set<number>();
    for (let draw = 0; draw < 500; draw++) seen.add(random.integer(-2, 2));
    assert.deepEqual([...seen].sort((a, b) => a - b), [-2, -1, 0, 1, 2]);
    assert.equal(random.integer(7, 7), 7);
  });

  it("chance() is never true at 0 and always at 1", () => {
    const random = new SeededRandom(4);
    for (let draw = 0; draw < 100; draw++) {
      assert.equal(random.chance(0), false);
      assert.equal(random.chance(1), true);
    }
  });

  it("shuffle() keeps the items and returns the same array", () => {
    const random = new SeededRandom(5);
    const items = Array.from({ length: 50 }, (_, index) => index);
    const shuffled = random.shuffle(items);
    assert.equal(shuffled, items);
    assert.notDeepEqual(shuffled, [...shuffled].sort((a, b) => a - b));
    assert.equal(new Set(shuffled).size, 50);
    assert.ok(items.includes(random.pick(items)));
  });

  it("rejects what it cannot draw from", () => {
    assert.throws(() => new SeededRandom(NaN), RangeError);
    const random = new SeededRandom(6);
    assert.throws(() => random.integer(2, 1), RangeError);
    assert.throws(() => random.integer(0.5, 1), RangeError);
    assert.throws(() => random.pick([]), RangeError);
  });
});
