/** Which way prices went. See {@linkcode PriceMoves}. */

/** How long a move is marked. */
const SHOWN_MS = 2000;

/** Up, down, or neither lately. */
export type Move = 1 | -1 | 0;

interface LastPrice {
  price: number;
  move: Move;
  movedMs: number;
}

/**
 * Remembers prices from one look to the next, and which way they went lately.
 * Looking is sampling: what went up and down in between is not seen.
 */
export class PriceMoves {
  readonly #last = new Map<string, LastPrice>();

  /**
   * Looks at a price.
   *
   * @param key Whose price it is.
   * @param price The price; null when there is none.
   * @param nowMs The time, ms.
   * @returns Which way it went lately.
   */
  look(key: string, price: number | null, nowMs: number): Move {
    const last = this.#last.get(key);
    if (price === null || price === 0) return 0;
    if (last === undefined) {
      this.#last.set(key, { price, move: 0, movedMs: nowMs });
      return 0;
    }
    if (price !== last.price) {
      last.move = price > last.price ? 1 : -1;
      last.movedMs = nowMs;
      last.price = price;
    }
    return nowMs - last.movedMs < SHOWN_MS ? last.move : 0;
  }

  /** Forgets all prices but those of some. */
  keepOnly(isKept: (key: string) => boolean): void {
    for (const key of this.#last.keys()) {
      if (!isKept(key)) this.#last.delete(key);
    }
  }
}
