/** From rows and changes to the rows that result. See {@linkcode settle}. */

import { NO_ROWS, type Sign } from "./_rows.ts";

const PRICE = 0; // decimal odds
const SIZE = 1; // GBP
const STRIDE = 2;

/** Rows `[price, size]` in a part of an array. */
export interface Run {
  /** What holds the rows. */
  readonly block: Float64Array;
  /** Slot of the first row. */
  readonly start: number;
  /** Slot behind the last row. */
  readonly end: number;
}

/**
 * Applies runs of changes to the rows of a ladder, by the rules of
 * {@linkcode PriceLadder.apply}, but only once in a while: plainly.
 *
 * @param base The rows, sorted, best first.
 * @param changes The runs, the earliest first.
 * @param sign 1 when the lowest price is best, -1 when the highest is.
 * @returns The rows, to the end of a buffer of their own.
 */
export function settle(
  base: Run,
  changes: readonly Run[],
  sign: Sign,
): Run {
  const room = changes.reduce((sum, { start, end }) => sum + end - start, 0);
  const buffer = new Float64Array(room + base.end - base.start);
  buffer.set(base.block.subarray(base.start, base.end), room);
  let head = room;
  for (const { block, start, end } of changes) {
    for (let row = start; row < end; row += STRIDE) {
      const price = block[row + PRICE]!;
      const size = block[row + SIZE]!;
      const at = find(buffer, head, price * sign, sign);
      if (at < buffer.length && buffer[at + PRICE] === price) {
        buffer[at + SIZE] = size;
        if (size !== 0) continue;
        buffer.copyWithin(head + STRIDE, head, at);
        head += STRIDE;
      } else if (size !== 0) {
        buffer.copyWithin(head - STRIDE, head, at);
        head -= STRIDE;
        buffer[at - STRIDE + PRICE] = price;
        buffer[at - STRIDE + SIZE] = size;
      }
    }
  }
  return head === buffer.length
    ? { block: NO_ROWS, start: 0, end: 0 }
    : { block: buffer, start: head, end: buffer.length };
}

/** Slot of the first row that is not better than a price. */
function find(
  buffer: Float64Array,
  head: number,
  key: number,
  sign: Sign,
): number {
  let low = 0;
  let high = (buffer.length - head) / STRIDE;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (buffer[head + middle * STRIDE + PRICE]! * sign < key) low = middle + 1;
    else high = middle;
  }
  return head + low * STRIDE;
}
