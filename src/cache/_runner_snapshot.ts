/** A runner as it was. See {@linkcode RunnerSnapshot}. */

import type { LadderPool } from "../ladder/ladder_pool.ts";
import type { LevelLadderSnapshot } from "../ladder/level_ladder_snapshot.ts";
import type { PriceLadderSnapshot } from "../ladder/price_ladder_snapshot.ts";
import type * as layout from "../tape/layout.ts";
import { runnerTotal } from "./_volume.ts";
import type { RunnerDefinition } from "./runner_definition.ts";
import type { RunnerView } from "./runner_view.ts";

// Copies, as engines do not fold imported constants; see `_scan_change.ts`.
const ATB: typeof layout.LadderKind.ATB = 0;
const ATL: typeof layout.LadderKind.ATL = 1;
const TRD: typeof layout.LadderKind.TRD = 2;
const SPB: typeof layout.LadderKind.SPB = 3;
const SPL: typeof layout.LadderKind.SPL = 4;
const BATB: typeof layout.LadderKind.BATB = 5;
const BATL: typeof layout.LadderKind.BATL = 6;
const BDATB: typeof layout.LadderKind.BDATB = 7;
const BDATL: typeof layout.LadderKind.BDATL = 8;
const FIRST_LEVEL_KIND: typeof layout.FIRST_LEVEL_KIND = 5;
const LADDER_SHIFT: typeof layout.LADDER_SHIFT = 5;

/** Bits of the level ladders among the changes. */
const LEVEL_LADDERS: number = 0xf << LADDER_SHIFT + FIRST_LEVEL_KIND;
/** All parts of a runner. */
const EVERYTHING = -1;

/** What a {@linkcode RunnerSnapshot} is taken of. */
export interface RunnerSnapshotSource extends
  Pick<
    RunnerView,
    | "selectionId"
    | "handicap"
    | "definition"
    | "lastTradedPrice"
    | "reportedTotalMatched"
    | "startingPriceNear"
    | "startingPriceFar"
  > {
  /** Whether the traded column was ever received. */
  readonly hasTraded: boolean;
  /** Whether `tv` is that of a purchased file. */
  readonly isPurchased: boolean;
  /** A snapshot of a price ladder, by kind. */
  priceSnapshot(kind: number, pool: LadderPool): PriceLadderSnapshot;
  /** A snapshot of a level ladder, by kind. */
  levelSnapshot(kind: number, pool: LadderPool): LevelLadderSnapshot;
}

/** An immutable copy of a runner. */
export class RunnerSnapshot implements RunnerView {
  readonly selectionId: number;
  readonly handicap: number;
  readonly definition: RunnerDefinition | undefined;
  readonly lastTradedPrice: number | undefined;
  readonly reportedTotalMatched: number | undefined;
  readonly startingPriceNear: number | undefined;
  readonly startingPriceFar: number | undefined;
  readonly availableToBack: PriceLadderSnapshot;
  readonly availableToLay: PriceLadderSnapshot;
  readonly traded: PriceLadderSnapshot;
  readonly layLiabilityTaken: PriceLadderSnapshot;
  readonly backStakeTaken: PriceLadderSnapshot;
  readonly bestAvailableToBack: LevelLadderSnapshot;
  readonly bestAvailableToLay: LevelLadderSnapshot;
  readonly bestDisplayToBack: LevelLadderSnapshot;
  readonly bestDisplayToLay: LevelLadderSnapshot;
  /** Whether the traded column was ever received. */
  readonly hasTraded: boolean;
  /** Whether `tv` is that of a purchased file. */
  readonly isPurchased: boolean;

  /**
   * @param runner What it is taken of.
   * @param pool What stores the ladders.
   * @param before The last snapshot of the runner.
   * @param changes Parts of the runner that changed since; see `RunnerPart`.
   */
  constructor(
    runner: RunnerSnapshotSource,
    pool: LadderPool,
    before: RunnerSnapshot | undefined,
    changes: number,
  ) {
    this.selectionId = runner.selectionId;
    this.handicap = runner.handicap;
    this.definition = runner.definition;
    this.lastTradedPrice = runner.lastTradedPrice;
    this.reportedTotalMatched = runner.reportedTotalMatched;
    this.startingPriceNear = runner.startingPriceNear;
    this.startingPriceFar = runner.startingPriceFar;
    if (before === undefined) changes = EVERYTHING;
    this.availableToBack = (changes & 1 << LADDER_SHIFT + ATB) !== 0
      ? runner.priceSnapshot(ATB, pool)
      : before!.availableToBack;
    this.availableToLay = (changes & 1 << LADDER_SHIFT + ATL) !== 0
      ? runner.priceSnapshot(ATL, pool)
      : before!.availableToLay;
    this.traded = (changes & 1 << LADDER_SHIFT + TRD) !== 0
      ? runner.priceSnapshot(TRD, pool)
      : before!.traded;
    this.layLiabilityTaken = (changes & 1 << LADDER_SHIFT + SPB) !== 0
      ? runner.priceSnapshot(SPB, pool)
      : before!.layLiabilityTaken;
    this.backStakeTaken = (changes & 1 << LADDER_SHIFT + SPL) !== 0
      ? runner.priceSnapshot(SPL, pool)
      : before!.backStakeTaken;
    if (before !== undefined && (changes & LEVEL_LADDERS) === 0) {
      this.bestAvailableToBack = before.bestAvailableToBack;
      this.bestAvailableToLay = before.bestAvailableToLay;
      this.bestDisplayToBack = before.bestDisplayToBack;
      this.bestDisplayToLay = before.bestDisplayToLay;
    } else {
      this.bestAvailableToBack = runner.levelSnapshot(BATB, pool);
      this.bestAvailableToLay = runner.levelSnapshot(BATL, pool);
      this.bestDisplayToBack = runner.levelSnapshot(BDATB, pool);
      this.bestDisplayToLay = runner.levelSnapshot(BDATL, pool);
    }
    this.hasTraded = runner.hasTraded;
    this.isPurchased = runner.isPurchased;
  }

  get status(): string | undefined {
    return this.definition?.status;
  }

  get sortPriority(): number | undefined {
    return this.definition?.sortPriority;
  }

  get name(): string | undefined {
    return this.definition?.name;
  }

  get totalMatched(): number | undefined {
    const tradedSize = this.hasTraded ? this.traded.totalSize : undefined;
    return runnerTotal(
      this.reportedTotalMatched,
      this.isPurchased,
      tradedSize,
    );
  }
}
