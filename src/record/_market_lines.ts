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

const OPEN_BRACE = 0x7b; // "{"
const LETTER_T = 0x74; // "t"

const encoder = new TextEncoder();
const LINE_TAIL = encoder.encode("]}\n");

/**
 * Splits a line by the elements of its list. Each becomes a line of `op`, `clk`
 * and `pt`, as far as they are there, and a list of one element; all values are
 * the bytes that were received.
 *
 * What belongs to the message as a whole is left out: a group of segments is torn
 * apart (protocol 8.2). An image of the subscription becomes one of each market:
 * an element that does not say so itself gets `"img":true`, that of an order
 * message `"fullImage":true`, as its last member.
 *
 * @param bytes What contains the line, which must be valid JSON.
 * @param start Offset of the line.
 * @param list What its operation lists.
 * @param isImage Whether it is a part of an image of the subscription.
 * @returns The lines, in the order of the elements.
 */
export function splitLine(
  bytes: Uint8Array,
  start: number,
  list: ChangeList,
  isImage: boolean,
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
    const { start, end } = elements;
    const element = isImage && list.image !== undefined
      ? imageParts(bytes, start, end, list.image)
      : [bytes.subarray(start, end)];
    lines.push(join([...head, ...element, LINE_TAIL]));
  }
  return lines;
}

/** An element that says that it is an image. */
function imageParts(
  bytes: Uint8Array,
  start: number,
  end: number,
  key: string,
): Uint8Array[] {
  if (bytes[start] !== OPEN_BRACE) return [bytes.subarray(start, end)];
  let isEmpty = true;
  let isSaid = false;
  const members = new JsonMembers(bytes, start);
  while (members.next()) {
    isEmpty = false;
    // The last one of a key counts. Only `true` begins with a "t".
    if (members.keyIs(key)) isSaid = bytes[members.start] === LETTER_T;
  }
  if (isSaid) return [bytes.subarray(start, end)];
  return [
    bytes.subarray(start, end - 1),
    encoder.encode(`${isEmpty ? "" : ","}"${key}":true`),
    bytes.subarray(end - 1, end),
  ];
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
