/** A window over pieces of input. See {@linkcode ByteWindow}. */

import type { SourceChunk } from "./byte_source.ts";
import { ReplaySourceError } from "./replay_source_error.ts";

const EMPTY: Uint8Array = new Uint8Array(0);

/**
 * Bytes of a sequence of chunks, of which a decoder can ask to see more at once
 * than one chunk holds. Unread bytes are `bytes[start, end)`.
 *
 * The window is the chunk itself as long as nothing was left over from the one
 * before it; only then are bytes copied. Errors in the input are gaps: bytes on
 * both sides of one are never seen at once.
 */
export class ByteWindow {
  readonly #input: AsyncIterator<SourceChunk>;
  #own = EMPTY;
  #offset = 0; // of `start` in the input
  #ended = false;
  // The error that follows the unread bytes; no more come until takeGap().
  #gap: ReplaySourceError | undefined;

  /** What holds the unread bytes. Changes with each {@linkcode fill}. */
  bytes: Uint8Array = EMPTY;
  /** Offset of the first unread byte. */
  start = 0;
  /** Offset behind the last unread byte. */
  end = 0;

  constructor(input: AsyncIterator<SourceChunk>) {
    this.#input = input;
  }

  /** Bytes that can be read without asking for more. */
  get available(): number {
    return this.end - this.start;
  }

  /** Offset in the input of the first unread byte. */
  get offset(): number {
    return this.#offset;
  }

  /**
   * Reads until at least `count` bytes are available.
   *
   * @returns Whether they are; otherwise the input, or the part of it in front of a gap, has ended.
   */
  async fill(count: number): Promise<boolean> {
    while (this.available < count) {
      if (this.#ended || this.#gap !== undefined) return false;
      // The chunk at hand is only borrowed, so what is left of it is kept first.
      if (this.available > 0) this.#keep(count);
      const { done, value } = await this.#input.next();
      if (done === true) {
        this.#ended = true;
      } else if (value instanceof ReplaySourceError) {
        this.#gap = value;
      } else if (this.available === 0) {
        this.bytes = value;
        this.start = 0;
        this.end = value.length;
      } else {
        this.#keep(Math.max(count, this.available + value.length));
        this.bytes.set(value, this.end);
        this.end += value.length;
      }
    }
    return true;
  }

  /** Marks bytes as read. */
  consume(count: number): void {
    this.start += count;
    this.#offset += count;
  }

  /**
   * Makes bytes unread again, which were the last ones to be consumed.
   *
   * @param bytes A copy of them.
   */
  unread(bytes: Uint8Array): void {
    const all = new Uint8Array(bytes.length + this.available);
    all.set(bytes);
    all.set(this.bytes.subarray(this.start, this.end), bytes.length);
    this.bytes = all;
    this.start = 0;
    this.end = all.length;
    this.#offset -= bytes.length;
  }

  /** Whether the unread bytes end at a gap that was met. */
  get hasGap(): boolean {
    return this.#gap !== undefined;
  }

  /** Returns the gap that was met, if any, and lets reading go on behind it. */
  takeGap(): ReplaySourceError | undefined {
    const gap = this.#gap;
    this.#gap = undefined;
    return gap;
  }

  /** Yields what is unread and all that follows as it is. */
  async *rest(): AsyncGenerator<SourceChunk> {
    for (;;) {
      if (await this.fill(1)) {
        const chunk = this.bytes.subarray(this.start, this.end);
        this.consume(chunk.length);
        yield chunk;
        continue;
      }
      const gap = this.takeGap();
      if (gap === undefined) return;
      yield gap;
    }
  }

  /** Releases the input. */
  async close(): Promise<void> {
    if (!this.#ended) await this.#input.return?.();
  }

  /** Moves the unread bytes to the start of an own buffer of at least `capacity` bytes. */
  #keep(capacity: number): void {
    if (this.bytes === this.#own && this.start + capacity <= this.#own.length) {
      return;
    }
    const own = capacity <= this.#own.length
      ? this.#own
      : new Uint8Array(Math.max(capacity, 2 * this.#own.length));
    if (own === this.bytes) {
      own.copyWithin(0, this.start, this.end);
    } else {
      own.set(this.bytes.subarray(this.start, this.end));
    }
    this.#own = own;
    this.bytes = own;
    this.end -= this.start;
    this.start = 0;
  }
}
