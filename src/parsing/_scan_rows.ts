/** Ladder rows from bytes to slots. @module */

import type * as layout from "../tape/layout.ts";
import type * as ascii from "./_ascii.ts";
import type * as decline from "./_decline.ts";
import * as number from "./_scan_number.ts";
import type { ScanState } from "./_scan_state.ts";
import * as skip from "./_skip.ts";

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
const scanNumber = number.scanNumber;
const skipSpace = skip.skipSpace;

/** What the point becomes in the digit test. */
const POINT = DOT ^ ZERO;
/** Digits that, with two decimals behind them, still make an int32. */
const MAX_DIGITS = 7;

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
      price: {
        // Up to seven digits and two decimals, written out: loops over so few
        // digits cost more than what they do.
        fast: {
          let int = b[p]! ^ ZERO;
          if (int >= 10) break fast;
          let q = p + 1;
          let d = b[q]! ^ ZERO;
          if (d < 10) {
            if (int === 0) break fast;
            int = int * 10 + d;
            d = b[++q]! ^ ZERO;
            if (d < 10) {
              int = int * 10 + d;
              d = b[++q]! ^ ZERO;
              while (d < 10) {
                int = Math.imul(int, 10) + d | 0;
                d = b[++q]! ^ ZERO;
              }
              if (q - p > MAX_DIGITS) break fast;
            }
          }
          if (d === POINT) {
            const tenth = b[q + 1]! ^ ZERO;
            if (tenth >= 10) break fast;
            d = b[q + 2]! ^ ZERO;
            if (d >= 10) {
              if (b[q + 2] !== COMMA) break fast;
              t[slot] = (int * 10 + tenth) / 10;
              p = q + 3;
            } else {
              if (b[q + 3] !== COMMA) break fast;
              t[slot] = (int * 100 + tenth * 10 + d) / 100;
              p = q + 4;
            }
          } else {
            if (b[q] !== COMMA) break fast;
            t[slot] = int;
            p = q + 1;
          }
          break price;
        }
        p = scanNumber(b, t, p, slot);
        if (p < 0) return p;
        p = skipSpace(b, p);
        if (b[p++] !== COMMA) return SHAPE;
      }
      size: {
        // Up to seven digits and two decimals, written out: loops over so few
        // digits cost more than what they do.
        fast: {
          let int = b[p]! ^ ZERO;
          if (int >= 10) break fast;
          let q = p + 1;
          let d = b[q]! ^ ZERO;
          if (d < 10) {
            if (int === 0) break fast;
            int = int * 10 + d;
            d = b[++q]! ^ ZERO;
            if (d < 10) {
              int = int * 10 + d;
              d = b[++q]! ^ ZERO;
              while (d < 10) {
                int = Math.imul(int, 10) + d | 0;
                d = b[++q]! ^ ZERO;
              }
              if (q - p > MAX_DIGITS) break fast;
            }
          }
          if (d === POINT) {
            const tenth = b[q + 1]! ^ ZERO;
            if (tenth >= 10) break fast;
            d = b[q + 2]! ^ ZERO;
            if (d >= 10) {
              if (b[q + 2] !== CLOSE_BRACKET) break fast;
              t[slot + 1] = (int * 10 + tenth) / 10;
              p = q + 3;
            } else {
              if (b[q + 3] !== CLOSE_BRACKET) break fast;
              t[slot + 1] = (int * 100 + tenth * 10 + d) / 100;
              p = q + 4;
            }
          } else {
            if (b[q] !== CLOSE_BRACKET) break fast;
            t[slot + 1] = int;
            p = q + 1;
          }
          break size;
        }
        p = scanNumber(b, t, p, slot + 1);
        if (p < 0) return p;
        p = skipSpace(b, p);
        if (b[p++] !== CLOSE_BRACKET) return SHAPE;
      }
      rows++;
      slot += PRICE_ROW;
      let c = b[p++]!;
      if (c === COMMA) continue;
      if (c !== CLOSE_BRACKET) {
        p = skipSpace(b, p - 1);
        c = b[p++]!;
        if (c === COMMA) continue;
        if (c !== CLOSE_BRACKET) return SHAPE;
      }
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
