import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { FallbackReason } from "../../src/parsing/change_parser.ts";
import { JsonParser } from "../../src/parsing/json_parser.ts";
import { TapeScanner } from "../../src/parsing/tape_scanner.ts";
import { CollectedTape, tapeDifference } from "../support/collect_tape.ts";
import { concat } from "../support/messages.ts";
import { describeParser } from "../support/parser_suite.ts";
import {
  missingReason,
  readRecording,
  recordings,
} from "../support/recordings.ts";

const encoder = new TextEncoder();

const LINE =
  `{"op":"mcm","id":2,"clk":"AAA","pt":1700000000400,"mc":[{"id":"1.2","rc":[` +
  `{"atb":[[2,10]],"trd":[[1.9,3.5]],"ltp":2,"id":101,"hc":-0.5}],"con":true,"tv":3}]}`;

/** What a scanner counted as slow in lines, each ended by LF. */
function fallbacksOf(...lines: readonly string[]): Record<string, number> {
  const scanner = new TapeScanner();
  const block = encoder.encode(lines.map((line) => `${line}\n`).join(""));
  const actual = new CollectedTape().collect(scanner, block);
  const expected = new CollectedTape().collect(new JsonParser(), block);
  assert.equal(tapeDifference(actual, expected), undefined);
  const counted = Object.entries(scanner.counts.fallbacks);
  return Object.fromEntries(counted.filter(([, count]) => count > 0));
}

describeParser("TapeScanner", () => new TapeScanner());

describe("TapeScanner.counts.fallbacks", () => {
  const slow: Readonly<Record<FallbackReason, readonly string[]>> = {
    escape: [
      LINE.replace(`"op"`, `"\\u006fp"`),
      LINE.replace(`"rc"`, `"\\u0072c"`),
      LINE.replace(`"id":2`, `"ct":"SUB_\\u0049MAGE"`),
    ],
    duplicate: [
      LINE.replace(`"id":2`, `"id":2,"id":3`),
      LINE.replace(`"ltp":2`, `"ltp":2,"ltp":3`),
      LINE.replace(`"tv":3`, `"tv":3,"tv":4`),
    ],
    nesting: [
      LINE.replace(
        `"id":2`,
        `"x":${"[".repeat(5000)}${"]".repeat(5000)},"id":2`,
      ),
    ],
    shape: [
      LINE.replace(`"ltp":2`, `"ltp":{}`),
      LINE.replace(`[[2,10]]`, `[[2,10,3]]`),
      LINE.replace(`"tv":3`, `"tv":true`),
      LINE.slice(0, -1),
      `${LINE}x`,
      "{",
      "[]",
      "1",
    ],
  };
  for (const [reason, lines] of Object.entries(slow)) {
    for (const line of lines) {
      it(`counts ${reason} for ${line.slice(0, 150)}`, () => {
        assert.deepEqual(fallbacksOf(line), { [reason]: 1 });
        assert.deepEqual(fallbacksOf(LINE, line, LINE, line), { [reason]: 2 });
      });
    }
  }

  const fast: Readonly<Record<string, readonly string[]>> = {
    "unknown keys": [
      LINE.replace(`"id":2`, `"x":1,"y":{"id":[1,"]}",{}]},"id":2`),
      LINE.replace(`"tv":3`, `"_x":"a\\"b\\u0041é","tv":3,"new":null`),
      LINE.replace(`"ltp":2`, `"xyz":[[[]]],"ltp":2,"at":1,"atbb":2`),
    ],
    "white space": [
      JSON.stringify(JSON.parse(LINE), null, 1).replaceAll("\n", "\t "),
      ` ${LINE} \t`,
      LINE.replaceAll(",", " ,\r ").replaceAll(":", " : "),
    ],
    "any order of keys": [
      `{"mc":[{"rc":[{"id":7,"ltp":2}],"id":"1.2"}],"pt":5,"op":"mcm"}`,
    ],
    "values written in any way": [
      LINE.replace(`"ltp":2`, `"spn":"NaN","spf":"Infinity"`),
      LINE.replace(`"ltp":2`, `"ltp":2e0`),
      LINE.replace(`"ltp":2`, `"ltp":12345678901234567890.5`),
      LINE.replace(`"1.2"`, `"1.\\u0032"`),
      LINE.replace(`"AAA"`, `"\\u0041\\/"`),
      LINE.replace(`[[2,10]]`, `[]`),
    ],
    "definitions, whatever is in them": [
      LINE.replace(
        `"con"`,
        `"marketDefinition":{"status":"CLOSED","a":{"b":[1,{}]},"n":"é\\"}"},"con"`,
      ),
    ],
    "other messages": [
      `{"op":"status","statusCode":"SUCCESS"}`,
      `{"op":"ocm","pt":5,"oc":[]}`,
      `{"op":"connection","connectionId":"1"}`,
    ],
  };
  for (const [what, lines] of Object.entries(fast)) {
    it(`stays at 0 for ${what}`, () => {
      for (const line of lines) assert.deepEqual(fallbacksOf(line), {}, line);
      assert.deepEqual(fallbacksOf(...lines), {});
    });
  }
});

describe("TapeScanner.tape", () => {
  it("is left at its size by ordinary lines, and resumed when it is full", () => {
    const scanner = new TapeScanner();
    const slots = scanner.tape.slots.length;
    const block = encoder.encode(`${LINE}\n`.repeat(5000));
    let at = 0;
    let calls = 0;
    let records = 0;
    while (at < block.length) {
      const next = scanner.parse(block, at, block.length);
      assert.equal(block[next - 1], 0x0a);
      assert.ok(next > at);
      at = next;
      calls++;
      records += scanner.tape.records;
      assert.equal(scanner.tape.records, scanner.tape.lines);
    }
    assert.equal(records, 5000);
    assert.ok(calls > 2, `${calls} calls`);
    assert.equal(scanner.tape.slots.length, slots);
    assert.equal(scanner.counts.changes, 5000);
  });

  it("is right in blocks of more than 1 GiB", () => {
    const start = 2 ** 30 + 100;
    const head = '{"op":"mcm","mc":[{"id":"1.2","marketDefinition":';
    const lines = ["OPEN", "CLOSED"].map((status) =>
      `${head}{"status":"${status}"},"tv":5}]}\n`
    ).join("");
    // Only what is written to takes memory.
    const block = new Uint8Array(start + lines.length);
    block.set(new TextEncoder().encode(lines), start);
    const scanner = new TapeScanner();
    assert.equal(scanner.parse(block, start, block.length), block.length);
    const seen: unknown[] = [];
    for (const message of scanner.tape) {
      for (const { reportedTotalMatched, definition } of message.markets()) {
        seen.push([reportedTotalMatched, definition]);
      }
    }
    assert.deepEqual(seen, [
      [5, { status: "OPEN" }],
      [5, { status: "CLOSED" }],
    ]);
    assert.equal(scanner.counts.fallbacks.shape, 0);
  });

  it("grows for a line that needs more, wherever in the block it is", () => {
    const rows = Array.from({ length: 40_000 }, (_, i) => `[${i + 1.5},2]`);
    const long = encoder.encode(
      `{"op":"mcm","mc":[{"id":"1.2","rc":[{"id":7,"trd":[${rows}]}]}]}\n`,
    );
    const short = encoder.encode(`${LINE}\n`);
    for (const before of [0, 1, 1500]) {
      const scanner = new TapeScanner();
      const block = concat(
        ...Array.from({ length: before }, () => short),
        long,
        short,
      );
      const actual = new CollectedTape().collect(scanner, block);
      const expected = new CollectedTape().collect(new JsonParser(), block);
      assert.equal(tapeDifference(actual, expected), undefined);
      assert.deepEqual(scanner.counts.fallbacks, {
        escape: 0,
        duplicate: 0,
        nesting: 0,
        shape: 0,
      });
    }
  });
});

describe("TapeScanner on recordings", { skip: missingReason }, () => {
  for (const { name } of recordings) {
    it(`takes no line of ${name} the slow way`, () => {
      const scanner = new TapeScanner();
      const bytes = concat(readRecording(name), encoder.encode("\n"));
      for (let at = 0; at < bytes.length;) {
        at = scanner.parse(bytes, at, bytes.length);
      }
      const { fallbacks, invalid } = scanner.counts;
      assert.deepEqual(fallbacks, {
        escape: 0,
        duplicate: 0,
        nesting: 0,
        shape: 0,
      });
      assert.equal(invalid, 0);
    });
  }
});
