/** Bodies of `process_message_*_bench.ts` and `clone_bench.ts`: bytes of one message to books. */

import {
  BookFeed,
  type MarketChangeMessage,
  type MarketView,
} from "../../mod.ts";
import { PlainFeed, type PlainMarket } from "../support/baseline.ts";
import type { BenchCase, BenchGroup } from "../support/bench_group.ts";
import { assertEqualState, newCache } from "../support/equal_state.ts";
import { imageLines } from "../support/images.ts";
import { linesOf } from "../support/cuts.ts";
import {
  deltaStretches,
  joinBytes,
  priceInputs,
  type Stretch,
  textOf,
  totalBytes,
} from "../support/inputs.ts";
import { PLAIN_TITLES, type PlainVariant } from "../support/plain_ladders.ts";

const VARIANTS: readonly PlainVariant[] = ["typed", "map", "pairs"];
const IMAGES = 200;
/** Deltas of each recording that are cloned: the plain ways are very slow. */
const CLONED_LINES = 100;

/** A feed in the state before a stretch, and the stretch. */
interface Fed<F> {
  readonly feed: F;
  readonly lines: readonly Uint8Array[];
  /** Markets that each line changes, which the plain feed does not tell. */
  readonly marketIds: readonly (readonly string[])[];
}

/** Deltas, each a chunk of its own as from a quiet socket. */
export function processDeltaGroup(): BenchGroup {
  return feedGroup("process message delta", deltaStretches());
}

/** Images of single markets, each a chunk of its own. */
export function processImageGroup(): BenchGroup {
  const lines = imageLines(priceInputs(true), "sorted", IMAGES);
  const stretch: Stretch = { name: "images", before: [], lines };
  return feedGroup("process message image", [stretch]);
}

/** An independent copy of each market that a delta changed, after each delta. */
export function cloneGroup(): BenchGroup {
  const stretches = deltaStretches().map((stretch) => ({
    ...stretch,
    lines: stretch.lines.slice(0, CLONED_LINES),
  }));
  const lines = stretches.flatMap((stretch) => stretch.lines);
  const live = stretches.map(fedBooks);
  const alone = stretches.map(fedBooks);
  const copied = stretches.map((stretch) => fedPlain(stretch, "typed"));
  const cloned = stretches.map((stretch) => fedPlain(stretch, "pairs"));
  return {
    group: "clone isolated (snapshot)",
    messages: lines.length,
    bytes: totalBytes(lines),
    cases: [
      { name: "delta, no copy", run: () => pushAll(alone) },
      { name: "delta, snapshot()", run: () => snapshotAll(live) },
      {
        name: "delta, copy of ladders",
        run: () => clonePlain(copied, copyMarket),
      },
      {
        name: "delta, structuredClone",
        baseline: true,
        run: () =>
          clonePlain(
            cloned,
            // The copy is there as it has no methods, and costs next to nothing.
            (market) => structuredClone(copyMarket(market)),
          ),
      },
    ],
    verify: () => {
      clonePlain(copied, copyMarket);
      // Books of their own, as the proof empties them.
      const proven = stretches.map(fedBooks);
      snapshotAll(proven);
      for (const [i, { feed }] of proven.entries()) {
        const { markets } = feed.cache;
        assertEqualState(markets, copied[i]!.feed.books, "clone");
        for (const market of markets) assertIsolated(market.snapshot(), feed);
      }
    },
  };
}

function feedGroup(group: string, stretches: readonly Stretch[]): BenchGroup {
  const lines = stretches.flatMap((stretch) => stretch.lines);
  const books = stretches.map(fedBooks);
  const plain = VARIANTS.map((variant) =>
    stretches.map((stretch) => fedPlain(stretch, variant))
  );
  return {
    group,
    messages: lines.length,
    bytes: totalBytes(lines),
    cases: [
      { name: "BookFeed", run: () => pushAll(books) },
      ...VARIANTS.map((variant, at): BenchCase => ({
        name: PLAIN_TITLES[variant],
        baseline: variant === "typed",
        run: () => pushAllPlain(plain[at]!),
      })),
    ],
    verify: () => {
      pushAll(books);
      for (const [at, variant] of VARIANTS.entries()) {
        pushAllPlain(plain[at]!);
        for (const [i, { feed }] of plain[at]!.entries()) {
          const { markets } = books[i]!.feed.cache;
          assertEqualState(markets, feed.books, `${group}, ${variant}`);
        }
      }
    },
  };
}

function fedBooks(stretch: Stretch): Fed<BookFeed> {
  const feed = new BookFeed({ cache: newCache() });
  for (const line of stretch.before) feed.push(line).drain();
  return { feed, ...ownChunks(stretch.lines) };
}

function fedPlain(stretch: Stretch, variant: PlainVariant): Fed<PlainFeed> {
  const feed = new PlainFeed(variant);
  for (const line of stretch.before) feed.push(line);
  return { feed, ...ownChunks(stretch.lines) };
}

/** The lines in a buffer that nothing else uses, and the markets they change. */
function ownChunks(
  lines: readonly Uint8Array[],
): Pick<Fed<unknown>, "lines" | "marketIds"> {
  return {
    lines: linesOf(joinBytes(lines)),
    marketIds: lines.map((line) => {
      const message = JSON.parse(textOf(line)) as MarketChangeMessage;
      return (message.mc ?? []).map(({ id }) => id);
    }),
  };
}

function pushAll(all: readonly Fed<BookFeed>[]): number {
  let changes = 0;
  for (const { feed, lines } of all) {
    for (const line of lines) {
      for (const update of feed.push(line)) changes += update.markets.length;
    }
  }
  return changes;
}

function pushAllPlain(all: readonly Fed<PlainFeed>[]): number {
  let changes = 0;
  for (const { feed, lines } of all) {
    for (const line of lines) changes += feed.push(line);
  }
  return changes;
}

function snapshotAll(all: readonly Fed<BookFeed>[]): number {
  let runners = 0;
  for (const { feed, lines } of all) {
    for (const line of lines) {
      for (const update of feed.push(line)) {
        for (const market of update.markets) {
          runners += market.snapshot().runners.length;
        }
      }
    }
  }
  return runners;
}

function clonePlain(
  all: readonly Fed<PlainFeed>[],
  clone: (market: PlainMarket) => unknown,
): number {
  let markets = 0;
  for (const { feed, lines, marketIds } of all) {
    for (const [i, line] of lines.entries()) {
      feed.push(line);
      for (const id of marketIds[i]!) {
        if (clone(feed.books.markets.get(id)!) !== undefined) markets++;
      }
    }
  }
  return markets;
}

function copyMarket(market: PlainMarket): unknown {
  return {
    ...market,
    runners: [...market.runners.values()].map((runner) => ({
      ...runner,
      ladders: runner.ladders.map((ladder) => ladder?.copy()),
    })),
  };
}

/** A snapshot must not change with its market. */
function assertIsolated(snapshot: MarketView, feed: BookFeed): void {
  const before = JSON.stringify(snapshot.runners.map(pricesOf));
  const image =
    `{"op":"mcm","pt":1,"mc":[{"id":"${snapshot.marketId}","img":true}]}\n`;
  feed.push(new TextEncoder().encode(image)).drain();
  if (JSON.stringify(snapshot.runners.map(pricesOf)) !== before) {
    throw new Error(`Snapshot of ${snapshot.marketId} changed with its market`);
  }
}

function pricesOf(runner: MarketView["runners"][number]): unknown {
  return [runner.availableToBack, runner.availableToLay, runner.traded];
}
