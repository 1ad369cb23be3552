import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { StreamCache } from "../../src/cache/stream_cache.ts";
import { StreamClient } from "../../src/client/mod.ts";
import {
  failure,
  FakeConnection,
  type Json,
  market,
  marketImage,
  marketResumed,
  orderImage,
  Play,
  success,
  turn,
} from "./_fake_exchange.ts";

// When books can be relied on, and when not, whatever comes at whichever moment.

const LIMIT = "SUBSCRIPTION_LIMIT_EXCEEDED";

/** A client with both streams live: market id 2, order id 3. */
async function bothLive(
  options: ConstructorParameters<typeof Play>[0] = {},
): Promise<Play> {
  const play = await new Play({ orders: {}, ...options }).goLive();
  play.peer.image("orderSubscription", orderImage("o1"));
  await turn();
  assert.equal(play.client.state, "live");
  return play;
}

/** Answers that come of requests in one piece, with all that happens meanwhile. */
async function narrowed(play: Play): Promise<void> {
  play.client.subscribeMarkets({ marketFilter: { marketIds: ["1.1"] } });
  await turn();
}

describe("StreamClient while books wait for an image", () => {
  it("counts them as stale from the request on, without a gap", async () => {
    const play = await new Play().goLive();
    assert.equal(play.client.cache.isStale("market"), false);
    await narrowed(play);
    assert.equal(play.client.cache.isStale("market"), true);
    // What the exchange says to the old subscription is lost on the books.
    await play.send({ id: 2, ...market(9, "x") });
    assert.equal(play.ltp, 2);
    assert.equal(play.client.cache.isStale("market"), true);
    play.peer.image("marketSubscription", marketImage(3, "d1"));
    await turn();
    assert.equal(play.client.cache.isStale("market"), false);
    assert.equal(play.updates.at(-1)?.isStale, false);
    assert.deepEqual(play.seen("gap"), []);
    await play.end();
  });

  it("counts them as stale when the gap is told and its image is not applied", async () => {
    const play = new Play();
    const staleAtGap: boolean[] = [];
    const { client } = play;
    await play.goLive();
    play.peer.end();
    await play.wait();
    play.peer.accept();
    await turn();
    // Narrows the filter the moment it is told of the gap.
    const seen = play.updates;
    const push = seen.push.bind(seen);
    seen.push = (...updates): number => {
      for (const update of updates) {
        if (update.kind !== "gap") continue;
        staleAtGap.push(update.isStale, client.cache.isStale("market"));
        client.subscribeMarkets({ marketFilter: { marketIds: ["1.1"] } });
      }
      return push(...updates);
    };
    play.peer.image("marketSubscription", marketResumed(9, "c5"));
    await turn();
    assert.deepEqual(staleAtGap, [true, true]);
    assert.equal(play.ltp, 2);
    assert.equal(client.cache.isStale("market"), true);
    play.peer.image("marketSubscription", marketImage(4, "d1"));
    await turn();
    assert.equal(play.ltp, 4);
    assert.equal(client.cache.isStale("market"), false);
    assert.equal(play.seen("gap").length, 1);
    await play.end();
  });

  for (const holdSegments of [true, false]) {
    it(`resumes from no clock that is ahead of a message in segments, held: ${holdSegments}`, async () => {
      const play = await new Play({ holdSegments }).goLive();
      const heartbeat: Json = { op: "mcm", id: 2, ct: "HEARTBEAT" };
      await play.send(
        { id: 2, ...market(3, "never"), segmentType: "SEG_START" },
        { ...heartbeat, clk: "ahead" },
      );
      await play.reconnect();
      assert.equal(play.peer.last("marketSubscription")!["clk"], "c1");
      await play.end();
    });
  }

  it("counts half an image that is shown as stale", async () => {
    const play = await new Play({ holdSegments: false }).start();
    play.peer.accept();
    await turn();
    const part = (segmentType: string): Json => ({
      id: 2,
      ...marketImage(3, "c1"),
      segmentType,
    });
    await play.send(success({ id: 2 }), part("SEG_START"), part("SEG"));
    assert.equal(play.client.cache.isStale("market"), true);
    await play.send(part("SEG_END"));
    assert.equal(play.client.cache.isStale("market"), false);
    await play.end();
  });
});

describe("StreamClient, closed", () => {
  it("leaves the books stale whatever is left of a batch, and tells no second gap", async () => {
    const client = new StreamClient({
      appKey: "key",
      session: "token",
      markets: {},
      connect: () => Promise.resolve(scripted()),
    });
    const kinds: string[] = [];
    for await (const batch of client) {
      for (const update of batch) {
        kinds.push(update.kind);
        if (update.kind !== "market") continue;
        client.close();
        assert.equal(client.cache.isStale("market"), true);
      }
    }
    // The second image came in one piece with the first.
    assert.deepEqual(kinds.filter((kind) => kind === "gap"), []);
    assert.equal(client.cache.isStale("market"), true);
    assert.equal(client.state, "closed");
  });

  it("closes the connection that is there in the same moment", async () => {
    const play = new Play();
    const peer = new FakeConnection();
    const { timers } = play;
    const client: StreamClient = new StreamClient({
      appKey: "key",
      session: "token",
      markets: {},
      timers,
      connect: () => {
        const connected = Promise.resolve(peer);
        void connected.then(() => client.close());
        return connected;
      },
    });
    for await (const batch of client) batch.drain();
    await turn();
    assert.equal(client.state, "closed");
    assert.equal(peer.isClosed, true);
    assert.deepEqual(peer.requests, []);
    assert.equal(timers.pending, 0);
  });

  it("asks for no session when it is closed as it begins", async () => {
    let asked = 0;
    const client: StreamClient = new StreamClient({
      appKey: "key",
      session: () => {
        asked++;
        return "token";
      },
      markets: {},
      onStateChange: ({ state }) => {
        if (state === "connecting") client.close();
      },
    });
    for await (const batch of client) batch.drain();
    assert.equal(asked, 0);
  });

  it("takes no cache that throws, as it has to go on", () => {
    assert.throws(
      () =>
        new StreamClient({
          appKey: "key",
          session: "token",
          cache: new StreamCache({ strict: true }),
        }),
      TypeError,
    );
  });
});

/** A connection that says everything at once: two images in one piece. */
function scripted(): FakeConnection {
  const peer = new FakeConnection();
  peer.onWrite = (): Promise<void> => {
    const request = peer.requests.at(-1)!;
    if (request["op"] === "authentication") peer.send(success(request));
    else {
      const id = request["id"];
      peer.send(
        success(request),
        { id, ...marketImage(2, "c1") },
        { id, ...marketImage(3, "c2") },
      );
    }
    return Promise.resolve();
  };
  return peer;
}

describe("StreamClient and late refusals", () => {
  it("takes the refusal of a request that was replaced for none of the present one", async () => {
    const play = await new Play().start();
    play.peer.accept();
    await turn();
    await narrowed(play);
    const { id } = play.peer.last("marketSubscription")!;
    assert.notEqual(id, 2);
    await play.send(
      failure(LIMIT, { id: 2 }),
      success({ id }),
      { id, ...marketImage(5, "d1") },
    );
    assert.equal(play.client.state, "live");
    assert.equal(play.client.health.market?.phase, "live");
    assert.equal(play.client.cache.isStale("market"), false);
    assert.deepEqual(play.seen("gap"), []);
    // It is watched again.
    await play.timers.pass(10_000);
    assert.equal(play.client.state, "waiting");
    await play.end();
  });

  it("leaves the markets alone when a replaced order subscription is refused", async () => {
    const play = await bothLive();
    play.client.subscribeOrders();
    await turn();
    const first = play.peer.last("orderSubscription")!["id"];
    play.client.subscribeOrders();
    await turn();
    await play.send(failure(LIMIT, { id: first }));
    assert.equal(play.client.health.market?.phase, "live");
    assert.equal(play.client.cache.isStale("market"), false);
    await play.end();
  });

  it("keeps the connection behind a limit that is told without an id", async () => {
    const play = await bothLive({ answerTimeoutMs: 4_000 });
    await narrowed(play);
    await play.send(failure(LIMIT));
    assert.equal(play.client.health.market?.phase, "refused");
    for (let i = 0; i < 10; i++) {
      await play.timers.pass(3_000);
      await play.send({ op: "ocm", id: 3, ct: "HEARTBEAT", clk: `o${i}` });
    }
    assert.equal(play.connections.length, 1);
    assert.equal(play.client.health.order?.phase, "live");
    assert.equal(play.client.cache.isStale("order"), false);
    await play.end();
  });
});

describe("StreamClient's back-off, steady", () => {
  it("begins anew though one stream is refused", async () => {
    const play = await bothLive();
    const waits: (number | undefined)[] = [];
    for (let i = 0; i < 4; i++) {
      play.client.subscribeMarkets();
      await turn();
      const { id } = play.peer.last("marketSubscription")!;
      await play.send(failure(LIMIT, { id }));
      for (let ms = 0; ms < 60_000; ms += 4_000) {
        await play.timers.pass(4_000);
        await play.send({
          op: "ocm",
          id: play.peer.last("orderSubscription")!["id"],
          ct: "HEARTBEAT",
        });
      }
      await play.reconnect();
      waits.push(play.changes.findLast(({ waitMs }) => waitMs)?.waitMs);
      play.peer.image("orderSubscription", orderImage("o2"));
      await turn();
    }
    assert.deepEqual(new Set(waits).size, 1, String(waits));
    await play.end();
  });

  it("begins anew though a subscription was replaced right before the loss", async () => {
    const play = await new Play().goLive();
    const waits: (number | undefined)[] = [];
    for (let i = 0; i < 4; i++) {
      for (let ms = 0; ms < 60_000; ms += 4_000) {
        await play.timers.pass(4_000);
        const { id } = play.peer.last("marketSubscription")!;
        await play.send({ op: "mcm", id, ct: "HEARTBEAT" });
      }
      await narrowed(play);
      await play.reconnect();
      waits.push(play.changes.findLast(({ waitMs }) => waitMs)?.waitMs);
      play.peer.image("marketSubscription", marketImage(2, `c${i}`));
      await turn();
    }
    assert.deepEqual(new Set(waits).size, 1, String(waits));
    await play.end();
  });
});

describe("StreamClient's back-off, with a subscription that is replaced all the time", () => {
  it("begins anew behind a connection that did well", async () => {
    const play = await new Play({ backoff: { random: () => 0.5 } }).goLive();
    const waits: (number | undefined)[] = [];
    for (let i = 0; i < 4; i++) {
      // Never as long as 30 s without a replacement.
      for (let ms = 0; ms < 100_000; ms += 4_000) {
        await play.timers.pass(4_000);
        const { id } = play.peer.last("marketSubscription")!;
        await play.send({ op: "mcm", id, ct: "HEARTBEAT" });
        if (ms % 20_000 !== 0) continue;
        await narrowed(play);
        play.peer.image("marketSubscription", marketImage(3, `r${i}-${ms}`));
        await turn();
        assert.equal(play.client.state, "live");
      }
      await play.reconnect();
      waits.push(play.changes.findLast(({ waitMs }) => waitMs)?.waitMs);
      play.peer.image("marketSubscription", marketImage(2, `c${i}`));
      await turn();
    }
    assert.deepEqual(waits, [500, 500, 500, 500]);
    await play.end();
  });

  it("does not when no image is ever complete", async () => {
    const play = await new Play({ backoff: { random: () => 0.5 } }).start();
    play.peer.accept();
    await turn();
    const waits: (number | undefined)[] = [];
    for (let i = 0; i < 3; i++) {
      await play.reconnect();
      waits.push(play.changes.findLast(({ waitMs }) => waitMs)?.waitMs);
    }
    assert.deepEqual(waits, [500, 1_500, 3_000]);
    await play.end();
  });
});

describe("StreamClient with a request that is not answered", () => {
  /** Goes on for a minute, or until the connection is given up; tells when, s. */
  async function givenUpAfter(
    play: Play,
    eachSecond: (second: number) => Promise<void>,
  ): Promise<number> {
    for (let second = 1; second <= 60; second++) {
      await play.timers.pass(1_000);
      if (play.client.state === "waiting") return second;
      await eachSecond(second);
    }
    return Infinity;
  }

  it("gives up the connection whatever else is asked for and answered", async () => {
    const play = await new Play({ orders: {} }).start();
    play.peer.accept();
    await turn();
    play.peer.image("marketSubscription", marketImage(2, "c1"));
    await turn();
    const seconds = await givenUpAfter(play, async (second) => {
      const { id } = play.peer.last("marketSubscription")!;
      await play.send({ op: "mcm", id, ct: "HEARTBEAT", clk: `h${second}` });
      if (second % 10 !== 0) return;
      await narrowed(play);
      play.peer.image("marketSubscription", marketImage(2, `x${second}`));
      await turn();
    });
    assert.equal(seconds, 15);
    assert.match(play.client.health.lastError!.message, /not answered/);
    await play.end();
  });

  it("gives it up when the request is replaced again and again", async () => {
    const play = await bothLive();
    await narrowed(play);
    const seconds = await givenUpAfter(play, async (second) => {
      await play.send({ op: "ocm", id: 3, ct: "HEARTBEAT", clk: `o${second}` });
      if (second % 4 === 0) await narrowed(play);
    });
    assert.equal(seconds, 15);
    await play.end();
  });

  it("keeps it when those that were replaced are answered in time", async () => {
    const play = await bothLive();
    await narrowed(play);
    const seconds = await givenUpAfter(play, async (second) => {
      await play.send({ op: "ocm", id: 3, ct: "HEARTBEAT", clk: `o${second}` });
      if (second % 4 !== 0) return;
      const replaced = play.peer.last("marketSubscription")!;
      await narrowed(play);
      await play.send(success(replaced));
      assert.equal(play.client.health.market?.phase, "requested");
    });
    assert.equal(seconds, Infinity);
    await play.end();
  });
});

describe("StreamClient with a stream that is silent while the other is not", () => {
  const beat = (op: string, id: number): Json => ({
    op,
    id,
    ct: "HEARTBEAT",
    clk: `${op}-beat`,
  });

  for (
    const [silent, op, id] of [
      ["market", "ocm", 3],
      ["order", "mcm", 2],
    ] as const
  ) {
    it(`gives up the connection when nothing of the ${silent} stream comes`, async () => {
      const play = await bothLive();
      for (let i = 0; i < 4; i++) {
        assert.equal(play.client.state, "live", `after ${i * 3000} ms`);
        await play.timers.pass(3000);
        await play.send(beat(op, id));
      }
      assert.equal(play.connections.length, 2);
      assert.equal(play.client.cache.isStale(silent), true);
      assert.match(
        String(play.client.health.lastError?.message),
        new RegExp(`nothing of the ${silent} stream was received for 10000 ms`),
      );
      await play.end();
    });
  }

  it("does not count messages of a replaced subscription", async () => {
    const play = await bothLive();
    for (let i = 0; i < 4; i++) {
      await play.timers.pass(3000);
      await play.send(beat("ocm", 3), beat("mcm", 99));
    }
    assert.equal(play.connections.length, 2);
    await play.end();
  });

  it("counts segments before their message is complete", async () => {
    const play = await bothLive();
    for (let i = 0; i < 8; i++) {
      await play.timers.pass(3000);
      const segmentType = i === 0 ? "SEG_START" : "SEG";
      await play.send(beat("ocm", 3), {
        id: 2,
        ...market(i + 2, "c"),
        clk: undefined,
        segmentType,
      });
    }
    assert.equal(play.client.state, "live");
    await play.end();
  });

  it("waits for a long line to come to its end, as nothing can overtake it", async () => {
    const play = await bothLive();
    const line = new TextEncoder().encode(
      `${JSON.stringify({ id: 2, ...market(9, "c9"), x: "x".repeat(9000) })}\n`,
    );
    for (let at = 0; at < line.length; at += 1000) {
      await play.timers.pass(6000);
      play.peer.sendBytes(line.slice(at, at + 1000));
      await turn();
    }
    assert.equal(play.ltp, 9);
    assert.equal(play.client.state, "live");
    await play.end();
  });

  it("does not take a drop now and then for a line that is coming", async () => {
    const play = await bothLive();
    for (let i = 0; i < 4; i++) {
      await play.timers.pass(3000);
      play.peer.sendBytes(new Uint8Array([0x20]));
      await turn();
    }
    assert.equal(play.connections.length, 2);
    await play.end();
  });

  it("does not count while the loop holds a batch", async () => {
    const play = await bothLive();
    const { promise, resolve } = Promise.withResolvers<void>();
    play.hold = promise;
    await play.send(beat("ocm", 3));
    await play.timers.pass(60_000);
    play.hold = undefined;
    resolve();
    await turn();
    assert.equal(play.client.state, "live");
    await play.end();
  });
});

describe("StreamClient while it cannot know", () => {
  it("counts books as stale that are wanted and not asked for yet", async () => {
    const play = await new Play().goLive();
    for (let i = 0; i < 5; i++) play.connectErrors.push(new Error("down"));
    play.peer.end();
    await turn();
    assert.equal(play.client.cache.isStale("order"), false);
    play.client.subscribeOrders();
    assert.equal(play.client.cache.isStale("order"), true);
    await play.timers.pass(2000);
    assert.equal(play.client.cache.isStale("order"), true);
    await play.end();
  });

  it("counts books of a cache that it was given as stale until its own image", () => {
    const { client } = new Play({ cache: new StreamCache() });
    assert.equal(client.cache.isStale("market"), true);
    assert.equal(client.cache.isStale("order"), false);
    assert.equal(client.health.market?.isStale, true);
  });

  it("counts books as stale as soon as the exchange says that it closes", async () => {
    const play = await new Play().goLive();
    const { promise, resolve } = Promise.withResolvers<void>();
    play.hold = promise;
    await play.send(
      { id: 2, ...market(3, "c2") },
      failure("CONNECTION_FAILED"),
    );
    assert.equal(play.ltp, 3);
    assert.equal(play.client.cache.isStale("market"), true);
    play.hold = undefined;
    resolve();
    await play.wait();
    play.peer.accept();
    await turn();
    assert.equal(play.peer.last("marketSubscription")!["clk"], "c2");
    play.peer.image("marketSubscription", marketResumed(4, "c3"));
    await turn();
    assert.deepEqual(play.seen("gap").map(({ gap }) => gap!["interruptions"]), [
      1,
    ]);
    await play.end();
  });

  it("trusts no heartbeat interval that cannot be", async () => {
    for (const [told, limitMs] of [[0, 1000], [1e12, 60_000]] as const) {
      const play = await new Play().start();
      play.peer.accept();
      await turn();
      play.peer.image("marketSubscription", {
        ...marketImage(2, "c1"),
        heartbeatMs: told,
      });
      await turn();
      await play.timers.pass(limitMs - 1);
      assert.equal(play.client.state, "live", `${told}`);
      await play.timers.pass(1);
      await turn();
      assert.equal(play.client.state, "waiting", `${told}`);
      await play.end();
    }
  });
});
