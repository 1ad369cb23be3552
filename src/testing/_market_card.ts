import type { GeneratedMarketType } from "./generator_options.ts";
import type { SeededRandom } from "./random.ts";
import {
  clubNames,
  horseNames,
  meetingName,
  pickVenue,
  raceName,
} from "./_market_names.ts";
import type { Venue } from "./_market_names.ts";
import { HIGHEST_FAIR_TICK, SimulatedRunner } from "./_simulated_runner.ts";
import { tickAtOrBelow } from "./_tick_ladder.ts";

/** Selection id of the draw, the same in every match. */
const DRAW_ID = 58805;
/** Goals between two lines of an Asian handicap. */
const LINE_STEP = 0.25;

/** What never changes about a market, and its runners as they start. */
export interface MarketCard {
  readonly type: GeneratedMarketType;
  readonly isRacing: boolean;
  readonly eventTypeId: string;
  readonly venue: Venue | undefined;
  readonly countryCode: string;
  readonly timezone: string;
  readonly name: string;
  readonly eventName: string;
  readonly numberOfWinners: number;
  readonly runners: readonly SimulatedRunner[];
}

/** Draws up a market of a type. */
export function drawCard(
  type: GeneratedMarketType,
  runnerCount: number,
  marketTimeMs: number,
  random: SeededRandom,
): MarketCard {
  switch (type) {
    case "WIN":
    case "PLACE":
      return racingCard(type, runnerCount, marketTimeMs, random);
    case "MATCH_ODDS":
      return matchCard(random);
    case "ASIAN_HANDICAP":
      return handicapCard(runnerCount, random);
  }
}

function racingCard(
  type: "WIN" | "PLACE",
  runnerCount: number,
  marketTimeMs: number,
  random: SeededRandom,
): MarketCard {
  const venue = pickVenue(random);
  const numberOfWinners = type === "WIN" ? 1 : Math.min(3, runnerCount - 1);
  // Squares of uniform numbers: some favorites, many outsiders.
  const weights = Array.from({ length: runnerCount }, () => {
    const root = 0.12 + random.next();
    return root * root;
  }).sort((a, b) => b - a);
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const ids = distinctIds(runnerCount, 1_000_000, 90_000_000, random);
  const names = horseNames(random, runnerCount);
  const runners = weights.map((weight, index) => {
    const chance = Math.min(0.95, (weight / sum) * numberOfWinners);
    const runner = new SimulatedRunner(
      ids[index]!,
      0,
      names[index]!,
      index + 1,
      fairTick(chance),
    );
    runner.adjustmentFactor = Math.round((weight / sum) * 100_000) / 1000;
    return runner;
  });
  chooseWinners(runners, weights, numberOfWinners, random);
  return {
    type,
    isRacing: true,
    eventTypeId: "7",
    venue,
    countryCode: venue.countryCode,
    timezone: venue.timezone,
    name: type === "WIN" ? raceName(random) : "To Be Placed",
    eventName: meetingName(venue, marketTimeMs),
    numberOfWinners,
    runners,
  };
}

function matchCard(random: SeededRandom): MarketCard {
  const [home, away] = clubNames(random);
  const [homeId, awayId] = distinctIds(2, 1_000, 50_000, random);
  const homeChance = 0.2 + random.next() * 0.4;
  const chances = [homeChance, 0.75 - homeChance, 0.25];
  const runners = [
    new SimulatedRunner(homeId!, 0, home, 1, fairTick(chances[0]!)),
    new SimulatedRunner(awayId!, 0, away, 2, fairTick(chances[1]!)),
    new SimulatedRunner(DRAW_ID, 0, "The Draw", 3, fairTick(chances[2]!)),
  ];
  chooseWinners(runners, chances, 1, random);
  return {
    ...football("MATCH_ODDS", "Match Odds", home, away),
    numberOfWinners: 1,
    runners,
  };
}

function handicapCard(runnerCount: number, random: SeededRandom): MarketCard {
  const [home, away] = clubNames(random);
  const [homeId, awayId] = distinctIds(2, 1_000, 50_000, random);
  const reach = Math.floor((runnerCount / 2 - 1) / 2);
  const strength = random.integer(-reach, reach);
  const runners: SimulatedRunner[] = [];
  for (let line = -reach; line <= reach; line++) {
    const homeChance = Math.min(
      0.94,
      Math.max(0.06, 0.5 + (line - strength) * 0.06),
    );
    // Adding 0 turns the -0 of the middle line into 0.
    const homeRunner = new SimulatedRunner(
      homeId!,
      line * LINE_STEP + 0,
      home,
      runners.length + 1,
      fairTick(homeChance),
    );
    const awayRunner = new SimulatedRunner(
      awayId!,
      -line * LINE_STEP + 0,
      away,
      runners.length + 2,
      fairTick(1 - homeChance),
    );
    (random.chance(homeChance) ? homeRunner : awayRunner).finalTick = 0;
    runners.push(homeRunner, awayRunner);
  }
  return {
    ...football("ASIAN_HANDICAP", "Asian Handicap", home, away),
    numberOfWinners: 0,
    runners,
  };
}

function football(
  type: GeneratedMarketType,
  name: string,
  home: string,
  away: string,
): Omit<MarketCard, "numberOfWinners" | "runners"> {
  return {
    type,
    isRacing: false,
    eventTypeId: "1",
    venue: undefined,
    countryCode: "GB",
    timezone: "GMT",
    name,
    eventName: `${home} v ${away}`,
  };
}

function fairTick(chance: number): number {
  return Math.min(HIGHEST_FAIR_TICK, tickAtOrBelow(1 / chance));
}

function chooseWinners(
  runners: readonly SimulatedRunner[],
  weights: readonly number[],
  count: number,
  random: SeededRandom,
): void {
  const open = runners.map((runner, index) => ({
    runner,
    weight: weights[index]!,
  }));
  for (let left = count; left > 0; left--) {
    let draw = random.next() *
      open.reduce((total, { weight }) => total + weight, 0);
    let index = 0;
    while (index < open.length - 1 && (draw -= open[index]!.weight) >= 0) {
      index++;
    }
    open.splice(index, 1)[0]!.runner.finalTick = 0;
  }
}

function distinctIds(
  count: number,
  min: number,
  max: number,
  random: SeededRandom,
): number[] {
  const ids = new Set<number>();
  while (ids.size < count) ids.add(random.integer(min, max));
  return [...ids];
}
