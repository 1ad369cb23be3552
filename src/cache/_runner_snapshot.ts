/** A runner as it was. See {@linkcode RunnerSnapshot}. */

import type { ReadonlyLevelLadder } from "../ladder/readonly_level_ladder.ts";
import type { ReadonlyPriceLadder } from "../ladder/readonly_price_ladder.ts";
import { runnerTotal } from "./_volume.ts";
import type { RunnerDefinition } from "./runner_definition.ts";
import type { RunnerView } from "./runner_view.ts";

/** What a {@linkcode RunnerSnapshot} is made of. */
export interface RunnerSnapshotSource
  extends
    Omit<RunnerView, "totalMatched" | "status" | "sortPriority" | "name"> {
  /** Whether the traded column was ever received. */
  readonly hasTraded: boolean;
  /** Whether `tv` is that of a purchased file. */
  readonly isPurchased: boolean;
}

/** An immutable copy of a runner; ladders in it must be snapshots themselves. */
export class RunnerSnapshot implements RunnerView {
  readonly selectionId: number;
  readonly handicap: number;
  readonly definition: RunnerDefinition | undefined;
  readonly lastTradedPrice: number | undefined;
  readonly reportedTotalMatched: number | undefined;
  readonly startingPriceNear: number | undefined;
  readonly startingPriceFar: number | undefined;
  readonly availableToBack: ReadonlyPriceLadder;
  readonly availableToLay: ReadonlyPriceLadder;
  readonly traded: ReadonlyPriceLadder;
  readonly layLiabilityTaken: ReadonlyPriceLadder;
  readonly backStakeTaken: ReadonlyPriceLadder;
  readonly bestAvailableToBack: ReadonlyLevelLadder;
  readonly bestAvailableToLay: ReadonlyLevelLadder;
  readonly bestDisplayToBack: ReadonlyLevelLadder;
  readonly bestDisplayToLay: ReadonlyLevelLadder;
  readonly #hasTraded: boolean;
  readonly #isPurchased: boolean;

  constructor(source: RunnerSnapshotSource) {
    this.selectionId = source.selectionId;
    this.handicap = source.handicap;
    this.definition = source.definition;
    this.lastTradedPrice = source.lastTradedPrice;
    this.reportedTotalMatched = source.reportedTotalMatched;
    this.startingPriceNear = source.startingPriceNear;
    this.startingPriceFar = source.startingPriceFar;
    this.availableToBack = source.availableToBack;
    this.availableToLay = source.availableToLay;
    this.traded = source.traded;
    this.layLiabilityTaken = source.layLiabilityTaken;
    this.backStakeTaken = source.backStakeTaken;
    this.bestAvailableToBack = source.bestAvailableToBack;
    this.bestAvailableToLay = source.bestAvailableToLay;
    this.bestDisplayToBack = source.bestDisplayToBack;
    this.bestDisplayToLay = source.bestDisplayToLay;
    this.#hasTraded = source.hasTraded;
    this.#isPurchased = source.isPurchased;
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
    const tradedSize = this.#hasTraded ? this.traded.totalSize : undefined;
    return runnerTotal(
      this.reportedTotalMatched,
      this.#isPurchased,
      tradedSize,
    );
  }
}
