import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Order } from "../../src/cache/order.ts";
import type { WireOrder } from "../../src/protocol/order_change_message.ts";

function order(wire: Partial<WireOrder>): Order {
  return new Order("1.1", 7, -0.5, { id: "3", ...wire });
}

describe("Order", () => {
  it("Order gives every field its long name", () => {
    const wire: WireOrder = {
      id: "330000000001",
      p: 1.62,
      s: 10,
      bsp: 2,
      side: "B",
      status: "EC",
      pt: "L",
      ot: "LOC",
      pd: 1,
      md: 2,
      cd: 3,
      ld: 4,
      lsrc: "MKT_VERSION",
      avp: 1.6,
      sm: 5,
      sr: 6,
      sl: 7,
      sc: 8,
      sv: 9,
      rac: "auth",
      rc: "REG_GGC",
      rfo: "o-1",
      rfs: "scalper1",
    };
    assert.deepEqual({ ...order(wire) }, {
      marketId: "1.1",
      selectionId: 7,
      handicap: -0.5,
      betId: "330000000001",
      price: 1.62,
      size: 10,
      bspLiability: 2,
      side: "BACK",
      status: "EXECUTION_COMPLETE",
      persistenceType: "LAPSE",
      orderType: "LIMIT_ON_CLOSE",
      placedTimeMs: 1,
      matchedTimeMs: 2,
      cancelledTimeMs: 3,
      lapsedTimeMs: 4,
      lapseReason: "MKT_VERSION",
      averagePriceMatched: 1.6,
      sizeMatched: 5,
      sizeRemaining: 6,
      sizeLapsed: 7,
      sizeCancelled: 8,
      sizeVoided: 9,
      regulatorAuthCode: "auth",
      regulatorCode: "REG_GGC",
      orderRef: "o-1",
      strategyRef: "scalper1",
      wire,
    });
  });

  it("Order leaves what was not sent undefined, be it absent or null", () => {
    const {
      marketId: _m,
      selectionId: _s,
      handicap: _h,
      betId: _b,
      wire: _w,
      ...rest
    } = order({
      p: null,
      side: null,
      pd: null,
      rfs: null,
    });
    for (const [field, value] of Object.entries(rest)) {
      assert.equal(value, undefined, field);
    }
    assert.equal(order({}).isComplete, false);
  });

  it("Order keeps 0 and the empty ref", () => {
    const { size, sizeMatched, strategyRef } = order({ s: 0, sm: 0, rfs: "" });
    assert.deepEqual([size, sizeMatched, strategyRef], [0, 0, ""]);
  });

  it("Order translates each code and passes unknown ones through", () => {
    const rows: readonly (readonly [Partial<WireOrder>, Partial<Order>])[] = [
      [{ side: "B" }, { side: "BACK" }],
      [{ side: "L" }, { side: "LAY" }],
      [{ side: "X" }, { side: "X" }],
      [{ status: "E" }, { status: "EXECUTABLE", isComplete: false }],
      [{ status: "EC" }, { status: "EXECUTION_COMPLETE", isComplete: true }],
      [{ status: "NEW" }, { status: "NEW", isComplete: false }],
      [{ pt: "P" }, { persistenceType: "PERSIST" }],
      [{ pt: "MOC" }, { persistenceType: "MARKET_ON_CLOSE" }],
      [{ pt: "NEW" }, { persistenceType: "NEW" }],
      [{ ot: "L" }, { orderType: "LIMIT" }],
      [{ ot: "MOC" }, { orderType: "MARKET_ON_CLOSE" }],
      [{ ot: "constructor" }, { orderType: "constructor" }],
      [{ lsrc: "NEW" }, { lapseReason: "NEW" }],
    ];
    for (const [wire, expected] of rows) {
      const actual = order(wire);
      for (const [field, value] of Object.entries(expected)) {
        assert.equal(actual[field as keyof Order], value, JSON.stringify(wire));
      }
    }
  });

  it("Order reads numbers that come as text", () => {
    const { price, size, averagePriceMatched } = order({
      p: "nan",
      s: "INF",
      avp: "-Infinity",
    });
    assert.deepEqual([price, size, averagePriceMatched], [
      NaN,
      Infinity,
      -Infinity,
    ]);
  });

  it("Order is immutable", () => {
    assert.throws(() => Object.assign(order({}), { price: 2 }), TypeError);
  });
});
