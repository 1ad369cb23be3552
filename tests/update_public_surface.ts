/**
 * Writes `tests/public_surface.json` from the sources: run it with
 * `deno task test:surface` when the public surface is meant to change, and
 * read the difference before committing it.
 */

import { writeFileSync } from "node:fs";
import { exportsOf, readSource } from "./_module_graph.ts";

const { exports } = JSON.parse(readSource("deno.json")) as {
  exports: Record<string, string>;
};
const surface = Object.fromEntries(
  Object.entries(exports).map((
    [entry, path],
  ) => [entry, exportsOf(path.slice(2))]),
);
writeFileSync(
  new URL("./public_surface.json", import.meta.url),
  `${JSON.stringify(surface, undefined, 2)}\n`,
);
