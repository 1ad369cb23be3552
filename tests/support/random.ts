/** A small seeded generator of pseudo-random numbers (mulberry32). */
export class SeededRandom {
  #state: number;

  /** Starts the sequence that belongs to a seed, any 32-bit integer. */
  constructor(seed: number) {
    this.#state = seed | 0;
  }

  /** The next number, from 0 to 2³² - 1. */
  next(): number {
    let mixed = this.#state = (this.#state + 0x6d2b79f5) | 0;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }

  /** An integer from 0 to `count` - 1; 0 if there is no choice. */
  below(count: number): number {
    return count <= 1 ? 0 : this.next() % count;
  }

  /** One of the values. */
  pick<T>(values: readonly T[]): T {
    return values[this.below(values.length)]!;
  }

  /** Whether an event of probability one in `n` happens. */
  oneIn(n: number): boolean {
    return this.below(n) === 0;
  }

  /** The values in another order. */
  shuffle<T>(values: readonly T[]): T[] {
    const shuffled = [...values];
    for (let i = shuffled.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      [shuffled[i], shuffled[j]] = [shuffled[j]!, shuffled[i]!];
    }
    return shuffled;
  }
}
