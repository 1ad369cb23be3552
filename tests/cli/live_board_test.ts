import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { BookFeed } from "../../src/cache/book_feed.ts";
import type { ClientState } from "../../src/client/client_state.ts";
import { StreamClient } from "../../src/client/stream_client.ts";
import { widthOf } from "../../src/cli/_format.ts";
import {
  type BoardClient,
  LiveBoard,
  marketLine,
} from "../../src/cli/_live_board.ts";
import { definition, type Json, mcm, wire } from "../support/messages.ts";
import { generateSession } from "../../src/testing/market_generator.ts";

/** Health of a client whose books are sound. */
const HEALTH = new StreamClient({ appKey: "k", session: "s" }).health;

/** A board that has seen a session, and what it is of. */
function seen(messages = 300): { board: LiveBoard; client: BoardClient } {
  const feed = new BookFeed();
  const board = new LiveBoard({ target: "the exchange" });
  const bytes = generateSession({
    seed: 2,
    markets: 5,
    messages,
    orders: true,
    wholeLife: false,
  });
  for (const update of feed.push(bytes)) board.note(update);
  const client: BoardClient = {
    state: "live",
    health: HEALTH,
    cache: feed.cache,
  };
  return { board, client };
}

describe("LiveBoard", () => {
  it("frame() keeps to the room that there is, on any terminal", () => {
    const { board, client } = seen();
    const error = new Error(`failed ${"very ".repeat(40)}badly`);
    board.noteState({
      state: "waiting",
      previous: "live",
      error,
      waitMs: 1500,
    });
    for (const width of [70, 79, 119]) {
      for (const height of [10, 16, 23, 39, 100]) {
        const lines = board.frame(client, {
          width,
          height,
          paint: (text) => text,
          nowMs: 0,
        });
        assert.ok(lines.length <= height, `${lines.length} > ${height}`);
        for (const line of lines) assert.ok(widthOf(line) <= width, line);
        assert.match(lines[0]!, /^● live · the exchange/);
        assert.match(lines.at(-1)!, /^\d\d:\d\d:\d\d failed very/);
      }
    }
  });

  it("frame() tells every state apart without colors", () => {
    const { board, client } = seen(20);
    const states: ClientState[] = [
      "idle",
      "connecting",
      "authenticating",
      "subscribing",
      "imaging",
      "live",
      "waiting",
      "closed",
    ];
    const texts = states.map((state) =>
      board.frame({ ...client, state }, {
        width: 100,
        height: 30,
        paint: (text) => text,
        nowMs: 0,
      })[0]!.split(" · ")[0]
    );
    assert.equal(new Set(texts).size, states.length);
  });

  it("takeChanged() gives each market once, until it changes again", () => {
    const { board, client } = seen();
    const ids = board.takeChanged().map(({ marketId }) => marketId);
    assert.deepEqual(
      [...ids].sort(),
      [...client.cache.markets].map(({ marketId }) => marketId).sort(),
    );
    assert.deepEqual(board.takeChanged(), []);
    assert.ok(board.takeChangedOrders().length > 0);
    assert.deepEqual(board.takeChangedOrders(), []);
  });

  it("tells how a market ended that is gone by then, and which is not followed any more", () => {
    const feed = new BookFeed();
    const board = new LiveBoard({ target: "the exchange" });
    const show = (...messages: Json[]): void => {
      for (const update of feed.push(wire(...messages))) board.note(update);
    };
    const closed = definition([7], { status: "CLOSED" });
    show(mcm([
      { id: "1.1", marketDefinition: definition([7]) },
      { id: "1.2", marketDefinition: definition([7]) },
    ], { ct: "SUB_IMAGE" }));
    board.takeChanged();
    show(
      mcm([{ id: "1.1", marketDefinition: closed }]),
      mcm([], { ct: "HEARTBEAT" }),
    );
    assert.deepEqual(
      board.takeChanged().map(({ marketId, status }) => [marketId, status]),
      [["1.1", "CLOSED"]],
    );
    show(mcm([], { ct: "SUB_IMAGE" }));
    assert.deepEqual(board.takeChanged(), []);
    assert.deepEqual(board.takeEvents().map(({ json }) => json), [
      { type: "marketRemoved", marketId: "1.2" },
    ]);
  });

  it("takeEvents() gives each event once, and says how many were lost", () => {
    const board = new LiveBoard({ target: "the exchange" });
    for (let count = 0; count < 105; count++) {
      board.noteState({
        state: "connecting",
        previous: "waiting",
        error: undefined,
        waitMs: undefined,
      });
    }
    const events = board.takeEvents();
    assert.equal(events.length, 101);
    assert.equal(events[0]!.text, "5 events not told");
    assert.equal(events[1]!.text, "connecting");
    assert.deepEqual(board.takeEvents(), []);
  });

  it("note() tells of lines that cannot be used, and of orders that vanished", () => {
    const feed = new BookFeed();
    const board = new LiveBoard({ target: "the exchange" });
    const order = `{"id":"77","p":2,"s":5,"side":"B","status":"E","pt":"L",` +
      `"ot":"L","pd":1,"sm":0,"sr":5,"sl":0,"sc":0,"sv":0}`;
    const text = `no line\n` +
      `{"op":"ocm","id":1,"ct":"SUB_IMAGE","pt":1,"oc":[{"id":"1.2","fullImage":true,` +
      `"orc":[{"id":9,"fullImage":true,"uo":[${order}]}]}]}\n` +
      `{"op":"ocm","id":1,"ct":"SUB_IMAGE","pt":2,"oc":[]}\n`;
    for (const update of feed.push(new TextEncoder().encode(text))) {
      board.note(update);
    }
    const events = board.takeEvents();
    assert.deepEqual(events.map(({ json }) => json.type), [
      "invalid",
      "missingOrders",
    ]);
    assert.deepEqual(events[1]!.json.betIds, ["77"]);
  });
});

describe("LiveBoard and data that lag", () => {
  it("note() tells when a stream begins to lag and when it ceases to", () => {
    const feed = new BookFeed();
    const board = new LiveBoard({ target: "the exchange" });
    const line = (op: string, status: string): string =>
      `{"op":"${op}","id":1,"pt":1,"ct":"HEARTBEAT"${status}}\n`;
    const text = line("mcm", "") + line("mcm", `,"status":503`) +
      line("ocm", "") + line("mcm", `,"status":503`) + line("mcm", "");
    for (const update of feed.push(new TextEncoder().encode(text))) {
      board.note(update);
    }
    assert.deepEqual(board.takeEvents().map(({ json }) => json), [
      { type: "lag", stream: "market", isLagging: true },
      { type: "lag", stream: "market", isLagging: false },
    ]);
  });
});

describe("marketLine()", () => {
  it("marketLine() names the market and its favourites", () => {
    const { board } = seen();
    for (const market of board.takeChanged()) {
      assert.match(
        marketLine(market, false),
        /^1\.\d+ .*WIN OPEN( in play)? · £[\d,]+ matched( · \d+ [\d.–]+\/[\d.–]+){3}$/,
      );
      assert.match(marketLine(market, true), / OPEN( in play)? · stale · £/);
    }
  });
});
