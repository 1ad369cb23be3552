import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import process from "node:process";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { NativeUnavailableError, openNative } from "../../ffi/mod.ts";
import { JsonParser } from "../../src/parsing/json_parser.ts";
import { TapeScanner } from "../../src/parsing/tape_scanner.ts";
import * as layout from "../../src/tape/layout.ts";
import { CollectedTape, tapeDifference } from "../support/collect_tape.ts";
import { describeDifference, differential } from "../support/differential.ts";
import { describeParser } from "../support/parser_suite.ts";
import { sampleLines } from "../support/sample_lines.ts";
import { libraryPath, missingLibrary } from "./_native.ts";

const encoder = new TextEncoder();
const DELTA = encoder.encode(
  `{"op":"mcm","pt":1700000000180,"mc":[{"id":"1.2","rc":[{"atb":[[1.5,20.25]],"id":7}]}]}\n`,
);

if (missingLibrary) {
  describe(
    "NativeParser",
    { skip: missingLibrary },
    () => it("parses", () => {}),
  );
} else {
  describeParser("NativeParser", () => openNative({ path: libraryPath }));
  describeNative();
}

function describeNative(): void {
  describe("NativeParser.kernel", () => {
    const lines = sampleLines();
    for (
      const kernel of ["icelake", "haswell", "westmere", "arm64", "fallback"]
    ) {
      it(`may be ${kernel}, where the processor has it, with the same tapes`, (t) => {
        try {
          using parser = openNative({ path: libraryPath, kernel });
          assert.equal(parser.kernel, kernel);
          const found = differential(
            parser,
            new JsonParser(),
            lines,
            100,
            20_000,
          );
          assert.equal(found, undefined, found && describeDifference(found));
        } catch (error) {
          if (!(error instanceof NativeUnavailableError)) throw error;
          assert.equal(error.reason, "unsupported-runtime");
          t.diagnostic(error.message);
        }
      });
    }

    it("is the best one by default, whatever simdjson's own variable says", () => {
      process.env.SIMDJSON_FORCE_IMPLEMENTATION = "";
      try {
        using parser = openNative({ path: libraryPath });
        assert.match(parser.kernel, /^\w+$/);
        assert.equal(parser.parse(DELTA, 0, DELTA.length), DELTA.length);
      } finally {
        delete process.env.SIMDJSON_FORCE_IMPLEMENTATION;
      }
    });
  });

  describe("NativeParser.close()", () => {
    it("makes parse() throw, and may be called again", () => {
      const parser = openNative({ path: libraryPath });
      assert.equal(parser.closed, false);
      parser.parse(DELTA, 0, DELTA.length);
      parser.close();
      parser.close();
      assert.equal(parser.closed, true);
      assert.throws(
        () => parser.parse(DELTA, 0, DELTA.length),
        { name: "TypeError", message: /closed/ },
      );
      // What was parsed stays.
      assert.equal(parser.tape.records, 1);
    });

    it("is called by using", () => {
      let kept;
      {
        using parser = openNative({ path: libraryPath });
        kept = parser;
      }
      assert.equal(kept.closed, true);
    });

    it("leaves nothing behind, 100,000 times", () => {
      const program = fileURLToPath(new URL("./_cycles.ts", import.meta.url));
      const { stdout, stderr } = spawnSync(process.execPath, [
        ...("Deno" in globalThis ? ["run", "--no-check", "--allow-all"] : []),
        program,
        libraryPath,
      ], { encoding: "utf8" });
      const grown = Number(stdout);
      assert.ok(stdout !== "" && !Number.isNaN(grown), stderr);
      // 80,000 leaked parsers would be more than 500 MB. Up to 50 are garbage that
      // Deno has not collected yet.
      assert.ok(grown < 100e6, `${grown} bytes`);
    });
  });

  describe("NativeParser.parse() in its own ways", () => {
    it("counts why lines were declined", () => {
      using parser = openNative({ path: libraryPath });
      const block = encoder.encode(
        [
          `{"\\u006fp":"mcm"}`,
          `{"op":"\\u006dcm"}`,
          `{"op":"mcm","pt":1,"pt":2}`,
          `{"op":"mcm","x":${"[".repeat(70)}${"]".repeat(70)}}`,
          `{"op":"mcm","pt":null}`,
          `{"op":"mcm",`,
          `{"op":"ocm"}`,
          `{"op":"mcm","pt":5}`,
        ].join("\n") + "\n",
      );
      assert.equal(parser.parse(block, 0, block.length), block.length);
      assert.deepEqual(parser.counts, {
        changes: 6,
        messages: 1,
        invalid: 1,
        fallbacks: { escape: 2, duplicate: 1, nesting: 1, shape: 2 },
      });
      const scanner = new TapeScanner();
      scanner.parse(block, 0, block.length);
      assert.deepEqual(parser.counts, scanner.counts);
    });

    // Stage 1 of simdjson sees a block, not lines: nothing in one line may
    // touch another.
    const poisons: Record<string, string | number[]> = {
      "an unclosed quote": `{"op":"mcm","clk":"x}`,
      "two unclosed quotes": `{"op":"mcm\n","pt":1}`,
      "a message over two lines": `{"op":"mcm",\n"pt":1}`,
      "an array over three lines": `{"op":"mcm","mc":[\n\n]}`,
      "a backslash at the end": `{"op":"mcm","clk":"x\\`,
      "a backslash outside of strings": `{"op":"mcm"}\\"`,
      "a control character": `{"op":"mcm","clk":"\u0001"}`,
      "a NUL": `{"op":"mcm","pt":1}\0`,
      "invalid UTF-8": [0x7b, 0x22, 0xff, 0x22, 0x7d],
      "half a character": [0x7b, 0x22, 0xe2, 0x82],
      "a byte order mark": `\uFEFF{"op":"mcm"}`,
      "two messages": `{"op":"mcm","pt":1}{"op":"mcm","pt":2}`,
      "a quote behind a number": `{"op":"mcm","pt":1"x":2}`,
      "a quote behind a literal": `{"op":"mcm","clk":null"}`,
      "brackets only": `]]]]}}}}`,
      "a form feed for a comma": `{"op":"mcm"\f"pt":1}`,
      "a 0x1a for a colon": `{"op"\u001a"mcm"}`,
      "nothing but spaces": ` \t \r`,
    };
    for (const [name, poison] of Object.entries(poisons)) {
      it(`keeps ${name} from the lines around it`, () => {
        using parser = openNative({ path: libraryPath });
        const bad = typeof poison === "string"
          ? encoder.encode(poison)
          : Uint8Array.from(poison);
        const reference = new JsonParser();
        // Few lines, and so many that the window ends among them.
        for (const around of [1, 3, 2000]) {
          const parts = Array.from({ length: around }, () => DELTA);
          const block = concat([...parts, bad, encoder.encode("\n"), ...parts]);
          const actual = new CollectedTape().collect(parser, block);
          const expected = new CollectedTape().collect(reference, block);
          assert.equal(tapeDifference(actual, expected), undefined);
          assert.ok(actual.records >= 2 * around);
        }
      });
    }

    it("reads nothing behind the range", () => {
      using parser = openNative({ path: libraryPath });
      const block = concat([DELTA, encoder.encode(`"`.repeat(200))]);
      for (let pad = 0; pad < 200; pad++) {
        const view = block.subarray(0, DELTA.length + pad);
        assert.equal(parser.parse(view, 0, DELTA.length), DELTA.length);
        assert.equal(parser.counts.invalid, 0);
      }
    });

    it("parses a line of 100 MiB", () => {
      using parser = openNative({ path: libraryPath });
      const line = new Uint8Array(100 * 1024 * 1024).fill(0x78);
      const head = encoder.encode(`{"op":"mcm","pt":5,"x":"`);
      line.set(head);
      line.set(encoder.encode(`"}\n`), line.length - 3);
      const block = concat([line, DELTA]);
      assert.equal(parser.parse(block, 0, block.length), block.length);
      assert.equal(parser.counts.changes, 2);
      assert.deepEqual(
        parser.counts.fallbacks,
        { escape: 0, duplicate: 0, nesting: 0, shape: 0 },
      );
    });
  });

  it("tape_layout.h has the numbers of layout.ts", () => {
    const header = readFileSync(
      new URL("../../ffi/native/tape_layout.h", import.meta.url),
      "utf8",
    );
    const values: Record<string, unknown> = {
      ...layout,
      RECORD_CHANGE: layout.RecordKind.CHANGE,
      TYPE_SUB_IMAGE: layout.ChangeTypeCode.SUB_IMAGE,
      TYPE_RESUB_DELTA: layout.ChangeTypeCode.RESUB_DELTA,
      TYPE_HEARTBEAT: layout.ChangeTypeCode.HEARTBEAT,
      TYPE_OTHER: layout.ChangeTypeCode.OTHER,
      SEGMENT_START: layout.SegmentCode.START,
      SEGMENT_MIDDLE: layout.SegmentCode.MIDDLE,
      SEGMENT_END: layout.SegmentCode.END,
      SEGMENT_OTHER: layout.SegmentCode.OTHER,
      ...layout.LadderKind,
    };
    const found = [...header.matchAll(/constexpr uint32_t (\w+) = (\w+);/g)];
    assert.ok(found.length > 70);
    for (const [, name, value] of found) {
      assert.equal(Number(value), values[name!], name);
    }
  });
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
