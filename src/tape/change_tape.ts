/** The one format between parsing and the cache. See {@linkcode ChangeTape}. */

import { ChangeReader } from "./change_reader.ts";
import type { ChangeView } from "./change_view.ts";

/**
 * Slots that a new tape has. Small enough to stay in a CPU's L2 cache while
 * parser and cache take turns on it, large enough for some hundred deltas.
 */
const INITIAL_SLOTS = 32 * 1024;

const NO_BYTES: Uint8Array = new Uint8Array(0);

/**
 * What a parser writes and a cache reads: the changes of a block of lines, as
 * numbers.
 *
 * A parser owns its tape and overwrites it with each call, so everything read
 * from a tape is valid until the parser's next `parse`; {@linkcode copy} makes
 * an independent one. The layout of the slots is internal and may change with
 * any version.
 *
 * @example
 * ```ts
 * import { JsonParser } from "@betfair-stream/core";
 * import assert from "node:assert/strict";
 *
 * const block = new TextEncoder().encode(
 *   `{"op":"mcm","pt":5,"mc":[{"id":"1.2","tv":9.5,"rc":[{"ltp":1.6,"id":101}]}]}\n`,
 * );
 * const parser = new JsonParser();
 * parser.parse(block, 0, block.length);
 *
 * const kept = parser.tape.copy();
 * assert.equal(kept.records, 1);
 * for (const change of kept) assert.equal(change.marketCount, 1);
 * ```
 */
export class ChangeTape {
  /** Records, one after the other; slots from {@linkcode length} on are garbage. */
  slots: Float64Array;
  /** Used slots. */
  length = 0;
  /** Records on the tape. */
  records = 0;
  /** Lines that the records were made from, blank ones included. */
  lines = 0;
  /** The bytes that the records' ranges refer to. Borrowed from the caller of `parse`. */
  bytes: Uint8Array = NO_BYTES;
  /** Name of the input that the bytes are from; empty if unknown. */
  source = "";
  /** Lines of the input before those of this tape. */
  linesBefore = 0;
  /** Offset in the input of the first byte of {@linkcode bytes}. */
  byteOffset = 0;
  /** Parsed messages and errors of the records that are not market changes. */
  objects: unknown[] = [];

  /**
   * Creates an empty tape.
   *
   * @param capacity Slots to begin with; it grows as needed.
   */
  constructor(capacity: number = INITIAL_SLOTS) {
    this.slots = new Float64Array(capacity);
  }

  /**
   * Empties the tape for a new block.
   *
   * @param bytes The block; the tape keeps the reference, not a copy.
   */
  reset(bytes: Uint8Array): void {
    this.length = 0;
    this.records = 0;
    this.lines = 0;
    this.bytes = bytes;
    if (this.objects.length > 0) this.objects = [];
  }

  /**
   * Doubles the slots until there are at least this many; used ones are kept.
   *
   * @param capacity Slots wanted.
   */
  grow(capacity: number): void {
    let size = Math.max(this.slots.length, 16);
    while (size < capacity) size *= 2;
    if (size === this.slots.length) return;
    const slots = new Float64Array(size);
    slots.set(this.slots.subarray(0, this.length));
    this.slots = slots;
  }

  /**
   * An independent copy, bytes included.
   *
   * @param bytes What the copy's ranges refer to: the same bytes at the same
   * offsets, kept without copying. By default a copy of {@linkcode bytes}.
   * @returns The copy, of exactly the needed size.
   */
  copy(bytes: Uint8Array = this.bytes.slice()): ChangeTape {
    const tape = new ChangeTape(0);
    tape.slots = this.slots.slice(0, this.length);
    tape.length = this.length;
    tape.records = this.records;
    tape.lines = this.lines;
    tape.bytes = bytes;
    tape.source = this.source;
    tape.linesBefore = this.linesBefore;
    tape.byteOffset = this.byteOffset;
    tape.objects = this.objects.slice();
    return tape;
  }

  /**
   * Reads the lines on the tape with a {@linkcode ChangeReader}.
   *
   * @returns An iterator that yields one reused object.
   */
  [Symbol.iterator](): Generator<ChangeView, void, void> {
    return new ChangeReader(this)[Symbol.iterator]();
  }
}
