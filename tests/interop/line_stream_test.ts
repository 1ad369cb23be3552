// deno-lint-ignore-file no-top-level-await -- a test needs its reason to skip when it is declared

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { LineStream } from "../../src/framing/line_stream.ts";
import { LineTooLongError } from "../../src/framing/line_too_long_error.ts";
import { chunked, LF, textDecoderStream } from "./_session.ts";
import { loadStd, type StdStreams } from "./_std.ts";

const { module: std, skip } = await loadStd<StdStreams>("@std/streams");

/** Lines of several lengths, one with characters of two to four bytes. */
const LINES: readonly string[] = [
  `{"op":"connection","connectionId":"002-1"}`,
  `{"op":"mcm","id":1,"clk":"AAA","pt":1700000000000,"mc":[]}`,
  `{"op":"mcm","id":1,"clk":"AAB","ct":"HEARTBEAT"}`,
  `{"name":"Łódź – 🏇 Århus"}`,
  `x`,
];

const INPUT = new TextEncoder().encode(
  LINES.map((line) => `${line}\n`).join(""),
);

/** The lines of blocks, as text without their line ends. */
function linesOf(blocks: Uint8Array[]): string[] {
  return blocks.flatMap((block) =>
    new TextDecoder().decode(block).split(/\r?\n/).slice(0, -1)
  );
}

/** Every chunk size up to a little more than a line, and the whole input. */
const CHUNK_SIZES: readonly number[] = [
  ...Array.from({ length: 70 }, (_, index) => index + 1),
  INPUT.length,
];

describe("LineStream beside @std/streams", () => {
  it("finds the lines that DelimiterStream finds, whatever the chunks", {
    skip,
  }, async () => {
    for (const size of CHUNK_SIZES) {
      const ours = await Array.fromAsync(
        chunked(INPUT, size).pipeThrough(new LineStream()),
      );
      const theirs = await Array.fromAsync(
        chunked(INPUT, size).pipeThrough(new (std().DelimiterStream)(LF)),
        (frame) => new TextDecoder().decode(frame),
      );
      // DelimiterStream sends one more, empty frame for the end behind the last LF.
      assert.deepEqual(
        linesOf(ours),
        theirs.filter(Boolean),
        `chunks of ${size} bytes`,
      );
      assert.deepEqual(linesOf(ours), LINES, `chunks of ${size} bytes`);
    }
  });

  it(
    "finds the lines that TextLineStream finds, with LF and CR LF",
    { skip },
    async () => {
      const mixed = new TextEncoder().encode(
        LINES.map((line, index) => `${line}${index % 2 === 0 ? "\r\n" : "\n"}`)
          .join(""),
      );
      for (const size of CHUNK_SIZES) {
        const ours = await Array.fromAsync(
          chunked(mixed, size).pipeThrough(new LineStream()),
        );
        const theirs = await Array.fromAsync(
          chunked(mixed, size)
            .pipeThrough(textDecoderStream())
            .pipeThrough(new (std().TextLineStream)()),
        );
        assert.deepEqual(linesOf(ours), theirs, `chunks of ${size} bytes`);
      }
    },
  );
});

describe("LineStream piped through @std/streams", () => {
  it("feeds DelimiterStream", { skip }, async () => {
    const frames = await Array.fromAsync(
      chunked(INPUT, 7)
        .pipeThrough(new LineStream())
        .pipeThrough(new (std().DelimiterStream)(LF)),
      (frame) => new TextDecoder().decode(frame),
    );
    assert.deepEqual(frames.filter(Boolean), LINES);
  });

  it(
    "takes the frames of DelimiterStream, with their line ends",
    { skip },
    async () => {
      const delimiter = new (std().DelimiterStream)(LF, {
        disposition: "suffix",
      });
      const blocks = await Array.fromAsync(
        chunked(INPUT, 7).pipeThrough(delimiter).pipeThrough(new LineStream()),
      );
      assert.deepEqual(linesOf(blocks), LINES);
    },
  );

  it("feeds the generator of toTransformStream()", { skip }, async () => {
    const lengths = std().toTransformStream<Uint8Array, number>(
      async function* (blocks) {
        for await (const block of blocks) yield block.length;
      },
    );
    const sizes = await Array.fromAsync(
      chunked(INPUT, 50).pipeThrough(new LineStream()).pipeThrough(lengths),
    );
    assert.equal(sizes.reduce((sum, size) => sum + size, 0), INPUT.length);
  });

  it("keeps lines whole when mergeReadableStreams() reads two of them", {
    skip,
  }, async () => {
    const merged = std().mergeReadableStreams(
      chunked(INPUT, 11).pipeThrough(new LineStream()),
      chunked(INPUT, 64).pipeThrough(new LineStream()),
    );
    const lines = linesOf(await Array.fromAsync(merged));
    assert.deepEqual(lines.sort(), [...LINES, ...LINES].sort());
  });

  it("passes its error on through toTransformStream()", { skip }, async () => {
    const same = std().toTransformStream<Uint8Array, Uint8Array>(
      async function* (blocks) {
        yield* blocks;
      },
    );
    const lines = chunked(INPUT, 16)
      .pipeThrough(new LineStream({ maxLineBytes: 20 }))
      .pipeThrough(same);
    await assert.rejects(Array.fromAsync(lines), LineTooLongError);
  });

  it(
    "passes a reader's cancellation back to the source",
    { skip },
    async () => {
      const cancelled = Promise.withResolvers<unknown>();
      const source = new ReadableStream<Uint8Array>({
        pull(controller): void {
          controller.enqueue(INPUT.slice());
        },
        cancel(reason): void {
          cancelled.resolve(reason);
        },
      });
      const reader = source
        .pipeThrough(new LineStream())
        .pipeThrough(new (std().DelimiterStream)(LF))
        .getReader();
      await reader.read();
      await reader.cancel("enough");
      assert.equal(await cancelled.promise, "enough");
    },
  );
});
