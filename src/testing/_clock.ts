import type { SeededRandom } from "./random.ts";

const BASE64 =
  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** The token of a fresh market image, as the exchange sends it. */
export const FRESH_MARKET_CLOCK = "AAAAAAAA";
/** The token of a fresh order image. */
export const FRESH_ORDER_CLOCK = "AAAAAAAAAAAAAA==";

/** Makes the resume tokens of one stream: opaque text, or digits in purchased files. */
export class Clock {
  readonly #random: SeededRandom;
  readonly #digits: boolean;
  #count: number;

  constructor(random: SeededRandom, digits: boolean) {
    this.#random = random;
    this.#digits = digits;
    this.#count = random.integer(3_000_000_000, 7_000_000_000);
  }

  /** A `clk` that was not there before. */
  next(): string {
    this.#count += this.#random.integer(1, 60);
    return this.#digits ? String(this.#count) : `A${this.#token(11)}`;
  }

  /** An `initialClk`. */
  initial(): string {
    return this.#token(28);
  }

  #token(length: number): string {
    let token = "";
    for (let at = 0; at < length; at++) {
      token += BASE64[this.#random.integer(0, 63)];
    }
    return token;
  }
}
