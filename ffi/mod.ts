/**
 * The optional native backend: simdjson through FFI, in Deno and in Bun.
 *
 * {@linkcode openParser} takes it where it may and can be had, and a portable
 * backend otherwise; {@linkcode openNative} insists on it. The library is built
 * from `ffi/native/` with `deno task build:ffi`.
 *
 * @example
 * ```ts
 * import { openParser } from "@betfair-stream/core/ffi";
 * import assert from "node:assert/strict";
 *
 * const block = new TextEncoder().encode(`{"op":"mcm","pt":1700000000000}\n`);
 * const { parser } = openParser();
 * parser.parse(block, 0, block.length);
 * assert.equal(parser.tape.records, 1);
 * ```
 *
 * @module
 */

export {
  NativeParser,
  openNative,
  type OpenNativeOptions,
} from "./native_parser.ts";
export {
  NativeUnavailableError,
  type NativeUnavailableOptions,
  type NativeUnavailableReason,
} from "./native_unavailable_error.ts";
export {
  type NativeBackendChoice,
  openParser,
  type OpenParserOptions,
} from "./open_parser.ts";
export type { OpenedParser } from "../src/parsing/open_parser.ts";
export type {
  ChangeParser,
  FallbackReason,
  ParserBackend,
  ParserCounts,
} from "../src/parsing/change_parser.ts";
export type { ChangeTape } from "../src/tape/change_tape.ts";
