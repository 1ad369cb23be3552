import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { JsonParser } from "../../src/parsing/json_parser.ts";
import {
  checkMarketChangeMessage,
  checkOrderChangeMessage,
} from "../../src/protocol/message_schema.ts";
import { MessageSchemaError } from "../../src/protocol/message_schema_error.ts";

const value = fc.constantFrom<unknown>(
  ...[
    null,
    true,
    false,
    0,
    -0,
    1,
    1.5,
    -1,
    99,
    100,
    1e300,
    "",
    "1",
    "-01",
    "1.5",
    "x",
  ],
  ...["NaN", "inf", "-INF", "-nan", "Infinity", "constructor", [], {}, [[]], [[
    1,
    2,
  ]], [[0, 2, 3]]],
  ...[[[99, 1, 1], [0, 0, 0]], [[1.5, 1, 1]], [[1, "2"]], [[1, 2, 3, 4]], [1], [
    null,
  ], [{}]],
);

/** An object with the required fields, some of the others, and now and then a wrong one. */
function mostly(
  required: Record<string, fc.Arbitrary<unknown>>,
  optional: Record<string, fc.Arbitrary<unknown>>,
): fc.Arbitrary<Record<string, unknown>> {
  const keys = Object.keys(required).concat(Object.keys(optional));
  const odd = fc.dictionary(fc.constantFrom(...keys), value, { maxKeys: 1 });
  return fc.tuple(
    fc.record({ ...required, ...optional }, {
      requiredKeys: Object.keys(required),
    }),
    fc.option(odd, { freq: 3 }),
  ).map(([object, odd]) => ({ ...object, ...odd }));
}

const number = fc.constantFrom(0, 1.5, null);
const rows = fc.constantFrom([], [[1, 2]], null);
const levels = fc.constantFrom([], [[0, 1, 2], [9, 0, 0]], null);
const runner = mostly({ id: fc.constantFrom(7, "7", "-7") }, {
  hc: number,
  ltp: number,
  spn: fc.constantFrom("NaN", 2),
  atb: rows,
  trd: rows,
  batb: levels,
  bdatl: levels,
});
const market = mostly({ id: fc.constant("1.1") }, {
  img: fc.boolean(),
  con: fc.boolean(),
  tv: number,
  marketDefinition: fc.constantFrom({}, null),
  rc: fc.array(runner, { maxLength: 2 }),
});
const message = mostly({ op: fc.constant("mcm") }, {
  id: number,
  pt: number,
  clk: fc.constantFrom("a", 1),
  ct: fc.constantFrom("NEW", null),
  segmentType: fc.constant("SEG"),
  mc: fc.array(market, { maxLength: 2 }),
}).map((fields) => ({ ...fields, op: "mcm" }));

describe("checkMarketChangeMessage()", () => {
  it("checkMarketChangeMessage() accepts exactly what the parser accepts", () => {
    const parser = new JsonParser();
    let accepted = 0;
    fc.assert(
      fc.property(message, (each) => {
        const block = new TextEncoder().encode(`${JSON.stringify(each)}\n`);
        const before = parser.counts.changes;
        parser.parse(block, 0, block.length);
        const isValid = parser.counts.changes > before;
        if (isValid) {
          checkMarketChangeMessage(each);
          accepted++;
        } else {
          assert.throws(
            () => checkMarketChangeMessage(each),
            MessageSchemaError,
          );
        }
      }),
      { numRuns: 2000 },
    );
    assert.ok(
      accepted > 200 && accepted < 1800,
      `accepted ${accepted} of 2000`,
    );
  });

  it("checkMarketChangeMessage() and checkOrderChangeMessage() refuse other messages", () => {
    for (const other of [null, 1, [], {}, { op: "xcm" }]) {
      assert.throws(() => checkMarketChangeMessage(other), MessageSchemaError);
      assert.throws(() => checkOrderChangeMessage(other), MessageSchemaError);
    }
  });

  it("checkOrderChangeMessage() shows no strategy ref in its errors", () => {
    const smc = { "my secret edge": { mb: 1 } };
    assert.throws(
      () =>
        checkOrderChangeMessage({
          op: "ocm",
          oc: [{ id: "1.1", orc: [{ id: 1, smc }] }],
        }),
      (error) =>
        error instanceof MessageSchemaError &&
        error.path === "oc[0].orc[0].smc.*.mb",
    );
  });
});
