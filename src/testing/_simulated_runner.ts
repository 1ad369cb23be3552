import type { SeededRandom } from "./random.ts";
import { SentLadder } from "./_sent_ladder.ts";
import { LAST_TICK, TICKS } from "./_tick_ladder.ts";

/** Highest fair tick: one tick above it must be left for lay offers. */
export const HIGHEST_FAIR_TICK: number = LAST_TICK - 1;

/**
 * One runner as the exchange knows it. Backs are offered at the fair price and
 * below, lays above it, so that its book never crosses; the sum of what traded
 * is kept beside the traded ladder and always equals it.
 */
export class SimulatedRunner {
  readonly selectionId: number;
  readonly handicap: number;
  readonly name: string;

  status = "ACTIVE";
  sortPriority: number;
  /** Reduction factor in percent, racing only. */
  adjustmentFactor: number | undefined;
  removalTimeMs: number | undefined;
  /** Starting price, once reconciled: decimal odds, NaN or Infinity. */
  startingPrice: number | undefined;

  /** Tick that backers are offered at best when someone offers there. */
  fair: number;
  /** Where the fair tick goes in play. */
  finalTick: number = HIGHEST_FAIR_TICK;

  readonly backs: SentLadder = new SentLadder();
  readonly lays: SentLadder = new SentLadder();
  readonly traded: SentLadder = new SentLadder();
  /** `spb`: liabilities of starting price lays. */
  readonly startingLays: SentLadder = new SentLadder();
  /** `spl`: stakes of starting price backs. */
  readonly startingBacks: SentLadder = new SentLadder();
  /** 0 when never traded. */
  lastTradedPrice = 0;
  tradedPence = 0;
  nearPrice: number = NaN;
  farPrice: number = NaN;

  constructor(
    selectionId: number,
    handicap: number,
    name: string,
    sortPriority: number,
    fair: number,
  ) {
    this.selectionId = selectionId;
    this.handicap = handicap;
    this.name = name;
    this.sortPriority = sortPriority;
    this.fair = fair;
  }

  get isActive(): boolean {
    return this.status === "ACTIVE";
  }

  /** Offers to back, best first. */
  *backOffers(): Generator<readonly [price: number, pence: number]> {
    let left = this.backs.count;
    for (let tick = this.fair; left > 0 && tick >= 0; tick--) {
      const pence = this.backs.get(TICKS[tick]!);
      if (pence === 0) continue;
      left--;
      yield [TICKS[tick]!, pence];
    }
  }

  /** Offers to lay, best first. */
  *layOffers(): Generator<readonly [price: number, pence: number]> {
    let left = this.lays.count;
    for (let tick = this.fair + 1; left > 0 && tick <= LAST_TICK; tick++) {
      const pence = this.lays.get(TICKS[tick]!);
      if (pence === 0) continue;
      left--;
      yield [TICKS[tick]!, pence];
    }
  }

  /** Puts up the offers, and mostly some volume, of a market that has been open for a while. */
  quote(random: SeededRandom): void {
    for (let count = random.integer(8, 30); count > 0; count--) {
      this.#offer(random, 24);
    }
    this.backs.add(1.01, random.integer(10_000, 500_000));
    this.lays.add(1000, random.integer(100, 2_000));
    if (random.chance(0.1)) return;
    for (let count = random.integer(4, 14); count > 0; count--) {
      const tick = Math.min(
        LAST_TICK,
        Math.max(0, this.fair + random.integer(-8, 8)),
      );
      this.#match(TICKS[tick]!, 4 * size(random));
    }
    this.#match(TICKS[this.fair]!, size(random));
  }

  /** One thing that happens in an open market. */
  act(random: SeededRandom): void {
    const what = random.next();
    if (what < 0.4) this.#offer(random, 3);
    else if (what < 0.62) this.#cancel(random);
    else if (what < 0.9) this.#trade(random);
    else this.#offer(random, 60);
  }

  /** Moves the fair price by some ticks; offers on the wrong side of it are taken. */
  moveFair(ticks: number): void {
    const next = Math.min(HIGHEST_FAIR_TICK, Math.max(0, this.fair + ticks));
    for (
      const [price, pence] of ticks > 0
        ? [...this.layOffers()]
        : [...this.backOffers()]
    ) {
      const beyond = ticks > 0 ? price <= TICKS[next]! : price > TICKS[next]!;
      if (!beyond) break;
      (ticks > 0 ? this.lays : this.backs).set(price, 0);
      this.#match(price, pence);
    }
    this.fair = next;
  }

  /** Withdraws about this share of all offers. */
  withdraw(share: number, random: SeededRandom): void {
    for (const side of [this.backs, this.lays]) {
      for (const price of side.prices()) {
        if (random.chance(share)) side.set(price, 0);
      }
    }
  }

  /** Someone bets at starting price, with or without a limit. */
  betAtStartingPrice(random: SeededRandom): void {
    const limited = random.chance(0.3);
    const tick = Math.min(
      LAST_TICK,
      Math.max(0, this.fair + random.integer(-15, 15)),
    );
    if (random.chance(0.5)) {
      this.startingBacks.add(limited ? TICKS[tick]! : 1.01, size(random));
    } else {
      this.startingLays.add(limited ? TICKS[tick]! : 1000, size(random));
    }
    this.#projectStartingPrice();
  }

  /** Fixes the starting price; both ladders keep what was matched, at that price. */
  reconcile(random: SeededRandom): void {
    const matched = Math.min(
      this.startingBacks.total(),
      this.startingLays.total(),
    );
    this.startingPrice = this.startingBacks.total() === 0
      ? NaN
      : this.startingLays.total() === 0
      ? Infinity
      : Math.max(1.01, TICKS[this.fair]! * (0.98 + random.next() * 0.04));
    this.startingBacks.clear();
    this.startingLays.clear();
    if (matched > 0) {
      this.startingBacks.set(this.startingPrice, matched);
      this.startingLays.set(this.startingPrice, matched);
    }
  }

  /** Takes all offers away. */
  clearOffers(): void {
    this.backs.clear();
    this.lays.clear();
  }

  /** Takes all volume away, as settlement and removal do. */
  clearVolume(): void {
    this.traded.clear();
    this.tradedPence = 0;
    this.startingBacks.clear();
    this.startingLays.clear();
  }

  #offer(random: SeededRandom, depth: number): void {
    const distance = Math.min(
      random.integer(0, depth),
      random.integer(0, depth),
    );
    if (random.chance(0.5)) {
      this.backs.add(TICKS[Math.max(0, this.fair - distance)]!, size(random));
    } else {this.lays.add(
        TICKS[Math.min(LAST_TICK, this.fair + 1 + distance)]!,
        size(random),
      );}
  }

  #cancel(random: SeededRandom): void {
    const onBackSide = random.chance(0.5);
    let skip = random.integer(0, 4);
    for (
      const [price, pence] of onBackSide ? this.backOffers() : this.layOffers()
    ) {
      if (skip-- > 0) continue;
      const rest = random.chance(0.5) ? 0 : random.integer(0, pence - 1);
      (onBackSide ? this.backs : this.lays).set(price, rest);
      return;
    }
  }

  #trade(random: SeededRandom): void {
    const onBackSide = random.chance(0.5);
    for (
      const [price, pence] of onBackSide ? this.backOffers() : this.layOffers()
    ) {
      const taken = random.chance(0.4) ? pence : random.integer(1, pence);
      (onBackSide ? this.backs : this.lays).set(price, pence - taken);
      this.#match(price, taken);
      return;
    }
  }

  #match(price: number, pence: number): void {
    this.traded.add(price, pence);
    this.tradedPence += pence;
    this.lastTradedPrice = price;
  }

  #projectStartingPrice(): void {
    const backs = this.startingBacks.total();
    const lays = this.startingLays.total();
    this.farPrice = backs === 0
      ? NaN
      : lays === 0
      ? Infinity
      : hundredths(1 + lays / backs);
    // The near price counts the ordinary offers as well, so there always is one.
    const fair = TICKS[this.fair]!;
    const far = Number.isNaN(this.farPrice)
      ? fair
      : Math.min(2 * fair, this.farPrice);
    this.nearPrice = hundredths((9 * fair + far) / 10);
  }
}

function hundredths(price: number): number {
  return Math.round(price * 100) / 100;
}

/** A stake in pence: now and then below £1, mostly small, seldom large. */
function size(random: SeededRandom): number {
  const magnitude = random.next();
  if (magnitude < 0.12) return random.integer(1, 99);
  if (magnitude < 0.8) return random.integer(200, 4_000);
  return random.integer(4_000, 60_000);
}
