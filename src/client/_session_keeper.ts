/** The session token that a client uses. See {@linkcode SessionKeeper}. */

import { orAborted } from "../_abortable.ts";
import type { ClientTimers } from "./client_timers.ts";
import { LoginOptionError } from "./login_option_error.ts";
import { LoginError } from "./login_error.ts";
import { NetPermissionError } from "./net_permission_error.ts";
import { Secret } from "./secret.ts";
import type {
  LoginSession,
  SessionSource,
  SessionToken,
} from "./session_source.ts";

/** Longest wait for a session to be kept alive, ms. */
const KEEP_ALIVE_TIMEOUT_MS = 60_000;

/**
 * Failures in a row of a session source that are taken for passing ones. With the
 * waits between them that is a quarter of an hour: longer than a service restarts.
 */
const MAX_FAILURES = 20;

/** Longest wait before a keep-alive that failed is tried again, ms. */
const MAX_KEEP_ALIVE_RETRY_MS = 60_000;

/**
 * Asks the source for a token when there is none, and no more often than that: too
 * many logins are banned. Keeps a login alive at half of its life.
 */
export class SessionKeeper {
  readonly #source: SessionSource;
  readonly #timers: ClientTimers;
  readonly #onFailure: (error: Error) => void;
  #session: Secret | LoginSession | undefined;
  /** Whether the exchange refused the last token. */
  #isRefused = false;
  /** Whether a token was asked for in place of a refused one, and not accepted yet. */
  #isRenewed = false;
  #failures = 0;
  /** Whether the source gave something that is no token. */
  #isUnusable = false;
  #cancelKeepAlive: (() => void) | undefined;
  readonly #lifetime = new AbortController();

  /**
   * Creates a keeper that has not asked yet.
   *
   * @param source Where tokens come from.
   * @param timers Clock and timers.
   * @param onFailure Told of keep-alives that failed.
   */
  constructor(
    source: SessionSource,
    timers: ClientTimers,
    onFailure: (error: Error) => void,
  ) {
    this.#source = source;
    this.#timers = timers;
    this.#onFailure = onFailure;
    // A bad token is found out here rather than at the first connection.
    if (typeof source !== "function") this.#session = Secret.of(source);
  }

  /**
   * The token, asked for if there is none.
   *
   * @param signal Gives up asking.
   * @returns The token.
   * @throws What the source throws.
   */
  async token(signal: AbortSignal): Promise<Secret> {
    const session = this.#session ??= await this.#ask(signal);
    return session instanceof Secret ? session : session.token;
  }

  /**
   * Whether asking again could help after the source has failed: not when a login
   * was refused or cannot work as it is set up, nor when it fails all the time.
   *
   * @param error What the source threw.
   * @returns Whether it could.
   */
  mayRetry(error: unknown): boolean {
    if (error instanceof LoginError) return error.isTransient;
    // Neither options nor permissions change by themselves. Other errors may be
    // passing ones, also of class TypeError: `fetch` tells of the network so.
    if (
      error instanceof LoginOptionError || error instanceof NetPermissionError
    ) return false;
    return !this.#isUnusable && ++this.#failures < MAX_FAILURES;
  }

  /**
   * Drops the token as the exchange refused it.
   *
   * @returns Whether another one can be asked for: a token that replaced a refused
   * one and is refused itself is the last.
   */
  refuse(): boolean {
    this.#cancelKeepAlive?.();
    if (typeof this.#source !== "function" || this.#isRenewed) return false;
    this.#session = undefined;
    this.#isRefused = true;
    this.#isRenewed = true;
    return true;
  }

  /** Notes that the exchange accepted the token. */
  accept(): void {
    this.#isRenewed = false;
  }

  /** Keeps nothing alive any more. */
  stop(): void {
    this.#cancelKeepAlive?.();
    this.#lifetime.abort();
  }

  async #ask(signal: AbortSignal): Promise<Secret | LoginSession> {
    const source = this.#source;
    const given: SessionToken = typeof source === "function"
      ? await source({ signal, isRenewal: this.#isRefused })
      : source;
    const session = sessionOf(given);
    if (session === undefined) {
      this.#isUnusable = true;
      throw new TypeError(
        `Cannot use session as its source must give a token or a login: ${
          given === "" ? "empty" : typeof given
        }`,
      );
    }
    this.#failures = 0;
    this.#isRefused = false;
    if (!(session instanceof Secret)) {
      this.#keepAlive(session, session.lifeMs / 2);
    }
    return session;
  }

  /** Keeps a session alive once; what never answers has failed. */
  async #keepAliveInTime(session: LoginSession): Promise<void> {
    const giveUp = new AbortController();
    const cancel = this.#timers.schedule(
      () => giveUp.abort(new Error("Cannot keep session alive in time")),
      KEEP_ALIVE_TIMEOUT_MS,
    );
    const signal = AbortSignal.any([this.#lifetime.signal, giveUp.signal]);
    try {
      await orAborted(session.keepAlive(signal), signal);
    } finally {
      cancel();
    }
  }

  #keepAlive(session: LoginSession, delayMs: number): void {
    if (delayMs === Infinity || this.#lifetime.signal.aborted) return;
    this.#cancelKeepAlive?.();
    this.#cancelKeepAlive = this.#timers.schedule(async () => {
      let nextMs = session.lifeMs / 2;
      try {
        await this.#keepAliveInTime(session);
      } catch (error) {
        if (this.#lifetime.signal.aborted || this.#session !== session) return;
        this.#onFailure(
          error instanceof Error
            ? error
            : new Error("Cannot keep session alive", { cause: error }),
        );
        if (error instanceof LoginError && !error.isTransient) {
          // It is over: the next connection needs another one.
          this.#session = undefined;
          this.#isRefused = true;
          return;
        }
        nextMs = Math.min(session.lifeMs / 8, MAX_KEEP_ALIVE_RETRY_MS);
      }
      if (this.#session === session) this.#keepAlive(session, nextMs);
    }, delayMs);
  }
}

/** A source is the user's own code, so what it gives is checked. */
function sessionOf(given: SessionToken): Secret | LoginSession | undefined {
  if (given instanceof Secret) return given;
  if (typeof given === "string") {
    return given === "" ? undefined : new Secret(given);
  }
  const isLogin = typeof given === "object" && given !== null &&
    given.token instanceof Secret && given.lifeMs > 0;
  return isLogin ? given : undefined;
}
