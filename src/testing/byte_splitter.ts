/**
 * Ways to cut bytes into chunks: what comes out of a feed must not depend on
 * where its input was cut.
 *
 * @module
 */

import type { SeededRandom } from "./random.ts";

/** Options of {@linkcode randomCuts}. */
export interface RandomCutsOptions {
  /**
   * Largest chunk in bytes.
   *
   * @default {4096}
   */
  readonly maxChunk?: number;
  /**
   * Probability of an empty chunk before a chunk. Sources do deliver them.
   *
   * @default {0.02}
   */
  readonly emptyShare?: number;
}

/**
 * Every way to cut the bytes in two, from an empty first part to an empty
 * second part: `bytes.length + 1` pairs. The parts are views of the bytes.
 *
 * @example Usage
 * ```ts
 * import { everyCut } from "@betfair-stream/core/testing";
 * import assert from "node:assert/strict";
 *
 * const bytes = new TextEncoder().encode("ab");
 * const sizes = [...everyCut(bytes)].map((chunks) => chunks.map((chunk) => chunk.length));
 * assert.deepEqual(sizes, [[0, 2], [1, 1], [2, 0]]);
 * ```
 */
export function* everyCut(
  bytes: Uint8Array,
): Generator<[Uint8Array, Uint8Array]> {
  for (let cut = 0; cut <= bytes.length; cut++) {
    yield [bytes.subarray(0, cut), bytes.subarray(cut)];
  }
}

/**
 * The bytes as chunks of one byte each. The chunks are views of the bytes.
 *
 * @example Usage
 * ```ts
 * import { oneByteAtATime } from "@betfair-stream/core/testing";
 * import assert from "node:assert/strict";
 *
 * assert.equal([...oneByteAtATime(new Uint8Array(3))].length, 3);
 * ```
 */
export function* oneByteAtATime(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at++) yield bytes.subarray(at, at + 1);
}

/**
 * The bytes as chunks of random sizes, small sizes as likely as large ones, and
 * now and then an empty one. The chunks are views of the bytes.
 *
 * @throws {RangeError} when the largest chunk is not a positive integer
 *
 * @example Usage
 * ```ts
 * import { randomCuts, SeededRandom } from "@betfair-stream/core/testing";
 * import assert from "node:assert/strict";
 *
 * const chunks = [...randomCuts(new Uint8Array(1000), new SeededRandom(1), { maxChunk: 10 })];
 * assert.equal(chunks.reduce((total, chunk) => total + chunk.length, 0), 1000);
 * assert.ok(chunks.every((chunk) => chunk.length <= 10));
 * ```
 */
export function* randomCuts(
  bytes: Uint8Array,
  random: SeededRandom,
  options?: RandomCutsOptions,
): Generator<Uint8Array> {
  const maxChunk = options?.maxChunk ?? 4096;
  const emptyShare = options?.emptyShare ?? 0.02;
  if (!Number.isSafeInteger(maxChunk) || maxChunk < 1) {
    throw new RangeError(
      `Cannot cut bytes as the largest chunk must be a positive integer: ${maxChunk}`,
    );
  }
  let at = 0;
  while (at < bytes.length) {
    if (random.chance(emptyShare)) yield bytes.subarray(at, at);
    // Two draws: first the magnitude, so that a chunk of a few bytes is not a rare event.
    const limit = random.integer(1, maxChunk);
    const end = Math.min(bytes.length, at + random.integer(1, limit));
    yield bytes.subarray(at, end);
    at = end;
  }
}

/**
 * A stream of the chunks, one per read, taken from the iterable on demand.
 *
 * @example Usage
 * ```ts
 * import { oneByteAtATime, toStream } from "@betfair-stream/core/testing";
 * import assert from "node:assert/strict";
 *
 * const stream = toStream(oneByteAtATime(new TextEncoder().encode("hi")));
 * assert.equal(await new Response(stream).text(), "hi");
 * ```
 */
export function toStream<T extends Uint8Array>(
  chunks: Iterable<T> | AsyncIterable<T>,
): ReadableStream<T> {
  const iterator = Symbol.asyncIterator in chunks
    ? chunks[Symbol.asyncIterator]()
    : chunks[Symbol.iterator]();
  return new ReadableStream<T>({
    async pull(controller): Promise<void> {
      const { done, value } = await iterator.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel(): Promise<void> {
      await iterator.return?.();
    },
  }, { highWaterMark: 0 });
}
