/** Markets while they trade, a line a runner. See {@linkcode liveTable}. */

import {
  counted,
  fitted,
  grouped,
  handicapText,
  orDash,
  pounds,
  price,
  printable,
  widthOf,
} from "./_format.ts";
import type { MarketSummary, RunnerSummary } from "./_market_summary.ts";
import type { Paint, Style } from "./_paint.ts";
import type { Move, PriceMoves } from "./_price_moves.ts";
import {
  flow,
  tableWidth,
  type TextCell,
  type TextColumn,
  textTable,
} from "./_text_table.ts";

/** What a table leaves out to fit. */
interface Detail {
  /** Prices of each side that have their sizes. */
  readonly prices: number;
  readonly nameWidth: number;
}

/** What there is room for, the best first. */
const DETAILS: readonly Detail[] = [
  { prices: 3, nameWidth: 28 },
  { prices: 3, nameWidth: 16 },
  { prices: 2, nameWidth: 28 },
  { prices: 2, nameWidth: 16 },
  { prices: 1, nameWidth: 28 },
  { prices: 1, nameWidth: 16 },
  { prices: 1, nameWidth: 10 },
];

/** Lines of a table beside those of runners: an empty one, two of heading, one of names. */
const TABLE_EXTRA_LINES = 4;

// Widths of what changes all the time, or columns would jump.
const PRICE_WIDTH = 5;
const SIZE_WIDTH = 6;
const MATCHED_WIDTH = 9;

const MARKS: Readonly<Record<Move, string>> = {
  1: "▲",
  [-1]: "▼",
  0: "",
};

const STATUS_STYLES: Readonly<Record<string, readonly Style[]>> = {
  OPEN: ["green"],
  SUSPENDED: ["bold", "yellow"],
  CLOSED: ["bold"],
};

/** A market to be shown live. */
export interface LiveMarket {
  /** What there is to show; asked for only when it is shown. */
  readonly summary: MarketSummary;
  /** Whether what is shown may be out of date. */
  readonly isStale: boolean;
}

/** How markets are laid out. */
export interface LiveLayout {
  /** Columns there are. */
  readonly width: number;
  /** Lines there are. */
  readonly height: number;
  readonly paint: Paint;
  readonly moves: PriceMoves;
  /** Time, ms, for marks of what moved lately. */
  readonly nowMs: number;
}

/**
 * Lays out markets: with their runners if there is room, else in a line each, and
 * below them those with runners that there is room for, the next to start first.
 *
 * @param markets The markets, in the order in which they are shown.
 * @param layout Room and colors.
 * @returns The lines.
 */
export function liveTable(
  markets: readonly LiveMarket[],
  layout: LiveLayout,
): string[] {
  const { height } = layout;
  const tables = markets.length === 1
    ? [["", ...cut(marketLines(markets[0]!, layout), layout)]]
    : fitting(markets, height, layout, () => true);
  if (tables.length === markets.length) return tables.flat().slice(1);
  const list = listLines(markets, layout);
  const left = height - list.length;
  const isGoing = ({ status }: MarketSummary): boolean => status !== "CLOSED";
  return [...list, ...fitting(markets, left, layout, isGoing).flat()];
}

/** The first markets with their runners that there is room for, each behind an empty line. */
function fitting(
  markets: readonly LiveMarket[],
  height: number,
  layout: LiveLayout,
  isWanted: (market: MarketSummary) => boolean,
): string[][] {
  const tables: string[][] = [];
  let left = height;
  for (const market of markets) {
    // The others are not looked at, as that takes time.
    if (left <= TABLE_EXTRA_LINES) break;
    if (!isWanted(market.summary)) continue;
    left -= market.summary.runners.length + TABLE_EXTRA_LINES;
    if (left < 0) break;
    tables.push(["", ...marketLines(market, layout)]);
  }
  return tables;
}

/** A heading and the runners. */
function marketLines(
  { summary, isStale }: LiveMarket,
  layout: LiveLayout,
): string[] {
  const { paint, width } = layout;
  const heading = headingOf(summary, isStale, layout);
  if (summary.runners.length === 0) {
    return [...heading, paint("no runners", "dim")];
  }
  let columns: TextColumn[] = [];
  let rows: TextCell[][] = [];
  for (const detail of DETAILS) {
    columns = runnerColumns(detail);
    rows = [
      runnerHead(detail),
      ...summary.runners.map((runner) =>
        runnerRow(summary, runner, detail, layout)
      ),
    ];
    if (tableWidth(columns, rows) <= width) break;
  }
  return [...heading, ...textTable(columns, rows, paint)];
}

function headingOf(
  market: MarketSummary,
  isStale: boolean,
  { width, paint }: LiveLayout,
): string[] {
  const title = titleOf(market) || printable(market.venue ?? "");
  const id = printable(market.marketId);
  const room = width - widthOf(id) - 2;
  const shown = fitted(title, Math.max(room, PRICE_WIDTH));
  const space = " ".repeat(Math.max(room - widthOf(shown), 0) + 2);
  const total = market.totalMatched;
  return [
    title === ""
      ? paint(id, "bold")
      : paint(shown, "bold") + space + paint(id, "dim"),
    ...flow(
      [
        isStale ? { text: "stale", styles: ["bold", "red"] } : "",
        statusCell(market),
        market.inPlay && market.status !== "CLOSED"
          ? { text: "in play", styles: ["bold"] }
          : "",
        printable(market.marketType ?? ""),
        startText(market),
        total === null || !Number.isFinite(total)
          ? ""
          : `£${grouped(total)} matched`,
      ],
      width,
      paint,
    ).slice(0, 1),
  ];
}

function runnerColumns({ prices, nameWidth }: Detail): TextColumn[] {
  const size: TextColumn = { align: "right", minWidth: SIZE_WIDTH, gap: 1 };
  const odds: TextColumn = { align: "right", minWidth: PRICE_WIDTH, gap: 1 };
  const columns: TextColumn[] = [
    { align: "right", minWidth: 2 },
    { align: "left", maxWidth: nameWidth, minWidth: 10, gap: 1 },
  ];
  for (let level = 0; level < prices; level++) columns.push(size, odds);
  columns.push({ align: "left", gap: 1 });
  for (let level = 0; level < prices; level++) columns.push(odds, size);
  columns.push(
    { align: "left", minWidth: 1, gap: 2 }, // which way the price went
    { align: "right", minWidth: PRICE_WIDTH, gap: 0 },
    { align: "right", minWidth: MATCHED_WIDTH, gap: 1 },
  );
  return columns;
}

function runnerHead({ prices }: Detail): TextCell[] {
  const blanks: TextCell[] = Array(2 * prices - 1).fill("");
  return [
    head("#"),
    head("Runner"),
    ...blanks,
    head("Back"),
    head("│"),
    head("Lay"),
    ...blanks,
    "",
    head("Last"),
    head("Matched"),
  ];
}

function runnerRow(
  market: MarketSummary,
  runner: RunnerSummary,
  { prices }: Detail,
  { moves, nowMs }: LiveLayout,
): TextCell[] {
  const key = `${market.marketId} ${runner.selectionId} ${runner.handicap}`;
  const move = moves.look(key, runner.lastTradedPrice, nowMs);
  const isOut = runner.status !== null && runner.status !== "ACTIVE";
  const name = isOut && runner.status !== "HIDDEN"
    ? `${nameOf(runner)} ${printable(runner.status!).toLowerCase()}`
    : nameOf(runner);
  const nameStyles: Style[] = runner.status === "WINNER"
    ? ["bold", "green"]
    : isOut
    ? ["dim"]
    : [];
  const levels = Array.from({ length: prices }, (_, level) => level);
  const priceCell = (
    row: readonly [number, number] | undefined,
    level: number,
    style: Style,
  ): TextCell =>
    row === undefined ? "" : {
      text: price(row[0]),
      styles: level === 0 ? [style, "bold"] : [style],
    };
  const sizeCell = (row: readonly [number, number] | undefined): TextCell =>
    row === undefined ? "" : { text: pounds(row[1]), styles: ["dim"] };
  return [
    { text: String(runner.sortPriority ?? ""), styles: ["dim"] },
    { text: name, styles: nameStyles },
    ...levels.toReversed().flatMap((level) => [
      sizeCell(runner.back[level]),
      priceCell(runner.back[level], level, "cyan"),
    ]),
    { text: "│", styles: ["dim"] },
    ...levels.flatMap((level) => [
      priceCell(runner.lay[level], level, "magenta"),
      sizeCell(runner.lay[level]),
    ]),
    {
      text: MARKS[move],
      styles: [move > 0 ? "green" : "red"],
    },
    orDash(runner.lastTradedPrice || undefined, price),
    orDash(runner.totalMatched, pounds),
  ];
}

/** A line a market. */
function listLines(
  markets: readonly LiveMarket[],
  layout: LiveLayout,
): string[] {
  const { width, height, paint } = layout;
  const isAll = markets.length < height;
  const shown = isAll ? markets : markets.slice(0, Math.max(height - 2, 0));
  const columns = (nameWidth: number, favourite: boolean): TextColumn[] => [
    { align: "left", minWidth: 5 },
    { align: "left", maxWidth: nameWidth, minWidth: 10 },
    { align: "left", minWidth: 9 },
    ...favourite
      ? [{ align: "left", maxWidth: 20, minWidth: 14 } as const]
      : [],
    { align: "right", minWidth: PRICE_WIDTH },
    { align: "left", gap: 1 },
    { align: "right", minWidth: PRICE_WIDTH, gap: 1 },
    { align: "left", minWidth: 1, gap: 2 },
    { align: "right", minWidth: PRICE_WIDTH, gap: 0 },
    { align: "right", minWidth: MATCHED_WIDTH, gap: 1 },
  ];
  const rowsOf = (favourite: boolean): TextCell[][] => [
    [
      head("Start"),
      head("Market"),
      head("Status"),
      ...favourite ? [head("Favourite")] : [],
      head("Back"),
      head("│"),
      head("Lay"),
      "",
      head("Last"),
      head("Matched"),
    ],
    ...shown.map((market) => listRow(market, favourite, layout)),
  ];
  const options = [[40, true], [24, true], [30, false], [12, false]] as const;
  let table: string[] = [];
  for (const [nameWidth, favourite] of options) {
    const rows = rowsOf(favourite);
    table = textTable(columns(nameWidth, favourite), rows, paint);
    if (tableWidth(columns(nameWidth, favourite), rows) <= width) break;
  }
  if (isAll) return table;
  const more = counted(markets.length - shown.length, "more market");
  return [...table, paint(`… ${more}`, "dim")].slice(0, height);
}

function listRow(
  { summary, isStale }: LiveMarket,
  favourite: boolean,
  { moves, nowMs }: LiveLayout,
): TextCell[] {
  const runner = favouriteOf(summary);
  const move = runner === undefined ? 0 : moves.look(
    `${summary.marketId} ${runner.selectionId} ${runner.handicap}`,
    runner.lastTradedPrice,
    nowMs,
  );
  const side = (
    row: readonly [number, number] | undefined,
    style: Style,
  ): TextCell =>
    row === undefined ? "–" : { text: price(row[0]), styles: [style, "bold"] };
  return [
    {
      text: summary.marketTime?.slice(11, 16) ?? "",
      styles: ["dim"],
    },
    labelOf(summary),
    isStale
      ? { text: "stale", styles: ["bold", "red"] }
      : summary.inPlay && summary.status === "OPEN"
      ? { text: "in play", styles: ["bold", "green"] }
      : statusCell(summary),
    ...favourite ? [runner === undefined ? "" : nameOf(runner)] : [],
    side(runner?.back[0], "cyan"),
    { text: "│", styles: ["dim"] },
    side(runner?.lay[0], "magenta"),
    { text: MARKS[move], styles: [move > 0 ? "green" : "red"] },
    orDash(runner?.lastTradedPrice || undefined, price),
    orDash(summary.totalMatched, pounds),
  ];
}

/** Who is most likely to win as the market sees it; in the end, who did. */
export function favouriteOf(
  { runners }: MarketSummary,
): RunnerSummary | undefined {
  let best: RunnerSummary | undefined;
  let bestPrice = Infinity;
  for (const runner of runners) {
    if (runner.status === "WINNER") return runner;
    if (runner.status !== null && runner.status !== "ACTIVE") continue;
    const odds = runner.back[0]?.[0] ?? (runner.lastTradedPrice || Infinity);
    if (odds < bestPrice) [best, bestPrice] = [runner, odds];
  }
  return best;
}

/** As many lines as there is room for, and how many there are more. */
function cut(
  lines: readonly string[],
  { height, paint }: LiveLayout,
): string[] {
  if (lines.length <= height) return [...lines];
  const shown = lines.slice(0, Math.max(height - 1, 0));
  const more = counted(lines.length - shown.length, "more line");
  return [...shown, paint(`… ${more}`, "dim")];
}

/** The name of a market, with that of its event. Live streams have no names. */
export function titleOf(market: MarketSummary): string {
  return [market.eventName, market.name]
    .filter((part) => part !== null).map(printable).join(" · ");
}

/** What tells a market from others in a line, names or not. */
export function labelOf(market: MarketSummary): string {
  const title = titleOf(market);
  if (title !== "") return title;
  return [market.marketId, market.venue, market.marketType]
    .filter((part) => part !== null).map(printable).join(" ");
}

/** The name of a runner, or its number. */
export function nameOf(
  { name, selectionId, handicap }: RunnerSummary,
): string {
  const base = name === null ? String(selectionId) : printable(name);
  return handicap === 0 ? base : `${base} ${handicapText(handicap)}`;
}

function startText({ marketTime }: MarketSummary): string {
  return marketTime === null
    ? ""
    : `${marketTime.slice(5, 16).replace("T", " ")} UTC`;
}

function statusCell({ status }: MarketSummary): TextCell {
  return {
    text: printable(status ?? "no definition"),
    styles: STATUS_STYLES[status ?? ""] ?? [],
  };
}

function head(text: string): TextCell {
  return { text, styles: ["dim"] };
}
