import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { warmUpLines } from "../../src/cache/_warm_up_lines.ts";
import { BookFeed } from "../../src/cache/book_feed.ts";
import { warmUp } from "../../src/cache/warm_up.ts";
import { JsonParser } from "../../src/parsing/json_parser.ts";

describe("warmUp()", () => {
  it("has messages of all kinds, and no line that is none", () => {
    for (const parser of [undefined, new JsonParser()]) {
      const feed = new BookFeed({ parser });
      const kinds = new Set<string>();
      let segments = 0;
      let missing = 0;
      for (const update of feed.push(new TextEncoder().encode(warmUpLines()))) {
        assert.equal(update.error, undefined);
        kinds.add(update.isImage ? `${update.kind} image` : update.kind);
        if (update.segments > 1) segments++;
        if (update.isResubscription) kinds.add("resubscription");
        missing += update.removedMarkets.length;
      }
      assert.deepEqual([...kinds].sort(), [
        "connection",
        "heartbeat",
        "market",
        "market image",
        "order",
        "order image",
        "resubscription",
        "status",
      ]);
      assert.ok(segments > 0);
      assert.equal(missing, 1, "the market that was closed is dropped");
      assert.deepEqual(feed.stats.invalid, 0);
    }
  });

  it("keeps the scanner on its fast way", () => {
    const feed = new BookFeed();
    for (const _ of feed.push(new TextEncoder().encode(warmUpLines()))) {
      // applied
    }
    const { fallbacks } = feed.stats.parser;
    assert.deepEqual(fallbacks, {
      escape: 0,
      duplicate: 0,
      nesting: 0,
      shape: 0,
    });
  });

  it("may be called any number of times", () => {
    warmUp();
    warmUp();
  });
});
