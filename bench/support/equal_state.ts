/**
 * Proof that two ways to the books end in the same state. Nothing is timed
 * before it.
 *
 * @module
 */

import { BookFeed, StreamCache } from "../../mod.ts";
import type { MarketBook, MarketCache, RunnerView } from "../../mod.ts";
import { PLAIN_LADDER_NAMES, type PlainBooks, PlainFeed } from "./baseline.ts";
import type { PlainMarket, PlainRunner } from "./baseline.ts";
import type { PlainVariant } from "./plain_ladders.ts";

/** Two variants that do not agree, so that their times mean nothing. */
export class UnequalStateError extends Error {
  override readonly name: string = "UnequalStateError";
}

/** What was compared. */
export interface ComparedState {
  readonly markets: number;
  readonly runners: number;
  readonly rows: number;
}

/**
 * The cache that all measurements use: closed markets stay, as in the plain
 * books, so that the final states can be compared whole.
 */
export function newCache(): StreamCache {
  return new StreamCache({ closedRetentionMs: Infinity });
}

/**
 * Takes an input the library's way and a plain way, in chunks, and compares
 * what results.
 *
 * @throws {UnequalStateError} when the states differ, or a line was invalid.
 */
export function assertEqualResults(
  chunks: readonly Uint8Array[],
  variant: PlainVariant,
  label: string,
): ComparedState {
  const feed = new BookFeed({ cache: newCache() });
  const plain = new PlainFeed(variant);
  for (const chunk of chunks) {
    feed.push(chunk).drain();
    plain.push(chunk);
  }
  feed.finish().drain();
  const { invalid } = feed.stats;
  if (invalid > 0) {
    throw new UnequalStateError(`${label}: ${invalid} lines are invalid`);
  }
  return assertEqualState(feed.cache.markets, plain.books, label);
}

/**
 * Compares every definition, scalar and ladder row.
 *
 * @throws {UnequalStateError} when any differs.
 */
export function assertEqualState(
  markets: MarketCache,
  books: PlainBooks,
  label: string,
): ComparedState {
  equal(markets.size, books.markets.size, `${label}: number of markets`);
  let runners = 0;
  let rows = 0;
  for (const plain of books.markets.values()) {
    const where = `${label}: market ${plain.marketId}`;
    const book = markets.get(plain.marketId);
    if (book === undefined) throw new UnequalStateError(`${where} is missing`);
    compareMarket(book, plain, where);
    for (const plainRunner of plain.runners.values()) {
      runners++;
      rows += compareRunner(book, plainRunner, where);
    }
    // Those that only the definition names have nothing else yet.
    for (const runner of book.allRunners) {
      const key = runner.handicap === 0
        ? runner.selectionId
        : `${runner.selectionId}/${runner.handicap}`;
      if (!plain.runners.has(key) && !isBlank(runner)) {
        throw new UnequalStateError(`${where}: runner ${key} is not plain`);
      }
    }
  }
  return { markets: markets.size, runners, rows };
}

function compareMarket(
  book: MarketBook,
  plain: PlainMarket,
  where: string,
): void {
  equal(book.publishTimeMs, plain.publishTimeMs, `${where}: publish time`);
  equal(book.reportedTotalMatched, plain.totalMatched, `${where}: tv`);
  equal(
    JSON.stringify(book.definition?.wire),
    JSON.stringify(plain.definition),
    `${where}: definition`,
  );
}

function compareRunner(
  book: MarketBook,
  plain: PlainRunner,
  market: string,
): number {
  const { selectionId, handicap } = plain;
  const where = `${market}: runner ${selectionId}/${handicap}`;
  const runner = book.runner(selectionId, handicap);
  if (runner === undefined) throw new UnequalStateError(`${where} is missing`);
  equal(runner.lastTradedPrice, plain.lastTradedPrice, `${where}: ltp`);
  equal(runner.reportedTotalMatched, plain.totalMatched, `${where}: tv`);
  equal(runner.startingPriceNear, plain.startingPriceNear, `${where}: spn`);
  equal(runner.startingPriceFar, plain.startingPriceFar, `${where}: spf`);
  let rows = 0;
  for (const [kind, ladder] of laddersOf(runner).entries()) {
    const expected = plain.ladders[kind]?.rows() ?? [];
    equal(
      JSON.stringify(ladder.toJSON()),
      JSON.stringify(expected),
      `${where}: ${PLAIN_LADDER_NAMES[kind]}`,
    );
    rows += expected.length;
  }
  return rows;
}

function laddersOf(
  runner: RunnerView,
): readonly { toJSON(): [number, number][]; readonly size: number }[] {
  return [
    runner.availableToBack,
    runner.availableToLay,
    runner.traded,
    runner.layLiabilityTaken,
    runner.backStakeTaken,
    runner.bestAvailableToBack,
    runner.bestAvailableToLay,
    runner.bestDisplayToBack,
    runner.bestDisplayToLay,
  ];
}

function isBlank(runner: RunnerView): boolean {
  return runner.lastTradedPrice === undefined &&
    runner.reportedTotalMatched === undefined &&
    runner.startingPriceNear === undefined &&
    runner.startingPriceFar === undefined &&
    laddersOf(runner).every((ladder) => ladder.size === 0);
}

function equal(actual: unknown, expected: unknown, what: string): void {
  if (Object.is(actual, expected)) return;
  throw new UnequalStateError(
    `${what} differs: ${String(actual)} is not ${String(expected)}`,
  );
}
