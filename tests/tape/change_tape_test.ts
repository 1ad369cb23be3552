import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { JsonParser } from "../../src/parsing/json_parser.ts";
import { ChangeTape } from "../../src/tape/change_tape.ts";

const encoder = new TextEncoder();

describe("ChangeTape", () => {
  it("grow() doubles and keeps what is used", () => {
    const tape = new ChangeTape(16);
    tape.slots.set([1, 2, 3]);
    tape.length = 3;
    tape.grow(10);
    assert.equal(tape.slots.length, 16);
    tape.grow(100);
    assert.equal(tape.slots.length, 128);
    assert.deepEqual([...tape.slots.subarray(0, 3)], [1, 2, 3]);
  });

  it("grow() makes room on a tape of no slots", () => {
    const tape = new ChangeTape(0);
    tape.grow(1);
    assert.ok(tape.slots.length >= 1);
  });

  it("copy() is independent of the tape and its bytes", () => {
    const block = encoder.encode(`{"op":"mcm","clk":"a"}\n{\n`);
    const parser = new JsonParser();
    parser.parse(block, 0, block.length);
    Object.assign(parser.tape, {
      source: "a",
      linesBefore: 7,
      byteOffset: 99,
    });
    const copy = parser.tape.copy();
    assert.deepEqual(
      [copy.source, copy.linesBefore, copy.byteOffset],
      ["a", 7, 99],
    );
    const other = encoder.encode(`{"op":"mcm","pt":12345678901}\n`);
    block.set(other.subarray(0, block.length));
    parser.parse(other, 0, other.length);
    assert.deepEqual(Array.from(copy, (change) => change.clk), [
      "a",
      undefined,
    ]);
    assert.deepEqual([copy.records, copy.lines, copy.objects.length], [
      2,
      2,
      1,
    ]);
    assert.equal(copy.slots.length, copy.length);
  });

  it("copy() keeps the bytes that it is given", () => {
    const block = encoder.encode(`{"op":"mcm","clk":"a"}\n`);
    const parser = new JsonParser();
    parser.parse(block, 0, block.length);
    assert.equal(parser.tape.copy(block).bytes, block);
    assert.notEqual(parser.tape.copy().bytes, block);
  });

  it("reset() lets go of objects but not of those in a copy", () => {
    const parser = new JsonParser();
    const block = encoder.encode(`{"op":"status"}\n`);
    parser.parse(block, 0, block.length);
    const { objects } = parser.tape;
    parser.tape.reset(block);
    assert.equal(objects.length, 1);
    assert.deepEqual([
      parser.tape.objects.length,
      parser.tape.length,
      parser.tape.lines,
    ], [0, 0, 0]);
  });
});
