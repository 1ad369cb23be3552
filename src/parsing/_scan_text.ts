/**
 * Keys, enum values and tokens of change messages.
 *
 * @module
 */

import type * as layout from "../tape/layout.ts";
import type * as ascii from "./_ascii.ts";
import type * as decline from "./_decline.ts";
import * as skip from "./_skip.ts";

// Copies, as engines do not fold imported constants; see `_scan_change.ts`.
const CHANGE_TYPE_MASK: typeof layout.CHANGE_TYPE_MASK = 0b111;
const SEGMENT_SHIFT: typeof layout.SEGMENT_SHIFT = 3;
const SEGMENT_MASK: typeof layout.SEGMENT_MASK = 0x38;
const TYPE_HEARTBEAT: typeof layout.ChangeTypeCode.HEARTBEAT = 3;
const TYPE_OTHER: typeof layout.ChangeTypeCode.OTHER = 4;
const TYPE_RESUB_DELTA: typeof layout.ChangeTypeCode.RESUB_DELTA = 2;
const TYPE_SUB_IMAGE: typeof layout.ChangeTypeCode.SUB_IMAGE = 1;
const SEGMENT_END: typeof layout.SegmentCode.END = 3;
const SEGMENT_MIDDLE: typeof layout.SegmentCode.MIDDLE = 2;
const SEGMENT_OTHER: typeof layout.SegmentCode.OTHER = 4;
const SEGMENT_START: typeof layout.SegmentCode.START = 1;
const QUOTE: typeof ascii.QUOTE = 0x22; // '"'
const BACKSLASH: typeof ascii.BACKSLASH = 0x5c; // "\\"
const SHAPE: typeof decline.SHAPE = -1;
const ESCAPE: typeof decline.ESCAPE = -2;
const MAX_DEPTH: typeof skip.MAX_DEPTH = 24;
const isNull = skip.isNull;
const skipColon = skip.skipColon;
const skipString = skip.skipString;
const skipValue = skip.skipValue;

/** Packs the first four bytes of a key into an int32 for comparison. */
export function packKey(key: string): number {
  return key.charCodeAt(0) | key.charCodeAt(1) << 8 | key.charCodeAt(2) << 16 |
    key.charCodeAt(3) << 24;
}

/** Tells whether a string's content, from behind its quote, is this text. */
export function isKey(b: Uint8Array, p: number, text: string): boolean {
  const length = text.length;
  for (let i = 0; i < length; i++) {
    if (b[p + i] !== text.charCodeAt(i)) return false;
  }
  return b[p + length] === QUOTE;
}

/** Tells whether `"mcm"` stands here. */
export function isMcm(b: Uint8Array, p: number): boolean {
  return b[p] === QUOTE && b[p + 1] === 0x6d && b[p + 2] === 0x63 &&
    b[p + 3] === 0x6d && b[p + 4] === QUOTE;
}

/** The code of the change type that stands here. */
export function changeTypeAt(b: Uint8Array, p: number): number {
  if (b[p] !== QUOTE) return SHAPE;
  if (isKey(b, p + 1, "SUB_IMAGE")) return TYPE_SUB_IMAGE;
  if (isKey(b, p + 1, "HEARTBEAT")) return TYPE_HEARTBEAT;
  if (isKey(b, p + 1, "RESUB_DELTA")) return TYPE_RESUB_DELTA;
  return otherEnum(b, p + 1, TYPE_OTHER & CHANGE_TYPE_MASK);
}

/** The code of the segment type that stands here. */
export function segmentAt(b: Uint8Array, p: number): number {
  if (b[p] !== QUOTE) return SHAPE;
  if (isKey(b, p + 1, "SEG")) return SEGMENT_MIDDLE;
  if (isKey(b, p + 1, "SEG_START")) return SEGMENT_START;
  if (isKey(b, p + 1, "SEG_END")) return SEGMENT_END;
  return otherEnum(b, p + 1, SEGMENT_OTHER & SEGMENT_MASK >> SEGMENT_SHIFT);
}

/** The code for an unknown enum value, unless an escape may hide a known one. */
function otherEnum(b: Uint8Array, p: number, code: number): number {
  const end = skipString(b, p);
  if (end < 0) return end;
  for (let i = p; i < end; i++) if (b[i] === BACKSLASH) return ESCAPE;
  return code;
}

/** A key that the protocol does not know and its value, from behind the quote. */
export function skipUnknown(b: Uint8Array, p: number): number {
  const key = p;
  p = skipString(b, p);
  if (p < 0) return p;
  // Only an escape can hide one of the known keys.
  for (let i = key; i < p; i++) if (b[i] === BACKSLASH) return ESCAPE;
  p = skipColon(b, p);
  return p < 0 ? p : skipValue(b, p, MAX_DEPTH);
}

/** A clock token: its range, or nothing for `null`. */
export function scanToken(
  b: Uint8Array,
  t: Float64Array,
  lineStart: number,
  p: number,
  startSlot: number,
  endSlot: number,
): number {
  if (p < 0) return p;
  if (b[p] !== QUOTE) return isNull(b, p) ? p + 4 : SHAPE;
  const start = p + 1;
  p = skipString(b, start);
  if (p < 0) return p;
  t[startSlot] = start - lineStart;
  t[endSlot] = p - 1 - lineStart;
  return p;
}
