/**
 * Numbers from bytes to slots, each exactly the double that `JSON.parse` gives.
 *
 * Each function takes the bytes, the slots, the offset of a number's first byte (a
 * negative code passes through) and the slot for the value, and returns the
 * offset behind the number or a code of `_decline.ts`.
 *
 * @module
 */

import type * as ascii from "./_ascii.ts";
import type * as decline from "./_decline.ts";
import * as text from "./_scan_text.ts";
import * as skip from "./_skip.ts";

// Copies, as engines do not fold imported constants; see `_scan_change.ts`.
const QUOTE: typeof ascii.QUOTE = 0x22; // '"'
const COMMA: typeof ascii.COMMA = 0x2c; // ","
const DOT: typeof ascii.DOT = 0x2e; // "."
const ZERO: typeof ascii.ZERO = 0x30; // "0"
const CLOSE_BRACE: typeof ascii.CLOSE_BRACE = 0x7d; // "}"
const SHAPE: typeof decline.SHAPE = -1;
const isKey = text.isKey;
const skipNumber = skip.skipNumber;
const skipSpace = skip.skipSpace;

/** A number of at most this many digits fits an int32, which is fast. */
const FAST_DIGITS = 9;
/** Up to 15 digits, integer / 10^k is the double that `JSON.parse` gives. */
const EXACT_DIGITS = 15;
const EXPONENT = 0x45 ^ ZERO | 0x20; // "e" or "E", after the digit test
/** Powers of ten that are exact. */
export const POWERS_OF_TEN: Float64Array = Float64Array.from({
  length: EXACT_DIGITS + 1,
}, (_, k) => 10 ** k);

/** A number into a slot, from its first byte or white space before it. */
export function scanNumber(
  b: Uint8Array,
  t: Float64Array,
  p: number,
  slot: number,
): number {
  if (p < 0) return p;
  let start = p;
  let d = b[p]! ^ ZERO;
  if (d >= 10) {
    start = p = skipSpace(b, p);
    d = b[p]! ^ ZERO;
    if (d >= 10) return scanOddNumber(b, t, p, slot);
  }
  let int = d;
  let scale = 0;
  while ((d = b[++p]! ^ ZERO) < 10) int = Math.imul(int, 10) + d | 0;
  if (d === (DOT ^ ZERO)) {
    const dot = p;
    while ((d = b[++p]! ^ ZERO) < 10) int = Math.imul(int, 10) + d | 0;
    scale = p - dot - 1;
  }
  if (isOddNumber(b, start, p, scale) || (d | 0x20) === EXPONENT) {
    return scanLongNumber(b, t, start, slot);
  }
  t[slot] = scale === 0 ? int : int / POWERS_OF_TEN[scale]!;
  return p;
}

/** A number of up to 15 digits, in doubles: half as fast as in int32. */
function scanLongNumber(
  b: Uint8Array,
  t: Float64Array,
  p: number,
  slot: number,
): number {
  const start = p;
  let d = b[p]! ^ ZERO;
  let int = d;
  let scale = 0;
  while ((d = b[++p]! ^ ZERO) < 10) int = int * 10 + d;
  if (d === (DOT ^ ZERO)) {
    const dot = p;
    while ((d = b[++p]! ^ ZERO) < 10) int = int * 10 + d;
    scale = p - dot - 1;
    if (scale === 0) return SHAPE;
  }
  if (b[start] === ZERO && (b[start + 1]! ^ ZERO) < 10) return SHAPE;
  if (p - start > EXACT_DIGITS || (d | 0x20) === EXPONENT) {
    return scanOddNumber(b, t, start, slot);
  }
  t[slot] = scale === 0 ? int : int / POWERS_OF_TEN[scale]!;
  return p;
}

/** A publish time: 13 digits in two int32 halves, or any other number. */
export function scanTime(
  b: Uint8Array,
  t: Float64Array,
  p: number,
  slot: number,
): number {
  if (p < 0) return p;
  // Seven digits and six, each an int32, and every other digit's weight its own:
  // a chain of multiplications would have to wait for each of them.
  const d0 = b[p + 0]! ^ ZERO;
  const d1 = b[p + 1]! ^ ZERO;
  const d2 = b[p + 2]! ^ ZERO;
  const d3 = b[p + 3]! ^ ZERO;
  const d4 = b[p + 4]! ^ ZERO;
  const d5 = b[p + 5]! ^ ZERO;
  const d6 = b[p + 6]! ^ ZERO;
  const d7 = b[p + 7]! ^ ZERO;
  const d8 = b[p + 8]! ^ ZERO;
  const d9 = b[p + 9]! ^ ZERO;
  const d10 = b[p + 10]! ^ ZERO;
  const d11 = b[p + 11]! ^ ZERO;
  const d12 = b[p + 12]! ^ ZERO;
  const odd = (9 - d0) | (9 - d1) | (9 - d2) | (9 - d3) | (9 - d4) | (9 - d5) |
    (9 - d6) | (9 - d7) | (9 - d8) | (9 - d9) | (9 - d10) | (9 - d11) |
    (9 - d12);
  const high = d0 * 1_000_000 + d1 * 100_000 + d2 * 10_000 + d3 * 1000 +
      d4 * 100 + d5 * 10 + d6 | 0;
  const low = d7 * 100_000 + d8 * 10_000 + d9 * 1000 + d10 * 100 + d11 * 10 +
      d12 | 0;
  const next = b[p + 13];
  // A negative `9 - d` is no digit; behind the digits only an end will do.
  if (odd < 0 || d0 === 0 || (next !== COMMA && next !== CLOSE_BRACE)) {
    return scanNumber(b, t, p, slot);
  }
  t[slot] = high * 1e6 + low;
  return p + 13;
}

/** A number with a sign, an exponent, many digits or white space before it. */
function scanOddNumber(
  b: Uint8Array,
  t: Float64Array,
  p: number,
  slot: number,
): number {
  p = skipSpace(b, p);
  const end = skipNumber(b, p);
  if (end < 0) return end;
  let text = "";
  for (let i = p; i < end; i++) text += String.fromCharCode(b[i]!);
  t[slot] = Number(text);
  return end;
}

/** A projected SP: a number, "NaN" or "Infinity" as the exchange writes them. */
export function scanProjected(
  b: Uint8Array,
  t: Float64Array,
  p: number,
  slot: number,
): number {
  if (p < 0 || b[p] !== QUOTE) return scanNumber(b, t, p, slot);
  if (isKey(b, p + 1, "NaN")) {
    t[slot] = NaN;
    return p + 5;
  }
  if (isKey(b, p + 1, "Infinity")) {
    t[slot] = Infinity;
    return p + 10;
  }
  return SHAPE;
}

/**
 * Tells whether digits need the careful way: too many of them for an int32, a
 * leading zero before another digit, or a point with none behind it.
 */
export function isOddNumber(
  b: Uint8Array,
  start: number,
  end: number,
  scale: number,
): boolean {
  const digits = scale === 0 ? end - start : end - start - 1;
  return digits > FAST_DIGITS ||
    (b[start] === ZERO && (b[start + 1]! ^ ZERO) < 10) ||
    (scale === 0 && b[end - 1] === DOT);
}
