/**
 * The text form of everything that a cache holds, for digests: two machines,
 * runtimes or parser backends that print the same digest hold the same state.
 *
 * @module
 */

import type { MarketBook } from "../cache/market_book.ts";
import type { OrderBook } from "../cache/order_book.ts";
import type { OrderRunner } from "../cache/order_runner.ts";
import type { RunnerBook } from "../cache/runner_book.ts";
import type { StreamCache } from "../cache/stream_cache.ts";
import type { ReadonlyLevelLadder } from "../ladder/readonly_level_ladder.ts";
import type { ReadonlyPriceLadder } from "../ladder/readonly_price_ladder.ts";

/** Numbers of an order, in the order they are printed. */
const ORDER_AMOUNTS = ["p", "s", "sm", "sr", "sl", "sc", "sv", "avp"] as const;

/**
 * Writes the state of a cache as text, one item a line:
 *
 * ```text
 * M|market|total matched|status|in-play|version        by id as text
 * R|selection|handicap|status|ltp|total|spn|spf         by selection, then handicap
 * L|ladder|price:size;…   or   L|ladder|level:price:size;…
 * O|market|closed                                       order markets, after all markets
 * S|selection|handicap
 * U|bet|side|status|p|s|sm|sr|sl|sc|sv|avp              by bet id as text
 * L|mb|price:size;…   L|ml|price:size;…                 lowest price first
 * ```
 *
 * Totals are the reported ones, 0 before the first; other values that are absent
 * are empty. Numbers are written as JavaScript does.
 *
 * @param cache A cache that keeps everything: see the `digest` command.
 * @returns The text, each line ended by LF.
 */
export function stateText(cache: StreamCache): string {
  const lines: string[] = [];
  for (const book of [...cache.markets].sort(byMarketId)) {
    addMarket(lines, book);
  }
  for (const book of [...cache.orders].sort(byMarketId)) addOrders(lines, book);
  return lines.join("");
}

function addMarket(lines: string[], book: MarketBook): void {
  const { definition } = book;
  const inPlay = definition === undefined
    ? undefined
    : Number(definition.inPlay ?? false);
  addLine(
    lines,
    "M",
    book.marketId,
    book.reportedTotalMatched ?? 0,
    book.status,
    inPlay,
    book.version,
  );
  for (const runner of [...book.allRunners].sort(bySelection)) {
    addRunner(lines, runner);
  }
}

function addRunner(lines: string[], runner: RunnerBook): void {
  addLine(
    lines,
    "R",
    runner.selectionId,
    runner.handicap,
    runner.status,
    runner.lastTradedPrice,
    runner.reportedTotalMatched ?? 0,
    runner.startingPriceNear,
    runner.startingPriceFar,
  );
  addPrices(lines, "atb", runner.availableToBack);
  addPrices(lines, "atl", runner.availableToLay);
  addPrices(lines, "trd", runner.traded);
  addPrices(lines, "spb", runner.layLiabilityTaken);
  addPrices(lines, "spl", runner.backStakeTaken);
  addLevels(lines, "batb", runner.bestAvailableToBack);
  addLevels(lines, "batl", runner.bestAvailableToLay);
  addLevels(lines, "bdatb", runner.bestDisplayToBack);
  addLevels(lines, "bdatl", runner.bestDisplayToLay);
}

function addPrices(
  lines: string[],
  name: string,
  ladder: ReadonlyPriceLadder,
): void {
  if (ladder.size === 0) return;
  addLine(
    lines,
    "L",
    name,
    ladder.toJSON().map((row) => row.join(":")).join(";"),
  );
}

function addLevels(
  lines: string[],
  name: string,
  ladder: ReadonlyLevelLadder,
): void {
  if (ladder.size === 0) return;
  const rows = ladder.toJSON().map((row, index) =>
    `${ladder.levelAt(index)}:${row.join(":")}`
  );
  addLine(lines, "L", name, rows.join(";"));
}

function addOrders(lines: string[], book: OrderBook): void {
  addLine(lines, "O", book.marketId, Number(book.isClosed));
  for (const runner of [...book.runners].sort(bySelection)) {
    addOrderRunner(lines, runner);
  }
}

function addOrderRunner(lines: string[], runner: OrderRunner): void {
  addLine(lines, "S", runner.selectionId, runner.handicap);
  const orders = [...runner.openOrders, ...runner.completedOrders];
  for (
    const { betId, wire } of orders.sort((a, b) => compare(a.betId, b.betId))
  ) {
    addLine(
      lines,
      "U",
      betId,
      wire.side,
      wire.status,
      ...ORDER_AMOUNTS.map((key) => wire[key]),
    );
  }
  addMatches(lines, "mb", runner.matchedBacks);
  addMatches(lines, "ml", runner.matchedLays);
}

function addMatches(
  lines: string[],
  name: string,
  ladder: ReadonlyPriceLadder,
): void {
  if (ladder.size === 0) return;
  const rows = ladder.toJSON().sort(([a], [b]) => a - b);
  addLine(lines, "L", name, rows.map((row) => row.join(":")).join(";"));
}

function addLine(
  lines: string[],
  ...fields: readonly (string | number | null | undefined)[]
): void {
  lines.push(fields.map((field) => field ?? "").join("|") + "\n");
}

function byMarketId(
  a: { readonly marketId: string },
  b: { readonly marketId: string },
): number {
  return compare(a.marketId, b.marketId);
}

function bySelection(a: RunnerKey, b: RunnerKey): number {
  return a.selectionId - b.selectionId || a.handicap - b.handicap;
}

interface RunnerKey {
  readonly selectionId: number;
  readonly handicap: number;
}

/** Compares by code units, which does not depend on a locale. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
