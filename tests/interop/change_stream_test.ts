// deno-lint-ignore-file no-top-level-await -- a test needs its reason to skip when it is declared

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { LineStream } from "../../src/framing/line_stream.ts";
import { ChangeStream } from "../../src/parsing/change_stream.ts";
import type { ChangeTape } from "../../src/tape/change_tape.ts";
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

/** What a change says of itself, and where it lies in the whole input. */
type Change = readonly unknown[];

function* changesOf(tape: ChangeTape): Generator<Change> {
  for (const change of tape) {
    yield [
      change.kind,
      change.publishTimeMs,
      change.clk,
      tape.linesBefore + change.line,
      tape.byteOffset + change.byteOffset,
    ];
  }
}

async function collect(tapes: ReadableStream<ChangeTape>): Promise<Change[]> {
  const changes: Change[] = [];
  for await (const tape of tapes) changes.push(...changesOf(tape));
  return changes;
}

/** The changes of our own shells. */
function ownChanges(): Promise<Change[]> {
  return collect(
    chunked(SESSION, SESSION.length)
      .pipeThrough(new LineStream())
      .pipeThrough(new ChangeStream()),
  );
}

describe("ChangeStream piped through @std/streams", () => {
  it(
    "takes the frames of DelimiterStream, with their line ends, as blocks",
    { skip },
    async () => {
      const expected = await ownChanges();
      assert.ok(expected.length >= 80);
      for (const size of CHUNK_SIZES) {
        const frames = chunked(SESSION, size).pipeThrough(
          new (std().DelimiterStream)(LF, { disposition: "suffix" }),
        );
        assert.deepEqual(
          await collect(frames.pipeThrough(new ChangeStream())),
          expected,
          `chunks of ${size} bytes`,
        );
      }
    },
  );

  it("refuses the frames of DelimiterStream without their line ends", {
    skip,
  }, async () => {
    const frames = chunked(SESSION, 4096)
      .pipeThrough(new (std().DelimiterStream)(LF));
    await assert.rejects(
      collect(frames.pipeThrough(new ChangeStream())),
      RangeError,
    );
  });

  it(
    "takes the lines of TextLineStream, encoded again",
    { skip },
    async () => {
      const expected = await ownChanges();
      for (const size of CHUNK_SIZES) {
        const blocks = chunked(SESSION, size)
          .pipeThrough(textDecoderStream())
          .pipeThrough(new (std().TextLineStream)())
          .pipeThrough(lineEncoderStream());
        assert.deepEqual(
          await collect(blocks.pipeThrough(new ChangeStream())),
          expected,
          `chunks of ${size} bytes`,
        );
      }
    },
  );

  it("feeds the generator of toTransformStream()", { skip }, async () => {
    const changes = std().toTransformStream<ChangeTape, Change>(
      async function* (tapes) {
        for await (const tape of tapes) yield* changesOf(tape);
      },
    );
    const actual = await Array.fromAsync(
      chunked(SESSION, 1000)
        .pipeThrough(new LineStream())
        .pipeThrough(new ChangeStream())
        .pipeThrough(changes),
    );
    assert.deepEqual(actual, await ownChanges());
  });

  it("passes its error on through toTransformStream()", { skip }, async () => {
    const same = std().toTransformStream<ChangeTape, ChangeTape>(
      async function* (tapes) {
        yield* tapes;
      },
    );
    const broken = chunked(SESSION.subarray(0, 100), 100)
      .pipeThrough(new ChangeStream())
      .pipeThrough(same);
    await assert.rejects(collect(broken), RangeError);
  });
});
