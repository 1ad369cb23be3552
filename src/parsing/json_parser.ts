/** The trusted backend. See {@linkcode JsonParser}. */

import { RecordKind } from "../tape/layout.ts";
import { ChangeTape } from "../tape/change_tape.ts";
import { JsonLineWriter } from "./json_line_writer.ts";
import type {
  ChangeParser,
  ParserBackend,
  ParserCounts,
} from "./change_parser.ts";

const LF = 0x0a; // "\n"
const CR = 0x0d; // "\r"
const SPACE = 0x20; // " "
const TAB = 0x09; // "\t"

/**
 * Slots from which on no further line is begun: three quarters of a new tape,
 * so that ordinary lines never grow it.
 */
const FULL_SLOTS = 24 * 1024;

/**
 * Parses each line with a strict `TextDecoder` and `JSON.parse`.
 *
 * The obvious way, several times slower than the others, which are tested
 * against it. It needs nothing but the language, and is the one to compare
 * with when another backend is in doubt.
 *
 * @example
 * ```ts
 * import { JsonParser } from "@betfair-stream/core";
 * import assert from "node:assert/strict";
 *
 * const block = new TextEncoder().encode(
 *   `{"op":"mcm","pt":1700000005000,"clk":"AJgCAN0BAPoB","ct":"HEARTBEAT"}\r\n`,
 * );
 * const parser = new JsonParser();
 *
 * assert.equal(parser.parse(block, 0, block.length), block.length);
 * assert.equal(parser.tape.records, 1);
 * assert.equal(parser.counts.changes, 1);
 * ```
 */
export class JsonParser implements ChangeParser {
  /** Always `"json"`. */
  readonly backend: ParserBackend = "json";
  /** The tape that {@linkcode parse} fills; overwritten by each call. */
  readonly tape: ChangeTape = new ChangeTape();
  /** Running counts; fallbacks stay 0, as there is nothing to fall back to. */
  readonly counts: ParserCounts = {
    changes: 0,
    messages: 0,
    invalid: 0,
    fallbacks: { escape: 0, duplicate: 0, nesting: 0, shape: 0 },
  };

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
    tape.reset(bytes);
    let at = start;
    while (at < end && tape.length <= FULL_SLOTS) {
      const lf = bytes.indexOf(LF, at);
      if (!isBlank(bytes, at, lf)) this.#parseLine(bytes, at, lf, tape.lines);
      tape.lines++;
      at = lf + 1;
    }
    return at;
  }

  #parseLine(bytes: Uint8Array, start: number, lf: number, line: number): void {
    const end = bytes[lf - 1] === CR ? lf - 1 : lf;
    switch (this.#writer.writeLine(this.tape, bytes, start, end, line)) {
      case RecordKind.CHANGE:
        this.counts.changes++;
        break;
      case RecordKind.MESSAGE:
        this.counts.messages++;
        break;
      case RecordKind.INVALID:
        this.counts.invalid++;
    }
  }
}

/** Whether a line is nothing but white space. */
function isBlank(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    const byte = bytes[i];
    if (byte !== SPACE && byte !== TAB && byte !== CR) return false;
  }
  return true;
}
