/** Rules about money matched, shared by books and snapshots (protocol section 4.6). @module */

/** Rounds GBP to the penny, as the exchange's own totals are. */
export function roundToPenny(amount: number): number {
  return Math.round(amount * 100) / 100;
}

/**
 * A runner's total matched.
 *
 * @param reported `tv`, if supplied.
 * @param isPurchased Whether `tv` is that of a purchased file, and no total.
 * @param tradedSize Sum of the traded ladder, undefined if the column is unknown.
 */
export function runnerTotal(
  reported: number | undefined,
  isPurchased: boolean,
  tradedSize: number | undefined,
): number | undefined {
  if (reported !== undefined && !isPurchased) return reported;
  return tradedSize === undefined ? undefined : roundToPenny(tradedSize);
}

/** The sum of the totals that are known; undefined when none is. */
export function marketTotal(
  reported: number | undefined,
  isPurchased: boolean,
  runners: readonly { readonly totalMatched: number | undefined }[],
): number | undefined {
  if (reported !== undefined && !isPurchased) return reported;
  let sum = 0;
  let isKnown = false;
  for (const { totalMatched } of runners) {
    if (totalMatched === undefined) continue;
    sum += totalMatched;
    isKnown = true;
  }
  return isKnown ? roundToPenny(sum) : undefined;
}
