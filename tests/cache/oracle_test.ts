import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { BookFeed } from "../../src/cache/book_feed.ts";
import { StreamCache } from "../../src/cache/stream_cache.ts";
import { stateText } from "../../src/cli/_state_text.ts";
import { JsonParser } from "../../src/parsing/json_parser.ts";
import { openParser } from "../../src/parsing/open_parser.ts";
import {
  MarketGenerator,
  randomCuts,
  SeededRandom,
} from "../../src/testing/mod.ts";
import { SESSIONS } from "../testing/sessions.ts";
import { Mutator } from "../support/mutate.ts";
import { concat } from "../support/messages.ts";
import { ReferenceCache } from "../support/reference_cache.ts";
import { sampleLines } from "../support/sample_lines.ts";
import { stateText as textOfState } from "../support/state_text.ts";

const SEEDS = [1, 2, 3, 4, 5];

const encoder = new TextEncoder();

function keepingCache(holdSegments: boolean): StreamCache {
  return new StreamCache({
    closedRetentionMs: Infinity,
    completedOrders: "keep",
    holdSegments,
  });
}

describe("StreamCache and its oracles on generated sessions", () => {
  for (const [remark, options] of SESSIONS) {
    it(`agrees after every few messages of ${remark}`, () => {
      for (const seed of SEEDS) {
        for (const holdSegments of [true, false]) {
          const generator = new MarketGenerator({ ...options, seed });
          const feed = new BookFeed({ cache: keepingCache(holdSegments) });
          const reference = new ReferenceCache();
          let line = 0;
          for (const text of generator) {
            feed.push(encoder.encode(text)).drain();
            reference.applyLine(text);
            const isHalf = !generator.isMessageComplete;
            if (++line % 7 !== 0 || (isHalf && holdSegments)) continue;
            const where = `seed ${seed}, line ${line}: ${text}`;
            const actual = stateText(feed.cache);
            assert.equal(actual, reference.stateText(), where);
            if (!isHalf) {
              assert.equal(actual, textOfState(generator.state), where);
            }
          }
          assert.equal(stateText(feed.cache), reference.stateText());
          assert.equal(feed.stats.droppedSegments, 0);
          assert.equal(feed.stats.invalid, 0);
        }
      }
    });

    it(`ends ${remark} in one state however its bytes are cut`, () => {
      for (const seed of SEEDS) {
        const generator = new MarketGenerator({ ...options, seed });
        const bytes = generator.bytes();
        const feed = new BookFeed({ cache: keepingCache(true) });
        for (const chunk of randomCuts(bytes, new SeededRandom(seed))) {
          feed.push(chunk).drain();
        }
        feed.finish().drain();
        const expected = textOfState(generator.state);
        assert.equal(stateText(feed.cache), expected, `seed ${seed}`);
      }
    });
  }
});

describe("StreamCache and its oracles on mutated lines", () => {
  for (const backend of ["scanner", "json"] as const) {
    it(`agrees on everything that is valid, backend ${backend}`, () => {
      const lines = sampleLines().filter(({ length }) => length < 3000);
      for (const seed of SEEDS) {
        const mutator = new Mutator(seed);
        const feed = new BookFeed({
          parser: openParser({ backend }).parser,
          cache: keepingCache(false),
        });
        const reference = new ReferenceCache();
        for (let i = 0; i < 2000; i++) {
          const original = mutator.random.pick(lines);
          const line = mutator.random.oneIn(2)
            ? mutator.mutate(original)
            : original;
          const block = concat(line, encoder.encode("\n"));
          for (const update of feed.push(block)) {
            // What is valid is for the parsers' own tests; here it is what counts.
            if (update.kind === "invalid") continue;
            const text = new TextDecoder().decode(update.rawLine);
            reference.applyLine(text);
          }
          if (i % 100 !== 99) continue;
          const where = `seed ${seed}, line ${i}`;
          assert.equal(stateText(feed.cache), reference.stateText(), where);
        }
        assert.ok(feed.stats.invalid > 100, `${feed.stats.invalid} invalid`);
        assert.ok(feed.stats.parser.changes > 500);
      }
    });
  }

  it("throws nothing but what strict mode asks for", () => {
    const lines = sampleLines().filter(({ length }) => length < 1500);
    for (const seed of SEEDS) {
      const mutator = new Mutator(seed);
      const feed = new BookFeed({ parser: new JsonParser() });
      for (let i = 0; i < 1000; i++) {
        feed.push(mutator.mutate(mutator.random.pick(lines))).drain();
        if (mutator.random.oneIn(3)) feed.push(encoder.encode("\n")).drain();
        if (mutator.random.oneIn(200)) feed.interrupt();
        for (const book of feed.cache.markets) {
          if (mutator.random.oneIn(50)) book.snapshot();
        }
      }
    }
  });
});
