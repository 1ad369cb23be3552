/** A pair of tokens to resume a subscription from. See {@linkcode Clock}. */

import { decodeJsonText } from "../tape/json_text.ts";

/**
 * Keeps `initialClk` and `clk` of a stream (protocol section 6.1) without making a
 * string of each: most are replaced before anybody asks.
 */
export class Clock {
  readonly #clk = new Token();
  readonly #initialClk = new Token();

  /** The latest `clk`. */
  get clk(): string | undefined {
    return this.#clk.text;
  }

  /** The latest `initialClk`. */
  get initialClk(): string | undefined {
    return this.#initialClk.text;
  }

  /** Takes over a `clk` from a range of bytes: the content of a JSON string. */
  setClk(bytes: Uint8Array, start: number, end: number): void {
    this.#clk.set(bytes, start, end);
  }

  /** Takes over tokens that are strings already; undefined ones change nothing. */
  setText(clk: string | undefined, initialClk: string | undefined): void {
    if (clk !== undefined) this.#clk.text = clk;
    if (initialClk !== undefined) this.#initialClk.text = initialClk;
  }

  /** Forgets both. */
  clear(): void {
    this.#clk.text = undefined;
    this.#initialClk.text = undefined;
  }
}

/** A token as bytes, as text, or not there. */
class Token {
  #bytes: Uint8Array = new Uint8Array(64);
  /** Length of the bytes, or -1 when the text counts. */
  #length = -1;
  #text: string | undefined;

  set(bytes: Uint8Array, start: number, end: number): void {
    const length = end - start;
    if (length > this.#bytes.length) this.#bytes = new Uint8Array(length * 2);
    const own = this.#bytes;
    // A loop, as `set` needs a `subarray`, which costs more than a token's bytes.
    for (let i = 0; i < length; i++) own[i] = bytes[start + i]!;
    this.#length = length;
  }

  get text(): string | undefined {
    if (this.#length >= 0) {
      this.#text = decodeJsonText(this.#bytes, 0, this.#length);
      this.#length = -1;
    }
    return this.#text;
  }

  set text(text: string | undefined) {
    this.#text = text;
    this.#length = -1;
  }
}
