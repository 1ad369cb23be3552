/** One bzip2 block, decoded. See {@linkcode Bzip2BlockDecoder}. */

import { blockCrc } from "./_bzip2_crc.ts";
import { BYTE_BITS, LinkWalk } from "./_bzip2_links.ts";
import {
  Bzip2BlockError,
  HuffmanCode,
  LOOKUP_BITS,
  LOOKUP_SIZE,
  MAX_CODE_BITS,
  MAX_SYMBOLS,
} from "./_bzip2_code.ts";

// Our own decoder, after measuring what the registry has, since decompression
// bounds the speed of a replay. On real recordings it is 1.2 to 2.9 times as
// fast (median 1.5; Deno and Bun, warm, on a busy machine) as seek-bzip 2.0.0,
// the fastest pure JavaScript package; unbzip2-stream 1.4.3 is slower still.
// Neither tells at which bit a block has ended, which reading block by block
// and reading on behind damage are built on here; and the former brings a
// command line parser and calls deprecated constructors.

/** Most bytes that a block of level 9 holds before its run lengths are undone. */
export const MAX_BLOCK_BYTES = 900_000;

/** Bits of the marker in front of a block, and of the one at a stream's end. */
export const MARKER_BITS = 48;

const MAX_TABLES = 6;
const MIN_TABLES = 2;
const MAX_SELECTORS = 1 << 15;
const SYMBOLS_PER_SELECTOR = 50;
const RUN_B = 1;

// No run of a block needs a digit heavier than this. The weight doubles with
// each digit, so without a bound it would overflow on damaged input.
const MAX_RUN_WEIGHT = 1 << 20;

// Four equal bytes in a row are followed by a count of further ones.
const RUN_LENGTH = 4;

// What a block usually needs; one that decodes to more gives it back afterwards.
const OUTPUT_BYTES = 1 << 20;
const MAX_KEPT_OUTPUT_BYTES = 1 << 22;

/** Result of {@linkcode Bzip2BlockDecoder.decode} when the input ends inside the block. */
export const NEED_MORE_INPUT = -1;

/**
 * Decodes bzip2 blocks one at a time from memory.
 *
 * The block's checksum is verified before its bytes are handed out, so what
 * {@linkcode output} holds after {@linkcode decode} is what was compressed.
 * Buffers (about 6 MB) are made once and used again for each block.
 */
export class Bzip2BlockDecoder {
  #output = new Uint8Array(OUTPUT_BYTES);
  #outputLength = 0;
  #crc = 0;

  // Low 8 bits: byte i of the transformed block. Above them, once inverted: where
  // the byte that follows in the original is found; as a `LinkWalk` wants it.
  readonly #transform = new Int32Array(MAX_BLOCK_BYTES);
  readonly #walk = new LinkWalk();
  readonly #codes = Array.from({ length: MAX_TABLES }, () => new HuffmanCode());
  readonly #selectors = new Uint8Array(MAX_SELECTORS);
  readonly #byteOfSymbol = new Uint8Array(256);
  readonly #recent = new Uint8Array(256);
  readonly #lengths = new Uint8Array(MAX_SYMBOLS);
  readonly #counts = new Uint32Array(256);

  #bytes: Uint8Array = new Uint8Array(0);
  #bit = 0;

  /** The decoded bytes; a view that is valid until the next {@linkcode decode}. */
  get output(): Uint8Array {
    return this.#output.subarray(0, this.#outputLength);
  }

  /** Checksum of the decoded block, as a signed 32-bit number. */
  get crc(): number {
    return this.#crc;
  }

  /**
   * Decodes the block whose checksum field starts at a bit, so behind the marker.
   *
   * @param bytes Compressed bytes; those behind `end` are not used.
   * @param bit Offset of the block's first bit behind its marker, counted from the highest bit of `bytes[0]`.
   * @param end Offset in bytes behind the last compressed byte at hand.
   * @param maxBytes Most bytes in a block of this stream: 100,000 × its level.
   * @returns Offset of the bit behind the block, or {@linkcode NEED_MORE_INPUT}.
   * @throws {Bzip2BlockError} when the block is damaged.
   */
  decode(
    bytes: Uint8Array,
    bit: number,
    end: number,
    maxBytes: number,
  ): number {
    if (this.#output.length > MAX_KEPT_OUTPUT_BYTES) {
      this.#output = new Uint8Array(OUTPUT_BYTES);
    }
    this.#outputLength = 0;
    this.#bytes = bytes;
    this.#bit = bit;
    const endBit = end * 8;
    try {
      const expectedCrc = this.#readBits(16) << 16 | this.#readBits(16);
      if (this.#readBits(1) !== 0) {
        throw new Bzip2BlockError(
          "randomized blocks (bzip2 before 0.9.5) are not supported",
        );
      }
      const origin = this.#readBits(24);
      const symbolCount = this.#readAlphabet() + 2;
      const tableCount = this.#readBits(3);
      if (tableCount < MIN_TABLES || tableCount > MAX_TABLES) {
        throw new Bzip2BlockError(
          "the number of Huffman tables is out of range",
        );
      }
      const selectorCount = this.#readSelectors(tableCount, endBit);
      this.#readCodes(tableCount, symbolCount, endBit);
      if (this.#bit > endBit) return NEED_MORE_INPUT;
      const length = this.#readSymbols(
        selectorCount,
        symbolCount - 1,
        maxBytes,
        end,
      );
      if (this.#bit > endBit) return NEED_MORE_INPUT;
      if (origin >= length) {
        throw new Bzip2BlockError("the origin lies outside the block");
      }
      this.#invert(length);
      this.#write(origin, length);
      if (this.#crc !== expectedCrc) {
        this.#outputLength = 0;
        throw new Bzip2BlockError("the checksum of a block does not match");
      }
      return this.#bit;
    } catch (error) {
      // What was read past the end are zeros, which look like damage.
      if (error instanceof Bzip2BlockError && this.#bit > endBit) {
        return NEED_MORE_INPUT;
      }
      throw error;
    } finally {
      this.#bytes = this.#bytes.subarray(0, 0);
    }
  }

  /** Reads up to 24 bits. Past the end of the input they are zeros. */
  #readBits(count: number): number {
    const byte = this.#bit >>> 3;
    const bytes = this.#bytes;
    const word = bytes[byte]! << 24 | bytes[byte + 1]! << 16 |
      bytes[byte + 2]! << 8 | bytes[byte + 3]!;
    const value = (word << (this.#bit & 7)) >>> (32 - count);
    this.#bit += count;
    return value;
  }

  /** Reads which byte values occur; they are numbered in ascending order. */
  #readAlphabet(): number {
    const groups = this.#readBits(16);
    let count = 0;
    for (let group = 0; group < 16; group++) {
      if ((groups & (0x8000 >>> group)) === 0) continue;
      const members = this.#readBits(16);
      for (let member = 0; member < 16; member++) {
        if ((members & (0x8000 >>> member)) !== 0) {
          this.#byteOfSymbol[count++] = group << 4 | member;
        }
      }
    }
    if (count === 0) throw new Bzip2BlockError("no byte value is in use");
    return count;
  }

  /** Reads which table each group of 50 symbols uses; move-to-front, in unary. */
  #readSelectors(tableCount: number, endBit: number): number {
    const count = this.#readBits(15);
    if (count === 0) throw new Bzip2BlockError("there is no table selector");
    const recent = this.#recent;
    for (let table = 0; table < tableCount; table++) recent[table] = table;
    for (let i = 0; i < count && this.#bit <= endBit; i++) {
      let index = 0;
      while (this.#readBits(1) !== 0) {
        if (++index >= tableCount) {
          throw new Bzip2BlockError("a table selector is out of range");
        }
      }
      const table = recent[index]!;
      recent.copyWithin(1, 0, index);
      recent[0] = table;
      this.#selectors[i] = table;
    }
    return count;
  }

  /** Reads the code lengths of each table; each differs little from the one before it. */
  #readCodes(tableCount: number, symbolCount: number, endBit: number): void {
    for (let table = 0; table < tableCount; table++) {
      let length = this.#readBits(5);
      for (let symbol = 0; symbol < symbolCount; symbol++) {
        for (;;) {
          if (length < 1 || length > MAX_CODE_BITS || this.#bit > endBit) {
            throw new Bzip2BlockError("a Huffman code length is out of range");
          }
          if (this.#readBits(1) === 0) break;
          length += this.#readBits(1) === 0 ? 1 : -1;
        }
        this.#lengths[symbol] = length;
      }
      this.#codes[table]!.build(this.#lengths, symbolCount);
    }
  }

  /**
   * Undoes the Huffman and move-to-front coding into `#transform`, and counts
   * byte values in `#counts`. Long because it is the hot loop: three quarters of
   * a call's symbols come from here, and its bit buffer must stay in registers.
   */
  #readSymbols(
    selectorCount: number,
    endSymbol: number,
    maxBytes: number,
    end: number,
  ): number {
    const bytes = this.#bytes;
    const transform = this.#transform;
    const recent = this.#recent;
    const counts = this.#counts;
    const byteOfSymbol = this.#byteOfSymbol;
    recent.set(byteOfSymbol);
    counts.fill(0);

    let next = this.#bit >>> 3; // byte to read next
    let held = 8 - (this.#bit & 7); // bits of `bits` not yet used: its lowest ones
    let bits = bytes[next++]!;
    let length = 0;
    let run = 0;
    let weight = 1; // of the next digit of a run
    for (let selector = 0; selector < selectorCount; selector++) {
      const code = this.#codes[this.#selectors[selector]!]!;
      const lookup = code.lookup;
      for (let i = 0; i < SYMBOLS_PER_SELECTOR; i++) {
        while (held < MAX_CODE_BITS) {
          bits = bits << 8 | (next < end ? bytes[next]! : 0);
          next++;
          held += 8;
        }
        const entry =
          lookup[(bits >>> (held - LOOKUP_BITS)) & (LOOKUP_SIZE - 1)]!;
        let symbol = entry >>> 5;
        if (entry !== 0) {
          held -= entry & 31;
        } else {
          const word = (bits >>> (held - MAX_CODE_BITS)) &
            ((1 << MAX_CODE_BITS) - 1);
          let size = LOOKUP_BITS + 1;
          while (size <= MAX_CODE_BITS && word >= code.limit[size]!) size++;
          if (size > MAX_CODE_BITS) {
            this.#bit = next * 8 - held + MAX_CODE_BITS; // all of them were looked at
            throw new Bzip2BlockError("a Huffman code word is unknown");
          }
          symbol = code
            .symbols[(word >>> (MAX_CODE_BITS - size)) + code.base[size]!]!;
          held -= size;
        }

        if (symbol <= RUN_B) {
          if (weight > MAX_RUN_WEIGHT) {
            this.#bit = next * 8 - held;
            throw new Bzip2BlockError("a run is longer than a block");
          }
          run += weight << symbol;
          weight <<= 1;
          continue;
        }
        if (run > 0) {
          const byte = recent[0]!;
          if (run > maxBytes - length) {
            this.#bit = next * 8 - held;
            throw new Bzip2BlockError(
              "a block is longer than its level allows",
            );
          }
          counts[byte]! += run;
          transform.fill(byte, length, length + run);
          length += run;
          run = 0;
          weight = 1;
        }
        if (symbol === endSymbol) {
          this.#bit = next * 8 - held;
          return length;
        }
        if (length >= maxBytes) {
          this.#bit = next * 8 - held;
          throw new Bzip2BlockError("a block is longer than its level allows");
        }
        let index = symbol - 1;
        const byte = recent[index]!;
        for (; index > 0; index--) recent[index] = recent[index - 1]!;
        recent[0] = byte;
        counts[byte]!++;
        transform[length++] = byte;
      }
      if (next - 4 > end) break;
    }
    this.#bit = next * 8 - held;
    throw new Bzip2BlockError("the end of the block is missing");
  }

  /** Links each byte of the transformed block to its successor in the original. */
  #invert(length: number): void {
    const transform = this.#transform;
    const counts = this.#counts;
    let sum = 0;
    for (let byte = 0; byte < 256; byte++) {
      const count = counts[byte]!;
      counts[byte] = sum;
      sum += count;
    }
    for (let i = 0; i < length;) {
      // Bytes come in long runs: within one the place stays in a register.
      const byte = transform[i]! & 0xff;
      let place = counts[byte]!;
      do {
        transform[place++]! |= i++ << BYTE_BITS;
      } while (i < length && (transform[i]! & 0xff) === byte);
      counts[byte] = place;
    }
  }

  /** Follows the links from the origin, undoes the run lengths, and takes the checksum. */
  #write(origin: number, length: number): void {
    const transform = this.#transform;
    const first = transform[origin]! >>> BYTE_BITS;
    let output = this.#output;
    // There is always room for one byte of each entry that is left. Only counts of
    // equal bytes ask for more.
    if (output.length < length) output = new Uint8Array(length * 2);
    let at = 0;
    let left = length;
    let previous = -1;
    let run = 0;
    for (const piece of this.#walk.read(transform, first, length)) {
      left -= piece.length;
      for (let i = 0; i < piece.length; i++) {
        const byte = piece[i]!;
        if (run !== RUN_LENGTH) {
          output[at++] = byte;
          run = byte === previous ? run + 1 : 1;
          previous = byte;
          continue;
        }
        const needed = at + byte + piece.length - i + left;
        if (needed > output.length) {
          const grown = new Uint8Array(needed * 2);
          grown.set(output);
          output = grown;
        }
        for (const end = at + byte; at < end; at++) output[at] = previous;
        run = 0;
      }
    }
    this.#output = output;
    this.#outputLength = at;
    this.#crc = blockCrc(output, at);
  }
}
