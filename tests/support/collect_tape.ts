/**
 * Everything that a parser makes of a block, over as many calls as it takes,
 * in one piece that can be compared with that of another parser.
 *
 * @module
 */

import {
  KIND,
  LENGTH,
  LINE,
  OBJECT_INDEX,
  RecordKind,
} from "../../src/tape/layout.ts";
import type { ChangeParser } from "../../src/parsing/change_parser.ts";
import { InvalidLineError } from "../../src/parsing/invalid_line_error.ts";

/** The records of a block, lines and objects counted through over all calls. */
export class CollectedTape {
  slots: Float64Array = new Float64Array(1 << 16);
  length = 0;
  records = 0;
  lines = 0;
  calls = 0;
  readonly objects: unknown[] = [];

  /** Replaces what was collected by what a parser makes of whole lines. */
  collect(
    parser: ChangeParser,
    bytes: Uint8Array,
    start = 0,
    end: number = bytes.length,
  ): this {
    this.length =
      this.records =
      this.lines =
      this.calls =
        0;
    this.objects.length = 0;
    while (start < end) {
      const next = parser.parse(bytes, start, end);
      if (next <= start || next > end || bytes[next - 1] !== 0x0a) {
        throw new Error(`parse(${start}, ${end}) returned ${next}`);
      }
      this.#add(parser);
      start = next;
    }
    return this;
  }

  #add(parser: ChangeParser): void {
    const { tape } = parser;
    while (this.length + tape.length > this.slots.length) {
      const slots = new Float64Array(this.slots.length * 2);
      slots.set(this.slots.subarray(0, this.length));
      this.slots = slots;
    }
    const { slots } = this;
    const base = this.length;
    slots.set(tape.slots.subarray(0, tape.length), base);
    let records = 0;
    let at = base;
    for (; at < base + tape.length; at += slots[at + LENGTH]!) {
      records++;
      slots[at + LINE]! += this.lines;
      if (slots[at + KIND] !== RecordKind.CHANGE) {
        slots[at + OBJECT_INDEX]! += this.objects.length;
      }
      if (!(slots[at + LENGTH]! >= 6)) {
        throw new Error(`record of ${slots[at + LENGTH]} slots`);
      }
    }
    if (at !== base + tape.length) {
      throw new Error("the last record overruns the tape");
    }
    if (records !== tape.records) {
      throw new Error(
        `${records} records on the tape, tape.records is ${tape.records}`,
      );
    }
    for (const object of tape.objects) this.objects.push(object);
    this.length += tape.length;
    this.records += records;
    this.lines += tape.lines;
    this.calls++;
  }
}

/**
 * The first difference between what two parsers made of the same block, in
 * words; undefined if there is none. NaN equals NaN, 0 does not equal -0.
 */
export function tapeDifference(
  actual: CollectedTape,
  expected: CollectedTape,
): string | undefined {
  const { slots } = expected;
  for (let at = 0; at < expected.length;) {
    const end = at + slots[at + LENGTH]!;
    for (let i = at; i < end; i++) {
      if (
        actual.slots[i] === slots[i] &&
        (slots[i] !== 0 || Object.is(actual.slots[i], slots[i]))
      ) {
        continue;
      }
      if (i < actual.length && Object.is(actual.slots[i], slots[i])) continue;
      const found = i < actual.length ? show(actual.slots[i]!) : "nothing";
      return `slot ${i - at} of the record of line ${
        slots[at + LINE]
      } is ${found}, ` +
        `must be ${show(slots[i]!)}\nactual:   ${
          actual.slots.slice(at, Math.min(end, at + 60, actual.length)).join(
            " ",
          )
        }\nexpected: ${slots.slice(at, Math.min(end, at + 60)).join(" ")}${
          slots[at + KIND] === RecordKind.INVALID
            ? `\nexpected: ${expected.objects[slots[at + OBJECT_INDEX]!]}`
            : ""
        }`;
    }
    at = end;
  }
  if (actual.length !== expected.length) {
    return `${actual.length} slots, must be ${expected.length}`;
  }
  if (actual.lines !== expected.lines) {
    return `${actual.lines} lines, must be ${expected.lines}`;
  }
  if (actual.objects.length !== expected.objects.length) {
    return `${actual.objects.length} objects, must be ${expected.objects.length}`;
  }
  for (let i = 0; i < expected.objects.length; i++) {
    const difference = objectDifference(actual.objects[i], expected.objects[i]);
    if (difference !== undefined) return `object ${i}: ${difference}`;
  }
  return undefined;
}

function show(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}

function objectDifference(
  actual: unknown,
  expected: unknown,
): string | undefined {
  if (expected instanceof InvalidLineError) {
    if (!(actual instanceof InvalidLineError)) {
      return `no InvalidLineError but ${actual}`;
    }
    for (
      const key of [
        "reason",
        "message",
        "preview",
        "byteOffset",
        "source",
      ] as const
    ) {
      if (actual[key] !== expected[key]) {
        return `${key} is ${actual[key]}, must be ${expected[key]}`;
      }
    }
    return undefined;
  }
  return sameJson(actual, expected) ? undefined : "not the same message";
}

/** Whether two results of `JSON.parse` are the same, key order included; nesting costs no stack. */
export function sameJson(left: unknown, right: unknown): boolean {
  const pairs: unknown[] = [left, right];
  while (pairs.length > 0) {
    const b = pairs.pop();
    const a = pairs.pop();
    if (Object.is(a, b)) continue;
    if (
      typeof a !== "object" || typeof b !== "object" || a === null || b === null
    ) return false;
    if (Array.isArray(a) !== Array.isArray(b)) return false;
    const keys = Object.keys(a);
    const others = Object.keys(b);
    if (keys.length !== others.length) return false;
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i]!;
      if (key !== others[i]) return false;
      pairs.push(
        (a as Record<string, unknown>)[key],
        (b as Record<string, unknown>)[key],
      );
    }
  }
  return true;
}
