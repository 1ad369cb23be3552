/** Text that must not be shown. See {@linkcode Secret}. */

const REDACTED = "[redacted]";

/** What `console.log` asks for in Node and Bun, and in Deno. */
const INSPECT_NAMES = ["nodejs.util.inspect.custom", "Deno.customInspect"];

/**
 * Holds a password, token or key, and does not show it by accident: not in a
 * template string, in JSON, in `console.log` of either runtime, in an error that
 * quotes it, nor in a structured clone. Only {@linkcode Secret.reveal} tells it.
 *
 * It keeps secrets out of logs, not out of memory: JavaScript strings cannot be
 * wiped.
 *
 * @example
 * ```ts
 * import { Secret } from "@betfair-stream/core/client";
 * import assert from "node:assert/strict";
 *
 * const token = new Secret("Qx1dU6f0…");
 *
 * assert.equal(`session ${token}`, "session [redacted]");
 * assert.equal(JSON.stringify({ token }), '{"token":"[redacted]"}');
 * assert.equal(token.reveal(), "Qx1dU6f0…");
 * ```
 */
export class Secret {
  // A private name, which neither inspection nor cloning sees.
  readonly #value: string;

  /**
   * Holds a text.
   *
   * @param value The text.
   * @throws {TypeError} when it is not a text, or empty; the error does not hold it.
   */
  constructor(value: string) {
    if (typeof value !== "string" || value === "") {
      throw new TypeError(
        `Cannot hold secret as it must be a non-empty string: ${
          value === "" ? "empty" : typeof value
        }`,
      );
    }
    this.#value = value;
  }

  /**
   * Makes a secret of a text, or keeps the one that it is.
   *
   * @param value A text, or a secret.
   * @returns The secret.
   * @throws {TypeError} when it is neither, or an empty text.
   *
   * @example
   * ```ts
   * import { Secret } from "@betfair-stream/core/client";
   * import assert from "node:assert/strict";
   *
   * const key = Secret.of("key");
   *
   * assert.equal(Secret.of(key), key);
   * ```
   */
  static of(value: string | Secret): Secret {
    return value instanceof Secret ? value : new Secret(value);
  }

  /**
   * Tells the text. Use it where it is sent, and nowhere else.
   *
   * @returns The text.
   */
  reveal(): string {
    return this.#value;
  }

  /**
   * Tells whether another secret holds the same text.
   *
   * @param other The other secret.
   * @returns Whether it does.
   */
  equals(other: Secret): boolean {
    return this.#value === other.#value;
  }

  /**
   * Stands in for the text in strings.
   *
   * @returns Always `"[redacted]"`.
   */
  toString(): string {
    return REDACTED;
  }

  /**
   * Stands in for the text in JSON.
   *
   * @returns Always `"[redacted]"`.
   */
  toJSON(): string {
    return REDACTED;
  }

  // Defined here, as declarations cannot tell the type of computed names.
  static {
    const inspect = { value: (): string => `Secret ${REDACTED}` };
    for (const name of INSPECT_NAMES) {
      Object.defineProperty(Secret.prototype, Symbol.for(name), inspect);
    }
  }
}
