/**
 * Loading a whole image into an empty ladder.
 *
 * Row-by-row insertion is quadratic, so images have their own way. Sorted
 * images, the common case, are copied; shuffled ones (recordings made by other
 * software have them) are sorted in two steps, see {@linkcode sortRows}.
 *
 * @module
 */

import type { Sign } from "./_rows.ts";

// Rows are [price, size]; constants of this file, as V8 does not fold imported ones.
const PRICE = 0; // decimal odds
const SIZE = 1; // GBP
const STRIDE = 2;

/**
 * Loads rows into the tail of a buffer, best first. Of rows with the same price
 * the last wins, and rows of size 0 vanish: just as if they were applied one
 * by one.
 *
 * @param buffer Destination with room for all rows; what it holds is dropped.
 * @param sign Order of the ladder.
 * @param rows Source of `[price, size]` rows, in any order.
 * @param from First slot of the source.
 * @param to Slot behind the last row of the source.
 * @returns The slot of the best row in `buffer`; its length when there is none.
 */
export function loadRows(
  buffer: Float64Array,
  sign: Sign,
  rows: Float64Array,
  from: number,
  to: number,
): number {
  if (isSorted(rows, from, to, sign)) {
    return copyBackward(buffer, rows, from, to);
  }
  if (isSorted(rows, from, to, -sign as Sign)) {
    return copyForward(buffer, rows, from, to);
  }
  const head = buffer.length - (to - from);
  sortRows(buffer, head, sign, rows, from, to);
  return dropDuplicates(buffer, head);
}

/** Whether each row is strictly worse than the one before it. */
function isSorted(
  rows: Float64Array,
  from: number,
  to: number,
  sign: Sign,
): boolean {
  let before = rows[from + PRICE]! * sign;
  for (let at = from + STRIDE; at < to; at += STRIDE) {
    const key = rows[at + PRICE]! * sign;
    if (!(before < key)) return false;
    before = key;
  }
  return true;
}

/** Fills the tail of the buffer with rows that come best first. */
function copyBackward(
  buffer: Float64Array,
  rows: Float64Array,
  from: number,
  to: number,
): number {
  let head = buffer.length;
  for (let at = to - STRIDE; at >= from; at -= STRIDE) {
    const size = rows[at + SIZE]!;
    if (size === 0) continue;
    head -= STRIDE;
    buffer[head + PRICE] = rows[at + PRICE]!;
    buffer[head + SIZE] = size;
  }
  return head;
}

/** Fills the tail of the buffer with rows that come worst first. */
function copyForward(
  buffer: Float64Array,
  rows: Float64Array,
  from: number,
  to: number,
): number {
  let head = buffer.length;
  for (let at = from; at < to; at += STRIDE) {
    const size = rows[at + SIZE]!;
    if (size === 0) continue;
    head -= STRIDE;
    buffer[head + PRICE] = rows[at + PRICE]!;
    buffer[head + SIZE] = size;
  }
  return head;
}

/** Most buckets of {@linkcode sortRows}, as a power of two: enough for the longest ladders. */
const MAX_BUCKET_BITS = 8;
/** Slot where each bucket goes on; one more than there are buckets. */
const bucketSlots: Int32Array = new Int32Array((1 << MAX_BUCKET_BITS) + 1);
/** Per row the upper half of its price's bits, then its bucket; as long as the longest image yet. */
let scratch: Int32Array = new Int32Array(512);
// A double and its halves; which of them is the upper one depends on the machine.
const double: Float64Array = new Float64Array([1]);
const halves: Int32Array = new Int32Array(double.buffer);
const UPPER = halves[1] === 0 ? 0 : 1;

/**
 * Sorts rows by price, best first, rows of the same price in their given order.
 *
 * First the rows are dealt into buckets by the upper half of the price's bits,
 * a cheap stand-in for its logarithm. As odds ticks are spaced about
 * logarithmically, this leaves nearly sorted rows. Then insertion sort finishes
 * them; it alone makes the order right, so nothing is assumed about prices
 * (negative ones only make it slower).
 */
function sortRows(
  buffer: Float64Array,
  head: number,
  sign: Sign,
  rows: Float64Array,
  from: number,
  to: number,
): void {
  const count = (to - from) / STRIDE;
  if (scratch.length < count) scratch = new Int32Array(count * 2);
  const buckets = scratch;
  let least = 0x7fffffff;
  let most = -0x80000000;
  for (let i = 0; i < count; i++) {
    double[0] = rows[from + i * STRIDE + PRICE]!;
    const upper = halves[UPPER]!;
    buckets[i] = upper;
    if (upper < least) least = upper;
    if (upper > most) most = upper;
  }

  // One to four buckets a row, spread evenly over the range.
  const bits = Math.min(33 - Math.clz32(count), MAX_BUCKET_BITS);
  const bucketCount = 1 << bits;
  const scale = bucketCount / (most - least + 1);

  // Counting sort: count one bucket to the right, sum up, deal.
  const slots = bucketSlots;
  for (let bucket = 1; bucket <= bucketCount; bucket++) slots[bucket] = 0;
  for (let i = 0; i < count; i++) {
    const upper = buckets[i]!;
    const bucket = ((sign === 1 ? upper - least : most - upper) * scale) | 0;
    buckets[i] = bucket;
    slots[bucket + 1]! += STRIDE;
  }
  slots[0] = head;
  for (let i = 1; i < bucketCount; i++) slots[i]! += slots[i - 1]!;
  for (let i = 0; i < count; i++) {
    const at = from + i * STRIDE;
    const bucket = buckets[i]!;
    const slot = slots[bucket]!;
    slots[bucket] = slot + STRIDE;
    buffer[slot + PRICE] = rows[at + PRICE]!;
    buffer[slot + SIZE] = rows[at + SIZE]!;
  }

  insertionSort(buffer, head, sign);
}

/** Sorts nearly sorted rows up to the buffer's end; keeps the order of equal prices. */
function insertionSort(buffer: Float64Array, head: number, sign: Sign): void {
  const end = buffer.length;
  let before = buffer[head + PRICE]! * sign;
  for (let at = head + STRIDE; at < end; at += STRIDE) {
    const price = buffer[at + PRICE]!;
    const key = price * sign;
    if (before <= key) {
      before = key;
      continue;
    }
    const size = buffer[at + SIZE]!;
    let slot = at;
    do {
      buffer[slot + PRICE] = buffer[slot - STRIDE + PRICE]!;
      buffer[slot + SIZE] = buffer[slot - STRIDE + SIZE]!;
      slot -= STRIDE;
    } while (slot > head && buffer[slot - STRIDE + PRICE]! * sign > key);
    buffer[slot + PRICE] = price;
    buffer[slot + SIZE] = size;
  }
}

/** Of sorted rows keeps the last of each price, unless its size is 0. */
function dropDuplicates(buffer: Float64Array, from: number): number {
  let head = buffer.length;
  let kept = NaN;
  for (let at = head - STRIDE; at >= from; at -= STRIDE) {
    const price = buffer[at + PRICE]!;
    if (price === kept) continue;
    kept = price;
    const size = buffer[at + SIZE]!;
    if (size === 0) continue;
    head -= STRIDE;
    buffer[head + PRICE] = price;
    buffer[head + SIZE] = size;
  }
  return head;
}
