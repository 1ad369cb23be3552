/** The small value types that several wire messages share. */

import type { OpenString } from "./open_string.ts";

/**
 * A number that may come as text where JSON has no number for it: `"NaN"` (not
 * computable) and `"Infinity"` (no opposing money) are common, the other
 * spellings occur in any case. Protocol section 4.5.
 */
export type WireScalar =
  | number
  | OpenString<"NaN" | "Infinity" | "-Infinity" | "INF" | "-INF">;

/**
 * A row of a price ladder: decimal odds and money at that price, GBP in market
 * messages and account currency in order messages. Size 0 removes the price.
 */
export type WirePriceSize = readonly [price: number, size: number];

/**
 * A row of a level ladder: level from 0 (best), decimal odds, and money in GBP.
 * Size 0 empties the level.
 */
export type WireLevelPriceSize = readonly [
  level: number,
  price: number,
  size: number,
];
