import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { JsonParser } from "../../src/parsing/json_parser.ts";
import { InvalidLineError } from "../../src/parsing/invalid_line_error.ts";
import { isTooDeep, MAX_NESTING } from "../../src/parsing/nesting.ts";
import { TapeScanner } from "../../src/parsing/tape_scanner.ts";
import { parseMessage } from "../../src/protocol/parse_message.ts";

const encoder = new TextEncoder();

/** A line with lists in lists, in an object. */
function nested(levels: number, open = "[", close = "]"): Uint8Array {
  const lists = open.repeat(levels - 1) + close.repeat(levels - 1);
  return encoder.encode(`{"op":"new","a":${lists}}\n`);
}

describe("isTooDeep()", () => {
  it("counts lists and objects that are open at once", () => {
    assert.equal(isTooDeep(nested(MAX_NESTING)), false);
    assert.equal(isTooDeep(nested(MAX_NESTING + 1)), true);
    assert.equal(isTooDeep(nested(MAX_NESTING + 1, `{"a":`, "}")), true);
    assert.equal(isTooDeep(nested(MAX_NESTING + 1, "[", "")), true);
    assert.equal(isTooDeep(encoder.encode("[[1],[2]],".repeat(5000))), false);
  });

  it("does not count what stands in strings", () => {
    const text = JSON.stringify({ a: `\\"${"[".repeat(5000)}\\` });
    assert.equal(isTooDeep(encoder.encode(text)), false);
    assert.equal(isTooDeep(encoder.encode(`"${"[".repeat(5000)}`)), false);
    const escaped = `{"a":"\\\\","b":${"[".repeat(MAX_NESTING)}`;
    assert.equal(isTooDeep(encoder.encode(escaped)), true);
  });
});

for (const parser of [new TapeScanner(), new JsonParser()]) {
  describe(`${parser.backend} parser on deep nesting`, () => {
    it("takes it up to the limit, and refuses more without parsing it", () => {
      for (
        const [levels, invalid] of [[MAX_NESTING, 0], [MAX_NESTING + 1, 1]]
      ) {
        const line = nested(levels!);
        const before = parser.counts.invalid;
        parser.parse(line, 0, line.length);
        assert.equal(parser.counts.invalid - before, invalid);
      }
      const [error] = parser.tape.objects;
      assert.ok(error instanceof InvalidLineError);
      assert.match(error.message, /nested over 1000 levels deep/);
    });
  });
}

describe("parseMessage() on deep nesting", () => {
  it("refuses it likewise", () => {
    parseMessage(nested(MAX_NESTING));
    assert.throws(
      () => parseMessage(nested(MAX_NESTING + 1)),
      /nested over 1000 levels deep/,
    );
  });
});
