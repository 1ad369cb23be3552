import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { InvalidRequestError } from "../../src/protocol/invalid_request_error.ts";
import { encodeRequest } from "../../src/protocol/request_encoder.ts";
import type { StreamRequest } from "../../src/protocol/requests.ts";

function encode(request: unknown): string {
  return new TextDecoder().decode(encodeRequest(request as StreamRequest));
}

function refusal(request: unknown): InvalidRequestError {
  try {
    encode(request);
  } catch (error) {
    assert.ok(error instanceof InvalidRequestError, String(error));
    return error;
  }
  assert.fail(`not refused: ${JSON.stringify(request)}`);
}

const market = { op: "marketSubscription", id: 2 } as const;
const order = { op: "orderSubscription", id: 3 } as const;

describe("encodeRequest()", () => {
  it("encodeRequest() writes the requests of the protocol byte for byte", () => {
    const lines = [
      '{"op":"authentication","id":1,"appKey":"AbCdEfGh12345678","session":"c3Nzb2lkLXRva2Vu="}',
      '{"op":"heartbeat","id":7}',
      '{"op":"marketSubscription","id":2,"segmentationEnabled":true,"heartbeatMs":5000,"conflateMs":0,"marketFilter":{"eventTypeIds":["7"],"countryCodes":["GB","IE"],"marketTypes":["WIN"]},"marketDataFilter":{"ladderLevels":3,"fields":["EX_BEST_OFFERS","EX_LTP","EX_TRADED_VOL","EX_MARKET_DEF"]}}',
      '{"op":"orderSubscription","id":3,"segmentationEnabled":true,"heartbeatMs":5000,"orderFilter":{"includeOverallPosition":false,"customerStrategyRefs":["scalper1"],"partitionMatchedByStrategyRef":true}}',
      '{"op":"raceSubscription","id":4}',
      '{"op":"cricketSubscription","id":5}',
    ];
    for (const line of lines) {
      assert.equal(encode(JSON.parse(line)), `${line}\r\n`);
    }
  });

  it("encodeRequest() puts op and id first", () => {
    assert.equal(
      encode({ heartbeatMs: 500, id: 9, op: "marketSubscription" }),
      '{"op":"marketSubscription","id":9,"heartbeatMs":500}\r\n',
    );
  });

  it("encodeRequest() leaves out undefined and null, at any depth", () => {
    assert.equal(
      encode({
        ...market,
        clk: undefined,
        initialClk: null,
        marketFilter: {
          venues: undefined,
          newFilter: { a: undefined, b: null, c: 1 },
        },
      }),
      '{"op":"marketSubscription","id":2,"marketFilter":{"newFilter":{"c":1}}}\r\n',
    );
    assert.equal(encode({ op: "heartbeat" }), '{"op":"heartbeat"}\r\n');
  });

  it("encodeRequest() passes unknown filters, values and fields on", () => {
    const filter = {
      marketTypes: ["NEWER_THAN_US"],
      newFilter: [{ a: [1, null, "x", false] }],
      ["__proto__x"]: 1,
    };
    const line = encode({ ...market, marketFilter: filter, newField: -1.5 });
    const { marketFilter, newField } = JSON.parse(line);
    assert.deepEqual(marketFilter, filter);
    assert.equal(newField, -1.5);
  });

  it("encodeRequest() passes on a field that is named like one of Object", () => {
    const request = JSON.parse(
      '{"op":"marketSubscription","id":2,"marketFilter":{"__proto__":"a","constructor":"b","toString":"c","toJSON":"d"}}',
    );
    assert.equal(encode(request), `${JSON.stringify(request)}\r\n`);
  });

  it("encodeRequest() sends exactly what was asked and leaves the request alone", () => {
    const request = {
      ...market,
      conflateMs: 0,
      heartbeatMs: 500,
      marketFilter: Object.freeze({ marketIds: Object.freeze(["1.1"]) }),
    };
    const before = structuredClone(request);
    assert.equal(encode(Object.freeze(request)), encode(before));
    assert.deepEqual(request, before);
    assert.deepEqual(JSON.parse(encode(request)), before);
  });

  it("encodeRequest() keeps a line on one line", () => {
    const line = encode({
      ...market,
      marketFilter: { venues: ["a\r\nb\u2028é"] },
    });
    assert.equal(line.indexOf("\n"), line.length - 1);
    assert.equal(line.indexOf("\r"), line.length - 2);
    assert.deepEqual(JSON.parse(line).marketFilter.venues, ["a\r\nb\u2028é"]);
  });

  it("encodeRequest() accepts the bounds", () => {
    for (
      const fields of [
        {
          id: -(2 ** 31),
          conflateMs: 0,
          heartbeatMs: 500,
          marketDataFilter: { ladderLevels: 1 },
        },
        {
          id: 2 ** 31 - 1,
          conflateMs: 120_000,
          heartbeatMs: 5_000,
          marketDataFilter: { ladderLevels: 10 },
        },
      ]
    ) {
      assert.deepEqual(JSON.parse(encode({ ...market, ...fields })), {
        ...market,
        ...fields,
      });
    }
    const refs = { customerStrategyRefs: ["", "x".repeat(15)] };
    assert.deepEqual(
      JSON.parse(encode({ ...order, orderFilter: refs })).orderFilter,
      refs,
    );
  });

  const refused:
    readonly (readonly [remark: string, path: string, request: unknown])[] = [
      ["no request", "request", undefined],
      ["a list of requests", "request", []],
      ["no operation", "op", {}],
      ["an unknown operation", "op", { op: "marketsubscription" }],
      ["an operation named like a field of Object", "op", {
        op: "constructor",
      }],
      ["an id beyond int32", "id", { op: "heartbeat", id: 2 ** 31 }],
      ["an id below int32", "id", { op: "heartbeat", id: -(2 ** 31) - 1 }],
      ["a fraction as id", "id", { op: "heartbeat", id: 1.5 }],
      ["text as id", "id", { op: "heartbeat", id: "1" }],
      ["no app key", "appKey", { op: "authentication", session: "s" }],
      ["a blank app key", "appKey", {
        op: "authentication",
        appKey: " ",
        session: "s",
      }],
      ["no session", "session", { op: "authentication", appKey: "a" }],
      ["null as session", "session", {
        op: "authentication",
        appKey: "a",
        session: null,
      }],
      ["digits as session", "session", {
        op: "authentication",
        appKey: "a",
        session: 987654321,
      }],
      ["an object as session", "session", {
        op: "authentication",
        appKey: "a",
        session: {},
      }],
      ["text as boolean", "segmentationEnabled", {
        ...market,
        segmentationEnabled: "true",
      }],
      ["negative conflation", "conflateMs", { ...market, conflateMs: -1 }],
      ["too much conflation", "conflateMs", { ...order, conflateMs: 120_001 }],
      ["too short a heartbeat", "heartbeatMs", { ...order, heartbeatMs: 499 }],
      ["too long a heartbeat", "heartbeatMs", {
        ...market,
        heartbeatMs: 5_001,
      }],
      ["a heartbeat that is no number", "heartbeatMs", {
        ...market,
        heartbeatMs: NaN,
      }],
      ["clk alone", "initialClk", { ...market, clk: "a" }],
      ["initialClk alone", "clk", { ...order, initialClk: "a" }],
      ["initialClk with null", "clk", { ...order, initialClk: "a", clk: null }],
      ["an empty clk", "clk", { ...order, initialClk: "a", clk: "" }],
      ["a number as clk", "clk", { ...order, initialClk: "a", clk: 1 }],
      ["a list as filter", "marketFilter", { ...market, marketFilter: [] }],
      ["a Map as filter", "marketFilter", {
        ...market,
        marketFilter: new Map(),
      }],
      ["an empty list", "marketFilter.marketIds", {
        ...market,
        marketFilter: { marketIds: [] },
      }],
      [
        "text for a list",
        "marketFilter.eventIds",
        { ...market, marketFilter: { eventIds: "1" } },
      ],
      [
        "numbers where text is due",
        "marketFilter.eventTypeIds[1]",
        { ...market, marketFilter: { eventTypeIds: ["1", 7] } },
      ],
      [
        "a hole in a list",
        "marketFilter.venues[0]",
        // deno-lint-ignore no-sparse-arrays -- a hole is what is tested
        { ...market, marketFilter: { venues: [, "Ascot"] } },
      ],
      [
        "text for a boolean filter",
        "marketFilter.bspMarket",
        { ...market, marketFilter: { bspMarket: "yes" } },
      ],
      [
        "no columns",
        "marketDataFilter.fields",
        { ...market, marketDataFilter: { fields: [] } },
      ],
      [
        "no levels",
        "marketDataFilter.ladderLevels",
        { ...market, marketDataFilter: { ladderLevels: 0 } },
      ],
      [
        "too many levels",
        "marketDataFilter.ladderLevels",
        { ...market, marketDataFilter: { ladderLevels: 11 } },
      ],
      [
        "account ids",
        "orderFilter.accountIds",
        { ...order, orderFilter: { accountIds: [] } },
      ],
      [
        "a long strategy ref",
        "orderFilter.customerStrategyRefs[1]",
        {
          ...order,
          orderFilter: { customerStrategyRefs: ["a", "x".repeat(16)] },
        },
      ],
      [
        "infinity in an unknown filter",
        "marketFilter.newFilter[0].max",
        { ...market, marketFilter: { newFilter: [{ max: Infinity }] } },
      ],
      ["a bigint in an unknown field", "newField", { ...market, newField: 1n }],
      ["a function in an unknown field", "newField", {
        ...market,
        newField: () => 1,
      }],
      ["a date in an unknown field", "newField", {
        ...market,
        newField: new Date(0),
      }],
    ];
  for (const [remark, path, request] of refused) {
    it(`encodeRequest() refuses ${remark}`, () => {
      const error = refusal(request);
      assert.equal(error.path, path);
      assert.equal(
        error.message,
        `Cannot encode request as ${path} ${error.reason}`,
      );
      assert.ok(error instanceof TypeError);
      assert.equal(error.name, "InvalidRequestError");
      // A session of digits is a secret as well.
      assert.doesNotMatch(error.message, /987654321/);
    });
  }

  it("encodeRequest() refuses a cyclic object", () => {
    const cyclic: Record<string, unknown> = {};
    cyclic["again"] = [cyclic];
    assert.match(
      refusal({ ...market, cyclic }).reason,
      /nested deeper than 16 levels/,
    );
  });

  it("encodeRequest() never shows text of a request, wherever it stands", () => {
    const keys = [
      "op",
      "id",
      "appKey",
      "session",
      "clk",
      "conflateMs",
      "marketFilter",
      "x",
    ];
    const secret = fc.constantFrom("s3cr3t-Tok3n", ["s3cr3t-Tok3n"], {
      a: "s3cr3t-Tok3n",
    }, [[
      "s3cr3t-Tok3n",
      1n,
    ]]);
    const other = fc.constantFrom<unknown>(
      "authentication",
      1,
      NaN,
      [],
      {},
      null,
      undefined,
    );
    const requests = fc.dictionary(
      fc.constantFrom(...keys),
      fc.oneof(secret, other),
    );
    fc.assert(
      fc.property(requests, (fields) => {
        const request = {
          op: "authentication",
          session: "s3cr3t-Tok3n",
          ...fields,
        };
        try {
          encode(request);
        } catch (error) {
          assert.ok(error instanceof InvalidRequestError);
          const shown = `${error.message} ${error.stack} ${
            JSON.stringify(error)
          } ${error.cause}`;
          assert.ok(!shown.includes("s3cr3t"), shown);
        }
      }),
      { numRuns: 500 },
    );
  });
});
