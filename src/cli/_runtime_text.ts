/** How a text for the user names the program. See {@linkcode inRuntime}. */

const IS_DENO = "Deno" in globalThis;

/**
 * Rewrites the commands in a text for the runtime that it is read in. Texts are
 * written for Deno's tasks, which Bun does not have.
 *
 * @param text Text with commands such as `deno task cli replay`.
 * @param isDeno Whether the runtime is Deno; by default that of the process.
 * @returns In Deno the text itself, else one with commands for Bun.
 */
export function inRuntime(
  text: string,
  isDeno: boolean = IS_DENO,
): string {
  if (isDeno) return text;
  return text
    .replaceAll("deno task build:ffi", "bun ffi/build.ts")
    .replaceAll(/deno task (?:--quiet )?(?:cli )?/g, "bun src/cli/main.ts ");
}
