/** The portable, fast backend. See {@linkcode TapeScanner}. */

import type * as layout from "../tape/layout.ts";
import { RecordKind } from "../tape/layout.ts";
import { ChangeTape } from "../tape/change_tape.ts";
import { JsonLineWriter } from "./json_line_writer.ts";
import type * as ascii from "./_ascii.ts";
import {
  DUPLICATE,
  ESCAPE,
  NESTING,
  OTHER_MESSAGE,
  TAPE_FULL,
} from "./_decline.ts";
import * as change from "./_scan_change.ts";
import { ScanState } from "./_scan_state.ts";
import * as skip from "./_skip.ts";
import type {
  ChangeParser,
  FallbackReason,
  ParserBackend,
  ParserCounts,
} from "./change_parser.ts";

// Copies, as engines do not fold imported constants; see `_scan_change.ts`.
const LENGTH: typeof layout.LENGTH = 1;
const LF: typeof ascii.LF = 0x0a; // "\n"
const CR: typeof ascii.CR = 0x0d; // "\r"
const SPACE: typeof ascii.SPACE = 0x20; // " "
const scanLine = change.scanLine;
const skipSpace = skip.skipSpace;

/**
 * Scans market change messages byte by byte, without making a string or an
 * object, and writes the numbers straight to the tape.
 *
 * It accepts exactly what `JSON.parse` accepts: lines that it does not follow,
 * such as keys written with escapes or written twice, are handed to `JSON.parse`
 * and counted in {@linkcode ParserCounts.fallbacks}. Unknown keys, white space
 * and any order of keys keep to the fast way. Messages other than `mcm` are
 * rare and always take `JSON.parse`.
 *
 * @example
 * ```ts
 * import { TapeScanner } from "@betfair-stream/core";
 * import assert from "node:assert/strict";
 *
 * const block = new TextEncoder().encode(
 *   `{"op":"mcm","clk":"AJgC","pt":1700000000180,"mc":[{"id":"1.2","rc":[{"ltp":1.62,"id":101}]}]}\r\n`,
 * );
 * const scanner = new TapeScanner();
 *
 * assert.equal(scanner.parse(block, 0, block.length), block.length);
 * assert.equal(scanner.counts.changes, 1);
 * assert.equal(scanner.counts.fallbacks.shape, 0);
 * ```
 */
export class TapeScanner implements ChangeParser {
  /** Always `"scanner"`. */
  readonly backend: ParserBackend = "scanner";
  /** The tape that {@linkcode parse} fills; overwritten by each call. */
  readonly tape: ChangeTape = new ChangeTape();
  /** Running counts. */
  readonly counts: ParserCounts = {
    changes: 0,
    messages: 0,
    invalid: 0,
    fallbacks: { escape: 0, duplicate: 0, nesting: 0, shape: 0 },
  };

  readonly #scan: ScanState = new ScanState();
  readonly #writer: JsonLineWriter = new JsonLineWriter();

  /**
   * Parses lines until the range or the tape is used up; see
   * {@linkcode ChangeParser.parse}.
   *
   * @param bytes Whole lines, each ended by LF or CR LF. Borrowed until the next call.
   * @param start Offset of the first line.
   * @param end Offset behind the last LF.
   * @returns Offset of the first line not parsed; `end` when all are.
   * @throws {RangeError} when the range is empty or does not end with LF.
   */
  parse(bytes: Uint8Array, start: number, end: number): number {
    if (
      !(start >= 0 && start < end && end <= bytes.length) ||
      bytes[end - 1] !== LF
    ) {
      throw new RangeError(
        `Cannot parse block as it must be whole lines: bytes ${start} to ${end} of ${bytes.length}`,
      );
    }
    const { tape } = this;
    const scan = this.#scan;
    tape.reset(bytes);
    scan.begin(bytes, tape.slots);
    let at = start;
    while (at < end) {
      if (bytes[at]! <= SPACE) {
        const next = skipBlank(bytes, at);
        if (next > at) {
          at = next;
          tape.lines++;
          continue;
        }
      }
      const next = scanLine(scan, at, tape.length, tape.lines);
      if (next > 0) {
        tape.length += tape.slots[tape.length + LENGTH]! | 0;
        tape.records++;
        this.counts.changes++;
        at = next;
      } else if (next === TAPE_FULL) {
        if (tape.records > 0) break;
        tape.grow(tape.slots.length * 2);
        scan.begin(bytes, tape.slots);
        continue;
      } else {
        at = this.#parseDeclined(bytes, at, next);
        scan.begin(bytes, tape.slots);
      }
      tape.lines++;
    }
    return at;
  }

  /** Parses a line that the scanner declined, and counts why. */
  #parseDeclined(bytes: Uint8Array, start: number, code: number): number {
    const { counts, tape } = this;
    const lf = bytes.indexOf(LF, start);
    const kind = this.#writer.writeLine(
      tape,
      bytes,
      start,
      bytes[lf - 1] === CR ? lf - 1 : lf,
      tape.lines,
    );
    if (kind === RecordKind.MESSAGE) {
      counts.messages++;
      return lf + 1;
    }
    if (kind === RecordKind.CHANGE) counts.changes++;
    else counts.invalid++;
    counts.fallbacks[reasonOf(code, kind)]++;
    return lf + 1;
  }
}

/** The offset of the next line where this one is blank, else the offset given. */
function skipBlank(bytes: Uint8Array, at: number): number {
  const end = skipSpace(bytes, at);
  return bytes[end] === LF ? end + 1 : at;
}

function reasonOf(code: number, kind: RecordKind): FallbackReason {
  // An `mcm` that did not look like one has its `op` written with escapes, or twice.
  if (code === OTHER_MESSAGE && kind === RecordKind.CHANGE) return "escape";
  if (code === ESCAPE) return "escape";
  if (code === DUPLICATE) return "duplicate";
  return code === NESTING ? "nesting" : "shape";
}
