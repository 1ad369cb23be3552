/** Market changes (`mc`, protocol section 3.4) from bytes to slots. @module */

import type * as layout from "../tape/layout.ts";
import type * as ascii from "./_ascii.ts";
import type * as decline from "./_decline.ts";
import * as number from "./_scan_number.ts";
import * as runner from "./_scan_runner.ts";
import type { ScanState } from "./_scan_state.ts";
import * as text from "./_scan_text.ts";
import * as skip from "./_skip.ts";

// Copies, as engines do not fold imported constants; see `_scan_change.ts`.
const MARKET_COUNT: typeof layout.MARKET_COUNT = 15;
const MARKET_LENGTH: typeof layout.MARKET_LENGTH = 0;
const MARKET_FLAGS: typeof layout.MARKET_FLAGS = 1;
const MARKET_ID_START: typeof layout.MARKET_ID_START = 2;
const MARKET_ID_END: typeof layout.MARKET_ID_END = 3;
const RUNNER_COUNT: typeof layout.RUNNER_COUNT = 7;
const MARKET_TV: typeof layout.MARKET_TV = 4;
const DEFINITION_START: typeof layout.DEFINITION_START = 5;
const DEFINITION_END: typeof layout.DEFINITION_END = 6;
const MARKET_SLOTS: typeof layout.MARKET_SLOTS = 8;
const IMAGE: typeof layout.IMAGE = 1;
const CONFLATED: typeof layout.CONFLATED = 0x2;
const HAS_IMAGE: typeof layout.HAS_IMAGE = 0x4;
const HAS_CONFLATED: typeof layout.HAS_CONFLATED = 0x8;
const HAS_MARKET_TV: typeof layout.HAS_MARKET_TV = 0x10;
const HAS_DEFINITION: typeof layout.HAS_DEFINITION = 0x20;
const DEFINITION_CLOSED: typeof layout.DEFINITION_CLOSED = 0x40;
const HAS_RUNNERS: typeof layout.HAS_RUNNERS = 0x80;
const SPACE: typeof ascii.SPACE = 0x20; // " "
const QUOTE: typeof ascii.QUOTE = 0x22; // '"'
const COMMA: typeof ascii.COMMA = 0x2c; // ","
const OPEN_BRACKET: typeof ascii.OPEN_BRACKET = 0x5b; // "["
const CLOSE_BRACKET: typeof ascii.CLOSE_BRACKET = 0x5d; // "]"
const OPEN_BRACE: typeof ascii.OPEN_BRACE = 0x7b; // "{"
const CLOSE_BRACE: typeof ascii.CLOSE_BRACE = 0x7d; // "}"
const SHAPE: typeof decline.SHAPE = -1;
const DUPLICATE: typeof decline.DUPLICATE = -3;
const TAPE_FULL: typeof decline.TAPE_FULL = -6;
const scanNumber = number.scanNumber;
const scanRunners = runner.scanRunners;
const isKey = text.isKey;
const packKey = text.packKey;
const skipUnknown = text.skipUnknown;
const isFalse = skip.isFalse;
const isTrue = skip.isTrue;
const skipColon = skip.skipColon;
const skipDefinition = skip.skipDefinition;
const skipSpace = skip.skipSpace;
const skipString = skip.skipString;

const KEY_IMG: number = packKey('img"');
const KEY_CON: number = packKey('con"');
const KEY_ID: number = packKey('id"\0');
const KEY_TV: number = packKey('tv"\0');
const KEY_RC: number = packKey('rc"\0');
/** Masks a packed key of two letters and its quote. */
const THREE_BYTES = 0xff_ffff;

/** The array of market changes, from its bracket. */
export function scanMarkets(s: ScanState, p: number, at: number): number {
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
    p = scanMarket(s, p + 1);
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
    t[at + MARKET_COUNT] = count;
    return p;
  }
}

/** One market change, from behind its brace to behind its other. */
function scanMarket(s: ScanState, p: number): number {
  const b = s.block;
  const t = s.slots;
  const at = s.next;
  if (at > s.limit) return TAPE_FULL;
  s.next = at + MARKET_SLOTS;
  // The others are always written.
  t[at + MARKET_TV] = 0;
  t[at + DEFINITION_START] = 0;
  t[at + DEFINITION_END] = 0;
  t[at + RUNNER_COUNT] = 0;
  let flags = 0;
  let id = false;
  while (true) {
    if (b[p] !== QUOTE) {
      p = skipSpace(b, p);
      if (b[p] !== QUOTE) return SHAPE;
    }
    p++;
    const key = b[p]! | b[p + 1]! << 8 | b[p + 2]! << 16 | b[p + 3]! << 24;
    const short = key & THREE_BYTES;
    if (short === KEY_ID) {
      if (id) return DUPLICATE;
      id = true;
      p = skipColon(b, p + 3);
      if (p < 0) return p;
      if (b[p] !== QUOTE) return SHAPE;
      const start = ++p;
      p = skipString(b, p);
      if (p < 0) return p;
      t[at + MARKET_ID_START] = start - s.lineStart;
      t[at + MARKET_ID_END] = p - 1 - s.lineStart;
    } else if (short === KEY_RC) {
      if ((flags & HAS_RUNNERS) !== 0) return DUPLICATE;
      flags |= HAS_RUNNERS;
      p = scanRunners(s, skipColon(b, p + 3), at);
      if (p < 0) return p;
    } else if (short === KEY_TV) {
      if ((flags & HAS_MARKET_TV) !== 0) return DUPLICATE;
      flags |= HAS_MARKET_TV;
      p = scanNumber(b, t, skipColon(b, p + 3), at + MARKET_TV);
      if (p < 0) return p;
    } else if (key === KEY_CON || key === KEY_IMG) {
      const has = key === KEY_CON ? HAS_CONFLATED : HAS_IMAGE;
      if ((flags & has) !== 0) return DUPLICATE;
      flags |= has;
      p = skipColon(b, p + 4);
      if (p < 0) return p;
      if (isTrue(b, p)) {
        flags |= key === KEY_CON ? CONFLATED : IMAGE;
        p += 4;
      } else if (isFalse(b, p)) {
        p += 5;
      } else {
        return SHAPE;
      }
    } else if (isKey(b, p, "marketDefinition")) {
      if ((flags & HAS_DEFINITION) !== 0) return DUPLICATE;
      p = skipColon(b, p + 17);
      if (p < 0) return p;
      if (b[p] !== OPEN_BRACE) return SHAPE;
      const start = p;
      p = skipDefinition(s, p + 1);
      if (p < 0) return p;
      flags |= HAS_DEFINITION;
      if (s.isClosed) flags |= DEFINITION_CLOSED;
      t[at + DEFINITION_START] = start - s.lineStart;
      t[at + DEFINITION_END] = p - s.lineStart;
    } else {
      p = skipUnknown(b, p);
      if (p < 0) return p;
    }
    let c = b[p++]!;
    if (c === COMMA) continue;
    if (c !== CLOSE_BRACE) {
      p = skipSpace(b, p - 1);
      c = b[p++]!;
      if (c === COMMA) continue;
      if (c !== CLOSE_BRACE) return SHAPE;
    }
    if (!id) return SHAPE;
    t[at + MARKET_FLAGS] = flags;
    t[at + MARKET_LENGTH] = s.next - at;
    return p;
  }
}
