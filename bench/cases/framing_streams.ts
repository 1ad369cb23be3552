/** Bodies of `framing_streams_bench.ts`. */

import { LineStream } from "../../mod.ts";
import { toStream } from "../../src/testing/mod.ts";
import { loadStd, type StdStreams } from "../../tests/interop/_std.ts";
import {
  assertSame,
  type BenchCase,
  type BenchGroup,
} from "../support/bench_group.ts";
import { chunksOf, linesOf } from "../support/cuts.ts";
import { concatenate, head, priceInputs } from "../support/inputs.ts";

const GROUP = "framing through streams";
const LF = 0x0a;

/** Chunks of 64 KiB to whole lines, by streams; those of `@std/streams` where they can be reached. */
export async function framingStreamsGroup(): Promise<BenchGroup> {
  const input = head(concatenate("all", priceInputs(true)), "2 MB", 2_000_000);
  const chunks = chunksOf(input.bytes);
  const lines = linesOf(input.bytes).length;
  const std = await loadStd<StdStreams>("@std/streams");
  const counted = (
    name: string,
    count: (source: ReadableStream<Uint8Array>) => Promise<number>,
  ): BenchCase => ({
    name,
    run: async (): Promise<number> => {
      const counted = await count(toStream(chunks));
      assertSame(GROUP, { [name]: counted, input: lines });
      return counted;
    },
  });
  const cases: BenchCase[] = [
    counted("LineStream", countBlocks),
    {
      ...counted("TextDecoderStream, split", countText),
      baseline: true,
    },
  ];
  if (std.skip === false) {
    const { DelimiterStream, TextLineStream } = std.module();
    cases.push(
      counted("DelimiterStream of @std/streams", (source) =>
        countAll(
          source.pipeThrough(new DelimiterStream(Uint8Array.of(LF))),
          lines,
        )),
      counted(
        "TextLineStream of @std/streams",
        (source) =>
          countAll(decoded(source).pipeThrough(new TextLineStream()), lines),
      ),
    );
  }
  return {
    group: std.skip === false
      ? GROUP
      : `${GROUP}, without @std/streams, which cannot be reached`,
    messages: lines,
    bytes: input.bytes.length,
    cases,
    verify: () => {
      // Each run compares its lines with the input's.
    },
  };
}

async function countBlocks(
  source: ReadableStream<Uint8Array>,
): Promise<number> {
  let lines = 0;
  for await (const block of source.pipeThrough(new LineStream())) {
    for (let at = block.indexOf(LF); at >= 0; at = block.indexOf(LF, at + 1)) {
      lines++;
    }
  }
  return lines;
}

async function countText(source: ReadableStream<Uint8Array>): Promise<number> {
  let lines = 0;
  let pending = "";
  for await (const text of decoded(source)) {
    const parts = (pending + text).split("\n");
    pending = parts.pop()!;
    lines += parts.length;
  }
  return lines;
}

/** Counts chunks; what is behind the last line end is no line. */
async function countAll<T extends Uint8Array | string>(
  source: ReadableStream<T>,
  most: number,
): Promise<number> {
  let count = 0;
  for await (const part of source) if (part.length > 0 || count < most) count++;
  return count;
}

function decoded(source: ReadableStream<Uint8Array>): ReadableStream<string> {
  // The types of the platform disagree on what a chunk's buffer may be.
  return source.pipeThrough(
    new TextDecoderStream() as unknown as TransformStream<Uint8Array, string>,
  );
}
