/**
 * Images of single markets, made from the states that books went through while
 * recordings were replayed: real ladders, as many images as wanted, with the rows
 * in the order wanted.
 *
 * @module
 */

import { BookFeed, type MarketBook } from "../../mod.ts";
import { SeededRandom } from "../../src/testing/mod.ts";
import { newCache } from "./equal_state.ts";
import { linesOf } from "./cuts.ts";
import { encodeLine, type Input } from "./inputs.ts";

/** Order of the rows in an image. */
export type RowOrder = "sorted" | "shuffled";

/** Smallest image that is of interest, bytes: a market with some depth. */
const MIN_BYTES = 4000;

/**
 * Makes images.
 *
 * @param inputs Recordings to make them from.
 * @param order `sorted` for rows best first, else at random, seeded.
 * @param count How many images at most, spread over the inputs.
 * @returns Lines, the same markets in either order.
 */
export function imageLines(
  inputs: readonly Input[],
  order: RowOrder,
  count: number,
): Uint8Array[] {
  const random = new SeededRandom(5);
  const images: Uint8Array[] = [];
  const perInput = Math.ceil(count / inputs.length);
  for (const { bytes } of inputs) {
    const feed = new BookFeed({ cache: newCache() });
    const lines = linesOf(bytes);
    const step = Math.max(1, Math.floor(lines.length / perInput));
    for (const [i, line] of lines.entries()) {
      for (const { markets } of feed.push(line)) {
        if (i % step !== 0 || markets.length === 0) continue;
        const image = encodeLine(imageText(markets[0]!, order, random));
        if (image.length >= MIN_BYTES) images.push(image);
      }
    }
  }
  return images;
}

function imageText(
  book: MarketBook,
  order: RowOrder,
  random: SeededRandom,
): string {
  const rc = book.allRunners.map((runner) => {
    const change: Record<string, unknown> = {};
    for (
      const [name, ladder] of [
        ["atb", runner.availableToBack],
        ["atl", runner.availableToLay],
        ["trd", runner.traded],
        ["spb", runner.layLiabilityTaken],
        ["spl", runner.backStakeTaken],
      ] as const
    ) {
      const rows = ladder.toJSON();
      if (order === "shuffled") random.shuffle(rows);
      if (rows.length > 0) change[name] = rows;
    }
    change.ltp = runner.lastTradedPrice;
    change.tv = runner.reportedTotalMatched;
    change.id = runner.selectionId;
    if (runner.handicap !== 0) change.hc = runner.handicap;
    return change;
  });
  return JSON.stringify({
    op: "mcm",
    id: 2,
    clk: "AJgCAN0BAPoB",
    pt: book.publishTimeMs,
    mc: [{ id: book.marketId, rc, img: true, tv: book.reportedTotalMatched }],
  });
}

/**
 * Lines that fill books: one image a market, each of 10 runners with 100 rows.
 *
 * @param markets How many markets.
 */
export function* depthLines(markets: number): Generator<Uint8Array> {
  const random = new SeededRandom(9);
  for (let market = 0; market < markets; market++) {
    const rc = Array.from({ length: 10 }, (_, runner) => ({
      atb: depthRows(30, 2 + runner, -0.01, random),
      atl: depthRows(30, 2.02 + runner, 0.01, random),
      trd: depthRows(40, 1.8 + runner, 0.01, random),
      ltp: 2 + runner,
      tv: 1000.25 + market,
      id: 1_000_000 + market * 10 + runner,
    }));
    yield encodeLine(JSON.stringify({
      op: "mcm",
      pt: 1_700_000_000_000 + market,
      mc: [{ id: `1.${200_000_000 + market}`, rc, img: true }],
    }));
  }
}

function depthRows(
  count: number,
  from: number,
  step: number,
  random: SeededRandom,
): [number, number][] {
  return Array.from({ length: count }, (_, i) => [
    Math.round((from + i * step) * 100) / 100,
    random.integer(200, 500_000) / 100,
  ]);
}
