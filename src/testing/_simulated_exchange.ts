import type { ResolvedOptions } from "./generator_options.ts";
import type { SeededRandom } from "./random.ts";
import type { Columns } from "./_columns.ts";
import { drawCard } from "./_market_card.ts";
import { MarketPublisher } from "./_market_publisher.ts";
import { OrderMarket } from "./_order_market.ts";
import { SimulatedMarket } from "./_simulated_market.ts";
import type { MarketEnvironment, MarketSchedule } from "./_simulated_market.ts";
import type { SimulatedRunner } from "./_simulated_runner.ts";

const MINUTE_MS = 60_000;
/** When markets would start that never do. */
const LATER_MS = 30 * MINUTE_MS;

/** A market of the exchange with what its subscribers know. */
export interface ListedMarket {
  readonly market: SimulatedMarket;
  readonly publisher: MarketPublisher;
  readonly orders: OrderMarket;
}

/**
 * All markets of a session. Markets are made when they start, so a session of
 * many short-lived ones does not have to hold those to come.
 */
export class SimulatedExchange implements MarketEnvironment {
  readonly options: ResolvedOptions;
  readonly random: SeededRandom;
  readonly #columns: Columns;
  readonly #listed: ListedMarket[] = [];
  readonly #waiting: MarketSchedule[];
  readonly #nowMs: () => number;
  #version: number;
  #marketNumber: number;
  #eventNumber: number;
  #betNumber: number;

  constructor(
    options: ResolvedOptions,
    columns: Columns,
    random: SeededRandom,
    nowMs: () => number,
  ) {
    this.options = options;
    this.random = random;
    this.#columns = columns;
    this.#nowMs = nowMs;
    this.#version = random.integer(5_000_000_000, 6_500_000_000);
    this.#marketNumber = random.integer(200_000_000, 240_000_000);
    this.#eventNumber = random.integer(32_000_000, 35_000_000);
    this.#betNumber = random.integer(300_000_000_000, 380_000_000_000);
    this.#waiting = Array.from(
      { length: options.markets },
      (_, index) => this.#schedule(index),
    )
      .sort((a, b) => a.startAt - b.startAt);
  }

  /** Markets that were opened, closed ones included. */
  get listed(): readonly ListedMarket[] {
    return this.#listed;
  }

  /** Markets that were opened and are not closed. */
  get open(): ListedMarket[] {
    return this.#listed.filter(({ market }) => !market.isClosed);
  }

  nowMs(): number {
    return this.#nowMs();
  }

  nextVersion(): number {
    this.#version += this.random.integer(1, 150_000);
    return this.#version;
  }

  runnerRemoved(market: SimulatedMarket, runner: SimulatedRunner): void {
    const listed = this.#listed.find((candidate) =>
      candidate.market === market
    );
    listed?.orders.removed(runner, this.#nowMs());
  }

  /** Opens the markets whose time has come, and returns them. */
  openDue(at: number): ListedMarket[] {
    const opened: ListedMarket[] = [];
    while (this.#waiting.length > 0 && this.#waiting[0]!.startAt <= at) {
      opened.push(this.#openMarket(this.#waiting.shift()!));
    }
    return opened;
  }

  #openMarket(schedule: MarketSchedule): ListedMarket {
    const { options, random } = this;
    const type = options
      .marketTypes[this.#listed.length % options.marketTypes.length]!;
    this.#marketNumber += random.integer(1, 40);
    this.#eventNumber += random.integer(1, 9);
    // Scheduled for a whole minute; the off is never early.
    const offMs = options.startTimeMs +
      (options.wholeLife ? schedule.offAt * options.paceMs : LATER_MS);
    const marketTimeMs = Math.floor(offMs / MINUTE_MS) * MINUTE_MS;
    const market = new SimulatedMarket(
      `1.${this.#marketNumber}`,
      String(this.#eventNumber),
      drawCard(type, options.runners, marketTimeMs, random),
      schedule,
      marketTimeMs,
      this,
    );
    const listed: ListedMarket = {
      market,
      publisher: new MarketPublisher(market, options, this.#columns, random),
      orders: new OrderMarket(market, random, () => String(++this.#betNumber)),
    };
    this.#listed.push(listed);
    return listed;
  }

  #schedule(index: number): MarketSchedule {
    const { options: { messages, wholeLife, flavor }, random } = this;
    const startAt = flavor === "live" && index % 4 === 3
      ? Math.floor(messages * 0.2) + index
      : 0;
    if (!wholeLife) {
      const never = Number.MAX_SAFE_INTEGER;
      return {
        startAt,
        removalAt: startAt + messages * 0.3,
        offAt: never,
        endAt: never,
      };
    }
    // The first market lasts until the end, so that there is always one to tell of.
    const endAt = Math.floor(
      messages * (index === 0 ? 1 : 0.6 + random.next() * 0.4),
    );
    const life = endAt - startAt;
    return {
      startAt,
      removalAt: startAt + Math.floor(life * (0.15 + random.next() * 0.3)),
      offAt: startAt + Math.floor(life * (0.6 + random.next() * 0.15)),
      endAt,
    };
  }
}
