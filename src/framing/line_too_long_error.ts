/** What ends the framing of endless lines. See {@linkcode LineTooLongError}. */

/**
 * A line is longer than the framer's limit. The framer cannot go on: what
 * follows is still the same line.
 *
 * @example
 * ```ts
 * import { LineFramer, LineTooLongError } from "@betfair-stream/core";
 * import assert from "node:assert/strict";
 *
 * const framer = new LineFramer({ maxLineBytes: 4 });
 *
 * assert.throws(
 *   () => framer.push(new TextEncoder().encode("12345")),
 *   (error) => error instanceof LineTooLongError && error.limitBytes === 4,
 * );
 * ```
 */
export class LineTooLongError extends RangeError {
  /** Always `"LineTooLongError"`. */
  override readonly name: string = "LineTooLongError";
  /** The limit, in bytes without the LF. */
  readonly limitBytes: number;
  /** Offset of the line's first byte in the input; the first byte is 0. */
  readonly byteOffset: number;
  /** Bytes of the line seen so far; how many depends on the chunks. */
  readonly pendingBytes: number;

  /**
   * Creates the error.
   *
   * @param limitBytes The limit, in bytes without the LF.
   * @param byteOffset Offset of the line's first byte in the input.
   * @param pendingBytes Bytes of the line seen so far.
   */
  constructor(limitBytes: number, byteOffset: number, pendingBytes: number) {
    super(
      `Cannot frame line at byte ${byteOffset} as it must be <= ${limitBytes} bytes: ` +
        `${pendingBytes} bytes pending`,
    );
    this.limitBytes = limitBytes;
    this.byteOffset = byteOffset;
    this.pendingBytes = pendingBytes;
  }
}
