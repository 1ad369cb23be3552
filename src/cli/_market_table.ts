/** A market as on a trading screen. See {@linkcode marketTable}. */

import {
  counted,
  fitted,
  grouped,
  handicapText,
  orDash,
  pounds,
  price,
  printable,
  readableTime,
  widthOf,
} from "./_format.ts";
import {
  type LadderSource,
  type MarketSummary,
  type RunnerSummary,
  SHOWN_PRICES,
} from "./_market_summary.ts";
import type { Paint, Style } from "./_paint.ts";
import {
  flow,
  tableWidth,
  type TextCell,
  type TextColumn,
  textTable,
} from "./_text_table.ts";

const LADDER_TEXTS: Readonly<Record<LadderSource, string>> = {
  available: "all offers (atb, atl)",
  display: "offers with virtual bets (bdatb, bdatl)",
  best: "best offers (batb, batl)",
};

const STATUS_STYLES: Readonly<Record<string, readonly Style[]>> = {
  OPEN: ["green"],
  SUSPENDED: ["yellow"],
  WINNER: ["green", "bold"],
  PLACED: ["green"],
  REMOVED: ["yellow"],
};

/** Long enough to tell runners apart when there is no room for more. */
const MIN_NAME_WIDTH = 16;
const MAX_NAME_WIDTH = 32;
/** Room for five digits, so that tables of markets look alike. */
const MIN_PRICE_WIDTH = 5;

/** Above this many runners, those without prices and trades are left out. */
const MAX_QUIET = 12;

/** What a table leaves out to fit. */
interface Detail {
  /** Prices of each side. */
  readonly prices: number;
  readonly nameWidth: number;
  readonly hasPriority: boolean;
}

/** What there is room for, the best first. */
const DETAILS: readonly Detail[] = [
  { prices: SHOWN_PRICES, nameWidth: MAX_NAME_WIDTH, hasPriority: true },
  { prices: SHOWN_PRICES, nameWidth: MIN_NAME_WIDTH, hasPriority: true },
  { prices: 2, nameWidth: MIN_NAME_WIDTH, hasPriority: true },
  { prices: 1, nameWidth: MAX_NAME_WIDTH, hasPriority: true },
  { prices: 1, nameWidth: MIN_NAME_WIDTH, hasPriority: true },
  { prices: 1, nameWidth: 10, hasPriority: false },
];

/**
 * Lays out a market: a heading, and the runners with their best prices, the best
 * nearest the middle, and the sizes under them.
 *
 * @param market The market.
 * @param width Columns there are; less is shown to fit.
 * @param paint Colors.
 * @returns The lines.
 */
export function marketTable(
  market: MarketSummary,
  width: number,
  paint: Paint,
): string[] {
  const lines = headingOf(market, width, paint);
  if (market.runners.length === 0) return [...lines, "", "no runners"];
  const runners = busyRunners(market);
  const quiet = market.runners.length - runners.length;
  let columns: TextColumn[] = [];
  let rows: TextCell[][] = [];
  for (const detail of DETAILS) {
    columns = columnsOf(market, detail);
    rows = rowsOf(market, runners, detail);
    if (tableWidth(columns, rows) <= width) break;
  }
  lines.push("", ...textTable(columns, rows, paint));
  if (quiet > 0) {
    lines.push(
      paint(`${counted(quiet, "runner")} without prices or trades`, "dim"),
    );
  }
  return lines;
}

/** Handicap markets list dozens of runners that nobody bets on: not shown. */
function busyRunners({ runners }: MarketSummary): readonly RunnerSummary[] {
  if (runners.length <= MAX_QUIET) return runners;
  const busy = runners.filter(({ status, back, lay, ...runner }) =>
    status !== "ACTIVE" || back.length + lay.length > 0 ||
    Boolean(runner.lastTradedPrice || runner.totalMatched)
  );
  return busy.length === 0 ? runners : busy;
}

function headingOf(
  market: MarketSummary,
  width: number,
  paint: Paint,
): string[] {
  const { marketId, status, inPlay, marketType, marketTime, prices } = market;
  const title = [market.eventName, market.name]
    .filter((part) => part !== null).map(printable).join(" · ");
  const id = printable(marketId);
  const room = width - widthOf(id) - 2;
  const shown = fitted(title, Math.max(room, MIN_NAME_WIDTH));
  const space = " ".repeat(Math.max(room - widthOf(shown), 0) + 2);
  const top = title === ""
    ? paint(id, "bold")
    : paint(shown, "bold") + space + paint(id, "dim");
  const place = [market.venue, market.countryCode]
    .filter((part) => part !== null).map(printable).join(", ");
  const total = market.totalMatched;
  const facts: TextCell[] = [
    styled(
      printable(status ?? "no definition"),
      ...STATUS_STYLES[status ?? ""] ?? [],
    ),
    inPlay ? status === "CLOSED" ? "went in play" : "in play" : "",
    printable(marketType ?? ""),
    place,
    marketTime === null ? "" : readableTime(marketTime),
    total === null || !Number.isFinite(total)
      ? ""
      : `£${grouped(total, 2)} matched`,
  ];
  const lines = [top, ...flow(facts, width, paint)];
  if (prices !== null) {
    const time = prices.time === null
      ? ""
      : ` at ${prices.time.slice(11, 19)} UTC`;
    const past = prices.isPast ? `, as last seen${time}` : "";
    lines.push(
      paint(
        fitted(`prices: ${LADDER_TEXTS[prices.ladder]}${past}`, width),
        "dim",
      ),
    );
  }
  return lines;
}

function columnsOf(market: MarketSummary, detail: Detail): TextColumn[] {
  const priceColumn: TextColumn = {
    align: "right",
    minWidth: MIN_PRICE_WIDTH,
    gap: 1,
  };
  const side = Array.from({ length: detail.prices }, () => priceColumn);
  const number: TextColumn = { align: "right" };
  return [
    ...detail.hasPriority ? [number] : [],
    { align: "left", minWidth: 1 }, // the mark of winners
    { align: "left", maxWidth: detail.nameWidth, gap: 1 },
    ...market.prices === null
      ? [{ align: "left", gap: 2 } as const]
      : [...side, { align: "left", gap: 1 } as const, ...side],
    number,
    ...hasTotals(market) ? [number] : [],
    ...hasStartingPrices(market) ? [number] : [],
  ];
}

function rowsOf(
  market: MarketSummary,
  runners: readonly RunnerSummary[],
  detail: Detail,
): TextCell[][] {
  const hasNames = market.runners.some(({ name }) => name !== null);
  const isPriced = market.prices !== null;
  const hasMatched = hasTotals(market);
  const hasBsp = hasStartingPrices(market);
  const blanks = (count: number): TextCell[] => Array(count).fill("");
  const lead = detail.hasPriority ? [head("#")] : [];
  const rows: TextCell[][] = [[
    ...lead,
    "",
    head(hasNames ? "Runner" : "Selection"),
    ...isPriced
      ? [
        ...blanks(detail.prices - 1),
        head("Back"),
        head("│"),
        head("Lay"),
        ...blanks(detail.prices - 1),
      ]
      : [head("Status")],
    head("Last"),
    ...hasMatched ? [head("Matched")] : [],
    ...hasBsp ? [head("BSP")] : [],
  ]];
  for (const runner of runners) {
    const isWinner = runner.status === "WINNER";
    const isOut = runner.status?.startsWith("REMOVED") ?? false;
    const nameStyles: Style[] = isWinner
      ? ["bold", "green"]
      : isOut
      ? ["dim"]
      : [];
    const status = {
      text: printable(runner.status ?? ""),
      styles: STATUS_STYLES[runner.status ?? ""] ?? (["dim"] as const),
    };
    const before = detail.hasPriority
      ? [styled(String(runner.sortPriority ?? ""), "dim")]
      : [];
    rows.push([
      ...before,
      isWinner ? styled("*", "bold", "green") : "",
      { text: nameOf(runner), styles: nameStyles },
      ...isPriced ? pricesOf(runner, detail.prices) : [status],
      orDash(runner.lastTradedPrice || undefined, price),
      ...hasMatched ? [orDash(runner.totalMatched, pounds)] : [],
      ...hasBsp ? [orDash(runner.startingPrice, price)] : [],
    ]);
    if (isPriced) {
      rows.push([
        ...before.map(() => ""),
        "",
        status,
        ...sizesOf(runner, detail.prices),
      ]);
    }
  }
  return rows;
}

/** Prices as on a trading screen: third, second, best, then best, second, third. */
function pricesOf(runner: RunnerSummary, count: number): TextCell[] {
  const cell = (
    row: readonly [number, number] | undefined,
    index: number,
    style: Style,
  ): TextCell =>
    row === undefined ? "" : styled(
      price(row[0]),
      ...(index === 0 ? [style, "bold" as const] : [style]),
    );
  const back = columns(runner.back, count).map((row, index) =>
    cell(row, index, "cyan")
  );
  const lay = columns(runner.lay, count).map((row, index) =>
    cell(row, index, "magenta")
  );
  return [...back.reverse(), styled("│", "dim"), ...lay];
}

function sizesOf(runner: RunnerSummary, count: number): TextCell[] {
  const cell = (row: readonly [number, number] | undefined): TextCell =>
    row === undefined ? "" : styled(pounds(row[1]), "dim");
  return [
    ...columns(runner.back, count).map(cell).reverse(),
    styled("│", "dim"),
    ...columns(runner.lay, count).map(cell),
  ];
}

/** The first rows, filled up. */
function columns<T>(rows: readonly T[], count: number): (T | undefined)[] {
  return Array.from({ length: count }, (_, index) => rows[index]);
}

function nameOf({ name, selectionId, handicap }: RunnerSummary): string {
  const base = name === null ? String(selectionId) : printable(name);
  return handicap === 0 ? base : `${base} ${handicapText(handicap)}`;
}

function hasTotals({ runners }: MarketSummary): boolean {
  return runners.some(({ totalMatched }) => totalMatched !== null);
}

function hasStartingPrices({ runners }: MarketSummary): boolean {
  return runners.some(({ startingPrice }) =>
    startingPrice !== null && Number.isFinite(startingPrice)
  );
}

function head(text: string): TextCell {
  return { text, styles: ["dim"] };
}

function styled(text: string, ...styles: readonly Style[]): TextCell {
  return { text, styles };
}
