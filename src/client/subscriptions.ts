/** What a client can subscribe to. See {@linkcode MarketSubscription}. */

import type {
  MarketDataField,
  MarketFilter,
  OrderFilter,
} from "../protocol/requests.ts";

/** Settings that both subscriptions have; the client's count where they are left out. */
export interface SubscriptionSettings {
  /** Wanted conflation, ms: 0 to 120000. */
  readonly conflateMs?: number | undefined;
  /** Longest accepted silence, ms: 500 to 5000. */
  readonly heartbeatMs?: number | undefined;
  /** Whether the exchange may split large changes into segments. */
  readonly segmentation?: boolean | undefined;
}

/** Which markets to follow, and which of their data (protocol section 2.4). */
export interface MarketSubscription extends SubscriptionSettings {
  /**
   * Which markets.
   *
   * @default {{}}, every market that the account may see
   */
  readonly marketFilter?: MarketFilter | undefined;
  /**
   * Which of their data.
   *
   * @default {["EX_BEST_OFFERS", "EX_LTP", "EX_TRADED_VOL", "EX_MARKET_DEF"]}
   */
  readonly fields?: readonly MarketDataField[] | undefined;
  /**
   * Depth of the level ladders, 1 to 10.
   *
   * @default {3}
   */
  readonly ladderLevels?: number | undefined;
}

/** Which of the account's orders to follow (protocol section 2.5). */
export interface OrderSubscription extends SubscriptionSettings {
  /**
   * Which orders and matches.
   *
   * @default none: all of them
   */
  readonly orderFilter?: OrderFilter | undefined;
}
