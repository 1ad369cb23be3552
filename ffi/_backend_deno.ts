/** Opens shared libraries in Deno. */

import { type NativeSymbols, SYMBOLS } from "./_symbols.ts";

/**
 * Tells whether a library may be opened, without asking the user.
 *
 * @param path The library's path.
 * @returns Whether the permission is granted.
 */
export function mayOpen(path: string): boolean {
  return Deno.permissions.querySync({ name: "ffi", path }).state === "granted";
}

/**
 * Opens a library.
 *
 * @param path The library's path.
 * @returns Its functions.
 * @throws {Error} of the runtime's own kind.
 */
export function openSymbols(path: string): NativeSymbols {
  return Deno.dlopen(path, SYMBOLS).symbols as unknown as NativeSymbols;
}
