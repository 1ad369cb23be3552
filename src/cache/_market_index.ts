/** From the bytes of a market id to its book. See {@linkcode MarketIndex}. */

import { decodeJsonText } from "../tape/json_text.ts";
import type { LiveMarketBook } from "./_live_market_book.ts";

const BACKSLASH = 0x5c; // "\\"

/** Slots of a new table; always a power of two. */
const INITIAL_SLOTS = 64;

/**
 * An open-addressing hash table keyed by the id as it stands on the wire, so
 * that finding a market makes no string. Linear probing, at most half full.
 */
export class MarketIndex {
  #table: (LiveMarketBook | undefined)[] = emptyTable(INITIAL_SLOTS);
  readonly #byId = new Map<string, LiveMarketBook>();
  /** The market found last: streams of one market, or runs of it, need no hashing. */
  #last: LiveMarketBook | undefined;

  /** Number of markets. */
  get size(): number {
    return this.#byId.size;
  }

  /** All markets, in the order they were added. */
  values(): MapIterator<LiveMarketBook> {
    return this.#byId.values();
  }

  /** The market with an id. */
  get(marketId: string): LiveMarketBook | undefined {
    return this.#byId.get(marketId);
  }

  /**
   * The market whose id is a range of bytes.
   *
   * @param bytes What contains the id.
   * @param start Offset of its first byte.
   * @param end Offset behind its last.
   */
  find(
    bytes: Uint8Array,
    start: number,
    end: number,
  ): LiveMarketBook | undefined {
    const last = this.#last;
    if (last !== undefined && isSame(last.idBytes, bytes, start, end)) {
      return last;
    }
    const hash = hashOf(bytes, start, end);
    // An escaped spelling of the same id has other bytes.
    if (hash < 0) return this.#byId.get(decodeJsonText(bytes, start, end));
    const table = this.#table;
    const mask = table.length - 1;
    for (let slot = hash & mask;; slot = slot + 1 & mask) {
      const book = table[slot];
      if (book === undefined) return undefined;
      if (isSame(book.idBytes, bytes, start, end)) {
        this.#last = book;
        return book;
      }
    }
  }

  /** Adds a market whose id is not in the table. */
  add(book: LiveMarketBook): void {
    this.#byId.set(book.marketId, book);
    if (this.#byId.size * 2 > this.#table.length) {
      this.#rebuild(this.#table.length * 2);
    } else {
      insert(this.#table, book);
    }
  }

  /** Removes a market. */
  delete(book: LiveMarketBook): void {
    if (this.#byId.get(book.marketId) !== book) return;
    this.#byId.delete(book.marketId);
    this.#last = undefined;
    this.#rebuild(this.#table.length);
  }

  /** Removes all markets. */
  clear(): void {
    this.#byId.clear();
    this.#last = undefined;
    this.#table = emptyTable(INITIAL_SLOTS);
  }

  #rebuild(slots: number): void {
    const table = emptyTable(slots);
    for (const book of this.#byId.values()) insert(table, book);
    this.#table = table;
  }
}

function emptyTable(slots: number): (LiveMarketBook | undefined)[] {
  return new Array<LiveMarketBook | undefined>(slots).fill(undefined);
}

function insert(
  table: (LiveMarketBook | undefined)[],
  book: LiveMarketBook,
): void {
  const mask = table.length - 1;
  let slot = hashOf(book.idBytes, 0, book.idBytes.length) & mask;
  while (table[slot] !== undefined) slot = slot + 1 & mask;
  table[slot] = book;
}

/** A hash from 0, or -1 when the id is written with escapes. */
function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0;
  for (let i = start; i < end; i++) {
    const byte = bytes[i]!;
    if (byte === BACKSLASH) return -1;
    hash = Math.imul(hash, 31) + byte | 0;
  }
  return hash & 0x7fff_ffff;
}

function isSame(
  id: Uint8Array,
  bytes: Uint8Array,
  start: number,
  end: number,
): boolean {
  const { length } = id;
  if (length !== end - start) return false;
  // From the end: ids differ in their last digits.
  for (let i = length - 1; i >= 0; i--) {
    if (id[i] !== bytes[start + i]) return false;
  }
  return true;
}
