/**
 * Text out of the byte ranges of a tape.
 *
 * @module
 */

// The parser has accepted the bytes, so nothing has to be fatal here.
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** The text of a range as it is. */
export function textOf(bytes: Uint8Array, start: number, end: number): string {
  return decoder.decode(bytes.subarray(start, end));
}
