/** Whether to try again, and when. See {@linkcode Retries}. */

import { CONNECTION_LIMIT_WAIT_MS } from "./_status_table.ts";
import { Backoff, type BackoffOptions } from "./backoff.ts";
import type { ClientTimers } from "./client_timers.ts";

/** Connections in a row that may bring lines which are no messages. */
const MAX_UNUSABLE_CONNECTIONS = 3;

/**
 * Counts attempts to have a connection, and begins anew when one has done well for
 * long enough.
 */
export class Retries {
  readonly #backoff: Backoff;
  readonly #timers: ClientTimers;
  /** Since when the present connection has done well; undefined if it has not. */
  #steadySince: number | undefined;
  /** Connections in a row that brought lines which are no messages. */
  #unusableConnections = 0;

  constructor(options: BackoffOptions | undefined, timers: ClientTimers) {
    this.#backoff = new Backoff(options);
    this.#timers = timers;
  }

  /**
   * Notes that all is well now, but for what the exchange refuses. That counts until
   * the connection is lost: somebody who wants something else meanwhile, and waits
   * for its image, takes nothing from it.
   */
  noteSteady(): void {
    this.#steadySince ??= this.#timers.elapsed();
  }

  /** Notes that the connection is lost. */
  noteLoss(): void {
    const since = this.#steadySince;
    this.#steadySince = undefined;
    if (since === undefined) return;
    if (this.#timers.elapsed() - since < this.#backoff.stableMs) return;
    this.#backoff.reset();
    this.#unusableConnections = 0;
  }

  /**
   * Notes that a connection brought a line which is no message.
   *
   * @returns Whether to try again: if that goes on, it is no exchange that talks.
   */
  noteUnusable(): boolean {
    return ++this.#unusableConnections < MAX_UNUSABLE_CONNECTIONS;
  }

  /**
   * Tells how long to wait before the next attempt.
   *
   * @param error Why there has to be one.
   * @param minimumWaitMs Least wait, ms.
   * @param connectionsAvailable Further connections that may be opened, if that is known.
   * @returns How long, ms.
   * @throws The error, when there were as many attempts as there may be.
   */
  waitMs(
    error: Error,
    minimumWaitMs: number,
    connectionsAvailable: number | undefined,
  ): number {
    if (this.#backoff.isExhausted) throw error;
    // The connection that was closed may still be counted.
    const limitWaitMs = connectionsAvailable === 0
      ? CONNECTION_LIMIT_WAIT_MS
      : 0;
    return this.#backoff.next(Math.max(minimumWaitMs, limitWaitMs));
  }
}
