/** How deep a line may be nested. See {@linkcode isTooDeep}. */

/**
 * Deepest nesting of a line. Messages of the exchange have 8 levels; each level of a
 * hostile line costs some hundred bytes once it is parsed.
 */
export const MAX_NESTING = 1000;

const encoder = new TextEncoder();

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
  if (line.length <= MAX_NESTING) return false;
  if (typeof line !== "string") return isDeep(line);
  // Nearly always: not so much is opened at all. To look for that is a twentieth of
  // parsing; to follow what opens and closes would be as much again.
  return openingsIn(line) > MAX_NESTING && isDeep(encoder.encode(line));
}

/** How often something opens, in strings as well; counted up to the limit. */
function openingsIn(line: string): number {
  let count = 0;
  for (const opening of ["[", "{"]) {
    let at = line.indexOf(opening);
    for (
      ;
      at >= 0 && count <= MAX_NESTING;
      at = line.indexOf(opening, at + 1)
    ) {
      count++;
    }
  }
  return count;
}

/** Follows what opens and closes, strings left out. */
function isDeep(line: Uint8Array): boolean {
  const { length } = line;
  let depth = 0;
  for (let at = 0; at < length; at++) {
    const byte = line[at];
    if (byte === QUOTE) {
      for (at++; at < length && line[at] !== QUOTE; at++) {
        if (line[at] === BACKSLASH) at++;
      }
    } else if (byte === OPENING_BRACKET || byte === OPENING_BRACE) {
      if (++depth > MAX_NESTING) return true;
    } else if (byte === CLOSING_BRACKET || byte === CLOSING_BRACE) {
      depth--;
    }
  }
  return false;
}
