/** Tapes as plain objects, for expectations that can be read. See {@linkcode decodeTape}. */

import type { ChangeParser } from "../../src/parsing/change_parser.ts";
import { InvalidLineError } from "../../src/parsing/invalid_line_error.ts";
import { ChangeReader } from "../../src/tape/change_reader.ts";
import type { MarketChangeView } from "../../src/tape/market_change_view.ts";
import type { RunnerChangeView } from "../../src/tape/runner_change_view.ts";

/**
 * Parses whole lines and says what they are: market changes as objects with
 * wire names (ladders as `[name, …numbers]` in `ladders`), other messages as
 * `{ message }`, invalid lines as `{ invalid: reason }`.
 */
export function decodeTape(parser: ChangeParser, bytes: Uint8Array): unknown[] {
  const decoded: unknown[] = [];
  const reader = new ChangeReader(parser.tape);
  for (let at = 0; at < bytes.length;) {
    at = parser.parse(bytes, at, bytes.length);
    for (const change of reader) {
      if (change.kind === "message") {
        decoded.push({ message: change.message });
      } else if (change.kind === "invalid") {
        const { error } = change;
        if (!(error instanceof InvalidLineError)) {
          throw new TypeError(`no InvalidLineError`);
        }
        decoded.push({ invalid: error.reason });
      } else {
        decoded.push(supplied({
          id: change.subscriptionId,
          pt: change.publishTimeMs,
          clk: change.clk,
          initialClk: change.initialClk,
          conflateMs: change.conflateMs,
          heartbeatMs: change.heartbeatMs,
          status: change.status,
          ct: change.changeType,
          segmentType: change.segmentType,
          mc: change.marketCount === undefined
            ? undefined
            : Array.from(change.markets(), decodeMarket),
        }));
      }
    }
  }
  return decoded;
}

function decodeMarket(market: MarketChangeView): unknown {
  return supplied({
    id: market.marketId,
    img: market.isImage,
    con: market.isConflated,
    tv: market.reportedTotalMatched,
    marketDefinition: market.definition,
    rc: market.runnerCount === undefined
      ? undefined
      : Array.from(market.runners(), decodeRunner),
  });
}

function decodeRunner(runner: RunnerChangeView): unknown {
  const ladders = Array.from(
    runner.ladders(),
    (ladder) => [ladder.name, ...ladder.rows],
  );
  return supplied({
    id: runner.selectionId,
    hc: runner.hasHandicap ? runner.handicap : undefined,
    ltp: runner.lastTradedPrice,
    tv: runner.reportedTotalMatched,
    spn: runner.startingPriceNear,
    spf: runner.startingPriceFar,
    ladders: ladders.length === 0 ? undefined : ladders,
  });
}

function supplied(values: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined),
  );
}
