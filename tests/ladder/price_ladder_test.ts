import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { LadderPool } from "../../src/ladder/ladder_pool.ts";
import { PriceLadder } from "../../src/ladder/price_ladder.ts";
import {
  EMPTY_PRICE_LADDER,
  type PriceLadderSnapshot,
} from "../../src/ladder/price_ladder_snapshot.ts";
import type {
  LadderOrder,
  ReadonlyPriceLadder,
} from "../../src/ladder/readonly_price_ladder.ts";

type Row = [price: number, size: number];

const ORDERS: LadderOrder[] = ["descending", "ascending"];

/** Applies rows from the middle of a larger array, as from a tape. */
function apply(ladder: PriceLadder, rows: Row[]): void {
  const source = new Float64Array([NaN, NaN, NaN, ...rows.flat(), NaN]);
  ladder.apply(source, 3, rows.length);
}

/** The obvious ladder: a map, sorted when it is asked. */
class ModelLadder {
  readonly #sizes = new Map<number, number>();
  readonly #order: LadderOrder;

  constructor(order: LadderOrder) {
    this.#order = order;
  }

  apply(rows: Row[]): void {
    for (const [price, size] of rows) {
      if (size === 0) this.#sizes.delete(price);
      else this.#sizes.set(price, size);
    }
  }

  clear(): void {
    this.#sizes.clear();
  }

  rows(): Row[] {
    const sign = this.#order === "descending" ? -1 : 1;
    return [...this.#sizes].sort(([a], [b]) => sign * (a - b));
  }
}

/** Compares every query of a ladder with plain rows. */
function assertRows(
  ladder: ReadonlyPriceLadder,
  order: LadderOrder,
  rows: Row[],
): void {
  assert.deepEqual(ladder.toJSON(), rows);
  assert.equal(ladder.size, rows.length);
  assert.deepEqual([...ladder.rows], rows.flat());
  const objects = rows.map(([price, size]) => ({ price, size }));
  assert.deepEqual(ladder.toArray(), objects);
  assert.deepEqual([...ladder], objects);
  assert.deepEqual(ladder.best, objects[0]);
  assert.equal(ladder.bestPrice, rows[0]?.[0] ?? NaN);
  assert.equal(ladder.bestSize, rows[0]?.[1] ?? 0);
  let volume = 0;
  for (const [index, [price, size]] of rows.entries()) {
    volume += size;
    assert.equal(ladder.priceAt(index), price);
    assert.equal(ladder.sizeAtIndex(index), size);
    assert.equal(ladder.sizeAt(price), size);
    assert.equal(ladder.volumeTo(price), volume);
  }
  assert.equal(ladder.totalSize, volume);
  for (const index of [-1, rows.length, NaN]) {
    assert.equal(ladder.priceAt(index), NaN);
    assert.equal(ladder.sizeAtIndex(index), 0);
  }
  assert.equal(ladder.sizeAt(0.123), 0);
  assert.equal(ladder.sizeAt(NaN), 0);
  assert.equal(ladder.volumeTo(NaN), 0);
  const worst = order === "descending" ? -Infinity : Infinity;
  assert.equal(ladder.volumeTo(worst), volume);
  assert.equal(ladder.volumeTo(-worst), 0);
}

const tickPrice = fc.integer({ min: 101, max: 180 }).map((n) => n / 100);
const anyPrice = fc.oneof(
  { weight: 8, arbitrary: tickPrice },
  { weight: 2, arbitrary: fc.integer({ min: 2, max: 1000 }) },
  {
    weight: 1,
    arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }),
  },
  { weight: 1, arbitrary: fc.constantFrom(-1, -0.5, -1e300, 5e-324, 0) },
).map((price) => price + 0 || 0);
const anySize = fc.oneof(
  { weight: 2, arbitrary: fc.constant(0) },
  { weight: 6, arbitrary: fc.integer({ min: 1, max: 1e6 }).map((n) => n / 4) },
  { weight: 1, arbitrary: fc.constantFrom(-2, 0.25) },
);
const someRows = fc.array(fc.tuple(anyPrice, anySize) as fc.Arbitrary<Row>, {
  maxLength: 60,
});
const image = fc.tuple(
  fc.constantFrom("as is", "rising", "falling"),
  someRows,
).map(([kind, rows]) => {
  if (kind === "as is") return rows;
  const sorted = rows.toSorted(([a], [b]) => a - b);
  return kind === "rising" ? sorted : sorted.reverse();
});
const step = fc.oneof(
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("image"), rows: image }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("delta"),
      rows: fc.array(fc.tuple(anyPrice, anySize) as fc.Arbitrary<Row>, {
        maxLength: 5,
      }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom("clear", "release"),
      rows: fc.constant<Row[]>([]),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("snapshot"),
      rows: fc.constant<Row[]>([]),
    }),
  },
);

describe("PriceLadder", () => {
  it("PriceLadder.apply() keeps protocol vector 2, best first", () => {
    const ladder = new PriceLadder("descending");
    apply(ladder, [[2, 10], [1.99, 5]]);
    apply(ladder, [[2, 0], [1.98, 7], [5, 0]]);
    assertRows(ladder, "descending", [[1.99, 5], [1.98, 7]]);
  });

  for (const order of ORDERS) {
    it(`PriceLadder (${order}) agrees with a sorted map, and its snapshots never change`, () => {
      fc.assert(
        fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
          const ladder = new PriceLadder(order);
          const model = new ModelLadder(order);
          const pool = new LadderPool();
          const kept: [PriceLadderSnapshot, Row[]][] = [];
          for (const { kind, rows } of steps) {
            if (kind === "snapshot") {
              kept.push([ladder.snapshot(pool), model.rows()]);
              assert.equal(ladder.snapshot(pool), ladder.snapshot(pool));
              continue;
            }
            if (kind === "release") ladder.release();
            else if (kind !== "delta") ladder.clear();
            if (kind !== "delta") model.clear();
            apply(ladder, rows);
            model.apply(rows);
            assert.deepEqual(ladder.toJSON(), model.rows());
          }
          assertRows(ladder, order, model.rows());
          for (const [snapshot, rows] of kept) {
            assertRows(snapshot, order, rows);
          }
        }),
        { numRuns: 200 },
      );
    });

    it(`PriceLadder.apply() (${order}) loads an image as if row by row`, () => {
      fc.assert(
        fc.property(image, (rows) => {
          const bulk = new PriceLadder(order);
          apply(bulk, rows);
          const single = new PriceLadder(order);
          for (const row of rows) apply(single, [row]);
          assert.deepEqual(bulk.toJSON(), single.toJSON());
        }),
        { numRuns: 300 },
      );
    });

    it(`PriceLadder.apply() (${order}) sorts a shuffled image of a thousand rows`, () => {
      const rows: Row[] = [];
      for (let n = 0; n < 1000; n++) {
        rows.push([((n * 619) % 1000 + 101) / 100, n + 1]);
      }
      const ladder = new PriceLadder(order);
      apply(ladder, rows);
      const model = new ModelLadder(order);
      model.apply(rows);
      assertRows(ladder, order, model.rows());
    });

    it(`PriceLadder.apply() (${order}) grows one row at a time at either end`, () => {
      const ladder = new PriceLadder(order);
      const model = new ModelLadder(order);
      for (let n = 0; n < 300; n++) {
        const row: Row = [500 + (n % 2 === 0 ? n : -n), n + 1];
        apply(ladder, [row]);
        model.apply([row]);
        assert.equal(ladder.size, n + 1);
      }
      assertRows(ladder, order, model.rows());
      for (const [price] of model.rows()) apply(ladder, [[price, 0]]);
      assertRows(ladder, order, []);
    });
  }

  it("PriceLadder.apply() takes the last of rows with the same price", () => {
    const ladder = new PriceLadder("ascending");
    apply(ladder, [[3, 1], [2, 1], [3, 5], [2, 0], [4, 0], [4, 2]]);
    assertRows(ladder, "ascending", [[3, 5], [4, 2]]);
    apply(ladder, [[3, 0], [3, 6], [4, 9], [4, 0]]);
    assertRows(ladder, "ascending", [[3, 6]]);
  });

  it("PriceLadder.apply() ignores an absent price of size 0", () => {
    const ladder = new PriceLadder("ascending");
    apply(ladder, [[2, 0]]);
    apply(ladder, [[2, 0], [3, 0]]);
    assertRows(ladder, "ascending", []);
  });

  it("PriceLadder.volumeTo() takes prices between the rows", () => {
    const back = new PriceLadder("descending");
    apply(back, [[2, 10], [1.9, 5], [1.8, 1]]);
    assert.equal(back.volumeTo(1.85), 15);
    assert.equal(back.volumeTo(2.5), 0);
  });

  it("PriceLadder.rows is a view of the storage, not a copy", () => {
    const ladder = new PriceLadder("descending");
    apply(ladder, [[2, 10], [1.9, 5]]);
    const rows = ladder.rows;
    apply(ladder, [[2, 11]]);
    assert.deepEqual([...rows], [2, 11, 1.9, 5]);
    assert.equal(rows.buffer, ladder.rows.buffer);
  });

  it("PriceLadder.clear() keeps the storage and PriceLadder.release() does not", () => {
    const ladder = new PriceLadder("descending");
    apply(ladder, [[2, 10], [1.9, 5]]);
    const storage = ladder.rows.buffer;
    ladder.clear();
    apply(ladder, [[3, 1]]);
    assert.equal(ladder.rows.buffer, storage);
    ladder.release();
    assertRows(ladder, "descending", []);
    apply(ladder, [[3, 1]]);
    assert.notEqual(ladder.rows.buffer, storage);
  });
});

describe("PriceLadder.snapshot()", () => {
  it("PriceLadder.snapshot() returns the same object until rows change", () => {
    const pool = new LadderPool();
    const ladder = new PriceLadder("descending");
    apply(ladder, [[2, 10], [1.9, 5]]);
    const first = ladder.snapshot(pool);
    apply(ladder, []);
    apply(ladder, [[2, 10], [7, 0]]);
    assert.equal(ladder.snapshot(pool), first);
    for (const rows of [[[2, 11]], [[1.9, 0]], [[1.8, 1]]] as Row[][]) {
      const before = ladder.snapshot(pool);
      apply(ladder, rows);
      assert.notEqual(ladder.snapshot(pool), before);
    }
    assertRows(first, "descending", [[2, 10], [1.9, 5]]);
  });

  it("PriceLadder.snapshot() stores what changed, not the ladder again", () => {
    const pool = new LadderPool();
    const ladder = new PriceLadder("ascending");
    apply(ladder, Array.from({ length: 50 }, (_, i): Row => [2 + i, 10]));
    const first = ladder.snapshot(pool);
    const room = pool.room;
    apply(ladder, [[3, 0], [1.5, 4]]);
    const second = ladder.snapshot(pool);
    assert.equal(room - pool.room, 6); // the best row and two changes
    assert.deepEqual([first.size, second.size], [50, 50]);
    assert.deepEqual([second.bestPrice, second.bestSize], [1.5, 4]);
    assert.deepEqual(second.best, { price: 1.5, size: 4 });
    assert.equal(second.sizeAt(3), 0);
    assert.equal(first.sizeAt(3), 10);
    // Changed twice, it is copied.
    apply(ladder, [[4, 1]]);
    apply(ladder, [[5, 1]]);
    const third = ladder.snapshot(pool);
    assert.deepEqual([third.sizeAt(4), third.sizeAt(5)], [1, 1]);
    assert.deepEqual([second.sizeAt(4), second.sizeAt(5)], [10, 10]);
  });

  for (const order of ORDERS) {
    it(`PriceLadder.snapshot() (${order}) holds whoever looks at which one when`, () => {
      const change = fc.tuple(anyPrice, anySize) as fc.Arbitrary<Row>;
      const step = fc.record({
        rows: fc.array(change, { maxLength: 4 }),
        // How often the ladder changes before the next snapshot, mostly once.
        times: fc.constantFrom(1, 1, 1, 1, 0, 2),
        look: fc.option(fc.nat(), { freq: 3 }),
      });
      fc.assert(
        fc.property(
          fc.array(change, { minLength: 5, maxLength: 80 }),
          fc.array(step, { maxLength: 120 }),
          (rows, steps) => {
            const ladder = new PriceLadder(order);
            const model = new ModelLadder(order);
            const pool = new LadderPool();
            apply(ladder, rows);
            model.apply(rows);
            const kept: [PriceLadderSnapshot, Row[]][] = [];
            for (const { rows, times, look } of steps) {
              for (let i = 0; i < times; i++) {
                const part = i === 0 ? rows : rows.slice(1);
                apply(ladder, part);
                model.apply(part);
              }
              kept.push([ladder.snapshot(pool), model.rows()]);
              if (look === null) continue;
              const [snapshot, expected] = kept[look % kept.length]!;
              assertRows(snapshot, order, expected);
            }
            for (const [snapshot, expected] of kept) {
              assert.equal(snapshot.size, expected.length);
              assert.equal(snapshot.bestPrice, expected[0]?.[0] ?? NaN);
              assert.equal(snapshot.bestSize, expected[0]?.[1] ?? 0);
            }
            for (const [snapshot, expected] of kept.reverse()) {
              assertRows(snapshot, order, expected);
            }
          },
        ),
        { numRuns: 300 },
      );
    });
  }

  it("PriceLadder.snapshot() of an empty ladder is the shared empty one", () => {
    const pool = new LadderPool();
    const ladder = new PriceLadder("ascending");
    assert.equal(ladder.snapshot(pool), EMPTY_PRICE_LADDER);
    apply(ladder, [[2, 1]]);
    ladder.snapshot(pool);
    ladder.clear();
    assert.equal(ladder.snapshot(pool), EMPTY_PRICE_LADDER);
    assertRows(EMPTY_PRICE_LADDER, "ascending", []);
  });

  it("PriceLadder.snapshot() copies a ladder that is longer than a block", () => {
    const pool = new LadderPool();
    const ladder = new PriceLadder("ascending");
    const rows: Row[] = [];
    for (let n = 1; n <= 3000; n++) rows.push([n, n]);
    apply(ladder, rows);
    const large = ladder.snapshot(pool);
    ladder.clear();
    apply(ladder, [[2, 1]]);
    const small = ladder.snapshot(pool);
    assert.deepEqual(large.toJSON(), rows);
    assert.deepEqual(small.toJSON(), [[2, 1]]);
  });
});
