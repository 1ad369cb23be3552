import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { LadderPool } from "../../src/ladder/ladder_pool.ts";
import { LiveMarketBook } from "../../src/cache/_live_market_book.ts";
import { MarketIndex } from "../../src/cache/_market_index.ts";

const encoder = new TextEncoder();
const pool = new LadderPool();

function bookOf(marketId: string): LiveMarketBook {
  return new LiveMarketBook(
    marketId,
    encoder.encode(marketId),
    false,
    false,
    pool,
    false,
  );
}

/** Finds an id that is written as in JSON. */
function findIn(index: MarketIndex, id: string): LiveMarketBook | undefined {
  const text = JSON.stringify(id);
  const bytes = encoder.encode(`xx${text}xx`);
  return index.find(bytes, 3, bytes.length - 3);
}

describe("MarketIndex", () => {
  it("finds what a Map finds, after any additions and deletions", () => {
    const id = fc.oneof(
      fc.integer({ min: 0, max: 40 }).map((n) => `1.${n}`),
      fc.constantFrom("", '"', "\\", "é", "1.1\u0000", "a\\u0031"),
    );
    const step = fc.tuple(
      fc.constantFrom("add", "add", "add", "delete", "clear"),
      id,
    );
    const property = fc.property(
      fc.array(step, { maxLength: 120 }),
      (steps) => {
        const index = new MarketIndex();
        const model = new Map<string, LiveMarketBook>();
        for (const [action, marketId] of steps) {
          const known = model.get(marketId);
          if (action === "add" && known === undefined) {
            const book = bookOf(marketId);
            index.add(book);
            model.set(marketId, book);
          } else if (action === "delete" && known !== undefined) {
            index.delete(known);
            model.delete(marketId);
          } else if (action === "clear" && marketId === "1.0") {
            index.clear();
            model.clear();
          }
          assert.equal(findIn(index, marketId), model.get(marketId));
          assert.equal(index.get(marketId), model.get(marketId));
          assert.equal(index.size, model.size);
        }
        assert.deepEqual([...index.values()], [...model.values()]);
        for (const [marketId, book] of model) {
          assert.equal(findIn(index, marketId), book);
        }
      },
    );
    fc.assert(property, { numRuns: 300 });
  });

  it("finds an id in every spelling", () => {
    const index = new MarketIndex();
    const book = bookOf("1.2");
    index.add(book);
    for (const spelling of ["1.2", "1\\u002e2", "\\u0031.\\u0032"]) {
      const bytes = encoder.encode(spelling);
      assert.equal(index.find(bytes, 0, bytes.length), book, spelling);
    }
  });

  it("holds thousands of markets", () => {
    const index = new MarketIndex();
    const books = Array.from({ length: 3000 }, (_, i) => bookOf(`1.${i * 7}`));
    for (const book of books) index.add(book);
    for (const book of books) {
      assert.equal(findIn(index, book.marketId), book);
    }
    for (let i = 0; i < books.length; i += 10) index.delete(books[i]!);
    books.forEach((book, i) => {
      const expected = i % 10 === 0 ? undefined : book;
      assert.equal(findIn(index, book.marketId), expected);
    });
    index.delete(books[0]!);
    assert.equal(index.size, 2700);
  });

  it("does not delete another book of the same id", () => {
    const index = new MarketIndex();
    const book = bookOf("1.2");
    index.add(book);
    index.delete(bookOf("1.2"));
    assert.equal(findIn(index, "1.2"), book);
  });
});
