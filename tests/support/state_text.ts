/**
 * The text and the digest of a state, in the format of the golden files: one
 * line per market, runner, ladder and order, each ended by LF.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { LADDER_NAMES } from "../../src/testing/ladder_name.ts";
import type {
  MarketState,
  OrderMarketState,
  StreamState,
} from "../../src/testing/stream_state.ts";

const ORDER_KEYS = [
  "id",
  "side",
  "status",
  "p",
  "s",
  "sm",
  "sr",
  "sl",
  "sc",
  "sv",
  "avp",
];

/** The text of a state. */
export function stateText(state: StreamState): string {
  const lines: string[] = [];
  for (const market of state.markets) addMarket(lines, market);
  for (const market of state.orders) addOrderMarket(lines, market);
  return lines.length === 0 ? "" : lines.join("\n") + "\n";
}

/** SHA-256 of the text of a state, in hex. */
export function stateDigest(state: StreamState): string {
  return createHash("sha256").update(stateText(state), "utf8").digest("hex");
}

function addMarket(lines: string[], market: MarketState): void {
  const { status, inPlay, version } = market.definition ?? {};
  // Only a market without a definition leaves the field empty.
  const playing = market.definition && (inPlay ? 1 : 0);
  lines.push(
    line(
      "M",
      market.id,
      market.reportedTotalMatched ?? 0,
      status,
      playing,
      version,
    ),
  );
  for (const runner of market.runners) {
    lines.push(line(
      "R",
      runner.selectionId,
      runner.handicap,
      runner.definition?.status,
      runner.lastTradedPrice,
      runner.reportedTotalMatched ?? 0,
      runner.startingPriceNear,
      runner.startingPriceFar,
    ));
    for (const name of LADDER_NAMES) {
      addLadder(lines, name, runner.ladders[name]);
    }
  }
}

function addOrderMarket(lines: string[], market: OrderMarketState): void {
  lines.push(line("O", market.id, market.closed ? 1 : 0));
  for (const runner of market.runners) {
    lines.push(line("S", runner.selectionId, runner.handicap));
    for (const order of runner.orders) {
      lines.push(line("U", ...ORDER_KEYS.map((key) => order[key])));
    }
    addLadder(lines, "mb", runner.matchedBacks);
    addLadder(lines, "ml", runner.matchedLays);
  }
}

function addLadder(
  lines: string[],
  name: string,
  rows: readonly (readonly number[])[],
): void {
  if (rows.length > 0) {
    lines.push(line("L", name, rows.map((row) => row.join(":")).join(";")));
  }
}

function line(...fields: unknown[]): string {
  return fields.map((field) =>
    field === undefined || field === null ? "" : String(field)
  ).join("|");
}
