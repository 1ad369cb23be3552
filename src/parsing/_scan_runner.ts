/** Runner changes (`rc`, protocol section 3.6) from bytes to slots. @module */

import type * as layout from "../tape/layout.ts";
import type * as ascii from "./_ascii.ts";
import type * as decline from "./_decline.ts";
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
const ATB: typeof layout.LadderKind.ATB = 0;
const ATL: typeof layout.LadderKind.ATL = 1;
const BATB: typeof layout.LadderKind.BATB = 5;
const BATL: typeof layout.LadderKind.BATL = 6;
const BDATB: typeof layout.LadderKind.BDATB = 7;
const BDATL: typeof layout.LadderKind.BDATL = 8;
const SPB: typeof layout.LadderKind.SPB = 3;
const SPL: typeof layout.LadderKind.SPL = 4;
const TRD: typeof layout.LadderKind.TRD = 2;
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
const scanProjected = number.scanProjected;
const scanRows = rows.scanRows;
const packKey = text.packKey;
const skipUnknown = text.skipUnknown;
const skipColon = skip.skipColon;
const skipSpace = skip.skipSpace;

const KEY_ATB: number = packKey('atb"');
const KEY_ATL: number = packKey('atl"');
const KEY_TRD: number = packKey('trd"');
const KEY_SPB: number = packKey('spb"');
const KEY_SPL: number = packKey('spl"');
const KEY_SPN: number = packKey('spn"');
const KEY_SPF: number = packKey('spf"');
const KEY_LTP: number = packKey('ltp"');
const KEY_BATB: number = packKey("batb");
const KEY_BATL: number = packKey("batl");
const KEY_BDAT: number = packKey("bdat");
const KEY_ID: number = packKey('id"\0');
const KEY_HC: number = packKey('hc"\0');
const KEY_TV: number = packKey('tv"\0');
/** Masks a packed key of two letters and its quote. */
const THREE_BYTES = 0xff_ffff;

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
  let id = false;
  while (true) {
    if (b[p] !== QUOTE) {
      p = skipSpace(b, p);
      if (b[p] !== QUOTE) return SHAPE;
    }
    p++;
    const key = b[p]! | b[p + 1]! << 8 | b[p + 2]! << 16 | b[p + 3]! << 24;
    const short = key & THREE_BYTES;
    let kind = -1;
    if (key === KEY_ATB) {
      kind = ATB;
      p += 4;
    } else if (key === KEY_ATL) {
      kind = ATL;
      p += 4;
    } else if (short === KEY_ID) {
      if (id) return DUPLICATE;
      id = true;
      p = scanNumber(b, t, skipColon(b, p + 3), at + SELECTION_ID);
      if (p < 0) return p;
    } else if (key === KEY_TRD) {
      kind = TRD;
      p += 4;
    } else if (key === KEY_BATB && b[p + 4] === QUOTE) {
      kind = BATB;
      p += 5;
    } else if (key === KEY_BATL && b[p + 4] === QUOTE) {
      kind = BATL;
      p += 5;
    } else if (
      key === KEY_BDAT && b[p + 5] === QUOTE &&
      (b[p + 4] === 0x62 || b[p + 4] === 0x6c)
    ) {
      kind = b[p + 4] === 0x62 ? BDATB : BDATL;
      p += 6;
    } else if (short === KEY_TV) {
      if ((flags & HAS_TV) !== 0) return DUPLICATE;
      flags |= HAS_TV;
      p = scanNumber(b, t, skipColon(b, p + 3), at + TV);
      if (p < 0) return p;
    } else if (key === KEY_LTP) {
      if ((flags & HAS_LTP) !== 0) return DUPLICATE;
      flags |= HAS_LTP;
      p = scanNumber(b, t, skipColon(b, p + 4), at + LTP);
      if (p < 0) return p;
    } else if (key === KEY_SPB) {
      kind = SPB;
      p += 4;
    } else if (key === KEY_SPL) {
      kind = SPL;
      p += 4;
    } else if (key === KEY_SPN) {
      if ((flags & HAS_SPN) !== 0) return DUPLICATE;
      flags |= HAS_SPN;
      p = scanProjected(b, t, skipColon(b, p + 4), at + SPN);
      if (p < 0) return p;
    } else if (key === KEY_SPF) {
      if ((flags & HAS_SPF) !== 0) return DUPLICATE;
      flags |= HAS_SPF;
      p = scanProjected(b, t, skipColon(b, p + 4), at + SPF);
      if (p < 0) return p;
    } else if (short === KEY_HC) {
      if ((flags & HAS_HANDICAP) !== 0) return DUPLICATE;
      flags |= HAS_HANDICAP;
      p = scanNumber(b, t, skipColon(b, p + 3), at + HANDICAP);
      if (p < 0) return p;
    } else {
      p = skipUnknown(b, p);
      if (p < 0) return p;
    }
    if (kind >= 0) {
      const has = 1 << LADDER_SHIFT + kind;
      if ((flags & has) !== 0) return DUPLICATE;
      flags |= has;
      if (b[p] === 0x3a && b[p + 1] === OPEN_BRACKET) {
        p += 2;
      } else {
        p = skipColon(b, p);
        if (p < 0) return p;
        if (b[p++] !== OPEN_BRACKET) return SHAPE;
      }
      p = scanRows(s, p, kind);
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
    t[at + RUNNER_FLAGS] = flags;
    t[at + RUNNER_LENGTH] = s.next - at;
    return p;
  }
}
