import type { LadderName } from "../../src/testing/ladder_name.ts";
import { LADDER_NAMES } from "../../src/testing/ladder_name.ts";
import type {
  MarketState,
  OrderMarketState,
  OrderRunnerState,
  RunnerState,
  StreamState,
} from "../../src/testing/stream_state.ts";
import { stateDigest, stateText } from "./state_text.ts";

// Wire shapes, only as far as this cache looks at them.
type Rows = number[][];
type Json = Record<string, unknown>;
type Ladder = Map<number, number[]>;

interface Runner {
  definition: Json | undefined;
  scalars: Map<string, number>;
  ladders: Record<LadderName, Ladder>;
}
interface Market {
  publishTimeMs: number | undefined;
  definition: Json | undefined;
  tv: number | undefined;
  runners: Map<string, Runner>;
}
interface OrderRunner {
  orders: Map<string, Json>;
  mb: Ladder;
  ml: Ladder;
  strategies: Map<string, { mb: Ladder; ml: Ladder }>;
}
interface OrderMarket {
  publishTimeMs: number | undefined;
  closed: boolean;
  runners: Map<string, OrderRunner>;
}

/**
 * The obvious cache: `JSON.parse` and Maps, written from the rules of the
 * golden files and checked against every one of them. Slow and simple on
 * purpose, it is the oracle that the library's caches are compared with.
 *
 * It follows the goldens where a cache may choose: each segment is applied as
 * it comes, and nothing is ever dropped (closed markets, removed runners,
 * complete orders, runners that left the definition).
 */
export class ReferenceCache {
  readonly #markets = new Map<string, Market>();
  readonly #orders = new Map<string, OrderMarket>();

  /** The last `clk` and `initialClk` that were not empty, of either stream. */
  clk: string | undefined;
  initialClk: string | undefined;
  /** Messages applied so far, of whatever kind. */
  messages = 0;

  /** Applies one line; blank lines do not count. */
  applyLine(line: string): void {
    if (line.trim() !== "") this.apply(JSON.parse(line) as Json);
  }

  /** Applies all lines of a text. */
  applyText(text: string): void {
    for (const line of text.split("\n")) this.applyLine(line);
  }

  /** Applies one parsed message; only `mcm` and `ocm` change the state. */
  apply(message: Json): void {
    this.messages++;
    if (message.op !== "mcm" && message.op !== "ocm") return;
    if (message.clk) this.clk = String(message.clk);
    if (message.initialClk) this.initialClk = String(message.initialClk);
    const { ct, segmentType } = message;
    const startsImage = ct === "SUB_IMAGE" &&
      (segmentType === undefined || segmentType === null ||
        segmentType === "SEG_START");
    const publishTimeMs = optional<number>(message.pt);
    if (message.op === "mcm") {
      if (startsImage) this.#markets.clear();
      for (const change of list(message.mc)) {
        this.#applyMarket(change, publishTimeMs);
      }
    } else {
      if (startsImage) this.#orders.clear();
      for (const change of list(message.oc)) {
        this.#applyOrders(change, publishTimeMs);
      }
    }
  }

  /** Everything held, as plain objects. */
  state(): StreamState {
    return {
      markets: byText(this.#markets).map(([id, market]) =>
        marketState(id, market)
      ),
      orders: byText(this.#orders).map(([id, market]) =>
        orderMarketState(id, market)
      ),
    };
  }

  /** The text of the state as in the golden files. */
  stateText(): string {
    return stateText(this.state());
  }

  /** SHA-256 of {@linkcode stateText}, in hex. */
  digest(): string {
    return stateDigest(this.state());
  }

  #applyMarket(change: Json, publishTimeMs: number | undefined): void {
    const id = change.id as string;
    let market = this.#markets.get(id);
    if (market === undefined || change.img === true) {
      market = {
        publishTimeMs,
        definition: undefined,
        tv: undefined,
        runners: new Map(),
      };
      this.#markets.set(id, market);
    }
    market.publishTimeMs = publishTimeMs;
    const definition = optional<Json>(change.marketDefinition);
    if (definition !== undefined) {
      market.definition = definition;
      for (const entry of list(definition.runners)) {
        runnerOf(market, entry).definition = entry;
      }
    }
    market.tv = scalar(change.tv) ?? market.tv;
    for (const entry of list(change.rc)) {
      const runner = runnerOf(market, entry);
      for (const name of ["ltp", "tv", "spn", "spf"]) {
        const value = scalar(entry[name]);
        if (value !== undefined) runner.scalars.set(name, value);
      }
      for (const name of LADDER_NAMES) {
        applyRows(runner.ladders[name], optional<Rows>(entry[name]));
      }
    }
  }

  #applyOrders(change: Json, publishTimeMs: number | undefined): void {
    const id = change.id as string;
    let market = this.#orders.get(id);
    if (market === undefined || change.fullImage === true) {
      market = {
        publishTimeMs,
        closed: market?.closed ?? false,
        runners: new Map(),
      };
      this.#orders.set(id, market);
    }
    market.publishTimeMs = publishTimeMs;
    if (change.closed === true) market.closed = true;
    for (const entry of list(change.orc)) {
      const key = runnerKey(entry);
      let runner = market.runners.get(key);
      if (runner === undefined || entry.fullImage === true) {
        runner = {
          orders: new Map(),
          mb: new Map(),
          ml: new Map(),
          strategies: new Map(),
        };
        market.runners.set(key, runner);
      }
      for (const order of list(entry.uo)) {
        runner.orders.set(order.id as string, order);
      }
      applyMatches(runner, entry);
      for (
        const [reference, matches] of Object.entries(
          optional<Json>(entry.smc) ?? {},
        )
      ) {
        let strategy = runner.strategies.get(reference);
        if (strategy === undefined) {
          runner.strategies.set(
            reference,
            strategy = { mb: new Map(), ml: new Map() },
          );
        }
        applyMatches(strategy, matches as Json);
      }
    }
  }
}

function optional<T>(value: unknown): T | undefined {
  return value === null ? undefined : value as T | undefined;
}

function list(value: unknown): Json[] {
  return optional<Json[]>(value) ?? [];
}

function scalar(value: unknown): number | undefined {
  if (typeof value === "string") {
    return Number(value.replace(/^(-?)inf(inity)?$/i, "$1Infinity"));
  }
  return optional<number>(value);
}

function runnerKey(entry: Json): string {
  return `${Number(entry.id)}/${Number(entry.hc ?? 0)}`;
}

function runnerOf(market: Market, entry: Json): Runner {
  const key = runnerKey(entry);
  let runner = market.runners.get(key);
  if (runner === undefined) {
    const ladders = {} as Record<LadderName, Ladder>;
    for (const name of LADDER_NAMES) ladders[name] = new Map();
    runner = { definition: undefined, scalars: new Map(), ladders };
    market.runners.set(key, runner);
  }
  return runner;
}

/** Keyed by the first number of a row, price or level; size 0 removes the key. */
function applyRows(ladder: Ladder, rows: Rows | undefined): void {
  for (const row of rows ?? []) {
    if (row.at(-1) === 0) ladder.delete(row[0]!);
    else ladder.set(row[0]!, row);
  }
}

/** As ladders, except that an empty list empties. */
function applyMatches(holder: { mb: Ladder; ml: Ladder }, change: Json): void {
  for (const name of ["mb", "ml"] as const) {
    const rows = optional<Rows>(change[name]);
    if (rows?.length === 0) holder[name].clear();
    applyRows(holder[name], rows);
  }
}

function byText<T>(map: Map<string, T>): [string, T][] {
  return [...map].sort(([a], [b]) => a < b ? -1 : a > b ? 1 : 0);
}

function byRunner<T>(map: Map<string, T>): [number, number, T][] {
  return [...map].map(([key, value]): [number, number, T] => {
    const [id, hc] = key.split("/");
    return [Number(id), Number(hc), value];
  }).sort((a, b) => a[0] - b[0] || a[1] - b[1]);
}

function rowsOf(ladder: Ladder, descending = false): Rows {
  return [...ladder.values()].sort((a, b) =>
    descending ? b[0]! - a[0]! : a[0]! - b[0]!
  );
}

function marketState(id: string, market: Market): MarketState {
  return {
    id,
    publishTimeMs: market.publishTimeMs,
    definition: market.definition,
    reportedTotalMatched: market.tv,
    runners: byRunner(market.runners).map(
      ([selectionId, handicap, runner]): RunnerState => {
        const ladders = {} as Record<LadderName, Rows>;
        for (const name of LADDER_NAMES) {
          ladders[name] = rowsOf(
            runner.ladders[name],
            name === "atb" || name === "spb",
          );
        }
        return {
          selectionId,
          handicap,
          definition: runner.definition,
          lastTradedPrice: runner.scalars.get("ltp"),
          reportedTotalMatched: runner.scalars.get("tv"),
          startingPriceNear: runner.scalars.get("spn"),
          startingPriceFar: runner.scalars.get("spf"),
          ladders,
        };
      },
    ),
  };
}

function orderMarketState(id: string, market: OrderMarket): OrderMarketState {
  return {
    id,
    publishTimeMs: market.publishTimeMs,
    closed: market.closed,
    runners: byRunner(market.runners).map((
      [selectionId, handicap, runner],
    ): OrderRunnerState => ({
      selectionId,
      handicap,
      orders: byText(runner.orders).map(([, order]) => order),
      matchedBacks: rowsOf(runner.mb),
      matchedLays: rowsOf(runner.ml),
      strategies: byText(runner.strategies)
        .map(([reference, { mb, ml }]) => ({
          reference,
          matchedBacks: rowsOf(mb),
          matchedLays: rowsOf(ml),
        }))
        .filter(({ matchedBacks, matchedLays }) =>
          matchedBacks.length + matchedLays.length > 0
        ),
    })),
  };
}
