import type { SimulatedMarket } from "./_simulated_market.ts";
import type { SimulatedRunner } from "./_simulated_runner.ts";
import { LAST_TICK, tickAtOrBelow, TICKS } from "./_tick_ladder.ts";

/** One price with its size in pence. */
export type Offer = readonly [price: number, pence: number];

/** Offers with virtual bets, best first; each can be read once. */
export interface DisplayOffers {
  readonly backs: Iterable<Offer>;
  readonly lays: Iterable<Offer>;
}

/**
 * What is shown of each runner: its own offers, and in a market with one
 * winner one virtual offer a side. Laying every other runner at the offers on
 * them is as good as backing this one at `1 / (1 - sum of 1 / lay price)`, and
 * the other way round.
 */
export function* displayOffersOf(
  market: SimulatedMarket,
): Generator<readonly [SimulatedRunner, DisplayOffers]> {
  const crosses = market.card.numberOfWinners === 1;
  const active = crosses ? market.activeRunners : [];
  const bestBacks = active.map((runner) => first(runner.backOffers()));
  const bestLays = active.map((runner) => first(runner.layOffers()));
  for (const runner of market.card.runners) {
    const index = active.indexOf(runner);
    let back = index < 0 ? undefined : virtualOffer(bestLays, index, false);
    let lay = index < 0 ? undefined : virtualOffer(bestBacks, index, true);
    // Whatever would cross an offer has been matched before it could be shown.
    if (back !== undefined && back[0] >= (bestLays[index]?.[0] ?? Infinity)) {
      back = undefined;
    }
    const highest = Math.max(bestBacks[index]?.[0] ?? 0, back?.[0] ?? 0);
    if (lay !== undefined && lay[0] <= highest) lay = undefined;
    yield [runner, {
      backs: merged(runner.backOffers(), back, true),
      lays: merged(runner.layOffers(), lay, false),
    }];
  }
}

/** The offer made of the best offers on all other runners, if each has one. */
function virtualOffer(
  best: readonly (Offer | undefined)[],
  index: number,
  roundUp: boolean,
): Offer | undefined {
  let rest = 1;
  let payout = Infinity;
  for (let other = 0; other < best.length; other++) {
    if (other === index) continue;
    const offer = best[other];
    if (offer === undefined) return undefined;
    rest -= 1 / offer[0];
    payout = Math.min(payout, offer[0] * offer[1]);
  }
  if (rest <= 0.001) return undefined;
  let tick = tickAtOrBelow(1 / rest);
  if (roundUp && TICKS[tick]! < 1 / rest) tick = Math.min(LAST_TICK, tick + 1);
  const price = TICKS[tick]!;
  const pence = Math.floor(payout / price);
  return pence > 0 ? [price, pence] : undefined;
}

function* merged(
  offers: Iterable<Offer>,
  added: Offer | undefined,
  descending: boolean,
): Generator<Offer> {
  let left = added;
  for (const offer of offers) {
    if (left !== undefined && left[0] === offer[0]) {
      yield [offer[0], offer[1] + left[1]];
      left = undefined;
      continue;
    }
    if (
      left !== undefined &&
      (descending ? left[0] > offer[0] : left[0] < offer[0])
    ) {
      yield left;
      left = undefined;
    }
    yield offer;
  }
  if (left !== undefined) yield left;
}

function first(offers: Iterable<Offer>): Offer | undefined {
  for (const offer of offers) return offer;
  return undefined;
}
