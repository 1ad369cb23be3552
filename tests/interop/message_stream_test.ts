// deno-lint-ignore-file no-top-level-await -- a test needs its reason to skip when it is declared

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { InvalidLineError } from "../../src/parsing/invalid_line_error.ts";
import { LineStream } from "../../src/framing/line_stream.ts";
import { MessageStream } from "../../src/protocol/message_stream.ts";
import type { StreamMessage } from "../../src/protocol/messages.ts";
import {
  CHUNK_SIZES,
  chunked,
  LF,
  lineEncoderStream,
  SESSION,
  textDecoderStream,
} from "./_session.ts";
import { loadStd, type StdStreams } from "./_std.ts";

const { module: std, skip } = await loadStd<StdStreams>("@std/streams");

async function collect(
  batches: ReadableStream<StreamMessage[]>,
): Promise<StreamMessage[]> {
  return (await Array.fromAsync(batches)).flat();
}

describe("MessageStream beside @std/streams", () => {
  it(
    "gives the messages that JSON.parse() makes of TextLineStream's lines",
    { skip },
    async () => {
      for (const size of CHUNK_SIZES) {
        const ours = await collect(
          chunked(SESSION, size).pipeThrough(new MessageStream()),
        );
        const lines = await Array.fromAsync(
          chunked(SESSION, size)
            .pipeThrough(textDecoderStream())
            .pipeThrough(new (std().TextLineStream)()),
        );
        assert.deepEqual(
          ours,
          lines.map((line) => JSON.parse(line)),
          `chunks of ${size} bytes`,
        );
        assert.ok(ours.length >= 80);
      }
    },
  );
});

describe("MessageStream piped through @std/streams", () => {
  it(
    "takes DelimiterStream's frames with their line ends, and TextLineStream's lines encoded again",
    { skip },
    async () => {
      const expected = await collect(
        chunked(SESSION, SESSION.length).pipeThrough(new MessageStream()),
      );
      const frames = chunked(SESSION, 100).pipeThrough(
        new (std().DelimiterStream)(LF, { disposition: "suffix" }),
      );
      assert.deepEqual(
        await collect(frames.pipeThrough(new MessageStream())),
        expected,
      );
      const lines = chunked(SESSION, 100)
        .pipeThrough(textDecoderStream())
        .pipeThrough(new (std().TextLineStream)())
        .pipeThrough(lineEncoderStream());
      assert.deepEqual(
        await collect(lines.pipeThrough(new MessageStream())),
        expected,
      );
    },
  );

  it("takes lines that mergeReadableStreams() mixes", { skip }, async () => {
    const merged = std().mergeReadableStreams(
      chunked(SESSION, 200).pipeThrough(new LineStream()),
      chunked(SESSION, 900).pipeThrough(new LineStream()),
    );
    const texts = (await collect(merged.pipeThrough(new MessageStream())))
      .map((message) => JSON.stringify(message));
    const once = (await collect(
      chunked(SESSION, SESSION.length).pipeThrough(new MessageStream()),
    )).map((message) => JSON.stringify(message));
    assert.deepEqual(texts.sort(), [...once, ...once].sort());
  });

  it("feeds the generator of toTransformStream()", { skip }, async () => {
    const operations = std().toTransformStream<StreamMessage[], string>(
      async function* (batches) {
        for await (const batch of batches) {
          for (const { op } of batch) yield String(op);
        }
      },
    );
    const actual = await Array.fromAsync(
      chunked(SESSION, 300)
        .pipeThrough(new MessageStream())
        .pipeThrough(operations),
    );
    const expected = new TextDecoder().decode(SESSION).trimEnd().split("\n")
      .map((line) => JSON.parse(line).op);
    assert.deepEqual(actual, expected);
  });

  it("passes its error on through toTransformStream()", { skip }, async () => {
    const same = std().toTransformStream<StreamMessage[], StreamMessage[]>(
      async function* (batches) {
        yield* batches;
      },
    );
    const broken = new TextEncoder().encode('{"op":"connection"}\nnonsense\n');
    await assert.rejects(
      collect(
        chunked(broken, 5).pipeThrough(new MessageStream()).pipeThrough(same),
      ),
      InvalidLineError,
    );
  });
});
