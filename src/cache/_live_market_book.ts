/** The cache's own side of a {@linkcode MarketBook}. */

import type { LadderPool } from "../ladder/ladder_pool.ts";
import type * as layout from "../tape/layout.ts";
import type { LiveRunnerBook } from "./_live_runner_book.ts";
import { MarketSnapshot } from "./_market_snapshot.ts";
import { RunnerList } from "./_runner_list.ts";
import type { RunnerSnapshot } from "./_runner_snapshot.ts";
import { TouchedList } from "./_touched_list.ts";
import { marketTotal } from "./_volume.ts";
import { isWireObject } from "./_wire_value.ts";
import type { MarketBook } from "./market_book.ts";
import { MarketDefinition } from "./market_definition.ts";
import type { MarketView } from "./market_view.ts";
import { RunnerPart } from "./runner_part.ts";

// Copies, as engines do not fold imported constants; see `_scan_change.ts`.
const CONFLATED: typeof layout.CONFLATED = 0x2;
const DEFINITION_END: typeof layout.DEFINITION_END = 6;
const DEFINITION_START: typeof layout.DEFINITION_START = 5;
const HANDICAP: typeof layout.HANDICAP = 3;
const HAS_DEFINITION: typeof layout.HAS_DEFINITION = 0x20;
const HAS_MARKET_TV: typeof layout.HAS_MARKET_TV = 0x10;
const IMAGE: typeof layout.IMAGE = 1;
const MARKET_FLAGS: typeof layout.MARKET_FLAGS = 1;
const MARKET_SLOTS: typeof layout.MARKET_SLOTS = 8;
const MARKET_TV: typeof layout.MARKET_TV = 4;
const RUNNER_COUNT: typeof layout.RUNNER_COUNT = 7;
const RUNNER_LENGTH: typeof layout.RUNNER_LENGTH = 0;
const SELECTION_ID: typeof layout.SELECTION_ID = 2;

const decoder = new TextDecoder();

const NO_RUNNERS: readonly never[] = [];

/** A market that applies what the tape says of it. */
export class LiveMarketBook implements MarketBook {
  readonly marketId: string;
  /** The id's bytes as they are on the wire, for finding the market without a string. */
  readonly idBytes: Uint8Array;
  readonly isPurchased: boolean;
  readonly missedImage: boolean;
  readonly #pool: LadderPool;
  /** Whether prices that come after the closing count. */
  readonly #keepsLate: boolean;

  #definition: MarketDefinition | undefined;
  /** What the definition says, at hand: each change has to know. */
  #isClosed = false;
  /** Number of the message that closed the market or imaged it closed: all of it counts. */
  #closingSerial = -1;
  // A double that is no integer: see LiveRunnerBook.
  #reportedTotalMatched = NaN;
  #finalTotalMatched = NaN;
  #publishTimeMs = NaN;
  #hasReported = false;

  readonly #runners = new RunnerList(this);
  /** Whether the next change starts from nothing. */
  #isReplaced = false;

  readonly #changed = new TouchedList<LiveRunnerBook>();
  #serial = 0;
  #changeFlags = 0;
  #conflatedCount = 0;
  #snapshot: MarketSnapshot | undefined;

  /** Whether the market was closed and dropped before, so that only definitions count. */
  isTombstone = false;
  /** Number of the image that last held this market, to find second copies in it. */
  imageSerial = 0;

  constructor(
    marketId: string,
    idBytes: Uint8Array,
    isPurchased: boolean,
    missedImage: boolean,
    pool: LadderPool,
    keepsLate: boolean,
  ) {
    this.marketId = marketId;
    this.idBytes = idBytes;
    this.isPurchased = isPurchased;
    this.missedImage = missedImage;
    this.#pool = pool;
    this.#keepsLate = keepsLate;
  }

  /**
   * Applies one entry of `mc`.
   *
   * @param slots The tape's slots.
   * @param at Where the market change begins.
   * @param bytes What its ranges refer to.
   * @param lineStart Offset of its line.
   * @param publishTimeMs Publish time of the message; NaN if it has none.
   * @param serial Number of the message.
   * @returns Whether it is the first change of this market in this message.
   */
  apply(
    slots: Float64Array,
    at: number,
    bytes: Uint8Array,
    lineStart: number,
    publishTimeMs: number,
    serial: number,
  ): boolean {
    // `| 0` keeps what are integers out of floating point.
    let flags = slots[at + MARKET_FLAGS]! | 0;
    if (this.#isReplaced) {
      this.#isReplaced = false;
      flags |= IMAGE;
    }
    const isFirst = this.#serial !== serial;
    if (isFirst) {
      this.#serial = serial;
      this.#changeFlags = 0;
      this.#changed.clear();
    }
    this.#changeFlags |= flags;
    this.#snapshot = undefined;
    if (publishTimeMs === publishTimeMs) this.#publishTimeMs = publishTimeMs;
    if ((flags & CONFLATED) !== 0) this.#conflatedCount++;
    if ((flags & IMAGE) !== 0) this.#beginImage(flags);
    if ((flags & IMAGE) !== 0) {
      // An image is whole, whatever is known of the market.
      this.isTombstone = false;
      this.#closingSerial = serial;
    }
    const isLate = this.#isClosed && this.#closingSerial !== serial;
    if ((flags & HAS_DEFINITION) !== 0) {
      const start = lineStart + slots[at + DEFINITION_START]!;
      const end = lineStart + slots[at + DEFINITION_END]!;
      this.#define(parseDefinition(bytes, start, end), serial);
    }
    if (this.isTombstone) {
      if (this.#isClosed) return isFirst;
      this.isTombstone = false;
    }
    // Late prices of a market that is over are none (protocol section 4.7).
    if (isLate && this.#isClosed && !this.#keepsLate) return isFirst;
    if ((flags & HAS_MARKET_TV) !== 0) this.#applyTotal(slots[at + MARKET_TV]!);
    const runners = this.#runners;
    let count = slots[at + RUNNER_COUNT]! | 0;
    let entry = at + MARKET_SLOTS;
    while (count-- > 0) {
      const runner = runners.findOrAdd(
        slots[entry + SELECTION_ID]!,
        slots[entry + HANDICAP]!,
      );
      if (runner.apply(slots, entry, serial)) this.#changed.add(runner);
      entry += slots[entry + RUNNER_LENGTH]! | 0;
    }
    if ((flags & IMAGE) !== 0) this.#endImage(serial);
    return isFirst;
  }

  /** Number of the last message that changed the market. */
  get serial(): number {
    return this.#serial;
  }

  get definition(): MarketDefinition | undefined {
    return this.#definition;
  }

  get status(): string | undefined {
    return this.#definition?.status;
  }

  get isOpen(): boolean {
    return this.status === "OPEN";
  }

  get isSuspended(): boolean {
    return this.status === "SUSPENDED";
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  get inPlay(): boolean {
    return this.#definition?.inPlay ?? false;
  }

  get version(): number | undefined {
    return this.#definition?.version;
  }

  get publishTimeMs(): number | undefined {
    return Number.isNaN(this.#publishTimeMs) ? undefined : this.#publishTimeMs;
  }

  get reportedTotalMatched(): number | undefined {
    return this.#hasReported ? this.#reportedTotalMatched : undefined;
  }

  get totalMatched(): number | undefined {
    return marketTotal(
      this.reportedTotalMatched,
      this.isPurchased,
      this.#runners.all,
    );
  }

  get finalTotalMatched(): number | undefined {
    const total = this.totalMatched;
    if (total !== 0 && total !== undefined) return total;
    if (!Number.isNaN(this.#finalTotalMatched)) return this.#finalTotalMatched;
    const runners = this.#runners.all.map((runner) => ({
      totalMatched: runner.finalTotalMatched,
    }));
    return marketTotal(undefined, this.isPurchased, runners) ?? total;
  }

  get definitionChanged(): boolean {
    return (this.#changeFlags & HAS_DEFINITION) !== 0;
  }

  get wasImaged(): boolean {
    return (this.#changeFlags & IMAGE) !== 0;
  }

  get isConflated(): boolean {
    return (this.#changeFlags & CONFLATED) !== 0;
  }

  get conflatedCount(): number {
    return this.#conflatedCount;
  }

  get changedRunners(): readonly LiveRunnerBook[] {
    return this.#changed.view;
  }

  get allRunners(): readonly LiveRunnerBook[] {
    return this.#runners.all;
  }

  get runners(): readonly LiveRunnerBook[] {
    return this.#runners.listed;
  }

  runner(
    selectionId: number,
    handicap: number = 0,
  ): LiveRunnerBook | undefined {
    return this.#runners.find(selectionId, handicap);
  }

  snapshot(): MarketView {
    if (this.#snapshot !== undefined) return this.#snapshot;
    const { all, listed } = this.#runners;
    const unlisted = listed.length === all.length
      ? NO_RUNNERS
      : this.#snapshots(all.filter((runner) => !runner.isListed));
    return this.#snapshot = new MarketSnapshot(
      this,
      this.#snapshots(listed),
      unlisted,
    );
  }

  #snapshots(runners: readonly LiveRunnerBook[]): RunnerSnapshot[] {
    const pool = this.#pool;
    const snapshots = new Array<RunnerSnapshot>(runners.length);
    for (let i = 0; i < runners.length; i++) {
      snapshots[i] = runners[i]!.snapshot(pool);
    }
    return snapshots;
  }

  /** Makes the next change an image, whatever it says itself; for an image of all markets. */
  replace(): void {
    this.#isReplaced = true;
  }

  /** Starts from nothing but the definition, which an image need not repeat. */
  #beginImage(flags: number): void {
    this.#hasReported = false;
    const runners = this.#runners;
    runners.beginImage();
    // The definition lists its runners whether or not the image repeats it.
    if (
      this.#definition !== undefined && (flags & HAS_DEFINITION) === 0
    ) {
      for (const runner of this.#definition.runners) {
        runners.findOrAdd(runner.selectionId, runner.handicap).define(runner);
      }
    }
  }

  #endImage(serial: number): void {
    const changed = this.#changed;
    this.#runners.endImage();
    const { all } = this.#runners;
    for (const runner of all) {
      if (runner.note(RunnerPart.IMAGE, serial)) changed.add(runner);
    }
    // All runners are in the list now; any more were changed earlier in this
    // message, and the image left them out.
    if (changed.size === all.length) return;
    changed.clear();
    for (const runner of all) changed.add(runner);
  }

  #define(definition: MarketDefinition, serial: number): void {
    this.#definition = definition;
    const wasClosed = this.#isClosed;
    this.#isClosed = definition.status === "CLOSED";
    if (this.#isClosed && !wasClosed) this.#closingSerial = serial;
    const runners = this.#runners;
    runners.relist();
    const before = runners.all.filter((runner) =>
      runner.definition !== undefined && runner.isListed
    );
    for (const runner of before) runner.define(undefined);
    for (const runnerDefinition of definition.runners) {
      const runner = runners.findOrAdd(
        runnerDefinition.selectionId,
        runnerDefinition.handicap,
      );
      runner.define(runnerDefinition);
      if (runner.note(RunnerPart.DEFINITION, serial)) this.#changed.add(runner);
    }
    for (const runner of before) {
      if (!runner.isListed && runner.note(RunnerPart.DEFINITION, serial)) {
        this.#changed.add(runner);
      }
    }
  }

  #applyTotal(total: number): void {
    this.#reportedTotalMatched = total;
    this.#hasReported = true;
    if (total !== 0 && !this.isPurchased) this.#finalTotalMatched = total;
  }
}

/** Parses a definition from a range that the parser found to be a valid JSON object. */
function parseDefinition(
  bytes: Uint8Array,
  start: number,
  end: number,
): MarketDefinition {
  const value: unknown = JSON.parse(decoder.decode(bytes.subarray(start, end)));
  return new MarketDefinition(isWireObject(value) ? value : {});
}

/** Reads the version out of a definition that is not being applied. */
export function versionOf(
  bytes: Uint8Array,
  start: number,
  end: number,
): number | undefined {
  return parseDefinition(bytes, start, end).version;
}
