/**
 * Runs the pinned Bun with the given arguments, fetching it from npm first
 * when the machine has none: `deno run -A tests/bun.ts test ./tests`.
 */

import { findBun, installLibraries, ROOT } from "./_bun.ts";

/** Runs Bun and returns its exit code. */
async function main(args: string[]): Promise<number> {
  const bun = await findBun();
  await installLibraries();
  const { code } = await new Deno.Command(bun, { args, cwd: ROOT }).spawn()
    .status;
  return code;
}

if (import.meta.main) main(Deno.args).then(Deno.exit);
