/** Why there is no native backend. See {@linkcode NativeUnavailableError}. */

/**
 * Why the native backend cannot be used.
 *
 * - `no-permission`: Deno was not given `--allow-ffi` for the library.
 * - `not-found`: there is no file where the library should be.
 * - `wrong-architecture`: it is a library for another processor or system.
 * - `not-a-library`: the file is something else, or damaged.
 * - `missing-symbol`: it is some other library.
 * - `wrong-abi`: it was built from another version of this package.
 * - `unsupported-runtime`: the runtime is neither Deno nor Bun, or its FFI or
 *   the processor is not supported.
 */
export type NativeUnavailableReason =
  | "no-permission"
  | "not-found"
  | "wrong-architecture"
  | "not-a-library"
  | "missing-symbol"
  | "wrong-abi"
  | "unsupported-runtime";

/** What a {@linkcode NativeUnavailableError} says. */
export interface NativeUnavailableOptions {
  /** Why. */
  readonly reason: NativeUnavailableReason;
  /** What is wrong, in words; without a full stop. */
  readonly detail: string;
  /** The library that was looked at last; none on an unsupported runtime. */
  readonly path?: string | undefined;
  /** The error underneath. */
  readonly cause?: unknown;
}

/**
 * Thrown when the native backend cannot be opened. Nothing is lost but speed:
 * the portable backends make the same tapes.
 *
 * @example
 * ```ts
 * import { NativeUnavailableError, openNative } from "@betfair-stream/core/ffi";
 * import assert from "node:assert/strict";
 *
 * assert.throws(
 *   () => openNative({ path: "/no/such/folder/libbetfair_tape.so" }),
 *   (error) =>
 *     error instanceof NativeUnavailableError &&
 *     ["not-found", "no-permission"].includes(error.reason),
 * );
 * ```
 */
export class NativeUnavailableError extends Error {
  /** Always `"NativeUnavailableError"`. */
  override readonly name: string = "NativeUnavailableError";
  /** Why, for a program. */
  readonly reason: NativeUnavailableReason;
  /** The library that was looked at last, if any. */
  readonly path: string | undefined;

  /**
   * Creates the error.
   *
   * @param options What is wrong.
   */
  constructor(options: NativeUnavailableOptions) {
    super(`Cannot open native parser: ${options.detail}`, {
      cause: options.cause,
    });
    this.reason = options.reason;
    this.path = options.path;
  }
}
