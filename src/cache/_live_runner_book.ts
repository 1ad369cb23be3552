/** The cache's own side of a {@linkcode RunnerBook}. */

import type { LadderPool } from "../ladder/ladder_pool.ts";
import { LevelLadder } from "../ladder/level_ladder.ts";
import {
  EMPTY_LEVEL_LADDER,
  type LevelLadderSnapshot,
} from "../ladder/level_ladder_snapshot.ts";
import { PriceLadder } from "../ladder/price_ladder.ts";
import {
  EMPTY_PRICE_LADDER,
  type PriceLadderSnapshot,
} from "../ladder/price_ladder_snapshot.ts";
import type { ReadonlyLevelLadder } from "../ladder/readonly_level_ladder.ts";
import type { ReadonlyPriceLadder } from "../ladder/readonly_price_ladder.ts";
import type * as layout from "../tape/layout.ts";
import { RunnerSnapshot } from "./_runner_snapshot.ts";
import { roundToPenny, runnerTotal } from "./_volume.ts";
import type { RunnerBook } from "./runner_book.ts";
import type { RunnerDefinition } from "./runner_definition.ts";

// Copies, as engines do not fold imported constants; see `_scan_change.ts`.
const FIRST_LEVEL_KIND: typeof layout.FIRST_LEVEL_KIND = 5;
const HAS_LTP: typeof layout.HAS_LTP = 1;
const HAS_SPF: typeof layout.HAS_SPF = 0x8;
const HAS_SPN: typeof layout.HAS_SPN = 0x4;
const HAS_TV: typeof layout.HAS_TV = 0x2;
const LADDER_KIND: typeof layout.LADDER_KIND = 0;
const LADDER_ROWS: typeof layout.LADDER_ROWS = 1;
const LADDER_SHIFT: typeof layout.LADDER_SHIFT = 5;
const LADDER_SLOTS: typeof layout.LADDER_SLOTS = 2;
const ATB: typeof layout.LadderKind.ATB = 0;
const ATL: typeof layout.LadderKind.ATL = 1;
const BATB: typeof layout.LadderKind.BATB = 5;
const BATL: typeof layout.LadderKind.BATL = 6;
const BDATB: typeof layout.LadderKind.BDATB = 7;
const BDATL: typeof layout.LadderKind.BDATL = 8;
const SPB: typeof layout.LadderKind.SPB = 3;
const SPL: typeof layout.LadderKind.SPL = 4;
const TRD: typeof layout.LadderKind.TRD = 2;
const LEVEL_ROW: typeof layout.LEVEL_ROW = 3;
const LTP: typeof layout.LTP = 4;
const PRICE_ROW: typeof layout.PRICE_ROW = 2;
const RUNNER_FLAGS: typeof layout.RUNNER_FLAGS = 1;
const RUNNER_LENGTH: typeof layout.RUNNER_LENGTH = 0;
const RUNNER_SLOTS: typeof layout.RUNNER_SLOTS = 8;
const SPF: typeof layout.SPF = 7;
const SPN: typeof layout.SPN = 6;
const TV: typeof layout.TV = 5;

/** A bit that no part of a runner has. */
const SEEN = 1 << 30;
/** All parts of a runner. */
const EVERYTHING = -1;

const HAS_SCALARS: number = HAS_LTP | HAS_TV | HAS_SPN | HAS_SPF;

/** What a runner has to know of its market. */
export interface RunnerMarket {
  /** Whether `tv` is that of a purchased file. */
  readonly isPurchased: boolean;
  /** Number of the last message that changed the market. */
  readonly serial: number;
}

/** A runner that applies what the tape says of it. */
export class LiveRunnerBook implements RunnerBook {
  readonly selectionId: number;
  readonly handicap: number;
  readonly #market: RunnerMarket;
  #definition: RunnerDefinition | undefined;
  /** Whether the market's current definition lists the runner; true before the first one. */
  #isListed = true;

  // Initialised with doubles that are no integers, so that V8 keeps the fields
  // as doubles and stores to them do not allocate. #present tells which count.
  #lastTradedPrice = NaN;
  #reportedTotalMatched = NaN;
  #startingPriceNear = NaN;
  #startingPriceFar = NaN;
  #finalTotalMatched = NaN;
  /** HAS_LTP, HAS_TV, HAS_SPN, HAS_SPF: which scalars were supplied since the last image. */
  #present = 0;

  /** By ladder kind, made when first named: price ladders, then level ladders. */
  readonly #priceLadders: (PriceLadder | undefined)[] = [
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
  ];
  readonly #levelLadders: (LevelLadder | undefined)[] = [
    undefined,
    undefined,
    undefined,
    undefined,
  ];
  /** Whether the traded column was supplied since the last image. */
  #hasTraded = false;
  /** Whether the traded ladder is being emptied by deletions. */
  #isDraining = false;

  #changes = 0;
  /** The market's serial when `#changes` was begun. */
  #serial = 0;
  /** The last snapshot; the next one shares what has not changed since. */
  #snapshot: RunnerSnapshot | undefined;
  /** What changed since the last snapshot, as {@linkcode changes} tells it. */
  #unshared = 0;

  constructor(market: RunnerMarket, selectionId: number, handicap: number) {
    this.#market = market;
    this.selectionId = selectionId;
    this.handicap = handicap;
  }

  /** Applies one entry of `rc`. Returns whether it is the first change of this message. */
  apply(slots: Float64Array, at: number, serial: number): boolean {
    // `| 0` keeps what are integers out of floating point.
    const flags = slots[at + RUNNER_FLAGS]! | 0;
    let changes = flags & HAS_SCALARS;
    const wasPresent = this.#present;
    if (changes !== 0) this.#applyScalars(slots, at, changes);
    const end = at + (slots[at + RUNNER_LENGTH]! | 0);
    let ladder = at + RUNNER_SLOTS;
    while (ladder < end) {
      const kind = slots[ladder + LADDER_KIND]! | 0;
      const rows = slots[ladder + LADDER_ROWS]! | 0;
      ladder += LADDER_SLOTS;
      // An empty array changes nothing, of either sort of ladder.
      if (rows > 0) changes |= 1 << LADDER_SHIFT + kind;
      if (kind < FIRST_LEVEL_KIND) {
        if (kind === TRD) this.#noteTraded(slots, ladder, rows, wasPresent);
        this.#priceLadder(kind).apply(slots, ladder, rows);
        ladder += rows * PRICE_ROW;
      } else {
        if (rows > 0) this.#levelLadder(kind).apply(slots, ladder, rows);
        ladder += rows * LEVEL_ROW;
      }
    }
    return this.note(changes, serial);
  }

  /** Records that parts changed. Returns whether it is the first change of this message. */
  note(changes: number, serial: number): boolean {
    // One bit more, since there is something to say even if no part changed.
    this.#unshared |= changes | SEEN;
    if (this.#serial === serial) {
      this.#changes |= changes;
      return false;
    }
    this.#serial = serial;
    this.#changes = changes;
    return true;
  }

  /**
   * Forgets prices, volumes and definition, as an image starts from nothing. Whether
   * the runner is listed the market's definition says, which an image need not repeat.
   */
  clear(): void {
    this.#definition = undefined;
    this.#present = 0;
    this.#hasTraded = false;
    this.#isDraining = false;
    this.#unshared = EVERYTHING;
    for (const ladder of this.#priceLadders) ladder?.clear();
    for (const ladder of this.#levelLadders) ladder?.clear();
  }

  /** Takes over a definition, or is told that the current one leaves it out. */
  define(definition: RunnerDefinition | undefined): void {
    this.#isListed = definition !== undefined;
    if (definition !== undefined) this.#definition = definition;
    this.#unshared |= SEEN;
  }

  /** An immutable copy. */
  snapshot(pool: LadderPool): RunnerSnapshot {
    const before = this.#snapshot;
    const unshared = this.#unshared;
    if (before !== undefined && unshared === 0) return before;
    this.#unshared = 0;
    return this.#snapshot = new RunnerSnapshot(this, pool, before, unshared);
  }

  /** Whether the traded column was supplied since the last image. */
  get hasTraded(): boolean {
    return this.#hasTraded;
  }

  /** Whether `tv` is that of a purchased file. */
  get isPurchased(): boolean {
    return this.#market.isPurchased;
  }

  /** A snapshot of a price ladder, by kind. */
  priceSnapshot(kind: number, pool: LadderPool): PriceLadderSnapshot {
    return this.#priceLadders[kind]?.snapshot(pool) ?? EMPTY_PRICE_LADDER;
  }

  /** A snapshot of a level ladder, by kind. */
  levelSnapshot(kind: number, pool: LadderPool): LevelLadderSnapshot {
    return this.#levelLadders[kind - FIRST_LEVEL_KIND]?.snapshot(pool) ??
      EMPTY_LEVEL_LADDER;
  }

  get definition(): RunnerDefinition | undefined {
    return this.#definition;
  }

  get isListed(): boolean {
    return this.#isListed;
  }

  get status(): string | undefined {
    return this.#definition?.status;
  }

  get sortPriority(): number | undefined {
    return this.#definition?.sortPriority;
  }

  get name(): string | undefined {
    return this.#definition?.name;
  }

  get changes(): number {
    return this.#serial === this.#market.serial ? this.#changes : 0;
  }

  hasChanged(parts: number): boolean {
    return (this.changes & parts) !== 0;
  }

  get lastTradedPrice(): number | undefined {
    return (this.#present & HAS_LTP) !== 0 ? this.#lastTradedPrice : undefined;
  }

  get reportedTotalMatched(): number | undefined {
    return (this.#present & HAS_TV) !== 0
      ? this.#reportedTotalMatched
      : undefined;
  }

  get startingPriceNear(): number | undefined {
    return (this.#present & HAS_SPN) !== 0
      ? this.#startingPriceNear
      : undefined;
  }

  get startingPriceFar(): number | undefined {
    return (this.#present & HAS_SPF) !== 0 ? this.#startingPriceFar : undefined;
  }

  get totalMatched(): number | undefined {
    const tradedSize = this.#hasTraded ? this.traded.totalSize : undefined;
    return runnerTotal(
      this.reportedTotalMatched,
      this.#market.isPurchased,
      tradedSize,
    );
  }

  get finalTotalMatched(): number | undefined {
    const total = this.totalMatched;
    if (total !== 0 && total !== undefined) return total;
    return Number.isNaN(this.#finalTotalMatched)
      ? total
      : this.#finalTotalMatched;
  }

  get availableToBack(): ReadonlyPriceLadder {
    return this.#priceLadders[ATB] ?? EMPTY_PRICE_LADDER;
  }

  get availableToLay(): ReadonlyPriceLadder {
    return this.#priceLadders[ATL] ?? EMPTY_PRICE_LADDER;
  }

  get traded(): ReadonlyPriceLadder {
    return this.#priceLadders[TRD] ?? EMPTY_PRICE_LADDER;
  }

  get layLiabilityTaken(): ReadonlyPriceLadder {
    return this.#priceLadders[SPB] ?? EMPTY_PRICE_LADDER;
  }

  get backStakeTaken(): ReadonlyPriceLadder {
    return this.#priceLadders[SPL] ?? EMPTY_PRICE_LADDER;
  }

  get bestAvailableToBack(): ReadonlyLevelLadder {
    return this.#levelLadders[BATB - FIRST_LEVEL_KIND] ??
      EMPTY_LEVEL_LADDER;
  }

  get bestAvailableToLay(): ReadonlyLevelLadder {
    return this.#levelLadders[BATL - FIRST_LEVEL_KIND] ??
      EMPTY_LEVEL_LADDER;
  }

  get bestDisplayToBack(): ReadonlyLevelLadder {
    return this.#levelLadders[BDATB - FIRST_LEVEL_KIND] ??
      EMPTY_LEVEL_LADDER;
  }

  get bestDisplayToLay(): ReadonlyLevelLadder {
    return this.#levelLadders[BDATL - FIRST_LEVEL_KIND] ??
      EMPTY_LEVEL_LADDER;
  }

  #applyScalars(slots: Float64Array, at: number, present: number): void {
    if ((present & HAS_LTP) !== 0) this.#lastTradedPrice = slots[at + LTP]!;
    if ((present & HAS_TV) !== 0) {
      const total = slots[at + TV]!;
      this.#reportedTotalMatched = total;
      // In purchased files it is no total, and the traded ladder counts instead.
      if (total !== 0 && !this.#market.isPurchased) {
        this.#finalTotalMatched = total;
      }
    }
    if ((present & HAS_SPN) !== 0) this.#startingPriceNear = slots[at + SPN]!;
    if ((present & HAS_SPF) !== 0) this.#startingPriceFar = slots[at + SPF]!;
    this.#present |= present;
  }

  /**
   * Remembers what was traded before the ladder is emptied at settlement. Deletions
   * come first in no other case than that, or the voiding of bets. Where `tv` was
   * supplied before, not only with this change, it is remembered instead.
   */
  #noteTraded(
    slots: Float64Array,
    row: number,
    rows: number,
    wasPresent: number,
  ): void {
    this.#hasTraded = true;
    const isDraining = rows > 0 && slots[row + 1] === 0;
    if (
      isDraining && !this.#isDraining &&
      ((wasPresent & HAS_TV) === 0 || this.#market.isPurchased)
    ) {
      const traded = roundToPenny(this.traded.totalSize);
      if (traded !== 0) this.#finalTotalMatched = traded;
    }
    if (rows > 0) this.#isDraining = isDraining;
  }

  #priceLadder(kind: number): PriceLadder {
    return this.#priceLadders[kind] ??= new PriceLadder(
      kind === ATB || kind === SPB ? "descending" : "ascending",
    );
  }

  #levelLadder(kind: number): LevelLadder {
    return this.#levelLadders[kind - FIRST_LEVEL_KIND] ??= new LevelLadder(
      kind === BATB || kind === BDATB ? "descending" : "ascending",
    );
  }
}
