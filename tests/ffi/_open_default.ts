// deno-lint-ignore-file no-console -- a program, not library code

/**
 * Opens the native parser without saying where it is, and prints which library that
 * was or why there is none. A process of its own: environment variables are those of
 * a process, and tests that run beside one open parsers as well.
 */

import { NativeUnavailableError, openNative } from "../../ffi/mod.ts";

try {
  using parser = openNative();
  console.log(JSON.stringify({ path: parser.path, origin: parser.origin }));
} catch (error) {
  if (!(error instanceof NativeUnavailableError)) throw error;
  console.log(JSON.stringify({ path: error.path, reason: error.reason }));
}
