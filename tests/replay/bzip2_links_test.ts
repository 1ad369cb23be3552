import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { describe, it } from "node:test";
import { blockCrc } from "../../src/replay/_bzip2_crc.ts";
import { BYTE_BITS, LinkWalk } from "../../src/replay/_bzip2_links.ts";
import { SeededRandom } from "../../src/testing/mod.ts";

const SEED = 20261126;

/** Entries of rings of equal length, in random order, with random bytes. */
function entriesOf(
  random: SeededRandom,
  length: number,
  rings: number,
): Int32Array {
  const order = random.shuffle(Array.from({ length }, (_, index) => index));
  const entries = new Int32Array(length);
  const ringLength = length / rings;
  for (let at = 0; at < length; at++) {
    const ring = Math.floor(at / ringLength);
    const next = ring * ringLength + (at + 1 - ring * ringLength) % ringLength;
    entries[order[at]!] = order[next]! << BYTE_BITS | random.integer(0, 255);
  }
  return entries;
}

/** The obvious way. */
function follow(entries: Int32Array, first: number): Uint8Array {
  let place = first;
  return Uint8Array.from(entries, () => {
    const entry = entries[place]!;
    place = entry >>> BYTE_BITS;
    return entry & 0xff;
  });
}

/** What a walk reads, in one piece. */
function readWhole(
  walk: LinkWalk,
  entries: Int32Array,
  first: number,
): Uint8Array {
  const before = entries.slice();
  const bytes = Buffer.concat(walk.read(entries, first, entries.length));
  assert.ok(isSame(entries, before), "the entries are not as before");
  return bytes;
}

/** Whether two arrays are equal; `deepEqual` takes minutes for a million numbers. */
function isSame(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

describe("LinkWalk", () => {
  it(`reads blocks of any length as one would by hand, seed ${SEED}`, () => {
    const random = new SeededRandom(SEED);
    const walk = new LinkWalk();
    const lengths = [1, 2, 63, 1000, 16_383, 16_384, 16_385, 50_000, 900_000];
    for (const length of [...lengths, ...lengths.toReversed()]) {
      const entries = entriesOf(random, length, 1);
      const first = random.integer(0, length - 1);
      const bytes = readWhole(walk, entries, first);
      assert.ok(isSame(bytes, follow(entries, first)), `length ${length}`);
    }
  });

  it(`goes around in blocks that repeat a part of themselves, seed ${SEED}`, () => {
    const random = new SeededRandom(SEED);
    const walk = new LinkWalk();
    for (const rings of [2, 3, 60, 20_000]) {
      const length = 60_000;
      const entries = entriesOf(random, length, rings);
      const first = random.integer(0, length - 1);
      const bytes = readWhole(walk, entries, first);
      assert.ok(isSame(bytes, follow(entries, first)), `${rings} rings`);
    }
  });

  it("starts wherever the first entry is, also where a piece starts by itself", () => {
    const length = 1 << 16;
    const entries = entriesOf(new SeededRandom(3), length, 1);
    const walk = new LinkWalk();
    for (const first of [0, 1, length / 64, length / 2, length - 1]) {
      const bytes = readWhole(walk, entries, first);
      assert.ok(isSame(bytes, follow(entries, first)), `from ${first}`);
    }
  });
});

describe("blockCrc()", () => {
  it("is that of bzip2, bit by bit, for any length", () => {
    const random = new SeededRandom(5);
    for (let length = 0; length < 50; length++) {
      const bytes = Uint8Array.from(
        { length: length + 3 },
        () => random.integer(0, 255),
      );
      let crc = -1;
      for (const byte of bytes.subarray(0, length)) {
        crc ^= byte << 24;
        for (let bit = 0; bit < 8; bit++) {
          crc = crc < 0 ? (crc << 1) ^ 0x04c11db7 : crc << 1;
        }
      }
      assert.equal(blockCrc(bytes, length), ~crc);
    }
  });
});
