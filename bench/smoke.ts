// deno-lint-ignore-file no-console -- a program, not library code

/**
 * Runs every benchmark briefly in the present runtime, to see that it works and
 * that its variants agree. The times it prints are no measurement.
 */

import process from "node:process";
import { GROUPS } from "./cases/all.ts";
import { formatNs, lastUse, measureInterleaved } from "./support/measure.ts";
import { runtimeName } from "./support/runtime.ts";

const BRIEF = { warmMs: 0, measureMs: 0, rounds: 1 };

/** Runs all groups; returns the number that failed. */
async function main(): Promise<number> {
  const start = performance.now();
  let cases = 0;
  let failed = 0;
  for (const makeGroup of GROUPS) {
    let name = makeGroup.name;
    try {
      const group = await makeGroup();
      name = group.group;
      if (group.messages === 0) throw new RangeError("there are no messages");
      group.verify();
      for (const timing of await measureInterleaved(group.cases, BRIEF)) {
        console.log(
          `ok ${name} / ${timing.name}: ${formatNs(timing.medianNs)}`,
        );
        cases++;
      }
    } catch (error) {
      console.error(`FAILED ${name}:`, error);
      failed++;
    }
  }
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(
    `${runtimeName()}: ${cases} cases, ${failed} groups failed, ${
      lastUse()[1]
    } runs in ${seconds} s`,
  );
  return failed;
}

if (import.meta.main) {
  main().then((failed) => {
    process.exitCode = failed > 0 ? 1 : 0;
  });
}
