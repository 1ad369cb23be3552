/** From chunks of bytes to blocks of whole lines. See {@linkcode LineFramer}. */

import { LineTooLongError } from "./line_too_long_error.ts";

/** Default of {@linkcode LineFramerOptions.maxLineBytes}, in bytes. */
export const DEFAULT_MAX_LINE_BYTES: number = 64 * 1024 * 1024;

/** Options of {@linkcode LineFramer}. */
export interface LineFramerOptions {
  /**
   * Longest line allowed, in bytes before its LF; a CR counts. The protocol
   * documents no limit, and images of many markets reach megabytes.
   *
   * @default {67108864}
   */
  readonly maxLineBytes?: number;
  /**
   * What to do with a longer line: `"throw"` ends the framing with
   * {@linkcode LineTooLongError}, `"skip"` drops it without holding more of it
   * than the limit, and reports it through {@linkcode LineFramer.takeOversize}.
   *
   * @default {"throw"}
   */
  readonly oversize?: "throw" | "skip";
}

/** A line that was dropped for its length. */
export interface OversizeLine {
  /** Offset of the line's first byte in the input; the first byte is 0. */
  readonly byteOffset: number;
  /** Length of the line in bytes, without its LF. */
  readonly byteLength: number;
  /** The line's first bytes, at most 1024: for a report. An own copy. */
  readonly head: Uint8Array;
}

const LF = 0x0a; // "\n"

/** Bytes kept of a line that is dropped. */
const HEAD_BYTES = 1024;

/** Smallest buffer, that of most connections: a few deltas. */
const MIN_CAPACITY = 16 * 1024;

/** Buffers up to this size are kept; greater ones go when they are no longer needed. */
const KEPT_CAPACITY = 1024 * 1024;

/**
 * A chunk of at least this many bytes is not copied for the sake of a line that was
 * begun before it: copying less costs less than a block more.
 */
const MIN_UNCOPIED = 8 * 1024;

/** A greater buffer goes when what is needed fits into it this many times. */
const WASTE = 4;

const NO_BYTES: Uint8Array = new Uint8Array(0);

/**
 * Cuts an input of chunks into blocks of whole lines (protocol 1).
 *
 * Chunks may be cut anywhere, inside a CR LF and inside a character too: the
 * lines do not depend on it. Line ends stay in the block, blank lines also. A
 * byte is copied at most a few times however long its line is, and of large chunks
 * only the lines that reach over a border are; {@linkcode copiedBytes} tells.
 * Searching is linear likewise.
 *
 * **Ownership.** A block is a range of the chunk itself or of the framer's
 * buffer. It is valid, and the chunk must not be written to, until the next
 * call of any method that can make a block.
 *
 * One chunk can hold several blocks: the end of a line that began before it, then
 * the other lines; and in `"skip"` mode there are dropped lines between them. So
 * call {@linkcode next} until it returns false. What is left when the next chunk
 * comes is not lost, but copied.
 *
 * A framer frames one input, which {@linkcode finish} ends.
 *
 * @example
 * ```ts
 * import { LineFramer } from "@betfair-stream/core";
 * import assert from "node:assert/strict";
 *
 * const framer = new LineFramer();
 * const blocks: string[] = [];
 * const collect = (): number =>
 *   blocks.push(new TextDecoder().decode(framer.bytes.subarray(framer.start, framer.end)));
 *
 * for (const text of [`{"op":"mc`, `m"}\r\n{"op":"ocm"}\r\n{"o`, `p":"mcm"}`]) {
 *   if (framer.push(new TextEncoder().encode(text))) collect();
 * }
 * if (framer.finish()) collect();
 *
 * assert.deepEqual(blocks, [`{"op":"mcm"}\r\n{"op":"ocm"}\r\n`, `{"op":"mcm"}\n`]);
 * ```
 */
export class LineFramer {
  readonly #limit: number;
  readonly #skips: boolean;

  // The buffer, when it is in use:
  //
  //   0            #head              #scanned        #tail
  //   │ last block │ pending, no LF … │ not searched … │ garbage
  //
  // Bytes behind #scanned exist only while the slow way is being taken.
  #buffer: Uint8Array = NO_BYTES;
  #head = 0;
  #scanned = 0;
  #tail = 0;

  #bytes: Uint8Array = NO_BYTES;
  #start = 0;
  #end = 0;
  #blockOffset = 0;

  /** Offset in the input of the first byte that is in no block yet. */
  #offset = 0;
  #discardedBytes = 0;
  #copiedBytes = 0;

  /** What follows the block in the last chunk: whole lines and the beginning of one. */
  #rest: Uint8Array = NO_BYTES;

  /** Length so far of the line that is being dropped, -1 if none is. */
  #skipped = -1;
  #skippedHead: Uint8Array = NO_BYTES;
  readonly #oversize: OversizeLine[] = [];
  #error: LineTooLongError | undefined;
  #finished = false;

  /**
   * Creates a framer.
   *
   * @param options Limit, and what to do beyond it.
   * @throws {RangeError} when `maxLineBytes` is no positive integer.
   */
  constructor(options: LineFramerOptions = {}) {
    this.#limit = options.maxLineBytes ?? DEFAULT_MAX_LINE_BYTES;
    this.#skips = (options.oversize ?? "throw") === "skip";
    if (!Number.isSafeInteger(this.#limit) || this.#limit < 1) {
      throw new RangeError(
        `Cannot create framer as "maxLineBytes" must be a positive integer: ${this.#limit}`,
      );
    }
  }

  /** What contains the block: the last chunk, or the framer's own buffer. */
  get bytes(): Uint8Array {
    return this.#bytes;
  }

  /** Offset in {@linkcode bytes} of the block's first byte. */
  get start(): number {
    return this.#start;
  }

  /** Offset in {@linkcode bytes} behind the block's last LF. */
  get end(): number {
    return this.#end;
  }

  /** Offset of the block's first byte in the whole input; the input's first byte is 0. */
  get blockOffset(): number {
    return this.#blockOffset;
  }

  /** Bytes held of a line whose end has not been seen. */
  get pendingBytes(): number {
    return this.#tail - this.#head + this.#rest.length;
  }

  /** Bytes dropped by {@linkcode discard} so far. */
  get discardedBytes(): number {
    return this.#discardedBytes;
  }

  /** Bytes copied so far, those moved within the buffer included. */
  get copiedBytes(): number {
    return this.#copiedBytes;
  }

  /**
   * Takes the next chunk of the input.
   *
   * @param chunk Any number of bytes. Borrowed until the next call.
   * @returns True if a block of at least one whole line is ready.
   * @throws {LineTooLongError} when a line is longer than the limit and not to be
   * skipped. Lines before it have been returned by then; each further call throws
   * the same error, until {@linkcode discard}.
   * @throws {TypeError} when the framer is finished.
   */
  push(chunk: Uint8Array): boolean {
    if (this.#finished) {
      throw new TypeError("Cannot push chunk as the framer is finished");
    }
    if (this.#error !== undefined) throw this.#error;
    if (this.#rest.length > 0) this.#keepRest();
    if (this.#skipped >= 0) {
      const lf = chunk.indexOf(LF);
      this.#skip(chunk, lf);
      if (lf < 0) return false;
      chunk = chunk.subarray(lf + 1);
    }
    const pending = this.#tail - this.#head;
    // Only here can a line be too long, or lines be left over from last time.
    if (pending + chunk.length > this.#limit || this.#scanned < this.#tail) {
      this.#append(chunk);
      return this.#scan();
    }
    // A chunk that ends with a line, as a live message does, needs no search: in V8
    // that alone costs as much as scanning half a message.
    const end = chunk[chunk.length - 1] === LF
      ? chunk.length
      : chunk.lastIndexOf(LF) + 1;
    if (pending > 0) {
      if (end >= MIN_UNCOPIED) {
        const lineEnd = chunk.indexOf(LF) + 1;
        this.#append(chunk.subarray(0, lineEnd));
        this.#scanned = this.#tail;
        this.#rest = chunk.subarray(lineEnd);
        return this.#yield(this.#tail);
      }
      this.#append(chunk);
      this.#scanned = this.#tail;
      return end > 0 && this.#yield(this.#tail - chunk.length + end);
    }
    return this.#lend(chunk, end);
  }

  /** Makes the chunk's lines up to an offset a block, and keeps what is behind. */
  #lend(chunk: Uint8Array, end: number): boolean {
    this.#head = this.#scanned = this.#tail = 0;
    if (end < chunk.length) {
      this.#append(end === 0 ? chunk : chunk.subarray(end));
      this.#scanned = this.#tail;
    } else {
      this.#giveBack(end);
    }
    if (end === 0) return false;
    this.#bytes = chunk;
    this.#start = 0;
    this.#end = end;
    this.#blockOffset = this.#offset;
    this.#offset += end;
    return true;
  }

  /** Copies the lines that nobody asked for while their chunk was there. */
  #keepRest(): void {
    const rest = this.#rest;
    this.#rest = NO_BYTES;
    this.#append(rest);
  }

  /**
   * Goes on to the next block of the same chunk.
   *
   * @returns True if a further block is ready; false if the framer needs more input.
   * @throws {LineTooLongError} as {@linkcode push}.
   */
  next(): boolean {
    if (this.#error !== undefined) throw this.#error;
    const rest = this.#rest;
    if (rest.length > 0) {
      this.#rest = NO_BYTES;
      return this.#lend(rest, rest.lastIndexOf(LF) + 1);
    }
    return this.#scanned < this.#tail && this.#scan();
  }

  /**
   * Ends the input. A last line without a line end becomes a block, with an LF
   * put behind it. In `"skip"` mode call {@linkcode next} afterwards too.
   *
   * @returns True if a last block is ready.
   * @throws {LineTooLongError} as {@linkcode push}.
   */
  finish(): boolean {
    if (this.#error !== undefined) throw this.#error;
    if (this.#finished) return false;
    if (this.#rest.length > 0) this.#keepRest();
    this.#finished = true;
    if (this.#skipped >= 0) this.#skip(NO_BYTES, 0);
    if (this.#tail === this.#head) {
      this.#buffer = NO_BYTES;
      this.#head = this.#scanned = this.#tail = 0;
      return false;
    }
    if (this.#buffer[this.#tail - 1] !== LF) this.#buffer[this.#tail++] = LF;
    return this.#scan();
  }

  /**
   * Drops what is held of an unfinished line, for an input that broke off and
   * begins anew, as a connection does. Also ends the state after an error.
   *
   * @returns Bytes dropped.
   */
  discard(): number {
    const dropped = this.pendingBytes + Math.max(this.#skipped, 0);
    this.#buffer = NO_BYTES;
    this.#head = this.#scanned = this.#tail = 0;
    this.#skipped = -1;
    this.#skippedHead = NO_BYTES;
    this.#rest = NO_BYTES;
    this.#error = undefined;
    this.#offset += dropped;
    this.#discardedBytes += dropped;
    return dropped;
  }

  /**
   * Takes the report of a line that was dropped, the earliest first. All lines
   * dropped before the block that is ready can be taken before that block is
   * read, and none that comes after it.
   *
   * @returns The report, or undefined if there is none left.
   */
  takeOversize(): OversizeLine | undefined {
    return this.#oversize.length === 0 ? undefined : this.#oversize.shift();
  }

  /** Makes what is before this offset of the buffer a block. */
  #yield(end: number): true {
    this.#bytes = this.#buffer;
    this.#start = this.#head;
    this.#end = end;
    this.#blockOffset = this.#offset;
    this.#offset += end - this.#head;
    this.#head = end;
    return true;
  }

  /** The slow way: looks at each line of the buffer, up to one that is too long. */
  #scan(): boolean {
    const used = this.#buffer.subarray(0, this.#tail);
    let line = this.#head;
    for (let from = Math.max(this.#scanned, line);;) {
      const lf = used.indexOf(LF, from);
      const length = (lf < 0 ? this.#tail : lf) - line;
      if (length > this.#limit) {
        this.#scanned = line;
        if (line > this.#head) return this.#yield(line);
        if (!this.#skips) {
          throw this.#error = new LineTooLongError(
            this.#limit,
            this.#offset,
            length,
          );
        }
        this.#skip(used.subarray(line), lf < 0 ? -1 : length);
        if (lf < 0) {
          this.#head = this.#scanned = this.#tail = 0;
          return false;
        }
        line = this.#head = lf + 1;
      } else if (lf < 0) {
        this.#scanned = this.#tail;
        return line > this.#head && this.#yield(line);
      } else {
        line = lf + 1;
      }
      from = line;
    }
  }

  /** Counts bytes of a line that is dropped; `lf` is the offset of its end, or -1. */
  #skip(bytes: Uint8Array, lf: number): void {
    const length = lf < 0 ? bytes.length : lf;
    if (this.#skipped < 0) this.#skipped = 0;
    const missing = Math.min(HEAD_BYTES - this.#skippedHead.length, length);
    if (missing > 0) {
      const head = new Uint8Array(this.#skippedHead.length + missing);
      head.set(this.#skippedHead);
      head.set(bytes.subarray(0, missing), this.#skippedHead.length);
      this.#skippedHead = head;
    }
    this.#skipped += length;
    if (lf < 0) return;
    this.#oversize.push({
      byteOffset: this.#offset,
      byteLength: this.#skipped,
      head: this.#skippedHead,
    });
    this.#offset += this.#skipped + 1;
    this.#skipped = -1;
    this.#skippedHead = NO_BYTES;
  }

  /** Copies to the end of the buffer; overwrites the last block. */
  #append(chunk: Uint8Array): void {
    const pending = this.#tail - this.#head;
    // One more for the LF that finish() may put there.
    const needed = pending + chunk.length + 1;
    const waste = this.#buffer.length > KEPT_CAPACITY &&
      needed * WASTE < this.#buffer.length;
    if (needed > this.#buffer.length || waste) {
      let capacity = MIN_CAPACITY;
      while (capacity < needed) capacity *= 2;
      const buffer = new Uint8Array(capacity);
      buffer.set(this.#buffer.subarray(this.#head, this.#tail));
      this.#buffer = buffer;
      this.#copiedBytes += pending;
    } else if (this.#head > 0) {
      this.#buffer.copyWithin(0, this.#head, this.#tail);
      this.#copiedBytes += pending;
    }
    this.#scanned = Math.max(this.#scanned - this.#head, 0);
    this.#head = 0;
    this.#tail = pending;
    this.#buffer.set(chunk, pending);
    this.#tail += chunk.length;
    this.#copiedBytes += chunk.length;
  }

  /** Lets a great buffer go that chunks of this size do not need. */
  #giveBack(length: number): void {
    if (
      this.#buffer.length > KEPT_CAPACITY &&
      length * WASTE < this.#buffer.length
    ) {
      this.#buffer = NO_BYTES;
    }
  }
}
