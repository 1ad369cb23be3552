import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { describe, it } from "node:test";
import { gunzipSync, gzipSync } from "node:zlib";
import { SeededRandom } from "../support/random.ts";
import {
  borrowed,
  collect,
  cutAt,
  FIRST_LINES,
  LAST_LINES,
  singly,
} from "./_collect.ts";

const FIRST = gzipSync(FIRST_LINES);
const LAST = gzipSync(LAST_LINES);
const TWO_MEMBERS = Buffer.concat([FIRST, LAST]);
const BOTH_LINES = FIRST_LINES + LAST_LINES;

/** A member whose header has all optional fields. */
function withFields(member: Uint8Array): Uint8Array {
  const header = Buffer.from(member.subarray(0, 10));
  header[3] = 0x04 | 0x08 | 0x10 | 0x02;
  const fields = Buffer.from("\x05\x00extraname\0comment\0cc", "latin1");
  return Buffer.concat([header, fields, member.subarray(10)]);
}

describe("gzip source", () => {
  it("reads members one after another, with and without data", async () => {
    const bytes = Buffer.concat([FIRST, gzipSync(""), LAST]);
    const { text, errors } = await collect(bytes);
    assert.equal(text, BOTH_LINES);
    assert.deepEqual(errors, []);
  });

  it("reads the same wherever its input is cut", async () => {
    const bytes = Buffer.concat([withFields(FIRST), LAST]);
    for (let at = 0; at <= bytes.length; at++) {
      const { text, errors } = await collect(borrowed(cutAt(bytes, at)));
      assert.equal(text, BOTH_LINES, `cut at ${at}`);
      assert.deepEqual(errors, []);
    }
    assert.equal((await collect(borrowed(singly(bytes)))).text, BOTH_LINES);
  });

  it("reads thousands of small members", async () => {
    const { text, errors } = await collect(
      Buffer.concat(Array(2000).fill(LAST)),
    );
    assert.equal(text, LAST_LINES.repeat(2000));
    assert.deepEqual(errors, []);
  });

  it("ignores what follows the last member and is none", async () => {
    for (
      const tail of [new Uint8Array(1000), Buffer.from("tail"), Buffer.of(0x1e)]
    ) {
      const { text, errors } = await collect(Buffer.concat([FIRST, tail]));
      assert.equal(text, FIRST_LINES);
      assert.deepEqual(errors, []);
    }
  });

  it("reports each truncation, behind all that could be inflated", async () => {
    for (let length = 1; length < TWO_MEMBERS.length; length++) {
      if (length === FIRST.length) continue;
      const { text, errors } = await collect(
        borrowed([TWO_MEMBERS.subarray(0, length)]),
      );
      assert.deepEqual(
        errors.map((error) => error.code),
        ["truncated"],
        `at ${length}`,
      );
      assert.equal(errors[0]!.byteOffset, length);
      assert.ok(BOTH_LINES.startsWith(text), `at ${length}`);
      if (length >= FIRST.length - 8) {
        assert.ok(text.startsWith(FIRST_LINES), `at ${length}`);
      }
      if (length >= TWO_MEMBERS.length - 8) {
        assert.equal(text, BOTH_LINES, `at ${length}`);
      }
    }
  });

  it("reports each damaged bit that changes the data", async () => {
    for (let bit = 16; bit < TWO_MEMBERS.length * 8; bit++) {
      // Without its magic bytes the last member is what is ignored behind one.
      if (bit >>> 3 === FIRST.length || bit >>> 3 === FIRST.length + 1) {
        continue;
      }
      const bytes = new Uint8Array(TWO_MEMBERS);
      bytes[bit >>> 3]! ^= 0x80 >>> (bit & 7);
      const { text, errors } = await collect(bytes);
      if (text !== BOTH_LINES) {
        assert.ok(errors.length > 0, `bit ${bit} is silent`);
      }
    }
  });

  it("reads on at the next member behind a damaged one", async () => {
    const damages: [string, (member: Uint8Array) => void][] = [
      ["header", (member) => member[2] = 7],
      ["flags", (member) => member[3] = 0xff],
      ["data", (member) => member.fill(0xff, 15, 30)],
      ["checksum", (member) => member[member.length - 8]! ^= 1],
      ["length", (member) => member[member.length - 1]! ^= 1],
    ];
    for (const [name, damage] of damages) {
      const member = new Uint8Array(FIRST);
      damage(member);
      const bytes = Buffer.concat([LAST, member, LAST, FIRST]);
      const { text, errors } = await collect(bytes);
      assert.deepEqual(errors.map((error) => error.code), ["corrupt"], name);
      assert.equal(errors[0]!.byteOffset, LAST.length, name);
      assert.equal(errors[0]!.source, "bytes");
      assert.ok(text.startsWith(LAST_LINES), name);
      assert.ok(text.endsWith(LAST_LINES + FIRST_LINES), name);
    }
  });

  it("reads on at a member behind one whose magic bytes are lost", async () => {
    const member = new Uint8Array(FIRST);
    member[0] = 0;
    const { text, errors } = await collect(Buffer.concat([LAST, member, LAST]));
    assert.equal(text, LAST_LINES + LAST_LINES);
    assert.deepEqual(errors.map((error) => error.code), ["corrupt"]);
  });

  it("reads on at a member behind one whose end is hidden by damage", async () => {
    const member = (from: number): Uint8Array =>
      gzipSync(
        Array.from({ length: 12 }, (_, i) =>
          `{"op":"mcm","pt":${from + i},"mc":[{"id":"1.${
            (from + i) * 7919 % 997
          }"}]}\n`)
          .join(""),
      );
    const [first, second, third] = [member(0), member(100), member(200)];
    const intact = gunzipSync(third!).toString();
    for (let bit = 10 * 8; bit < (second!.length - 8) * 8; bit++) {
      const damaged = new Uint8Array(second!);
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      const bytes = Buffer.concat([first!, damaged, third!]);
      const { text, errors } = await collect(
        bit % 2 === 0 ? bytes : borrowed(singly(bytes)),
      );
      if (errors.length === 0) continue;
      assert.ok(text.endsWith(intact), `bit ${bit}: ${errors}`);
      assert.deepEqual(errors.map((error) => error.code), ["corrupt"]);
      assert.equal(errors[0]!.byteOffset, first!.length);
    }
  });

  it("loses at most 64 KiB in front of damage", async () => {
    const random = new SeededRandom(7);
    const lines = Array.from(
      { length: 60_000 },
      () => `{"op":"mcm","pt":${random.next()}}\n`,
    );
    const data = Buffer.from(lines.join(""));
    const bytes = new Uint8Array(gzipSync(data));
    const at = Math.floor(bytes.length / 2);
    bytes.fill(0xff, at, at + 2000);
    const { text, errors } = await collect(bytes);
    assert.deepEqual(errors.map((error) => error.code), ["corrupt"]);
    let same = 0;
    while (same < text.length && text.charCodeAt(same) === data[same]) same++;
    assert.ok(
      same > data.length / 2 - (1 << 17),
      `${same} of ${data.length} bytes`,
    );
  });
});
