/** One of the two streams, as wanted and as it is. See {@linkcode SubscribedStream}. */

import type { StreamName } from "../cache/stream_update.ts";
import { encodeRequest } from "../protocol/request_encoder.ts";
import type {
  MarketSubscriptionRequest,
  OrderSubscriptionRequest,
} from "../protocol/requests.ts";
import type { StreamPhase } from "./client_health.ts";
import type {
  MarketSubscription,
  OrderSubscription,
  SubscriptionSettings,
} from "./subscriptions.ts";

/** What can be wanted of a stream. */
export type WantedRequest =
  | MarketSubscriptionRequest
  | OrderSubscriptionRequest;

const DEFAULT_FIELDS = [
  "EX_BEST_OFFERS",
  "EX_LTP",
  "EX_TRADED_VOL",
  "EX_MARKET_DEF",
] as const;
const DEFAULT_LADDER_LEVELS = 3;

/** Keeps what is wanted of a stream, and what has become of it. */
export class SubscribedStream {
  /** Which of the two. */
  readonly name: StreamName;
  /** How far it is on the present connection. */
  phase: StreamPhase = "off";
  /** Id of the latest request. */
  requestId: number | undefined;
  /** Heartbeat interval in force, ms; the wanted one until the exchange has told. */
  heartbeatMs = 0;
  /** Conflation in force, ms; undefined until the exchange has told. */
  conflateMs: number | undefined;
  /** When the last message came, ms since the epoch. */
  lastMessageAtMs: number | undefined;

  /** Messages of the stream when it was last looked whether something had come. */
  heardMessages = 0;

  /** A private copy of what is wanted, without id and clocks. */
  #wanted: WantedRequest | undefined;
  /**
   * Whether the cache's clocks came with books of what is wanted now. Clocks of
   * other criteria must not be sent (protocol section 6.1).
   */
  #ownsClocks = false;

  constructor(name: StreamName) {
    this.name = name;
  }

  /** Whether it is wanted. */
  get isWanted(): boolean {
    return this.#wanted !== undefined;
  }

  /** Whether the clocks in the cache may be sent with the next request. */
  get canResume(): boolean {
    return this.#ownsClocks;
  }

  /** Wants something else from now on. */
  want(request: WantedRequest): void {
    this.#wanted = request;
    this.#ownsClocks = false;
    // Images that are still to be looked at are of what was wanted before.
    this.phase = "off";
    this.heartbeatMs = request.heartbeatMs!;
    this.conflateMs = undefined;
  }

  /** Does not resume the next time. */
  forgetClocks(): void {
    this.#ownsClocks = false;
  }

  /**
   * Notes a request, which is to be sent.
   *
   * @param id Its id.
   * @param clocks What to resume from.
   * @returns Its bytes.
   */
  request(
    id: number,
    clocks: { readonly initialClk: string; readonly clk: string } | undefined,
  ): Uint8Array {
    const wanted = this.#wanted!;
    this.requestId = id;
    this.phase = "requested";
    this.heartbeatMs = wanted.heartbeatMs!;
    this.conflateMs = undefined;
    return encodeRequest({ ...wanted, id, ...clocks });
  }

  /** Notes that the books are complete. */
  complete(): void {
    this.#ownsClocks = true;
    this.phase = "live";
  }
}

/** The settings that the client gives where a subscription does not. */
export interface SubscriptionDefaults {
  readonly conflateMs: number;
  readonly heartbeatMs: number;
  readonly segmentation: boolean;
}

/**
 * Makes a request out of a market subscription.
 *
 * @throws {InvalidRequestError} when the protocol forbids it.
 */
export function marketRequest(
  subscription: MarketSubscription,
  defaults: SubscriptionDefaults,
): MarketSubscriptionRequest {
  return privateCopy({
    op: "marketSubscription",
    ...settingsOf(subscription, defaults),
    marketFilter: subscription.marketFilter ?? {},
    marketDataFilter: {
      fields: subscription.fields ?? DEFAULT_FIELDS,
      ladderLevels: subscription.ladderLevels ?? DEFAULT_LADDER_LEVELS,
    },
  });
}

/**
 * Makes a request out of an order subscription.
 *
 * @throws {InvalidRequestError} when the protocol forbids it.
 */
export function orderRequest(
  subscription: OrderSubscription,
  defaults: SubscriptionDefaults,
): OrderSubscriptionRequest {
  return privateCopy({
    op: "orderSubscription",
    ...settingsOf(subscription, defaults),
    orderFilter: subscription.orderFilter,
  });
}

function settingsOf(
  settings: SubscriptionSettings,
  defaults: SubscriptionDefaults,
): {
  readonly segmentationEnabled: boolean;
  readonly conflateMs: number;
  readonly heartbeatMs: number;
} {
  return {
    segmentationEnabled: settings.segmentation ?? defaults.segmentation,
    conflateMs: settings.conflateMs ?? defaults.conflateMs,
    heartbeatMs: settings.heartbeatMs ?? defaults.heartbeatMs,
  };
}

/** Checks a request, and copies it: the caller's filters may change later. */
function privateCopy<T extends WantedRequest>(request: T): T {
  return JSON.parse(new TextDecoder().decode(encodeRequest(request)));
}
