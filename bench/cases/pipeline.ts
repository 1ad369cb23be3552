/** Bodies of `pipeline_bench.ts`: chunks of a file to books. */

import { BookFeed, CacheStream, ChangeStream, LineStream } from "../../mod.ts";
import { replay } from "../../src/replay/mod.ts";
import { toStream } from "../../src/testing/mod.ts";
import { PlainFeed } from "../support/baseline.ts";
import {
  assertSame,
  type BenchCase,
  type BenchGroup,
} from "../support/bench_group.ts";
import { assertEqualResults, newCache } from "../support/equal_state.ts";
import { chunksOf, linesOf } from "../support/cuts.ts";
import { concatenate, head, priceInputs } from "../support/inputs.ts";
import { PLAIN_TITLES, type PlainVariant } from "../support/plain_ladders.ts";

const GROUP = "pipeline";
const VARIANTS: readonly PlainVariant[] = ["typed", "map", "pairs"];

/** Chunks of 64 KiB to books, by a feed, by streams and the plain ways. */
export function pipelineGroup(): BenchGroup {
  const input = head(concatenate("all", priceInputs(true)), "4 MB", 4_000_000);
  const chunks = chunksOf(input.bytes);
  const expected = pushAll(chunks);
  return {
    group: GROUP,
    messages: linesOf(input.bytes).length,
    bytes: input.bytes.length,
    cases: [
      { name: "BookFeed", run: () => pushAll(chunks) },
      {
        name: "LineStream, ChangeStream, CacheStream",
        run: async (): Promise<number> => {
          const changes = await pipeAll(chunks);
          assertSame(GROUP, { streams: changes, BookFeed: expected });
          return changes;
        },
      },
      {
        name: "replay()",
        run: async (): Promise<number> => {
          const changes = await replayAll(input.bytes);
          assertSame(GROUP, { replay: changes, BookFeed: expected });
          return changes;
        },
      },
      ...VARIANTS.map((variant): BenchCase => ({
        name: PLAIN_TITLES[variant],
        baseline: variant === "typed",
        run: () => pushAllPlain(chunks, variant),
      })),
    ],
    verify: () => {
      for (const variant of VARIANTS) {
        assertEqualResults(chunks, variant, `${GROUP}, ${variant}`);
      }
    },
  };
}

function pushAll(chunks: readonly Uint8Array[]): number {
  const feed = new BookFeed({ cache: newCache() });
  let changes = 0;
  for (const chunk of chunks) {
    for (const update of feed.push(chunk)) changes += update.markets.length;
  }
  return changes;
}

function pushAllPlain(
  chunks: readonly Uint8Array[],
  variant: PlainVariant,
): number {
  const feed = new PlainFeed(variant);
  let changes = 0;
  for (const chunk of chunks) changes += feed.push(chunk);
  return changes;
}

async function pipeAll(chunks: readonly Uint8Array[]): Promise<number> {
  const batches = toStream(chunks)
    .pipeThrough(new LineStream())
    .pipeThrough(new ChangeStream())
    .pipeThrough(new CacheStream({ cache: newCache() }));
  let changes = 0;
  for await (const batch of batches) {
    for (const update of batch) changes += update.markets.length;
  }
  return changes;
}

async function replayAll(bytes: Uint8Array): Promise<number> {
  let changes = 0;
  for await (const batch of replay(bytes, { cache: newCache() })) {
    for (const update of batch) changes += update.markets.length;
  }
  return changes;
}
