/** How a client was doing, for people. See {@linkcode healthText}. */

import type { ClientHealth, StreamHealth } from "../client/client_health.ts";
import type { LatencySummary } from "../client/latency_histogram.ts";
import { bytesText, counted, durationText, printable } from "./_format.ts";
import type { Paint } from "./_paint.ts";
import {
  flow,
  type TextCell,
  type TextColumn,
  textTable,
} from "./_text_table.ts";

const LABEL_WIDTH = 22;
/** Markets named for their conflation. */
const MAX_CONFLATED = 3;

/**
 * Lays out a report.
 *
 * @param health How the client was doing.
 * @param width Columns there are.
 * @param paint Colors.
 * @returns The lines.
 */
export function healthText(
  health: ClientHealth,
  width: number,
  paint: Paint,
): string[] {
  const lines = [paint("health", "bold")];
  const row = (label: string, parts: readonly TextCell[]): void => {
    const texts = flow(parts, Math.max(width - LABEL_WIDTH, 20), paint);
    for (const [index, text] of texts.entries()) {
      const head = index === 0 ? label : "";
      lines.push(paint(head.padEnd(LABEL_WIDTH), "dim") + text);
    }
  };
  const warn = (count: number, text: string): TextCell =>
    count > 0 ? { text, styles: ["bold", "yellow"] } : text;
  row("  client", [
    health.state,
    counted(health.connections, "connection"),
    warn(health.reconnects, counted(health.reconnects, "reconnect")),
    health.connectionId === undefined
      ? ""
      : `last was ${printable(health.connectionId)}`,
  ]);
  for (const name of ["market", "order"] as const) {
    const stream = health[name];
    if (stream !== undefined) row(`  ${name} stream`, streamParts(stream));
  }
  row("  received", [
    counted(health.messages, "message"),
    bytesText(health.bytes),
    warn(health.invalid, `${counted(health.invalid, "line")} unusable`),
    health.superseded > 0
      ? `${counted(health.superseded, "message")} of replaced subscriptions`
      : "",
  ]);
  row("  interruptions", [
    warn(health.gaps, counted(health.gaps, "gap")),
    health.gaps > 0 ? `${health.resumes} resumed` : "",
    health.gaps > 0 ? `${health.gaps - health.resumes} imaged anew` : "",
  ]);
  row("  conflated", conflatedParts(health));
  row("  data lagging", [
    warn(health.stale, counted(health.stale, "message")),
  ]);
  row("  parser", [counted(fallbacksOf(health), "fallback")]);
  lines.push(
    ...latencyLines(health, paint),
  );
  if (health.clockOffsetMs !== undefined) {
    const { clockOffsetMs } = health;
    row("  clock", [
      `${latencyText(Math.abs(clockOffsetMs))} ${
        clockOffsetMs < 0 ? "behind" : "ahead of"
      } the exchange's`,
      "an estimate",
    ]);
  }
  const { lastError } = health;
  if (lastError !== undefined) {
    const at = new Date(lastError.atMs).toISOString().slice(11, 19);
    row("  last error", [`${at} UTC`, printable(lastError.message)]);
  }
  return lines;
}

function streamParts(stream: StreamHealth): TextCell[] {
  const { phase, subscriptionId, isStale, conflateMs, heartbeatMs } = stream;
  return [
    phase,
    subscriptionId === undefined ? "" : `subscription ${subscriptionId}`,
    conflateMs === undefined ? "" : `conflated to ${conflateMs} ms`,
    `heartbeat ${heartbeatMs} ms`,
    isStale ? { text: "stale", styles: ["bold", "yellow"] } : "",
  ];
}

function conflatedParts(
  { conflated, conflatedByMarket }: ClientHealth,
): TextCell[] {
  const most = Object.entries(conflatedByMarket)
    .toSorted(([, a], [, b]) => b - a);
  const named = most.slice(0, MAX_CONFLATED)
    .map(([id, count]) => `${printable(id)}: ${count}`);
  return [
    counted(conflated, "market change"),
    ...named,
    most.length > named.length
      ? counted(most.length - named.length, "more market")
      : "",
  ];
}

function latencyLines(health: ClientHealth, paint: Paint): string[] {
  const number: TextColumn = { align: "right", minWidth: 7 };
  const head = (text: string): TextCell => ({ text, styles: ["dim"] });
  const cells = (label: string, summary: LatencySummary): TextCell[] => [
    head(label),
    ...[summary.p50Ms, summary.p90Ms, summary.p99Ms, summary.maxMs]
      .map((ms) => summary.count === 0 ? "–" : latencyText(ms)),
  ];
  return textTable(
    [{ align: "left", minWidth: LABEL_WIDTH - 2 }, ...Array(4).fill(number)],
    [
      ["", head("p50"), head("p90"), head("p99"), head("max")],
      cells("  publish → received", health.publishToReceived),
      cells("  received → delivered", health.receivedToDelivered),
    ],
    paint,
  );
}

/** A short time, with as many digits as mean something; with its sign. */
export function latencyText(ms: number): string {
  const size = Math.abs(ms);
  if (size >= 1000) return `${ms < 0 ? "-" : ""}${durationText(size)}`;
  return `${ms.toFixed(size < 1 ? 2 : size < 10 ? 1 : 0)} ms`;
}

/** Lines that took `JSON.parse`, of all reasons. */
function fallbacksOf({ parserFallbacks }: ClientHealth): number {
  return Object.values(parserFallbacks)
    .reduce((sum, count) => sum + count, 0);
}
