/** What the exchange says of a market, apart from prices. See {@linkcode MarketDefinition}. */

import {
  booleanOf,
  isWireObject,
  numberOf,
  textOf,
  textsOf,
  timeOf,
} from "./_wire_value.ts";
import type { WireObject } from "./wire_object.ts";
import { RunnerDefinition } from "./runner_definition.ts";

/** A selection on the main line of a handicap market. */
export interface KeyLineSelection {
  /** Selection id. */
  readonly selectionId: number;
  /** Handicap; 0 when missing. */
  readonly handicap: number;
}

/**
 * A market definition (protocol section 3.5). Immutable: each one replaces the one
 * before as a whole. What was not supplied is undefined; what this class has no
 * name for is in {@linkcode wire}.
 *
 * @example
 * ```ts
 * import { BookFeed } from "@betfair-stream/core";
 * import assert from "node:assert/strict";
 *
 * const feed = new BookFeed();
 * const line = `{"op":"mcm","pt":1,"mc":[{"id":"1.2","marketDefinition":{"status":"OPEN",` +
 *   `"marketTime":"2023-11-14T22:30:00.000Z","runners":[{"id":101,"sortPriority":1}]}}]}\n`;
 * for (const update of feed.push(new TextEncoder().encode(line))) {
 *   const { definition } = update.markets[0]!;
 *   assert.equal(definition?.status, "OPEN");
 *   assert.equal(definition?.marketTimeMs, Date.UTC(2023, 10, 14, 22, 30));
 *   assert.equal(definition?.runners[0]?.selectionId, 101);
 * }
 * ```
 */
export class MarketDefinition {
  /** The definition as received, unknown keys included. */
  readonly wire: WireObject;
  /** The runners in the order received. */
  readonly runners: readonly RunnerDefinition[];

  /**
   * Wraps a definition. Anything in it that is not of the expected type counts
   * as not supplied.
   *
   * @param wire The parsed JSON object.
   * @internal
   */
  constructor(wire: WireObject) {
    this.wire = wire;
    this.runners = Array.isArray(wire.runners)
      ? wire.runners.filter(isWireObject).map((runner) =>
        new RunnerDefinition(runner)
      )
        .filter((runner) => !Number.isNaN(runner.selectionId))
      : [];
  }

  /** `INACTIVE`, `OPEN`, `SUSPENDED`, `CLOSED` or a newer one. */
  get status(): string | undefined {
    return textOf(this.wire.status);
  }

  /** Whether the market is in play. */
  get inPlay(): boolean | undefined {
    return booleanOf(this.wire.inPlay);
  }

  /** Market version; rises with every material change, with gaps. */
  get version(): number | undefined {
    return numberOf(this.wire.version);
  }

  /** Delay of bets in play, seconds; 0 before. */
  get betDelay(): number | undefined {
    return numberOf(this.wire.betDelay);
  }

  /** Models of bet delay that apply, such as `PASSIVE`. */
  get betDelayModels(): readonly string[] | undefined {
    return textsOf(this.wire.betDelayModels);
  }

  /** `ODDS`, `LINE`, `RANGE`, `ASIAN_HANDICAP_DOUBLE_LINE`, … */
  get bettingType(): string | undefined {
    return textOf(this.wire.bettingType);
  }

  /** `WIN`, `PLACE`, `MATCH_ODDS`, … */
  get marketType(): string | undefined {
    return textOf(this.wire.marketType);
  }

  /** Sport: `"1"` football, `"2"` tennis, `"7"` horse racing, … */
  get eventTypeId(): string | undefined {
    return textOf(this.wire.eventTypeId);
  }

  /** Event. */
  get eventId(): string | undefined {
    return textOf(this.wire.eventId);
  }

  /** Name of the event; purchased files only. */
  get eventName(): string | undefined {
    return textOf(this.wire.eventName);
  }

  /** Name of the market; purchased files only. */
  get name(): string | undefined {
    return textOf(this.wire.name);
  }

  /** ISO 3166-1 alpha-2 code. */
  get countryCode(): string | undefined {
    return textOf(this.wire.countryCode);
  }

  /** Racing venue. */
  get venue(): string | undefined {
    return textOf(this.wire.venue);
  }

  /** Kind of race, such as `Flat`. */
  get raceType(): string | undefined {
    return textOf(this.wire.raceType);
  }

  /** IANA name of the time zone, or `GMT`. */
  get timezone(): string | undefined {
    return textOf(this.wire.timezone);
  }

  /** Opening of the event, ms since the epoch. */
  get openTimeMs(): number | undefined {
    return timeOf(this.wire.openDate);
  }

  /** Scheduled start, ms since the epoch. */
  get marketTimeMs(): number | undefined {
    return timeOf(this.wire.marketTime);
  }

  /** Scheduled suspension, ms since the epoch. */
  get suspendTimeMs(): number | undefined {
    return timeOf(this.wire.suspendTime);
  }

  /** Settlement, ms since the epoch; once closed. */
  get settledTimeMs(): number | undefined {
    return timeOf(this.wire.settledTime);
  }

  /** Why the market is suspended. */
  get suspendReason(): string | undefined {
    return textOf(this.wire.suspendReason);
  }

  /** Number of winners; 0 for Asian handicaps. */
  get numberOfWinners(): number | undefined {
    return numberOf(this.wire.numberOfWinners);
  }

  /** Active runners; 0 once closed. */
  get numberOfActiveRunners(): number | undefined {
    return numberOf(this.wire.numberOfActiveRunners);
  }

  /** Whether bets are void when a runner is removed. */
  get runnersVoidable(): boolean | undefined {
    return booleanOf(this.wire.runnersVoidable);
  }

  /** Whether no more runners will be added. */
  get complete(): boolean | undefined {
    return booleanOf(this.wire.complete);
  }

  /** Whether bets on different runners can match each other. */
  get crossMatching(): boolean | undefined {
    return booleanOf(this.wire.crossMatching);
  }

  /** Whether bets may persist into play. */
  get persistenceEnabled(): boolean | undefined {
    return booleanOf(this.wire.persistenceEnabled);
  }

  /** Whether a commission discount applies. */
  get discountAllowed(): boolean | undefined {
    return booleanOf(this.wire.discountAllowed);
  }

  /** Whether the market will be turned in play. */
  get turnInPlayEnabled(): boolean | undefined {
    return booleanOf(this.wire.turnInPlayEnabled);
  }

  /** Whether the market has a Betfair Starting Price. */
  get bspMarket(): boolean | undefined {
    return booleanOf(this.wire.bspMarket);
  }

  /** Whether the starting price has been reconciled. */
  get bspReconciled(): boolean | undefined {
    return booleanOf(this.wire.bspReconciled);
  }

  /** Base rate of commission, percent. */
  get marketBaseRate(): number | undefined {
    return numberOf(this.wire.marketBaseRate);
  }

  /** Regulators, such as `MR_INT`. */
  get regulators(): readonly string[] | undefined {
    return textsOf(this.wire.regulators);
  }

  /** Divisor of each-way markets. */
  get eachWayDivisor(): number | undefined {
    return numberOf(this.wire.eachWayDivisor);
  }

  /** Lowest line of line and handicap markets. */
  get lineMinUnit(): number | undefined {
    return numberOf(this.wire.lineMinUnit);
  }

  /** Highest line of line and handicap markets. */
  get lineMaxUnit(): number | undefined {
    return numberOf(this.wire.lineMaxUnit);
  }

  /** Step between lines of line and handicap markets. */
  get lineInterval(): number | undefined {
    return numberOf(this.wire.lineInterval);
  }

  /** Price increments: `CLASSIC`, `FINEST` or `LINE_RANGE`; not in purchased files. */
  get priceLadderType(): string | undefined {
    const ladder = this.wire.priceLadderDefinition;
    return isWireObject(ladder) ? textOf(ladder.type) : undefined;
  }

  /** The main line of a handicap market. */
  get keyLine(): readonly KeyLineSelection[] | undefined {
    const line = this.wire.keyLineDefinition;
    if (!isWireObject(line) || !Array.isArray(line.kl)) return undefined;
    return line.kl.filter(isWireObject).map((item) => ({
      selectionId: numberOf(item.id) ?? NaN,
      handicap: numberOf(item.hc) ?? 0,
    }));
  }

  /** The definition as received. */
  toJSON(): WireObject {
    return this.wire;
  }
}
