import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { LadderPool } from "../../src/ladder/ladder_pool.ts";
import { LevelLadder } from "../../src/ladder/level_ladder.ts";
import {
  EMPTY_LEVEL_LADDER,
  type LevelLadderSnapshot,
} from "../../src/ladder/level_ladder_snapshot.ts";
import type { ReadonlyLevelLadder } from "../../src/ladder/readonly_level_ladder.ts";

type Row = [level: number, price: number, size: number];

/** Applies rows from the middle of a larger array, as from a tape. */
function apply(ladder: LevelLadder, rows: Row[]): void {
  const source = new Float64Array([NaN, NaN, ...rows.flat(), NaN]);
  ladder.apply(source, 2, rows.length);
}

/** Compares every query of a ladder with `[level, price, size]` rows. */
function assertRows(ladder: ReadonlyLevelLadder, rows: Row[]): void {
  const pairs = rows.map(([, price, size]) => [price, size]);
  const objects = rows.map(([, price, size]) => ({ price, size }));
  assert.deepEqual(ladder.toJSON(), pairs);
  assert.equal(ladder.size, rows.length);
  assert.deepEqual([...ladder.rows], pairs.flat());
  assert.deepEqual(ladder.toArray(), objects);
  assert.deepEqual([...ladder], objects);
  assert.deepEqual(ladder.best, objects[0]);
  assert.equal(ladder.bestPrice, objects[0]?.price ?? NaN);
  assert.equal(ladder.bestSize, objects[0]?.size ?? 0);
  let volume = 0;
  for (const [index, [level, price, size]] of rows.entries()) {
    assert.equal(ladder.levelAt(index), level);
    assert.equal(ladder.priceAt(index), price);
    assert.equal(ladder.sizeAtIndex(index), size);
    const first = rows.find((row) => row[1] === price);
    assert.equal(ladder.sizeAt(price), first?.[2]);
    volume += size;
  }
  assert.equal(ladder.totalSize, volume);
  for (const index of [-1, rows.length, NaN]) {
    assert.equal(ladder.levelAt(index), NaN);
    assert.equal(ladder.priceAt(index), NaN);
    assert.equal(ladder.sizeAtIndex(index), 0);
  }
}

const row: fc.Arbitrary<Row> = fc.tuple(
  fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: 0, max: 5 }) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 99 }) },
  ),
  fc.integer({ min: 101, max: 400 }).map((n) => n / 100),
  fc.oneof(fc.constant(0), fc.integer({ min: -4, max: 400 }).map((n) => n / 4)),
).map(([level, price, size]) => [level, price, size + 0 || 0]);

describe("LevelLadder", () => {
  it("LevelLadder.apply() keeps protocol vector 1", () => {
    const steps: [apply: Row[], expected: Row[], remark: string][] = [
      [[[0, 3.1, 8], [1, 0, 0], [2, 0, 0]], [[0, 3.1, 8]], "image"],
      [[[1, 3.2, 4]], [[0, 3.1, 8], [1, 3.2, 4]], "level 1 appears"],
      [
        [[1, 3.1, 8], [2, 3.2, 4], [0, 3.05, 6]],
        [[0, 3.05, 6], [1, 3.1, 8], [2, 3.2, 4]],
        "insert at the top",
      ],
      [
        [[0, 3.1, 8], [1, 3.2, 4], [2, 0, 0]],
        [[0, 3.1, 8], [1, 3.2, 4]],
        "top gone",
      ],
      [[], [[0, 3.1, 8], [1, 3.2, 4]], "an empty array is no clear"],
      [[[1, 0, 0], [0, 0, 0]], [], "empty"],
    ];
    const ladder = new LevelLadder("ascending");
    for (const [rows, expected, remark] of steps) {
      apply(ladder, rows);
      assert.deepEqual(
        ladder.toJSON(),
        expected.map(([, price, size]) => [price, size]),
        remark,
      );
      assertRows(ladder, expected);
    }
  });

  it("LevelLadder agrees with an array of levels, and its snapshots never change", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            kind: fc.constantFrom(
              "delta",
              "delta",
              "snapshot",
              "clear",
              "release",
            ),
            rows: fc.array(row, { maxLength: 6 }),
          }),
          { maxLength: 40 },
        ),
        (steps) => {
          const ladder = new LevelLadder("descending");
          const model: (Row | undefined)[] = [];
          const shown = (): Row[] =>
            model.filter((level) => level !== undefined);
          const pool = new LadderPool();
          const kept: [LevelLadderSnapshot, Row[]][] = [];
          for (const { kind, rows } of steps) {
            if (kind === "snapshot") {
              kept.push([ladder.snapshot(pool), shown()]);
              assert.equal(ladder.snapshot(pool), ladder.snapshot(pool));
              continue;
            }
            if (kind === "clear") ladder.clear();
            if (kind === "release") ladder.release();
            if (kind !== "delta") model.length = 0;
            apply(ladder, rows);
            for (const row of rows) {
              model[row[0]] = row[2] === 0 ? undefined : row;
            }
            assertRows(ladder, shown());
          }
          for (const [snapshot, rows] of kept) assertRows(snapshot, rows);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("LevelLadder.apply() empties a level at size 0 whatever its price", () => {
    const ladder = new LevelLadder("descending");
    apply(ladder, [[0, 2, 5], [1, 1.9, 3], [1, 1.9, 0]]);
    assertRows(ladder, [[0, 2, 5]]);
  });

  it("LevelLadder.rows is a view without gaps and a copy with gaps", () => {
    const ladder = new LevelLadder("descending");
    apply(ladder, [[0, 2, 5], [1, 1.9, 3]]);
    const view = ladder.rows;
    assert.equal(view.buffer, ladder.rows.buffer);
    apply(ladder, [[0, 0, 0]]);
    assert.notEqual(ladder.rows.buffer, view.buffer);
    assertRows(ladder, [[1, 1.9, 3]]);
  });

  it("LevelLadder.volumeTo() adds up to the last level that is not worse", () => {
    const back = new LevelLadder("descending");
    apply(back, [[0, 2, 5], [1, 1.9, 3], [2, 1.8, 1]]);
    assert.equal(back.volumeTo(1.85), 8);
    const lay = new LevelLadder("ascending");
    apply(lay, [[0, 2, 5], [1, 2.1, 3], [2, 2.2, 1]]);
    assert.equal(lay.volumeTo(2.1), 8);
    assert.equal(lay.volumeTo(1.9), 0);
  });

  it("LevelLadder.apply() refuses a level above 99 and keeps the rows before it", () => {
    const ladder = new LevelLadder("descending");
    apply(ladder, [[99, 1.5, 1]]);
    assert.throws(() => apply(ladder, [[0, 2, 5], [100, 1, 1]]), {
      name: "RangeError",
      message: "Cannot store level as it must be an integer from 0 to 99: 100",
    });
    assertRows(ladder, [[0, 2, 5], [99, 1.5, 1]]);
  });

  it("LevelLadder.snapshot() returns the same object until a level changes", () => {
    const pool = new LadderPool();
    const ladder = new LevelLadder("descending");
    assert.equal(ladder.snapshot(pool), EMPTY_LEVEL_LADDER);
    apply(ladder, [[0, 2, 5]]);
    const first = ladder.snapshot(pool);
    apply(ladder, [[0, 2, 5], [3, 0, 0]]);
    assert.equal(ladder.snapshot(pool), first);
    apply(ladder, [[0, 2, 6]]);
    assert.notEqual(ladder.snapshot(pool), first);
    assertRows(first, [[0, 2, 5]]);
  });
});
