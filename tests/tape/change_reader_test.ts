import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { InvalidLineError } from "../../src/parsing/invalid_line_error.ts";
import { JsonParser } from "../../src/parsing/json_parser.ts";
import { ChangeReader } from "../../src/tape/change_reader.ts";
import { ChangeTape } from "../../src/tape/change_tape.ts";
import type { ChangeView } from "../../src/tape/change_view.ts";

const encoder = new TextEncoder();

function tapeOf(...lines: readonly string[]): ChangeTape {
  const block = encoder.encode(`${lines.join("\n")}\n`);
  const parser = new JsonParser();
  assert.equal(parser.parse(block, 0, block.length), block.length);
  return parser.tape;
}

/** Reads the only line of a tape. */
function read<T>(line: string, take: (change: ChangeView) => T): T {
  return Array.from(new ChangeReader(tapeOf(line)), take)[0]!;
}

describe("ChangeReader", () => {
  it("yields nothing for an empty tape", () => {
    assert.deepEqual([...new ChangeReader(new ChangeTape())], []);
  });

  it("yields one object, again and again", () => {
    const changes = [
      ...new ChangeReader(tapeOf(`{"op":"mcm"}`, `{"op":"mcm"}`)),
    ];
    assert.equal(changes.length, 2);
    assert.equal(changes[0], changes[1]);
  });

  it("reads a tape that was parsed into again", () => {
    const parser = new JsonParser();
    const reader = new ChangeReader(parser.tape);
    const seen: unknown[] = [];
    for (const line of [`{"op":"mcm","pt":1}\n`, `{"op":"mcm","pt":2}\n`]) {
      const block = encoder.encode(line);
      parser.parse(block, 0, block.length);
      for (const change of reader) seen.push(change.publishTimeMs);
    }
    assert.deepEqual(seen, [1, 2]);
  });
});

describe("ChangeView", () => {
  it("tells kinds, lines and offsets", () => {
    const tape = tapeOf(`{"op":"mcm"}`, ``, `{"op":"status","id":1}`, `{`);
    const seen = Array.from(
      tape,
      (
        change,
      ) => [change.kind, change.line, change.byteOffset, change.rawLine.length],
    );
    assert.deepEqual(seen, [["change", 0, 0, 12], ["message", 2, 14, 22], [
      "invalid",
      3,
      37,
      1,
    ]]);
  });

  it("has the message of changes and messages, the error of invalid lines", () => {
    const tape = tapeOf(`{"op":"mcm","x":1}`, `{"op":"status"}`, `{`);
    const messages = Array.from(tape, (change) => change.message);
    assert.deepEqual(messages, [
      { op: "mcm", x: 1 },
      { op: "status" },
      undefined,
    ]);
    const errors = Array.from(tape, (change) => change.error);
    assert.deepEqual(errors.slice(0, 2), [undefined, undefined]);
    assert.ok(errors[2] instanceof InvalidLineError);
  });

  it("has no envelope on lines that are no change", () => {
    for (
      const line of [
        `{"op":"ocm","pt":5,"ct":"SUB_IMAGE","clk":"a","oc":[]}`,
        `{`,
      ]
    ) {
      read(line, (change) => {
        assert.equal(change.publishTimeMs, undefined);
        assert.equal(change.changeType, undefined);
        assert.equal(change.segmentType, undefined);
        assert.equal(change.clk, undefined);
        assert.equal(change.marketCount, undefined);
        assert.deepEqual([...change.markets()], []);
      });
    }
  });

  it("decodes tokens with escapes and other characters", () => {
    const clk = read(
      `{"op":"mcm","clk":"a\\"\\u0041é"}`,
      (change) => change.clk,
    );
    assert.equal(clk, `a"Aé`);
    assert.equal(read(`{"op":"mcm","clk":12}`, (change) => change.clk), "12");
    assert.equal(read(`{"op":"mcm","clk":""}`, (change) => change.clk), "");
    assert.equal(
      read(`{"op":"mcm","initialClk":"x"}`, (change) => change.initialClk),
      "x",
    );
  });

  it("has change and segment types that the protocol does not name", () => {
    const line = `{"op":"mcm","ct":"NE\\u0057","segmentType":"PART"}`;
    const types = read(
      line,
      (change) => [change.changeType, change.segmentType],
    );
    assert.deepEqual(types, ["NEW", "PART"]);
  });
});

describe("MarketChangeView", () => {
  it("tells what was not supplied from what was", () => {
    const line = `{"op":"mcm","mc":[{"id":"1.1"},` +
      `{"id":"1\\u002e2","img":false,"con":true,"tv":0,"rc":[],"marketDefinition":{"a":"é"}}]}`;
    const seen = read(
      line,
      (change) =>
        Array.from(change.markets(), (market) => [
          market.marketId,
          market.isImage,
          market.isConflated,
          market.reportedTotalMatched,
          market.runnerCount,
          market.hasDefinition,
          market.definition,
        ]),
    );
    assert.deepEqual(seen, [
      ["1.1", undefined, undefined, undefined, undefined, false, undefined],
      ["1.2", false, true, 0, 0, true, { a: "é" }],
    ]);
  });

  it("can be iterated again, and left early", () => {
    const line =
      `{"op":"mcm","mc":[{"id":"1.1","rc":[{"id":1},{"id":2}]},{"id":"1.2"}]}`;
    read(line, (change) => {
      for (const market of change.markets()) {
        assert.equal(market.marketId, "1.1");
        for (const runner of market.runners()) {
          assert.equal(runner.selectionId, 1);
          break;
        }
        assert.deepEqual(
          Array.from(market.runners(), (runner) => runner.selectionId),
          [1, 2],
        );
        break;
      }
      assert.deepEqual(
        Array.from(change.markets(), (market) => market.marketId),
        ["1.1", "1.2"],
      );
    });
  });
});

describe("RunnerChangeView", () => {
  it("has handicap, scalars and ladders", () => {
    const line = `{"op":"mcm","mc":[{"id":"1.1","rc":[` +
      `{"id":1,"hc":-0.5,"ltp":0,"tv":5.5,"spn":"NaN","spf":"Infinity"},` +
      `{"id":2,"hc":0,"batb":[[0,1.5,2],[1,1.4,3]],"atl":[]},{"id":3}]}]}`;
    const seen = read(line, (change) => {
      const runners: unknown[] = [];
      for (const market of change.markets()) {
        for (const runner of market.runners()) {
          runners.push([
            runner.selectionId,
            runner.handicap,
            runner.hasHandicap,
            runner.lastTradedPrice,
            runner.reportedTotalMatched,
            runner.startingPriceNear,
            runner.startingPriceFar,
            Array.from(
              runner.ladders(),
              (
                { name, hasLevels, stride, size, rows },
              ) => [name, hasLevels, stride, size, [...rows]],
            ),
          ]);
        }
      }
      return runners;
    });
    const none = undefined;
    assert.deepEqual(seen, [
      [1, -0.5, true, 0, 5.5, NaN, Infinity, []],
      [2, 0, true, none, none, none, none, [
        ["batb", true, 3, 2, [0, 1.5, 2, 1, 1.4, 3]],
        ["atl", false, 2, 0, []],
      ]],
      [3, 0, false, none, none, none, none, []],
    ]);
  });
});
