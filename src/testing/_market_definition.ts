import type { SessionFlavor } from "./generator_options.ts";
import type { SimulatedMarket } from "./_simulated_market.ts";
import type { SimulatedRunner } from "./_simulated_runner.ts";

/** Hours between the opening of an event's markets and their scheduled start. */
const OPEN_BEFORE_MS = 6 * 3_600_000;

/** The definition of a market as it is now, members in the order of the wire (protocol 3.5). */
export function definitionOf(
  market: SimulatedMarket,
  flavor: SessionFlavor,
): Record<string, unknown> {
  const { card } = market;
  const live = flavor === "live";
  const marketTime = isoDate(market.marketTimeMs);
  return withoutUndefined({
    bspMarket: market.hasStartingPrice,
    turnInPlayEnabled: true,
    persistenceEnabled: true,
    marketBaseRate: 5,
    eventId: market.eventId,
    eventTypeId: card.eventTypeId,
    numberOfWinners: card.numberOfWinners,
    bettingType: card.type === "ASIAN_HANDICAP"
      ? "ASIAN_HANDICAP_DOUBLE_LINE"
      : "ODDS",
    marketType: card.type,
    marketTime,
    suspendTime: marketTime,
    bspReconciled: market.startingPriceReconciled,
    complete: true,
    inPlay: market.inPlay,
    crossMatching: card.numberOfWinners === 1,
    runnersVoidable: false,
    numberOfActiveRunners: market.activeRunners.length,
    betDelay: market.betDelay,
    betDelayModels: live && card.type === "MATCH_ODDS"
      ? ["PASSIVE"]
      : undefined,
    status: market.status,
    settledTime: optionalDate(market.settledTimeMs),
    runners: [...card.runners]
      .sort((a, b) => a.sortPriority - b.sortPriority)
      .map((runner) => runnerDefinitionOf(runner, live)),
    regulators: ["MR_INT"],
    venue: card.venue?.name,
    countryCode: card.countryCode,
    discountAllowed: true,
    timezone: card.timezone,
    openDate: isoDate(market.marketTimeMs - OPEN_BEFORE_MS),
    version: market.version,
    name: live ? undefined : card.name,
    eventName: live ? undefined : card.eventName,
    ...(live ? liveMembers(market) : {}),
  });
}

function liveMembers(market: SimulatedMarket): Record<string, unknown> {
  const { card } = market;
  if (card.type !== "ASIAN_HANDICAP") {
    return {
      raceType: card.isRacing ? "Flat" : undefined,
      priceLadderDefinition: { type: "CLASSIC" },
    };
  }
  const lines = card.runners.map((runner) => runner.handicap);
  const middle = card.runners.length / 2 - 1;
  return {
    lineMaxUnit: Math.max(...lines),
    lineMinUnit: Math.min(...lines),
    lineInterval: 0.25,
    keyLineDefinition: {
      kl: card.runners.slice(middle, middle + 2).map((runner) => ({
        id: runner.selectionId,
        ...handicapMember(runner),
      })),
    },
    priceLadderDefinition: { type: "CLASSIC" },
  };
}

function runnerDefinitionOf(
  runner: SimulatedRunner,
  live: boolean,
): Record<string, unknown> {
  return withoutUndefined({
    adjustmentFactor: precise(runner.adjustmentFactor, live),
    status: runner.status,
    sortPriority: runner.sortPriority,
    bsp: wireNumber(precise(runner.startingPrice, live)),
    removalDate: optionalDate(runner.removalTimeMs),
    id: runner.selectionId,
    ...handicapMember(runner),
    name: live ? undefined : runner.name,
  });
}

/** `hc` as the exchange sends it: left out when 0. */
export function handicapMember(
  runner: { readonly handicap: number },
): { hc?: number } {
  return runner.handicap === 0 ? {} : { hc: runner.handicap };
}

/** Purchased files cut numbers of the definition to two decimals. */
function precise(value: number | undefined, live: boolean): number | undefined {
  return value === undefined || live || !Number.isFinite(value)
    ? value
    : Math.floor(value * 100) / 100;
}

function wireNumber(value: number | undefined): number | string | undefined {
  return value === undefined || Number.isFinite(value) ? value : String(value);
}

function optionalDate(timeMs: number | undefined): string | undefined {
  return timeMs === undefined ? undefined : isoDate(timeMs);
}

function isoDate(timeMs: number): string {
  return new Date(timeMs).toISOString();
}

function withoutUndefined(
  members: Record<string, unknown>,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(members).filter(([, value]) => value !== undefined),
  );
}
