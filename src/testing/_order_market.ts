import type { SeededRandom } from "./random.ts";
import type { OrderMarketState, OrderRunnerState } from "./stream_state.ts";
import { OrderRunner } from "./_order_runner.ts";
import type { OrderSide } from "./_own_order.ts";
import { orderPrice, OwnOrder } from "./_own_order.ts";
import type { SimulatedMarket } from "./_simulated_market.ts";
import type { SimulatedRunner } from "./_simulated_runner.ts";

/** Orders that are placed in one market at most, so that memory stays bounded. */
const MAX_ORDERS = 200;

/** Strategy references that orders carry. */
const STRATEGIES = ["", "scalper1", "steamer"];

/** One entry of `oc`. */
export type OrderMarketChange = Record<string, unknown>;

/**
 * The account's orders in one market, from placing to the market's end, and
 * what a subscriber was told of them (protocol 5).
 */
export class OrderMarket {
  readonly market: SimulatedMarket;
  readonly #random: SeededRandom;
  readonly #nextBetId: () => string;
  readonly #runners = new Map<SimulatedRunner, OrderRunner>();
  #placed = 0;
  #inPlay = false;
  #closed = false;
  #closedSent = false;
  #published = false;
  #publishTimeMs: number | undefined;

  constructor(
    market: SimulatedMarket,
    random: SeededRandom,
    nextBetId: () => string,
  ) {
    this.market = market;
    this.#random = random;
    this.#nextBetId = nextBetId;
  }

  /** One thing that happens to the account's orders, and whatever the market forces on them. */
  turn(nowMs: number): void {
    if (this.market.isClosed) this.#close(nowMs);
    else if (this.market.inPlay && !this.#inPlay) this.#turnInPlay(nowMs);
    else if (this.market.status === "OPEN") this.#act(nowMs);
  }

  /**
   * A runner left the market: bets on it are void, and matched prices on the
   * others are reduced.
   */
  removed(runner: SimulatedRunner, nowMs: number): void {
    for (const [other, own] of this.#runners) {
      for (const order of own.orders) {
        const matched = order.matchedPence;
        if (matched === 0 && !order.isExecutable) continue;
        const price = order.matchedPrice;
        if (other === runner) {
          if (matched > 0) own.moveMatch(order, matched, price, undefined);
          order.voidMatched();
          if (order.isExecutable) order.lapse(nowMs, "RNR_UNKNOWN");
        } else if (matched > 0) {
          order.reduce(runner.adjustmentFactor ?? 0);
          own.moveMatch(order, matched, price, order.matchedPrice);
        } else continue;
        own.touch(order);
      }
    }
  }

  /** What changed since the market was last published. */
  change(publishTimeMs: number): OrderMarketChange | undefined {
    const entries: OrderMarketChange[] = [];
    for (const runner of this.#runners.values()) {
      const change = runner.change(this.#random);
      if (change !== undefined) entries.push(change);
    }
    const closes = this.#closed && !this.#closedSent;
    if (entries.length === 0 && !(closes && this.#published)) return undefined;
    return this.#finish(publishTimeMs, entries, false);
  }

  /**
   * Everything there is, to replace what the subscriber knows of the market.
   * Undefined when nothing is left, as the image of a subscription then leaves
   * the market out.
   */
  image(publishTimeMs: number): OrderMarketChange | undefined {
    const entries = this.#imageEntries();
    return entries.length === 0
      ? undefined
      : this.#finish(publishTimeMs, entries, true);
  }

  /** The same in mid-stream, where a market with nothing left is mentioned without content. */
  fullImage(publishTimeMs: number): OrderMarketChange {
    return this.#finish(publishTimeMs, this.#imageEntries(), true);
  }

  /** Notes that the subscriber was told to drop the market. */
  forget(): void {
    for (const runner of this.#runners.values()) runner.forget();
    this.#published = false;
    this.#closedSent = false;
    this.#publishTimeMs = undefined;
  }

  /** Whether the subscriber knows the market. */
  get isPublished(): boolean {
    return this.#published;
  }

  /** What the subscriber was told; undefined when it does not know the market. */
  state(): OrderMarketState | undefined {
    if (!this.#published) return undefined;
    return {
      id: this.market.id,
      publishTimeMs: this.#publishTimeMs,
      closed: this.#closedSent,
      runners: [...this.#runners.values()]
        .map((runner) => runner.state())
        .filter((state): state is OrderRunnerState => state !== undefined)
        .sort((a, b) =>
          a.selectionId - b.selectionId || a.handicap - b.handicap
        ),
    };
  }

  #imageEntries(): OrderMarketChange[] {
    this.forget();
    const entries: OrderMarketChange[] = [];
    for (const runner of this.#runners.values()) {
      const change = runner.image(this.#random, false);
      if (change !== undefined) entries.push(change);
    }
    return entries;
  }

  #finish(
    publishTimeMs: number,
    entries: OrderMarketChange[],
    image: boolean,
  ): OrderMarketChange {
    const change: OrderMarketChange = {};
    if (image) change.fullImage = true;
    if (this.#closed && !this.#closedSent) {
      change.closed = true;
      this.#closedSent = true;
    }
    change.id = this.market.id;
    if (entries.length > 0) change.orc = entries;
    this.#published = true;
    this.#publishTimeMs = publishTimeMs;
    return change;
  }

  #act(nowMs: number): void {
    const own = this.#pickExecutable();
    if (own === undefined || this.#random.chance(0.35)) {
      this.#place(nowMs);
      return;
    }
    const [runner, order] = own;
    const part = this.#random.chance(0.5)
      ? order.remainingPence
      : this.#random.integer(1, order.remainingPence);
    if (this.#random.chance(0.75)) {
      order.match(part, nowMs);
      runner.moveMatch(order, part, undefined, order.matchedPrice);
    } else order.cancel(part, nowMs);
    runner.touch(order);
  }

  #place(nowMs: number): void {
    const active = this.market.activeRunners;
    if (active.length === 0 || this.#placed >= MAX_ORDERS) return;
    const runner = this.#random.pick(active);
    const side: OrderSide = this.#random.pick(["B", "L"]);
    const price = orderPrice(runner, side);
    if (price === undefined) return;
    this.#placed++;
    const order = new OwnOrder({
      betId: this.#nextBetId(),
      side,
      price,
      pence: this.#random.integer(200, 10_000),
      persistence: this.#random.pick(["L", "P"]),
      orderReference: this.#random.chance(0.3) ? "" : `o-${this.#placed}`,
      strategyReference: this.#random.pick(STRATEGIES),
      placedMs: nowMs,
    });
    let own = this.#runners.get(runner);
    if (own === undefined) {
      this.#runners.set(runner, own = new OrderRunner(runner));
    }
    own.orders.push(order);
    own.touch(order);
    // Placed and filled within one update: a first message that holds a complete order.
    if (this.#random.chance(0.1)) {
      order.match(order.remainingPence, nowMs);
      own.moveMatch(order, order.matchedPence, undefined, order.matchedPrice);
    }
  }

  #turnInPlay(nowMs: number): void {
    this.#inPlay = true;
    for (const [own, order] of this.#executable()) {
      if (order.ticket.persistence === "P") continue;
      order.lapse(nowMs, undefined);
      own.touch(order);
    }
  }

  #close(nowMs: number): void {
    this.#closed = true;
    for (const [own, order] of this.#executable()) {
      order.lapse(nowMs, undefined);
      own.touch(order);
    }
  }

  #pickExecutable(): [OrderRunner, OwnOrder] | undefined {
    const executable = [...this.#executable()];
    return executable.length === 0 ? undefined : this.#random.pick(executable);
  }

  *#executable(): Generator<[OrderRunner, OwnOrder]> {
    for (const own of this.#runners.values()) {
      for (const order of own.orders) {
        if (order.isExecutable) yield [own, order];
      }
    }
  }
}
