import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { inspect } from "node:util";
import { IncompleteMessageError } from "../../src/cache/incomplete_message_error.ts";
import { InvalidRequestError } from "../../src/protocol/invalid_request_error.ts";
import {
  ConnectionLostError,
  Secret,
  StreamClient,
  type Transport,
} from "../../src/client/mod.ts";
import {
  FakeConnection,
  market,
  marketImage,
  marketResumed,
  orderImage,
  Play,
  success,
  turn,
} from "./_fake_exchange.ts";

const encoder = new TextEncoder();

describe("StreamClient, connecting", () => {
  it("authenticates at once, subscribes when it is accepted, and goes live", async () => {
    const play = await new Play({ orders: {} }).start();
    const { peer } = play;
    assert.deepEqual(peer.requests, [
      { op: "authentication", id: 1, appKey: "app-key", session: "token" },
    ]);
    peer.accept();
    await turn();
    assert.deepEqual(peer.requests.slice(1), [
      {
        op: "marketSubscription",
        id: 2,
        segmentationEnabled: true,
        conflateMs: 0,
        heartbeatMs: 5000,
        marketFilter: { marketIds: ["1.1"] },
        marketDataFilter: {
          fields: [
            "EX_BEST_OFFERS",
            "EX_LTP",
            "EX_TRADED_VOL",
            "EX_MARKET_DEF",
          ],
          ladderLevels: 3,
        },
      },
      {
        op: "orderSubscription",
        id: 3,
        segmentationEnabled: true,
        conflateMs: 0,
        heartbeatMs: 5000,
      },
    ]);
    peer.image("marketSubscription", marketImage(2, "c1"));
    await turn();
    assert.equal(play.client.state, "subscribing");
    peer.image("orderSubscription", orderImage("o1"));
    await turn();
    assert.deepEqual(play.states, [
      "connecting",
      "authenticating",
      "subscribing",
      "imaging",
      "live",
    ]);
    assert.deepEqual(play.updates.map(({ kind }) => kind), [
      "connection",
      "status",
      "status",
      "market",
      "status",
      "order",
    ]);
    assert.equal(play.ltp, 2);
    assert.equal(play.client.health.gaps, 0);
    await play.end();
    assert.deepEqual(play.outcome, {});
    assert.equal(peer.isClosed, true);
  });

  it("does not care how the bytes are cut", async () => {
    const lines = [
      { op: "connection", connectionId: "x" },
      success({ id: 1 }),
      success({ id: 2 }),
      { id: 2, ...marketImage(2, "c1") },
      { id: 2, ...market(3, "c2") },
    ].map((message) => `${JSON.stringify(message)}\r\n`).join("");
    for (const size of [1, 7, 100, 10_000]) {
      const play = await new Play().start();
      const bytes = encoder.encode(lines);
      for (let at = 0; at < bytes.length; at += size) {
        play.peer.sendBytes(bytes.slice(at, at + size));
      }
      while (play.peer.unread > 0) await turn();
      await turn();
      assert.equal(play.client.state, "live", `size ${size}`);
      assert.equal(play.ltp, 3);
      assert.deepEqual(
        play.updates.map(({ kind }) => kind),
        ["connection", "status", "status", "market", "market"],
      );
      await play.end();
    }
  });

  it("takes the whole conversation out of one chunk", async () => {
    const play = await new Play().start();
    play.peer.send(
      { op: "connection", connectionId: "x" },
      success({ id: 1 }),
      success({ id: 2 }),
      { id: 2, ...marketImage(2, "c1") },
    );
    await turn();
    assert.equal(play.client.state, "live");
    assert.equal(play.ltp, 2);
    await play.end();
  });

  it("reads nothing while the loop holds a batch, and sends the subscriptions nevertheless", async () => {
    const play = new Play();
    let release = (): void => {};
    play.hold = new Promise((resolve) => release = resolve);
    await play.start();
    play.peer.accept();
    await turn();
    // The loop holds the batch of the handshake.
    assert.equal(play.updates.length, 2);
    assert.equal(play.peer.count("marketSubscription"), 1);
    play.peer.image("marketSubscription", marketImage(2, "c1"));
    play.peer.send({ id: 2, ...market(3, "c2") });
    await turn();
    assert.equal(play.peer.unread, 2);
    assert.equal(play.peer.isRead, false);
    play.hold = undefined;
    release();
    await turn();
    assert.equal(play.ltp, 3);
    await play.end();
  });

  it("sends what was asked for, and a copy of it", async () => {
    const marketIds = ["1.1"];
    const play = new Play({
      markets: undefined,
      conflateMs: 50,
      heartbeatMs: 1000,
      segmentation: false,
    });
    play.client.subscribeMarkets({
      marketFilter: { marketIds },
      fields: ["EX_ALL_OFFERS"],
      ladderLevels: 10,
    });
    play.client.subscribeOrders({
      orderFilter: { customerStrategyRefs: ["a"] },
      conflateMs: 0,
    });
    marketIds.push("1.2");
    await play.start();
    play.peer.accept();
    await turn();
    assert.deepEqual(play.peer.requests.slice(1), [
      {
        op: "marketSubscription",
        id: 2,
        segmentationEnabled: false,
        conflateMs: 50,
        heartbeatMs: 1000,
        marketFilter: { marketIds: ["1.1"] },
        marketDataFilter: { fields: ["EX_ALL_OFFERS"], ladderLevels: 10 },
      },
      {
        op: "orderSubscription",
        id: 3,
        segmentationEnabled: false,
        conflateMs: 0,
        heartbeatMs: 1000,
        orderFilter: { customerStrategyRefs: ["a"] },
      },
    ]);
    await play.end();
  });

  it("refuses bad options and subscriptions before anything is sent", () => {
    const base = { appKey: "k", session: "s" };
    assert.throws(
      () => new StreamClient({ ...base, markets: { ladderLevels: 11 } }),
      InvalidRequestError,
    );
    assert.throws(
      () => new StreamClient({ ...base, heartbeatMs: 10, orders: {} }),
      InvalidRequestError,
    );
    assert.throws(() => new StreamClient({ ...base, appKey: "" }), TypeError);
    assert.throws(() => new StreamClient({ ...base, session: "" }), TypeError);
    for (
      const name of ["connectTimeoutMs", "answerTimeoutMs", "maxMarkets"]
    ) {
      assert.throws(
        () => new StreamClient({ ...base, [name]: 0 }),
        (error) => error instanceof RangeError && error.message.includes(name),
      );
    }
    const client = new StreamClient(base);
    client.close();
    assert.throws(() => client.subscribeMarkets(), TypeError);
  });

  it("asks for its connection to be kept while it has no subscription", async () => {
    const play = await new Play({ markets: undefined }).start();
    play.peer.accept();
    await play.timers.pass(10_000);
    assert.equal(play.peer.count("heartbeat"), 1);
    await play.send(success(play.peer.last("heartbeat")!));
    await play.timers.pass(10_000);
    assert.equal(play.peer.count("heartbeat"), 2);
    await play.send(success(play.peer.last("heartbeat")!));
    play.client.subscribeMarkets();
    await turn();
    play.peer.image("marketSubscription", marketImage(2, "c1"));
    await play.timers.pass(9_000);
    await play.send({ id: 4, ...market(3, "c2") });
    await play.timers.pass(9_000);
    assert.equal(play.peer.count("heartbeat"), 2);
    assert.equal(play.client.state, "live");
    assert.equal(play.connections.length, 1);
    await play.end();
  });
});

describe("StreamClient, ending", () => {
  it("ends the loop when it is closed, wherever it is", async () => {
    const places:
      readonly (readonly [string, (play: Play) => Promise<void>])[] = [
        ["authenticating", async () => {}],
        ["subscribing", async (play) => {
          play.peer.accept();
          await turn();
        }],
        ["live", async (play) => {
          play.peer.accept();
          await turn();
          play.peer.image("marketSubscription", marketImage(2, "c1"));
          await turn();
        }],
        ["waiting", async (play) => {
          play.peer.end();
          await turn();
        }],
      ];
    for (const [state, reach] of places) {
      const play = await new Play().start();
      await reach(play);
      assert.equal(play.client.state, state);
      play.client.close();
      play.client.close();
      await turn();
      assert.deepEqual(play.outcome, {}, state);
      assert.equal(play.peer.isClosed, true);
      assert.equal(play.timers.pending, 0, `timers left in ${state}`);
      assert.equal(play.states.at(-1), "closed");
      assert.equal(play.client.cache.isStale("market"), true);
    }
  });

  it("can be closed from onStateChange, in every state", async () => {
    const states = [
      "connecting",
      "authenticating",
      "subscribing",
      "imaging",
      "live",
      "waiting",
    ] as const;
    for (const state of states) {
      const play: Play = new Play({
        onStateChange: (change) => {
          if (change.state === state) play.client.close();
        },
      });
      await play.start();
      for (const connection of play.connections) {
        connection.send(success({ id: 1 }), success({ id: 2 }), {
          id: 2,
          ...marketImage(2, "c1"),
        });
      }
      await turn();
      if (state === "waiting") play.peer.end();
      await turn();
      assert.deepEqual(play.outcome, {}, state);
      if (state === "subscribing") assert.equal(play.updates.length, 0);
      assert.equal(play.timers.pending, 0, `timers left in ${state}`);
      for (const connection of play.connections) {
        assert.equal(connection.isClosed, true);
        if (state === "authenticating") {
          assert.equal(connection.requests.length, 0);
        }
      }
    }
  });

  it("leaves nothing behind, however often it connects", async () => {
    const play = await new Play({ orders: {}, backoff: { maxMs: 1000 } })
      .goLive();
    for (let i = 0; i < 200; i++) {
      await play.reconnect();
      assert.ok(play.timers.pending <= 3, `${play.timers.pending} timers`);
    }
    assert.equal(
      play.connections.filter(({ isClosed }) => !isClosed).length,
      1,
    );
    await play.end();
    assert.equal(play.timers.pending, 0);
  });

  it("closes a connection that comes after it was closed", async () => {
    let arrive = (_: Transport): void => {};
    const play = await new Play({
      connect: () => new Promise((resolve) => arrive = resolve),
    }).start();
    assert.equal(play.client.state, "connecting");
    play.client.close();
    await turn();
    assert.deepEqual(play.outcome, {});
    const late = new FakeConnection();
    arrive(late);
    await turn();
    assert.equal(late.isClosed, true);
    assert.equal(late.requests.length, 0);
  });

  it("throws the signal's reason, also when it was aborted before", async () => {
    for (const isEarly of [true, false]) {
      const abort = new AbortController();
      const reason = new Error("enough");
      if (isEarly) abort.abort(reason);
      const play = await new Play({ signal: abort.signal }).start();
      abort.abort(reason);
      await turn();
      assert.equal(play.outcome?.error, reason);
      assert.equal(play.connections.length, isEarly ? 0 : 1);
      assert.equal(play.timers.pending, 0);
      const again = await play.client[Symbol.asyncIterator]().next();
      assert.equal(again.done, true);
    }
  });

  it("closes when its loop is left", async () => {
    const play = new Play();
    const looping = (async () => {
      for await (const _ of play.client) break;
    })();
    await turn();
    play.peer.accept();
    await looping;
    assert.equal(play.client.state, "closed");
    assert.equal(play.peer.isClosed, true);
    assert.equal(play.timers.pending, 0);
  });

  it("ends a pending request for a batch when its iterator is given back", async () => {
    const play = new Play();
    const iterator = play.client[Symbol.asyncIterator]();
    const pending = iterator.next();
    await turn();
    await iterator.return!();
    assert.equal((await pending).done, true);
    assert.equal((await iterator.next()).done, true);
  });

  it("refuses a second request for a batch while one is pending", async () => {
    const play = new Play();
    const iterator = play.client[Symbol.asyncIterator]();
    const pending = iterator.next();
    await assert.rejects(iterator.next(), TypeError);
    play.client.close();
    assert.equal((await pending).done, true);
  });

  it("waits for its loop when it is disposed", async () => {
    const play = await new Play().start();
    await Promise.all([
      play.client[Symbol.asyncDispose](),
      play.client[Symbol.asyncDispose](),
    ]);
    assert.deepEqual(play.outcome, {});
    await play.client[Symbol.asyncDispose]();
  });

  it("does nothing before it is iterated", async () => {
    const play = new Play();
    await turn();
    assert.equal(play.connections.length, 0);
    assert.equal(play.client.state, "idle");
    assert.equal(play.timers.pending, 0);
    await play.end();
  });

  it("ends with what onStateChange or a listener throws, and closes", async () => {
    const thrown = new Error("own");
    const state = await new Play({
      onStateChange: ({ state }) => {
        if (state === "live") throw thrown;
      },
    }).goLive();
    await turn();
    await state.send({ id: 2, ...market(3, "c2") });
    assert.equal(state.outcome?.error, thrown);
    assert.equal(state.peer.isClosed, true);

    const tapped = new Play();
    tapped.client.tap(() => {
      throw thrown;
    });
    await tapped.start();
    tapped.peer.accept();
    await turn();
    assert.equal(tapped.outcome?.error, thrown);
  });
});

describe("StreamClient, told to end by what onStateChange throws", () => {
  /** A client whose session is refused its keep-alive after 10 s, which is thrown on. */
  function playing(thrown: Error): Play {
    return new Play({
      backoff: { firstMs: 600_000, maxMs: 600_000, random: () => 0.9 },
      session: () =>
        Promise.resolve({
          token: new Secret("token"),
          lifeMs: 20_000,
          keepAlive: () => Promise.reject(new Error("no keep-alive")),
          logout: () => Promise.resolve(),
        }),
      onStateChange: ({ error }) => {
        if (error?.message === "no keep-alive") throw thrown;
      },
    });
  }

  it("does not wait for the next attempt", async () => {
    const thrown = new Error("own");
    const play = await playing(thrown).goLive();
    play.peer.end(null);
    await turn();
    assert.equal(play.client.state, "waiting");
    await play.timers.pass(10_000);
    await turn();
    assert.equal(play.outcome?.error, thrown);
    assert.equal(play.timers.pending, 0);
  });

  it("does not wait for more from the exchange", async () => {
    const thrown = new Error("own");
    const play = await playing(thrown).goLive();
    await play.timers.pass(9_000);
    await play.send({ op: "mcm", id: 2, ct: "HEARTBEAT" });
    await play.timers.pass(1_000);
    await turn();
    assert.equal(play.outcome?.error, thrown);
    assert.equal(play.peer.isClosed, true);
    assert.equal(play.timers.pending, 0);
  });
});

describe("StreamClient.tap()", () => {
  it("shows whole lines before they are applied, with the connection's name", async () => {
    const play = new Play();
    const shown: string[] = [];
    const stop = play.client.tap((lines, receivedAtMs, connectionId) => {
      assert.equal(receivedAtMs, play.timers.now());
      shown.push(
        `${connectionId} ${play.ltp ?? "-"} ${new TextDecoder().decode(lines)}`,
      );
    });
    await play.start();
    play.peer.accept();
    await turn();
    play.peer.image("marketSubscription", marketImage(2, "c1"));
    await turn();
    const change = `${JSON.stringify({ id: 2, ...market(3, "c2") })}\r\n`;
    play.peer.sendBytes(encoder.encode(change.slice(0, 30)));
    await turn();
    play.peer.sendBytes(encoder.encode(change.slice(30)));
    await turn();
    stop();
    await play.send({ id: 2, ...market(4, "c3") });
    assert.equal(shown.length, 3);
    assert.match(shown[0]!, /^101-1 - \{"op":"connection".*\r\n.*\r\n$/s);
    assert.equal(shown[2], `101-1 2 ${change}`);
    assert.equal(shown.join("").includes("token"), false);
    await play.end();
  });
});

describe("StreamClient.health", () => {
  it("does not take books that wait for their image for data that lag", async () => {
    const play = await new Play().start();
    play.peer.accept();
    await turn();
    await play.send({ op: "mcm", id: 2, ct: "HEARTBEAT", pt: 1 });
    assert.equal(play.updates.at(-1)!.isStale, true);
    assert.equal(play.client.health.stale, 0);
    await play.end();
  });

  it("tells everything in plain values, and no secret", async () => {
    const play = await new Play().goLive();
    await play.timers.pass(100);
    await play.send({
      id: 2,
      ...market(3, "c2", {
        pt: play.timers.now() - 40,
        mc: [{ id: "1.1", con: true, rc: [{ id: 7, ltp: 3 }] }],
      }),
    });
    await play.send({
      op: "mcm",
      id: 2,
      ct: "HEARTBEAT",
      clk: "c3",
      pt: play.timers.now() - 10,
      status: 503,
    });
    const { health } = play.client;
    assert.equal(health.state, "live");
    assert.equal(health.connectionId, "101-1");
    assert.equal(health.connections, 1);
    assert.equal(health.reconnects, 0);
    assert.equal(health.messages, 6);
    assert.equal(health.conflated, 1);
    assert.deepEqual(health.conflatedByMarket, { "1.1": 1 });
    assert.equal(health.stale, 1, "that of status 503 alone");
    assert.equal(health.market?.isStale, true);
    assert.equal(health.market?.phase, "live");
    assert.equal(health.order, undefined);
    assert.equal(health.publishToReceived.count, 2);
    assert.equal(health.publishToReceived.maxMs, 40);
    assert.equal(health.clockOffsetMs, 10);
    assert.equal(health.receivedToDelivered.count, 6);
    assert.equal(health.queueDepthBytes, 0);
    const text = JSON.stringify(health);
    assert.deepEqual(JSON.parse(text).conflatedByMarket, { "1.1": 1 });
    for (const shown of [text, inspect(play.client, { depth: 9 })]) {
      assert.equal(shown.includes("token"), false);
      assert.equal(shown.includes("app-key"), false);
    }
    assert.equal(JSON.stringify(play.client).includes("token"), false);
    await play.end();
  });

  it("counts the bytes of a batch that the loop has not used up", async () => {
    const play = await new Play().goLive();
    const depths: number[] = [];
    await play.end();
    const other = new Play();
    const iterator = other.client[Symbol.asyncIterator]();
    const first = iterator.next();
    await turn();
    other.peer.accept();
    const { value } = await first;
    depths.push(other.client.health.queueDepthBytes);
    for (const _ of value!) { /* used up */ }
    depths.push(other.client.health.queueDepthBytes);
    assert.ok(depths[0]! > 0);
    assert.equal(depths[1], 0);
    await other.end();
  });
});

describe("StreamClient, losing a connection", () => {
  it("resumes from the clocks, and tells one gap for each subscription", async () => {
    const play = await new Play({ orders: {} }).goLive();
    play.peer.image("orderSubscription", orderImage("o1"));
    await play.send(
      { id: 2, ...market(3, "c2") },
      { op: "mcm", id: 2, ct: "HEARTBEAT", clk: "c3", pt: 1_700_000_000_500 },
    );
    const lostAtMs = play.timers.now();
    const peer = await play.reconnect(
      new ConnectionLostError("live", "the peer reset it"),
    );
    assert.deepEqual(
      [
        peer.requests[1]!["id"],
        peer.requests[1]!["initialClk"],
        peer.requests[1]!["clk"],
      ],
      [5, "ic1", "c3"],
    );
    assert.deepEqual(
      [
        peer.requests[2]!["id"],
        peer.requests[2]!["initialClk"],
        peer.requests[2]!["clk"],
      ],
      [6, "io1", "o1"],
    );
    assert.equal(play.ltp, 3, "books stay");
    assert.equal(play.client.cache.isStale("market"), true);
    peer.image("marketSubscription", marketResumed(4, "c4"));
    await turn();
    peer.image("orderSubscription", orderImage("o2"));
    await turn();
    assert.deepEqual(play.seen("gap").map(({ gap }) => gap), [
      {
        stream: "market",
        outcome: "resumed",
        sinceMs: 1_700_000_000_500,
        lostAtMs,
        interruptions: 1,
        reason: "the peer reset it",
      },
      {
        stream: "order",
        outcome: "reimaged",
        sinceMs: 1_700_000_000_000,
        lostAtMs,
        interruptions: 1,
        reason: "the peer reset it",
      },
    ]);
    assert.equal(play.client.state, "live");
    assert.equal(play.client.cache.isStale("market"), false);
    const { health } = play.client;
    assert.deepEqual(
      [health.gaps, health.resumes, health.reconnects, health.connections],
      [2, 1, 1, 2],
    );
    assert.equal(health.lastError?.name, "ConnectionLostError");
    await play.end();
  });

  it("has one gap for several losses in a row, and subscribes plainly before a first image", async () => {
    const play = await new Play().start();
    play.peer.end(); // before anything
    await play.wait();
    play.peer.accept();
    await turn();
    assert.equal("clk" in play.peer.last("marketSubscription")!, false);
    // Half of the image, in segments: nothing of it counts.
    await play.send(success(play.peer.last("marketSubscription")!), {
      id: play.peer.last("marketSubscription")!["id"],
      ...marketImage(9, "c0"),
      segmentType: "SEG_START",
    });
    const peer = await play.reconnect();
    assert.equal("clk" in peer.last("marketSubscription")!, false);
    peer.image("marketSubscription", marketImage(2, "c1"));
    await turn();
    assert.deepEqual(
      play.seen("gap").map((
        { gap },
      ) => [gap!["outcome"], gap!["interruptions"]]),
      [["reimaged", 2]],
    );
    assert.equal(play.ltp, 2);
    await play.end();
  });

  it("has no gap for a connection that could not be made", async () => {
    const play = new Play();
    play.connectErrors.push(new Error("no route"), new Error("no route"));
    await play.start();
    assert.equal(play.client.health.lastError?.name, "ConnectionLostError");
    await play.wait();
    await play.wait();
    play.peer.accept();
    await turn();
    play.peer.image("marketSubscription", marketImage(2, "c1"));
    await turn();
    assert.equal(play.client.state, "live");
    assert.equal(play.seen("gap").length, 0);
    assert.equal(play.client.health.reconnects, 0);
    await play.end();
  });

  it("applies what came before the end in the same chunk, and drops half a line", async () => {
    const play = await new Play().goLive();
    const bytes = encoder.encode(
      `${
        JSON.stringify({ id: 2, ...market(3, "c2") })
      }\r\n{"op":"mcm","id":2,"mc":[{"id":"1.1","rc":[{"id":7,"ltp":99`,
    );
    play.peer.sendBytes(bytes);
    const peer = await play.reconnect();
    assert.equal(play.ltp, 3);
    assert.equal(peer.last("marketSubscription")!["clk"], "c2");
    peer.image("marketSubscription", marketResumed(4, "c4"));
    await turn();
    assert.equal(play.ltp, 4);
    assert.equal(play.seen("invalid").length, 0);
    await play.end();
  });

  it("drops half a group of segments, and resumes from the clock before it", async () => {
    const play = await new Play().goLive();
    await play.send({
      id: 2,
      ...market(50, "c9"),
      clk: undefined,
      segmentType: "SEG_START",
    });
    const peer = await play.reconnect();
    assert.equal(peer.last("marketSubscription")!["clk"], "c1");
    await play.send(success(peer.last("marketSubscription")!), {
      id: peer.last("marketSubscription")!["id"],
      ...marketResumed(4, "c4"),
      segmentType: "SEG_START",
    });
    assert.equal(play.ltp, 2);
    await play.send({
      id: peer.last("marketSubscription")!["id"],
      op: "mcm",
      ct: "RESUB_DELTA",
      segmentType: "SEG_END",
      clk: "c5",
      mc: [],
    });
    assert.equal(play.ltp, 4);
    assert.equal(play.seen("gap").length, 1);
    assert.equal(play.client.cache.clk("market"), "c5");
    assert.equal(play.client.cache.initialClk("market"), "ic4");
    await play.end();
  });

  it("reports markets that vanished while it was away, and lets go of them", async () => {
    const play = await new Play().start();
    play.peer.accept();
    await turn();
    const image = marketImage(2, "c1");
    const gone = { id: "1.9", img: true, rc: [{ id: 7, ltp: 5 }] };
    play.peer.image("marketSubscription", {
      ...image,
      mc: [...image["mc"] as unknown[], gone],
    });
    await turn();
    assert.equal(play.client.cache.markets.size, 2);
    await play.reconnect();
    play.peer.image("marketSubscription", marketImage(3, "d1"));
    await turn();
    assert.deepEqual(
      play.updates.flatMap(({ removedMarkets }) => removedMarkets),
      ["1.9"],
    );
    assert.equal(play.client.cache.markets.get("1.9"), undefined);
    assert.deepEqual(play.seen("gap").map(({ gap }) => gap!["outcome"]), [
      "reimaged",
    ]);
    await play.end();
  });

  it("treats a line that is no message as a loss, and resumes from the clock before it", async () => {
    const play = await new Play().goLive();
    await play.send(
      { id: 2, ...market(3, "c2") },
      `{"op":"mcm","id":2,"clk":"c3","mc":[{`,
      { id: 2, ...market(5, "c4") },
    );
    assert.equal(play.seen("invalid").length, 1);
    assert.equal(play.client.state, "waiting");
    assert.equal(play.peer.isClosed, true);
    await play.wait();
    play.peer.accept();
    await turn();
    assert.equal(play.peer.last("marketSubscription")!["clk"], "c2");
    play.peer.image("marketSubscription", marketResumed(6, "c5"));
    await turn();
    assert.equal(play.ltp, 6);
    assert.deepEqual(
      play.seen("gap").map((
        { gap },
      ) => [gap!["outcome"], gap!["interruptions"]]),
      [["resumed", 1]],
    );
    await play.end();
  });

  it("treats a message that breaks off as a loss, and resumes from the clock before it", async () => {
    const play = await new Play().goLive();
    await play.send(
      { id: 2, ...market(3, "c2") },
      { id: 2, ...market(4, "c3"), segmentType: "SEG_START" },
      { id: 2, ...market(5, "c4") },
    );
    const [invalid] = play.seen("invalid");
    assert.ok(invalid!.error instanceof IncompleteMessageError);
    assert.equal(play.client.state, "waiting");
    await play.wait();
    play.peer.accept();
    await turn();
    assert.equal(play.peer.last("marketSubscription")!["clk"], "c2");
    play.peer.image("marketSubscription", marketResumed(6, "c5"));
    await turn();
    assert.equal(play.ltp, 6);
    assert.equal(play.seen("gap").length, 1);
    await play.end();
  });

  for (const holdSegments of [true, false]) {
    it(`treats a message without its start as a loss, held: ${holdSegments}`, async () => {
      const play = await new Play({ holdSegments }).goLive();
      await play.send(
        { id: 2, ...market(3, "c2") },
        { id: 2, ...market(4, "c3"), segmentType: "SEG_END" },
        { id: 2, ...market(5, "c4") },
      );
      assert.equal(play.seen("invalid").length, 1);
      assert.equal(play.client.cache.isStale("market"), true);
      await play.wait();
      play.peer.accept();
      await turn();
      assert.equal(play.peer.last("marketSubscription")!["clk"], "c2");
      await play.end();
    });
  }

  it("survives writes that fail: what was received says why", async () => {
    const play = new Play();
    await play.start();
    play.peer.onWrite = () =>
      Promise.reject(new ConnectionLostError("live", "the peer has closed it"));
    play.peer.accept();
    await turn();
    await play.send({
      op: "status",
      statusCode: "FAILURE",
      errorCode: "UNEXPECTED_ERROR",
      connectionClosed: true,
    });
    assert.equal(play.client.state, "waiting");
    assert.equal(play.client.health.lastError?.name, "StreamStatusError");
    await play.wait();
    assert.equal(play.connections.length, 2);
    await play.end();
  });

  it("closes the old connection before it opens the next", async () => {
    const play = await new Play().goLive();
    const first = play.peer;
    first.end();
    await turn();
    assert.equal(first.isClosed, true);
    assert.equal(play.connections.length, 1);
    await play.end();
  });
});

describe("StreamClient, replacing a subscription", () => {
  it("expects the new id at once, ignores the old one's messages, and has no gap", async () => {
    const play = await new Play().goLive();
    play.client.subscribeMarkets({
      marketFilter: { marketIds: ["1.1", "1.2"] },
    });
    assert.equal(play.client.state, "subscribing");
    // Before the request is even written.
    assert.equal(play.client.cache.clk("market"), undefined);
    await play.send({ id: 2, ...market(50, "c2") });
    assert.equal(play.ltp, 2);
    const request = play.peer.last("marketSubscription")!;
    assert.equal(request["id"], 3);
    assert.equal("clk" in request, false);
    await play.send(success(request));
    assert.equal(play.client.state, "imaging");
    await play.send({ id: 2, ...market(51, "c3") });
    await play.send({ id: 3, ...marketImage(8, "d1") });
    assert.equal(play.ltp, 8);
    assert.equal(play.client.state, "live");
    assert.equal(play.seen("gap").length, 0);
    assert.equal(play.client.health.superseded, 2);
    await play.end();
  });

  it("subscribes plainly when the connection is lost before the new image", async () => {
    const play = await new Play().goLive();
    play.client.subscribeMarkets({ marketFilter: { marketIds: ["1.2"] } });
    await turn();
    const peer = await play.reconnect();
    assert.equal("clk" in peer.last("marketSubscription")!, false);
    peer.image("marketSubscription", marketImage(8, "d1"));
    await turn();
    assert.equal(play.seen("gap").length, 1);
    await play.end();
  });

  it("does not send the old clocks when it is replaced while it waits, whatever lies in the last batch", async () => {
    const play = await new Play().goLive();
    // The loop looks at the first update of a batch that has an image of the old
    // subscription and ends the connection, and replaces the subscription then.
    let isReplaced = false;
    play.client.tap((lines) => {
      if (isReplaced || !new TextDecoder().decode(lines).includes("TIMEOUT")) {
        return;
      }
      isReplaced = true;
      play.client.cache.drain();
      play.client.subscribeMarkets({ marketFilter: { marketIds: ["1.2"] } });
    });
    await play.send(
      { id: 2, ...marketImage(3, "c2") },
      {
        op: "status",
        statusCode: "FAILURE",
        errorCode: "TIMEOUT",
        connectionClosed: true,
      },
      { id: 2, ...marketImage(4, "c3") },
    );
    await play.wait();
    play.peer.accept();
    await turn();
    assert.equal("clk" in play.peer.last("marketSubscription")!, false);
    await play.end();
  });

  it("keeps only the latest of many replacements that wait to be written", async () => {
    const play = await new Play().goLive();
    let written = (): void => {};
    play.peer.onWrite = () => new Promise((resolve) => written = resolve);
    for (let i = 0; i < 1000; i++) {
      play.client.subscribeMarkets({ marketFilter: { marketIds: [`1.${i}`] } });
    }
    play.peer.onWrite = () => Promise.resolve();
    written();
    await turn();
    const sent = play.peer.requests.filter(({ op }) =>
      op === "marketSubscription"
    );
    assert.equal(sent.length, 3);
    assert.equal(sent.at(-1)!["id"], 1002);
    await play.end();
  });

  it("adds a stream while it is live", async () => {
    const play = await new Play().goLive();
    play.client.subscribeOrders();
    await turn();
    play.peer.image("orderSubscription", orderImage("o1"));
    await turn();
    assert.equal(play.client.state, "live");
    assert.equal(play.seen("gap").length, 0);
    await play.end();
  });
});
