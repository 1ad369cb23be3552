/**
 * The layout of a {@linkcode ChangeTape}: which slot holds what.
 *
 * A tape is one `Float64Array` of records, one record per line, in line order.
 * Every parser backend writes exactly these numbers, so two backends can be
 * compared slot by slot. Everything absent is written as 0 and told from a
 * supplied 0 by a flag; nothing is ever left over from an earlier record.
 *
 * ```text
 * record      │ KIND LENGTH LINE LINE_START LINE_END │ by kind …
 * CHANGE      │ … FLAGS ID PT CLK… INITIAL_CLK… CONFLATE HEARTBEAT STATUS MARKETS │ market*
 *   market    │ LENGTH FLAGS ID_START ID_END TV DEF_START DEF_END RUNNERS │ runner*
 *     runner  │ LENGTH FLAGS ID HC LTP TV SPN SPF │ ladder*
 *       ladder│ KIND ROWS │ (price size)* or (level price size)*
 * MESSAGE     │ … INDEX of the parsed object in `tape.objects`
 * INVALID     │ … INDEX of the error in `tape.objects`
 * ```
 *
 * LENGTH counts the slots of a record (market, runner) including what it
 * contains, so a reader can step over what it does not want.
 *
 * LINE is the 0-based number of the line within the parsed bytes (blank lines
 * count), LINE_START and LINE_END its byte range without the line end, from
 * the start of `tape.bytes`. All other byte ranges are relative to LINE_START,
 * so a record stays true when its line is copied somewhere else. String ranges
 * exclude the quotes; a range may hold JSON escapes. The definition's range is
 * the whole object with its braces.
 *
 * @module
 */

// Records: the first slots of each.
export const KIND = 0;
export const LENGTH = 1;
export const LINE = 2;
export const LINE_START = 3;
export const LINE_END = 4;

/** Values of the KIND slot. */
export const RecordKind = {
  /** A market change message (`op: "mcm"`), in full. */
  CHANGE: 1,
  /** Any other message, parsed with `JSON.parse`. */
  MESSAGE: 2,
  /** A line that is not a valid message. */
  INVALID: 3,
} as const;
/** Type of the values of {@linkcode RecordKind}. */
export type RecordKind = typeof RecordKind[keyof typeof RecordKind];

// MESSAGE and INVALID records.
export const OBJECT_INDEX = 5;
export const MESSAGE_SLOTS = 6;

// CHANGE records.
export const FLAGS = 5;
export const ID = 6;
/** Publish time, ms since the epoch. */
export const PUBLISH_TIME = 7;
export const CLK_START = 8;
export const CLK_END = 9;
export const INITIAL_CLK_START = 10;
export const INITIAL_CLK_END = 11;
export const CONFLATE_MS = 12;
export const HEARTBEAT_MS = 13;
export const STATUS = 14;
export const MARKET_COUNT = 15;
export const CHANGE_SLOTS = 16;

// FLAGS of a CHANGE record: change type and segment type as small codes …
export const CHANGE_TYPE_MASK = 0b111;
/** Codes of `ct`. */
export const ChangeTypeCode = {
  /** No `ct`: an ordinary update. */
  UPDATE: 0,
  SUB_IMAGE: 1,
  RESUB_DELTA: 2,
  HEARTBEAT: 3,
  /** A `ct` that the protocol does not name. */
  OTHER: 4,
} as const;
export const SEGMENT_SHIFT = 3;
export const SEGMENT_MASK = 0x38;
/** Codes of `segmentType`, before shifting. */
export const SegmentCode = {
  /** No `segmentType`: a complete message. */
  NONE: 0,
  START: 1,
  MIDDLE: 2,
  END: 3,
  /** A `segmentType` that the protocol does not name. */
  OTHER: 4,
} as const;
// … and one bit per optional key that was supplied (and was not null).
export const HAS_ID = 0x40;
export const HAS_PUBLISH_TIME = 0x80;
export const HAS_CLK = 0x100;
export const HAS_INITIAL_CLK = 0x200;
export const HAS_CONFLATE_MS = 0x400;
export const HAS_HEARTBEAT_MS = 0x800;
export const HAS_STATUS = 0x1000;
export const HAS_MARKETS = 0x2000;

// Market changes (`mc[]`).
export const MARKET_LENGTH = 0;
export const MARKET_FLAGS = 1;
export const MARKET_ID_START = 2;
export const MARKET_ID_END = 3;
/** Total matched as reported (`tv`), GBP. */
export const MARKET_TV = 4;
export const DEFINITION_START = 5;
export const DEFINITION_END = 6;
export const RUNNER_COUNT = 7;
export const MARKET_SLOTS = 8;

// MARKET_FLAGS.
/** `img` is true. */
export const IMAGE = 1;
/** `con` is true. */
export const CONFLATED = 0x2;
/** `img` was written, true or false. */
export const HAS_IMAGE = 0x4;
/** `con` was written, true or false. */
export const HAS_CONFLATED = 0x8;
export const HAS_MARKET_TV = 0x10;
export const HAS_DEFINITION = 0x20;
/** The definition's `status` is `CLOSED`. */
export const DEFINITION_CLOSED = 0x40;
/** `rc` was written (it may be empty). */
export const HAS_RUNNERS = 0x80;

// Runner changes (`rc[]`).
export const RUNNER_LENGTH = 0;
export const RUNNER_FLAGS = 1;
export const SELECTION_ID = 2;
/** Handicap; 0 when missing. */
export const HANDICAP = 3;
export const LTP = 4;
export const TV = 5;
export const SPN = 6;
export const SPF = 7;
export const RUNNER_SLOTS = 8;

// RUNNER_FLAGS: the scalars, then one bit per ladder kind.
export const HAS_LTP = 1;
export const HAS_TV = 0x2;
export const HAS_SPN = 0x4;
export const HAS_SPF = 0x8;
export const HAS_HANDICAP = 0x10;
export const LADDER_SHIFT = 5;

// Ladders of a runner change.
export const LADDER_KIND = 0;
export const LADDER_ROWS = 1;
export const LADDER_SLOTS = 2;

/**
 * Ladder kinds. Below {@linkcode FIRST_LEVEL_KIND} rows are `price size`, from
 * it on `level price size`.
 */
export const LadderKind = {
  ATB: 0,
  ATL: 1,
  TRD: 2,
  SPB: 3,
  SPL: 4,
  BATB: 5,
  BATL: 6,
  BDATB: 7,
  BDATL: 8,
} as const;
/** Type of the values of {@linkcode LadderKind}. */
export type LadderKind = typeof LadderKind[keyof typeof LadderKind];
export const LADDER_KINDS = 9;
export const FIRST_LEVEL_KIND = 5;
/** Slots of a row of a price ladder: price (decimal odds), size (GBP). */
export const PRICE_ROW = 2;
/** Slots of a row of a level ladder: level (0 is best), price, size. */
export const LEVEL_ROW = 3;
/** Highest level that is taken for one; the protocol's own highest is 9. */
export const MAX_LEVEL = 99;
