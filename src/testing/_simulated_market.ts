import type { ResolvedOptions } from "./generator_options.ts";
import type { SeededRandom } from "./random.ts";
import type { MarketCard } from "./_market_card.ts";
import type { SimulatedRunner } from "./_simulated_runner.ts";

/** What a market takes from the session that it belongs to. */
export interface MarketEnvironment {
  readonly options: ResolvedOptions;
  readonly random: SeededRandom;
  /** Publish time of the next message, ms since the epoch. */
  nowMs(): number;
  /** A market version above all earlier ones. */
  nextVersion(): number;
  /** A runner left a market, after its definition says so. */
  runnerRemoved(market: SimulatedMarket, runner: SimulatedRunner): void;
}

/** Ticks that a price moves at most between two messages in play. */
const MAX_DRIFT_TICKS = 40;

/** When things happen in a market's life, as numbers of session messages. */
export interface MarketSchedule {
  readonly startAt: number;
  readonly removalAt: number;
  readonly offAt: number;
  readonly endAt: number;
}

/**
 * One market as the exchange knows it, from opening to settlement
 * (protocol 4.7). It moves one step each time it is its turn:
 *
 * ```text
 * OPEN ─▶ SUSPENDED ─▶ runner REMOVED ─▶ OPEN            racing, once
 *      ─▶ SUSPENDED ─▶ BSP reconciled ─▶ OPEN, in play
 *      ─▶ SUSPENDED ─▶ offers gone ─▶ volume zeroed ─▶ CLOSED
 * ```
 */
export class SimulatedMarket {
  readonly id: string;
  readonly eventId: string;
  readonly card: MarketCard;
  readonly schedule: MarketSchedule;
  readonly marketTimeMs: number;

  status: "OPEN" | "SUSPENDED" | "CLOSED" = "OPEN";
  inPlay = false;
  betDelay = 0;
  startingPriceReconciled = false;
  settledTimeMs: number | undefined;
  version: number;
  /** True from a change of the definition until it is published. */
  definitionChanged = true;
  /** Runners that something happened to since the market was last published. */
  readonly touched: Set<SimulatedRunner> = new Set();

  readonly #environment: MarketEnvironment;
  readonly #script: (() => void)[] = [];
  #removalDone: boolean;
  #offDone = false;
  #endDone = false;

  constructor(
    id: string,
    eventId: string,
    card: MarketCard,
    schedule: MarketSchedule,
    marketTimeMs: number,
    environment: MarketEnvironment,
  ) {
    this.id = id;
    this.eventId = eventId;
    this.card = card;
    this.schedule = schedule;
    this.marketTimeMs = marketTimeMs;
    this.#environment = environment;
    this.version = environment.nextVersion();
    const { options, random } = environment;
    this.#removalDone = !options.removals || !card.isRacing ||
      card.runners.length < 4;
    for (const runner of card.runners) {
      runner.quote(random);
      for (let acts = random.integer(0, 12); acts > 0; acts--) {
        runner.act(random);
      }
      if (this.hasStartingPrice && random.chance(0.9)) {
        runner.betAtStartingPrice(random);
      }
      this.touched.add(runner);
    }
  }

  /** Whether bets at starting price are taken. */
  get hasStartingPrice(): boolean {
    return this.card.isRacing;
  }

  get isClosed(): boolean {
    return this.status === "CLOSED";
  }

  /** Whether the market has steps to go before anything else can happen. */
  get hasScript(): boolean {
    return this.#script.length > 0;
  }

  /** Runners still in the running. */
  get activeRunners(): SimulatedRunner[] {
    return this.card.runners.filter((runner) => runner.isActive);
  }

  /** Sum of what traded on all runners, pence. */
  get tradedPence(): number {
    return this.card.runners.reduce(
      (total, runner) => total + runner.tradedPence,
      0,
    );
  }

  /**
   * The next step.
   *
   * @param at number of session messages so far
   * @param intensity how much happens in an open market, about this many events
   */
  turn(at: number, intensity: number): void {
    if (this.isClosed) return;
    this.#plan(at);
    const step = this.#script.shift();
    if (step !== undefined) step();
    else if (this.status === "OPEN") this.#trade(at, intensity);
  }

  #plan(at: number): void {
    if (this.hasScript) return;
    if (!this.#removalDone && at >= this.schedule.removalAt) {
      this.#removalDone = true;
      this.#script.push(
        () => this.#suspend(),
        () => this.#removeRunner(),
        () => this.#reopen(),
      );
    } else if (!this.#offDone && at >= this.schedule.offAt) {
      this.#offDone = true;
      this.#script.push(() => this.#suspend());
      if (this.hasStartingPrice) this.#script.push(() => this.#reconcile());
      this.#script.push(() => this.#turnInPlay());
    } else if (!this.#endDone && at >= this.schedule.endAt) {
      this.#endDone = true;
      this.#script.push(
        () => this.#suspend(),
        () => this.#emptyOffers(),
        () => this.#zeroVolume(),
        () => this.#close(),
      );
    }
  }

  #trade(at: number, intensity: number): void {
    const { random } = this.#environment;
    const active = this.activeRunners;
    if (active.length === 0) return;
    for (let events = random.integer(1, 2 * intensity); events > 0; events--) {
      const runner = random.pick(active);
      this.touched.add(runner);
      if (this.inPlay && random.chance(0.3)) this.#drift(runner, at);
      else if (random.chance(0.05)) runner.moveFair(random.pick([-1, 1]));
      else if (this.hasStartingPrice && !this.inPlay && random.chance(0.06)) {
        runner.betAtStartingPrice(random);
      } else runner.act(random);
    }
  }

  /** A race or match takes its course: prices go to where they end, with setbacks. */
  #drift(runner: SimulatedRunner, at: number): void {
    const { random, options } = this.#environment;
    const distance = runner.finalTick - runner.fair;
    // About one runner of one market moves per message.
    const left = Math.max(1, this.schedule.endAt - at);
    const pace =
      (Math.abs(distance) * this.activeRunners.length * options.markets) / left;
    const step = Math.min(
      MAX_DRIFT_TICKS,
      Math.ceil(pace) + random.integer(0, 4),
    );
    const towards = distance > 0 ? step : -step;
    runner.moveFair(random.chance(0.8) ? towards : -Math.ceil(towards / 2));
  }

  #suspend(): void {
    this.status = "SUSPENDED";
    this.#changeDefinition();
  }

  #reopen(): void {
    this.status = "OPEN";
    this.#changeDefinition();
  }

  #removeRunner(): void {
    const { random } = this.#environment;
    const losers = this.activeRunners.filter((runner) =>
      runner.finalTick !== 0
    );
    const removed = random.pick(losers);
    removed.status = "REMOVED";
    removed.removalTimeMs = Math.floor(this.#environment.nowMs() / 1000) * 1000;
    removed.clearOffers();
    removed.clearVolume();
    this.touched.add(removed);
    const rest = 1 - (removed.adjustmentFactor ?? 0) / 100;
    for (const runner of this.activeRunners) {
      runner.adjustmentFactor =
        Math.round(((runner.adjustmentFactor ?? 0) / rest) * 1000) / 1000;
    }
    // The removed runner goes to the end and the others close ranks.
    [...this.card.runners]
      .sort((a, b) =>
        Number(b.isActive) - Number(a.isActive) ||
        a.sortPriority - b.sortPriority
      )
      .forEach((runner, index) => runner.sortPriority = index + 1);
    this.#changeDefinition();
    this.#environment.runnerRemoved(this, removed);
  }

  #reconcile(): void {
    for (const runner of this.activeRunners) {
      runner.reconcile(this.#environment.random);
      this.touched.add(runner);
    }
    this.startingPriceReconciled = true;
    this.#changeDefinition();
  }

  #turnInPlay(): void {
    for (const runner of this.activeRunners) {
      runner.withdraw(0.5, this.#environment.random);
      this.touched.add(runner);
    }
    this.status = "OPEN";
    this.inPlay = true;
    this.betDelay = this.card.isRacing ? 1 : 5;
    this.#changeDefinition();
  }

  #emptyOffers(): void {
    for (const runner of this.activeRunners) {
      runner.clearOffers();
      this.touched.add(runner);
    }
  }

  #zeroVolume(): void {
    for (const runner of this.activeRunners) {
      runner.clearVolume();
      this.touched.add(runner);
    }
  }

  #close(): void {
    for (const runner of this.activeRunners) {
      runner.status = runner.finalTick === 0 ? "WINNER" : "LOSER";
    }
    this.status = "CLOSED";
    this.settledTimeMs = Math.floor(this.#environment.nowMs() / 1000) * 1000;
    this.#changeDefinition();
  }

  #changeDefinition(): void {
    this.version = this.#environment.nextVersion();
    this.definitionChanged = true;
  }
}
