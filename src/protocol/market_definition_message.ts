import type { OpenString } from "./open_string.ts";
import type { WireScalar } from "./wire_values.ts";

/** State of a market. */
export type WireMarketStatus = OpenString<
  "INACTIVE" | "OPEN" | "SUSPENDED" | "CLOSED"
>;

/** State of a runner. */
export type WireRunnerStatus = OpenString<
  | "ACTIVE"
  | "WINNER"
  | "LOSER"
  | "PLACED"
  | "REMOVED"
  | "REMOVED_VACANT"
  | "HIDDEN"
>;

/** How bets on a market are offered. */
export type WireBettingType = OpenString<
  | "ODDS"
  | "LINE"
  | "RANGE"
  | "ASIAN_HANDICAP_DOUBLE_LINE"
  | "ASIAN_HANDICAP_SINGLE_LINE"
>;

/**
 * Definition of a market as sent (protocol section 3.5). A new one replaces the
 * old one wholesale. Every field is optional, and there may be more of them.
 * Dates are ISO 8601 text in UTC.
 */
export interface WireMarketDefinition {
  /** State of the market. */
  readonly status?: WireMarketStatus | null;
  /** Whether the market is in play now. */
  readonly inPlay?: boolean | null;
  /** Version of the market, which increases with each material change. */
  readonly version?: number | null;
  /** Delay of bets in play, seconds. */
  readonly betDelay?: number | null;
  /** Models of bet delay that apply. */
  readonly betDelayModels?:
    | readonly OpenString<"PASSIVE" | "DYNAMIC">[]
    | null;
  /** How bets are offered. */
  readonly bettingType?: WireBettingType | null;
  /** Type of market, for instance `"WIN"`. */
  readonly marketType?: string | null;
  /** Sport; a number in some third-party files. */
  readonly eventTypeId?: string | number | null;
  /** Event; a number in some third-party files. */
  readonly eventId?: string | number | null;
  /** Name of the event; purchased files only. */
  readonly eventName?: string | null;
  /** Name of the market; purchased files only. */
  readonly name?: string | null;
  /** ISO 3166-1 alpha-2 code. */
  readonly countryCode?: string | null;
  /** Racing venue; may come after the first definition. */
  readonly venue?: string | null;
  /** Kind of race, for instance `"Flat"`. */
  readonly raceType?: string | null;
  /** IANA name of the time zone, or `"GMT"`. */
  readonly timezone?: string | null;
  /** Opening of the event. */
  readonly openDate?: string | null;
  /** Scheduled start. */
  readonly marketTime?: string | null;
  /** Scheduled suspension. */
  readonly suspendTime?: string | null;
  /** Settlement; sent when closed. */
  readonly settledTime?: string | null;
  /** Why the market is suspended. */
  readonly suspendReason?: string | null;
  /** Number of winners; 0 on Asian handicaps. */
  readonly numberOfWinners?: number | null;
  /** Runners still active; 0 once closed. */
  readonly numberOfActiveRunners?: number | null;
  /** Whether a removed runner voids the bets on it. */
  readonly runnersVoidable?: boolean | null;
  /** Whether no more runners will be added. */
  readonly complete?: boolean | null;
  /** Whether bets on different runners can match each other. */
  readonly crossMatching?: boolean | null;
  /** Whether bets may persist into play. */
  readonly persistenceEnabled?: boolean | null;
  /** Whether a discount on the commission applies. */
  readonly discountAllowed?: boolean | null;
  /** Whether the market will be turned in play. */
  readonly turnInPlayEnabled?: boolean | null;
  /** Whether the market has a starting price. */
  readonly bspMarket?: boolean | null;
  /** Whether the starting price has been reconciled. */
  readonly bspReconciled?: boolean | null;
  /** Base rate of the commission, percent. */
  readonly marketBaseRate?: number | null;
  /** Regulators, for instance `["MR_INT"]`. */
  readonly regulators?: readonly string[] | null;
  /** Divisor of each-way markets. */
  readonly eachWayDivisor?: number | null;
  /** Lowest line. */
  readonly lineMinUnit?: number | null;
  /** Highest line. */
  readonly lineMaxUnit?: number | null;
  /** Step between lines. */
  readonly lineInterval?: number | null;
  /** Which prices are valid. */
  readonly priceLadderDefinition?: WirePriceLadderDefinition | null;
  /** Main line of a handicap market. */
  readonly keyLineDefinition?: WireKeyLineDefinition | null;
  /** All runners. */
  readonly runners?: readonly WireRunnerDefinition[] | null;
  /** Market id; only in third-party recordings. */
  readonly marketId?: string | null;
  /** Name of the market; only in third-party recordings. */
  readonly marketName?: string | null;
  /** Competition; only in third-party recordings. */
  readonly competitionId?: string | null;
  /** Name of the competition; only in third-party recordings. */
  readonly competitionName?: string | null;
  /** Name of the sport; only in third-party recordings. */
  readonly eventTypeName?: string | null;
}

/** Which prices a market accepts. */
export interface WirePriceLadderDefinition {
  /** Name of the increments. */
  readonly type?: OpenString<"CLASSIC" | "FINEST" | "LINE_RANGE"> | null;
}

/** The main line of a handicap market. */
export interface WireKeyLineDefinition {
  /** The selections on it. */
  readonly kl?: readonly WireKeyLineSelection[] | null;
}

/** One selection of a main line. */
export interface WireKeyLineSelection {
  /** Selection id. */
  readonly id: number;
  /** Handicap; omitted when 0. */
  readonly hc?: number | null;
}

/** Definition of a runner as sent. */
export interface WireRunnerDefinition {
  /** Selection id; text in some third-party files. */
  readonly id: number | string;
  /** Handicap; omitted when 0. */
  readonly hc?: number | null;
  /** State of the runner. */
  readonly status?: WireRunnerStatus | null;
  /** Place in the display order; changes with removals. */
  readonly sortPriority?: number | null;
  /** Reduction factor, percent. */
  readonly adjustmentFactor?: number | null;
  /** When the runner was removed, ISO 8601. */
  readonly removalDate?: string | null;
  /** Starting price, decimal odds, once reconciled. */
  readonly bsp?: WireScalar | null;
  /** Name of the runner; purchased files only. */
  readonly name?: string | null;
}
