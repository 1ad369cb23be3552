import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { LineStream } from "../../src/framing/line_stream.ts";
import { ChangeStream } from "../../src/parsing/change_stream.ts";
import { JsonParser } from "../../src/parsing/json_parser.ts";
import type { ChangeTape } from "../../src/tape/change_tape.ts";

const encoder = new TextEncoder();

function tapesOf(...chunks: readonly string[]): Promise<ChangeTape[]> {
  const stream = ReadableStream.from(
    chunks.map((chunk) => encoder.encode(chunk)),
  )
    .pipeThrough(new LineStream())
    .pipeThrough(new ChangeStream({ parser: new JsonParser() }));
  return Array.fromAsync(stream);
}

const times = (tape: ChangeTape): unknown[] =>
  Array.from(tape, (change) => change.publishTimeMs);

describe("ChangeStream", () => {
  it("makes one tape of each block, which stays as it is", async () => {
    const tapes = await tapesOf(
      `{"op":"mcm","pt":1,"clk":"a"}\n{"op":"mcm","pt":2`,
      `}\n`,
      `{"op":"mcm","pt":3}`,
    );
    assert.deepEqual(tapes.map(times), [[1], [2], [3]]);
    assert.deepEqual(Array.from(tapes[0]!, (change) => change.clk), ["a"]);
  });

  it("makes several tapes of a great block, which share its bytes", async () => {
    const rows = Array.from({ length: 1000 }, (_, i) => `[${i + 2},1]`);
    const line =
      `{"op":"mcm","pt":1,"mc":[{"id":"1.2","rc":[{"id":7,"atb":[${rows}]}]}]}\n`;
    const tapes = await tapesOf(line.repeat(30));
    assert.ok(tapes.length > 1);
    assert.ok(tapes.every((tape) => tape.bytes === tapes[0]!.bytes));
    assert.equal(tapes.flatMap(times).length, 30);
    for (const change of tapes.at(-1)!) {
      assert.equal(new TextDecoder().decode(change.rawLine), line.trimEnd());
    }
  });

  it("puts invalid lines on the tape and goes on", async () => {
    const tapes = await tapesOf(
      `{"op":"mcm","pt":1}\n{]\n`,
      `{"op":"mcm","pt":2}\n`,
    );
    const kinds = tapes.map((tape) =>
      Array.from(tape, (change) => change.kind)
    );
    assert.deepEqual(kinds, [["change", "invalid"], ["change"]]);
  });

  it("errors on a block that does not end with LF", async () => {
    const stream = ReadableStream.from([encoder.encode(`{"op":"mcm"}`)])
      .pipeThrough(new ChangeStream({ parser: new JsonParser() }));
    await assert.rejects(Array.fromAsync(stream), RangeError);
  });

  it("passes over empty blocks", async () => {
    const stream = ReadableStream.from([
      new Uint8Array(0),
      encoder.encode("\n"),
    ])
      .pipeThrough(new ChangeStream({ parser: new JsonParser() }));
    assert.deepEqual(
      (await Array.fromAsync(stream)).map((tape) => tape.records),
      [0],
    );
  });
});
