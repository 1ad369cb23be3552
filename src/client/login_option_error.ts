/** An option of a login that cannot work. See {@linkcode LoginOptionError}. */

/**
 * An option of `login` is not what it must be. A class of its own, so that a client
 * does not take it for one of the passing errors that `fetch` also tells as a
 * `TypeError`, and asks again. It holds no value, which may be secret.
 *
 * @example
 * ```ts
 * import { login, LoginOptionError } from "@betfair-stream/core/client";
 * import assert from "node:assert/strict";
 *
 * await assert.rejects(
 *   login({ appKey: "two\nlines", username: "me", password: "secret" }),
 *   (error) => error instanceof LoginOptionError && error.option === "appKey",
 * );
 * ```
 */
export class LoginOptionError extends TypeError {
  /** Always `"LoginOptionError"`. */
  override readonly name: string = "LoginOptionError";
  /** Name of the option. */
  readonly option: string;

  /**
   * Makes the error.
   *
   * @param option Name of the option.
   * @param requirement What it must be.
   * @param found What it is instead, in words.
   */
  constructor(option: string, requirement: string, found: string) {
    super(`Cannot log in as ${option} must be ${requirement}: ${found}`);
    this.option = option;
  }
}
