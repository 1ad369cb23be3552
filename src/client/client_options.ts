/** What a client can be told. See {@linkcode StreamClientOptions}. */

import type { StreamCache, StreamCacheOptions } from "../cache/stream_cache.ts";
import type { ChangeParser } from "../parsing/change_parser.ts";
import type { BackendChoice } from "../parsing/open_parser.ts";
import type { BackoffOptions } from "./backoff.ts";
import type { ClientStateChange } from "./client_state.ts";
import type { ClientTimers } from "./client_timers.ts";
import type { Secret } from "./secret.ts";
import type { SessionSource } from "./session_source.ts";
import type { MarketSubscription, OrderSubscription } from "./subscriptions.ts";
import type { Transport, TransportOptions } from "./transport.ts";

/** Options of `StreamClient`. */
export interface StreamClientOptions
  extends Omit<StreamCacheOptions, "strict" | "maxMarkets"> {
  /** Application key, enabled for streaming. */
  readonly appKey: string | Secret;
  /** Session token, or a function that logs in. */
  readonly session: SessionSource;
  /**
   * Host to connect to.
   *
   * @default {"stream-api.betfair.com"}
   */
  readonly host?: string | undefined;
  /**
   * Its port.
   *
   * @default {443}
   */
  readonly port?: number | undefined;
  /** Markets to follow from the beginning; like `subscribeMarkets`. */
  readonly markets?: MarketSubscription | undefined;
  /** Orders to follow from the beginning; like `subscribeOrders`. */
  readonly orders?: OrderSubscription | undefined;
  /**
   * Wanted conflation, ms: 0 to 120000.
   *
   * @default {0}
   */
  readonly conflateMs?: number | undefined;
  /**
   * Longest accepted silence, ms: 500 to 5000. After twice as long a connection
   * counts as lost.
   *
   * @default {5000}
   */
  readonly heartbeatMs?: number | undefined;
  /**
   * Whether the exchange may split large changes into segments.
   *
   * @default {true}
   */
  readonly segmentation?: boolean | undefined;
  /**
   * Certificates of authorities to trust, PEM; for tests. There is no way not to
   * verify.
   */
  readonly caCerts?: readonly string[] | undefined;
  /** Waits between attempts. */
  readonly backoff?: BackoffOptions | undefined;
  /** Ends the client; its reason is thrown from the loop. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Longest time for connecting, TLS included, ms, > 0.
   *
   * @default {15_000}
   */
  readonly connectTimeoutMs?: number | undefined;
  /**
   * Longest time for the answer to a request, ms, > 0; counted only while the client
   * waits for bytes.
   *
   * @default {15_000}
   */
  readonly answerTimeoutMs?: number | undefined;
  /**
   * Told of everything that the client begins to do, and of what went wrong. Called
   * in the middle of things: it must be quick. What it throws ends the loop.
   */
  readonly onStateChange?: ((change: ClientStateChange) => void) | undefined;

  /**
   * A cache to use instead of a new one, for instance one that has books already. It
   * has options of its own: those here must then be left out. It must not be strict: a
   * line that is no message makes the client connect anew.
   */
  readonly cache?: StreamCache | undefined;
  /** A parser to use; it must not be used for anything else meanwhile. */
  readonly parser?: ChangeParser | undefined;
  /**
   * Which parser backend to use otherwise.
   *
   * @default {"auto"}
   */
  readonly backend?: BackendChoice | undefined;
  /**
   * Longest line, bytes. A longer one ends the client.
   *
   * @default {67108864}
   */
  readonly maxLineBytes?: number | undefined;
  /**
   * Most markets in the cache. A message that would bring more ends the client, so
   * that no server can use up the memory. A {@linkcode cache} of your own has no limit
   * but its own.
   *
   * @default {100_000}
   */
  readonly maxMarkets?: number | undefined;

  /**
   * Clocks and timers; for tests.
   *
   * @default {SYSTEM_TIMERS}
   */
  readonly timers?: ClientTimers | undefined;
  /**
   * Makes connections; for tests, which need no network then.
   *
   * @default {openTransport}
   */
  readonly connect?:
    | ((options: TransportOptions) => Promise<Transport>)
    | undefined;
}
