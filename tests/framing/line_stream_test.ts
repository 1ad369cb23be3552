import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  LineStream,
  type LineStreamOptions,
} from "../../src/framing/line_stream.ts";
import { LineTooLongError } from "../../src/framing/line_too_long_error.ts";

const encoder = new TextEncoder();

async function blocksOf(
  chunks: readonly string[],
  options?: LineStreamOptions,
): Promise<string[]> {
  const stream = ReadableStream.from(
    chunks.map((chunk) => encoder.encode(chunk)),
  )
    .pipeThrough(new LineStream(options));
  const blocks = await Array.fromAsync(stream);
  return blocks.map((block) => new TextDecoder().decode(block));
}

describe("LineStream", () => {
  it("emits one block for each chunk that ends a line", async () => {
    const blocks = await blocksOf(["a\nb\nc", "c", "c\r\n", "\n", "d\n"]);
    assert.deepEqual(blocks, ["a\nb\n", "ccc\r\n", "\n", "d\n"]);
  });

  it("emits blocks of its own", async () => {
    const chunk = encoder.encode("one\n");
    const stream = ReadableStream.from([chunk]).pipeThrough(new LineStream());
    const [block] = await Array.fromAsync(stream);
    assert.notEqual(block!.buffer, chunk.buffer);
    assert.equal(block!.byteLength, block!.buffer.byteLength);
  });

  it("emits a last line without line end by default, with an LF", async () => {
    assert.deepEqual(await blocksOf(["a\nb"]), ["a\n", "b\n"]);
  });

  it("drops a last line without line end on request", async () => {
    assert.deepEqual(await blocksOf(["a\nb"], { lastLine: "drop" }), ["a\n"]);
  });

  it("errors on a line that is too long, after the lines before it", async () => {
    const seen: string[] = [];
    const stream = ReadableStream.from(
      ["a\n", "b\ncccc\n"].map((chunk) => encoder.encode(chunk)),
    )
      .pipeThrough(new LineStream({ maxLineBytes: 3 }));
    await assert.rejects(async () => {
      for await (const block of stream) {
        seen.push(new TextDecoder().decode(block));
      }
    }, LineTooLongError);
    assert.equal(seen[0], "a\n");
  });

  it("reports lines that are too long and goes on, on request", async () => {
    const dropped: string[] = [];
    const blocks = await blocksOf(["a\nbbbb\nc\ndddd", "d\ne\n", "ffff"], {
      maxLineBytes: 3,
      oversize: "skip",
      onOversize: (line) =>
        dropped.push(`${line.byteOffset} ${line.byteLength}`),
    });
    assert.deepEqual(blocks, ["a\n", "c\n", "e\n"]);
    assert.deepEqual(dropped, ["2 4", "9 5", "17 4"]);
  });

  it("throws RangeError on a limit that is none", () => {
    assert.throws(() => new LineStream({ maxLineBytes: 0 }), RangeError);
  });
});
