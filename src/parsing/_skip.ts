/**
 * Strict, stateless stepping over JSON text that nobody asked to have read.
 *
 * Each function takes the offset of a value's first byte and returns the offset
 * behind its last, or one of the negative codes of `_decline.ts`. They accept exactly what
 * `JSON.parse` accepts of well-formed UTF-8, up to {@linkcode MAX_DEPTH}: text
 * that is skipped must not be able to hide an invalid line. All rely on the
 * line being ended by an LF, which no JSON value on one line contains, so no
 * function checks for the end of the buffer.
 *
 * @module
 */

import type { ScanState } from "./_scan_state.ts";
import type * as ascii from "./_ascii.ts";
import type * as decline from "./_decline.ts";

// Engines fold constants of the file itself, but not imported ones, which costs
// up to half the speed here; so these are copies, and the compiler checks them.
const CR: typeof ascii.CR = 0x0d; // "\r"
const TAB: typeof ascii.TAB = 0x09; // "\t"
const SPACE: typeof ascii.SPACE = 0x20; // " "
const QUOTE: typeof ascii.QUOTE = 0x22; // '"'
const COMMA: typeof ascii.COMMA = 0x2c; // ","
const MINUS: typeof ascii.MINUS = 0x2d; // "-"
const DOT: typeof ascii.DOT = 0x2e; // "."
const ZERO: typeof ascii.ZERO = 0x30; // "0"
const COLON: typeof ascii.COLON = 0x3a; // ":"
const OPEN_BRACKET: typeof ascii.OPEN_BRACKET = 0x5b; // "["
const BACKSLASH: typeof ascii.BACKSLASH = 0x5c; // "\\"
const CLOSE_BRACKET: typeof ascii.CLOSE_BRACKET = 0x5d; // "]"
const OPEN_BRACE: typeof ascii.OPEN_BRACE = 0x7b; // "{"
const CLOSE_BRACE: typeof ascii.CLOSE_BRACE = 0x7d; // "}"
const SHAPE: typeof decline.SHAPE = -1;
const ESCAPE: typeof decline.ESCAPE = -2;
const NESTING: typeof decline.NESTING = -4;

// Local names for the same reason: what a file exports is looked up as well.
const space = skipSpace;
const string = skipString;
const number = skipNumber;
const value = skipValue;
const colon = skipColon;
const isTrueAt = isTrue;
const isFalseAt = isFalse;
const isNullAt = isNull;

/**
 * Levels of nesting inside a skipped value; definitions have three. Bounds the
 * recursion, so that a hostile line cannot exhaust the stack.
 */
export const MAX_DEPTH = 24;

const PLUS = 0x2b; // "+"

/**
 * 1 for each byte that stands for itself in a string: ASCII without control
 * characters, quote and backslash. One look-up in place of four comparisons.
 */
const PLAIN: Uint8Array = Uint8Array.from(
  { length: 256 },
  (_, c) => c >= SPACE && c < 0x80 && c !== QUOTE && c !== BACKSLASH ? 1 : 0,
);

/**
 * Skips white space inside a line.
 *
 * @param b Bytes of the block.
 * @param p Offset to start at.
 * @returns Offset of the first byte that is not a space, tab or CR.
 */
export function skipSpace(b: Uint8Array, p: number): number {
  let c = b[p];
  while (c === SPACE || c === TAB || c === CR) c = b[++p];
  return p;
}

/**
 * Skips a string.
 *
 * @param b Bytes of the block.
 * @param p Offset behind the opening quote.
 * @returns Offset behind the closing quote, or {@linkcode SHAPE}.
 */
export function skipString(b: Uint8Array, p: number): number {
  while (true) {
    while (PLAIN[b[p]!] === 1) p++;
    const c = b[p]!;
    if (c === QUOTE) return p + 1;
    if (c < SPACE) return SHAPE;
    p = c === BACKSLASH ? skipEscape(b, p + 1) : skipMultibyte(b, p);
    if (p < 0) return p;
  }
}

/** Skips what follows a backslash; surrogates may be lone, as in `JSON.parse`. */
function skipEscape(b: Uint8Array, p: number): number {
  switch (b[p]) {
    case QUOTE:
    case BACKSLASH:
    case 0x2f: // "/"
    case 0x62: // "b"
    case 0x66: // "f"
    case 0x6e: // "n"
    case 0x72: // "r"
    case 0x74: // "t"
      return p + 1;
    case 0x75: // "u"
      for (let i = 1; i <= 4; i++) if (!isHexDigit(b[p + i]!)) return SHAPE;
      return p + 5;
    default:
      return SHAPE;
  }
}

function isHexDigit(c: number): boolean {
  const letter = c | 0x20;
  return (c ^ ZERO) < 10 || (letter >= 0x61 && letter <= 0x66);
}

/** Skips one UTF-8 sequence of two to four bytes by the table of RFC 3629. */
function skipMultibyte(b: Uint8Array, p: number): number {
  const lead = b[p]!;
  if (lead < 0xc2 || lead > 0xf4) return SHAPE;
  const second = b[p + 1]!;
  if (lead < 0xe0) return isContinuation(second) ? p + 2 : SHAPE;
  // Overlong forms, surrogates and code points above U+10FFFF narrow the
  // second byte of four lead bytes.
  const low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  if (second < low || second > high || !isContinuation(b[p + 2]!)) return SHAPE;
  if (lead < 0xf0) return p + 3;
  return isContinuation(b[p + 3]!) ? p + 4 : SHAPE;
}

function isContinuation(c: number): boolean {
  return (c & 0xc0) === 0x80;
}

/**
 * Skips a number of any length by the grammar of RFC 8259.
 *
 * @param b Bytes of the block.
 * @param p Offset of the sign or first digit.
 * @returns Offset behind the number, or {@linkcode SHAPE}.
 */
export function skipNumber(b: Uint8Array, p: number): number {
  if (b[p] === MINUS) p++;
  if (b[p] === ZERO) {
    p++;
  } else {
    const start = p;
    while ((b[p]! ^ ZERO) < 10) p++;
    if (p === start) return SHAPE;
  }
  if (b[p] === DOT) {
    const start = ++p;
    while ((b[p]! ^ ZERO) < 10) p++;
    if (p === start) return SHAPE;
  }
  if ((b[p]! | 0x20) === 0x65) { // "e", "E"
    p++;
    if (b[p] === PLUS || b[p] === MINUS) p++;
    const start = p;
    while ((b[p]! ^ ZERO) < 10) p++;
    if (p === start) return SHAPE;
  }
  return p;
}

/**
 * Tells whether `true` starts at an offset.
 *
 * @param b Bytes of the block.
 * @param p Offset of the `t`.
 * @returns Whether it does.
 */
export function isTrue(b: Uint8Array, p: number): boolean {
  return b[p] === 0x74 && b[p + 1] === 0x72 && b[p + 2] === 0x75 &&
    b[p + 3] === 0x65;
}

/**
 * Tells whether `false` starts at an offset.
 *
 * @param b Bytes of the block.
 * @param p Offset of the `f`.
 * @returns Whether it does.
 */
export function isFalse(b: Uint8Array, p: number): boolean {
  return b[p] === 0x66 && b[p + 1] === 0x61 && b[p + 2] === 0x6c &&
    b[p + 3] === 0x73 && b[p + 4] === 0x65;
}

/**
 * Tells whether `null` starts at an offset.
 *
 * @param b Bytes of the block.
 * @param p Offset of the `n`.
 * @returns Whether it does.
 */
export function isNull(b: Uint8Array, p: number): boolean {
  return b[p] === 0x6e && b[p + 1] === 0x75 && b[p + 2] === 0x6c &&
    b[p + 3] === 0x6c;
}

/**
 * Skips a value of any type.
 *
 * @param b Bytes of the block.
 * @param p Offset of the value, or of white space before it.
 * @param depth Nesting still allowed.
 * @returns Offset behind the value, {@linkcode SHAPE} or {@linkcode NESTING}.
 */
export function skipValue(b: Uint8Array, p: number, depth: number): number {
  let c = b[p]!;
  if (c <= SPACE) {
    p = space(b, p);
    c = b[p]!;
  }
  if (c === QUOTE) return string(b, p + 1);
  if ((c ^ ZERO) < 10 || c === MINUS) return number(b, p);
  if (c === OPEN_BRACE) {
    return depth > 0 ? skipObject(b, p + 1, depth - 1) : NESTING;
  }
  if (c === OPEN_BRACKET) {
    return depth > 0 ? skipArray(b, p + 1, depth - 1) : NESTING;
  }
  if (c === 0x74) return isTrueAt(b, p) ? p + 4 : SHAPE;
  if (c === 0x66) return isFalseAt(b, p) ? p + 5 : SHAPE;
  if (c === 0x6e) return isNullAt(b, p) ? p + 4 : SHAPE;
  return SHAPE;
}

/** Skips an array from behind its bracket. */
function skipArray(b: Uint8Array, p: number, depth: number): number {
  if (b[p]! <= SPACE) p = space(b, p);
  if (b[p] === CLOSE_BRACKET) return p + 1;
  while (true) {
    p = value(b, p, depth);
    if (p < 0) return p;
    if (b[p]! <= SPACE) p = space(b, p);
    const c = b[p++];
    if (c === CLOSE_BRACKET) return p;
    if (c !== COMMA) return SHAPE;
  }
}

/** Skips an object from behind its brace. */
function skipObject(b: Uint8Array, p: number, depth: number): number {
  if (b[p]! <= SPACE) p = space(b, p);
  if (b[p] === CLOSE_BRACE) return p + 1;
  while (true) {
    if (b[p]! <= SPACE) p = space(b, p);
    if (b[p] !== QUOTE) return SHAPE;
    p = string(b, p + 1);
    if (p < 0) return p;
    p = colon(b, p);
    if (p < 0) return p;
    p = value(b, p, depth);
    if (p < 0) return p;
    if (b[p]! <= SPACE) p = space(b, p);
    const c = b[p++];
    if (c === CLOSE_BRACE) return p;
    if (c !== COMMA) return SHAPE;
  }
}

/**
 * Skips the colon behind a key, with the white space around it.
 *
 * @param b Bytes of the block.
 * @param p Offset behind the key's closing quote.
 * @returns Offset of the value, or {@linkcode SHAPE}.
 */
export function skipColon(b: Uint8Array, p: number): number {
  if (b[p] !== COLON) {
    p = space(b, p);
    if (b[p] !== COLON) return SHAPE;
  }
  p++;
  return b[p]! <= SPACE ? space(b, p) : p;
}

/**
 * Skips a market definition and looks at its status on the way.
 *
 * @param s State of the scan: is told whether the market is closed.
 * @param p Offset behind the opening brace.
 * @returns Offset behind the closing brace, or a negative code.
 */
export function skipDefinition(s: ScanState, p: number): number {
  const b = s.block;
  s.isClosed = false;
  if (b[p]! <= SPACE) p = space(b, p);
  if (b[p] === CLOSE_BRACE) return p + 1;
  while (true) {
    if (b[p]! <= SPACE) p = space(b, p);
    if (b[p] !== QUOTE) return SHAPE;
    const key = p + 1;
    p = string(b, key);
    if (p < 0) return p;
    const isStatus = p - key === 7 && b[key] === 0x73 && b[key + 1] === 0x74 &&
      b[key + 2] === 0x61 &&
      b[key + 3] === 0x74 && b[key + 4] === 0x75 && b[key + 5] === 0x73;
    // An escaped key could be "status" in disguise.
    if (hasEscape(b, key, p)) return ESCAPE;
    p = colon(b, p);
    if (p < 0) return p;
    const start = p;
    p = value(b, p, MAX_DEPTH);
    if (p < 0) return p;
    if (isStatus) {
      if (hasEscape(b, start, p)) return ESCAPE;
      s.isClosed = isClosed(b, start, p);
    }
    if (b[p]! <= SPACE) p = space(b, p);
    const c = b[p++];
    if (c === CLOSE_BRACE) return p;
    if (c !== COMMA) return SHAPE;
  }
}

function isClosed(b: Uint8Array, start: number, end: number): boolean {
  return end - start === 8 && b[start] === QUOTE && b[start + 1] === 0x43 &&
    b[start + 2] === 0x4c &&
    b[start + 3] === 0x4f && b[start + 4] === 0x53 && b[start + 5] === 0x45 &&
    b[start + 6] === 0x44;
}

function hasEscape(b: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (b[i] === BACKSLASH) return true;
  return false;
}
