/**
 * The prices of the CLASSIC ladder (protocol 3.5) and the way from a price to
 * its place on it.
 *
 * @module
 */

// From this price (hundredths) in steps of this many hundredths.
const STEPS: readonly (readonly [from: number, step: number])[] = [
  [101, 1],
  [200, 2],
  [300, 5],
  [400, 10],
  [600, 20],
  [1000, 50],
  [2000, 100],
  [3000, 200],
  [5000, 500],
  [10000, 1000],
];
const HIGHEST = 100000;

/** The 350 prices from 1.01 to 1000, ascending; the index of a price is its tick. */
export const TICKS: readonly number[] = classicTicks();

/** The highest tick, that of price 1000. */
export const LAST_TICK: number = TICKS.length - 1;

/** The tick of the highest ladder price that is not above `price`; 0 when all are. */
export function tickAtOrBelow(price: number): number {
  let low = 0;
  let high = LAST_TICK;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (TICKS[middle]! <= price) low = middle;
    else high = middle - 1;
  }
  return low;
}

function classicTicks(): number[] {
  const ticks: number[] = [];
  STEPS.forEach(([from, step], index) => {
    const end = STEPS[index + 1]?.[0] ?? HIGHEST + 1;
    // An integer divided by 100 is the double that the decimal literal parses to.
    for (let hundredths = from; hundredths < end; hundredths += step) {
      ticks.push(hundredths / 100);
    }
  });
  return ticks;
}
