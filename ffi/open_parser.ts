/** Choice of a parser, the native one included. See {@linkcode openParser}. */

import {
  type OpenedParser,
  openParser as openPortableParser,
} from "../src/parsing/open_parser.ts";
import { openNative, type OpenNativeOptions } from "./native_parser.ts";
import { NativeUnavailableError } from "./native_unavailable_error.ts";

/** What can be asked for: a backend, or the best one at hand. */
export type NativeBackendChoice = "auto" | "native" | "scanner" | "json";

/** Options of {@linkcode openParser}. */
export interface OpenParserOptions extends OpenNativeOptions {
  /**
   * Backend wanted. `"auto"` takes the native one if it may and can, else the
   * fastest portable one.
   *
   * @default {"auto"}
   */
  readonly backend?: NativeBackendChoice | undefined;
}

/**
 * Opens a parser: as `openParser` of the main module does, but it knows the
 * native backend too.
 *
 * @param options Which backend, and which library.
 * @returns The parser and the reason.
 * @throws {NativeUnavailableError} when `"native"` is asked for and cannot be had.
 * @throws {TypeError} when the backend is none of {@linkcode NativeBackendChoice}.
 *
 * @example
 * ```ts
 * import { openParser } from "@betfair-stream/core/ffi";
 * import assert from "node:assert/strict";
 *
 * const { parser, reason } = openParser();
 * assert.ok(["native", "scanner"].includes(parser.backend), reason);
 * ```
 */
export function openParser(options: OpenParserOptions = {}): OpenedParser {
  const backend = options.backend ?? "auto";
  if (backend === "scanner" || backend === "json") {
    return openPortableParser({ backend });
  }
  if (backend !== "auto" && backend !== "native") {
    throw new TypeError(
      `Cannot open parser as backend must be "auto", "native", "scanner" or "json": "${backend}"`,
    );
  }
  try {
    const parser = openNative(options);
    const found = `${parser.path} (${parser.origin})`;
    return {
      parser,
      reason: backend === "native"
        ? `asked for: ${found}`
        : `the fastest one at hand: ${found}`,
    };
  } catch (error) {
    if (backend === "native" || !(error instanceof NativeUnavailableError)) {
      throw error;
    }
    const { parser } = openPortableParser({ backend: "auto" });
    return { parser, reason: `${error.message} (${error.reason})` };
  }
}
