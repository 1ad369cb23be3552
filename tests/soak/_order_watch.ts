import type { StreamCache } from "../../src/cache/stream_cache.ts";
import type { StreamUpdate } from "../../src/cache/stream_update.ts";

/** Complete orders that are remembered. */
const MAX_COMPLETE = 200_000;

/**
 * Follows every order through the updates: each one that was open must be
 * delivered as complete or missing, or still be open; in one place, and once.
 */
export class OrderWatch {
  /** Orders seen. */
  seen = 0;
  /** Orders that completed while the client was away, and told so. */
  missing = 0;
  /** What must not happen. */
  readonly problems: string[] = [];
  /** Places of open orders by bet id. */
  readonly #open = new Map<string, string>();
  readonly #complete = new Set<string>();

  /** Looks at what an update delivers. */
  note(update: StreamUpdate): void {
    if (update.stream !== "order") return;
    for (const { betId } of update.missingOrders) {
      this.missing++;
      if (!this.#open.delete(betId)) {
        this.#problem(`${betId} is missing and was not open`);
      }
    }
    for (const book of update.orders) {
      for (const order of book.changedOrders) {
        const { betId, marketId, selectionId, handicap } = order;
        const place = `${marketId} ${selectionId} ${handicap}`;
        const before = this.#open.get(betId);
        if (before === undefined && !this.#complete.has(betId)) this.seen++;
        if (before !== undefined && before !== place) {
          this.#problem(`${betId} is at ${before} and at ${place}`);
        }
        if (order.isComplete) {
          this.#open.delete(betId);
          this.#complete.add(betId);
          if (this.#complete.size > MAX_COMPLETE) {
            this.#complete.delete(this.#complete.values().next().value!);
          }
        } else {
          if (this.#complete.has(betId)) {
            this.#problem(`${betId} is open again`);
          }
          this.#open.set(betId, place);
        }
      }
    }
  }

  /** Compares what was delivered with what the cache has. */
  verify(cache: StreamCache): void {
    const open = new Set<string>();
    for (const book of cache.orders) {
      for (const runner of book.runners) {
        for (const { betId } of runner.openOrders) {
          if (open.has(betId)) this.#problem(`${betId} is there twice`);
          open.add(betId);
          if (!this.#open.has(betId)) {
            this.#problem(`${betId} is open and was never delivered`);
          }
        }
      }
    }
    for (const betId of this.#open.keys()) {
      if (!open.has(betId)) this.#problem(`${betId} was lost without a word`);
    }
  }

  #problem(text: string): void {
    if (this.problems.length < 100) this.problems.push(text);
  }
}
