import type { MockAccount } from "./mock_account.ts";
import type { MockFault } from "./mock_fault.ts";
import type { MockSource } from "./mock_source.ts";
import type { MockTimers } from "./mock_timers.ts";

/**
 * How fast a {@linkcode MockExchange} goes through its source:
 *
 * - `"stepped"`: only when the test says so,
 * - `"asRead"`: as fast as the slowest client reads,
 * - a number: so many times as fast as it happened, by publish time. 1 is real time.
 */
export type MockPace = "stepped" | "asRead" | number;

/** Options of {@linkcode MockExchange.start}. */
export interface MockExchangeOptions {
  /**
   * What it tells.
   *
   * @default nothing
   */
  readonly source?: MockSource | undefined;
  /**
   * How fast it goes through its source.
   *
   * @default {"asRead"}
   */
  readonly pace?: MockPace | undefined;
  /**
   * Messages of the source that have happened before the first client comes.
   *
   * @default the images that the source begins with
   */
  readonly startPosition?: number | undefined;
  /**
   * Subscriptions that a pace other than `"stepped"` waits for before it begins;
   * `"asRead"` waits for so many at any time.
   *
   * @default {1}
   */
  readonly waitFor?: number | undefined;
  /**
   * Whether messages carry the publish times of the source, or the time at which
   * they are sent.
   *
   * @default {"source"}
   */
  readonly publishTimes?: "source" | "now" | undefined;
  /**
   * What to do with a client that reads slowly: merge its changes (`con`), as the
   * exchange does, or wait for it with everything.
   *
   * @default `"merge"` at a pace that is a number, else `"wait"`
   */
  readonly whenSlow?: "merge" | "wait" | undefined;
  /**
   * Bytes that may wait for a client to read them before it is slow.
   *
   * @default {1048576}
   */
  readonly sendBufferBytes?: number | undefined;
  /**
   * Size from which a message is sent in segments to those who want them,
   * characters.
   *
   * @default {65536}
   */
  readonly segmentBytes?: number | undefined;
  /**
   * Markets that a subscription may have.
   *
   * @default {200}
   */
  readonly marketLimit?: number | undefined;
  /**
   * Connections that the account may have.
   *
   * @default {10}
   */
  readonly connectionLimit?: number | undefined;
  /**
   * Messages of the source after which a clock is too old to resume from.
   *
   * @default {Infinity}
   */
  readonly clockLife?: number | undefined;
  /**
   * Whether images hold markets that are closed. The exchange keeps them for some
   * time; how long is not documented. Without them, and with a
   * {@linkcode clockLife}, closed markets are forgotten, so that a long session
   * does not grow.
   *
   * @default {true}
   */
  readonly closedMarkets?: boolean | undefined;
  /**
   * Application keys that are known.
   *
   * @default all
   */
  readonly appKeys?: readonly string[] | undefined;
  /**
   * Application keys whose data is delayed: conflation of 180 s.
   *
   * @default {[]}
   */
  readonly delayedAppKeys?: readonly string[] | undefined;
  /**
   * Session tokens that are known, beside those that a login gives.
   *
   * @default all, unless there are accounts
   */
  readonly sessions?: readonly string[] | undefined;
  /**
   * Life of a session token, ms.
   *
   * @default {86400000}
   */
  readonly sessionLifeMs?: number | undefined;
  /**
   * Who can log in at {@linkcode MockExchange.identityUrl}.
   *
   * @default everybody
   */
  readonly accounts?: readonly MockAccount[] | undefined;
  /**
   * Faults that are to happen.
   *
   * @default {[]}
   */
  readonly faults?: readonly MockFault[] | undefined;
  /**
   * Certificate and key of your own, PEM, with the authority that clients trust.
   *
   * @default a new authority, for `localhost` and `127.0.0.1`
   */
  readonly certificates?:
    | { readonly caCert: string; readonly cert: string; readonly key: string }
    | undefined;
  /**
   * Port to listen on; 0 for one that is free.
   *
   * @default {0}
   */
  readonly port?: number | undefined;
  /**
   * The clock and the timers.
   *
   * @default those of the runtime
   */
  readonly timers?: MockTimers | undefined;
  /**
   * Tells the clocks of this exchange from those of others: with the same number
   * and the same source another exchange accepts them.
   *
   * @default {1}
   */
  readonly seed?: number | undefined;
}
