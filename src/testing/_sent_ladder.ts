import type { SeededRandom } from "./random.ts";

/**
 * Sizes by price, in pence so that sums are exact, together with what a
 * subscriber has been told of them: the changes since the last message can be
 * taken, and the told state can be read at any time.
 */
export class SentLadder {
  readonly #sizes = new Map<number, number>();
  readonly #sent = new Map<number, number>();
  readonly #touched = new Set<number>();

  /** Size at a price, pence. */
  get(price: number): number {
    return this.#sizes.get(price) ?? 0;
  }

  /** Sets the size at a price; 0 removes the price. */
  set(price: number, pence: number): void {
    if (pence === this.get(price)) return;
    if (pence === 0) this.#sizes.delete(price);
    else this.#sizes.set(price, pence);
    this.#touched.add(price);
  }

  /** Adds to the size at a price. */
  add(price: number, pence: number): void {
    this.set(price, this.get(price) + pence);
  }

  /** Removes all prices. */
  clear(): void {
    for (const price of [...this.#sizes.keys()]) this.set(price, 0);
  }

  /** Prices of a size above 0, in no order. */
  prices(): number[] {
    return [...this.#sizes.keys()];
  }

  /** Number of prices. */
  get count(): number {
    return this.#sizes.size;
  }

  /** Sum of all sizes, pence. */
  total(): number {
    let total = 0;
    for (const pence of this.#sizes.values()) total += pence;
    return total;
  }

  /**
   * Rows that bring a subscriber up to date. A price that came and went since
   * the last message is reported with size 0, which is what the exchange does
   * and what a cache has to ignore.
   */
  takeChanges(): number[][] {
    const rows: number[][] = [];
    for (const price of this.#touched) {
      const pence = this.get(price);
      if (pence !== 0 && pence === this.#sent.get(price)) continue;
      rows.push([price, pence / 100]);
      if (pence === 0) this.#sent.delete(price);
      else this.#sent.set(price, pence);
    }
    this.#touched.clear();
    return rows;
  }

  /** All rows, in random order as the exchange sends images. */
  takeImage(random: SeededRandom): number[][] {
    this.forget();
    for (const [price, pence] of this.#sizes) this.#sent.set(price, pence);
    return random.shuffle(
      [...this.#sizes].map(([price, pence]) => [price, pence / 100]),
    );
  }

  /** Takes back what the subscriber was told, as an image without this ladder does. */
  forget(): void {
    this.#sent.clear();
    this.#touched.clear();
  }

  /** What the subscriber was told, sorted by price. */
  sentRows(descending = false): number[][] {
    return [...this.#sent].map(([price, pence]) => [price, pence / 100])
      .sort((a, b) => descending ? b[0]! - a[0]! : a[0]! - b[0]!);
  }
}
