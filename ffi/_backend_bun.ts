/** Opens shared libraries in Bun. */

import process from "node:process";
import { type NativeSymbols, SYMBOLS } from "./_symbols.ts";

/** What is used of `bun:ffi`. */
interface BunFfi {
  dlopen(
    path: string,
    symbols: Readonly<
      Record<string, { args: readonly string[]; returns: string }>
    >,
  ): { symbols: NativeSymbols };
}

/**
 * Opens a library.
 *
 * @param path The library's path.
 * @returns Its functions.
 * @throws {Error} of the runtime's own kind.
 */
export function openSymbols(path: string): NativeSymbols {
  // An import of bun:ffi would have to be dynamic, for Deno knows no such
  // scheme, and opening would have to be asynchronous.
  const { dlopen } = process.getBuiltinModule("bun:ffi") as unknown as BunFfi;
  const symbols = Object.fromEntries(
    Object.entries(SYMBOLS).map(([name, { parameters, result }]) => [
      name,
      { args: parameters, returns: result },
    ]),
  );
  return dlopen(path, symbols).symbols;
}
