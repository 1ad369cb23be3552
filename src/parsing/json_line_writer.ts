/** One line to one record, the slow and trusted way. See {@linkcode JsonLineWriter}. */

import {
  KIND,
  LENGTH,
  LINE,
  LINE_END,
  LINE_START,
  MESSAGE_SLOTS,
  OBJECT_INDEX,
  RecordKind,
} from "../tape/layout.ts";
import type { ChangeTape } from "../tape/change_tape.ts";
import { writeChange } from "./_json_change.ts";
import { mayHoldCredentials } from "./credentials.ts";
import { isJsonObject, type JsonObject, SchemaError } from "./_json_schema.ts";
import { skipSpace } from "./json_members.ts";
import {
  InvalidLineError,
  type InvalidLineReason,
} from "./invalid_line_error.ts";
import { isTooDeep, MAX_NESTING } from "./nesting.ts";

/**
 * Makes the record of a single line with a strict `TextDecoder` and
 * `JSON.parse`. What it writes is by definition right: the faster backends are
 * tested against it, and hand it the lines that they decline.
 */
export class JsonLineWriter {
  // ignoreBOM keeps a byte order mark in the text, where JSON.parse refuses it:
  // the protocol has none, and the byte ranges would be off by its length.
  readonly #decoder: TextDecoder = new TextDecoder("utf-8", {
    fatal: true,
    ignoreBOM: true,
  });

  /**
   * Appends the record of one line that is not blank: one more of
   * `tape.records`; `tape.lines` and `tape.bytes` are left alone.
   *
   * @param tape Appended to, grown as needed.
   * @param bytes What contains the line; must be the tape's bytes.
   * @param start Offset of the line's first byte, white space included.
   * @param end Offset of its line end: of the LF, or of the one CR before it.
   * @param line Number of the line in the block, 0 for the first.
   * @returns Kind of the record that was written.
   */
  writeLine(
    tape: ChangeTape,
    bytes: Uint8Array,
    start: number,
    end: number,
    line: number,
  ): RecordKind {
    const record = tape.length;
    if (record + MESSAGE_SLOTS > tape.slots.length) {
      tape.grow(record + MESSAGE_SLOTS);
    }
    tape.length += MESSAGE_SLOTS;
    let kind: RecordKind;
    try {
      kind = this.#write(tape, record, bytes, start, end);
    } catch (error) {
      if (!(error instanceof Defect)) throw error;
      kind = RecordKind.INVALID;
      tape.length = record + MESSAGE_SLOTS;
      const invalid = new InvalidLineError({
        reason: error.reason,
        detail: error.message,
        line: bytes.subarray(start, end),
        cause: error.cause,
        lineNumber: line + 1,
        byteOffset: start,
      });
      tape.slots[record + OBJECT_INDEX] = tape.objects.push(invalid) - 1;
    }
    const { slots } = tape;
    slots[record + KIND] = kind;
    slots[record + LENGTH] = tape.length - record;
    slots[record + LINE] = line;
    slots[record + LINE_START] = start;
    slots[record + LINE_END] = end;
    tape.records++;
    return kind;
  }

  #write(
    tape: ChangeTape,
    record: number,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): RecordKind {
    const line = bytes.subarray(start, end);
    const message = this.#parse(line);
    if (message.op !== "mcm") {
      tape.slots[record + OBJECT_INDEX] = tape.objects.push(message) - 1;
      return RecordKind.MESSAGE;
    }
    try {
      writeChange(tape, record, message, bytes, skipSpace(bytes, start), start);
    } catch (error) {
      if (!(error instanceof SchemaError)) throw error;
      throw new Defect("schema", error.message);
    }
    return RecordKind.CHANGE;
  }

  #parse(line: Uint8Array): JsonObject {
    let text: string;
    try {
      text = this.#decoder.decode(line);
    } catch (error) {
      throw new Defect("encoding", "it is not well-formed UTF-8", error);
    }
    if (isTooDeep(text)) {
      throw new Defect(
        "syntax",
        `it is nested over ${MAX_NESTING} levels deep`,
      );
    }
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (error) {
      // Besides SyntaxError: RangeError, from an engine that runs out of stack.
      const cause = mayHoldCredentials(text) ? undefined : error;
      throw new Defect("syntax", "it is not valid JSON", cause);
    }
    if (!isJsonObject(value)) {
      throw new Defect("schema", "it is not a JSON object");
    }
    return value;
  }
}

/** What is wrong with a line; not an Error, for its stack would go nowhere. */
class Defect {
  readonly reason: InvalidLineReason;
  readonly message: string;
  readonly cause: unknown;

  constructor(reason: InvalidLineReason, message: string, cause?: unknown) {
    this.reason = reason;
    this.message = message;
    this.cause = cause;
  }
}
