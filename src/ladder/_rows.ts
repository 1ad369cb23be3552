/**
 * Rows of a ladder and the questions asked of them.
 *
 * A run of rows is part of a `Float64Array`, from slot `start` to slot `end`,
 * best row first:
 *
 * ```text
 *            start                                          end
 *   anything │ price₀ size₀ price₁ size₁ … priceₙ₋₁ sizeₙ₋₁ │ anything
 * ```
 *
 * Live ladders and snapshots both keep such a run in `#` fields and ask here.
 * Functions on the run rather than a common base class: `#` fields cannot be
 * shared with a subclass, and functions see one shape of argument only.
 *
 * @module
 */

import type { PriceSize } from "./readonly_price_ladder.ts";

const PRICE = 0; // decimal odds
const SIZE = 1; // GBP
const STRIDE = 2;

/** Storage of every ladder that never had a row. */
export const NO_ROWS: Float64Array = new Float64Array(0);

/**
 * A factor that makes better prices smaller, so that one comparison serves
 * both orders without a branch: `price * sign` ascends from the best row on.
 */
export type Sign = -1 | 1;

/** Price of a row; NaN when there is no such row. */
export function priceAt(
  buffer: Float64Array,
  start: number,
  end: number,
  index: number,
): number {
  const at = start + index * STRIDE;
  return at >= start && at < end ? buffer[at + PRICE]! : NaN;
}

/** Size of a row; 0 when there is no such row. */
export function sizeAtIndex(
  buffer: Float64Array,
  start: number,
  end: number,
  index: number,
): number {
  const at = start + index * STRIDE;
  return at >= start && at < end ? buffer[at + SIZE]! : 0;
}

/** The best row as an object. */
export function best(
  buffer: Float64Array,
  start: number,
  end: number,
): PriceSize | undefined {
  return start < end
    ? { price: buffer[start + PRICE]!, size: buffer[start + SIZE]! }
    : undefined;
}

/**
 * Size at a price. A plain scan: what is asked for is mostly near the best
 * row, and it holds for level ladders too, whose prices may be out of order
 * between two entries of a message.
 */
export function sizeAt(
  buffer: Float64Array,
  start: number,
  end: number,
  price: number,
): number {
  for (let at = start; at < end; at += STRIDE) {
    if (buffer[at + PRICE] === price) return buffer[at + SIZE]!;
  }
  return 0;
}

/** Sum of sizes from the best row to the last that is not worse than a price. */
export function volumeTo(
  buffer: Float64Array,
  start: number,
  end: number,
  sign: Sign,
  price: number,
): number {
  const key = price * sign;
  let volume = 0;
  for (let at = start; at < end; at += STRIDE) {
    // Written so that a NaN price ends the walk at once.
    if (!(buffer[at + PRICE]! * sign <= key)) break;
    volume += buffer[at + SIZE]!;
  }
  return volume;
}

/** Sum of all sizes. */
export function totalSize(
  buffer: Float64Array,
  start: number,
  end: number,
): number {
  let total = 0;
  for (let at = start; at < end; at += STRIDE) total += buffer[at + SIZE]!;
  return total;
}

/** All rows as objects. */
export function toArray(
  buffer: Float64Array,
  start: number,
  end: number,
): PriceSize[] {
  const rows: PriceSize[] = [];
  for (let at = start; at < end; at += STRIDE) {
    rows.push({ price: buffer[at + PRICE]!, size: buffer[at + SIZE]! });
  }
  return rows;
}

/** All rows as pairs. */
export function toPairs(
  buffer: Float64Array,
  start: number,
  end: number,
): [number, number][] {
  const pairs: [number, number][] = [];
  for (let at = start; at < end; at += STRIDE) {
    pairs.push([buffer[at + PRICE]!, buffer[at + SIZE]!]);
  }
  return pairs;
}

/** Walks the rows, one new object each. */
export function* iterate(
  buffer: Float64Array,
  start: number,
  end: number,
): Generator<PriceSize, void, undefined> {
  for (let at = start; at < end; at += STRIDE) {
    yield { price: buffer[at + PRICE]!, size: buffer[at + SIZE]! };
  }
}
