import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { BookFeed } from "../../src/cache/book_feed.ts";
import { definition, type Json, mcm, push } from "../support/messages.ts";

const MARKETS = 20_000;
/** Every so many markets one is watched. */
const STEP = 100;
/** Markets at once in an image. */
const IMAGE_MARKETS = 50;

const OFFERS = Array.from({ length: 40 }, (_, i) => [1.01 + i / 100, 5]);

function image(id: string): Json {
  return {
    id,
    img: true,
    marketDefinition: definition([7, 8]),
    rc: [7, 8].map((runner) => ({ id: runner, atb: OFFERS })),
  };
}

function nextTask(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Makes the engine collect garbage: by asking it, or by making garbage. */
function collectGarbage(): void {
  const { Bun } = globalThis as {
    Bun?: { gc?(isForced: boolean): void };
  };
  if (Bun?.gc !== undefined) return Bun.gc(true);
  const garbage: Float64Array[][] = [];
  for (let i = 0; i < 60; i++) {
    garbage[i & 3] = Array.from({ length: 2000 }, () => new Float64Array(64));
  }
}

/** Asserts that nearly all have been collected, at the latest after some urging. */
async function assertCollected(
  refs: readonly WeakRef<object>[],
): Promise<void> {
  let left = refs.length;
  for (let round = 0; round < 20 && left * 20 > refs.length; round++) {
    collectGarbage();
    // A reference that was looked at holds on until the task is over.
    await nextTask();
    left = refs.filter((ref) => ref.deref() !== undefined).length;
    await nextTask();
  }
  assert.ok(left * 20 <= refs.length, `${left} of ${refs.length} are left`);
}

describe("StreamCache and memory", () => {
  it(`lets go of ${MARKETS} markets that open and close`, async () => {
    const feed = new BookFeed();
    const refs: WeakRef<object>[] = [];
    for (let i = 0; i < MARKETS; i++) {
      const id = `1.${100_000_000 + i}`;
      const marketDefinition = definition([7, 8], { status: "CLOSED" });
      push(feed, mcm([image(id)]));
      if (i % STEP === 0) {
        refs.push(new WeakRef(feed.cache.markets.get(id)!));
        await nextTask();
      }
      push(feed, mcm([{ id, marketDefinition }]));
      assert.ok(feed.cache.markets.size <= 2);
    }
    push(feed, mcm([]));
    assert.equal(feed.cache.markets.size, 0);
    await assertCollected(refs);
  });

  it("lets go of markets that images leave out", async () => {
    const feed = new BookFeed();
    const refs: WeakRef<object>[] = [];
    for (let i = 0; i < 100; i++) {
      const markets = Array.from(
        { length: IMAGE_MARKETS },
        (_, n) => image(`1.${i * IMAGE_MARKETS + n}`),
      );
      push(feed, mcm(markets, { ct: "SUB_IMAGE" }));
      for (const book of feed.cache.markets) refs.push(new WeakRef(book));
      assert.equal(feed.cache.markets.size, IMAGE_MARKETS);
      await nextTask();
    }
    push(feed, mcm([], { ct: "SUB_IMAGE" }), mcm([]));
    await assertCollected(refs);
  });
});
