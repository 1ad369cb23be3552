/**
 * Writes the object that `JSON.parse` made of a market change message as a
 * record, if it keeps to the schema.
 *
 * What every backend must write, where the protocol (sections 3.3, 3.4, 3.6)
 * leaves a choice:
 *
 * - `null` is the same as an absent key: no flag, 0 in the slot, no ladder.
 * - Of a key that is written twice the last value counts, as `JSON.parse` has
 *   it. Its place in the order of keys is that of the first.
 * - A runner's ladders stand in the order of its keys. An empty ladder is a
 *   ladder of no rows, and has its flag.
 * - Numbers are those that `JSON.parse` returns, as they are: -0 stays -0,
 *   1e400 is Infinity, 17 digits are rounded to the nearest double. No key asks
 *   for more than a number, except levels, which are integers from 0 to
 *   {@linkcode MAX_LEVEL} (so `1.0` and `1e1` are levels) and, being indexes,
 *   have no -0: that is written as 0.
 * - Scalars (`tv`, `ltp`, `spn`, `spf`) may be strings: `NaN`, `Infinity`,
 *   `-Infinity`, `INF`, `-INF`, letters in either case, nothing around them. A
 *   market's and a runner's are treated alike.
 * - A runner's `id` may be a string of digits with an optional minus, which is
 *   read as `Number` reads it. Leading zeros are allowed there.
 * - `hc` that is written sets its flag, 0 included.
 * - The ranges of `clk` and `initialClk` are what is between the quotes,
 *   undecoded, or the text of the number.
 * - A definition is only known to be a JSON object; its `status` is compared,
 *   decoded, with `CLOSED`. Of several definitions in one object the range is
 *   that of the last.
 *
 * @module
 */

import {
  CHANGE_SLOTS,
  ChangeTypeCode,
  CLK_END,
  CLK_START,
  CONFLATE_MS,
  CONFLATED,
  DEFINITION_CLOSED,
  DEFINITION_END,
  DEFINITION_START,
  FIRST_LEVEL_KIND,
  FLAGS,
  HANDICAP,
  HAS_CLK,
  HAS_CONFLATE_MS,
  HAS_CONFLATED,
  HAS_DEFINITION,
  HAS_HANDICAP,
  HAS_HEARTBEAT_MS,
  HAS_ID,
  HAS_IMAGE,
  HAS_INITIAL_CLK,
  HAS_LTP,
  HAS_MARKET_TV,
  HAS_MARKETS,
  HAS_PUBLISH_TIME,
  HAS_RUNNERS,
  HAS_SPF,
  HAS_SPN,
  HAS_STATUS,
  HAS_TV,
  HEARTBEAT_MS,
  ID,
  IMAGE,
  INITIAL_CLK_END,
  INITIAL_CLK_START,
  LADDER_KIND,
  LADDER_ROWS,
  LADDER_SHIFT,
  LADDER_SLOTS,
  LadderKind,
  LEVEL_ROW,
  LTP,
  MARKET_COUNT,
  MARKET_FLAGS,
  MARKET_ID_END,
  MARKET_ID_START,
  MARKET_LENGTH,
  MARKET_SLOTS,
  MARKET_TV,
  PRICE_ROW,
  PUBLISH_TIME,
  RUNNER_COUNT,
  RUNNER_FLAGS,
  RUNNER_LENGTH,
  RUNNER_SLOTS,
  SEGMENT_SHIFT,
  SegmentCode,
  SELECTION_ID,
  SPF,
  SPN,
  STATUS,
  TV,
} from "../tape/layout.ts";
import type { ChangeTape } from "../tape/change_tape.ts";
import { JsonElements, JsonMembers } from "./json_members.ts";
import {
  arrayOf,
  booleanOf,
  codeOf,
  hasToken,
  type JsonObject,
  levelOf,
  objectOf,
  putNumber,
  putScalar,
  SchemaError,
  selectionIdOf,
} from "./_json_schema.ts";

const CHANGE_TYPES: ReadonlyMap<string, number> = new Map([
  ["SUB_IMAGE", ChangeTypeCode.SUB_IMAGE],
  ["RESUB_DELTA", ChangeTypeCode.RESUB_DELTA],
  ["HEARTBEAT", ChangeTypeCode.HEARTBEAT],
]);

const SEGMENTS: ReadonlyMap<string, number> = new Map([
  ["SEG_START", SegmentCode.START],
  ["SEG", SegmentCode.MIDDLE],
  ["SEG_END", SegmentCode.END],
]);

const LADDERS: ReadonlyMap<string, number> = new Map([
  ["atb", LadderKind.ATB],
  ["atl", LadderKind.ATL],
  ["trd", LadderKind.TRD],
  ["spb", LadderKind.SPB],
  ["spl", LadderKind.SPL],
  ["batb", LadderKind.BATB],
  ["batl", LadderKind.BATL],
  ["bdatb", LadderKind.BDATB],
  ["bdatl", LadderKind.BDATL],
]);

/**
 * Appends what follows the common slots of a CHANGE record, the first of which
 * is at `record`; `tape.length` counts along.
 *
 * @param brace Offset of the message's `{` in `bytes`.
 * @param origin Offset in `bytes` that ranges count from.
 * @throws {SchemaError} when the message breaks the schema; the tape then holds garbage
 * from `record` on.
 */
export function writeChange(
  tape: ChangeTape,
  record: number,
  message: JsonObject,
  bytes: Uint8Array,
  brace: number,
  origin: number,
): void {
  claim(tape, record + CHANGE_SLOTS - tape.length);
  const { slots } = tape;
  let flags = codeOf(message, "ct", CHANGE_TYPES, ChangeTypeCode.OTHER) |
    (codeOf(message, "segmentType", SEGMENTS, SegmentCode.OTHER) <<
      SEGMENT_SHIFT);
  if (putNumber(slots, record + ID, message, "id")) flags |= HAS_ID;
  if (putNumber(slots, record + PUBLISH_TIME, message, "pt")) {
    flags |= HAS_PUBLISH_TIME;
  }
  if (putNumber(slots, record + CONFLATE_MS, message, "conflateMs")) {
    flags |= HAS_CONFLATE_MS;
  }
  if (putNumber(slots, record + HEARTBEAT_MS, message, "heartbeatMs")) {
    flags |= HAS_HEARTBEAT_MS;
  }
  if (putNumber(slots, record + STATUS, message, "status")) flags |= HAS_STATUS;
  if (hasToken(message, "clk")) flags |= HAS_CLK;
  if (hasToken(message, "initialClk")) flags |= HAS_INITIAL_CLK;
  const markets = arrayOf(message, "mc", "");
  if (markets !== undefined) flags |= HAS_MARKETS;
  slots[record + FLAGS] = flags;
  slots[record + MARKET_COUNT] = markets?.length ?? 0;

  let bracket = -1;
  const members = new JsonMembers(bytes, brace);
  while (members.next()) {
    if (members.keyIs("clk")) {
      putRange(
        slots,
        record,
        CLK_START,
        CLK_END,
        bytes,
        members,
        flags & HAS_CLK,
        origin,
      );
    } else if (members.keyIs("initialClk")) {
      const has = flags & HAS_INITIAL_CLK;
      putRange(
        slots,
        record,
        INITIAL_CLK_START,
        INITIAL_CLK_END,
        bytes,
        members,
        has,
        origin,
      );
    } else if (members.keyIs("mc")) {
      bracket = members.start;
    }
  }
  if (markets === undefined) return;
  const elements = new JsonElements(bytes, bracket);
  for (let i = 0; i < markets.length; i++) {
    elements.next();
    writeMarket(
      tape,
      objectOf(markets[i], `mc[${i}]`),
      `mc[${i}]`,
      bytes,
      elements.start,
      origin,
    );
  }
}

function writeMarket(
  tape: ChangeTape,
  market: JsonObject,
  path: string,
  bytes: Uint8Array,
  brace: number,
  origin: number,
): void {
  const at = tape.length;
  claim(tape, MARKET_SLOTS);
  const { slots } = tape;
  let flags = 0;
  if (typeof market.id !== "string") {
    throw new SchemaError(`${path}.id`, "a string");
  }
  const image = booleanOf(market, "img", path);
  if (image !== undefined) flags |= HAS_IMAGE | (image ? IMAGE : 0);
  const conflated = booleanOf(market, "con", path);
  if (conflated !== undefined) {
    flags |= HAS_CONFLATED | (conflated ? CONFLATED : 0);
  }
  if (putScalar(slots, at + MARKET_TV, market, "tv", path)) {
    flags |= HAS_MARKET_TV;
  }
  const definition = market.marketDefinition ?? undefined;
  if (definition !== undefined) {
    const { status } = objectOf(definition, `${path}.marketDefinition`);
    flags |= HAS_DEFINITION | (status === "CLOSED" ? DEFINITION_CLOSED : 0);
  }
  const runners = arrayOf(market, "rc", path);
  if (runners !== undefined) flags |= HAS_RUNNERS;
  slots[at + MARKET_FLAGS] = flags;
  slots[at + RUNNER_COUNT] = runners?.length ?? 0;

  const members = new JsonMembers(bytes, brace);
  while (members.next()) {
    if (members.keyIs("id")) {
      putRange(
        slots,
        at,
        MARKET_ID_START,
        MARKET_ID_END,
        bytes,
        members,
        1,
        origin,
      );
    } else if (members.keyIs("marketDefinition")) {
      const has = flags & HAS_DEFINITION;
      putRange(
        slots,
        at,
        DEFINITION_START,
        DEFINITION_END,
        bytes,
        members,
        has,
        origin,
      );
    }
  }
  if (runners !== undefined) {
    for (let i = 0; i < runners.length; i++) {
      writeRunner(tape, runners[i], `${path}.rc[${i}]`);
    }
  }
  tape.slots[at + MARKET_LENGTH] = tape.length - at;
}

function writeRunner(tape: ChangeTape, value: unknown, path: string): void {
  const runner = objectOf(value, path);
  const at = tape.length;
  claim(tape, RUNNER_SLOTS);
  const { slots } = tape;
  let flags = 0;
  slots[at + SELECTION_ID] = selectionIdOf(runner.id, path);
  if (putNumber(slots, at + HANDICAP, runner, "hc", path)) {
    flags |= HAS_HANDICAP;
  }
  if (putScalar(slots, at + LTP, runner, "ltp", path)) flags |= HAS_LTP;
  if (putScalar(slots, at + TV, runner, "tv", path)) flags |= HAS_TV;
  if (putScalar(slots, at + SPN, runner, "spn", path)) flags |= HAS_SPN;
  if (putScalar(slots, at + SPF, runner, "spf", path)) flags |= HAS_SPF;
  for (const key of Object.keys(runner)) {
    const kind = LADDERS.get(key);
    if (kind === undefined) continue;
    const rows = arrayOf(runner, key, path);
    if (rows === undefined) continue;
    flags |= 1 << (LADDER_SHIFT + kind);
    writeLadder(tape, kind, rows, `${path}.${key}`);
  }
  tape.slots[at + RUNNER_FLAGS] = flags;
  tape.slots[at + RUNNER_LENGTH] = tape.length - at;
}

function writeLadder(
  tape: ChangeTape,
  kind: number,
  rows: readonly unknown[],
  path: string,
): void {
  const width = kind < FIRST_LEVEL_KIND ? PRICE_ROW : LEVEL_ROW;
  let at = tape.length;
  claim(tape, LADDER_SLOTS + rows.length * width);
  const { slots } = tape;
  slots[at + LADDER_KIND] = kind;
  slots[at + LADDER_ROWS] = rows.length;
  at += LADDER_SLOTS;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    if (!Array.isArray(row) || row.length !== width) {
      throw new SchemaError(`${path}[${i}]`, `an array of ${width} numbers`);
    }
    const first = at;
    for (const value of row as unknown[]) {
      if (typeof value !== "number") {
        throw new SchemaError(`${path}[${i}]`, `an array of ${width} numbers`);
      }
      slots[at++] = value;
    }
    if (width === LEVEL_ROW) slots[first] = levelOf(slots[first]!, path, i);
  }
}

/** Appends zeroed slots. */
function claim(tape: ChangeTape, count: number): void {
  const start = tape.length;
  const end = start + count;
  if (end > tape.slots.length) tape.grow(end);
  const { slots } = tape;
  for (let i = start; i < end; i++) slots[i] = 0; // few: fill() would cost more
  tape.length = end;
}

/** Writes the range of a member's value: a string's content, otherwise its text. */
function putRange(
  slots: Float64Array,
  at: number,
  startSlot: number,
  endSlot: number,
  bytes: Uint8Array,
  member: JsonMembers,
  has: number,
  origin: number,
): void {
  if (has === 0) return;
  const quote = bytes[member.start] === 0x22 ? 1 : 0; // '"'
  slots[at + startSlot] = member.start + quote - origin;
  slots[at + endSlot] = member.end - quote - origin;
}
