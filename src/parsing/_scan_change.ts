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
import type * as skip from "./_skip.ts";
import {
  isFalse,
  isNull,
  isTrue,
  skipColon,
  skipDefinition,
  skipNumber,
  skipSpace,
  skipString,
  skipValue,
} from "./_skip.ts";

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
const CHANGE_TYPE_MASK: typeof layout.CHANGE_TYPE_MASK = 0b111;
const SEGMENT_SHIFT: typeof layout.SEGMENT_SHIFT = 3;
const SEGMENT_MASK: typeof layout.SEGMENT_MASK = 0x38;
const HAS_ID: typeof layout.HAS_ID = 0x40;
const HAS_PUBLISH_TIME: typeof layout.HAS_PUBLISH_TIME = 0x80;
const HAS_CLK: typeof layout.HAS_CLK = 0x100;
const HAS_INITIAL_CLK: typeof layout.HAS_INITIAL_CLK = 0x200;
const HAS_CONFLATE_MS: typeof layout.HAS_CONFLATE_MS = 0x400;
const HAS_HEARTBEAT_MS: typeof layout.HAS_HEARTBEAT_MS = 0x800;
const HAS_STATUS: typeof layout.HAS_STATUS = 0x1000;
const HAS_MARKETS: typeof layout.HAS_MARKETS = 0x2000;
const MARKET_LENGTH: typeof layout.MARKET_LENGTH = 0;
const MARKET_FLAGS: typeof layout.MARKET_FLAGS = 1;
const MARKET_ID_START: typeof layout.MARKET_ID_START = 2;
const MARKET_ID_END: typeof layout.MARKET_ID_END = 3;
const MARKET_TV: typeof layout.MARKET_TV = 4;
const DEFINITION_START: typeof layout.DEFINITION_START = 5;
const DEFINITION_END: typeof layout.DEFINITION_END = 6;
const RUNNER_COUNT: typeof layout.RUNNER_COUNT = 7;
const MARKET_SLOTS: typeof layout.MARKET_SLOTS = 8;
const IMAGE: typeof layout.IMAGE = 1;
const CONFLATED: typeof layout.CONFLATED = 0x2;
const HAS_IMAGE: typeof layout.HAS_IMAGE = 0x4;
const HAS_CONFLATED: typeof layout.HAS_CONFLATED = 0x8;
const HAS_MARKET_TV: typeof layout.HAS_MARKET_TV = 0x10;
const HAS_DEFINITION: typeof layout.HAS_DEFINITION = 0x20;
const DEFINITION_CLOSED: typeof layout.DEFINITION_CLOSED = 0x40;
const HAS_RUNNERS: typeof layout.HAS_RUNNERS = 0x80;
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
const LADDER_KIND: typeof layout.LADDER_KIND = 0;
const LADDER_ROWS: typeof layout.LADDER_ROWS = 1;
const LADDER_SLOTS: typeof layout.LADDER_SLOTS = 2;
const FIRST_LEVEL_KIND: typeof layout.FIRST_LEVEL_KIND = 5;
const PRICE_ROW: typeof layout.PRICE_ROW = 2;
const MAX_LEVEL: typeof layout.MAX_LEVEL = 99;
const TYPE_HEARTBEAT: typeof layout.ChangeTypeCode.HEARTBEAT = 3;
const TYPE_OTHER: typeof layout.ChangeTypeCode.OTHER = 4;
const TYPE_RESUB_DELTA: typeof layout.ChangeTypeCode.RESUB_DELTA = 2;
const TYPE_SUB_IMAGE: typeof layout.ChangeTypeCode.SUB_IMAGE = 1;
const ATB: typeof layout.LadderKind.ATB = 0;
const ATL: typeof layout.LadderKind.ATL = 1;
const BATB: typeof layout.LadderKind.BATB = 5;
const BATL: typeof layout.LadderKind.BATL = 6;
const BDATB: typeof layout.LadderKind.BDATB = 7;
const BDATL: typeof layout.LadderKind.BDATL = 8;
const SPB: typeof layout.LadderKind.SPB = 3;
const SPL: typeof layout.LadderKind.SPL = 4;
const TRD: typeof layout.LadderKind.TRD = 2;
const RECORD_CHANGE: typeof layout.RecordKind.CHANGE = 1;
const SEGMENT_END: typeof layout.SegmentCode.END = 3;
const SEGMENT_MIDDLE: typeof layout.SegmentCode.MIDDLE = 2;
const SEGMENT_OTHER: typeof layout.SegmentCode.OTHER = 4;
const SEGMENT_START: typeof layout.SegmentCode.START = 1;
const LF: typeof ascii.LF = 0x0a; // "\n"
const CR: typeof ascii.CR = 0x0d; // "\r"
const SPACE: typeof ascii.SPACE = 0x20; // " "
const QUOTE: typeof ascii.QUOTE = 0x22; // '"'
const COMMA: typeof ascii.COMMA = 0x2c; // ","
const DOT: typeof ascii.DOT = 0x2e; // "."
const ZERO: typeof ascii.ZERO = 0x30; // "0"
const OPEN_BRACKET: typeof ascii.OPEN_BRACKET = 0x5b; // "["
const BACKSLASH: typeof ascii.BACKSLASH = 0x5c; // "\\"
const CLOSE_BRACKET: typeof ascii.CLOSE_BRACKET = 0x5d; // "]"
const OPEN_BRACE: typeof ascii.OPEN_BRACE = 0x7b; // "{"
const CLOSE_BRACE: typeof ascii.CLOSE_BRACE = 0x7d; // "}"
const SHAPE: typeof decline.SHAPE = -1;
const ESCAPE: typeof decline.ESCAPE = -2;
const DUPLICATE: typeof decline.DUPLICATE = -3;
const OTHER_MESSAGE: typeof decline.OTHER_MESSAGE = -5;
const TAPE_FULL: typeof decline.TAPE_FULL = -6;
const MAX_DEPTH: typeof skip.MAX_DEPTH = 24;
const CLOSED_BIT: typeof skip.CLOSED_BIT = 0x4000_0000;
/**
 * Slots that must be free before a message, market or runner is begun, so that
 * headers and scalars need no check of their own; rows check for themselves.
 */
const HEADROOM = 64;

/** A number of at most this many digits fits an int32, which is fast. */
const FAST_DIGITS = 9;
/** Up to 15 digits, integer / 10^k is the double that `JSON.parse` gives. */
const EXACT_DIGITS = 15;
const EXPONENT = 0x45 ^ ZERO | 0x20; // "e" or "E", after the digit test
const POWERS_OF_TEN: Float64Array = Float64Array.from({
  length: EXACT_DIGITS + 1,
}, (_, k) => 10 ** k);

/** Packs the first four bytes of a key into an int32 for comparison. */
function pack(key: string): number {
  return key.charCodeAt(0) | key.charCodeAt(1) << 8 | key.charCodeAt(2) << 16 |
    key.charCodeAt(3) << 24;
}

// Keys by their first four bytes, the closing quote included in short ones.
const KEY_ATB: number = pack('atb"');
const KEY_ATL: number = pack('atl"');
const KEY_TRD: number = pack('trd"');
const KEY_SPB: number = pack('spb"');
const KEY_SPL: number = pack('spl"');
const KEY_SPN: number = pack('spn"');
const KEY_SPF: number = pack('spf"');
const KEY_LTP: number = pack('ltp"');
const KEY_BATB: number = pack("batb");
const KEY_BATL: number = pack("batl");
const KEY_BDAT: number = pack("bdat");
const KEY_CLK: number = pack('clk"');
const KEY_IMG: number = pack('img"');
const KEY_CON: number = pack('con"');
// Keys of two letters: the first three bytes.
const THREE_BYTES = 0xff_ffff;
const KEY_ID: number = pack('id"\0');
const KEY_HC: number = pack('hc"\0');
const KEY_TV: number = pack('tv"\0');
const KEY_PT: number = pack('pt"\0');
const KEY_OP: number = pack('op"\0');
const KEY_CT: number = pack('ct"\0');
const KEY_MC: number = pack('mc"\0');
const KEY_RC: number = pack('rc"\0');

/**
 * Scans lines to the slots of a tape.
 *
 * A class, not closures over the state: engines fold a file's constants into
 * functions of which there is one, and of closures there is one per scanner.
 */
export class ChangeScanner {
  /** The bytes to scan. */
  block: Uint8Array = new Uint8Array(0);
  /** The slots to write to. */
  slots: Float64Array = new Float64Array(0);
  /** Slots below this may be written without asking. */
  limit = 0;
  /** The next free slot. */
  next = 0;
  /** Where the line being scanned starts. */
  lineStart = 0;

  /** Sets what to scan and where to write; to be called again when the tape has grown. */
  begin(bytes: Uint8Array, slots: Float64Array): void {
    this.block = bytes;
    this.slots = slots;
    this.limit = slots.length - HEADROOM;
  }

  /**
   * Scans one line.
   *
   * @param start Offset of the line's first byte.
   * @param at Slot where the record begins.
   * @param line Number of the line.
   * @returns Offset behind the line's LF, or a negative code of why not. The
   * record's LENGTH slot tells where it ends.
   */
  scanLine(start: number, at: number, line: number): number {
    const b = this.block;
    const t = this.slots;
    if (at > this.limit) return TAPE_FULL;
    let p = start;
    this.lineStart = start;
    this.next = at + CHANGE_SLOTS;
    for (let i = at; i < this.next; i++) t[i] = 0;
    if (b[p]! <= SPACE) p = skipSpace(b, p);
    if (b[p] !== OPEN_BRACE) return SHAPE;
    p = this.scanMessage(p + 1, at);
    if (p < 0) return p;
    let end = p;
    if (b[p] !== LF) {
      p = skipSpace(b, p);
      if (b[p] !== LF) return SHAPE;
      // Of all white space only the CR of the line end is no part of the line.
      end = b[p - 1] === CR ? p - 1 : p;
    }
    t[at + KIND] = RECORD_CHANGE;
    t[at + LENGTH] = this.next - at;
    t[at + LINE] = line;
    t[at + LINE_START] = start;
    t[at + LINE_END] = end;
    return p + 1;
  }

  /** The top level of a message, from behind its brace to behind its other. */
  scanMessage(p: number, at: number): number {
    const b = this.block;
    const t = this.slots;
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
        if (!this.isMcm(p)) return OTHER_MESSAGE;
        p += 5;
      } else if (key === KEY_CLK) {
        if ((flags & HAS_CLK) !== 0) return DUPLICATE;
        p = this.scanToken(skipColon(b, p + 4), at + CLK_START, at + CLK_END);
        if (p < 0) return p;
        if (t[at + CLK_END] !== 0) flags |= HAS_CLK;
      } else if (short === KEY_PT) {
        if ((flags & HAS_PUBLISH_TIME) !== 0) return DUPLICATE;
        flags |= HAS_PUBLISH_TIME;
        p = this.scanTime(skipColon(b, p + 3), at + PUBLISH_TIME);
        if (p < 0) return p;
      } else if (short === KEY_MC) {
        if ((flags & HAS_MARKETS) !== 0) return DUPLICATE;
        flags |= HAS_MARKETS;
        p = this.scanMarkets(skipColon(b, p + 3), at);
        if (p < 0) return p;
      } else if (short === KEY_ID) {
        if ((flags & HAS_ID) !== 0) return DUPLICATE;
        flags |= HAS_ID;
        p = this.scanNumber(skipColon(b, p + 3), at + ID);
        if (p < 0) return p;
      } else if (short === KEY_CT) {
        if (changeType) return DUPLICATE;
        changeType = true;
        p = skipColon(b, p + 3);
        const code = p < 0 ? p : this.changeTypeAt(p);
        if (code < 0) return code;
        flags |= code;
        p = skipString(b, p + 1);
        if (p < 0) return p;
      } else if (this.isKey(p, "status")) {
        if ((flags & HAS_STATUS) !== 0) return DUPLICATE;
        flags |= HAS_STATUS;
        p = this.scanNumber(skipColon(b, p + 7), at + STATUS);
        if (p < 0) return p;
      } else if (this.isKey(p, "initialClk")) {
        if ((flags & HAS_INITIAL_CLK) !== 0) return DUPLICATE;
        p = this.scanToken(
          skipColon(b, p + 11),
          at + INITIAL_CLK_START,
          at + INITIAL_CLK_END,
        );
        if (p < 0) return p;
        if (t[at + INITIAL_CLK_END] !== 0) flags |= HAS_INITIAL_CLK;
      } else if (this.isKey(p, "segmentType")) {
        if (segment) return DUPLICATE;
        segment = true;
        p = skipColon(b, p + 12);
        const code = p < 0 ? p : this.segmentAt(p);
        if (code < 0) return code;
        flags |= code << SEGMENT_SHIFT;
        p = skipString(b, p + 1);
        if (p < 0) return p;
      } else if (this.isKey(p, "heartbeatMs")) {
        if ((flags & HAS_HEARTBEAT_MS) !== 0) return DUPLICATE;
        flags |= HAS_HEARTBEAT_MS;
        p = this.scanNumber(skipColon(b, p + 12), at + HEARTBEAT_MS);
        if (p < 0) return p;
      } else if (this.isKey(p, "conflateMs")) {
        if ((flags & HAS_CONFLATE_MS) !== 0) return DUPLICATE;
        flags |= HAS_CONFLATE_MS;
        p = this.scanNumber(skipColon(b, p + 11), at + CONFLATE_MS);
        if (p < 0) return p;
      } else {
        p = this.skipUnknown(p);
        if (p < 0) return p;
      }
      if (b[p]! <= SPACE) p = skipSpace(b, p);
      const c = b[p++];
      if (c === COMMA) continue;
      if (c !== CLOSE_BRACE) return SHAPE;
      if (!op) return OTHER_MESSAGE;
      t[at + FLAGS] = flags;
      return p;
    }
  }

  /** The array of market changes, from its bracket. */
  scanMarkets(p: number, at: number): number {
    const b = this.block;
    const t = this.slots;
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
      p = this.scanMarket(p + 1);
      if (p < 0) return p;
      count++;
      if (b[p]! <= SPACE) p = skipSpace(b, p);
      const c = b[p++];
      if (c === COMMA) continue;
      if (c !== CLOSE_BRACKET) return SHAPE;
      t[at + MARKET_COUNT] = count;
      return p;
    }
  }

  /** One market change, from behind its brace to behind its other. */
  scanMarket(p: number): number {
    const b = this.block;
    const t = this.slots;
    const at = this.next;
    if (at > this.limit) return TAPE_FULL;
    this.next = at + MARKET_SLOTS;
    for (let i = at; i < this.next; i++) t[i] = 0;
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
        t[at + MARKET_ID_START] = start - this.lineStart;
        t[at + MARKET_ID_END] = p - 1 - this.lineStart;
      } else if (short === KEY_RC) {
        if ((flags & HAS_RUNNERS) !== 0) return DUPLICATE;
        flags |= HAS_RUNNERS;
        p = this.scanRunners(skipColon(b, p + 3), at);
        if (p < 0) return p;
      } else if (short === KEY_TV) {
        if ((flags & HAS_MARKET_TV) !== 0) return DUPLICATE;
        flags |= HAS_MARKET_TV;
        p = this.scanNumber(skipColon(b, p + 3), at + MARKET_TV);
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
      } else if (this.isKey(p, "marketDefinition")) {
        if ((flags & HAS_DEFINITION) !== 0) return DUPLICATE;
        p = skipColon(b, p + 17);
        if (p < 0) return p;
        if (b[p] !== OPEN_BRACE) return SHAPE;
        const start = p;
        p = skipDefinition(b, p + 1);
        if (p < 0) return p;
        flags |= HAS_DEFINITION;
        if ((p & CLOSED_BIT) !== 0) {
          flags |= DEFINITION_CLOSED;
          p ^= CLOSED_BIT;
        }
        t[at + DEFINITION_START] = start - this.lineStart;
        t[at + DEFINITION_END] = p - this.lineStart;
      } else {
        p = this.skipUnknown(p);
        if (p < 0) return p;
      }
      if (b[p]! <= SPACE) p = skipSpace(b, p);
      const c = b[p++];
      if (c === COMMA) continue;
      if (c !== CLOSE_BRACE || !id) return SHAPE;
      t[at + MARKET_FLAGS] = flags;
      t[at + MARKET_LENGTH] = this.next - at;
      return p;
    }
  }

  /** The array of runner changes, from its bracket. */
  scanRunners(p: number, market: number): number {
    const b = this.block;
    const t = this.slots;
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
      p = this.scanRunner(p + 1);
      if (p < 0) return p;
      count++;
      if (b[p]! <= SPACE) p = skipSpace(b, p);
      const c = b[p++];
      if (c === COMMA) continue;
      if (c !== CLOSE_BRACKET) return SHAPE;
      t[market + RUNNER_COUNT] = count;
      return p;
    }
  }

  /** One runner change, from behind its brace to behind its other. */
  scanRunner(p: number): number {
    const b = this.block;
    const t = this.slots;
    const at = this.next;
    if (at > this.limit) return TAPE_FULL;
    this.next = at + RUNNER_SLOTS;
    for (let i = at; i < this.next; i++) t[i] = 0;
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
        p = this.scanNumber(skipColon(b, p + 3), at + SELECTION_ID);
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
        p = this.scanNumber(skipColon(b, p + 3), at + TV);
        if (p < 0) return p;
      } else if (key === KEY_LTP) {
        if ((flags & HAS_LTP) !== 0) return DUPLICATE;
        flags |= HAS_LTP;
        p = this.scanNumber(skipColon(b, p + 4), at + LTP);
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
        p = this.scanProjected(skipColon(b, p + 4), at + SPN);
        if (p < 0) return p;
      } else if (key === KEY_SPF) {
        if ((flags & HAS_SPF) !== 0) return DUPLICATE;
        flags |= HAS_SPF;
        p = this.scanProjected(skipColon(b, p + 4), at + SPF);
        if (p < 0) return p;
      } else if (short === KEY_HC) {
        if ((flags & HAS_HANDICAP) !== 0) return DUPLICATE;
        flags |= HAS_HANDICAP;
        p = this.scanNumber(skipColon(b, p + 3), at + HANDICAP);
        if (p < 0) return p;
      } else {
        p = this.skipUnknown(p);
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
        p = this.scanRows(p, kind);
        if (p < 0) return p;
      }
      if (b[p]! <= SPACE) p = skipSpace(b, p);
      const c = b[p++];
      if (c === COMMA) continue;
      if (c !== CLOSE_BRACE || !id) return SHAPE;
      t[at + RUNNER_FLAGS] = flags;
      t[at + RUNNER_LENGTH] = this.next - at;
      return p;
    }
  }

  /**
   * Rows of `[price, size]` or `[level, price, size]`, from behind the outer
   * bracket. Price and size are parsed in place: where half of all bytes are, a
   * call for each costs a tenth of the speed.
   */
  scanRows(p: number, kind: number): number {
    const b = this.block;
    const t = this.slots;
    const at = this.next;
    const isLevel = kind >= FIRST_LEVEL_KIND;
    let slot = at + LADDER_SLOTS;
    let rows = 0;
    if (b[p]! <= SPACE) p = skipSpace(b, p);
    if (b[p] === CLOSE_BRACKET) {
      p++;
    } else {
      while (true) {
        if (slot > this.limit) return TAPE_FULL;
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
            p = this.scanLevel(p, slot);
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
            p = this.scanNumber(start, slot);
            if (p < 0) return p;
          } else {
            t[slot] = scale === 0 ? int : int / POWERS_OF_TEN[scale]!;
          }
        } else {
          p = this.scanNumber(p, slot);
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
            p = this.scanNumber(start, slot + 1);
            if (p < 0) return p;
          } else {
            t[slot + 1] = scale === 0 ? int : int / POWERS_OF_TEN[scale]!;
          }
        } else {
          p = this.scanNumber(p, slot + 1);
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
    this.next = slot;
    return p;
  }

  /** A level that is not one digit before a comma, and the comma. */
  scanLevel(p: number, slot: number): number {
    p = this.scanNumber(p, slot);
    if (p < 0) return p;
    const level = this.slots[slot]!;
    if (!(level >= 0 && level <= MAX_LEVEL && level % 1 === 0)) return SHAPE;
    this.slots[slot] = level + 0; // -0 is 0 here
    p = skipSpace(this.block, p);
    return this.block[p] === COMMA ? p + 1 : SHAPE;
  }

  /** A number into a slot, from its first byte or white space before it. */
  scanNumber(p: number, slot: number): number {
    if (p < 0) return p;
    const b = this.block;
    let start = p;
    let d = b[p]! ^ ZERO;
    if (d >= 10) {
      start = p = skipSpace(b, p);
      d = b[p]! ^ ZERO;
      if (d >= 10) return this.scanOddNumber(p, slot);
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
      return this.scanLongNumber(start, slot);
    }
    this.slots[slot] = scale === 0 ? int : int / POWERS_OF_TEN[scale]!;
    return p;
  }

  /** A number of up to 15 digits, in doubles: half as fast as in int32. */
  scanLongNumber(p: number, slot: number): number {
    const b = this.block;
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
      return this.scanOddNumber(start, slot);
    }
    this.slots[slot] = scale === 0 ? int : int / POWERS_OF_TEN[scale]!;
    return p;
  }

  /** A publish time: 13 digits in two int32 halves, or any other number. */
  scanTime(p: number, slot: number): number {
    if (p < 0) return p;
    const b = this.block;
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
      return this.scanNumber(p, slot);
    }
    this.slots[slot] = high * 1e6 + low;
    return p + 13;
  }

  /** A number with a sign, an exponent, many digits or white space before it. */
  scanOddNumber(p: number, slot: number): number {
    const b = this.block;
    const t = this.slots;
    p = skipSpace(b, p);
    const end = skipNumber(b, p);
    if (end < 0) return end;
    let text = "";
    for (let i = p; i < end; i++) text += String.fromCharCode(b[i]!);
    t[slot] = Number(text);
    return end;
  }

  /** A projected SP: a number, "NaN" or "Infinity" as the exchange writes them. */
  scanProjected(p: number, slot: number): number {
    const b = this.block;
    const t = this.slots;
    if (p < 0 || b[p] !== QUOTE) return this.scanNumber(p, slot);
    if (this.isKey(p + 1, "NaN")) {
      t[slot] = NaN;
      return p + 5;
    }
    if (this.isKey(p + 1, "Infinity")) {
      t[slot] = Infinity;
      return p + 10;
    }
    return SHAPE;
  }

  /** A clock token: its range, or nothing for `null`. */
  scanToken(p: number, startSlot: number, endSlot: number): number {
    const b = this.block;
    const t = this.slots;
    if (p < 0) return p;
    if (b[p] !== QUOTE) return isNull(b, p) ? p + 4 : SHAPE;
    const start = p + 1;
    p = skipString(b, start);
    if (p < 0) return p;
    t[startSlot] = start - this.lineStart;
    t[endSlot] = p - 1 - this.lineStart;
    return p;
  }

  /** A key that the protocol does not know and its value, from behind the quote. */
  skipUnknown(p: number): number {
    const b = this.block;
    const key = p;
    p = skipString(b, p);
    if (p < 0) return p;
    // Only an escape can hide one of the known keys.
    for (let i = key; i < p; i++) if (b[i] === BACKSLASH) return ESCAPE;
    p = skipColon(b, p);
    return p < 0 ? p : skipValue(b, p, MAX_DEPTH);
  }

  /** Tells whether a string's content, from behind its quote, is this text. */
  isKey(p: number, text: string): boolean {
    const b = this.block;
    const length = text.length;
    for (let i = 0; i < length; i++) {
      if (b[p + i] !== text.charCodeAt(i)) return false;
    }
    return b[p + length] === QUOTE;
  }

  /** Tells whether `"mcm"` stands here. */
  isMcm(p: number): boolean {
    const b = this.block;
    return b[p] === QUOTE && b[p + 1] === 0x6d && b[p + 2] === 0x63 &&
      b[p + 3] === 0x6d && b[p + 4] === QUOTE;
  }

  /** The code of the change type that stands here. */
  changeTypeAt(p: number): number {
    const b = this.block;
    if (b[p] !== QUOTE) return SHAPE;
    if (this.isKey(p + 1, "SUB_IMAGE")) return TYPE_SUB_IMAGE;
    if (this.isKey(p + 1, "HEARTBEAT")) return TYPE_HEARTBEAT;
    if (this.isKey(p + 1, "RESUB_DELTA")) return TYPE_RESUB_DELTA;
    return this.otherEnum(p + 1, TYPE_OTHER & CHANGE_TYPE_MASK);
  }

  /** The code of the segment type that stands here. */
  segmentAt(p: number): number {
    const b = this.block;
    if (b[p] !== QUOTE) return SHAPE;
    if (this.isKey(p + 1, "SEG")) return SEGMENT_MIDDLE;
    if (this.isKey(p + 1, "SEG_START")) return SEGMENT_START;
    if (this.isKey(p + 1, "SEG_END")) return SEGMENT_END;
    return this.otherEnum(p + 1, SEGMENT_OTHER & SEGMENT_MASK >> SEGMENT_SHIFT);
  }

  /** The code for an unknown enum value, unless an escape may hide a known one. */
  otherEnum(p: number, code: number): number {
    const b = this.block;
    const end = skipString(b, p);
    if (end < 0) return end;
    for (let i = p; i < end; i++) if (b[i] === BACKSLASH) return ESCAPE;
    return code;
  }
}

/**
 * Tells whether digits need the careful way: too many of them for an int32, a
 * leading zero before another digit, or a point with none behind it.
 */
function isOddNumber(
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
