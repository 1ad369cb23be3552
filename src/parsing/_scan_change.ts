/**
 * The byte grammar of market change messages: one line in, one tape record out.
 *
 * The scanner reads a line once, from left to right, and writes the tape as it
 * goes. It knows the keys of the protocol (sections 3.3, 3.4 and 3.6) and skips
 * all others; what it does not understand it declines with a code of
 * `_decline.ts`, and the caller has the line parsed another way. It is as strict as
 * `JSON.parse`: fuzzing one against the other is how it is kept honest.
 *
 * How it is written, and why (`bench/` has the figures):
 * - No call into the runtime per line; line ends fall out of the grammar.
 * - The row loop of price ladders has its number parsing written out twice, for
 *   price and size. It is where half of all bytes go, and worth 10 to 14 %.
 * - White space is looked for only where the compact form has failed to match,
 *   so that compact input, which is nearly all, never pays for it.
 *
 * @module
 */

import type * as layout from "../tape/layout.ts";
import type * as ascii from "./_ascii.ts";
import type * as decline from "./_decline.ts";
import * as market from "./_scan_market.ts";
import * as number from "./_scan_number.ts";
import type { ScanState } from "./_scan_state.ts";
import * as text from "./_scan_text.ts";
import * as skip from "./_skip.ts";

// Engines fold constants of the file itself, but not imported ones, which costs
// up to half the speed here; so these are copies, and the compiler checks them.
const KIND: typeof layout.KIND = 0;
const LENGTH: typeof layout.LENGTH = 1;
const LINE: typeof layout.LINE = 2;
const LINE_START: typeof layout.LINE_START = 3;
const LINE_END: typeof layout.LINE_END = 4;
const FLAGS: typeof layout.FLAGS = 5;
const ID: typeof layout.ID = 6;
const PUBLISH_TIME: typeof layout.PUBLISH_TIME = 7;
const CLK_START: typeof layout.CLK_START = 8;
const CLK_END: typeof layout.CLK_END = 9;
const INITIAL_CLK_START: typeof layout.INITIAL_CLK_START = 10;
const INITIAL_CLK_END: typeof layout.INITIAL_CLK_END = 11;
const CONFLATE_MS: typeof layout.CONFLATE_MS = 12;
const HEARTBEAT_MS: typeof layout.HEARTBEAT_MS = 13;
const STATUS: typeof layout.STATUS = 14;
const MARKET_COUNT: typeof layout.MARKET_COUNT = 15;
const CHANGE_SLOTS: typeof layout.CHANGE_SLOTS = 16;
const SEGMENT_SHIFT: typeof layout.SEGMENT_SHIFT = 3;
const HAS_ID: typeof layout.HAS_ID = 0x40;
const HAS_PUBLISH_TIME: typeof layout.HAS_PUBLISH_TIME = 0x80;
const HAS_CLK: typeof layout.HAS_CLK = 0x100;
const HAS_INITIAL_CLK: typeof layout.HAS_INITIAL_CLK = 0x200;
const HAS_CONFLATE_MS: typeof layout.HAS_CONFLATE_MS = 0x400;
const HAS_HEARTBEAT_MS: typeof layout.HAS_HEARTBEAT_MS = 0x800;
const HAS_STATUS: typeof layout.HAS_STATUS = 0x1000;
const HAS_MARKETS: typeof layout.HAS_MARKETS = 0x2000;
const RECORD_CHANGE: typeof layout.RecordKind.CHANGE = 1;
const LF: typeof ascii.LF = 0x0a; // "\n"
const CR: typeof ascii.CR = 0x0d; // "\r"
const SPACE: typeof ascii.SPACE = 0x20; // " "
const QUOTE: typeof ascii.QUOTE = 0x22; // '"'
const COMMA: typeof ascii.COMMA = 0x2c; // ","
const OPEN_BRACE: typeof ascii.OPEN_BRACE = 0x7b; // "{"
const CLOSE_BRACE: typeof ascii.CLOSE_BRACE = 0x7d; // "}"
const SHAPE: typeof decline.SHAPE = -1;
const DUPLICATE: typeof decline.DUPLICATE = -3;
const OTHER_MESSAGE: typeof decline.OTHER_MESSAGE = -5;
const TAPE_FULL: typeof decline.TAPE_FULL = -6;
const scanMarkets = market.scanMarkets;
const scanNumber = number.scanNumber;
const scanTime = number.scanTime;
const changeTypeAt = text.changeTypeAt;
const isKey = text.isKey;
const isMcm = text.isMcm;
const packKey = text.packKey;
const scanToken = text.scanToken;
const segmentAt = text.segmentAt;
const skipUnknown = text.skipUnknown;
const skipColon = skip.skipColon;
const skipSpace = skip.skipSpace;
const skipString = skip.skipString;

const KEY_CLK: number = packKey('clk"');
const KEY_ID: number = packKey('id"\0');
const KEY_PT: number = packKey('pt"\0');
const KEY_OP: number = packKey('op"\0');
const KEY_CT: number = packKey('ct"\0');
const KEY_MC: number = packKey('mc"\0');
/** Masks a packed key of two letters and its quote. */
const THREE_BYTES = 0xff_ffff;

/**
 * Scans one line.
 *
 * @param start Offset of the line's first byte.
 * @param at Slot where the record begins.
 * @param line Number of the line.
 * @returns Offset behind the line's LF, or a negative code of why not. The
 * record's LENGTH slot tells where it ends.
 */
export function scanLine(
  s: ScanState,
  start: number,
  at: number,
  line: number,
): number {
  const b = s.block;
  const t = s.slots;
  if (at > s.limit) return TAPE_FULL;
  let p = start;
  s.lineStart = start;
  s.next = at + CHANGE_SLOTS;
  // The others are always written.
  t[at + ID] = 0;
  t[at + PUBLISH_TIME] = 0;
  t[at + CLK_START] = 0;
  t[at + CLK_END] = 0;
  t[at + INITIAL_CLK_START] = 0;
  t[at + INITIAL_CLK_END] = 0;
  t[at + CONFLATE_MS] = 0;
  t[at + HEARTBEAT_MS] = 0;
  t[at + STATUS] = 0;
  t[at + MARKET_COUNT] = 0;
  if (b[p]! <= SPACE) p = skipSpace(b, p);
  if (b[p] !== OPEN_BRACE) return SHAPE;
  p = scanMessage(s, p + 1, at);
  if (p < 0) return p;
  let end = p;
  if (b[p] !== LF) {
    p = skipSpace(b, p);
    if (b[p] !== LF) return SHAPE;
    // Of all white space only the CR of the line end is no part of the line.
    end = b[p - 1] === CR ? p - 1 : p;
  }
  t[at + KIND] = RECORD_CHANGE;
  t[at + LENGTH] = s.next - at;
  t[at + LINE] = line;
  t[at + LINE_START] = start;
  t[at + LINE_END] = end;
  return p + 1;
}

/** The top level of a message, from behind its brace to behind its other. */
function scanMessage(s: ScanState, p: number, at: number): number {
  const b = s.block;
  const t = s.slots;
  let flags = 0;
  let op = false;
  let changeType = false;
  let segment = false;
  if (b[p]! <= SPACE) p = skipSpace(b, p);
  if (b[p] === CLOSE_BRACE) return OTHER_MESSAGE;
  while (true) {
    if (b[p] !== QUOTE) {
      p = skipSpace(b, p);
      if (b[p] !== QUOTE) return SHAPE;
    }
    p++;
    const key = b[p]! | b[p + 1]! << 8 | b[p + 2]! << 16 | b[p + 3]! << 24;
    const short = key & THREE_BYTES;
    if (short === KEY_OP) {
      if (op) return DUPLICATE;
      op = true;
      p = skipColon(b, p + 3);
      if (p < 0) return p;
      if (!isMcm(b, p)) return OTHER_MESSAGE;
      p += 5;
    } else if (key === KEY_CLK) {
      if ((flags & HAS_CLK) !== 0) return DUPLICATE;
      p = scanToken(
        b,
        t,
        s.lineStart,
        skipColon(b, p + 4),
        at + CLK_START,
        at + CLK_END,
      );
      if (p < 0) return p;
      if (t[at + CLK_END] !== 0) flags |= HAS_CLK;
    } else if (short === KEY_PT) {
      if ((flags & HAS_PUBLISH_TIME) !== 0) return DUPLICATE;
      flags |= HAS_PUBLISH_TIME;
      p = scanTime(b, t, skipColon(b, p + 3), at + PUBLISH_TIME);
      if (p < 0) return p;
    } else if (short === KEY_MC) {
      if ((flags & HAS_MARKETS) !== 0) return DUPLICATE;
      flags |= HAS_MARKETS;
      p = scanMarkets(s, skipColon(b, p + 3), at);
      if (p < 0) return p;
    } else if (short === KEY_ID) {
      if ((flags & HAS_ID) !== 0) return DUPLICATE;
      flags |= HAS_ID;
      p = scanNumber(b, t, skipColon(b, p + 3), at + ID);
      if (p < 0) return p;
    } else if (short === KEY_CT) {
      if (changeType) return DUPLICATE;
      changeType = true;
      p = skipColon(b, p + 3);
      const code = p < 0 ? p : changeTypeAt(b, p);
      if (code < 0) return code;
      flags |= code;
      p = skipString(b, p + 1);
      if (p < 0) return p;
    } else if (isKey(b, p, "status")) {
      if ((flags & HAS_STATUS) !== 0) return DUPLICATE;
      flags |= HAS_STATUS;
      p = scanNumber(b, t, skipColon(b, p + 7), at + STATUS);
      if (p < 0) return p;
    } else if (isKey(b, p, "initialClk")) {
      if ((flags & HAS_INITIAL_CLK) !== 0) return DUPLICATE;
      p = scanToken(
        b,
        t,
        s.lineStart,
        skipColon(b, p + 11),
        at + INITIAL_CLK_START,
        at + INITIAL_CLK_END,
      );
      if (p < 0) return p;
      if (t[at + INITIAL_CLK_END] !== 0) flags |= HAS_INITIAL_CLK;
    } else if (isKey(b, p, "segmentType")) {
      if (segment) return DUPLICATE;
      segment = true;
      p = skipColon(b, p + 12);
      const code = p < 0 ? p : segmentAt(b, p);
      if (code < 0) return code;
      flags |= code << SEGMENT_SHIFT;
      p = skipString(b, p + 1);
      if (p < 0) return p;
    } else if (isKey(b, p, "heartbeatMs")) {
      if ((flags & HAS_HEARTBEAT_MS) !== 0) return DUPLICATE;
      flags |= HAS_HEARTBEAT_MS;
      p = scanNumber(b, t, skipColon(b, p + 12), at + HEARTBEAT_MS);
      if (p < 0) return p;
    } else if (isKey(b, p, "conflateMs")) {
      if ((flags & HAS_CONFLATE_MS) !== 0) return DUPLICATE;
      flags |= HAS_CONFLATE_MS;
      p = scanNumber(b, t, skipColon(b, p + 11), at + CONFLATE_MS);
      if (p < 0) return p;
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
    if (!op) return OTHER_MESSAGE;
    t[at + FLAGS] = flags;
    return p;
  }
}
