import type { LadderName } from "./ladder_name.ts";

/**
 * What a cache holds after some messages, as plain objects: the common form in
 * which a generator, an oracle and a cache under test can be compared.
 *
 * Values are the ones last sent, never summed up or corrected. `undefined`
 * means that the value was not sent since the market's last image.
 */
export interface StreamState {
  /** Markets of the market stream, ascending by id as text. */
  readonly markets: readonly MarketState[];
  /** Markets of the order stream, ascending by id as text. */
  readonly orders: readonly OrderMarketState[];
}

/** One market of a {@linkcode StreamState}. */
export interface MarketState {
  /** Market id, for instance `"1.234567890"`. */
  readonly id: string;
  /** Publish time of the last message with a change of this market, ms since the epoch. */
  readonly publishTimeMs: number | undefined;
  /** The last definition as sent. */
  readonly definition: Readonly<Record<string, unknown>> | undefined;
  /** The market's `tv` as last sent, GBP. */
  readonly reportedTotalMatched: number | undefined;
  /** Runners ascending by selection id, then by handicap. */
  readonly runners: readonly RunnerState[];
}

/** One runner of a {@linkcode MarketState}. */
export interface RunnerState {
  /** Selection id. */
  readonly selectionId: number;
  /** Handicap, 0 where the wire has none. */
  readonly handicap: number;
  /** The runner's entry in the last definition that listed it, as sent. */
  readonly definition: Readonly<Record<string, unknown>> | undefined;
  /** `ltp`, decimal odds; 0 is "never traded". */
  readonly lastTradedPrice: number | undefined;
  /** The runner's `tv` as last sent, GBP. */
  readonly reportedTotalMatched: number | undefined;
  /** `spn`, decimal odds, `NaN` or `Infinity`. */
  readonly startingPriceNear: number | undefined;
  /** `spf`, decimal odds, `NaN` or `Infinity`. */
  readonly startingPriceFar: number | undefined;
  /**
   * The nine ladders: rows of `[price, size]`, for the `b…` ladders of
   * `[level, price, size]`. `atb` and `spb` highest price first; `atl`, `trd`
   * and `spl` lowest price first; the others by level.
   */
  readonly ladders: Readonly<
    Record<LadderName, readonly (readonly number[])[]>
  >;
}

/** One market of the order stream in a {@linkcode StreamState}. */
export interface OrderMarketState {
  /** Market id. */
  readonly id: string;
  /** Publish time of the last message with a change of this market, ms since the epoch. */
  readonly publishTimeMs: number | undefined;
  /** Whether the market was reported closed. */
  readonly closed: boolean;
  /** Runners ascending by selection id, then by handicap. */
  readonly runners: readonly OrderRunnerState[];
}

/** One runner of an {@linkcode OrderMarketState}. */
export interface OrderRunnerState {
  /** Selection id. */
  readonly selectionId: number;
  /** Handicap, 0 where the wire has none. */
  readonly handicap: number;
  /** Orders as last sent, complete ones included, by bet id as text. */
  readonly orders: readonly Readonly<Record<string, unknown>>[];
  /** Matched backs, rows of `[price, size]`, lowest price first. */
  readonly matchedBacks: readonly (readonly number[])[];
  /** Matched lays, rows of `[price, size]`, lowest price first. */
  readonly matchedLays: readonly (readonly number[])[];
  /** Matches by customer strategy reference, ascending by reference, those not empty. */
  readonly strategies: readonly StrategyState[];
}

/** Matches of one customer strategy in an {@linkcode OrderRunnerState}. */
export interface StrategyState {
  /** Customer strategy reference; `""` for orders without one. */
  readonly reference: string;
  /** Matched backs, rows of `[price, size]`, lowest price first. */
  readonly matchedBacks: readonly (readonly number[])[];
  /** Matched lays, rows of `[price, size]`, lowest price first. */
  readonly matchedLays: readonly (readonly number[])[];
}
