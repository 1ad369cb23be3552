/** The Huffman codes of a bzip2 block. See {@linkcode HuffmanCode}. */

/** Longest code word. */
export const MAX_CODE_BITS = 20;

/** Most symbols: 256 byte values less the most recent one, two digits of runs, the end. */
export const MAX_SYMBOLS = 258;

/** Code words of up to this many bits are found by one look-up; 2 KiB a table. */
export const LOOKUP_BITS = 10;

/** Entries of {@linkcode HuffmanCode.lookup}. */
export const LOOKUP_SIZE: number = 1 << LOOKUP_BITS;

/** What is wrong with a block. Internal: callers report it as a `ReplaySourceError`. */
export class Bzip2BlockError extends Error {
  /** Always `"Bzip2BlockError"`. */
  override name = "Bzip2BlockError";
}

/** A canonical Huffman code. One per table of a block, used again by the next block. */
export class HuffmanCode {
  // By the next LOOKUP_BITS bits: symbol << 5 | length, or 0 for a longer code.
  readonly lookup: Uint16Array = new Uint16Array(LOOKUP_SIZE);
  // By length: the first code of that length that is too large to be one, left
  // aligned to MAX_CODE_BITS, so that lengths are told apart by one comparison.
  readonly limit: Int32Array = new Int32Array(MAX_CODE_BITS + 2);
  // By length: what to add to a code to get its index in `symbols`.
  readonly base: Int32Array = new Int32Array(MAX_CODE_BITS + 1);
  readonly symbols: Uint16Array = new Uint16Array(MAX_SYMBOLS);

  /**
   * Assigns code words by length, and within a length by symbol.
   *
   * @throws {Bzip2BlockError} when there are more words than fit in their lengths.
   */
  build(lengths: Uint8Array, symbolCount: number): void {
    this.lookup.fill(0);
    let code = 0;
    let index = 0;
    for (let length = 1; length <= MAX_CODE_BITS; length++) {
      this.base[length] = index - code;
      for (let symbol = 0; symbol < symbolCount; symbol++) {
        if (lengths[symbol] !== length) continue;
        this.symbols[index++] = symbol;
        if (length <= LOOKUP_BITS) {
          const spare = LOOKUP_BITS - length;
          this.lookup.fill(
            symbol << 5 | length,
            code << spare,
            (code + 1) << spare,
          );
        }
        code++;
      }
      if (code > 1 << length) {
        throw new Bzip2BlockError("a Huffman code has more words than fit");
      }
      this.limit[length] = code << (MAX_CODE_BITS - length);
      code <<= 1;
    }
  }
}
