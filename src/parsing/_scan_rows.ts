/** Ladder rows from bytes to slots. @module */

import type * as layout from "../tape/layout.ts";
import type * as ascii from "./_ascii.ts";
import type * as decline from "./_decline.ts";
import { isOddNumber, POWERS_OF_TEN, scanNumber } from "./_scan_number.ts";
import type { ScanState } from "./_scan_state.ts";
import { skipSpace } from "./_skip.ts";

// Copies, as engines do not fold imported constants; see `_scan_change.ts`.
const LADDER_KIND: typeof layout.LADDER_KIND = 0;
const LADDER_ROWS: typeof layout.LADDER_ROWS = 1;
const LADDER_SLOTS: typeof layout.LADDER_SLOTS = 2;
const FIRST_LEVEL_KIND: typeof layout.FIRST_LEVEL_KIND = 5;
const PRICE_ROW: typeof layout.PRICE_ROW = 2;
const MAX_LEVEL: typeof layout.MAX_LEVEL = 99;
const SPACE: typeof ascii.SPACE = 0x20; // " "
const COMMA: typeof ascii.COMMA = 0x2c; // ","
const DOT: typeof ascii.DOT = 0x2e; // "."
const ZERO: typeof ascii.ZERO = 0x30; // "0"
const OPEN_BRACKET: typeof ascii.OPEN_BRACKET = 0x5b; // "["
const CLOSE_BRACKET: typeof ascii.CLOSE_BRACKET = 0x5d; // "]"
const SHAPE: typeof decline.SHAPE = -1;
const TAPE_FULL: typeof decline.TAPE_FULL = -6;

const POWERS: Float64Array = POWERS_OF_TEN;

/**
 * Rows of `[price, size]` or `[level, price, size]`, from behind the outer
 * bracket. Price and size are parsed in place: where half of all bytes are, a
 * call for each costs a tenth of the speed.
 */
export function scanRows(s: ScanState, p: number, kind: number): number {
  const b = s.block;
  const t = s.slots;
  const at = s.next;
  const isLevel = kind >= FIRST_LEVEL_KIND;
  let slot = at + LADDER_SLOTS;
  let rows = 0;
  if (b[p]! <= SPACE) p = skipSpace(b, p);
  if (b[p] === CLOSE_BRACKET) {
    p++;
  } else {
    while (true) {
      if (slot > s.limit) return TAPE_FULL;
      if (b[p] !== OPEN_BRACKET) {
        p = skipSpace(b, p);
        if (b[p] !== OPEN_BRACKET) return SHAPE;
      }
      p++;
      if (isLevel) {
        const level = b[p]! ^ ZERO;
        if (level < 10 && b[p + 1] === COMMA) {
          t[slot] = level;
          p += 2;
        } else {
          p = scanLevel(s, p, slot);
          if (p < 0) return p;
        }
        slot++;
      }
      let start = p;
      let d = b[p]! ^ ZERO;
      if (d < 10) {
        let int = d;
        let scale = 0;
        while ((d = b[++p]! ^ ZERO) < 10) int = Math.imul(int, 10) + d | 0;
        if (d === (DOT ^ ZERO)) {
          const dot = p;
          while ((d = b[++p]! ^ ZERO) < 10) int = Math.imul(int, 10) + d | 0;
          scale = p - dot - 1;
        }
        if (b[p] !== COMMA || isOddNumber(b, start, p, scale)) {
          p = scanNumber(b, t, start, slot);
          if (p < 0) return p;
        } else {
          t[slot] = scale === 0 ? int : int / POWERS[scale]!;
        }
      } else {
        p = scanNumber(b, t, p, slot);
        if (p < 0) return p;
      }
      if (b[p] !== COMMA) {
        p = skipSpace(b, p);
        if (b[p] !== COMMA) return SHAPE;
      }
      start = ++p;
      d = b[p]! ^ ZERO;
      if (d < 10) {
        let int = d;
        let scale = 0;
        while ((d = b[++p]! ^ ZERO) < 10) int = Math.imul(int, 10) + d | 0;
        if (d === (DOT ^ ZERO)) {
          const dot = p;
          while ((d = b[++p]! ^ ZERO) < 10) int = Math.imul(int, 10) + d | 0;
          scale = p - dot - 1;
        }
        if (b[p] !== CLOSE_BRACKET || isOddNumber(b, start, p, scale)) {
          p = scanNumber(b, t, start, slot + 1);
          if (p < 0) return p;
        } else {
          t[slot + 1] = scale === 0 ? int : int / POWERS[scale]!;
        }
      } else {
        p = scanNumber(b, t, p, slot + 1);
        if (p < 0) return p;
      }
      if (b[p] !== CLOSE_BRACKET) {
        p = skipSpace(b, p);
        if (b[p] !== CLOSE_BRACKET) return SHAPE;
      }
      p++;
      rows++;
      slot += PRICE_ROW;
      if (b[p]! <= SPACE) p = skipSpace(b, p);
      const c = b[p++];
      if (c === COMMA) continue;
      if (c !== CLOSE_BRACKET) return SHAPE;
      break;
    }
  }
  t[at + LADDER_KIND] = kind;
  t[at + LADDER_ROWS] = rows;
  s.next = slot;
  return p;
}

/** A level that is not one digit before a comma, and the comma. */
function scanLevel(s: ScanState, p: number, slot: number): number {
  const b = s.block;
  const t = s.slots;
  p = scanNumber(b, t, p, slot);
  if (p < 0) return p;
  const level = s.slots[slot]!;
  if (!(level >= 0 && level <= MAX_LEVEL && level % 1 === 0)) return SHAPE;
  s.slots[slot] = level + 0; // -0 is 0 here
  p = skipSpace(s.block, p);
  return s.block[p] === COMMA ? p + 1 : SHAPE;
}
