/** Reading tapes. See {@linkcode ChangeReader}. */

import type { ChangeTape } from "./change_tape.ts";
import { ChangeView } from "./change_view.ts";

/**
 * Reads a tape line by line, for those who want the changes and no books.
 *
 * Reading allocates next to nothing, because the objects that iteration yields
 * are reused: a {@linkcode ChangeView} is another line, and what hangs on it
 * another market or runner, as soon as the iteration goes on. Copy what is to
 * be kept. So only one iteration over a reader can be under way; two readers
 * of one tape are independent. All of it is valid until the tape's parser is
 * called again.
 *
 * Iterating a tape itself is the same with a reader of its own.
 *
 * @example
 * ```ts
 * import { ChangeReader, JsonParser } from "@betfair-stream/core";
 * import assert from "node:assert/strict";
 *
 * const block = new TextEncoder().encode(
 *   `{"op":"mcm","pt":1700000000180,"mc":[{"id":"1.2","rc":[{"atb":[[1.6,120.5]],"id":101}]}]}\n`,
 * );
 * const parser = new JsonParser();
 * parser.parse(block, 0, block.length);
 *
 * const seen: unknown[] = [];
 * for (const change of new ChangeReader(parser.tape)) {
 *   for (const market of change.markets()) {
 *     for (const runner of market.runners()) {
 *       for (const ladder of runner.ladders()) {
 *         seen.push([market.marketId, runner.selectionId, ladder.name, ...ladder.rows]);
 *       }
 *     }
 *   }
 * }
 * assert.deepEqual(seen, [["1.2", 101, "atb", 1.6, 120.5]]);
 * ```
 */
export class ChangeReader implements Iterable<ChangeView> {
  readonly #tape: ChangeTape;
  readonly #view: ChangeView;

  /**
   * Creates a reader.
   *
   * @param tape What to read; it may be parsed into again between iterations.
   */
  constructor(tape: ChangeTape) {
    this.#tape = tape;
    this.#view = new ChangeView(tape);
  }

  /**
   * The lines of the tape, blank ones left out, in order.
   *
   * @returns An iterator that yields one reused object.
   */
  *[Symbol.iterator](): Generator<ChangeView, void, void> {
    const { length } = this.#tape;
    for (let at = 0; at < length;) {
      at = this.#view.moveTo(at);
      yield this.#view;
    }
  }
}
