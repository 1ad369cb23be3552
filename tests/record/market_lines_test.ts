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
        const lines = splitLine(lineOf(message, space), 0, list, false);
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
    const lines = splitLine(line, 0, changeListOf("mcm")!, false);
    assert.deepEqual(lines.map((line) => decoder.decode(line)), [
      `{"op":"mcm","pt":2,"mc":[{"id":"1.2"}]}\n`,
    ]);
  });
});

describe("splitLine() of an image", () => {
  for (const [op, key] of [["mcm", "img"], ["ocm", "fullImage"]] as const) {
    const list = changeListOf(op)!;

    it(`makes an image of each element of ${op}, and changes nothing else`, () => {
      const element = fc.oneof(
        fc.jsonValue(),
        fc.dictionary(fc.constantFrom(key, "id", "x"), fc.jsonValue()),
      );
      fc.assert(fc.property(
        fc.array(element, { maxLength: 4 }),
        fc.constantFrom(0, 1),
        (elements, space) => {
          const message = { op, [list.key]: elements };
          const lines = splitLine(lineOf(message, space), 0, list, true);
          const isObject = (value: unknown): value is object =>
            typeof value === "object" && value !== null &&
            !Array.isArray(value);
          assert.deepEqual(
            lines.map((line): unknown => JSON.parse(decoder.decode(line))),
            JSON.parse(JSON.stringify(elements)).map((element: unknown) => ({
              op,
              [list.key]: [
                isObject(element) ? { ...element, [key]: true } : element,
              ],
            })),
          );
        },
      ));
    });

    it(`leaves the bytes of an element of ${op} as they are`, () => {
      const texts = [
        `{ "id" : "1.1","tv":1.50 }`,
        `{"${key}" : true, "id":"1.2"}`,
        `{}`,
        `{"${key}":false}`,
      ];
      const line = new TextEncoder().encode(
        `{"op":"${op}","${list.key}":[${texts.join()}]}\n`,
      );
      const head = `{"op":"${op}","${list.key}":[`;
      assert.deepEqual(
        splitLine(line, 0, list, true).map((line) => decoder.decode(line)),
        [
          `{ "id" : "1.1","tv":1.50 ,"${key}":true}`,
          texts[1],
          `{"${key}":true}`,
          `{"${key}":false,"${key}":true}`,
        ].map((text) => `${head}${text}]}\n`),
      );
    });
  }

  it("leaves race and cricket messages as they are", () => {
    const line = new TextEncoder().encode(
      `{"op":"rcm","rc":[{"mid":"1.1"}]}\n`,
    );
    assert.deepEqual(
      splitLine(line, 0, changeListOf("rcm")!, true),
      [line],
    );
  });
});

describe("fileNamePart()", () => {
  it("leaves ids in use as they are", () => {
    for (const id of ["1.234567890", "101-141123221500-424242", "3_a"]) {
      assert.equal(fileNamePart(id), id);
    }
  });

  it("makes different names where digits follow what is escaped, and of markets' other files", () => {
    const ids = ["\u{1f60}0", "\u{1f600}", "%1f600", "1.2.orders", "1.2"];
    assert.equal(new Set(ids.map(fileNamePart)).size, ids.length);
    assert.notEqual(
      fileNamePart("1.2.orders"),
      `${fileNamePart("1.2")}.orders`,
    );
  });

  it("makes a name of any text, and different ones of different texts", () => {
    const text = fc.string({ unit: "binary", maxLength: 12 });
    fc.assert(fc.property(text, text, (a, b) => {
      assert.equal(/\.(?:orders|race|cricket)$/.test(fileNamePart(a)), false);
      assert.match(fileNamePart(a), /^[A-Za-z0-9%_-][A-Za-z0-9%._-]*$/);
      assert.equal(fileNamePart(a) === fileNamePart(b), a === b);
    }));
  });
});
