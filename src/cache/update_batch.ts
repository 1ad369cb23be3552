/** The updates of a piece of input. See {@linkcode UpdateBatch}. */

import type * as layout from "../tape/layout.ts";
import type { ChangeTape } from "../tape/change_tape.ts";
import type { StreamUpdate } from "./stream_update.ts";

// Copies, as engines do not fold imported constants; see `_scan_change.ts`.
const LENGTH: typeof layout.LENGTH = 1;

/**
 * Updates to be iterated synchronously, one per message. **Each message is applied
 * when its update is asked for**, so the books show the state right after it.
 *
 * Iterate a batch once, and before asking for the next one. What a loop leaves
 * out by `break` is applied later, unseen, before anything newer: books are never
 * wrong for it. A second iteration goes on where the first one ended.
 *
 * @example
 * ```ts
 * import { BookFeed } from "@betfair-stream/core";
 * import assert from "node:assert/strict";
 *
 * const feed = new BookFeed();
 * const batch = feed.push(new TextEncoder().encode(
 *   `{"op":"mcm","pt":1,"mc":[{"id":"1.2","rc":[{"ltp":2,"id":7}]}]}\n` +
 *   `{"op":"mcm","pt":2,"mc":[{"id":"1.2","rc":[{"ltp":3,"id":7}]}]}\n`,
 * ));
 * const prices: (number | undefined)[] = [];
 * for (const update of batch) prices.push(update.markets[0]!.runner(7)!.lastTradedPrice);
 * assert.deepEqual(prices, [2, 3]);
 * ```
 */
export class UpdateBatch implements IterableIterator<StreamUpdate> {
  readonly #nextTape: () => ChangeTape | undefined;
  readonly #apply: (tape: ChangeTape, at: number) => boolean;
  readonly #update: StreamUpdate;
  readonly #queue: UpdateBatch[];
  #tape: ChangeTape | undefined;
  #at = 0;
  #isDone = false;
  /** Returned again and again, so that iterating allocates nothing. */
  readonly #result: { done: boolean; value: StreamUpdate };

  /**
   * Called by {@linkcode StreamCache} only.
   *
   * @param nextTape Gives the next tape.
   * @param apply Applies the record at a slot; returns whether there is an update.
   * @param update The cache's update.
   * @param queue The cache's batches; this one leaves it when it is used up.
   * @internal
   */
  constructor(
    nextTape: () => ChangeTape | undefined,
    apply: (tape: ChangeTape, at: number) => boolean,
    update: StreamUpdate,
    queue: UpdateBatch[],
  ) {
    this.#nextTape = nextTape;
    this.#apply = apply;
    this.#update = update;
    this.#queue = queue;
    this.#result = { done: false, value: update };
  }

  /** Whether all messages have been applied. */
  get isDone(): boolean {
    return this.#isDone;
  }

  /** The batch itself. */
  [Symbol.iterator](): this {
    return this;
  }

  /**
   * Applies messages up to the next one that has something to tell.
   *
   * @returns The update; the same object each time.
   */
  next(): IteratorResult<StreamUpdate, undefined> {
    if (this.#isDone) return END;
    while (this.#queue[0] !== this) this.#queue[0]!.drain();
    return this.#advance()
      ? this.#result as IteratorYieldResult<StreamUpdate>
      : END;
  }

  /** Applies all that is left, without showing the updates. */
  drain(): void {
    if (this.#isDone) return;
    while (this.#queue[0] !== this) this.#queue[0]!.drain();
    while (this.#advance()) { /* applied */ }
  }

  #advance(): boolean {
    while (true) {
      const tape = this.#tape;
      if (tape !== undefined) {
        const { slots, length } = tape;
        while (this.#at < length) {
          const at = this.#at;
          this.#at = at + slots[at + LENGTH]!;
          if (this.#apply(tape, at)) return true;
        }
      }
      this.#tape = this.#nextTape();
      this.#at = 0;
      if (this.#tape === undefined) {
        this.#isDone = true;
        this.#queue.shift();
        return false;
      }
    }
  }
}

const END: IteratorReturnResult<undefined> = { done: true, value: undefined };
