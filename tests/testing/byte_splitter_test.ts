import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  everyCut,
  oneByteAtATime,
  randomCuts,
  SeededRandom,
  toStream,
} from "../../src/testing/mod.ts";

const BYTES = new TextEncoder().encode("Élan\r\nCafé\r\n");

function joined(chunks: Iterable<Uint8Array>): Uint8Array {
  return Uint8Array.from([...chunks].flatMap((chunk) => [...chunk]));
}

describe("everyCut()", () => {
  it("yields each cut once, the empty parts included", () => {
    const cuts = [...everyCut(BYTES)];
    assert.deepEqual(cuts.map(([head]) => head.length), [
      ...Array(BYTES.length + 1).keys(),
    ]);
    for (const cut of cuts) assert.deepEqual(joined(cut), BYTES);
  });
});

describe("oneByteAtATime()", () => {
  it("yields views of one byte", () => {
    const chunks = [...oneByteAtATime(BYTES)];
    assert.ok(
      chunks.every((chunk) =>
        chunk.length === 1 && chunk.buffer === BYTES.buffer
      ),
    );
    assert.deepEqual(joined(chunks), BYTES);
  });
});

describe("randomCuts()", () => {
  it("yields all bytes in chunks within the limit, at times empty ones", () => {
    for (const maxChunk of [1, 2, 5, 4096]) {
      const bytes = new Uint8Array(3000).map((_, index) => index);
      const random = new SeededRandom(maxChunk);
      const chunks = [
        ...randomCuts(bytes, random, { maxChunk, emptyShare: 0.5 }),
      ];
      assert.ok(chunks.every((chunk) => chunk.length <= maxChunk));
      assert.ok(chunks.some((chunk) => chunk.length === 0));
      assert.deepEqual(joined(chunks), bytes);
    }
  });

  it("rejects a largest chunk that is not a positive integer", () => {
    const random = new SeededRandom(1);
    assert.throws(
      () => [...randomCuts(BYTES, random, { maxChunk: 0 })],
      RangeError,
    );
    assert.throws(
      () => [...randomCuts(BYTES, random, { maxChunk: 1.5 })],
      RangeError,
    );
  });
});

describe("toStream()", () => {
  it("delivers one chunk per read, taken on demand", async () => {
    let taken = 0;
    function* counted(): Generator<Uint8Array> {
      for (const chunk of oneByteAtATime(BYTES)) {
        taken++;
        yield chunk;
      }
    }
    const reader = toStream(counted()).getReader();
    assert.equal(taken, 0);
    assert.deepEqual((await reader.read()).value, BYTES.subarray(0, 1));
    assert.equal(taken, 1);
    let received = 1;
    while (!(await reader.read()).done) received++;
    assert.equal(received, BYTES.length);
  });

  it("ends its source when it is cancelled", async () => {
    let ended = false;
    async function* source(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) yield await Promise.resolve(BYTES);
      } finally {
        ended = true;
      }
    }
    const reader = toStream(source()).getReader();
    await reader.read();
    await reader.cancel();
    assert.ok(ended);
  });
});
