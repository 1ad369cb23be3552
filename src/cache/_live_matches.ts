import type { LadderPool } from "../ladder/ladder_pool.ts";
import { PriceLadder } from "../ladder/price_ladder.ts";
import type {
  OrderRunnerChange,
  WireStrategyMatches,
} from "../protocol/order_change_message.ts";
import type { WirePriceSize } from "../protocol/wire_values.ts";
import type { OrderStrategyView } from "./order_runner.ts";

/** Slots of a row: price, size. */
const ROW = 2;

/** A pair of matched ladders: of a strategy ref, or of a whole runner. */
export class LiveMatches implements OrderStrategyView {
  /** Strategy ref; `""` for orders without one, and for a runner as a whole. */
  readonly strategyRef: string;
  /** Matched backs, highest price first. */
  readonly matchedBacks: PriceLadder = new PriceLadder("descending");
  /** Matched lays, lowest price first. */
  readonly matchedLays: PriceLadder = new PriceLadder("ascending");

  /** Creates two empty ladders. */
  constructor(strategyRef: string) {
    this.strategyRef = strategyRef;
  }

  /** Whether both ladders are empty. */
  get isEmpty(): boolean {
    return this.matchedBacks.size === 0 && this.matchedLays.size === 0;
  }

  /** Empties both ladders. */
  clear(): void {
    this.matchedBacks.clear();
    this.matchedLays.clear();
  }

  /** Applies the deltas of a message. */
  apply(change: WireStrategyMatches | OrderRunnerChange): void {
    applyRows(this.matchedBacks, change.mb);
    applyRows(this.matchedLays, change.ml);
  }

  /** An immutable copy. */
  snapshot(pool: LadderPool): OrderStrategyView {
    return Object.freeze({
      strategyRef: this.strategyRef,
      matchedBacks: this.matchedBacks.snapshot(pool),
      matchedLays: this.matchedLays.snapshot(pool),
    });
  }
}

function applyRows(
  ladder: PriceLadder,
  rows: readonly WirePriceSize[] | null | undefined,
): void {
  if (rows === null || rows === undefined) return;
  if (rows.length === 0) {
    // Other than in market messages, this means that nothing is left.
    ladder.clear();
    return;
  }
  const flat = new Float64Array(rows.length * ROW);
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    flat[i * ROW] = row[0];
    flat[i * ROW + 1] = row[1];
  }
  ladder.apply(flat, 0, rows.length);
}
