/** Lines about several markets as lines about one. See {@linkcode splitLine}. */

import {
  JsonElements,
  JsonMembers,
  skipSpace,
} from "../parsing/json_members.ts";
import type { ChangeList } from "./_change_lists.ts";

/** A value's range. */
interface Range {
  readonly start: number;
  readonly end: number;
}

// As the common recorders write them, and in this order.
const ENVELOPE_KEYS = ["op", "clk", "pt"] as const;

const encoder = new TextEncoder();
const LINE_TAIL = encoder.encode("]}\n");

/**
 * Splits a line by the elements of its list. Each becomes a line of `op`, `clk`
 * and `pt`, as far as they are there, and a list of one element; all values are
 * the bytes that were received.
 *
 * What belongs to the message as a whole is left out: a group of segments is torn
 * apart, an image is one of its market only (protocol 8.2).
 *
 * @param bytes What contains the line, which must be valid JSON.
 * @param start Offset of the line.
 * @param list What its operation lists.
 * @returns The lines, in the order of the elements.
 */
export function splitLine(
  bytes: Uint8Array,
  start: number,
  list: ChangeList,
): Uint8Array[] {
  const envelope = new Map<string, Range>();
  let changes: Range | undefined;
  const members = new JsonMembers(bytes, skipSpace(bytes, start));
  while (members.next()) {
    const { start, end } = members;
    // The last one of a key counts, as for JSON.parse.
    const key = ENVELOPE_KEYS.find((key) => members.keyIs(key));
    if (key !== undefined) envelope.set(key, { start, end });
    else if (members.keyIs(list.key)) changes = { start, end };
  }
  if (changes === undefined) return [];
  const head: Uint8Array[] = [];
  for (const key of ENVELOPE_KEYS) {
    const value = envelope.get(key);
    if (value === undefined) continue;
    head.push(
      encoder.encode(`${head.length === 0 ? "{" : ","}"${key}":`),
      bytes.subarray(value.start, value.end),
    );
  }
  head.push(encoder.encode(`${head.length === 0 ? "{" : ","}"${list.key}":[`));
  const lines: Uint8Array[] = [];
  const elements = new JsonElements(bytes, changes.start);
  while (elements.next()) {
    const element = bytes.subarray(elements.start, elements.end);
    lines.push(join([...head, element, LINE_TAIL]));
  }
  return lines;
}

/** Bytes one after another. */
function join(parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const joined = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
