import type { WireObject } from "./_mock_message.ts";

/** What a member must be; the rest are passed over, as filters may be newer. */
type Kind = "texts" | "flag" | "integer";

const MEMBERS: Readonly<Record<string, Readonly<Record<string, Kind>>>> = {
  marketFilter: {
    marketIds: "texts",
    eventTypeIds: "texts",
    eventIds: "texts",
    marketTypes: "texts",
    bettingTypes: "texts",
    countryCodes: "texts",
    venues: "texts",
    raceTypes: "texts",
    betDelayModels: "texts",
    bspMarket: "flag",
    turnInPlayEnabled: "flag",
  },
  marketDataFilter: { fields: "texts", ladderLevels: "integer" },
  orderFilter: {
    includeOverallPosition: "flag",
    customerStrategyRefs: "texts",
    partitionMatchedByStrategyRef: "flag",
  },
};

const NOUNS: Readonly<Record<Kind, string>> = {
  texts: "list of strings",
  flag: "boolean",
  integer: "integer",
};

/** Bounds of `ladderLevels` (protocol 2.4). */
const MAX_LEVELS = 10;

/**
 * What is wrong with the members of a subscription, by the types that the protocol
 * gives them (sections 2.3 to 2.5); undefined if nothing is. `null` is the same as
 * nothing.
 */
export function faultOf(request: WireObject): string | undefined {
  for (const name of ["heartbeatMs", "conflateMs"]) {
    const value = request[name] ?? undefined;
    if (value !== undefined && !isKind(value, "integer")) {
      return `"${name}" is no integer`;
    }
  }
  for (const [name, members] of Object.entries(MEMBERS)) {
    const value = request[name] ?? undefined;
    if (value === undefined) continue;
    if (typeof value !== "object" || Array.isArray(value)) {
      return `"${name}" is no object`;
    }
    const filter = value as WireObject;
    for (const [member, kind] of Object.entries(members)) {
      const given = filter[member] ?? undefined;
      if (given === undefined || isKind(given, kind)) continue;
      return `"${name}.${member}" is no ${NOUNS[kind]}`;
    }
    const levels = filter["ladderLevels"] ?? 1;
    if (name === "marketDataFilter" && !isBetween(levels, 1, MAX_LEVELS)) {
      return `"ladderLevels" is not in 1 to ${MAX_LEVELS}`;
    }
    if (name === "orderFilter" && (filter["accountIds"] ?? null) !== null) {
      return "accounts cannot be chosen";
    }
  }
  return undefined;
}

function isKind(value: unknown, kind: Kind): boolean {
  switch (kind) {
    case "texts":
      return Array.isArray(value) &&
        value.every((item) => typeof item === "string");
    case "flag":
      return typeof value === "boolean";
    case "integer":
      return Number.isInteger(value);
  }
}

function isBetween(value: unknown, min: number, max: number): boolean {
  return typeof value === "number" && value >= min && value <= max;
}
