/** Data compressed with gzip. See {@linkcode GZIP}. */

import { crc32 } from "node:zlib";
import type { SourceChunk } from "./byte_source.ts";
import type { ByteWindow } from "./_byte_window.ts";
import { type Container, corrupt, truncated } from "./_container.ts";
import { Inflater } from "./_inflater.ts";

// A member (RFC 1952): a header of 10 bytes and optional fields, deflate data,
// and a trailer with the checksum and the low 32 bits of the data's length.
const MAGIC_0 = 0x1f;
const MAGIC_1 = 0x8b;
const METHOD_DEFLATE = 8;
const HEADER_BYTES = 10;
const FLAGS_AT = 3;
const EXTRA_FLAGS_AT = 8;
const SYSTEM_AT = 9;
const FLAG_HEADER_CRC = 0x02;
const FLAG_EXTRA = 0x04;
const FLAG_NAME = 0x08;
const FLAG_COMMENT = 0x10;
const FLAGS_RESERVED = 0xe0;
const EXTRA_FLAGS_KNOWN: readonly number[] = [0, 2, 4];
const LAST_SYSTEM = 13;
const UNKNOWN_SYSTEM = 255;
const TRAILER_BYTES = 8;

// Longest name or comment in a header; a longer one is taken for damage.
const MAX_TEXT_BYTES = 1 << 16;

// Compressed bytes that are inflated at once, to at most about 1000 times as
// many, which all have to be held.
const SLICE_BYTES = 1 << 14;

// Compressed bytes of a member that are remembered: damage at its end may hide that
// end, so that the member behind it is taken for a part of it.
const TAIL_BYTES = 1 << 16;

/** The format of `gzip`: any number of members, one after another. */
export const GZIP: Container = {
  name: "gzip",
  matches(head: Uint8Array): boolean {
    return head[0] === MAGIC_0 && (head.length === 1 || head[1] === MAGIC_1);
  },
  decode(window: ByteWindow, source: string): AsyncGenerator<SourceChunk> {
    return new GzipReader(window, source).read();
  },
};

/** A part of the data that could not be decoded; kinds as for bzip2. */
interface Damage {
  readonly byteOffset: number;
  readonly kind: "damaged" | "garbage" | "short";
  readonly reason: string;
  readonly cause?: unknown;
}

class GzipReader {
  readonly #window: ByteWindow;
  readonly #source: string;
  #memberOffset = 0;
  /** The last compressed bytes of the present member that were consumed. */
  readonly #tail = new Uint8Array(TAIL_BYTES);
  #tailLength = 0;

  constructor(window: ByteWindow, source: string) {
    this.#window = window;
    this.#source = source;
  }

  async *read(): AsyncGenerator<SourceChunk> {
    const window = this.#window;
    for (;;) {
      this.#memberOffset = window.offset;
      this.#tailLength = 0;
      const damage = await this.#readHeader() ?? (yield* this.#readMember());
      if (damage === undefined) continue;
      let isFound = this.#goBack() || await this.#findMember();
      const { byteOffset, kind, reason, cause } = damage;
      if (kind === "damaged" || isFound) {
        yield corrupt(GZIP.name, this.#source, byteOffset, reason, cause);
      } else if (kind === "short" && !window.hasGap) {
        yield truncated(GZIP.name, this.#source, window.offset);
      }
      while (!isFound) {
        const gap = window.takeGap();
        if (gap === undefined) return;
        yield gap;
        isFound = await this.#findMember();
      }
    }
  }

  /** Reads the header of a member. */
  async #readHeader(): Promise<Damage | undefined> {
    const window = this.#window;
    const isFilled = await window.fill(HEADER_BYTES);
    if (!GZIP.matches(window.bytes.subarray(window.start, window.end))) {
      return this.#damage("garbage", "there is no header");
    }
    const short = this.#damage("short", "the header of a member has no end");
    if (!isFilled) return short;
    const flags = window.bytes[window.start + FLAGS_AT]!;
    if (
      window.bytes[window.start + 2] !== METHOD_DEFLATE ||
      (flags & FLAGS_RESERVED) !== 0
    ) {
      return this.#damage("damaged", "the header of a member is not valid");
    }
    let size = HEADER_BYTES;
    if ((flags & FLAG_EXTRA) !== 0) {
      if (!await window.fill(size + 2)) return short;
      const at = window.start + size;
      size += 2 + (window.bytes[at]! | window.bytes[at + 1]! << 8);
    }
    for (const flag of [FLAG_NAME, FLAG_COMMENT]) {
      if ((flags & flag) === 0) continue;
      const textStart = size;
      do {
        if (!await window.fill(size + 1)) return short;
        if (size - textStart > MAX_TEXT_BYTES) {
          return this.#damage(
            "damaged",
            "a name in the header of a member has no end",
          );
        }
      } while (window.bytes[window.start + size++] !== 0);
    }
    if ((flags & FLAG_HEADER_CRC) !== 0) size += 2;
    if (!await window.fill(size)) return short;
    window.consume(size);
    return undefined;
  }

  /** Inflates a member behind its header and verifies its trailer. */
  async *#readMember(): AsyncGenerator<SourceChunk, Damage | undefined> {
    const window = this.#window;
    const inflater = new Inflater();
    let crc = 0;
    let length = 0;
    let consumed = 0;
    try {
      for (;;) {
        const hasInput = await window.fill(1);
        const { bytes, start, end } = window;
        const state = hasInput
          ? await inflater.write(
            bytes.subarray(start, Math.min(end, start + SLICE_BYTES)),
          )
          : await inflater.finish();
        const isDamaged = state instanceof Error;
        // In front of damage the slice stays unread: a member may start in it.
        if (hasInput && !isDamaged) {
          const size = inflater.consumedBytes - consumed;
          this.#remember(bytes.subarray(start, start + size));
          window.consume(size);
          consumed = inflater.consumedBytes;
        }
        for (const piece of inflater.take()) {
          crc = crc32(piece, crc);
          length += piece.length;
          yield piece;
        }
        if (isDamaged) return this.#damage("damaged", state.message, state);
        if (!hasInput) return this.#damage("short", "a member has no end");
        if (state === "end") break;
      }
    } finally {
      inflater.close();
    }
    if (!await window.fill(TRAILER_BYTES)) {
      return this.#damage("short", "the trailer of a member is missing");
    }
    const view = new DataView(
      window.bytes.buffer,
      window.bytes.byteOffset + window.start,
    );
    const isIntact = view.getUint32(0, true) === crc &&
      view.getUint32(4, true) === length % 2 ** 32;
    if (!isIntact) {
      const { bytes, start } = window;
      this.#remember(bytes.subarray(start, start + TRAILER_BYTES));
    }
    window.consume(TRAILER_BYTES);
    return isIntact
      ? undefined
      : this.#damage("damaged", "the checksum of a member does not match");
  }

  /** Remembers bytes that are consumed. */
  #remember(bytes: Uint8Array): void {
    const tail = this.#tail;
    const kept = Math.min(this.#tailLength, TAIL_BYTES - bytes.length);
    tail.copyWithin(0, this.#tailLength - kept, this.#tailLength);
    tail.set(bytes, kept);
    this.#tailLength = kept + bytes.length;
  }

  /** Goes back to the header of a member that was taken for a part of the present one. */
  #goBack(): boolean {
    const tail = this.#tail.subarray(0, this.#tailLength);
    for (let at = 0; at + HEADER_BYTES <= tail.length; at++) {
      at = tail.indexOf(MAGIC_0, at);
      if (at < 0 || at + HEADER_BYTES > tail.length) break;
      if (!isMemberAt(tail, at)) continue;
      this.#window.unread(tail.slice(at));
      return true;
    }
    // A header may begin at the end of what was consumed.
    this.#window.unread(tail.slice(-(HEADER_BYTES - 1)));
    return false;
  }

  /**
   * Goes to the next header of a member, of which only the usual form is
   * recognized: other data looks like that once in some 10^11 bytes.
   */
  async #findMember(): Promise<boolean> {
    const window = this.#window;
    for (;;) {
      const { bytes, start, end } = window;
      for (let at = start; at + HEADER_BYTES <= end; at++) {
        at = bytes.indexOf(MAGIC_0, at);
        if (at < 0 || at + HEADER_BYTES > end) break;
        if (
          at > this.#memberOffset - window.offset + start &&
          isMemberAt(bytes, at)
        ) {
          window.consume(at - start);
          return true;
        }
      }
      const kept = Math.min(window.available, HEADER_BYTES - 1);
      window.consume(window.available - kept);
      if (!await window.fill(kept + 1)) {
        window.consume(kept);
        return false;
      }
    }
  }

  #damage(kind: Damage["kind"], reason: string, cause?: unknown): Damage {
    return { byteOffset: this.#memberOffset, kind, reason, cause };
  }
}

/** Whether a member with the usual header starts at an offset. */
function isMemberAt(bytes: Uint8Array, at: number): boolean {
  const system = bytes[at + SYSTEM_AT]!;
  return bytes[at] === MAGIC_0 && bytes[at + 1] === MAGIC_1 &&
    bytes[at + 2] === METHOD_DEFLATE &&
    (bytes[at + FLAGS_AT]! & FLAGS_RESERVED) === 0 &&
    EXTRA_FLAGS_KNOWN.includes(bytes[at + EXTRA_FLAGS_AT]!) &&
    (system <= LAST_SYSTEM || system === UNKNOWN_SYSTEM);
}
