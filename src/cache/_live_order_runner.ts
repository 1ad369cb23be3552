import type { LadderPool } from "../ladder/ladder_pool.ts";
import type { ReadonlyPriceLadder } from "../ladder/readonly_price_ladder.ts";
import type { OrderRunnerChange } from "../protocol/order_change_message.ts";
import { Order } from "./order.ts";
import { LiveMatches } from "./_live_matches.ts";
import type {
  OrderRunner,
  OrderRunnerView,
  OrderStrategyView,
} from "./order_runner.ts";

/** Takes note of orders that images discard, and of orders that messages bring. */
export interface OrderJournal {
  /** An open order is discarded; the image may bring it back. */
  discard(order: Order): void;
  /** An order was sent. */
  confirm(order: Order): void;
}

/** The writable side of an {@linkcode OrderRunner}. */
export class LiveOrderRunner implements OrderRunner {
  readonly marketId: string;
  readonly selectionId: number;
  readonly handicap: number;

  readonly #open = new Map<string, Order>();
  readonly #completed = new Map<string, Order>();
  readonly #matches = new LiveMatches("");
  readonly #strategies = new Map<string, LiveMatches>();
  #changedOrders: Order[] = [];
  // Lists that were handed out stay as they are; undefined: make a new one.
  #openList: readonly Order[] | undefined = [];
  #completedList: readonly Order[] | undefined = [];

  constructor(marketId: string, selectionId: number, handicap: number) {
    this.marketId = marketId;
    this.selectionId = selectionId;
    this.handicap = handicap;
  }

  get openOrders(): readonly Order[] {
    return this.#openList ??= [...this.#open.values()];
  }

  get completedOrders(): readonly Order[] {
    return this.#completedList ??= [...this.#completed.values()];
  }

  get changedOrders(): readonly Order[] {
    return this.#changedOrders;
  }

  get matchedBacks(): ReadonlyPriceLadder {
    return this.#matches.matchedBacks;
  }

  get matchedLays(): ReadonlyPriceLadder {
    return this.#matches.matchedLays;
  }

  get strategies(): ReadonlyMap<string, OrderStrategyView> {
    return this.#strategies;
  }

  get isEmpty(): boolean {
    return this.#open.size === 0 && this.#completed.size === 0 &&
      this.#matches.isEmpty && this.#strategies.size === 0;
  }

  order(betId: string): Order | undefined {
    return this.#open.get(betId) ?? this.#completed.get(betId);
  }

  /** Applies the change of a message. */
  apply(change: OrderRunnerChange, journal: OrderJournal): void {
    if (change.fullImage === true) this.clear(journal);
    for (const wire of change.uo ?? []) {
      const { marketId, selectionId, handicap } = this;
      const order = new Order(marketId, selectionId, handicap, wire);
      this.#put(order);
      journal.confirm(order);
    }
    this.#matches.apply(change);
    // Object.entries, not a lookup: "__proto__" is a possible strategy ref.
    for (const [ref, matches] of Object.entries(change.smc ?? {})) {
      if (matches === null) continue;
      const strategy = this.#strategies.get(ref) ?? new LiveMatches(ref);
      strategy.apply(matches);
      if (strategy.isEmpty) this.#strategies.delete(ref);
      else this.#strategies.set(ref, strategy);
    }
  }

  /** Discards everything; what changed in this message is still to be told. */
  clear(journal: OrderJournal): void {
    for (const order of this.#open.values()) journal.discard(order);
    this.#open.clear();
    this.#completed.clear();
    this.#matches.clear();
    this.#strategies.clear();
    this.#openList = this.#completedList = undefined;
  }

  /** Ends the time of the last message. */
  settle(dropsCompleted: boolean): void {
    if (this.#changedOrders.length > 0) this.#changedOrders = [];
    if (!dropsCompleted || this.#completed.size === 0) return;
    this.#completed.clear();
    this.#completedList = undefined;
  }

  /** An immutable copy. */
  snapshot(pool: LadderPool): OrderRunnerView {
    const { marketId, selectionId, handicap, openOrders, completedOrders } =
      this;
    const { matchedBacks, matchedLays } = this.#matches.snapshot(pool);
    const strategies = new Map<string, OrderStrategyView>();
    for (const [ref, strategy] of this.#strategies) {
      strategies.set(ref, strategy.snapshot(pool));
    }
    const byBetId = new Map([...this.#completed, ...this.#open]);
    return Object.freeze({
      marketId,
      selectionId,
      handicap,
      openOrders,
      completedOrders,
      matchedBacks,
      matchedLays,
      strategies,
      isEmpty: this.isEmpty,
      order: (betId: string): Order | undefined => byBetId.get(betId),
    });
  }

  /** Replaces the version before; an order that completes leaves the open ones. */
  #put(order: Order): void {
    const target = order.isComplete ? this.#completed : this.#open;
    const other = order.isComplete ? this.#open : this.#completed;
    other.delete(order.betId);
    target.set(order.betId, order);
    this.#changedOrders.push(order);
    this.#openList = this.#completedList = undefined;
  }
}
