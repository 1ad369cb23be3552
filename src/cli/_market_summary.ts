/** A market in plain values, for tables and JSON. See {@linkcode summarizeMarket}. */

import type { MarketBook } from "../cache/market_book.ts";
import type { MarketView } from "../cache/market_view.ts";
import type { RunnerBook } from "../cache/runner_book.ts";
import type { RunnerView } from "../cache/runner_view.ts";
import type { ReadonlyPriceLadder } from "../ladder/readonly_price_ladder.ts";
import { isoTime } from "./_format.ts";

/** Prices that are shown of a ladder. */
export const SHOWN_PRICES = 3;

/**
 * Which ladders prices are of: `available` is everything (`atb`, `atl`), `display`
 * with virtual bets (`bdatb`, `bdatl`), `best` the best offers (`batb`, `batl`).
 */
export type LadderSource = "available" | "display" | "best";

/** Where the prices of a market come from. */
export interface PriceOrigin {
  readonly ladder: LadderSource;
  /** Whether the market has none any more, and these are from when it was last open. */
  readonly isPast: boolean;
  /** Publish time of the message after which they were so, ISO 8601. */
  readonly time: string | null;
}

/** A runner in plain values; what is not known is null. */
export interface RunnerSummary {
  readonly selectionId: number;
  readonly handicap: number;
  readonly name: string | null;
  readonly status: string | null;
  readonly sortPriority: number | null;
  readonly lastTradedPrice: number | null;
  /** GBP; the last total before volumes were zeroed at settlement. */
  readonly totalMatched: number | null;
  /** Betfair Starting Price, once reconciled. */
  readonly startingPrice: number | null;
  /** Price and size, best first. */
  readonly back: readonly (readonly [number, number])[];
  readonly lay: readonly (readonly [number, number])[];
}

/** A market in plain values; what is not known is null. */
export interface MarketSummary {
  readonly marketId: string;
  readonly name: string | null;
  readonly eventName: string | null;
  readonly venue: string | null;
  readonly countryCode: string | null;
  readonly marketType: string | null;
  readonly status: string | null;
  readonly inPlay: boolean;
  /** Scheduled start, ISO 8601. */
  readonly marketTime: string | null;
  /** Publish time of the last message, ISO 8601. */
  readonly publishTime: string | null;
  /** GBP; the last total before volumes were zeroed at settlement. */
  readonly totalMatched: number | null;
  readonly prices: PriceOrigin | null;
  /** In sort priority. */
  readonly runners: readonly RunnerSummary[];
}

/** What is summarized: a market and how it was when it was last seen with prices. */
export interface ShownMarket {
  readonly book: MarketBook;
  readonly lastOpen: MarketView | undefined;
}

/** Whether any of the ladders that are shown has prices. */
export function hasPrices(market: MarketView): boolean {
  return ladderOf(market) !== undefined;
}

/** Makes plain values of a market. */
export function summarizeMarket(
  { book, lastOpen }: ShownMarket,
): MarketSummary {
  const { definition } = book;
  const ladder = ladderOf(book);
  const pastLadder = ladder === undefined && lastOpen !== undefined
    ? ladderOf(lastOpen)
    : undefined;
  const origin = ladder ?? pastLadder;
  const priced = ladder === undefined ? lastOpen : book;
  return {
    marketId: book.marketId,
    name: definition?.name ?? null,
    eventName: definition?.eventName ?? null,
    venue: definition?.venue ?? null,
    countryCode: definition?.countryCode ?? null,
    marketType: definition?.marketType ?? null,
    status: book.status ?? null,
    inPlay: book.inPlay,
    marketTime: isoTime(definition?.marketTimeMs),
    publishTime: isoTime(book.publishTimeMs),
    totalMatched:
      (book.isClosed ? book.finalTotalMatched : book.totalMatched) ??
        null,
    prices: origin === undefined ? null : {
      ladder: origin,
      isPast: ladder === undefined,
      time: isoTime(priced?.publishTimeMs),
    },
    runners: book.runners.map((runner) =>
      summarizeRunner(
        runner,
        book.isClosed,
        priced?.runner(runner.selectionId, runner.handicap),
        origin,
      )
    ),
  };
}

function summarizeRunner(
  runner: RunnerBook,
  isClosed: boolean,
  priced: RunnerView | undefined,
  ladder: LadderSource | undefined,
): RunnerSummary {
  const [back, lay] = priced === undefined || ladder === undefined
    ? [undefined, undefined]
    : laddersOf(priced, ladder);
  return {
    selectionId: runner.selectionId,
    handicap: runner.handicap,
    name: runner.name ?? null,
    status: runner.status ?? null,
    sortPriority: runner.sortPriority ?? null,
    lastTradedPrice: runner.lastTradedPrice ?? null,
    totalMatched: (isClosed ? runner.finalTotalMatched : runner.totalMatched) ??
      null,
    startingPrice: runner.definition?.startingPrice ?? null,
    back: bestOf(back),
    lay: bestOf(lay),
  };
}

/** Which ladders a market has; the fullest, as more than one can be subscribed. */
function ladderOf(market: MarketView): LadderSource | undefined {
  for (const source of ["available", "display", "best"] as const) {
    for (const runner of market.runners) {
      const [back, lay] = laddersOf(runner, source);
      if (back.size + lay.size > 0) return source;
    }
  }
  return undefined;
}

function laddersOf(
  runner: RunnerView,
  source: LadderSource,
): [back: ReadonlyPriceLadder, lay: ReadonlyPriceLadder] {
  switch (source) {
    case "available":
      return [runner.availableToBack, runner.availableToLay];
    case "display":
      return [runner.bestDisplayToBack, runner.bestDisplayToLay];
    case "best":
      return [runner.bestAvailableToBack, runner.bestAvailableToLay];
  }
}

function bestOf(
  ladder: ReadonlyPriceLadder | undefined,
): (readonly [number, number])[] {
  const count = Math.min(ladder?.size ?? 0, SHOWN_PRICES);
  return Array.from(
    { length: count },
    (_, index) => [ladder!.priceAt(index), ladder!.sizeAtIndex(index)] as const,
  );
}
