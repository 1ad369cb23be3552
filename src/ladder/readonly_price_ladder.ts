/** What can be asked of a price ladder. See {@linkcode ReadonlyPriceLadder}. */

/** Which price of a ladder is best: the highest (back) or the lowest (lay, traded). */
export type LadderOrder = "descending" | "ascending";

/** One row of a ladder. */
export interface PriceSize {
  /** Decimal odds; on LINE markets the position of the line. */
  readonly price: number;
  /**
   * Money: on a market's ladders GBP, whatever the account's currency; on those of
   * matched orders the account's currency (protocol sections 4.6 and 5).
   */
  readonly size: number;
}

/**
 * The query side of a ladder: rows of price and size, whose units are those of
 * {@linkcode PriceSize}, best first. Row indexes are integers, 0 is the best row.
 *
 * A live ladder changes under the reader with the next update; its
 * `snapshot()` does not.
 */
export interface ReadonlyPriceLadder extends Iterable<PriceSize> {
  /** Number of rows. */
  readonly size: number;
  /** The best row, as a new object; undefined when the ladder is empty. */
  readonly best: PriceSize | undefined;
  /** Price of the best row; NaN when the ladder is empty. Allocates nothing. */
  readonly bestPrice: number;
  /** Size of the best row; 0 when the ladder is empty. Allocates nothing. */
  readonly bestSize: number;
  /**
   * `[price, size]` of every row, best first: a view of the ladder's own
   * storage, to be read only, valid until the ladder's next change. Copy it
   * (`rows.slice()`) or take a snapshot to keep it.
   */
  readonly rows: Float64Array;
  /** Sum of all sizes. */
  readonly totalSize: number;
  /**
   * Price of a row.
   *
   * @param index 0-based row, 0 is best.
   * @returns The row's price; NaN when there is no such row.
   */
  priceAt(index: number): number;
  /**
   * Size of a row.
   *
   * @param index 0-based row, 0 is best.
   * @returns The row's size; 0 when there is no such row.
   */
  sizeAtIndex(index: number): number;
  /**
   * Size at a price.
   *
   * @param price Decimal odds, compared exactly.
   * @returns The size at that price; 0 when there is none.
   */
  sizeAt(price: number): number;
  /**
   * Cumulative size down to a price.
   *
   * @param price Decimal odds; need not be a price of the ladder.
   * @returns Sum of the sizes from the best price to this one, inclusive.
   */
  volumeTo(price: number): number;
  /** All rows as objects, best first; a copy. */
  toArray(): PriceSize[];
  /** All rows as `[price, size]` pairs, best first, for `JSON.stringify`; a copy. */
  toJSON(): [number, number][];
}
