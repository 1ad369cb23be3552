/** A market as it was. See {@linkcode MarketSnapshot}. */

import { marketTotal } from "./_volume.ts";
import type { MarketDefinition } from "./market_definition.ts";
import type { MarketView } from "./market_view.ts";
import type { RunnerView } from "./runner_view.ts";

/** An immutable copy of a market; runners in it must be snapshots themselves. */
export class MarketSnapshot implements MarketView {
  readonly marketId: string;
  readonly definition: MarketDefinition | undefined;
  readonly publishTimeMs: number | undefined;
  readonly reportedTotalMatched: number | undefined;
  readonly runners: readonly RunnerView[];
  readonly #unlisted: readonly RunnerView[];
  readonly #isPurchased: boolean;

  constructor(
    market: Omit<MarketView, "runners" | "runner" | "totalMatched"> & {
      readonly isPurchased: boolean;
    },
    runners: readonly RunnerView[],
    unlisted: readonly RunnerView[],
  ) {
    this.marketId = market.marketId;
    this.definition = market.definition;
    this.publishTimeMs = market.publishTimeMs;
    this.reportedTotalMatched = market.reportedTotalMatched;
    this.#isPurchased = market.isPurchased;
    this.runners = runners;
    this.#unlisted = unlisted;
  }

  get status(): string | undefined {
    return this.definition?.status;
  }

  get isOpen(): boolean {
    return this.status === "OPEN";
  }

  get isSuspended(): boolean {
    return this.status === "SUSPENDED";
  }

  get isClosed(): boolean {
    return this.status === "CLOSED";
  }

  get inPlay(): boolean {
    return this.definition?.inPlay ?? false;
  }

  get version(): number | undefined {
    return this.definition?.version;
  }

  get totalMatched(): number | undefined {
    const runners = this.#unlisted.length === 0
      ? this.runners
      : [...this.runners, ...this.#unlisted];
    return marketTotal(this.reportedTotalMatched, this.#isPurchased, runners);
  }

  runner(selectionId: number, handicap: number = 0): RunnerView | undefined {
    const isWanted = (runner: RunnerView): boolean =>
      runner.selectionId === selectionId && runner.handicap === handicap;
    return this.runners.find(isWanted) ?? this.#unlisted.find(isWanted);
  }
}
