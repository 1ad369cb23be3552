import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { BookFeed } from "../../src/cache/book_feed.ts";
import { StreamCache } from "../../src/cache/stream_cache.ts";
import { type Json, ocm, wire } from "../support/messages.ts";

describe("StreamCache on orders in segments", () => {
  const order = (id: string, status = "E"): Json => (
    { id, p: 2, s: 2, side: "B", status, sm: 2, sr: 0 }
  );
  const market = (
    id: string,
    orders: readonly Json[],
    more: Json = {},
  ): Json => (
    { id, ...more, orc: [{ id: 7, uo: orders, ...more }] }
  );
  /** Bet ids of the changed orders and of the missing ones, by update. */
  const told = (feed: BookFeed, ...messages: Json[]): unknown[] =>
    Array.from(feed.push(wire(...messages)), (update) => [
      update.kind,
      update.orders.flatMap(({ changedOrders }) =>
        changedOrders.map(({ betId }) => betId)
      ),
      update.missingOrders.map(({ betId }) => betId),
      update.isImage,
    ]);

  it("delivers an order that completes in a message that replaces its runner", () => {
    for (const segmented of [true, false]) {
      const feed = new BookFeed();
      told(feed, ocm([market("1.1", [order("b1")])]));
      const done = market("1.1", [order("b1", "EC")]);
      const image = market("1.1", [], { fullImage: true });
      const messages = segmented
        ? [
          ocm([done], { segmentType: "SEG_START" }),
          ocm([image], { segmentType: "SEG_END" }),
        ]
        : [ocm([done, image])];
      assert.deepEqual(told(feed, ...messages), [["order", ["b1"], [], false]]);
    }
  });

  it("ends an image that is shown segment by segment with its last one only", () => {
    const feed = new BookFeed({
      cache: new StreamCache({ holdSegments: false }),
    });
    told(
      feed,
      ocm([market("1.1", [order("b1")]), market("1.2", [order("b2")])]),
    );
    const image = (segmentType: string, oc: Json[]): Json =>
      ocm(oc, { ct: "SUB_IMAGE", segmentType });
    const full = { fullImage: true };
    assert.deepEqual(
      told(
        feed,
        image("SEG_START", [market("1.1", [order("b1")], full)]),
        ocm([], { ct: "HEARTBEAT" }),
        image("SEG", [market("1.2", [order("b2")], full)]),
        image("SEG_END", []),
      ),
      [
        ["order", ["b1"], [], false],
        ["heartbeat", [], [], false],
        ["order", ["b2"], [], false],
        ["order", [], [], true],
      ],
    );
  });

  it("ends an image with a segment of a newer type", () => {
    const feed = new BookFeed();
    told(feed, ocm([market("1.1", [order("b1")])]));
    assert.deepEqual(
      told(feed, ocm([], { ct: "SUB_IMAGE", segmentType: "NEWER" })),
      [["order", [], ["b1"], true]],
    );
  });
});
