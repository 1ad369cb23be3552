/** The parser that a command works with. See {@linkcode openCommandParser}. */

import type { ChangeParser } from "../parsing/change_parser.ts";
import { openParser } from "../parsing/open_parser.ts";
import { CommandError } from "./_command_error.ts";

/** Parser backends that can be asked for. */
export const BACKENDS = ["auto", "native", "scanner", "json"] as const;

/** One of {@linkcode BACKENDS}. */
export type Backend = typeof BACKENDS[number];

/** The line of a command's help about its option. */
export const BACKEND_HELP =
  `--backend NAME   parser: auto (default), scanner, json, or native: that needs
                   "deno task build:ffi" and, in Deno, --allow-ffi`;

/** A parser that is closed when it has done its work. */
export interface CommandParser extends Disposable {
  /** The parser. */
  readonly parser: ChangeParser;
  /** Why this one. */
  readonly reason: string;
}

/**
 * Opens the parser that is asked for; without a wish, the native one where it may
 * be loaded and there is one.
 *
 * This is the one place in `src/` that knows of `ffi/`, and only while a command
 * runs: programs that import the library do not come here.
 *
 * @throws {CommandError} when the native one is asked for and cannot be had.
 */
export async function openCommandParser(
  backend: Backend = "auto",
): Promise<CommandParser> {
  if (backend === "scanner" || backend === "json") {
    return { ...openParser({ backend }), [Symbol.dispose]: () => {} };
  }
  const native = await import("../../ffi/mod.ts");
  try {
    const { parser, reason } = native.openParser({ backend });
    const close = (): void => {
      if (parser instanceof native.NativeParser) parser.close();
    };
    return { parser, reason, [Symbol.dispose]: close };
  } catch (cause) {
    if (!(cause instanceof native.NativeUnavailableError)) throw cause;
    throw new CommandError(cause.message, { cause, advice: ADVICE });
  }
}

const ADVICE =
  `"deno task build:ffi" builds the library; in Deno, --allow-ffi lets it load; ` +
  `"--backend scanner" does without`;
