/** Data compressed with bzip2. See {@linkcode BZIP2}. */

import type { SourceChunk } from "./byte_source.ts";
import type { ByteWindow } from "./_byte_window.ts";
import {
  Bzip2BlockDecoder,
  MARKER_BITS,
  MAX_BLOCK_BYTES,
  NEED_MORE_INPUT,
} from "./_bzip2_block.ts";
import { Bzip2BlockError } from "./_bzip2_code.ts";
import { type Container, corrupt, slices, truncated } from "./_container.ts";
import type { ReplaySourceError } from "./replay_source_error.ts";

// A stream, at a byte: "BZh", its level "1" to "9", blocks, and its end. Blocks
// and the end start at any bit with a marker: the digits of pi and of its root.
const HEADER_BYTES = 4;
const LEVEL_BYTES = 100_000;
const BLOCK_HIGH = 0x314159;
const BLOCK_LOW = 0x265359;
const END_HIGH = 0x177245;
const END_LOW = 0x385090;
const MARKER_HALF_BITS = 24;
const CRC_BITS = 32;

// A block of market data compresses to 60-200 KB. What is at hand doubles as
// blocks turn out longer, up to more than the longest block that is possible:
// 2^15 selectors for 50 symbols of 20 bits each.
const FIRST_FILL_BYTES = 1 << 18;
const MAX_BLOCK_INPUT_BYTES = 5 << 20;

/** The format of `bzip2`: any number of streams, one after another. */
export const BZIP2: Container = {
  name: "bzip2",
  matches(head: Uint8Array): boolean {
    return head.length >= HEADER_BYTES
      ? levelAt(head, 0) > 0
      : isHeaderStart(head);
  },
  decode(window: ByteWindow, source: string): AsyncGenerator<SourceChunk> {
    return new Bzip2Reader(window, source).read();
  },
};

/** Level of the stream that starts at a byte; 0 when none does. */
function levelAt(bytes: Uint8Array, at: number): number {
  const level = bytes[at + 3]! - 0x30; // "0"
  const isHeader = bytes[at] === 0x42 && bytes[at + 1] === 0x5a &&
    bytes[at + 2] === 0x68; // "BZh"
  return isHeader && level >= 1 && level <= 9 ? level : 0;
}

/** Whether all the bytes, at most three, are the start of a stream. */
function isHeaderStart(bytes: Uint8Array): boolean {
  return bytes.length > 0 &&
    bytes.every((byte, i) => byte === [0x42, 0x5a, 0x68][i]);
}

/** Reads up to 24 bits, the highest of a byte first. Past the end they are zeros. */
function bitsAt(bytes: Uint8Array, bit: number, count: number): number {
  const at = bit >>> 3;
  const word = bytes[at]! << 24 | bytes[at + 1]! << 16 | bytes[at + 2]! << 8 |
    bytes[at + 3]!;
  return (word << (bit & 7)) >>> (32 - count);
}

/** Whether a marker starts at a bit. */
function isMarkerAt(
  bytes: Uint8Array,
  bit: number,
  high: number,
  low: number,
): boolean {
  return bitsAt(bytes, bit, MARKER_HALF_BITS) === high &&
    bitsAt(bytes, bit + MARKER_HALF_BITS, MARKER_HALF_BITS) === low;
}

/** A part of the data that could not be decoded. */
interface Damage {
  readonly byteOffset: number;
  readonly reason: string;
  /**
   * `damaged` is reported in any case, `garbage` (what follows a stream and is
   * none) only when a block is found behind it, and `short` (input that ends
   * too early) is `damaged` in that case and else `truncated`.
   */
  readonly kind: "damaged" | "garbage" | "short";
}

/** What was read, or why nothing was. */
type Part = "header" | "block" | "end" | Damage;

class Bzip2Reader {
  readonly #window: ByteWindow;
  readonly #source: string;
  readonly #decoder = new Bzip2BlockDecoder();
  #bit = 0; // of the first unread byte, where reading goes on: 0 to 7
  #blockBytes = MAX_BLOCK_BYTES; // most bytes in a block of this stream
  #crc: number | undefined; // of the stream so far; undefined when a part of it is lost
  #fillBytes = FIRST_FILL_BYTES;

  constructor(window: ByteWindow, source: string) {
    this.#window = window;
    this.#source = source;
  }

  async *read(): AsyncGenerator<SourceChunk> {
    let isInStream = false;
    for (;;) {
      const part: Part = isInStream
        ? await this.#readPart()
        : await this.#readHeader();
      if (part === "block") {
        yield* slices(this.#decoder.output);
      } else if (part === "header") {
        isInStream = true;
      } else if (part === "end") {
        isInStream = false;
      } else {
        const isFound = await this.#findMarker();
        const error = this.#toError(part, isFound);
        if (error !== undefined) yield error;
        if (!isFound && !(yield* this.#skipGaps())) return;
        isInStream = true;
      }
    }
  }

  /** Passes on errors of the input; finds out whether a marker follows one of them. */
  async *#skipGaps(): AsyncGenerator<SourceChunk, boolean> {
    for (;;) {
      const gap = this.#window.takeGap();
      if (gap === undefined) return false;
      yield gap;
      if (await this.#findMarker()) return true;
    }
  }

  /** Reads the header of a stream. */
  async #readHeader(): Promise<"header" | Damage> {
    const window = this.#window;
    const byteOffset = window.offset;
    const isFilled = await window.fill(HEADER_BYTES);
    const level = isFilled ? levelAt(window.bytes, window.start) : 0;
    if (level > 0) {
      window.consume(HEADER_BYTES);
      this.#blockBytes = level * LEVEL_BYTES;
      this.#crc = 0;
      return "header";
    }
    const isCut = !isFilled &&
      isHeaderStart(window.bytes.subarray(window.start, window.end));
    return {
      byteOffset,
      kind: isCut ? "short" : "garbage",
      reason: "there is no header",
    };
  }

  /** Reads a block or the end of a stream. */
  async #readPart(): Promise<"block" | "end" | Damage> {
    const window = this.#window;
    const byteOffset = window.offset;
    const short: Damage = {
      byteOffset,
      kind: "short",
      reason: "a block has no end",
    };
    await window.fill(this.#fillBytes);
    if (!this.#holds(MARKER_BITS)) return short;
    const bit = window.start * 8 + this.#bit;
    const isBlock = isMarkerAt(window.bytes, bit, BLOCK_HIGH, BLOCK_LOW);
    if (!isBlock && !isMarkerAt(window.bytes, bit, END_HIGH, END_LOW)) {
      return { byteOffset, kind: "damaged", reason: "there is no block" };
    }
    // Left behind in any case: a search for what follows damage starts here.
    this.#skip(MARKER_BITS);
    if (!isBlock) {
      return this.#holds(CRC_BITS) ? this.#readEnd(byteOffset) : short;
    }
    try {
      for (;;) {
        const { bytes, start, end } = window;
        const from = start * 8 + this.#bit;
        const behind = this.#decoder.decode(bytes, from, end, this.#blockBytes);
        if (behind !== NEED_MORE_INPUT) {
          this.#skip(behind - from);
          break;
        }
        if (window.available >= MAX_BLOCK_INPUT_BYTES) {
          return { ...short, kind: "damaged" };
        }
        this.#fillBytes = Math.max(this.#fillBytes, 2 * window.available);
        if (!await window.fill(window.available + 1)) return short;
        await window.fill(this.#fillBytes);
      }
    } catch (error) {
      if (!(error instanceof Bzip2BlockError)) throw error;
      return { byteOffset, kind: "damaged", reason: error.message };
    }
    if (this.#crc !== undefined) {
      this.#crc = (this.#crc << 1 | this.#crc >>> 31) ^ this.#decoder.crc;
    }
    return "block";
  }

  /** Reads the checksum at the end of a stream, which is filled up to a whole byte. */
  #readEnd(byteOffset: number): "end" | Damage {
    const bit = this.#window.start * 8 + this.#bit;
    const { bytes } = this.#window;
    const crc = bitsAt(bytes, bit, 16) << 16 | bitsAt(bytes, bit + 16, 16);
    this.#skip(CRC_BITS);
    if (this.#bit > 0) this.#skip(8 - this.#bit);
    if (this.#crc === undefined || this.#crc === crc) return "end";
    return {
      byteOffset,
      kind: "damaged",
      reason:
        "the checksum of the stream does not match, so blocks are missing",
    };
  }

  /**
   * Goes to the next marker, at whatever bit. A marker has 48 bits: other data
   * looks like one once in some 10^13 bytes.
   */
  async #findMarker(): Promise<boolean> {
    const window = this.#window;
    for (;;) {
      const { bytes, start, end } = window;
      const lastBit = end * 8 - MARKER_BITS;
      for (let bit = start * 8 + this.#bit; bit <= lastBit; bit++) {
        const high = bitsAt(bytes, bit, MARKER_HALF_BITS);
        if (high !== BLOCK_HIGH && high !== END_HIGH) continue;
        if (
          !isMarkerAt(bytes, bit, BLOCK_HIGH, BLOCK_LOW) &&
          !isMarkerAt(bytes, bit, END_HIGH, END_LOW)
        ) continue;
        const header = (bit >>> 3) - HEADER_BYTES;
        const level = bit % 8 === 0 && header >= start
          ? levelAt(bytes, header)
          : 0;
        this.#blockBytes = level > 0 ? level * LEVEL_BYTES : MAX_BLOCK_BYTES;
        this.#crc = level > 0 ? 0 : undefined;
        this.#skip(bit - start * 8 - this.#bit);
        return true;
      }
      // A marker may be cut by the end of what is at hand, and have a header in front.
      const kept = Math.min(window.available, HEADER_BYTES + MARKER_BITS / 8);
      if (window.available > kept) {
        window.consume(window.available - kept);
        this.#bit = 0;
      }
      if (!await window.fill(kept + 1)) {
        window.consume(kept);
        this.#bit = 0;
        return false;
      }
    }
  }

  /** The error to report for a damage, now that it is known whether data follows. */
  #toError(damage: Damage, isFollowed: boolean): ReplaySourceError | undefined {
    const { byteOffset, kind, reason } = damage;
    if (kind === "damaged" || isFollowed) {
      return corrupt(BZIP2.name, this.#source, byteOffset, reason);
    }
    if (kind === "garbage" || this.#window.hasGap) return undefined;
    return truncated(BZIP2.name, this.#source, this.#window.offset);
  }

  #holds(bits: number): boolean {
    return this.#window.available * 8 - this.#bit >= bits;
  }

  #skip(bits: number): void {
    const bit = this.#bit + bits;
    this.#window.consume(Math.floor(bit / 8));
    this.#bit = bit % 8;
  }
}
