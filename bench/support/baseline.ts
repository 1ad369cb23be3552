// deno-lint-ignore-file eqeqeq -- null and absent both mean "not supplied"

/**
 * Baseline A: what a good engineer would write in an hour. `TextDecoder`,
 * `JSON.parse` for each line, Maps of markets and runners, sorted Float64Arrays
 * for the ladders. Right by the protocol (images, definitions, all nine ladders,
 * scalars that come as text), checked against the library before anything is
 * timed; without orders, events, snapshots, errors by line, or limits.
 *
 * The ladders can be exchanged, as another kind is the best plain one for some
 * inputs; see `plain_ladders.ts`.
 *
 * @module
 */

import type {
  MarketChange,
  MarketChangeMessage,
  RunnerChange,
  WireMarketDefinition,
  WireScalar,
} from "../../mod.ts";
import {
  LevelRows,
  PLAIN_LADDERS,
  type PlainLadder,
  type PlainLadderFactory,
  type PlainVariant,
  type Row,
} from "./plain_ladders.ts";

const PRICE_LADDERS = ["atb", "atl", "trd", "spb", "spl"] as const;
const LEVEL_LADDERS = ["batb", "batl", "bdatb", "bdatl"] as const;

/** Names of the ladders in the order of {@linkcode PlainRunner.ladders}. */
export const PLAIN_LADDER_NAMES: readonly string[] = [
  ...PRICE_LADDERS,
  ...LEVEL_LADDERS,
];

/** A runner of the plain books. */
export interface PlainRunner {
  readonly selectionId: number;
  readonly handicap: number;
  lastTradedPrice: number | undefined;
  totalMatched: number | undefined;
  startingPriceNear: number | undefined;
  startingPriceFar: number | undefined;
  /** Made when first named. */
  readonly ladders: (PlainLadder | undefined)[];
}

/** A market of the plain books. */
export interface PlainMarket {
  readonly marketId: string;
  definition: WireMarketDefinition | undefined;
  publishTimeMs: number | undefined;
  totalMatched: number | undefined;
  /** By selection id, or by selection id and handicap as text. */
  runners: Map<number | string, PlainRunner>;
}

/** Markets in Maps, changed by parsed messages. */
export class PlainBooks {
  readonly markets: Map<string, PlainMarket> = new Map();
  readonly #newLadder: PlainLadderFactory;
  clk: string | number | undefined;

  constructor(variant: PlainVariant = "typed") {
    this.#newLadder = PLAIN_LADDERS[variant];
  }

  /** Applies a message; returns 1 if it changed a market, else 0. */
  apply(message: MarketChangeMessage): number {
    if (message.op !== "mcm") return 0;
    if (message.clk != null) this.clk = message.clk;
    const segment = message.segmentType;
    if (
      message.ct === "SUB_IMAGE" && (segment == null || segment === "SEG_START")
    ) this.markets.clear();
    if (message.mc == null || message.mc.length === 0) return 0;
    for (const change of message.mc) {
      this.applyMarket(change, message.pt ?? undefined);
    }
    return 1;
  }

  /** Applies the change of one market. */
  applyMarket(change: MarketChange, publishTimeMs: number | undefined): void {
    let market = this.markets.get(change.id);
    if (market === undefined) {
      market = {
        marketId: change.id,
        definition: undefined,
        publishTimeMs: undefined,
        totalMatched: undefined,
        runners: new Map(),
      };
      this.markets.set(change.id, market);
    }
    market.publishTimeMs = publishTimeMs;
    if (change.img === true) {
      market.runners = new Map();
      market.totalMatched = undefined;
    }
    if (change.marketDefinition != null) {
      market.definition = change.marketDefinition;
    }
    if (change.tv != null) market.totalMatched = numberOf(change.tv);
    if (change.rc == null) return;
    for (const runnerChange of change.rc) {
      this.#applyRunner(market, runnerChange);
    }
  }

  #applyRunner(market: PlainMarket, change: RunnerChange): void {
    const key = change.hc == null || change.hc === 0
      ? change.id
      : `${change.id}/${change.hc}`;
    let runner = market.runners.get(key);
    if (runner === undefined) {
      runner = {
        selectionId: Number(change.id),
        handicap: change.hc ?? 0,
        lastTradedPrice: undefined,
        totalMatched: undefined,
        startingPriceNear: undefined,
        startingPriceFar: undefined,
        ladders: [],
      };
      market.runners.set(key, runner);
    }
    if (change.ltp != null) runner.lastTradedPrice = numberOf(change.ltp);
    if (change.tv != null) runner.totalMatched = numberOf(change.tv);
    if (change.spn != null) runner.startingPriceNear = numberOf(change.spn);
    if (change.spf != null) runner.startingPriceFar = numberOf(change.spf);
    const { ladders } = runner;
    if (change.atb != null) this.#applyPrices(ladders, 0, change.atb);
    if (change.atl != null) this.#applyPrices(ladders, 1, change.atl);
    if (change.trd != null) this.#applyPrices(ladders, 2, change.trd);
    if (change.spb != null) this.#applyPrices(ladders, 3, change.spb);
    if (change.spl != null) this.#applyPrices(ladders, 4, change.spl);
    if (change.batb != null) applyLevels(ladders, 5, change.batb);
    if (change.batl != null) applyLevels(ladders, 6, change.batl);
    if (change.bdatb != null) applyLevels(ladders, 7, change.bdatb);
    if (change.bdatl != null) applyLevels(ladders, 8, change.bdatl);
  }

  #applyPrices(
    ladders: (PlainLadder | undefined)[],
    kind: number,
    rows: readonly Row[],
  ): void {
    // Back ladders are best first when the highest price is first.
    (ladders[kind] ??= this.#newLadder(kind === 0 || kind === 3)).apply(rows);
  }
}

function applyLevels(
  ladders: (PlainLadder | undefined)[],
  kind: number,
  rows: readonly Row[],
): void {
  (ladders[kind] ??= new LevelRows()).apply(rows);
}

/** A scalar, which may be written as text (protocol section 4.5). */
function numberOf(value: WireScalar): number {
  if (typeof value === "number") return value;
  const text = value.toLowerCase();
  if (text === "infinity" || text === "inf") return Infinity;
  if (text === "-infinity" || text === "-inf") return -Infinity;
  return NaN;
}

/** From chunks of bytes to plain books. */
export class PlainFeed {
  readonly books: PlainBooks;
  readonly #decoder = new TextDecoder();
  #pending = "";

  constructor(variant: PlainVariant = "typed") {
    this.books = new PlainBooks(variant);
  }

  /** Takes a chunk, cut anywhere; returns how many messages changed markets. */
  push(chunk: Uint8Array): number {
    const lines =
      (this.#pending + this.#decoder.decode(chunk, { stream: true }))
        .split("\n");
    this.#pending = lines.pop()!;
    let changes = 0;
    for (const line of lines) {
      if (line === "" || line === "\r") continue;
      changes += this.books.apply(JSON.parse(line) as MarketChangeMessage);
    }
    return changes;
  }
}
