import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { LiveRunnerBook } from "../../src/cache/_live_runner_book.ts";
import { RunnerList } from "../../src/cache/_runner_list.ts";

const MARKET = { isPurchased: false, serial: 0 };

describe("RunnerList", () => {
  it("finds what a Map finds, over any additions and images", () => {
    const named = fc.tuple(
      fc.integer({ min: 0, max: 30 }),
      fc.constantFrom(0, -0.5, 1),
    );
    const images = fc.array(fc.array(named, { maxLength: 60 }), {
      maxLength: 4,
    });
    const property = fc.property(images, (images) => {
      const list = new RunnerList(MARKET);
      let former = new Map<string, LiveRunnerBook>();
      for (const image of images) {
        const present = new Map<string, LiveRunnerBook>();
        list.beginImage();
        for (const [selectionId, handicap] of image) {
          const key = `${selectionId}/${handicap}`;
          const known = present.get(key);
          assert.equal(list.find(selectionId, handicap), known);
          const runner = list.findOrAdd(selectionId, handicap);
          const expected = known ?? former.get(key) ?? runner;
          assert.equal(runner === expected, true, key);
          assert.equal(runner.selectionId, selectionId);
          assert.equal(runner.handicap, handicap);
          present.set(key, runner);
        }
        list.endImage();
        assert.equal(list.all.length, present.size);
        assert.equal(
          [...present.values()].every((it, i) => it === list.all[i]),
          true,
        );
        former = present;
      }
    });
    fc.assert(property);
  });

  it("forgets runners that an image did not name", () => {
    const list = new RunnerList(MARKET);
    const old = list.findOrAdd(7, 0);
    list.beginImage();
    list.endImage();
    assert.equal(list.find(7, 0), undefined);
    assert.notEqual(list.findOrAdd(7, 0), old);
  });

  it("lists runners anew when it is told that definitions changed", () => {
    const list = new RunnerList(MARKET);
    const runner = list.findOrAdd(7, 0);
    assert.equal(list.listed.length, 1);
    runner.define(undefined);
    list.relist();
    assert.equal(list.listed.length, 0);
    assert.equal(list.all.length, 1);
  });
});
