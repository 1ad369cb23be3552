import type { SeededRandom } from "./random.ts";
import type { OrderRunnerState } from "./stream_state.ts";
import { handicapMember } from "./_market_definition.ts";
import type { OwnOrder } from "./_own_order.ts";
import { SentLadder } from "./_sent_ladder.ts";
import type { SimulatedRunner } from "./_simulated_runner.ts";

/** One entry of `orc`. */
export type OrderRunnerChange = Record<string, unknown>;

/** Matched backs and lays. */
interface Matches {
  readonly mb: SentLadder;
  readonly ml: SentLadder;
}

/**
 * The account's orders and matches on one runner, together with what a
 * subscriber was told of them.
 */
export class OrderRunner {
  readonly runner: SimulatedRunner;
  readonly orders: OwnOrder[] = [];
  readonly #matches: Matches = newMatches();
  readonly #strategies = new Map<string, Matches>();
  readonly #changed = new Set<OwnOrder>();
  readonly #sent = new Map<string, Readonly<Record<string, unknown>>>();
  #known = false;

  constructor(runner: SimulatedRunner) {
    this.runner = runner;
  }

  /** Notes that an order has to be sent. */
  touch(order: OwnOrder): void {
    this.#changed.add(order);
  }

  /** Moves matched size from one price to another; a size without a price is new or gone. */
  moveMatch(
    order: OwnOrder,
    pence: number,
    from: number | undefined,
    to: number | undefined,
  ): void {
    const { side, strategyReference } = order.ticket;
    const name = side === "B" ? "mb" : "ml";
    for (const matches of [this.#matches, this.#strategy(strategyReference)]) {
      if (from !== undefined) matches[name].add(from, -pence);
      if (to !== undefined) matches[name].add(to, pence);
    }
  }

  /** What changed; the first change of a runner is a full image of it. */
  change(random: SeededRandom): OrderRunnerChange | undefined {
    if (!this.#known) {
      return this.orders.length > 0 ? this.image(random, true) : undefined;
    }
    if (this.#changed.size === 0) return undefined;
    const change: OrderRunnerChange = {
      id: this.runner.selectionId,
      ...handicapMember(this.runner),
    };
    change.uo = [...this.#changed].map((order) => this.#send(order));
    this.#changed.clear();
    Object.assign(change, takeMatches(this.#matches, random));
    const strategies: Record<string, unknown> = {};
    for (const [reference, matches] of this.#strategies) {
      const taken = takeMatches(matches, random);
      if (Object.keys(taken).length > 0) strategies[reference] = taken;
    }
    if (Object.keys(strategies).length > 0) change.smc = strategies;
    return change;
  }

  /**
   * Everything there is, to replace what the subscriber knows of the runner.
   *
   * @param withChanged whether orders that completed since the last message are in it
   */
  image(
    random: SeededRandom,
    withChanged: boolean,
  ): OrderRunnerChange | undefined {
    const orders = this.orders.filter((order) =>
      order.isExecutable || (withChanged && this.#changed.has(order))
    );
    this.forget();
    const matched = imageMatches(this.#matches, random);
    if (orders.length === 0 && Object.keys(matched).length === 0) {
      return undefined;
    }
    this.#known = true;
    const change: OrderRunnerChange = {
      fullImage: true,
      id: this.runner.selectionId,
      ...handicapMember(this.runner),
    };
    if (orders.length > 0) change.uo = orders.map((order) => this.#send(order));
    Object.assign(change, matched);
    const strategies: Record<string, unknown> = {};
    for (const [reference, matches] of this.#strategies) {
      const taken = imageMatches(matches, random);
      if (Object.keys(taken).length > 0) strategies[reference] = taken;
    }
    if (Object.keys(strategies).length > 0) change.smc = strategies;
    return change;
  }

  /** Notes that the subscriber was told to drop the runner. */
  forget(): void {
    for (const { mb, ml } of [this.#matches, ...this.#strategies.values()]) {
      mb.forget();
      ml.forget();
    }
    this.#sent.clear();
    this.#changed.clear();
    this.#known = false;
  }

  /** What the subscriber was told; undefined when it was never told of the runner. */
  state(): OrderRunnerState | undefined {
    if (!this.#known) return undefined;
    return {
      selectionId: this.runner.selectionId,
      handicap: this.runner.handicap,
      orders: [...this.#sent.entries()].sort(([a], [b]) => a < b ? -1 : 1).map((
        [, order],
      ) => order),
      matchedBacks: this.#matches.mb.sentRows(),
      matchedLays: this.#matches.ml.sentRows(),
      strategies: [...this.#strategies.entries()].sort(([a], [b]) =>
        a < b ? -1 : 1
      )
        .map(([reference, { mb, ml }]) => ({
          reference,
          matchedBacks: mb.sentRows(),
          matchedLays: ml.sentRows(),
        }))
        .filter(({ matchedBacks, matchedLays }) =>
          matchedBacks.length + matchedLays.length > 0
        ),
    };
  }

  #send(order: OwnOrder): Readonly<Record<string, unknown>> {
    const wire = order.toWire();
    this.#sent.set(order.ticket.betId, wire);
    return wire;
  }

  #strategy(reference: string): Matches {
    let matches = this.#strategies.get(reference);
    if (matches === undefined) {
      this.#strategies.set(reference, matches = newMatches());
    }
    return matches;
  }
}

function newMatches(): Matches {
  return { mb: new SentLadder(), ml: new SentLadder() };
}

function takeMatches(
  matches: Matches,
  random: SeededRandom,
): Record<string, number[][]> {
  const taken: Record<string, number[][]> = {};
  for (const name of ["mb", "ml"] as const) {
    const rows = matches[name].takeChanges();
    if (rows.length === 0) continue;
    // A ladder that became empty may be sent as an empty list (protocol 5).
    taken[name] = matches[name].count === 0 && random.chance(0.5) ? [] : rows;
  }
  return taken;
}

function imageMatches(
  matches: Matches,
  random: SeededRandom,
): Record<string, number[][]> {
  const taken: Record<string, number[][]> = {};
  for (const name of ["mb", "ml"] as const) {
    const rows = matches[name].takeImage(random);
    if (rows.length > 0) taken[name] = rows;
  }
  return taken;
}
