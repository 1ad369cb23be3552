import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { describe, it } from "node:test";
import { SeededRandom } from "../support/random.ts";
import {
  borrowed,
  collect,
  cutAt,
  FIRST_LINES,
  FIRST_LINES_BZIP2,
  LAST_LINES,
  LAST_LINES_BZIP2,
  LINE_FEEDS_BZIP2,
  NOTHING_BZIP2,
  singly,
} from "./_collect.ts";

const TWO_STREAMS = Buffer.concat([FIRST_LINES_BZIP2, LAST_LINES_BZIP2]);
const BLOCK_LINE_FEEDS = [5_099_235, 5_099_235, 12_000_000 - 2 * 5_099_235];

/** Bit offsets of the block markers. */
function blockBits(bytes: Uint8Array): number[] {
  const bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, "0"))
    .join("");
  const marker = (0x314159265359).toString(2).padStart(48, "0");
  const found: number[] = [];
  for (
    let at = bits.indexOf(marker);
    at >= 0;
    at = bits.indexOf(marker, at + 1)
  ) found.push(at);
  return found;
}

describe("bzip2 source", () => {
  it("reads streams one after another, of different levels and without data", async () => {
    const bytes = Buffer.concat([
      FIRST_LINES_BZIP2,
      NOTHING_BZIP2,
      LAST_LINES_BZIP2,
    ]);
    const { text, errors } = await collect(bytes);
    assert.equal(text, FIRST_LINES + LAST_LINES);
    assert.deepEqual(errors, []);
  });

  it("reads a stream without data", async () => {
    assert.deepEqual((await collect(NOTHING_BZIP2)).order, []);
  });

  it("reads the same wherever its input is cut", async () => {
    for (let at = 0; at <= TWO_STREAMS.length; at++) {
      const { text, errors } = await collect(borrowed(cutAt(TWO_STREAMS, at)));
      assert.equal(text, FIRST_LINES + LAST_LINES, `cut at ${at}`);
      assert.deepEqual(errors, []);
    }
    assert.equal(
      (await collect(borrowed(singly(TWO_STREAMS)))).text,
      FIRST_LINES + LAST_LINES,
    );
  });

  it("reads a stream of several blocks, which start at any bit", async () => {
    const { bytes, errors } = await collect(LINE_FEEDS_BZIP2);
    assert.deepEqual(errors, []);
    assert.equal(bytes.length, 12_000_000);
    assert.ok(bytes.every((byte) => byte === 0x0a));
    assert.ok(blockBits(LINE_FEEDS_BZIP2).some((bit) => bit % 8 !== 0));
  });

  it("ignores what follows the last stream and is none", async () => {
    for (
      const tail of [
        new Uint8Array(1000),
        Buffer.from("BZ is not BZh"),
        Buffer.from("\n"),
      ]
    ) {
      const { text, errors } = await collect(
        Buffer.concat([FIRST_LINES_BZIP2, tail]),
      );
      assert.equal(text, FIRST_LINES);
      assert.deepEqual(errors, []);
    }
  });

  it("reports each truncation, behind the streams that are whole", async () => {
    const first = FIRST_LINES_BZIP2.length;
    for (let length = 1; length < TWO_STREAMS.length; length++) {
      if (length === first) continue;
      const { text, errors } = await collect(
        borrowed([TWO_STREAMS.subarray(0, length)]),
      );
      const hasLast = length >= TWO_STREAMS.length - 10; // all but a part of the stream's end
      const hasFirst = length >= first - 10;
      const expected = hasLast
        ? FIRST_LINES + LAST_LINES
        : hasFirst
        ? FIRST_LINES
        : "";
      if (length === 1 && text === "B") continue;
      assert.deepEqual(
        errors.map((error) => error.code),
        ["truncated"],
        `at ${length}`,
      );
      assert.equal(errors[0]!.byteOffset, length);
      assert.equal(errors[0]!.source, "stream");
      assert.equal(text, expected, `at ${length}`);
    }
  });

  it("reports each damaged bit and gives no wrong data for it", async () => {
    let reported = 0;
    for (let bit = 32; bit < TWO_STREAMS.length * 8; bit++) {
      const bytes = new Uint8Array(TWO_STREAMS);
      bytes[bit >>> 3]! ^= 0x80 >>> (bit & 7);
      const { text, errors } = await collect(bytes);
      assert.ok(
        [FIRST_LINES + LAST_LINES, FIRST_LINES, LAST_LINES, ""].includes(text),
        `bit ${bit} gives ${JSON.stringify(text)}`,
      );
      if (errors.length > 0) reported++;
      if (text !== FIRST_LINES + LAST_LINES) {
        assert.ok(errors.length > 0, `bit ${bit} is silent`);
      }
    }
    // Not so those that fill up the last byte of a stream, and some of the header and tables.
    assert.ok(reported > TWO_STREAMS.length * 8 * 0.9, `${reported} reported`);
  });

  it("reads on at the next block behind a damaged one", async () => {
    const blocks = blockBits(LINE_FEEDS_BZIP2);
    assert.equal(blocks.length, 3);
    const [first, second, third] = BLOCK_LINE_FEEDS as [number, number, number];
    const expected = [
      ["corrupt", second + third],
      [first, "corrupt", third],
      [first + second, "corrupt"],
    ];
    for (const [i, block] of blocks.entries()) {
      const bytes = new Uint8Array(LINE_FEEDS_BZIP2);
      bytes[(block + 48 + 16) >>> 3]! ^= 1; // the checksum of the block
      const { order, errors } = await collect(bytes);
      assert.deepEqual(order, expected[i]);
      assert.equal(errors[0]!.byteOffset, block >>> 3);
    }
  });

  it("reports a missing block, which only the checksum of the stream tells", async () => {
    const [first, second] = blockBits(LINE_FEEDS_BZIP2) as [number, number];
    const bits = Array.from(
      LINE_FEEDS_BZIP2,
      (byte) => byte.toString(2).padStart(8, "0"),
    ).join("");
    const left = (bits.slice(0, first) + bits.slice(second)).match(/.{1,8}/g)!;
    const bytes = Uint8Array.from(
      left,
      (byte) => parseInt(byte.padEnd(8, "0"), 2),
    );
    const { order } = await collect(bytes);
    assert.deepEqual(order, [12_000_000 - BLOCK_LINE_FEEDS[0]!, "corrupt"]);
  });

  it("reads on at the next stream when one is destroyed", async () => {
    const hole = new Uint8Array(FIRST_LINES_BZIP2);
    hole.fill(0, 20);
    const bytes = Buffer.concat([
      LAST_LINES_BZIP2,
      hole,
      FIRST_LINES_BZIP2,
      LAST_LINES_BZIP2,
    ]);
    const { text, errors } = await collect(bytes);
    assert.equal(text, LAST_LINES + FIRST_LINES + LAST_LINES);
    assert.deepEqual(errors.map((error) => error.code), ["corrupt"]);
    assert.equal(errors[0]!.byteOffset, LAST_LINES_BZIP2.length + 4);
  });

  it("ends with any damage, whatever the bytes", async () => {
    const seed = 20_261;
    const random = new SeededRandom(seed);
    for (let round = 0; round < 400; round++) {
      const bytes = new Uint8Array(TWO_STREAMS);
      for (let n = 1 + random.below(8); n > 0; n--) {
        bytes[14 + random.below(bytes.length - 14)] = random.below(256);
      }
      const { text } = await collect(bytes);
      assert.ok(
        (FIRST_LINES + LAST_LINES).includes(text),
        `seed ${seed}, round ${round}: ${text}`,
      );
    }
  });

  it("ends when the weight of a run would overflow", async () => {
    // A block of one byte value and the digits of a run with 2^31 repetitions, made bit by bit.
    const bytes = Buffer.from(
      "QlpoMTFBWSZTWQAAAAAAAAABACAAIAAgoCgAAAABYAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
      "base64",
    );
    assert.deepEqual((await collect(bytes)).bytes.length, 0);
  });
});
