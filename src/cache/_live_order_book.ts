import type { LadderPool } from "../ladder/ladder_pool.ts";
import type {
  OrderMarketChange,
  OrderRunnerChange,
} from "../protocol/order_change_message.ts";
import type { Order } from "./order.ts";
import type { OrderBook, OrderBookView } from "./order_book.ts";
import { LiveOrderRunner, type OrderJournal } from "./_live_order_runner.ts";
import type { OrderRunner } from "./order_runner.ts";

/** The writable side of an {@linkcode OrderBook}. */
export class LiveOrderBook implements OrderBook {
  readonly marketId: string;
  isClosed = false;
  publishTimeMs: number | undefined = undefined;

  readonly #pool: LadderPool;
  readonly #runners = new Map<string, LiveOrderRunner>();
  readonly #changedRunners = new Set<LiveOrderRunner>();
  // Lists that were handed out stay as they are; undefined: make a new one.
  #runnerList: readonly LiveOrderRunner[] | undefined = [];

  constructor(marketId: string, pool: LadderPool) {
    this.marketId = marketId;
    this.#pool = pool;
  }

  get runners(): readonly OrderRunner[] {
    return this.#runnerList ??= [...this.#runners.values()].sort((a, b) =>
      a.selectionId - b.selectionId || a.handicap - b.handicap
    );
  }

  get changedRunners(): readonly OrderRunner[] {
    return [...this.#changedRunners];
  }

  get changedOrders(): readonly Order[] {
    return [...this.#changedRunners].flatMap((runner) => runner.changedOrders);
  }

  get isEmpty(): boolean {
    for (const runner of this.#runners.values()) {
      if (!runner.isEmpty) return false;
    }
    return true;
  }

  runner(selectionId: number, handicap = 0): OrderRunner | undefined {
    return this.#runners.get(keyOf(selectionId, handicap));
  }

  /** Applies the change of a message; a runner that an image leaves empty stays if `keepsEmpty`. */
  apply(
    change: OrderMarketChange,
    publishTimeMs: number | undefined,
    journal: OrderJournal,
    keepsEmpty: boolean,
  ): void {
    this.publishTimeMs = publishTimeMs ?? this.publishTimeMs;
    if (change.closed === true) this.isClosed = true;
    const isImage = change.fullImage === true;
    const unlisted = new Map(isImage ? this.#runners : undefined);
    for (const [, runner] of unlisted) {
      runner.clear(journal);
      this.#changedRunners.add(runner);
    }
    for (const runnerChange of change.orc ?? []) {
      const key = keyOf(Number(runnerChange.id), runnerChange.hc ?? 0);
      const runner = this.#runners.get(key) ?? this.#addRunner(runnerChange);
      unlisted.delete(key);
      runner.apply(runnerChange, journal);
      this.#changedRunners.add(runner);
      const isRunnerImage = isImage || runnerChange.fullImage === true;
      if (isRunnerImage && runner.isEmpty && !keepsEmpty) this.#remove(key);
    }
    for (const key of unlisted.keys()) this.#remove(key);
  }

  /** Discards everything. */
  clear(): void {
    this.#runners.clear();
    this.#changedRunners.clear();
    this.#runnerList = undefined;
    this.isClosed = false;
  }

  /** Ends the time of the last message. */
  settle(dropsCompleted: boolean): void {
    for (const runner of this.#changedRunners) runner.settle(dropsCompleted);
    this.#changedRunners.clear();
  }

  snapshot(): OrderBookView {
    const { marketId, isClosed, publishTimeMs, isEmpty } = this;
    const byKey = new Map(
      this.runners.map((runner) => {
        const key = keyOf(runner.selectionId, runner.handicap);
        return [key, this.#runners.get(key)!.snapshot(this.#pool)];
      }),
    );
    return Object.freeze({
      marketId,
      isClosed,
      publishTimeMs,
      isEmpty,
      runners: Object.freeze([...byKey.values()]),
      runner: (selectionId: number, handicap = 0) =>
        byKey.get(keyOf(selectionId, handicap)),
    });
  }

  #addRunner(change: OrderRunnerChange): LiveOrderRunner {
    const selectionId = Number(change.id);
    // + 0 makes 0 of -0.
    const handicap = (change.hc ?? 0) + 0;
    const runner = new LiveOrderRunner(this.marketId, selectionId, handicap);
    this.#runners.set(keyOf(selectionId, handicap), runner);
    this.#runnerList = undefined;
    return runner;
  }

  #remove(key: string): void {
    this.#runners.delete(key);
    this.#runnerList = undefined;
  }
}

/** A runner is its selection and handicap; text gives 0 and -0 the same key. */
function keyOf(selectionId: number, handicap: number): string {
  return `${selectionId}/${handicap}`;
}
