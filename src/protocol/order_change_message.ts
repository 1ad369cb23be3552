import type { ChangeEnvelope } from "./change_envelope.ts";
import type { OpenString } from "./open_string.ts";
import type { WirePriceSize, WireScalar } from "./wire_values.ts";

/** Changes of the account's orders (protocol sections 3.3 and 3.7). */
export interface OrderChangeMessage extends ChangeEnvelope {
  /** Kind of message. */
  readonly op: "ocm";
  /** Changed markets; absent on heartbeats. */
  readonly oc?: readonly OrderMarketChange[] | null;
}

/** Changes of the orders on one market. */
export interface OrderMarketChange {
  /** Market id. */
  readonly id: string;
  /** Account id. */
  readonly accountId?: number | null;
  /** Whether this replaces everything known of the market; without `orc`, nothing is left. */
  readonly fullImage?: boolean | null;
  /** Whether the market has closed; not repeated. */
  readonly closed?: boolean | null;
  /** Changed runners. */
  readonly orc?: readonly OrderRunnerChange[] | null;
}

/** Changes of the orders on one runner. */
export interface OrderRunnerChange {
  /** Selection id. */
  readonly id: number | string;
  /** Handicap; omitted when 0. */
  readonly hc?: number | null;
  /** Whether this replaces everything known of the runner; without content, nothing is left. */
  readonly fullImage?: boolean | null;
  /** Changed orders, each complete. */
  readonly uo?: readonly WireOrder[] | null;
  /** Matched backs by price, deltas in account currency; an empty list empties the ladder. */
  readonly mb?: readonly WirePriceSize[] | null;
  /** Matched lays by price, deltas in account currency; an empty list empties the ladder. */
  readonly ml?: readonly WirePriceSize[] | null;
  /** Matches by strategy ref; the key `""` is for orders without one. */
  readonly smc?: Readonly<Record<string, WireStrategyMatches | null>> | null;
}

/** Matches of one strategy ref on a runner; deltas like {@linkcode OrderRunnerChange.mb}. */
export interface WireStrategyMatches {
  /** Matched backs by price. */
  readonly mb?: readonly WirePriceSize[] | null;
  /** Matched lays by price. */
  readonly ml?: readonly WirePriceSize[] | null;
}

/** Why an order lapsed. Protocol section 3.8. */
export type WireLapseReason = OpenString<
  | "MKT_UNKNOWN"
  | "MKT_INVALID"
  | "RNR_UNKNOWN"
  | "TIME_ELAPSED"
  | "CURRENCY_UNKNOWN"
  | "PRICE_INVALID"
  | "MKT_SUSPENDED"
  | "MKT_VERSION"
  | "LINE_TARGET"
  | "LINE_SP"
  | "SP_IN_PLAY"
  | "SMALL_STAKE"
  | "PRICE_IMP_TOO_LARGE"
>;

/**
 * An order as sent: always whole, replacing the version before (protocol
 * section 3.8). Money is in account currency, times are ms since the epoch.
 */
export interface WireOrder {
  /** Bet id. */
  readonly id: string;
  /** Placed price, decimal odds; the position of the line on LINE markets. */
  readonly p?: WireScalar | null;
  /** Placed size; 0 for starting price orders before reconciliation. */
  readonly s?: WireScalar | null;
  /** Liability of a starting price order. */
  readonly bsp?: WireScalar | null;
  /** `B` back, `L` lay. */
  readonly side?: OpenString<"B" | "L"> | null;
  /** `E` executable, `EC` execution complete. */
  readonly status?: OpenString<"E" | "EC"> | null;
  /** Persistence: `L` lapse, `P` persist, `MOC` market on close. */
  readonly pt?: OpenString<"L" | "P" | "MOC"> | null;
  /** Type: `L` limit, `LOC` limit on close, `MOC` market on close. */
  readonly ot?: OpenString<"L" | "LOC" | "MOC"> | null;
  /** Time of placement. */
  readonly pd?: number | null;
  /** Time of the last match. */
  readonly md?: number | null;
  /** Time of the (partial) cancellation. */
  readonly cd?: number | null;
  /** Time of lapsing. */
  readonly ld?: number | null;
  /** Why it lapsed. */
  readonly lsrc?: WireLapseReason | null;
  /** Average price matched, decimal odds; meaningless on LINE markets. */
  readonly avp?: WireScalar | null;
  /** Size matched. */
  readonly sm?: WireScalar | null;
  /** Size remaining. */
  readonly sr?: WireScalar | null;
  /** Size lapsed. */
  readonly sl?: WireScalar | null;
  /** Size cancelled. */
  readonly sc?: WireScalar | null;
  /** Size voided. */
  readonly sv?: WireScalar | null;
  /** Regulator auth code. */
  readonly rac?: string | null;
  /** Regulator code, for instance `"REG_GGC"`. */
  readonly rc?: string | null;
  /** Customer order ref; `""` if unset. */
  readonly rfo?: string | null;
  /** Customer strategy ref; `""` if unset. */
  readonly rfs?: string | null;
}
