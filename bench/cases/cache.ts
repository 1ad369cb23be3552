/** Bodies of the `cache_*_bench.ts` files: changes that are parsed already, to books. */

import {
  type ChangeTape,
  type MarketChangeMessage,
  type StreamCache,
  TapeScanner,
  type WireMarketDefinition,
} from "../../mod.ts";
import { PlainBooks } from "../support/baseline.ts";
import type { BenchCase, BenchGroup } from "../support/bench_group.ts";
import { assertEqualState, newCache } from "../support/equal_state.ts";
import { imageLines } from "../support/images.ts";
import {
  deltaStretches,
  joinBytes,
  messageSet,
  priceInputs,
  textOf,
  totalBytes,
} from "../support/inputs.ts";
import { PLAIN_TITLES, type PlainVariant } from "../support/plain_ladders.ts";

const VARIANTS: readonly PlainVariant[] = ["typed", "map", "pairs"];

/** Images in a run; enough not to be learnt by heart. */
const IMAGES = 200;

/** Deltas in mid-recording, to books that have all that came before. */
export function cacheDeltaGroup(): BenchGroup {
  const group = "cache update delta";
  const stretches = deltaStretches();
  const lines = stretches.flatMap((stretch) => stretch.lines);
  const cached = stretches.map((stretch) => {
    const cache = newCache();
    applyTapes(cache, tapesOf(stretch.before));
    return { cache, tapes: tapesOf(stretch.lines) };
  });
  const plain = VARIANTS.map((variant) =>
    stretches.map((stretch) => {
      const books = new PlainBooks(variant);
      applyMessages(books, messagesOf(stretch.before));
      return { books, messages: messagesOf(stretch.lines) };
    })
  );
  const runCache = (): number => {
    let sum = 0;
    for (const { cache, tapes } of cached) sum += applyTapes(cache, tapes);
    return sum;
  };
  const runPlain = (at: number): number => {
    let sum = 0;
    for (const { books, messages } of plain[at]!) {
      sum += applyMessages(books, messages);
    }
    return sum;
  };
  return {
    group,
    messages: lines.length,
    bytes: totalBytes(lines),
    cases: [
      { name: "StreamCache", run: runCache },
      ...VARIANTS.map((variant, at) => plainCase(variant, () => runPlain(at))),
    ],
    verify: () => {
      runCache();
      for (const [at, variant] of VARIANTS.entries()) {
        runPlain(at);
        for (const [i, { books }] of plain[at]!.entries()) {
          const { markets } = cached[i]!.cache;
          assertEqualState(markets, books, `${group}, ${variant}`);
        }
      }
    },
  };
}

/** Images of single markets, which replace those before. */
export function cacheImageGroup(): BenchGroup {
  const lines = imageLines(priceInputs(true), "sorted", IMAGES);
  return stateGroup("cache update full image", lines, applyMessages);
}

/** Definitions, which come with every suspension. Parsing them is part of it on both sides. */
export function cacheDefinitionGroup(): BenchGroup {
  const lines = messageSet("definition");
  return stateGroup("cache update market definition", lines, (books, all) => {
    let changes = 0;
    for (const message of all) {
      const mc = message.mc?.map((change) => ({
        ...change,
        marketDefinition: JSON.parse(
          definitionText(change.marketDefinition),
        ) as WireMarketDefinition,
      })) ?? null;
      changes += books.apply({ ...message, mc });
    }
    return changes;
  });
}

const definitionTexts = new WeakMap<object, string>();

/** The text that the cache has to parse, too. */
function definitionText(
  definition: WireMarketDefinition | null | undefined,
): string {
  if (definition === null || definition === undefined) return "null";
  let text = definitionTexts.get(definition);
  if (text === undefined) {
    text = JSON.stringify(definition);
    definitionTexts.set(definition, text);
  }
  return text;
}

/** A group whose lines need no state before them. */
function stateGroup(
  group: string,
  lines: readonly Uint8Array[],
  applyPlain: (
    books: PlainBooks,
    messages: readonly MarketChangeMessage[],
  ) => number,
): BenchGroup {
  const tapes = tapesOf(lines);
  const messages = messagesOf(lines);
  const cache = newCache();
  const books = VARIANTS.map((variant) => new PlainBooks(variant));
  return {
    group,
    messages: lines.length,
    bytes: totalBytes(lines),
    cases: [
      { name: "StreamCache", run: () => applyTapes(cache, tapes) },
      ...VARIANTS.map((variant, at) =>
        plainCase(variant, () => applyPlain(books[at]!, messages))
      ),
    ],
    verify: () => {
      applyTapes(cache, tapes);
      for (const [at, variant] of VARIANTS.entries()) {
        applyPlain(books[at]!, messages);
        assertEqualState(cache.markets, books[at]!, `${group}, ${variant}`);
      }
    },
  };
}

function plainCase(variant: PlainVariant, run: () => number): BenchCase {
  const name = PLAIN_TITLES[variant].replace("JSON.parse, ", "");
  return { name, baseline: variant === "typed", run };
}

/** Parses lines once, to tapes of their own. */
function tapesOf(lines: readonly Uint8Array[]): ChangeTape[] {
  const tapes: ChangeTape[] = [];
  const block = joinBytes(lines);
  const scanner = new TapeScanner();
  let at = 0;
  while (at < block.length) {
    at = scanner.parse(block, at, block.length);
    tapes.push(scanner.tape.copy(block));
  }
  return tapes;
}

function messagesOf(lines: readonly Uint8Array[]): MarketChangeMessage[] {
  return lines.map((line) => JSON.parse(textOf(line)) as MarketChangeMessage);
}

function applyTapes(cache: StreamCache, tapes: readonly ChangeTape[]): number {
  let changes = 0;
  for (const tape of tapes) {
    for (const update of cache.apply(tape)) changes += update.markets.length;
  }
  return changes;
}

function applyMessages(
  books: PlainBooks,
  messages: readonly MarketChangeMessage[],
): number {
  let changes = 0;
  for (const message of messages) changes += books.apply(message);
  return changes;
}
