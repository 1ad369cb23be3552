/** A list that is filled anew with each message. See {@linkcode TouchedList}. */

/** The list of nothing, shared by all. */
const NOTHING: readonly never[] = Object.freeze([]);

/**
 * Collects what a message touched and shows it as a real array, without
 * allocating in steady state.
 *
 * One array is used again and again. It is never cut to length 0, since V8
 * drops the storage of an array that is; an empty list is a shared one instead.
 */
export class TouchedList<T> {
  readonly #items: T[] = [];
  #count = 0;

  /** Number of items. */
  get size(): number {
    return this.#count;
  }

  /** Empties the list; what {@linkcode view} returned becomes invalid. */
  clear(): void {
    this.#count = 0;
  }

  /** Appends an item. */
  add(item: T): void {
    this.#items[this.#count++] = item;
  }

  /** The items; valid until the next change of the list. */
  get view(): readonly T[] {
    if (this.#count === 0) return NOTHING;
    // Not by setting the length, which is a slow call in V8.
    while (this.#items.length > this.#count) this.#items.pop();
    return this.#items;
  }

  /** Empties the list and lets go of the items, so that they can be collected. */
  release(): void {
    this.#count = 0;
    this.#items.length = 0;
  }
}
