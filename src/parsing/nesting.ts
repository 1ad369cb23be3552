/** How deep a line may be nested. See {@linkcode isTooDeep}. */

/**
 * Deepest nesting of a line. Messages of the exchange have 8 levels; each level of a
 * hostile line costs some hundred bytes once it is parsed.
 */
export const MAX_NESTING = 1000;

const QUOTE = 0x22; // "
const BACKSLASH = 0x5c; // \
const OPENING_BRACKET = 0x5b; // [
const CLOSING_BRACKET = 0x5d; // ]
const OPENING_BRACE = 0x7b; // {
const CLOSING_BRACE = 0x7d; // }

/**
 * Tells whether a line is nested too deep to be given to `JSON.parse`.
 *
 * @param line The line, as bytes or as text; need not be valid JSON.
 * @returns Whether it is.
 */
export function isTooDeep(line: Uint8Array | string): boolean {
  const { length } = line;
  // Nearly always.
  if (length <= MAX_NESTING) return false;
  const codeAt = typeof line === "string"
    ? (at: number): number => line.charCodeAt(at)
    : (at: number): number => line[at]!;
  let depth = 0;
  for (let at = 0; at < length; at++) {
    const byte = codeAt(at);
    if (byte === QUOTE) {
      for (at++; at < length && codeAt(at) !== QUOTE; at++) {
        if (codeAt(at) === BACKSLASH) at++;
      }
    } else if (byte === OPENING_BRACKET || byte === OPENING_BRACE) {
      if (++depth > MAX_NESTING) return true;
    } else if (byte === CLOSING_BRACKET || byte === CLOSING_BRACE) {
      depth--;
    }
  }
  return false;
}
