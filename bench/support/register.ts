/**
 * Registers benchmarks with `deno bench`.
 *
 * @module
 */

import type { BenchGroup } from "./bench_group.ts";
import { use } from "./measure.ts";

/**
 * Registers a group, after proving that its implementations agree.
 *
 * @param group The group; its input is made already.
 */
export function register(group: BenchGroup): void {
  group.verify();
  for (const { name, baseline, run } of group.cases) {
    Deno.bench({
      group: group.group,
      name,
      baseline: baseline ?? false,
      // Only what is asynchronous may cost a promise.
      fn: isAsync(run)
        ? async (): Promise<void> => use(await run())
        : (): void => use(run()),
    });
  }
}

function isAsync(run: () => unknown): boolean {
  return Object.getPrototypeOf(run).constructor.name === "AsyncFunction";
}
