/** Every request that a client sends, as one union (protocol section 2). */

import type { OpenString } from "./open_string.ts";

/** What all requests have. */
export interface RequestEnvelope {
  /**
   * Id that the status, and every change of a subscription, comes back with: an
   * int32, unique on the connection. Without one, answers cannot be told apart.
   */
  readonly id?: number | undefined;
}

/** First request of a connection. */
export interface AuthenticationRequest extends RequestEnvelope {
  /** Kind of request. */
  readonly op: "authentication";
  /** Application key, enabled for streaming. */
  readonly appKey: string;
  /** Session token from a login. */
  readonly session: string;
}

/** Probe of a quiet connection. It holds up outbound data for a moment, so it is no routine liveness check. */
export interface HeartbeatRequest extends RequestEnvelope {
  /** Kind of request. */
  readonly op: "heartbeat";
}

/** What market and order subscriptions share (protocol section 2.3). */
export interface SubscriptionRequest extends RequestEnvelope {
  /** Whether the server may split large changes into segments. */
  readonly segmentationEnabled?: boolean | undefined;
  /** Wanted conflation, ms: 0 to 120000. */
  readonly conflateMs?: number | undefined;
  /** Longest accepted silence, ms: 500 to 5000. */
  readonly heartbeatMs?: number | undefined;
  /** Resume token 1; only together with `clk` and the same criteria as before. */
  readonly initialClk?: string | undefined;
  /** Resume token 2; only together with `initialClk`. */
  readonly clk?: string | undefined;
}

/** Subscription to markets (protocol section 2.4); replaces the connection's earlier one. */
export interface MarketSubscriptionRequest extends SubscriptionRequest {
  /** Kind of request. */
  readonly op: "marketSubscription";
  /** Which markets. */
  readonly marketFilter?: MarketFilter | undefined;
  /** Which of their data. */
  readonly marketDataFilter?: MarketDataFilter | undefined;
}

/**
 * Which markets to subscribe to: fields are AND-ed, values in a field OR-ed,
 * and `{}` is every market. Leave a field out instead of giving an empty list.
 * Filters that are not listed here may be given and are passed on.
 */
export interface MarketFilter {
  /** Market ids, for instance `"1.234567890"`. */
  readonly marketIds?: readonly string[] | undefined;
  /** Sports as text: `"1"` football, `"2"` tennis, `"7"` horse racing, … */
  readonly eventTypeIds?: readonly string[] | undefined;
  /** Event ids as text. */
  readonly eventIds?: readonly string[] | undefined;
  /** Types of market. */
  readonly marketTypes?:
    | readonly OpenString<
      "MATCH_ODDS" | "WIN" | "PLACE" | "EACH_WAY" | "ASIAN_HANDICAP"
    >[]
    | undefined;
  /** How bets are offered. */
  readonly bettingTypes?:
    | readonly OpenString<
      | "ODDS"
      | "LINE"
      | "RANGE"
      | "ASIAN_HANDICAP_DOUBLE_LINE"
      | "ASIAN_HANDICAP_SINGLE_LINE"
    >[]
    | undefined;
  /** ISO 3166-1 alpha-2 codes. */
  readonly countryCodes?: readonly string[] | undefined;
  /** Racing venues. */
  readonly venues?: readonly string[] | undefined;
  /** Kinds of race. */
  readonly raceTypes?:
    | readonly OpenString<
      | "Harness"
      | "Flat"
      | "Hurdle"
      | "Chase"
      | "Bumper"
      | "NH Flat"
      | "Steeple"
      | "NO_VALUE"
    >[]
    | undefined;
  /** Only markets with (true) or without (false) a starting price. */
  readonly bspMarket?: boolean | undefined;
  /** Only markets that will (true) or will not (false) turn in play. */
  readonly turnInPlayEnabled?: boolean | undefined;
  /** Models of bet delay. */
  readonly betDelayModels?:
    | readonly OpenString<"PASSIVE" | "DYNAMIC">[]
    | undefined;
  /** Filters that are newer than this library. */
  readonly [field: string]: unknown;
}

/** A column group of market data (protocol section 2.4). */
export type MarketDataField = OpenString<
  | "EX_BEST_OFFERS"
  | "EX_BEST_OFFERS_DISP"
  | "EX_ALL_OFFERS"
  | "EX_TRADED"
  | "EX_TRADED_VOL"
  | "EX_LTP"
  | "EX_MARKET_DEF"
  | "SP_TRADED"
  | "SP_PROJECTED"
>;

/** Which market data to send. */
export interface MarketDataFilter {
  /** Column groups; what comes without them is not defined, so give them. */
  readonly fields?: readonly MarketDataField[] | undefined;
  /** Depth of the level ladders, 1 to 10. */
  readonly ladderLevels?: number | undefined;
  /** Settings that are newer than this library. */
  readonly [field: string]: unknown;
}

/** Subscription to the account's orders (protocol section 2.5); replaces the connection's earlier one. */
export interface OrderSubscriptionRequest extends SubscriptionRequest {
  /** Kind of request. */
  readonly op: "orderSubscription";
  /** Which orders and matches. */
  readonly orderFilter?: OrderFilter | undefined;
}

/** Which orders and matches to send. */
export interface OrderFilter {
  /** Whether to send all matches of a runner; true when left out. */
  readonly includeOverallPosition?: boolean | undefined;
  /** Only orders and strategy matches of these strategy refs, at most 15 characters each. */
  readonly customerStrategyRefs?: readonly string[] | undefined;
  /** Whether to send matches per strategy ref. */
  readonly partitionMatchedByStrategyRef?: boolean | undefined;
  /** Settings that are newer than this library. `accountIds` is refused: it makes the subscription fail. */
  readonly [field: string]: unknown;
}

/** Subscription to races in running, on the sports-data host (protocol section 2.6). */
export interface RaceSubscriptionRequest extends RequestEnvelope {
  /** Kind of request. */
  readonly op: "raceSubscription";
}

/** Subscription to cricket matches, on the sports-data host (protocol section 2.6). */
export interface CricketSubscriptionRequest extends RequestEnvelope {
  /** Kind of request. */
  readonly op: "cricketSubscription";
}

/** A request, told apart by `op`. */
export type StreamRequest =
  | AuthenticationRequest
  | HeartbeatRequest
  | MarketSubscriptionRequest
  | OrderSubscriptionRequest
  | RaceSubscriptionRequest
  | CricketSubscriptionRequest;
