// deno-lint-ignore-file no-console -- a program, not library code

/**
 * Opens, uses and closes a parser 100,000 times, and prints by how many bytes the
 * process grew over the last 80,000. A process of its own: tests that run beside one
 * grow as well.
 */

import process from "node:process";
import { openNative } from "../../ffi/mod.ts";

const path = process.argv[2]!;
const line = new TextEncoder().encode(
  `{"op":"mcm","pt":1700000000180,"mc":[{"id":"1.2","rc":[{"atb":[[1.5,20.25]],"id":7}]}]}\n`,
);

function cycle(): void {
  using parser = openNative({ path });
  if (parser.parse(line, 0, line.length) !== line.length) {
    throw new Error("a line was not parsed");
  }
}

for (let i = 0; i < 20_000; i++) cycle();
const before = process.memoryUsage().rss;
for (let i = 0; i < 80_000; i++) cycle();
console.log(process.memoryUsage().rss - before);
