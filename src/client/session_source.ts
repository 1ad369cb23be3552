/** Where a client gets its session tokens from. See {@linkcode SessionSource}. */

import type { Secret } from "./secret.ts";

/** A login that can be kept alive. `login` makes one; so may your own code. */
export interface LoginSession {
  /** The token; a keep-alive may replace it. */
  readonly token: Secret;
  /**
   * How long the token lives when nothing keeps it alive, milliseconds, > 0.
   * `Infinity` when nobody knows: then it is never kept alive.
   */
  readonly lifeMs: number;

  /**
   * Starts the token's life anew. To be called at no more than half of it.
   *
   * @param signal Gives up waiting.
   * @throws {Error} when the token is refused, or nothing answers.
   */
  keepAlive(signal?: AbortSignal): Promise<void>;

  /**
   * Ends the session: the token is worth nothing afterwards.
   *
   * @param signal Gives up waiting.
   * @throws {Error} when the token is refused, or nothing answers.
   */
  logout(signal?: AbortSignal): Promise<void>;
}

/** What a session source is told. */
export interface SessionContext {
  /** Aborted when the client no longer waits for the token. */
  readonly signal: AbortSignal;
  /**
   * Whether the exchange refused the last token, so that the same one must not
   * be given again.
   */
  readonly isRenewal: boolean;
}

/** What a session source gives: a token, or a login that can be kept alive. */
export type SessionToken = string | Secret | LoginSession;

/**
 * Where a client gets its session token from: the token itself, which cannot be
 * renewed, or a function that is asked for one at the first connection, and
 * again when the exchange refuses it (protocol section 6.4).
 *
 * @example A token out of your own vault
 * ```ts
 * import type { SessionSource } from "@betfair-stream/core/client";
 * import assert from "node:assert/strict";
 *
 * const vault = { token: "first", renewed: "second" };
 * const session: SessionSource = ({ isRenewal }) =>
 *   isRenewal ? vault.renewed : vault.token;
 *
 * assert.equal(typeof session, "function");
 * ```
 */
export type SessionSource =
  | string
  | Secret
  | ((context: SessionContext) => SessionToken | Promise<SessionToken>);
