import { LADDER_NAMES, type LadderName } from "./ladder_name.ts";
import { MockLadder } from "./_mock_ladder.ts";
import {
  isLevelLadder,
  type MarketView,
  RUNNER_SCALARS,
} from "./_mock_market_view.ts";
import { itemsOf, type WireObject, type WireRow } from "./_mock_message.ts";
import type { RunnerState } from "./stream_state.ts";

/** Ladders that begin with their highest price. */
const BEST_IS_HIGHEST: ReadonlySet<LadderName> = new Set(["atb", "spb"]);

interface Scalar {
  readonly value: unknown;
  readonly position: number;
}

/** One runner of a {@linkcode MockMarket}, each value with the position that set it. */
export class MockRunner {
  readonly #id: unknown;
  readonly #handicap: unknown;
  readonly #ladders = new Map<LadderName, MockLadder>();
  readonly #scalars = new Map<string, Scalar>();
  #position = 0;

  constructor(id: unknown, handicap: unknown) {
    this.#id = id;
    this.#handicap = handicap;
  }

  /** Takes one entry of a change's `rc`. */
  apply(change: WireObject, position: number): void {
    this.#position = position;
    for (const name of LADDER_NAMES) {
      const rows = change[name];
      if (rows !== undefined) this.applyRows(name, itemsOf(rows), position);
    }
    for (const key of RUNNER_SCALARS) {
      const value = change[key];
      if (value !== undefined && value !== null) {
        this.#scalars.set(key, { value, position });
      }
    }
  }

  /** Takes entries of one ladder. */
  applyRows(
    name: LadderName,
    rows: readonly WireRow[],
    position: number,
  ): void {
    let ladder = this.#ladders.get(name);
    if (ladder === undefined) {
      this.#ladders.set(name, ladder = new MockLadder());
    }
    ladder.apply(rows, position);
  }

  /** Entries of a ladder that are not empty, in no order. */
  rows(name: LadderName): WireRow[] {
    return this.#ladders.get(name)?.rows ?? [];
  }

  /** A value as last sent. */
  scalar(key: string): unknown {
    return this.#scalars.get(key)?.value;
  }

  /** All that there is, as an entry of an image; undefined if there is nothing to see. */
  image(view: MarketView): WireObject | undefined {
    const image: Record<string, unknown> = {};
    for (const name of view.ladders) {
      const ladder = this.#ladders.get(name);
      if (ladder === undefined) continue;
      // Levels that were emptied stay as rows of size 0, as the exchange has them.
      const rows = view.rows(
        name,
        isLevelLadder(name) ? ladder.allRows : ladder.rows,
      );
      if (rows.length > 0) image[name] = rows;
    }
    for (const [key, { value }] of this.#scalars) {
      if (view.shows(key)) image[key] = value;
    }
    return this.#named(image);
  }

  /** What a subscriber to everything knows of it. */
  state(definition: WireObject | undefined): RunnerState {
    const ladders = {} as Record<LadderName, readonly WireRow[]>;
    for (const name of LADDER_NAMES) {
      const order = BEST_IS_HIGHEST.has(name) ? -1 : 1;
      ladders[name] = this.rows(name).sort(([a], [b]) => order * (a! - b!));
    }
    return {
      selectionId: Number(this.#id),
      handicap: Number(this.#handicap),
      definition,
      lastTradedPrice: this.#number("ltp"),
      reportedTotalMatched: this.#number("tv"),
      startingPriceNear: this.#number("spn"),
      startingPriceFar: this.#number("spf"),
      ladders,
    };
  }

  /** What changed after a position; undefined if nothing to see did. */
  changeSince(position: number, view: MarketView): WireObject | undefined {
    if (this.#position <= position) return undefined;
    const change: Record<string, unknown> = {};
    for (const name of view.ladders) {
      const changed = this.#ladders.get(name)?.rowsSince(position) ?? [];
      const rows = view.rows(name, changed);
      const isHidden = isLevelLadder(name) && changed.length > 0;
      if (rows.length > 0 || isHidden) change[name] = rows;
    }
    for (const [key, scalar] of this.#scalars) {
      if (scalar.position > position && view.shows(key)) {
        change[key] = scalar.value;
      }
    }
    return this.#named(change);
  }

  #number(key: string): number | undefined {
    const value = this.#scalars.get(key)?.value;
    return value === undefined ? undefined : Number(value);
  }

  /** As the exchange writes it: what the runner is comes last, and handicap 0 not at all. */
  #named(content: Record<string, unknown>): WireObject | undefined {
    if (Object.keys(content).length === 0) return undefined;
    content["id"] = this.#id;
    if (this.#handicap !== 0) content["hc"] = this.#handicap;
    return content;
  }
}
