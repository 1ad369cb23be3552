import type { ChangeEnvelope } from "./change_envelope.ts";
import type { WireMarketDefinition } from "./market_definition_message.ts";
import type {
  WireLevelPriceSize,
  WirePriceSize,
  WireScalar,
} from "./wire_values.ts";

/** Changes of markets (protocol sections 3.3 and 3.4). */
export interface MarketChangeMessage extends ChangeEnvelope {
  /** Kind of message. */
  readonly op: "mcm";
  /** Changed markets; absent on heartbeats. */
  readonly mc?: readonly MarketChange[] | null;
}

/** Changes of one market. */
export interface MarketChange {
  /** Market id, for instance `"1.234567890"`. */
  readonly id: string;
  /** Whether this replaces everything known of the market. */
  readonly img?: boolean | null;
  /** The whole definition, replacing the one before. */
  readonly marketDefinition?: WireMarketDefinition | null;
  /** Changed runners; purchased files may list one several times. */
  readonly rc?: readonly RunnerChange[] | null;
  /** Total matched on the market, GBP. */
  readonly tv?: WireScalar | null;
  /** Whether several changes were merged into this one. */
  readonly con?: boolean | null;
}

/** Changes of one runner (protocol section 3.6). All ladder rows are deltas unless the market's `img` is true. */
export interface RunnerChange {
  /** Selection id; text in some third-party files. */
  readonly id: number | string;
  /** Handicap; omitted when 0. */
  readonly hc?: number | null;
  /** Available to back, full depth. */
  readonly atb?: readonly WirePriceSize[] | null;
  /** Available to lay, full depth. */
  readonly atl?: readonly WirePriceSize[] | null;
  /** Best available to back, without virtual bets. */
  readonly batb?: readonly WireLevelPriceSize[] | null;
  /** Best available to lay, without virtual bets. */
  readonly batl?: readonly WireLevelPriceSize[] | null;
  /** Best available to back for display, with virtual bets. */
  readonly bdatb?: readonly WireLevelPriceSize[] | null;
  /** Best available to lay for display, with virtual bets. */
  readonly bdatl?: readonly WireLevelPriceSize[] | null;
  /** Volume traded by price. */
  readonly trd?: readonly WirePriceSize[] | null;
  /** Starting price available to back: holds the lay liabilities. */
  readonly spb?: readonly WirePriceSize[] | null;
  /** Starting price available to lay: holds the back stakes. */
  readonly spl?: readonly WirePriceSize[] | null;
  /** Near projected starting price, decimal odds. */
  readonly spn?: WireScalar | null;
  /** Far projected starting price, decimal odds. */
  readonly spf?: WireScalar | null;
  /** Last traded price, decimal odds; 0 is "never traded". */
  readonly ltp?: WireScalar | null;
  /** Runner total matched, GBP; purchased files mean something else by it (protocol section 8.1). */
  readonly tv?: WireScalar | null;
}
