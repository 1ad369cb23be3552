/** What a recording holds. See {@linkcode RecordingSurvey}. */

import type { ChangeView } from "../tape/change_view.ts";
import { LADDER_NAMES, type LadderName } from "../tape/ladder_name.ts";
import type { MarketChangeView } from "../tape/market_change_view.ts";
import type { RunnerChangeView } from "../tape/runner_change_view.ts";
import { isoTime } from "./_format.ts";

/**
 * What a recording was made of: a live connection as it was, one market cut out
 * of one, a purchased file, or nothing of the kind.
 */
export type RecordingFlavor =
  | "live stream"
  | "recorded from a stream"
  | "purchased PRO"
  | "purchased ADVANCED"
  | "purchased BASIC"
  | "unknown";

/** Values of a list that are named; the others are counted. */
const MAX_NAMED = 5;

/** Counts by name. */
export type Counts = Record<string, number>;

/** The findings, in plain values. */
export interface SurveyReport {
  readonly flavor: RecordingFlavor;
  readonly bytes: number;
  readonly lines: number;
  readonly messages: number;
  readonly largestLine: {
    readonly bytes: number;
    readonly lineNumber: number;
  } | null;
  readonly firstPublishTime: string | null;
  readonly lastPublishTime: string | null;
  /** By `op`; messages without one as `(none)`. */
  readonly ops: Counts;
  /** By `ct` of market and order messages; `UPDATE` where there is none. */
  readonly changeTypes: Counts;
  /** By `segmentType`. */
  readonly segments: Counts;
  /** Messages with `status` 503: the data lag. */
  readonly stale: number;
  readonly markets: {
    readonly count: number;
    readonly first: readonly string[];
    readonly types: Counts;
    readonly events: readonly string[];
    readonly eventCount: number;
    /** Most runners in a definition, or in a change where there is none. */
    readonly mostRunners: number;
  };
  readonly marketChanges: {
    readonly count: number;
    readonly images: number;
    readonly conflated: number;
    readonly definitions: number;
    readonly runnerChanges: number;
  };
  readonly orderChanges: {
    readonly markets: number;
    readonly runners: number;
    readonly orders: number;
  };
  /** Runner changes that carry a value; `handicap` where it was not 0. */
  readonly values: Counts;
  /** Runner changes that carry a ladder, and rows in them. */
  readonly ladders: Readonly<
    Partial<
      Record<LadderName, { readonly changes: number; readonly rows: number }>
    >
  >;
  /** Keys of definitions. */
  readonly definitionKeys: Counts;
}

/** Counts what is in a recording, line by line. */
export class RecordingSurvey {
  /** Bytes read, decompressed; counted by whoever reads. */
  bytes = 0;
  /** Lines read, blank ones included; likewise. */
  lines = 0;
  #messages = 0;
  #largest = { bytes: 0, lineNumber: 0 };
  #firstMs: number | undefined;
  #lastMs: number | undefined;
  readonly #ops: Counts = Object.create(null);
  readonly #changeTypes: Counts = Object.create(null);
  readonly #segments: Counts = Object.create(null);
  #stale = 0;

  readonly #marketTypes = new Map<string, string | undefined>();
  readonly #events = new Set<string>();
  #mostRunners = 0;
  #changes = 0;
  #images = 0;
  #conflated = 0;
  #definitions = 0;
  #runnerChanges = 0;
  readonly #values: Counts = Object.create(null);
  readonly #ladders = new Map<LadderName, { changes: number; rows: number }>();
  readonly #definitionKeys: Counts = Object.create(null);

  readonly #orderMarkets = new Set<string>();
  readonly #orderRunners = new Set<string>();
  readonly #orders = new Set<string>();

  /** Whether anything in it only a live connection sends. */
  #hasEnvelope = false;
  /**
   * Clocks in digits, as purchased files have them, less others: a line of a
   * purchased file may have been added to a recording of one's own.
   */
  #numericClocks = 0;

  /** Messages so far. */
  get messages(): number {
    return this.#messages;
  }

  /** Takes in a line that is a message. */
  note(line: ChangeView, lineNumber: number): void {
    this.#messages++;
    const { length } = line.rawLine;
    if (length > this.#largest.bytes) {
      this.#largest = { bytes: length, lineNumber };
    }
    if (line.kind === "change") this.#noteChange(line);
    else this.#noteMessage(line.message);
  }

  #noteChange(line: ChangeView): void {
    add(this.#ops, "mcm");
    add(this.#changeTypes, line.changeType ?? "UPDATE");
    this.#noteEnvelope(line.segmentType, line.status, line.publishTimeMs);
    if (line.subscriptionId !== undefined || line.changeType !== undefined) {
      this.#hasEnvelope = true;
    }
    const { clk } = line;
    if (clk !== undefined) this.#numericClocks += /^\d+$/.test(clk) ? 1 : -1;
    for (const market of line.markets()) this.#noteMarket(market);
  }

  #noteMessage(message: unknown): void {
    const { op, ct, segmentType, status, pt, oc } = objectOf(message);
    add(this.#ops, typeof op === "string" ? op : "(none)");
    if (op !== "ocm") {
      // Only market changes are ever recorded or sold by themselves.
      this.#hasEnvelope ||= typeof op === "string";
      return;
    }
    this.#hasEnvelope = true;
    add(this.#changeTypes, typeof ct === "string" ? ct : "UPDATE");
    this.#noteEnvelope(segmentType, status, pt);
    for (const market of arrayOf(oc)) {
      const { id, orc } = objectOf(market);
      this.#orderMarkets.add(String(id));
      for (const runner of arrayOf(orc)) {
        const { id: selection, hc, uo } = objectOf(runner);
        this.#orderRunners.add(`${id}/${selection}/${hc ?? 0}`);
        for (const order of arrayOf(uo)) {
          this.#orders.add(String(objectOf(order).id));
        }
      }
    }
  }

  #noteEnvelope(segment: unknown, status: unknown, timeMs: unknown): void {
    if (typeof segment === "string") add(this.#segments, segment);
    if (status === 503) this.#stale++;
    if (typeof timeMs !== "number") return;
    this.#firstMs = Math.min(this.#firstMs ?? timeMs, timeMs);
    this.#lastMs = Math.max(this.#lastMs ?? timeMs, timeMs);
  }

  #noteMarket(market: MarketChangeView): void {
    this.#changes++;
    const { marketId } = market;
    if (market.isImage) this.#images++;
    if (market.isConflated) this.#conflated++;
    if (market.reportedTotalMatched !== undefined) {
      add(this.#values, "tv (market)");
    }
    if (!this.#marketTypes.has(marketId)) {
      this.#marketTypes.set(marketId, undefined);
    }
    if (market.hasDefinition) this.#noteDefinition(marketId, market.definition);
    const selections = this.#definitions === 0 ? new Set<string>() : undefined;
    for (const runner of market.runners()) {
      this.#runnerChanges++;
      selections?.add(`${runner.selectionId}/${runner.handicap}`);
      this.#noteRunner(runner);
    }
    if (selections !== undefined) {
      this.#mostRunners = Math.max(this.#mostRunners, selections.size);
    }
  }

  #noteDefinition(marketId: string, value: unknown): void {
    const definition = objectOf(value);
    this.#definitions++;
    for (const key of Object.keys(definition)) add(this.#definitionKeys, key);
    const { marketType, eventName, eventId, runners } = definition;
    if (typeof marketType === "string") {
      this.#marketTypes.set(marketId, marketType);
    }
    // Names only come with purchased files; without one the id has to do.
    const event = eventName ?? eventId;
    if (typeof event === "string") this.#events.add(event);
    this.#mostRunners = Math.max(this.#mostRunners, arrayOf(runners).length);
  }

  #noteRunner(runner: RunnerChangeView): void {
    if (runner.handicap !== 0) add(this.#values, "handicap");
    if (runner.lastTradedPrice !== undefined) add(this.#values, "ltp");
    if (runner.reportedTotalMatched !== undefined) add(this.#values, "tv");
    if (runner.startingPriceNear !== undefined) add(this.#values, "spn");
    if (runner.startingPriceFar !== undefined) add(this.#values, "spf");
    for (const { name, size } of runner.ladders()) {
      let ladder = this.#ladders.get(name);
      if (ladder === undefined) {
        this.#ladders.set(name, ladder = { changes: 0, rows: 0 });
      }
      ladder.changes++;
      ladder.rows += size;
    }
  }

  /** The findings so far. */
  report(): SurveyReport {
    const types: Counts = {};
    for (const type of this.#marketTypes.values()) {
      add(types, type ?? "(unknown)");
    }
    return {
      flavor: this.#flavor(),
      bytes: this.bytes,
      lines: this.lines,
      messages: this.#messages,
      largestLine: this.#messages === 0 ? null : { ...this.#largest },
      firstPublishTime: isoTime(this.#firstMs),
      lastPublishTime: isoTime(this.#lastMs),
      ops: { ...this.#ops },
      changeTypes: { ...this.#changeTypes },
      segments: { ...this.#segments },
      stale: this.#stale,
      markets: {
        count: this.#marketTypes.size,
        first: [...this.#marketTypes.keys()].slice(0, MAX_NAMED),
        types,
        events: [...this.#events].slice(0, MAX_NAMED),
        eventCount: this.#events.size,
        mostRunners: this.#mostRunners,
      },
      marketChanges: {
        count: this.#changes,
        images: this.#images,
        conflated: this.#conflated,
        definitions: this.#definitions,
        runnerChanges: this.#runnerChanges,
      },
      orderChanges: {
        markets: this.#orderMarkets.size,
        runners: this.#orderRunners.size,
        orders: this.#orders.size,
      },
      values: { ...this.#values },
      // In the order of the tape, whatever came first.
      ladders: Object.fromEntries(
        LADDER_NAMES.filter((name) => this.#ladders.has(name))
          .map((name) => [name, { ...this.#ladders.get(name)! }]),
      ),
      definitionKeys: { ...this.#definitionKeys },
    };
  }

  #flavor(): RecordingFlavor {
    if (this.#hasEnvelope) return "live stream";
    if (this.#changes === 0) return "unknown";
    // Only purchased files write the clock as a decimal number.
    if (this.#numericClocks <= 0) return "recorded from a stream";
    if (this.#ladders.has("atb") || this.#ladders.has("atl")) {
      return "purchased PRO";
    }
    return this.#ladders.size > 0 ? "purchased ADVANCED" : "purchased BASIC";
  }
}

function add(counts: Counts, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1;
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? value as Record<string, unknown>
    : {};
}

function arrayOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
