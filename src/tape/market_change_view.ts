/** The changes of one market on a tape. See {@linkcode MarketChangeView}. */

import {
  CONFLATED,
  DEFINITION_END,
  DEFINITION_START,
  HAS_CONFLATED,
  HAS_DEFINITION,
  HAS_IMAGE,
  HAS_MARKET_TV,
  HAS_RUNNERS,
  IMAGE,
  MARKET_FLAGS,
  MARKET_ID_END,
  MARKET_ID_START,
  MARKET_LENGTH,
  MARKET_SLOTS,
  MARKET_TV,
  RUNNER_COUNT,
} from "./layout.ts";
import { textOf } from "./_text.ts";
import type { ChangeTape } from "./change_tape.ts";
import { decodeJsonText } from "./json_text.ts";
import { RunnerChangeView } from "./runner_change_view.ts";

/**
 * The changes of one market (`mc[]` entry, protocol 3.4). A reused object: it is
 * another market as soon as the iteration goes on.
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
 *     assert.equal(market.marketId, "1.2");
 *     assert.equal(market.reportedTotalMatched, 9.5);
 *     assert.equal(market.isImage, undefined);
 *   }
 * }
 * ```
 */
export class MarketChangeView {
  readonly #tape: ChangeTape;
  readonly #runner: RunnerChangeView;
  #at = 0;
  #origin = 0;

  /**
   * Views are made by {@linkcode ChangeReader}.
   *
   * @param tape The tape to read from.
   */
  constructor(tape: ChangeTape) {
    this.#tape = tape;
    this.#runner = new RunnerChangeView(tape);
  }

  /**
   * Moves to the market whose first slot is here.
   *
   * @param at A slot.
   * @param origin Offset of the line in the tape's bytes.
   * @returns The slot behind the market.
   * @ignore
   */
  moveTo(at: number, origin: number): number {
    this.#at = at;
    this.#origin = origin;
    return at + this.#slot(MARKET_LENGTH);
  }

  /** Market id, such as `1.200806927`; decoded on each access. */
  get marketId(): string {
    const origin = this.#origin;
    return decodeJsonText(
      this.#tape.bytes,
      origin + this.#slot(MARKET_ID_START),
      origin + this.#slot(MARKET_ID_END),
    );
  }

  /** `img`: true if the change replaces what is known of the market. */
  get isImage(): boolean | undefined {
    return this.#bit(HAS_IMAGE, IMAGE);
  }

  /** `con`: true if several changes were merged. */
  get isConflated(): boolean | undefined {
    return this.#bit(HAS_CONFLATED, CONFLATED);
  }

  /** `tv`: total matched as reported, GBP. */
  get reportedTotalMatched(): number | undefined {
    return (this.#slot(MARKET_FLAGS) & HAS_MARKET_TV) === 0
      ? undefined
      : this.#slot(MARKET_TV);
  }

  /** Whether there is a definition. */
  get hasDefinition(): boolean {
    return (this.#slot(MARKET_FLAGS) & HAS_DEFINITION) !== 0;
  }

  /** `marketDefinition` as it is on the wire (protocol 3.5); parsed anew on each access. */
  get definition(): unknown {
    if (!this.hasDefinition) return undefined;
    const origin = this.#origin;
    return JSON.parse(
      textOf(
        this.#tape.bytes,
        origin + this.#slot(DEFINITION_START),
        origin + this.#slot(DEFINITION_END),
      ),
    );
  }

  /** Number of runner changes; undefined if there is no `rc`. */
  get runnerCount(): number | undefined {
    return (this.#slot(MARKET_FLAGS) & HAS_RUNNERS) === 0
      ? undefined
      : this.#slot(RUNNER_COUNT);
  }

  /**
   * The runner changes, in the order of the message; a runner can occur twice
   * (protocol 4.2).
   *
   * @returns An iterator that yields one reused object.
   */
  *runners(): Generator<RunnerChangeView, void, void> {
    const end = this.#at + this.#slot(MARKET_LENGTH);
    for (let at = this.#at + MARKET_SLOTS; at < end;) {
      at = this.#runner.moveTo(at);
      yield this.#runner;
    }
  }

  #slot(slot: number): number {
    return this.#tape.slots[this.#at + slot]!;
  }

  #bit(has: number, value: number): boolean | undefined {
    const flags = this.#slot(MARKET_FLAGS);
    return (flags & has) === 0 ? undefined : (flags & value) !== 0;
  }
}
