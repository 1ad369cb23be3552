/** The cache's own side of a {@linkcode MarketCache}: images, copies, removals. */

import { LadderPool } from "../ladder/ladder_pool.ts";
import type * as layout from "../tape/layout.ts";
import { decodeJsonText } from "../tape/json_text.ts";
import { ClosedMarkets } from "./_closed_markets.ts";
import { LiveMarketBook, versionOf } from "./_live_market_book.ts";
import type { LiveUpdate } from "./_live_update.ts";
import { MarketIndex } from "./_market_index.ts";
import { TouchedList } from "./_touched_list.ts";
import type { MarketBook } from "./market_book.ts";
import type { MarketCache } from "./market_cache.ts";

// Copies, as engines do not fold imported constants; see `_scan_change.ts`.
const CHANGE_SLOTS: typeof layout.CHANGE_SLOTS = 16;
const CHANGE_TYPE_MASK: typeof layout.CHANGE_TYPE_MASK = 0b111;
const TYPE_RESUB_DELTA: typeof layout.ChangeTypeCode.RESUB_DELTA = 2;
const TYPE_SUB_IMAGE: typeof layout.ChangeTypeCode.SUB_IMAGE = 1;
const CLK_END: typeof layout.CLK_END = 9;
const CLK_START: typeof layout.CLK_START = 8;
const CONFLATED: typeof layout.CONFLATED = 0x2;
const DEFINITION_END: typeof layout.DEFINITION_END = 6;
const DEFINITION_START: typeof layout.DEFINITION_START = 5;
const FLAGS: typeof layout.FLAGS = 5;
const HAS_CONFLATED: typeof layout.HAS_CONFLATED = 0x8;
const HAS_DEFINITION: typeof layout.HAS_DEFINITION = 0x20;
const HAS_IMAGE: typeof layout.HAS_IMAGE = 0x4;
const HAS_PUBLISH_TIME: typeof layout.HAS_PUBLISH_TIME = 0x80;
const IMAGE: typeof layout.IMAGE = 1;
const LINE_START: typeof layout.LINE_START = 3;
const MARKET_COUNT: typeof layout.MARKET_COUNT = 15;
const MARKET_FLAGS: typeof layout.MARKET_FLAGS = 1;
const MARKET_ID_END: typeof layout.MARKET_ID_END = 3;
const MARKET_ID_START: typeof layout.MARKET_ID_START = 2;
const MARKET_LENGTH: typeof layout.MARKET_LENGTH = 0;
const PUBLISH_TIME: typeof layout.PUBLISH_TIME = 7;

const ZERO = 0x30; // "0"

/** Holds the markets and applies market changes to them. */
export class LiveMarketCache implements MarketCache {
  readonly #index: MarketIndex = new MarketIndex();
  readonly #pool: LadderPool = new LadderPool();

  readonly #changed = new TouchedList<LiveMarketBook>();
  readonly #removed = new TouchedList<MarketBook>();
  /** Markets from before an image that may come back with it. */
  readonly #former = new Map<string, LiveMarketBook>();
  readonly #closed: ClosedMarkets<LiveMarketBook>;
  #serial = 0;
  /** Images and resumptions so far; one in segments counts once. */
  #images = 0;
  #publishTimeMs = NaN;
  #conflatedCount = 0;
  #isConflated = false;

  constructor(closedRetentionMs: number) {
    this.#closed = new ClosedMarkets(closedRetentionMs);
  }

  get size(): number {
    return this.#index.size;
  }

  get(marketId: string): MarketBook | undefined {
    return this.#index.get(marketId);
  }

  [Symbol.iterator](): Iterator<MarketBook> {
    return this.#index.values();
  }

  /** Market changes so far that merged several. */
  get conflatedCount(): number {
    return this.#conflatedCount;
  }

  /** Tells an update what its message did. */
  showOn(update: LiveUpdate): void {
    update.isConflated = this.#isConflated;
    update.markets = this.#changed.view;
    update.removedMarkets = this.#removed.view;
  }

  /** Begins a message; what the one before changed or removed is forgotten. */
  begin(): void {
    this.#serial++;
    this.#isConflated = false;
    this.#changed.clear();
    if (this.#removed.size > 0) this.#removed.release();
    if (!this.#closed.isEmpty) this.#evict();
  }

  /** Begins a message in which a market may stand twice; in segments it is one. */
  beginCopies(): void {
    this.#images++;
  }

  /** Begins an image of all markets: those it does not hold will be gone. */
  beginImage(): void {
    this.beginCopies();
    for (const book of this.#index.values()) {
      this.#former.set(book.marketId, book);
    }
    this.#index.clear();
    this.#closed.clear();
    this.#changed.release();
  }

  /** Applies the market changes of one record; an image may take several. */
  apply(slots: Float64Array, at: number, bytes: Uint8Array): void {
    const flags = slots[at + FLAGS]! | 0;
    const lineStart = slots[at + LINE_START]! | 0;
    const publishTimeMs = (flags & HAS_PUBLISH_TIME) !== 0
      ? slots[at + PUBLISH_TIME]!
      : NaN;
    if (publishTimeMs === publishTimeMs) this.#publishTimeMs = publishTimeMs;
    const changeType = flags & CHANGE_TYPE_MASK;
    const hasCopies = changeType === TYPE_SUB_IMAGE ||
      changeType === TYPE_RESUB_DELTA;
    const serial = this.#serial;
    let count = slots[at + MARKET_COUNT]! | 0;
    let market = at + CHANGE_SLOTS;
    while (count-- > 0) {
      const marketFlags = slots[market + MARKET_FLAGS]! | 0;
      const start = lineStart + (slots[market + MARKET_ID_START]! | 0);
      const end = lineStart + (slots[market + MARKET_ID_END]! | 0);
      const book = this.#index.find(bytes, start, end) ??
        this.#add(
          bytes,
          start,
          end,
          isPurchased(slots, at, market, bytes),
          marketFlags,
        );
      if (
        book !== undefined &&
        (!hasCopies ||
          !this.#isOlderCopy(book, slots, market, bytes, lineStart))
      ) {
        if ((marketFlags & CONFLATED) !== 0) {
          this.#conflatedCount++;
          this.#isConflated = true;
        }
        if (
          book.apply(slots, market, bytes, lineStart, publishTimeMs, serial)
        ) this.#changed.add(book);
        if ((marketFlags & HAS_DEFINITION) !== 0) this.#noteStatus(book);
      }
      market += slots[market + MARKET_LENGTH]! | 0;
    }
  }

  /** Counts the market changes of a record whose market is not in the cache. */
  countUnknown(slots: Float64Array, at: number, bytes: Uint8Array): number {
    const lineStart = slots[at + LINE_START]! | 0;
    let unknown = 0;
    let count = slots[at + MARKET_COUNT]! | 0;
    let market = at + CHANGE_SLOTS;
    while (count-- > 0) {
      const start = lineStart + (slots[market + MARKET_ID_START]! | 0);
      const end = lineStart + (slots[market + MARKET_ID_END]! | 0);
      if (this.#index.find(bytes, start, end) === undefined) unknown++;
      market += slots[market + MARKET_LENGTH]! | 0;
    }
    return unknown;
  }

  /** Ends an image: markets that it did not hold are removed. */
  endImage(): void {
    for (const book of this.#former.values()) this.#removed.add(book);
    this.#former.clear();
  }

  /** Adds a market; of one that was closed and dropped, late prices do not count. */
  #add(
    bytes: Uint8Array,
    start: number,
    end: number,
    isPurchased: boolean,
    flags: number,
  ): LiveMarketBook | undefined {
    const marketId = decodeJsonText(bytes, start, end);
    const former = this.#former.get(marketId);
    if (former !== undefined) {
      this.#former.delete(marketId);
      this.#index.add(former);
      // It starts from nothing even if the image does not say so again; the
      // definition is kept until there is another.
      if ((flags & IMAGE) === 0) former.replace();
      if (former.isClosed) this.#closed.add(former, this.#publishTimeMs);
      return former;
    }
    const isTombstone = (flags & IMAGE) === 0 &&
      this.#closed.hasDropped(marketId);
    if (isTombstone && (flags & HAS_DEFINITION) === 0) return undefined;
    const book = new LiveMarketBook(
      marketId,
      new TextEncoder().encode(marketId),
      isPurchased,
      (flags & IMAGE) === 0,
      this.#pool,
      this.#closed.retentionMs === Infinity,
    );
    book.isTombstone = isTombstone;
    this.#index.add(book);
    return book;
  }

  /**
   * A market that was moved between events can stand twice in one image, and in what
   * stands for one, and only the newer copy is updated later (protocol section 4.1).
   */
  #isOlderCopy(
    book: LiveMarketBook,
    slots: Float64Array,
    market: number,
    bytes: Uint8Array,
    lineStart: number,
  ): boolean {
    const isSecond = book.imageSerial === this.#images;
    book.imageSerial = this.#images;
    if (
      !isSecond ||
      (slots[market + MARKET_FLAGS]! & (IMAGE | HAS_DEFINITION)) !==
        (IMAGE | HAS_DEFINITION)
    ) {
      return false;
    }
    const start = lineStart + slots[market + DEFINITION_START]!;
    const end = lineStart + slots[market + DEFINITION_END]!;
    return (versionOf(bytes, start, end) ?? 0) < (book.version ?? 0);
  }

  #noteStatus(book: LiveMarketBook): void {
    if (book.isClosed) this.#closed.add(book, this.#publishTimeMs);
    else this.#closed.delete(book);
  }

  /** Drops closed markets whose time is over. They have been delivered by now. */
  #evict(): void {
    for (const book of this.#closed.takeDue(this.#publishTimeMs)) {
      this.#index.delete(book);
      this.#removed.add(book);
      // The list still refers to what the message before changed.
      this.#changed.release();
    }
  }
}

/**
 * Tells purchased files from live streams (protocol section 8.1): only they write
 * both `img` and `con` on every change, and clocks that are plain numbers.
 */
function isPurchased(
  slots: Float64Array,
  at: number,
  market: number,
  bytes: Uint8Array,
): boolean {
  const both = HAS_IMAGE | HAS_CONFLATED;
  if ((slots[market + MARKET_FLAGS]! & both) !== both) return false;
  const lineStart = slots[at + LINE_START]! | 0;
  const start = lineStart + slots[at + CLK_START]!;
  const end = lineStart + slots[at + CLK_END]!;
  for (let i = start; i < end; i++) if ((bytes[i]! ^ ZERO) >= 10) return false;
  return end > start;
}
