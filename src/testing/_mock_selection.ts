import type { MockMarket } from "./_mock_market.ts";
import { itemsOf, membersOf, type WireObject } from "./_mock_message.ts";

/** The definition's member that each list of a filter is compared with (protocol 2.4). */
const LIST_FILTERS: Readonly<Record<string, string>> = {
  eventTypeIds: "eventTypeId",
  eventIds: "eventId",
  marketTypes: "marketType",
  bettingTypes: "bettingType",
  countryCodes: "countryCode",
  venues: "venue",
  raceTypes: "raceType",
};

/** Filters that are either true or false. */
const FLAG_FILTERS = ["bspMarket", "turnInPlayEnabled"] as const;

/** What a filter calls races whose type is not known. */
const NO_VALUE = "NO_VALUE";

/**
 * The markets that match a filter, and since when: for a reader who stopped
 * before that position a market is new.
 *
 * A market that has matched once stays, as a filter is about what a market is
 * and not about what becomes of it.
 */
export class MockSelection {
  readonly #filter: WireObject;
  readonly #since = new Map<string, number>();

  /** Creates an empty selection out of a `marketFilter`. */
  constructor(marketFilter: unknown) {
    this.#filter = membersOf(marketFilter);
  }

  /** Number of markets. */
  get size(): number {
    return this.#since.size;
  }

  /** Looks at a market that is new or has changed. */
  consider(market: MockMarket, position: number): void {
    if (!this.#since.has(market.id) && this.#matches(market)) {
      this.#since.set(market.id, position);
    }
  }

  /** Position at which a market began to match; undefined if it does not. */
  since(marketId: string): number | undefined {
    return this.#since.get(marketId);
  }

  /** Forgets a market that is gone. */
  delete(marketId: string): void {
    this.#since.delete(marketId);
  }

  #matches(market: MockMarket): boolean {
    for (const [name, wanted] of Object.entries(this.#filter)) {
      if (wanted === null || wanted === undefined) continue;
      if (!this.#fits(name, wanted, market)) return false;
    }
    return true;
  }

  #fits(name: string, wanted: unknown, market: MockMarket): boolean {
    const definition = market.definition ?? {};
    if (name === "marketIds") {
      return itemsOf(wanted).includes(market.id as never);
    }
    if (name === "betDelayModels") {
      const models = itemsOf<string>(definition["betDelayModels"]);
      return itemsOf<string>(wanted).some((model) => models.includes(model));
    }
    if ((FLAG_FILTERS as readonly string[]).includes(name)) {
      return definition[name] === wanted;
    }
    const member = LIST_FILTERS[name];
    // A filter that the exchange does not know is no filter.
    if (member === undefined) return true;
    const value = definition[member] ??
      (name === "raceTypes" ? NO_VALUE : undefined);
    return value !== undefined &&
      itemsOf<string>(wanted).includes(String(value));
  }
}
