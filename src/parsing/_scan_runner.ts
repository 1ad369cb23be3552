/** Runner changes (`rc`, protocol section 3.6) from bytes to slots. @module */

import type * as layout from "../tape/layout.ts";
import type * as ascii from "./_ascii.ts";
import type * as decline from "./_decline.ts";
import { LADDER_NAMES } from "../tape/ladder_name.ts";
import * as number from "./_scan_number.ts";
import * as rows from "./_scan_rows.ts";
import type { ScanState } from "./_scan_state.ts";
import * as text from "./_scan_text.ts";
import * as skip from "./_skip.ts";

// Copies, as engines do not fold imported constants; see `_scan_change.ts`.
const RUNNER_COUNT: typeof layout.RUNNER_COUNT = 7;
const RUNNER_LENGTH: typeof layout.RUNNER_LENGTH = 0;
const RUNNER_FLAGS: typeof layout.RUNNER_FLAGS = 1;
const SELECTION_ID: typeof layout.SELECTION_ID = 2;
const HANDICAP: typeof layout.HANDICAP = 3;
const LTP: typeof layout.LTP = 4;
const TV: typeof layout.TV = 5;
const SPN: typeof layout.SPN = 6;
const SPF: typeof layout.SPF = 7;
const RUNNER_SLOTS: typeof layout.RUNNER_SLOTS = 8;
const HAS_LTP: typeof layout.HAS_LTP = 1;
const HAS_TV: typeof layout.HAS_TV = 0x2;
const HAS_SPN: typeof layout.HAS_SPN = 0x4;
const HAS_SPF: typeof layout.HAS_SPF = 0x8;
const HAS_HANDICAP: typeof layout.HAS_HANDICAP = 0x10;
const LADDER_SHIFT: typeof layout.LADDER_SHIFT = 5;
const FIRST_LEVEL_KIND: typeof layout.FIRST_LEVEL_KIND = 5;
const BDATB: typeof layout.LadderKind.BDATB = 7;
const BDATL: typeof layout.LadderKind.BDATL = 8;
const SPACE: typeof ascii.SPACE = 0x20; // " "
const QUOTE: typeof ascii.QUOTE = 0x22; // '"'
const COMMA: typeof ascii.COMMA = 0x2c; // ","
const COLON: typeof ascii.COLON = 0x3a; // ":"
const LETTER_B = 0x62; // "b"
const LETTER_L = 0x6c; // "l"
const OPEN_BRACKET: typeof ascii.OPEN_BRACKET = 0x5b; // "["
const CLOSE_BRACKET: typeof ascii.CLOSE_BRACKET = 0x5d; // "]"
const OPEN_BRACE: typeof ascii.OPEN_BRACE = 0x7b; // "{"
const CLOSE_BRACE: typeof ascii.CLOSE_BRACE = 0x7d; // "}"
const SHAPE: typeof decline.SHAPE = -1;
const DUPLICATE: typeof decline.DUPLICATE = -3;
const TAPE_FULL: typeof decline.TAPE_FULL = -6;
const scanNumber = number.scanNumber;
const scanProjected = number.scanProjected;
const scanRows = rows.scanRows;
const isKey = text.isKey;
const packKey = text.packKey;
const skipUnknown = text.skipUnknown;
const skipColon = skip.skipColon;
const skipSpace = skip.skipSpace;

// Which key comes next is what no processor can predict, and a chain of comparisons
// is a chain of mispredicted branches. So a key is looked up, and all ladders take
// one way through the code, and all scalars another.

/** Codes of the keys: the ladder kinds, then the scalars in the order below. */
const FIRST_SCALAR = 9;
const FIRST_PROJECTED = 13;
const UNKNOWN = 15;

/** The keys by code. */
const NAMES: readonly string[] = [
  ...LADDER_NAMES,
  "id",
  "hc",
  "tv",
  "ltp",
  "spn",
  "spf",
];
/** Slots and flags of the scalars by code. */
const SLOTS: Int32Array = new Int32Array(16);
const FLAGS: Int32Array = new Int32Array(16);
/** Bytes from a key's first to behind its quote, by code. */
const LENGTHS: Int32Array = Int32Array.from({ length: 16 }, lengthOf);
/** Marks an id that was seen; above all bits of RUNNER_FLAGS. */
const HAS_ID = 1 << 30;

SLOTS.set([SELECTION_ID, HANDICAP, TV, LTP, SPN, SPF], FIRST_SCALAR);
FLAGS.set(
  [HAS_ID, HAS_HANDICAP, HAS_TV, HAS_LTP, HAS_SPN, HAS_SPF],
  FIRST_SCALAR,
);

// Keys by a hash of their first four bytes, the quote and a colon behind it included:
// chosen so that no two of them share a place.
const HASH_FACTOR = 0x6e12ba5f;
const HASH_SHIFT = 27;
const KEYS: Int32Array = new Int32Array(1 << 32 - HASH_SHIFT);
const CODES: Int32Array = new Int32Array(1 << 32 - HASH_SHIFT);

for (let code = NAMES.length - 1; code >= 0; code--) {
  const key = packKey(`${NAMES[code]}":`);
  const place = Math.imul(key, HASH_FACTOR) >>> HASH_SHIFT;
  if (KEYS[place] !== 0 && KEYS[place] !== key) {
    throw new Error("Cannot tell keys apart as two of them share a place");
  }
  KEYS[place] = key;
  CODES[place] = code; // of two with the same beginning the first
}

function lengthOf(_: unknown, code: number): number {
  return (NAMES[code]?.length ?? 0) + 1;
}

/** The code of a key that the table does not have, as one with white space behind it. */
function codeAt(b: Uint8Array, p: number): number {
  for (let code = 0; code < NAMES.length; code++) {
    if (isKey(b, p, NAMES[code]!)) return code;
  }
  return UNKNOWN;
}

/** The code of a level ladder's key, of which the table has the first four bytes. */
function levelCodeAt(b: Uint8Array, p: number, code: number): number {
  if (code === BDATB && b[p + 4] !== LETTER_B) {
    if (b[p + 4] !== LETTER_L) return UNKNOWN;
    code = BDATL;
  }
  return b[p + LENGTHS[code]! - 1] === QUOTE ? code : UNKNOWN;
}

/** The array of runner changes, from its bracket. */
export function scanRunners(s: ScanState, p: number, market: number): number {
  const b = s.block;
  const t = s.slots;
  if (p < 0) return p;
  if (b[p++] !== OPEN_BRACKET) return SHAPE;
  if (b[p]! <= SPACE) p = skipSpace(b, p);
  if (b[p] === CLOSE_BRACKET) return p + 1;
  let count = 0;
  while (true) {
    if (b[p] !== OPEN_BRACE) {
      p = skipSpace(b, p);
      if (b[p] !== OPEN_BRACE) return SHAPE;
    }
    p = scanRunner(s, p + 1);
    if (p < 0) return p;
    count++;
    let c = b[p++]!;
    if (c === COMMA) continue;
    if (c !== CLOSE_BRACKET) {
      p = skipSpace(b, p - 1);
      c = b[p++]!;
      if (c === COMMA) continue;
      if (c !== CLOSE_BRACKET) return SHAPE;
    }
    t[market + RUNNER_COUNT] = count;
    return p;
  }
}

/** One runner change, from behind its brace to behind its other. */
function scanRunner(s: ScanState, p: number): number {
  const b = s.block;
  const t = s.slots;
  const at = s.next;
  if (at > s.limit) return TAPE_FULL;
  s.next = at + RUNNER_SLOTS;
  // The others are always written.
  t[at + HANDICAP] = 0;
  t[at + LTP] = 0;
  t[at + TV] = 0;
  t[at + SPN] = 0;
  t[at + SPF] = 0;
  let flags = 0;
  while (true) {
    if (b[p] !== QUOTE) {
      p = skipSpace(b, p);
      if (b[p] !== QUOTE) return SHAPE;
    }
    p++;
    const key = b[p]! | b[p + 1]! << 8 | b[p + 2]! << 16 | b[p + 3]! << 24;
    const place = Math.imul(key, HASH_FACTOR) >>> HASH_SHIFT;
    let code = KEYS[place] === key ? CODES[place]! : codeAt(b, p);
    if (code >= FIRST_LEVEL_KIND && code < FIRST_SCALAR) {
      code = levelCodeAt(b, p, code);
    }
    if (code < FIRST_SCALAR) {
      const has = 1 << LADDER_SHIFT + code;
      if ((flags & has) !== 0) return DUPLICATE;
      flags |= has;
      p += LENGTHS[code]!;
      if (b[p] === COLON && b[p + 1] === OPEN_BRACKET) {
        p += 2;
      } else {
        p = skipColon(b, p);
        if (p < 0) return p;
        if (b[p++] !== OPEN_BRACKET) return SHAPE;
      }
      p = scanRows(s, p, code);
    } else if (code < UNKNOWN) {
      const has = FLAGS[code]!;
      if ((flags & has) !== 0) return DUPLICATE;
      flags |= has;
      p = skipColon(b, p + LENGTHS[code]!);
      const slot = at + SLOTS[code]!;
      p = code < FIRST_PROJECTED
        ? scanNumber(b, t, p, slot)
        : scanProjected(b, t, p, slot);
    } else {
      p = skipUnknown(b, p);
    }
    if (p < 0) return p;
    let c = b[p++]!;
    if (c === COMMA) continue;
    if (c !== CLOSE_BRACE) {
      p = skipSpace(b, p - 1);
      c = b[p++]!;
      if (c === COMMA) continue;
      if (c !== CLOSE_BRACE) return SHAPE;
    }
    if ((flags & HAS_ID) === 0) return SHAPE;
    t[at + RUNNER_FLAGS] = flags ^ HAS_ID;
    t[at + RUNNER_LENGTH] = s.next - at;
    return p;
  }
}
