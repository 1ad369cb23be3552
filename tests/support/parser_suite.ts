/** The suite that every parser backend passes. See {@linkcode describeParser}. */

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ChangeParser } from "../../src/parsing/change_parser.ts";
import { InvalidLineError } from "../../src/parsing/invalid_line_error.ts";
import { JsonParser } from "../../src/parsing/json_parser.ts";
import { CollectedTape, tapeDifference } from "./collect_tape.ts";
import { decodeTape } from "./decode_tape.ts";
import { describeDifference, differential } from "./differential.ts";
import { parserCases } from "./parser_cases.ts";
import { SeededRandom } from "./random.ts";
import { missingReason, readRecording, recordings } from "./recordings.ts";
import { sampleLines, splitLines } from "./sample_lines.ts";

/** Options of {@linkcode describeParser}. */
export interface ParserSuiteOptions {
  /** Mutated lines to compare; about 20 s for the default. */
  readonly mutatedLines?: number;
}

const MUTATED_LINES = 300_000;
const MUTATED_ROUND = 50_000;
const LF = 0x0a;

const encoder = new TextEncoder();

/**
 * Declares the tests of a backend.
 *
 * @param name what the test names begin with
 * @param make makes a parser
 */
export function describeParser(
  name: string,
  make: () => ChangeParser,
  options: ParserSuiteOptions = {},
): void {
  const mutatedLines = options.mutatedLines ?? MUTATED_LINES;

  for (const [group, cases] of Object.entries(parserCases)) {
    describe(`${name}.parse() reads ${group} lines as JSON.parse and the schema have it`, () => {
      const parser = make();
      for (const { remark, line, expected } of cases) {
        it(remark, () => {
          for (const end of ["\n", "\r\n"]) {
            const block = lineOf(line, end);
            assert.deepEqual(decodeTape(parser, block), [expected]);
            assertSame(parser, block);
          }
        });
      }

      it("all in one block", () => {
        const blocks = cases.map(({ line }, i) =>
          lineOf(line, i % 3 === 0 ? "\r\n" : "\n")
        );
        assertSame(parser, concat(blocks));
      });
    });
  }

  describe(`${name}.parse() on blocks`, () => {
    it("leaves blank lines out and counts them", () => {
      const parser = make();
      const block = encoder.encode(
        `\n\r\n \t\r\n{"op":"mcm","pt":1}\n\n\r\r\n{"op":"mcm","pt":2}\r\n \n`,
      );
      assert.equal(parser.parse(block, 0, block.length), block.length);
      assert.equal(parser.tape.records, 2);
      assert.equal(parser.tape.lines, 8);
      const lines = Array.from(
        parser.tape,
        (change) => [change.line, change.publishTimeMs],
      );
      assert.deepEqual(lines, [[3, 1], [6, 2]]);
      assertSame(parser, block);
    });

    it("parses only the range", () => {
      const parser = make();
      const block = encoder.encode(
        `garbage\n{"op":"mcm","pt":1}\n{"op":"mcm","pt":2}\nmore`,
      );
      assert.equal(parser.parse(block, 8, 28), 28);
      assert.equal(parser.tape.records, 1);
      assert.equal(parser.tape.bytes, block);
      const [start, raw] = Array.from(
        parser.tape,
        (
          change,
        ) => [change.byteOffset, new TextDecoder().decode(change.rawLine)],
      )[0]!;
      assert.deepEqual([start, raw], [8, `{"op":"mcm","pt":1}`]);
    });

    it("parses a view into a greater buffer", () => {
      const parser = make();
      const line = lineOf(
        `{"op":"mcm","mc":[{"id":"1.2","rc":[{"id":7,"ltp":2.5}]}]}`,
        "\n",
      );
      const buffer = new Uint8Array(line.length + 13).fill(0x78);
      buffer.set(line, 13);
      const view = buffer.subarray(13);
      assert.deepEqual(decodeTape(parser, view), [{
        mc: [{ id: "1.2", rc: [{ id: 7, ltp: 2.5 }] }],
      }]);
    });

    it("throws RangeError on what is not whole lines", () => {
      const parser = make();
      const block = encoder.encode(`{"op":"mcm"}\n{`);
      for (
        const [start, end] of [[0, 0], [0, 14], [0, 12], [5, 4], [-1, 13], [
          0,
          99,
        ], [NaN, 13]]
      ) {
        assert.throws(
          () => parser.parse(block, start!, end!),
          RangeError,
          `${start} to ${end}`,
        );
      }
      assert.equal(parser.parse(block, 0, 13), 13);
    });

    it("goes on after invalid lines and counts what it saw", () => {
      const parser = make();
      const block = encoder.encode(
        `{"op":"mcm","pt":1}\n{"op":"mcm","pt":\n\n{"op":"status"}\n{"op":"mcm","pt":2}\n[]\n`,
      );
      assert.deepEqual(decodeTape(parser, block), [
        { pt: 1 },
        { invalid: "syntax" },
        { message: { op: "status" } },
        { pt: 2 },
        { invalid: "schema" },
      ]);
      const { changes, messages, invalid } = parser.counts;
      assert.deepEqual({ changes, messages, invalid }, {
        changes: 2,
        messages: 1,
        invalid: 2,
      });
    });

    it("locates invalid lines in the block", () => {
      const parser = make();
      const block = encoder.encode(`{"op":"mcm"}\n\n{"op":"mcm","pt":x}\r\n`);
      parser.parse(block, 0, block.length);
      const error = Array.from(parser.tape, (change) => change.error)[1];
      assert.ok(error instanceof InvalidLineError);
      assert.equal(error.lineNumber, 3);
      assert.equal(error.byteOffset, 14);
      assert.equal(error.source, "");
      assert.equal(error.preview, `{"op":"mcm","pt":x}`);
      assert.ok(error.cause instanceof SyntaxError);
    });

    it("stops when the tape is full and goes on from there", () => {
      const parser = make();
      const line = lineOf(
        `{"op":"mcm","mc":[{"id":"1.2","rc":[{"id":7,"atb":[${
          Array.from({ length: 100 }, (_, i) => `[${i + 1},${i}]`)
        }]}]}]}`,
        "\n",
      );
      const block = concat(Array.from({ length: 1000 }, () => line));
      const collected = assertSame(parser, block);
      assert.equal(collected.records, 1000);
      assert.equal(collected.lines, 1000);
      assert.ok(collected.calls > 1, `${collected.calls} calls`);
      assert.ok(
        parser.tape.slots.length <= 64 * 1024,
        `${parser.tape.slots.length} slots`,
      );
    });

    it("parses lines greater than the tape", () => {
      const parser = make();
      const rows = Array.from(
        { length: 60_000 },
        (_, i) => `[${(i + 101) / 100},${i}.5]`,
      );
      const line = lineOf(
        `{"op":"mcm","mc":[{"id":"1.2","rc":[{"id":7,"atb":[${rows}],"ltp":2}]}]}`,
        "\n",
      );
      const small = lineOf(`{"op":"mcm","pt":5}`, "\n");
      const collected = assertSame(
        parser,
        concat([small, line, small, line, small]),
      );
      assert.equal(collected.records, 5);
      assert.ok(collected.length > 240_000);
    });

    it("parses a line of 20 MiB", () => {
      const parser = make();
      const line = lineOf(
        `{"op":"mcm","mc":[{"id":"1.2","rc":[{"id":7,"batb":[[0,2,3]]}],"x":"${
          'x\\"]}é'.repeat(3_000_000)
        }","tv":5}],"pt":5}`,
        "\n",
      );
      assert.ok(line.length > 20 * 1024 * 1024);
      assert.deepEqual(decodeTape(parser, line), [{
        pt: 5,
        mc: [{
          id: "1.2",
          tv: 5,
          rc: [{ id: 7, ladders: [["batb", 0, 2, 3]] }],
        }],
      }]);
    });

    it("survives nesting of 100,000 levels", () => {
      const parser = make();
      const depth = 100_000;
      const nested = `${"[".repeat(depth)}${"]".repeat(depth)}`;
      assertSame(
        parser,
        concat([
          lineOf(nested, "\n"),
          lineOf("[".repeat(depth), "\n"),
          lineOf(`{"op":"mcm","x":${nested},"pt":5}`, "\n"),
          lineOf(`{"op":"x","x":${nested}}`, "\n"),
          lineOf(
            `{"op":"mcm","mc":[{"id":"1.2","marketDefinition":{"x":${nested}}}]}`,
            "\n",
          ),
          lineOf(
            `{"op":"mcm","mc":[{"id":"1.2","rc":[{"id":7,"atb":${nested}}]}]}`,
            "\n",
          ),
          lineOf(`${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`, "\n"),
          lineOf(`{"op":"mcm","pt":5}`, "\n"),
        ]),
      );
    });

    it("leaves nothing of one block on the tape of the next", () => {
      const parser = make();
      const great = lineOf(
        `{"op":"status","x":${JSON.stringify("x".repeat(1000))}}`,
        "\n",
      );
      parser.parse(great, 0, great.length);
      const small = lineOf(
        `{"op":"mcm","mc":[{"id":"1.2","rc":[{"id":7}]}]}`,
        "\n",
      );
      parser.parse(small, 0, small.length);
      assert.equal(parser.tape.objects.length, 0);
      assert.equal(parser.tape.records, 1);
      assert.equal(parser.tape.bytes, small);
      parser.tape.slots.fill(NaN);
      assertSame(parser, small);
    });
  });

  describe(`${name}.parse() on recordings`, { skip: missingReason }, () => {
    for (const recording of recordings) {
      it(`makes the tape of JsonParser from ${recording.name}`, () => {
        const bytes = withLineEnd(readRecording(recording.name));
        const whole = assertSame(make(), bytes);
        assert.ok(whole.records > 0);
        assertSameInPieces(make(), bytes, 1);
      });

      it(`makes it of ${recording.name} with other key orders, spaces and line ends`, () => {
        const lines = splitLines(readRecording(recording.name));
        const random = new SeededRandom(lines.length);
        const rewritten = lines.filter((_, i) =>
          i % Math.ceil(lines.length / 200) === 0
        )
          .map((line) =>
            lineOf(rewrite(line, random), random.pick(["\n", "\r\n", "\r\n\n"]))
          );
        assertSame(make(), concat(rewritten));
      });
    }
  });

  describe(`${name}.parse() on mutated lines`, () => {
    for (let done = 0; done < mutatedLines; done += MUTATED_ROUND) {
      const seed = 1 + done / MUTATED_ROUND;
      it(`makes the tape of JsonParser, seed ${seed}`, () => {
        const count = Math.min(MUTATED_ROUND, mutatedLines - done);
        const found = differential(
          make(),
          new JsonParser(),
          sampleLines(),
          seed,
          count,
        );
        assert.equal(found, undefined, found && describeDifference(found));
      });
    }
  });
}

/** Asserts that a parser makes the tape of `JsonParser`, and returns it. */
function assertSame(parser: ChangeParser, block: Uint8Array): CollectedTape {
  const actual = new CollectedTape().collect(parser, block);
  const expected = new CollectedTape().collect(new JsonParser(), block);
  assert.equal(tapeDifference(actual, expected), undefined);
  return actual;
}

/** The same for ranges of the block that end at random lines. */
function assertSameInPieces(
  parser: ChangeParser,
  block: Uint8Array,
  seed: number,
): void {
  const random = new SeededRandom(seed);
  const reference = new JsonParser();
  const actual = new CollectedTape();
  const expected = new CollectedTape();
  for (let start = 0; start < block.length;) {
    const wanted = start + random.below(random.pick([200, 4000, 100_000]));
    const lf = wanted < block.length ? block.indexOf(LF, wanted) : -1;
    const end = lf < 0 ? block.length : lf + 1;
    actual.collect(parser, block, start, end);
    expected.collect(reference, block, start, end);
    const difference = tapeDifference(actual, expected);
    assert.equal(
      difference,
      undefined,
      `seed ${seed}, bytes ${start} to ${end}: ${difference}`,
    );
    start = end;
  }
}

/** The same JSON with keys in another order, and with or without spaces. */
function rewrite(line: Uint8Array, random: SeededRandom): string {
  const value = JSON.parse(
    new TextDecoder().decode(line),
    (_key, value: unknown) => {
      if (
        typeof value !== "object" || value === null || Array.isArray(value)
      ) return value;
      return Object.fromEntries(random.shuffle(Object.entries(value)));
    },
  ) as unknown;
  const text = JSON.stringify(value, null, random.pick([0, 0, 1]));
  return text.replaceAll("\n", random.pick([" ", "\t", "\r"]));
}

function lineOf(line: string | Uint8Array, end: string): Uint8Array {
  return concat([
    typeof line === "string" ? encoder.encode(line) : line,
    encoder.encode(end),
  ]);
}

function withLineEnd(bytes: Uint8Array): Uint8Array {
  return bytes.at(-1) === LF ? bytes : concat([bytes, new Uint8Array([LF])]);
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
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
