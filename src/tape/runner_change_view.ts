/** The changes of one runner on a tape. See {@linkcode RunnerChangeView}. */

import {
  FIRST_LEVEL_KIND,
  HANDICAP,
  HAS_HANDICAP,
  HAS_LTP,
  HAS_SPF,
  HAS_SPN,
  HAS_TV,
  LADDER_KIND,
  LADDER_ROWS,
  LADDER_SLOTS,
  LEVEL_ROW,
  LTP,
  PRICE_ROW,
  RUNNER_FLAGS,
  RUNNER_LENGTH,
  RUNNER_SLOTS,
  SELECTION_ID,
  SPF,
  SPN,
  TV,
} from "./layout.ts";
import type { ChangeTape } from "./change_tape.ts";
import { LADDER_NAMES, type LadderName } from "./ladder_name.ts";

/**
 * Changes of one ladder. A reused object: valid until the iteration goes on.
 *
 * The rows are changes, not a ladder: unordered, and a size of 0 removes
 * (protocol 4.3 and 4.4).
 */
export interface LadderChangeView {
  /** Which ladder. */
  readonly name: LadderName;
  /** True if rows are `level price size`, false if they are `price size`. */
  readonly hasLevels: boolean;
  /** Numbers of a row: 3 with levels, otherwise 2. */
  readonly stride: number;
  /** Number of rows, which may be 0. */
  readonly size: number;
  /**
   * The rows, one after the other, as a view of the tape: valid until the
   * parser's next call. Levels from 0 (best), prices in decimal odds, sizes in GBP.
   */
  readonly rows: Float64Array;
}

class LadderCursor implements LadderChangeView {
  name: LadderName = "atb";
  hasLevels = false;
  stride: number = PRICE_ROW;
  size = 0;
  rows: Float64Array = new Float64Array(0);
}

/**
 * The changes of one runner (`rc[]` entry, protocol 3.6). A reused object: it is
 * another runner as soon as the iteration goes on.
 *
 * Every value is undefined if the message did not supply it, or supplied null.
 *
 * @example
 * ```ts
 * import { JsonParser } from "@betfair-stream/core";
 * import assert from "node:assert/strict";
 *
 * const block = new TextEncoder().encode(
 *   `{"op":"mcm","pt":5,"mc":[{"id":"1.2","tv":9.5,"rc":[{"ltp":1.6,"id":101}]}]}\n`,
 * );
 * const parser = new JsonParser();
 * parser.parse(block, 0, block.length);
 *
 * for (const change of parser.tape) {
 *   for (const market of change.markets()) {
 *     for (const runner of market.runners()) {
 *       assert.equal(runner.selectionId, 101);
 *       assert.equal(runner.lastTradedPrice, 1.6);
 *     }
 *   }
 * }
 * ```
 */
export class RunnerChangeView {
  readonly #tape: ChangeTape;
  readonly #ladder: LadderCursor = new LadderCursor();
  #at = 0;

  /**
   * Views are made by {@linkcode ChangeReader}.
   *
   * @param tape The tape to read from.
   */
  constructor(tape: ChangeTape) {
    this.#tape = tape;
  }

  /**
   * Moves to the runner whose first slot is here.
   *
   * @param at A slot.
   * @returns The slot behind the runner.
   * @ignore
   */
  moveTo(at: number): number {
    this.#at = at;
    return at + this.#slot(RUNNER_LENGTH);
  }

  /** Selection id. */
  get selectionId(): number {
    return this.#slot(SELECTION_ID);
  }

  /** Handicap, 0 if missing: together with the selection id it names the runner. */
  get handicap(): number {
    return this.#slot(HANDICAP);
  }

  /** Whether the handicap was written, be it 0. */
  get hasHandicap(): boolean {
    return (this.#slot(RUNNER_FLAGS) & HAS_HANDICAP) !== 0;
  }

  /** `ltp`: last traded price, decimal odds; 0 if never traded. */
  get lastTradedPrice(): number | undefined {
    return this.#scalar(HAS_LTP, LTP);
  }

  /** `tv`: total matched as reported, GBP. */
  get reportedTotalMatched(): number | undefined {
    return this.#scalar(HAS_TV, TV);
  }

  /** `spn`: near starting price, decimal odds; can be NaN or Infinity. */
  get startingPriceNear(): number | undefined {
    return this.#scalar(HAS_SPN, SPN);
  }

  /** `spf`: far starting price, decimal odds; can be NaN or Infinity. */
  get startingPriceFar(): number | undefined {
    return this.#scalar(HAS_SPF, SPF);
  }

  /**
   * The changed ladders, in the order of the message.
   *
   * @returns An iterator that yields one reused object.
   */
  *ladders(): Generator<LadderChangeView, void, void> {
    const { slots } = this.#tape;
    const ladder = this.#ladder;
    const end = this.#at + this.#slot(RUNNER_LENGTH);
    for (let at = this.#at + RUNNER_SLOTS; at < end;) {
      const kind = slots[at + LADDER_KIND]!;
      ladder.name = LADDER_NAMES[kind]!;
      ladder.hasLevels = kind >= FIRST_LEVEL_KIND;
      ladder.stride = ladder.hasLevels ? LEVEL_ROW : PRICE_ROW;
      ladder.size = slots[at + LADDER_ROWS]!;
      const rows = at + LADDER_SLOTS;
      at = rows + ladder.size * ladder.stride;
      ladder.rows = slots.subarray(rows, at);
      yield ladder;
    }
  }

  #slot(slot: number): number {
    return this.#tape.slots[this.#at + slot]!;
  }

  #scalar(flag: number, slot: number): number | undefined {
    return (this.#slot(RUNNER_FLAGS) & flag) === 0
      ? undefined
      : this.#slot(slot);
  }
}
