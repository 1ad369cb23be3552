/**
 * The load bench as a section of a page in Markdown.
 *
 * @module
 */

import type { LoadResult, Reader } from "./load_job.ts";

/** One row of the results. */
export interface LiveRow extends LoadResult {
  readonly reader: Reader;
  /** Messages per second; 0 for as fast as they are read. */
  readonly rate: number;
}

/** Everything that was measured. */
export interface LiveResults {
  readonly date: string;
  readonly machine: string;
  readonly rows: readonly LiveRow[];
}

/**
 * Writes the section, from its heading of the second level on.
 *
 * @param results What was measured.
 */
export function liveSection(results: LiveResults): string {
  return [
    "## Live, over TLS on this machine",
    `${results.date}, ${results.machine}. \`deno task bench:live\` measures anew.`,
    "A generated session of 100 markets comes over a TLS connection on loopback, from a server in a process of its own that only writes what was prepared, as fast as it is read or at a steady rate. `books` is `StreamClient`, every update delivered; `json` reads the same connection, splits lines and calls `JSON.parse`, and keeps no books; `bytes` only reads. Latency is from reading the piece in which a message ends to having the message: at a low rate the cost of one, at a high one the last of a piece waits for all before it. That the books are right is proven before.",
    liveTable(results.rows),
  ].join("\n\n") + "\n";
}

/** The rows as a table. */
export function liveTable(rows: readonly LiveRow[]): string {
  const lines = [
    "| runtime | reader | load, messages/s | messages/s | MB/s | p50 µs | p99 µs | max µs |",
    "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |",
  ];
  for (const row of rows) {
    const perSecond = row.messages / row.elapsedMs * 1000;
    const megabytes = row.bytes / row.elapsedMs / 1000;
    const { p50Ms, p99Ms, maxMs } = row.latency;
    const latencies = row.reader === "bytes"
      ? ["–", "–", "–"]
      : [p50Ms, p99Ms, maxMs].map((ms) => (ms * 1000).toFixed(0));
    lines.push(
      `| ${
        [
          row.runtime,
          row.reader,
          row.rate === 0 ? "all it takes" : String(row.rate),
          perSecond.toFixed(0),
          megabytes.toFixed(1),
          ...latencies,
        ].join(" | ")
      } |`,
    );
  }
  return lines.join("\n");
}
