/** Orders by market and runner. See {@linkcode orderTable}. */

import { matchedProfit } from "../cache/order_profit.ts";
import type { OrderBook } from "../cache/order_book.ts";
import type { ReadonlyPriceLadder } from "../ladder/readonly_price_ladder.ts";
import { grouped, handicapText, price, printable } from "./_format.ts";
import type { Paint } from "./_paint.ts";
import { type TextCell, type TextColumn, textTable } from "./_text_table.ts";

/** The orders and matches on one runner, in plain values. */
export interface OrderSummary {
  readonly marketId: string;
  readonly isClosed: boolean;
  readonly selectionId: number;
  readonly handicap: number;
  readonly open: number;
  readonly completed: number;
  readonly back: MatchedSummary;
  readonly lay: MatchedSummary;
  /** Profit of the matches if the runner wins, account currency. */
  readonly ifWin: number;
  /** Profit of the matches if the runner loses, account currency. */
  readonly ifLose: number;
}

/** What is matched on one side. */
export interface MatchedSummary {
  /** Account currency. */
  readonly size: number;
  /** Average price; null when nothing is matched. */
  readonly averagePrice: number | null;
}

/** Makes plain values of order books, one entry a runner. */
export function summarizeOrders(books: readonly OrderBook[]): OrderSummary[] {
  return books.flatMap(({ marketId, isClosed, runners }) =>
    runners.map((runner) => {
      const { ifWin, ifLose } = matchedProfit(runner);
      return {
        marketId,
        isClosed,
        selectionId: runner.selectionId,
        handicap: runner.handicap,
        open: runner.openOrders.length,
        completed: runner.completedOrders.length,
        back: matched(runner.matchedBacks),
        lay: matched(runner.matchedLays),
        ifWin: rounded(ifWin, 2),
        ifLose: rounded(ifLose, 2),
      };
    })
  );
}

function matched(ladder: ReadonlyPriceLadder): MatchedSummary {
  let stake = 0;
  for (const row of ladder) stake += row.price * row.size;
  const size = ladder.totalSize;
  return {
    size: rounded(size, 2),
    averagePrice: size > 0 ? rounded(stake / size, 4) : null,
  };
}

/** Without what summing up leaves behind the decimals that count. */
function rounded(value: number, decimals: number): number {
  return Number(value.toFixed(decimals));
}

const LEFT: TextColumn = { align: "left" };
const RIGHT: TextColumn = { align: "right" };

/** Lays out orders. */
export function orderTable(
  orders: readonly OrderSummary[],
  paint: Paint,
): string[] {
  const head = (text: string): TextCell => ({ text, styles: ["dim"] });
  const rows: TextCell[][] = [
    [
      "Market",
      "Selection",
      "Open",
      "Complete",
      "Backed",
      "Laid",
      "If win",
      "If lose",
    ]
      .map(head),
  ];
  for (const order of orders) {
    const { selectionId, handicap } = order;
    rows.push([
      printable(order.marketId) + (order.isClosed ? " closed" : ""),
      handicap === 0
        ? String(selectionId)
        : `${selectionId} ${handicapText(handicap)}`,
      String(order.open),
      String(order.completed),
      matchedText(order.back),
      matchedText(order.lay),
      money(order.ifWin),
      money(order.ifLose),
    ]);
  }
  const columns = [LEFT, LEFT, RIGHT, RIGHT, RIGHT, RIGHT, RIGHT, RIGHT];
  return [paint("Orders", "bold"), "", ...textTable(columns, rows, paint)];
}

function matchedText({ size, averagePrice }: MatchedSummary): string {
  return averagePrice === null
    ? "–"
    : `${grouped(size, 2)} @ ${price(averagePrice)}`;
}

function money(value: number): string {
  // A loss of nothing is none.
  return grouped(Math.abs(value) < 0.005 ? 0 : value, 2);
}
