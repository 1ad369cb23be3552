/** What a market definition says of one runner. See {@linkcode RunnerDefinition}. */

import { numberOf, textOf, timeOf } from "./_wire_value.ts";
import type { WireObject } from "./wire_object.ts";

/**
 * A runner as its market's definition describes it (protocol section 3.5).
 * Immutable. Everything but the identity is undefined when not supplied.
 */
export class RunnerDefinition {
  /** Selection id. */
  readonly selectionId: number;
  /** Handicap; 0 when missing. */
  readonly handicap: number;
  /** The definition as received, unknown keys included. */
  readonly wire: WireObject;

  /**
   * Wraps a runner definition.
   *
   * @param wire The parsed JSON object.
   * @internal
   */
  constructor(wire: WireObject) {
    this.wire = wire;
    this.selectionId = numberOf(wire.id) ?? NaN;
    // NaN, which may stand for no number, is one as little as none at all.
    this.handicap = numberOf(wire.hc) || 0;
  }

  /** `ACTIVE`, `WINNER`, `LOSER`, `PLACED`, `REMOVED`, `REMOVED_VACANT`, `HIDDEN` or a newer one. */
  get status(): string | undefined {
    return textOf(this.wire.status);
  }

  /** Place in the display order, from 1. Changes when runners are removed, so never a key. */
  get sortPriority(): number | undefined {
    return numberOf(this.wire.sortPriority);
  }

  /** Reduction factor, percent; racing only. */
  get adjustmentFactor(): number | undefined {
    return numberOf(this.wire.adjustmentFactor);
  }

  /** When the runner was removed, ms since the epoch. */
  get removalTimeMs(): number | undefined {
    return timeOf(this.wire.removalDate);
  }

  /**
   * Betfair Starting Price, decimal odds; after reconciliation only. `NaN` when
   * there is none. Purchased files truncate it to two decimals.
   */
  get startingPrice(): number | undefined {
    return numberOf(this.wire.bsp);
  }

  /** Name of the runner; purchased files only. */
  get name(): string | undefined {
    return textOf(this.wire.name);
  }

  /** The definition as received. */
  toJSON(): WireObject {
    return this.wire;
  }
}
