/** Choice of a parser. See {@linkcode openParser}. */

import type { ChangeParser } from "./change_parser.ts";
import { JsonParser } from "./json_parser.ts";
import { TapeScanner } from "./tape_scanner.ts";

/** What can be asked for: a backend, or the best one at hand. */
export type BackendChoice = "auto" | "scanner" | "json";

/** Options of {@linkcode openParser}. */
export interface OpenParserOptions {
  /**
   * Backend wanted. `"auto"` takes the fastest one at hand.
   *
   * @default {"auto"}
   */
  readonly backend?: BackendChoice | undefined;
}

/** A parser and why it was chosen. */
export interface OpenedParser {
  /** The parser. */
  readonly parser: ChangeParser;
  /** Why this backend, in words. */
  readonly reason: string;
}

/**
 * Opens a parser.
 *
 * @param options Which backend.
 * @returns The parser and the reason.
 * @throws {TypeError} when the backend is none of {@linkcode BackendChoice}.
 *
 * @example
 * ```ts
 * import { openParser } from "@betfair-stream/core";
 * import assert from "node:assert/strict";
 *
 * const { parser, reason } = openParser({ backend: "json" });
 * assert.equal(parser.backend, "json");
 * assert.equal(reason, "asked for");
 * ```
 */
export function openParser(options: OpenParserOptions = {}): OpenedParser {
  const backend = options.backend ?? "auto";
  switch (backend) {
    case "auto":
      return {
        parser: new TapeScanner(),
        reason: "the fastest one in this build",
      };
    case "scanner":
      return { parser: new TapeScanner(), reason: "asked for" };
    case "json":
      return { parser: new JsonParser(), reason: "asked for" };
    default:
      throw new TypeError(
        `Cannot open parser as backend must be "auto", "scanner" or "json": "${backend}"`,
      );
  }
}
