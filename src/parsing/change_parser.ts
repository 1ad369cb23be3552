/** What every parser backend is. See {@linkcode ChangeParser}. */

import type { ChangeTape } from "../tape/change_tape.ts";

/** Names of the parser backends. */
export type ParserBackend = "native" | "scanner" | "json";

/**
 * Why a fast backend handed a line to `JSON.parse`.
 *
 * - `escape`: a key or an enum value is written with JSON escapes.
 * - `duplicate`: a key that matters is written twice in one object.
 * - `nesting`: deeper nesting than the backend follows.
 * - `shape`: a value of an unexpected type (`null` included), or invalid JSON.
 */
export type FallbackReason = "escape" | "duplicate" | "nesting" | "shape";

/** Running counts of a parser since it was made. */
export interface ParserCounts {
  /** Market change messages (`op: "mcm"`). */
  changes: number;
  /** Messages of every other kind; these always take `JSON.parse`. */
  messages: number;
  /** Lines that were no valid message. */
  invalid: number;
  /** Market change or invalid lines that took the slow way, by reason. */
  readonly fallbacks: Record<FallbackReason, number>;
}

/**
 * Turns blocks of whole lines into {@linkcode ChangeTape} records.
 *
 * All backends write the same tape, number for number, and accept exactly what
 * `JSON.parse` accepts of well-formed UTF-8 and the message schema allows.
 */
export interface ChangeParser {
  /** Which backend this is. */
  readonly backend: ParserBackend;
  /** The tape that {@linkcode parse} fills; overwritten by each call. */
  readonly tape: ChangeTape;
  /** Running counts. */
  readonly counts: ParserCounts;

  /**
   * Parses lines until the range or the tape is used up, replacing what was on
   * the tape. At least one line is consumed per call; a line is never split
   * over two calls. An invalid line becomes a record of its own and costs no
   * other line.
   *
   * @param bytes Whole lines, each ended by LF or CR LF. Borrowed until the next call.
   * @param start Offset of the first line.
   * @param end Offset behind the last LF.
   * @returns Offset of the first line not parsed; `end` when all are.
   * @throws {RangeError} when the range is empty or does not end with LF.
   */
  parse(bytes: Uint8Array, start: number, end: number): number;
}
