/** The updates of a piece of input. See {@linkcode UpdateBatch}. */

import type * as layout from "../tape/layout.ts";
import type { ChangeTape } from "../tape/change_tape.ts";
import type { StreamUpdate } from "./stream_update.ts";

// Copies, as engines do not fold imported constants; see `_scan_change.ts`.
const LENGTH: typeof layout.LENGTH = 1;

/** Gives the tapes of a batch, one after the other. */
export interface TapeSource {
  /** The next tape, which may be the one before, filled anew; undefined after the last. */
  nextTape(): ChangeTape | undefined;
  /** Is shown every update before it is delivered, also those that nobody asks for. */
  readonly onUpdate?: ((update: StreamUpdate) => void) | undefined;
}

/**
 * A source of one tape.
 *
 * @param tape The tape.
 * @param onUpdate Is shown every update.
 * @internal
 */
export function singleTape(
  tape: ChangeTape,
  onUpdate?: (update: StreamUpdate) => void,
): TapeSource {
  let next: ChangeTape | undefined = tape;
  return {
    nextTape(): ChangeTape | undefined {
      const given = next;
      next = undefined;
      return given;
    },
    onUpdate,
  };
}

/** What applying a record came to. */
export const Applied = {
  /** There is nothing to tell. */
  SILENT: 0,
  /** There is an update. */
  UPDATE: 1,
  /** There is an update, and the record itself is still to be applied. */
  UPDATE_BEFORE: 2,
} as const;
/** Type of the values of {@linkcode Applied}. */
export type Applied = typeof Applied[keyof typeof Applied];

// Copies, as engines do not fold imported constants; see `_scan_change.ts`.
const SILENT: typeof Applied.SILENT = 0;
const UPDATE_BEFORE: typeof Applied.UPDATE_BEFORE = 2;

/** What batches need of their cache. */
export interface RecordApplier {
  /** Applies the record at a slot; returns whether there is an update. */
  apply(tape: ChangeTape, at: number): Applied;
  /** The cache's update, as an iterator returns it; always the same object. */
  readonly result: IteratorYieldResult<StreamUpdate>;
  /** Whether failures are thrown instead of being delivered. */
  readonly isStrict: boolean;
  /** The first failure that is still to be thrown, of messages that nobody iterated. */
  failure: Error | undefined;
  /** Batches that are not used up, in a chain: the first … */
  oldest: UpdateBatch | undefined;
  /** … and the last. */
  newest: UpdateBatch | undefined;
}

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
  readonly #source: TapeSource;
  readonly #applier: RecordApplier;
  #tape: ChangeTape | undefined;
  #at = 0;
  #isDone = false;
  /** The batch that was begun after this one. */
  #later: UpdateBatch | undefined;

  /**
   * Called by {@linkcode StreamCache} only.
   *
   * @param source Gives the tapes.
   * @param applier The cache's own side.
   * @internal
   */
  constructor(source: TapeSource, applier: RecordApplier) {
    this.#source = source;
    this.#applier = applier;
    const { newest } = applier;
    if (newest === undefined) applier.oldest = this;
    else newest.#later = this;
    applier.newest = this;
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
    const applier = this.#applier;
    while (applier.oldest !== this) applier.oldest!.drainUnseen();
    if (applier.failure !== undefined) throwFailure(applier);
    if (!this.#advance()) return END;
    if (applier.isStrict) {
      noteFailure(applier);
      throwFailure(applier);
    }
    return applier.result;
  }

  /**
   * Applies all that is left, without showing the updates.
   *
   * @throws {Error} what cannot be used, the first of it, if the cache is strict; all
   * else has been applied then.
   */
  drain(): void {
    this.drainUnseen();
    throwFailure(this.#applier);
  }

  /**
   * Applies all that is left; what is to be thrown is thrown by the next batch that
   * is iterated.
   *
   * @internal
   */
  drainUnseen(): void {
    if (this.#isDone) return;
    const applier = this.#applier;
    while (applier.oldest !== this) applier.oldest!.drainUnseen();
    while (this.#advance()) if (applier.isStrict) noteFailure(applier);
  }

  /** Goes on to the next update; tells whether there is one. */
  #advance(): boolean {
    let tape = this.#tape;
    while (true) {
      if (tape !== undefined) {
        while (this.#at < tape.length) {
          const at = this.#at;
          this.#at = at + (tape.slots[at + LENGTH]! | 0);
          const applied = this.#applier.apply(tape, at);
          if (applied === SILENT) continue;
          if (applied === UPDATE_BEFORE) this.#at = at;
          this.#source.onUpdate?.(this.#applier.result.value);
          return true;
        }
      }
      tape = this.#source.nextTape();
      this.#tape = tape;
      this.#at = 0;
      if (tape === undefined) return this.#end();
    }
  }

  #end(): false {
    const applier = this.#applier;
    this.#isDone = true;
    applier.oldest = this.#later;
    if (this.#later === undefined) applier.newest = undefined;
    return false;
  }
}

/** Keeps the failure that the present update tells of, if it does. */
function noteFailure(applier: RecordApplier): void {
  const { value } = applier.result;
  if (value.kind === "invalid") applier.failure ??= value.error;
}

/** Throws the failure that was kept. */
function throwFailure(applier: RecordApplier): void {
  const { failure } = applier;
  if (failure === undefined) return;
  applier.failure = undefined;
  throw failure;
}

const END: IteratorReturnResult<undefined> = { done: true, value: undefined };
