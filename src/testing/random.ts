/** 2 ** -53: turns 53 random bits into a number below 1. */
const UNIT = 1 / 9007199254740992;

/** Rounds that let a freshly seeded state diverge before its first number is used. */
const WARM_UP_ROUNDS = 12;

/**
 * A small seeded random number generator: the same seed gives the same numbers
 * in every runtime and version, so that a failing test can be run again from
 * the seed that it printed. Not for secrets.
 *
 * The algorithm is sfc32 (three words of state and a counter, period at least
 * 2 ** 32), seeded by a multiply-and-xor mix of the seed. Only integer
 * operations and exactly rounded arithmetic are used: no `Math.log` or
 * `Math.pow`, whose last bit differs between JavaScript engines.
 *
 * @example Usage
 * ```ts
 * import { SeededRandom } from "@betfair-stream/core/testing";
 * import assert from "node:assert/strict";
 *
 * const random = new SeededRandom(42);
 * const again = new SeededRandom(42);
 * assert.equal(random.next(), again.next());
 * const die = random.integer(1, 6);
 * assert.ok(die >= 1 && die <= 6);
 * ```
 */
export class SeededRandom {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  /**
   * Creates a generator.
   *
   * @param seed a safe integer
   * @throws {RangeError} when the seed is not a safe integer
   */
  constructor(seed: number) {
    if (!Number.isSafeInteger(seed)) {
      throw new RangeError(
        `Cannot seed random numbers as the seed must be a safe integer: ${seed}`,
      );
    }
    this.#a = mix(seed | 0);
    this.#b = mix(Math.floor(seed / 4294967296) ^ 0x9e3779b9);
    this.#c = mix(this.#a ^ this.#b ^ 0x243f6a88);
    for (let round = 0; round < WARM_UP_ROUNDS; round++) this.#word();
  }

  /** The next number, at least 0 and less than 1, of 53 random bits. */
  next(): number {
    const high = this.#word() >>> 5;
    const low = this.#word() >>> 6;
    return (high * 67108864 + low) * UNIT;
  }

  /**
   * The next integer from `min` to `max`, both included.
   *
   * @throws {RangeError} when the bounds are not safe integers in this order
   */
  integer(min: number, max: number): number {
    if (!Number.isSafeInteger(min) || !Number.isSafeInteger(max) || min > max) {
      throw new RangeError(
        `Cannot draw an integer as the bounds must be ordered integers: ${min}, ${max}`,
      );
    }
    return min + Math.floor(this.next() * (max - min + 1));
  }

  /** True with the given probability (0 never, 1 always). */
  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /**
   * One of the items, each with the same probability.
   *
   * @throws {RangeError} when there is none
   */
  pick<T>(items: readonly T[]): T {
    if (items.length === 0) {
      throw new RangeError("Cannot pick an item as the list is empty");
    }
    return items[this.integer(0, items.length - 1)]!;
  }

  /** Puts the items into a random order, in place, and returns them. */
  shuffle<T>(items: T[]): T[] {
    for (let last = items.length - 1; last > 0; last--) {
      const other = this.integer(0, last);
      const item = items[last]!;
      items[last] = items[other]!;
      items[other] = item;
    }
    return items;
  }

  /** 32 random bits as a signed integer. */
  #word(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum;
  }
}

/** Spreads every bit of a word over the whole word. */
function mix(word: number): number {
  let mixed = (word + 0x6d2b79f5) | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
  return mixed ^ (mixed >>> 15);
}
