import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { MarketDefinition } from "../../src/cache/market_definition.ts";

const TIME = "2023-11-14T22:13:20.000Z";
const TIME_MS = 1_700_000_000_000;

/** Wire key, property, a value on the wire and what it is read as. */
const PROPERTIES: readonly (readonly [
  key: string,
  property: keyof MarketDefinition,
  wire: unknown,
  expected: unknown,
])[] = [
  ["status", "status", "OPEN", "OPEN"],
  ["inPlay", "inPlay", false, false],
  ["version", "version", 5, 5],
  ["betDelay", "betDelay", 0, 0],
  ["betDelayModels", "betDelayModels", ["PASSIVE"], ["PASSIVE"]],
  ["bettingType", "bettingType", "ODDS", "ODDS"],
  ["marketType", "marketType", "WIN", "WIN"],
  ["eventTypeId", "eventTypeId", "7", "7"],
  ["eventId", "eventId", 123, "123"],
  ["eventName", "eventName", "Ascot", "Ascot"],
  ["name", "name", "1m Hcap", "1m Hcap"],
  ["countryCode", "countryCode", "GB", "GB"],
  ["venue", "venue", "Ascot", "Ascot"],
  ["raceType", "raceType", "Flat", "Flat"],
  ["timezone", "timezone", "GMT", "GMT"],
  ["openDate", "openTimeMs", TIME, TIME_MS],
  ["marketTime", "marketTimeMs", TIME, TIME_MS],
  ["suspendTime", "suspendTimeMs", TIME, TIME_MS],
  ["settledTime", "settledTimeMs", TIME, TIME_MS],
  ["suspendReason", "suspendReason", "X", "X"],
  ["numberOfWinners", "numberOfWinners", 0, 0],
  ["numberOfActiveRunners", "numberOfActiveRunners", 8, 8],
  ["runnersVoidable", "runnersVoidable", false, false],
  ["complete", "complete", true, true],
  ["crossMatching", "crossMatching", true, true],
  ["persistenceEnabled", "persistenceEnabled", true, true],
  ["discountAllowed", "discountAllowed", true, true],
  ["turnInPlayEnabled", "turnInPlayEnabled", true, true],
  ["bspMarket", "bspMarket", true, true],
  ["bspReconciled", "bspReconciled", false, false],
  ["marketBaseRate", "marketBaseRate", 5, 5],
  ["regulators", "regulators", ["MR_INT"], ["MR_INT"]],
  ["eachWayDivisor", "eachWayDivisor", 4, 4],
  ["lineMinUnit", "lineMinUnit", -10.5, -10.5],
  ["lineMaxUnit", "lineMaxUnit", 10.5, 10.5],
  ["lineInterval", "lineInterval", 0.5, 0.5],
  ["priceLadderDefinition", "priceLadderType", { type: "CLASSIC" }, "CLASSIC"],
  [
    "keyLineDefinition",
    "keyLine",
    { kl: [{ id: 1, hc: -0.5 }, { id: 2 }] },
    [{ selectionId: 1, handicap: -0.5 }, { selectionId: 2, handicap: 0 }],
  ],
];

describe("MarketDefinition", () => {
  for (const [key, property, wire, expected] of PROPERTIES) {
    it(`reads ${property} from ${key}, and nothing from what is of another type`, () => {
      const read = (value: unknown): unknown =>
        new MarketDefinition({ [key]: value })[property];
      assert.deepEqual(read(wire), expected);
      for (const other of [undefined, null, {}, Symbol.iterator]) {
        assert.equal(read(other), undefined);
      }
      assert.equal(new MarketDefinition({})[property], undefined);
    });
  }

  it("takes runners in the order received, and no others than those with an id", () => {
    const wire = {
      runners: [{ id: 9, hc: "1.5" }, null, { id: "7", name: "x" }, {}, 4],
    };
    const { runners } = new MarketDefinition(wire);
    assert.deepEqual(
      runners.map((it) => [it.selectionId, it.handicap, it.name]),
      [[9, 1.5, undefined], [7, 0, "x"]],
    );
    assert.deepEqual(new MarketDefinition({ runners: "x" }).runners, []);
  });

  it("is written as it was received", () => {
    const wire = { status: "OPEN", new: [1], runners: [{ id: 1, bsp: "NaN" }] };
    const definition = new MarketDefinition(wire);
    assert.equal(definition.wire, wire);
    assert.equal(JSON.stringify(definition), JSON.stringify(wire));
    assert.equal(
      JSON.stringify(definition.runners),
      JSON.stringify(wire.runners),
    );
  });
});
