import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { OrderCache } from "../../src/cache/order_cache.ts";
import {
  matchedProfit,
  matchedProfitIfWinner,
} from "../../src/cache/order_profit.ts";

describe("matchedProfit()", () => {
  const cache = new OrderCache();
  cache.apply({
    op: "ocm",
    oc: [{
      id: "1.1",
      orc: [
        { id: 1, mb: [[3, 10], [5, 2]], smc: { a: { mb: [[5, 2]] } } },
        { id: 2, ml: [[4, 10]] },
        { id: 2, hc: 1, ml: [[2, 1]] },
        { id: 3, uo: [{ id: "1", s: 100, status: "E" }] },
      ],
    }],
  });
  const book = cache.get("1.1");
  assert.ok(book);

  it("matchedProfit() of backs wins the odds less the stake, or loses the stake", () => {
    assert.deepEqual(matchedProfit(book.runner(1)!), {
      ifWin: 28,
      ifLose: -12,
    });
  });

  it("matchedProfit() of lays loses the liability, or wins the stake", () => {
    assert.deepEqual(matchedProfit(book.runner(2)!), {
      ifWin: -30,
      ifLose: 10,
    });
  });

  it("matchedProfit() without matches is 0", () => {
    assert.deepEqual(matchedProfit(book.runner(3)!), { ifWin: 0, ifLose: 0 });
  });

  it("matchedProfit() takes a strategy and a snapshot as well", () => {
    assert.deepEqual(matchedProfit(book.runner(1)!.strategies.get("a")!), {
      ifWin: 8,
      ifLose: -2,
    });
    const runner = book.snapshot().runner(2);
    assert.ok(runner);
    assert.equal(matchedProfit(runner).ifWin, -30);
  });

  it("matchedProfitIfWinner() sums the winner's profit and the others' losses", () => {
    assert.equal(matchedProfitIfWinner(book, 1), 28 + 10 + 1);
    assert.equal(matchedProfitIfWinner(book, 2), -12 - 30 + 1);
    assert.equal(matchedProfitIfWinner(book, 2, 1), -12 + 10 - 1);
    assert.equal(matchedProfitIfWinner(book, 99), -12 + 10 + 1);
  });
});
