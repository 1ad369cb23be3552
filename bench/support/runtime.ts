/**
 * Which runtime and machine this is.
 *
 * @module
 */

import { cpus, totalmem } from "node:os";
import process from "node:process";

/** Name and version of the runtime, such as `Deno 2.9.6`. */
export function runtimeName(): string {
  const { versions } = process;
  if (versions.bun !== undefined) return `Bun ${versions.bun}`;
  if (versions.deno !== undefined) return `Deno ${versions.deno}`;
  return `Node ${versions.node}`;
}

/** Model and number of processors, memory, operating system. */
export function machineName(): string {
  const all = cpus();
  const model = all[0]?.model.trim() || "unknown processor";
  const gib = Math.round(totalmem() / 2 ** 30);
  return `${all.length} × ${model}, ${gib} GiB, ${process.platform} ${process.arch}`;
}
