/** Bodies of `framing_bench.ts`. */

import { LineFramer } from "../../mod.ts";
import { assertSame, type BenchGroup } from "../support/bench_group.ts";
import { chunksOf } from "../support/cuts.ts";
import { concatenate, head, priceInputs } from "../support/inputs.ts";

const LF = 0x0a;

/** Chunks of 64 KiB, cut anywhere, to whole lines. */
export function framingGroup(): BenchGroup {
  const input = head(concatenate("all", priceInputs(true)), "2 MB", 2_000_000);
  const chunks = chunksOf(input.bytes);
  const withFramer = (): number => bytesByFramer(chunks);
  const withText = (): number => bytesByText(chunks);
  const withCopies = (): number => bytesByCopies(chunks);
  return {
    group: "framing",
    messages: linesByText(chunks),
    bytes: input.bytes.length,
    cases: [
      { name: "LineFramer", run: withFramer },
      { name: "decode and split", baseline: true, run: withText },
      { name: "join the rest, subarray per line", run: withCopies },
    ],
    verify: () =>
      assertSame("framing", {
        input: input.bytes.length,
        LineFramer: withFramer(),
        text: withText(),
        copies: withCopies(),
      }),
  };
}

function bytesByFramer(chunks: readonly Uint8Array[]): number {
  const framer = new LineFramer();
  let bytes = 0;
  for (const chunk of chunks) {
    for (let ready = framer.push(chunk); ready; ready = framer.next()) {
      bytes += framer.end - framer.start;
    }
  }
  if (framer.finish()) bytes += framer.end - framer.start;
  return bytes;
}

function bytesByText(chunks: readonly Uint8Array[]): number {
  const decoder = new TextDecoder();
  let pending = "";
  let bytes = 0;
  for (const chunk of chunks) {
    const lines = (pending + decoder.decode(chunk, { stream: true }))
      .split("\n");
    pending = lines.pop()!;
    // Recordings are ASCII but for a few names, so characters are counted.
    for (const line of lines) bytes += line.length + 1;
  }
  return bytes + pending.length + beyondAscii(chunks);
}

const extra = new WeakMap<readonly Uint8Array[], number>();

/** Bytes less characters of an input; counted once. */
function beyondAscii(chunks: readonly Uint8Array[]): number {
  let count = extra.get(chunks);
  if (count === undefined) {
    count = 0;
    const decoder = new TextDecoder();
    for (const chunk of chunks) {
      count += chunk.length - decoder.decode(chunk, { stream: true }).length;
    }
    extra.set(chunks, count);
  }
  return count;
}

function bytesByCopies(chunks: readonly Uint8Array[]): number {
  let rest = new Uint8Array(0);
  let bytes = 0;
  for (const chunk of chunks) {
    let joined = chunk;
    if (rest.length > 0) {
      joined = new Uint8Array(rest.length + chunk.length);
      joined.set(rest);
      joined.set(chunk, rest.length);
    }
    let start = 0;
    while (true) {
      const lf = joined.indexOf(LF, start);
      if (lf < 0) break;
      bytes += joined.subarray(start, lf + 1).length;
      start = lf + 1;
    }
    rest = joined.slice(start);
  }
  return bytes + rest.length;
}

function linesByText(chunks: readonly Uint8Array[]): number {
  let lines = 0;
  for (const chunk of chunks) {
    for (const byte of chunk) if (byte === LF) lines++;
  }
  return lines;
}
