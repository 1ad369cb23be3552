/** What is in a file. See {@linkcode LineSurvey}. */

import type { ChangeView } from "../tape/change_view.ts";
import {
  changeListOf,
  marketIdsOf,
  type WireMessage,
} from "./_change_lists.ts";

/** Ids that a survey keeps, about 10 MB of them. */
const MAX_MARKETS = 100_000;

/** Operations that are counted by name; a server could think of any number. */
const OPERATIONS: readonly unknown[] = [
  "connection",
  "status",
  "mcm",
  "ocm",
  "rcm",
  "ccm",
];
const OTHER_OPERATIONS = "other";

/** Counts the lines of one file. */
export class LineSurvey {
  /** Lines that are not blank. */
  lines = 0;
  /** Lines that are no valid message. */
  invalidLines = 0;
  /** Messages by operation. */
  readonly messages: Map<string, number> = new Map();
  /** Market ids, in order of appearance. */
  readonly markets: Set<string> = new Set();
  /** Whether there were more markets than are kept. */
  isMarketListCut = false;
  /** Publish time of the first message that has one, ms since the epoch. */
  firstPublishTimeMs: number | undefined;
  /** Publish time of the last message that has one, ms since the epoch. */
  lastPublishTimeMs: number | undefined;

  /** Notes a line and all its markets. */
  note(change: ChangeView): void {
    this.noteLine(change);
    if (change.kind === "change") {
      for (const market of change.markets()) this.#noteMarket(market.marketId);
    } else if (change.kind === "message") {
      const message = change.message as WireMessage;
      const list = changeListOf(message.op);
      if (list === undefined) return;
      for (const id of marketIdsOf(message, list)) {
        if (id !== undefined) this.#noteMarket(id);
      }
    }
  }

  /** Notes a line of which only one market counts. */
  noteFor(change: ChangeView, marketId: string): void {
    this.noteLine(change);
    this.#noteMarket(marketId);
  }

  /** Notes a line without its markets. */
  noteLine(change: ChangeView): void {
    this.lines++;
    const { kind } = change;
    if (kind === "invalid") {
      this.invalidLines++;
      return;
    }
    if (kind === "change") {
      this.#count("mcm");
      this.#notePublishTime(change.publishTimeMs);
      return;
    }
    const { op, pt } = change.message as WireMessage;
    this.#count(OPERATIONS.includes(op) ? String(op) : OTHER_OPERATIONS);
    if (typeof pt === "number") this.#notePublishTime(pt);
  }

  #count(name: string): void {
    this.messages.set(name, (this.messages.get(name) ?? 0) + 1);
  }

  #notePublishTime(ms: number | undefined): void {
    if (ms === undefined) return;
    this.firstPublishTimeMs ??= ms;
    this.lastPublishTimeMs = ms;
  }

  #noteMarket(marketId: string): void {
    const { markets } = this;
    if (markets.size < MAX_MARKETS) markets.add(marketId);
    else if (!markets.has(marketId)) this.isMarketListCut = true;
  }
}
