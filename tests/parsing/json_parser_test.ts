import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { JsonParser } from "../../src/parsing/json_parser.ts";
import { describeParser } from "../support/parser_suite.ts";

// Compared with itself, so a few mutated lines do: they show that it never throws.
describeParser("JsonParser", () => new JsonParser(), { mutatedLines: 50_000 });

describe("JsonParser", () => {
  it("is the json backend and counts no fallbacks", () => {
    const parser = new JsonParser();
    const block = new TextEncoder().encode(
      `{"\\u006fp":"mcm","op":"mcm"}\n{\n`,
    );
    parser.parse(block, 0, block.length);
    assert.equal(parser.backend, "json");
    assert.deepEqual(parser.counts, {
      changes: 1,
      messages: 0,
      invalid: 1,
      fallbacks: { escape: 0, duplicate: 0, nesting: 0, shape: 0 },
    });
  });
});
