/**
 * Spoils lines: seeded mutations of JSON lines, some of which stay valid. See
 * {@linkcode Mutator}.
 *
 * @module
 */

import { SeededRandom } from "./random.ts";

const LF = 0x0a;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const ZERO = 0x30;

const encoder = new TextEncoder();
const texts = (...values: string[]): readonly Uint8Array[] =>
  values.map((value) => encoder.encode(value));

/** Bytes that mean something in JSON, or that must not be there. */
const BYTES: Uint8Array = new Uint8Array([
  ...encoder.encode('{}[]":,\\0123456789.-+eE \t\r/unltfaNI'),
  0x00,
  0x01,
  0x1f,
  0x7f,
  0x80,
  0xbf,
  0xc0,
  0xc3,
  0xe2,
  0xed,
  0xf0,
  0xf5,
  0xff,
]);

const STRUCTURE: Uint8Array = encoder.encode('{}[]":,');

const NUMBERS: readonly Uint8Array[] = texts(
  "0",
  "-0",
  "0.0",
  "-0.0",
  "01",
  "00",
  "1.",
  ".5",
  "-",
  "-.5",
  "+1",
  "1e5",
  "1E+2",
  "1e-2",
  "1e",
  "1e+",
  "1e400",
  "-1e400",
  "1e-400",
  "123456789012345",
  "1234567890123456",
  "12345678901234567",
  "0.1234567890123456",
  "99999999999999.99",
  "999999999999999.9",
  "1.0000000000000002",
  "9007199254740993",
  "0.30000000000000004",
  "1.005",
  "100000000000000000000000",
  "5.0",
  "5.10",
  "0.000001",
  "1.7976931348623157e308",
  "5e-324",
  "NaN",
  "Infinity",
  "0x10",
  "1_000",
  "99",
  "100",
  "99.0",
  "99.5",
  "-1",
  "1.01",
  "1000",
  "0.000000000000001",
  "123456789.123456789",
  "1000000.00",
  "000000000000001",
  "-12",
  "-12.5",
  "-0.5",
  "2.5e0",
  "12345678901234.5",
  "123456789012345.6",
);

const VALUES: readonly Uint8Array[] = texts(
  "null",
  "true",
  "false",
  '""',
  '"x"',
  "[]",
  "{}",
  "[[]]",
  "[[1,2]]",
  "[[0,1,2]]",
  "[[1,2,3,4]]",
  "[[1]]",
  "[null]",
  "[{}]",
  '"NaN"',
  '"nan"',
  '"Infinity"',
  '"-Infinity"',
  '"INF"',
  '"-inf"',
  '"+Infinity"',
  '"infinity "',
  '"123"',
  '"-123"',
  '"007"',
  '"12.5"',
  '"1e3"',
  '" 1"',
  "nul",
  "tru",
  "TRUE",
  "'x'",
  '"\\u0000"',
  '"\\ud800"',
  '"\\udc00\\ud800"',
  '"\\x"',
  '"\\u12"',
  '"\\""',
  '"\\\\"',
  '"\\/"',
  '"é"',
  '"\u{1f40e}"',
  '{"a":{"b":[1,{"c":"}]"}]}}',
  "[[[[[[[[[[[[1]]]]]]]]]]]]",
  '"mcm"',
  '"SUB_IMAGE"',
  '"SEG_START"',
  '"SEG"',
  '"SEG_END"',
  '"HEARTBEAT"',
  '"RESUB_DELTA"',
  '"SUB_IMAG"',
  '"SUB\\u005fIMAGE"',
  '"m\\u0063m"',
  "[1,2]",
  "[[1,2],[3,4,5]]",
  "[[100,1,2]]",
  "[[-1,1,2]]",
  '[[1,"2"]]',
  "[[1,2],]",
  '{"status":"CLOSED"}',
  '{"status":"OPEN","status":"CLOSED"}',
  '{"st\\u0061tus":"CLOSED"}',
  '{"status":"CLOS\\u0045D"}',
  '{"a":{"status":"CLOSED"}}',
  "[,]",
  '{"a":1,}',
  '{"a"}',
  "[1 2]",
  "{1:2}",
  '"\t"',
);

const KEYS: readonly string[] = [
  "op",
  "id",
  "ct",
  "segmentType",
  "pt",
  "clk",
  "initialClk",
  "conflateMs",
  "heartbeatMs",
  "status",
  "mc",
  "img",
  "con",
  "tv",
  "marketDefinition",
  "rc",
  "hc",
  "ltp",
  "spn",
  "spf",
  "atb",
  "atl",
  "trd",
  "spb",
  "spl",
  "batb",
  "batl",
  "bdatb",
  "bdatl",
  "x",
  "",
  "__proto__",
  "constructor",
  "idx",
  "m",
  "mcx",
  "op\\u0000",
  "i\\u0064",
  "\\u006fp",
  "at\\u0062",
  "_stream_id",
  "bat",
  "bdat",
  "initialCl",
  "é",
  "toString",
  'a\\"b',
];

const MUTATIONS: readonly ((this: Mutator) => void)[] = [];

/** Makes mutated copies of lines. The same seed makes the same copies. */
export class Mutator {
  readonly random: SeededRandom;
  #bytes: Uint8Array = new Uint8Array(1 << 12);
  #length = 0;

  constructor(seed: number) {
    this.random = new SeededRandom(seed);
  }

  /**
   * Mutates a line once or twice: more would leave few lines valid.
   *
   * @param line without line end; left as it is
   * @returns a view that is valid until the next call and holds no LF
   */
  mutate(line: Uint8Array): Uint8Array {
    this.#load(line);
    for (let left = this.random.oneIn(3) ? 2 : 1; left > 0; left--) {
      this.random.pick(MUTATIONS).call(this);
    }
    const mutated = this.#bytes.subarray(0, this.#length);
    for (let i = mutated.indexOf(LF); i >= 0; i = mutated.indexOf(LF, i)) {
      mutated[i] = 0x20;
    }
    return mutated;
  }

  static {
    const add = (weight: number, mutation: (this: Mutator) => void): void => {
      for (let i = 0; i < weight; i++) {
        (MUTATIONS as ((this: Mutator) => void)[]).push(mutation);
      }
    };
    add(2, function flipBit() {
      if (this.#length > 0) {
        this.#bytes[this.#place()]! ^= 1 << this.random.below(8);
      }
    });
    add(2, function setByte() {
      if (this.#length > 0) {
        this.#bytes[this.#place()] = BYTES[this.random.below(BYTES.length)]!;
      }
    });
    add(2, function insertByte() {
      this.#replace(
        this.#place(),
        0,
        BYTES.subarray(this.random.below(BYTES.length)).subarray(0, 1),
      );
    });
    add(2, function deleteBytes() {
      this.#replace(this.#place(), 1 + this.random.below(3), new Uint8Array(0));
    });
    add(1, function duplicateBytes() {
      const from = this.#place();
      const copy = this.#bytes.slice(
        from,
        Math.min(from + 1 + this.random.below(24), this.#length),
      );
      this.#replace(this.random.oneIn(2) ? from : this.#place(), 0, copy);
    });
    add(1, function truncate() {
      this.#length = this.#place();
    });
    add(2, function changeStructure() {
      for (let at = this.#place(); at < this.#length; at++) {
        if (!STRUCTURE.includes(this.#bytes[at]!)) continue;
        this.#bytes[at] = STRUCTURE[this.random.below(STRUCTURE.length)]!;
        return;
      }
    });
    add(2, function changeDigit() {
      const [start, end] = this.#number();
      if (end > start) {
        this.#bytes[start + this.random.below(end - start)] = ZERO +
          this.random.below(10);
      }
    });
    add(4, function oddNumber() {
      const [start, end] = this.#number();
      this.#replace(start, end - start, this.random.pick(NUMBERS));
    });
    add(1, function longNumber() {
      const [start, end] = this.#number();
      const digits = new Uint8Array(1 + this.random.below(20));
      for (let i = 0; i < digits.length; i++) {
        digits[i] = ZERO + this.random.below(10);
      }
      if (this.random.oneIn(2)) digits[this.random.below(digits.length)] = 0x2e;
      this.#replace(start, end - start, digits);
    });
    add(2, function swapNumbers() {
      const [a, aEnd] = this.#number();
      const [b, bEnd] = this.#number();
      if (aEnd > b) return;
      const first = this.#bytes.slice(a, aEnd);
      this.#replace(a, aEnd - a, this.#bytes.slice(b, bEnd));
      this.#replace(b + (bEnd - b) - (aEnd - a), bEnd - b, first);
    });
    add(4, function changeValue() {
      const member = this.#member();
      if (member === undefined) return;
      this.#replace(
        member.value,
        member.end - member.value,
        this.random.pick(VALUES),
      );
    });
    add(3, function duplicateMember() {
      const member = this.#member();
      if (member === undefined) return;
      const key = this.#bytes.slice(member.key, member.value);
      const value = this.random.oneIn(2)
        ? this.#bytes.slice(member.value, member.end)
        : this.random.pick(VALUES);
      // In front of it, or of some other member of what may be another object.
      const target = this.random.oneIn(2) ? member : this.#member();
      this.#replace(
        target?.key ?? member.key,
        0,
        concat(key, value, encoder.encode(",")),
      );
    });
    add(2, function unknownMember() {
      const member = this.#member();
      if (member === undefined) return;
      const text = `"${this.random.pick(KEYS)}":`;
      this.#replace(
        member.key,
        0,
        concat(
          encoder.encode(text),
          this.random.pick(VALUES),
          encoder.encode(","),
        ),
      );
    });
    add(2, function renameKey() {
      const member = this.#member();
      if (member === undefined) return;
      const text = encoder.encode(`"${this.random.pick(KEYS)}":`);
      this.#replace(member.key, member.value - member.key, text);
    });
    add(1, function deleteMember() {
      const member = this.#member();
      if (member !== undefined) {
        this.#replace(
          member.key,
          member.end - member.key + 1,
          new Uint8Array(0),
        );
      }
    });
    add(1, function moveMember() {
      const member = this.#member();
      if (member === undefined) return;
      const copy = concat(
        encoder.encode(","),
        this.#bytes.slice(member.key, member.end),
      );
      this.#replace(member.key, member.end - member.key + 1, new Uint8Array(0));
      this.#replace(this.#member()?.end ?? this.#length, 0, copy);
    });
    add(2, function insertSpace() {
      const space = this.random.pick(
        texts(" ", "\t", "\r", "  ", " \t\r ", "\f", "\u00a0"),
      );
      for (let left = 1 + this.random.below(3); left > 0; left--) {
        let at = this.#place();
        while (at < this.#length && !STRUCTURE.includes(this.#bytes[at]!)) at++;
        this.#replace(at + this.random.below(2), 0, space);
      }
    });
    add(2, function escapeCharacter() {
      const member = this.#member();
      if (member === undefined) return;
      const at = member.key + 1 + this.random.below(member.end - member.key);
      const code = this.#bytes[at] ?? 0;
      if (at >= this.#length || code === QUOTE || code === BACKSLASH) return;
      this.#replace(
        at,
        1,
        encoder.encode(`\\u${code.toString(16).padStart(4, "0")}`),
      );
    });
  }

  #load(line: Uint8Array): void {
    this.#reserve(line.length);
    this.#bytes.set(line);
    this.#length = line.length;
  }

  #place(): number {
    return this.random.below(this.#length);
  }

  /** A number at or behind a random place; an empty range if there is none. */
  #number(): [start: number, end: number] {
    const isDigit = (at: number): boolean => (this.#bytes[at]! ^ ZERO) < 10;
    let start = this.#place();
    while (start < this.#length && !isDigit(start)) start++;
    while (
      start > 0 && (isDigit(start - 1) || this.#bytes[start - 1] === 0x2e)
    ) start--;
    let end = start;
    while (end < this.#length && (isDigit(end) || this.#bytes[end] === 0x2e)) {
      end++;
    }
    return [start, end];
  }

  /** A member of an object at or behind a random place. */
  #member(): { key: number; value: number; end: number } | undefined {
    const bytes = this.#bytes;
    for (let at = this.#place(); at < this.#length; at++) {
      if (
        bytes[at] !== QUOTE || bytes[at + 1] !== COLON || at + 2 >= this.#length
      ) continue;
      let key = at - 1;
      while (key > 0 && bytes[key] !== QUOTE) key--;
      if (key < 0) continue;
      return { key, value: at + 2, end: this.#valueEnd(at + 2) };
    }
    return undefined;
  }

  #valueEnd(at: number): number {
    const bytes = this.#bytes;
    let depth = 0;
    let quoted = false;
    for (; at < this.#length; at++) {
      const byte = bytes[at]!;
      if (quoted) {
        if (byte === BACKSLASH) at++;
        else if (byte === QUOTE) quoted = false;
      } else if (byte === QUOTE) {
        quoted = true;
      } else if (byte === 0x7b || byte === 0x5b) {
        depth++;
      } else if (byte === 0x7d || byte === 0x5d) {
        if (--depth < 0) return at;
      } else if (byte === 0x2c && depth === 0) {
        return at;
      }
    }
    return Math.min(at, this.#length);
  }

  #replace(at: number, count: number, bytes: Uint8Array): void {
    at = Math.min(Math.max(at, 0), this.#length);
    count = Math.min(Math.max(count, 0), this.#length - at);
    this.#reserve(this.#length + bytes.length);
    this.#bytes.copyWithin(at + bytes.length, at + count, this.#length);
    this.#bytes.set(bytes, at);
    this.#length += bytes.length - count;
  }

  #reserve(length: number): void {
    if (length <= this.#bytes.length) return;
    const bytes = new Uint8Array(length * 2);
    bytes.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = bytes;
  }
}

function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(
    parts.reduce((sum, part) => sum + part.length, 0),
  );
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
