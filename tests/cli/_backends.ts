/** The parser backends that the command line can be asked for here. */

import { missingLibrary } from "../ffi/_native.ts";

/** Those of this machine: the native one where it was built. */
export const backends: readonly string[] = missingLibrary === false
  ? ["scanner", "json", "native"]
  : ["scanner", "json"];
