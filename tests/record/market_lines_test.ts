import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { changeListOf } from "../../src/record/_change_lists.ts";
import { fileNamePart } from "../../src/record/_file_name.ts";
import { splitLine } from "../../src/record/_market_lines.ts";

const decoder = new TextDecoder();

/** A line of a message, spaced in one way or another. */
function lineOf(message: unknown, space: number): Uint8Array {
  const text = JSON.stringify(message, null, space).replaceAll("\n", "\t");
  return new TextEncoder().encode(`  ${text}\r\n`);
}

describe("splitLine()", () => {
  it("makes of each element what JSON.parse makes of it", () => {
    const list = changeListOf("mcm")!;
    fc.assert(fc.property(
      fc.array(fc.jsonValue(), { maxLength: 4 }),
      fc.record({
        op: fc.constant("mcm"),
        clk: fc.string({ unit: "binary" }),
        pt: fc.double({ noNaN: true, noDefaultInfinity: true }),
        other: fc.jsonValue(),
      }, { requiredKeys: [] }),
      fc.constantFrom(0, 1, 2),
      fc.boolean(),
      (mc, envelope, space, isFirst) => {
        const message = isFirst ? { mc, ...envelope } : { ...envelope, mc };
        const lines = splitLine(lineOf(message, space), 0, list);
        const { op, clk, pt } = envelope;
        const expected = mc.map((element) => ({ op, clk, pt, mc: [element] }));
        assert.deepEqual(
          lines.map((line): unknown => JSON.parse(decoder.decode(line))),
          JSON.parse(JSON.stringify(expected)),
        );
        for (const line of lines) {
          assert.equal(line.indexOf(0x0a), line.length - 1);
        }
      },
    ));
  });

  it("takes the last of keys that are written twice", () => {
    const line = new TextEncoder().encode(
      `{"op":"mcm","mc":[1],"pt":1,"pt":2,"mc":[{"id":"1.2"}]}\n`,
    );
    const lines = splitLine(line, 0, changeListOf("mcm")!);
    assert.deepEqual(lines.map((line) => decoder.decode(line)), [
      `{"op":"mcm","pt":2,"mc":[{"id":"1.2"}]}\n`,
    ]);
  });
});

describe("fileNamePart()", () => {
  it("leaves ids in use as they are", () => {
    for (const id of ["1.234567890", "101-141123221500-424242", "3_a"]) {
      assert.equal(fileNamePart(id), id);
    }
  });

  it("makes a name of any text, and different ones of different texts", () => {
    const text = fc.string({ unit: "binary", maxLength: 12 });
    fc.assert(fc.property(text, text, (a, b) => {
      assert.match(fileNamePart(a), /^[A-Za-z0-9%_-][A-Za-z0-9%._-]*$/);
      assert.equal(fileNamePart(a) === fileNamePart(b), a === b);
    }));
  });
});
