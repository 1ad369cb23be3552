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
  let high = 0;
  let low = 0;
  let odd = 0;
  for (let i = p; i < p + 7; i++) {
    const d = b[i]! ^ ZERO;
    odd |= 9 - d;
    high = Math.imul(high, 10) + d | 0;
  }
  for (let i = p + 7; i < p + 13; i++) {
    const d = b[i]! ^ ZERO;
    odd |= 9 - d;
    low = Math.imul(low, 10) + d | 0;
  }
  const next = b[p + 13];
  // A negative `9 - d` is no digit; behind the digits only an end will do.
  if (odd < 0 || b[p] === ZERO || (next !== COMMA && next !== CLOSE_BRACE)) {
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
