/** Closed markets until they are dropped, and after. See {@linkcode ClosedMarkets}. */

/**
 * Ids of dropped markets that are remembered, the oldest going first: more than
 * close in a day of trading, little enough to never matter.
 */
const DROPPED_IDS = 4096;

const NONE: readonly never[] = [];

/**
 * Keeps the closed books of a cache until their retention is over, in publish
 * time, and remembers the ids of those that were dropped, as late messages of
 * them do come.
 *
 * The time runs from the closing, whether or not an image lists the market once
 * more. If no publish time was known then, it runs from the first one that is.
 */
export class ClosedMarkets<Book extends { readonly marketId: string }> {
  /** How long they are kept, ms of publish time. */
  readonly retentionMs: number;
  readonly #waiting = new Set<Book>();
  /** Publish times of the closings, ms, or NaN. They outlive {@linkcode clear}. */
  readonly #closingTimes = new WeakMap<Book, number>();
  /**
   * No waiting book is due before this publish time, so that most messages need
   * not look at them; NaN when one of them waits for a publish time.
   */
  #nextDueMs = Infinity;
  readonly #droppedIds = new Set<string>();

  /** @param retentionMs How long they are kept: 0 not at all, Infinity for good. */
  constructor(retentionMs: number) {
    this.retentionMs = retentionMs;
  }

  /** Whether no book waits to be dropped. */
  get isEmpty(): boolean {
    return this.#waiting.size === 0;
  }

  /** Takes in a closed book; one that waits already goes on waiting. */
  add(book: Book, publishTimeMs: number): void {
    if (this.retentionMs === Infinity || this.#waiting.has(book)) return;
    const closingTimeMs = this.#closingTimes.get(book) ?? publishTimeMs;
    this.#closingTimes.set(book, closingTimeMs);
    this.#waiting.add(book);
    this.#nextDueMs = Math.min(
      this.#nextDueMs,
      closingTimeMs + this.retentionMs,
    );
  }

  /** Forgets the closing of a book that is open again. */
  delete(book: Book): void {
    this.#waiting.delete(book);
    this.#closingTimes.delete(book);
  }

  /** Forgets which books wait and which were dropped, as an image of everything begins. */
  clear(): void {
    this.#waiting.clear();
    this.#nextDueMs = Infinity;
    this.#droppedIds.clear();
  }

  /**
   * Takes out the books whose time is over.
   *
   * @param publishTimeMs The latest publish time; NaN if none is known.
   * @returns The books. From now on their ids count as dropped.
   */
  takeDue(publishTimeMs: number): readonly Book[] {
    // Without a retention time, time plays no part.
    if (this.retentionMs > 0 && publishTimeMs < this.#nextDueMs) return NONE;
    const due: Book[] = [];
    this.#nextDueMs = Infinity;
    for (const book of this.#waiting) {
      const dueMs = this.#dueTimeOf(book, publishTimeMs);
      if (this.retentionMs === 0 || publishTimeMs >= dueMs) {
        this.#waiting.delete(book);
        this.#remember(book.marketId);
        due.push(book);
      } else {
        this.#nextDueMs = Math.min(this.#nextDueMs, dueMs);
      }
    }
    return due;
  }

  /** Whether a market was closed and dropped, lately. */
  hasDropped(marketId: string): boolean {
    return this.#droppedIds.has(marketId);
  }

  /** When a book is due; one that closed at an unknown time waits from now on. */
  #dueTimeOf(book: Book, publishTimeMs: number): number {
    let closingTimeMs = this.#closingTimes.get(book)!;
    if (Number.isNaN(closingTimeMs)) {
      closingTimeMs = publishTimeMs;
      this.#closingTimes.set(book, closingTimeMs);
    }
    return closingTimeMs + this.retentionMs;
  }

  #remember(marketId: string): void {
    this.#droppedIds.delete(marketId);
    this.#droppedIds.add(marketId);
    if (this.#droppedIds.size <= DROPPED_IDS) return;
    const [oldest] = this.#droppedIds;
    this.#droppedIds.delete(oldest!);
  }
}
