import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { inspect } from "node:util";
import {
  login,
  LoginError,
  type LoginSession,
  NetPermissionError,
  Secret,
  type SessionContext,
  type SessionSource,
  StreamStatusError,
} from "../../src/client/mod.ts";
import {
  failure,
  market,
  marketImage,
  orderImage,
  Play,
  success,
  turn,
} from "./_fake_exchange.ts";

/** Refusals that nothing helps against. */
const FATAL: readonly (readonly [code: string, group: string])[] = [
  ["NO_APP_KEY", "auth"],
  ["INVALID_APP_KEY", "auth"],
  ["NOT_AUTHORIZED", "auth"],
  ["INVALID_INPUT", "protocol"],
  ["INVALID_REQUEST", "protocol"],
];

/** Refusals after which a client connects again, and the least it waits, ms. */
const PASSING: readonly (readonly [code: string, minimumMs: number])[] = [
  ["MAX_CONNECTION_LIMIT_EXCEEDED", 15_000],
  ["TOO_MANY_REQUESTS", 30_000],
  ["TIMEOUT", 0],
  ["UNEXPECTED_ERROR", 0],
  ["CONNECTION_FAILED", 0],
  ["SOMETHING_NEW", 0],
];

/** A session source that hands out tokens by number, and remembers being asked. */
function numbered(asked: boolean[]): SessionSource {
  return ({ isRenewal }) => {
    asked.push(isRenewal);
    return `token-${asked.length}`;
  };
}

describe("StreamClient, refused", () => {
  for (const [code, group] of FATAL) {
    it(`ends with a StreamStatusError on ${code}, behind the update that tells of it`, async () => {
      const play = await new Play().start();
      await play.send(
        { op: "connection", connectionId: "101-9" },
        failure(code, { id: 1, errorMessage: "no" }),
      );
      const { error } = play.outcome!;
      assert.ok(error instanceof StreamStatusError);
      assert.equal(error.code, code);
      assert.equal(error.group, group);
      assert.equal(error.requestId, 1);
      assert.equal(error.connectionId, "101-9");
      assert.equal(error.detail, "no");
      assert.ok(error.advice.length > 10);
      assert.ok(error.message.includes(code));
      assert.equal(play.seen("status").length, 1);
      assert.equal(play.client.state, "closed");
      assert.equal(play.changes.at(-1)?.error, error);
      assert.equal(play.peer.isClosed, true);
      assert.equal(play.timers.pending, 0);
      assert.equal(play.connections.length, 1);
    });
  }

  for (const [code, minimumMs] of PASSING) {
    for (const step of ["authentication", "subscription", "live"]) {
      it(`connects again after ${code} (${step}), in ${minimumMs} ms at the least`, async () => {
        const play = new Play();
        if (step === "authentication") {
          await play.start();
          await play.send(failure(code, { id: 1 }));
        } else if (step === "subscription") {
          await play.start();
          play.peer.accept();
          await turn();
          await play.send(failure(code, { id: 2 }));
        } else {
          await play.goLive();
          await play.send({ id: 2, ...market(3, "c2") }, failure(code));
          assert.equal(play.ltp, 3);
        }
        assert.equal(play.client.state, "waiting");
        const { waitMs, error } = play.changes.at(-1)!;
        assert.ok(error instanceof StreamStatusError && error.code === code);
        assert.ok(waitMs! >= minimumMs, `${waitMs}`);
        assert.ok(waitMs! <= Math.max(1000, 2 * minimumMs), `${waitMs}`);
        await play.wait();
        assert.equal(play.connections.length, 2);
        play.peer.accept();
        await turn();
        play.peer.image("marketSubscription", marketImage(2, "c5"));
        await turn();
        assert.equal(play.seen("gap").length, 1);
        assert.equal(play.seen("gap")[0]!.gap!["reason"], code);
        await play.end();
      });
    }
  }

  it("trusts `connectionClosed` over the table", async () => {
    const open = await new Play().goLive();
    await open.send(failure("TIMEOUT", { connectionClosed: false }));
    assert.equal(open.client.state, "live");
    assert.equal(open.client.health.lastError?.name, "StreamStatusError");
    await open.send({ id: 2, ...market(3, "c2") });
    assert.equal(open.ltp, 3);
    await open.end();

    const closed = await new Play().goLive();
    await closed.send(
      failure("SUBSCRIPTION_LIMIT_EXCEEDED", { id: 2, connectionClosed: true }),
    );
    assert.equal(closed.client.state, "waiting");
    await closed.end();
  });

  it("connects again when a subscription is refused and the connection left open", async () => {
    const play = await new Play().start();
    play.peer.accept();
    await turn();
    await play.send(
      failure("UNEXPECTED_ERROR", { id: 2, connectionClosed: false }),
    );
    assert.equal(play.client.state, "waiting");
    assert.equal(play.peer.isClosed, true);
    await play.end();
  });

  it("forgets the clocks of the stream whose clock is refused, and keeps the other's", async () => {
    for (const [id, resumed] of [[6, ["order"]], [undefined, []]] as const) {
      const play = await new Play({ orders: {} }).goLive();
      play.peer.image("orderSubscription", orderImage("o1"));
      await turn();
      await play.reconnect();
      const refused = play.peer.requests.find((request) =>
        request["op"] === "marketSubscription"
      )!;
      assert.equal(refused["clk"], "c1");
      await play.send(
        failure("INVALID_CLOCK", id === undefined ? {} : { id: refused["id"] }),
      );
      await play.wait();
      play.peer.accept();
      await turn();
      const sent = play.peer.requests.filter((request) => "clk" in request)
        .map((request) => String(request["op"]).replace("Subscription", ""));
      assert.deepEqual(sent, [...resumed]);
      play.peer.image("marketSubscription", marketImage(2, "c5"));
      play.peer.image("orderSubscription", orderImage("o5"));
      await turn();
      assert.deepEqual(
        play.seen("gap").map((
          { gap },
        ) => [gap!["stream"], gap!["interruptions"]]),
        [["market", 2], ["order", 2]],
      );
      await play.end();
    }
  });

  it("surfaces a subscription limit, keeps the connection, and takes a narrower filter", async () => {
    const play = await new Play({ orders: {} }).goLive();
    play.peer.image("orderSubscription", orderImage("o1"));
    await turn();
    play.client.subscribeMarkets();
    await play.send(failure("SUBSCRIPTION_LIMIT_EXCEEDED", { id: 4 }));
    assert.equal(play.outcome, undefined);
    assert.equal(play.connections.length, 1);
    assert.equal(play.client.state, "subscribing");
    assert.equal(play.client.health.market?.phase, "refused");
    assert.equal(play.client.cache.isStale("market"), true);
    assert.equal(play.client.cache.isStale("order"), false);
    assert.equal(play.client.health.lastError?.name, "StreamStatusError");
    const told = play.changes.at(-1)!.error;
    assert.ok(told instanceof StreamStatusError);
    assert.equal(told.code, "SUBSCRIPTION_LIMIT_EXCEEDED");
    assert.match(told.advice, /narrow/);
    play.client.subscribeMarkets({ marketFilter: { marketIds: ["1.1"] } });
    await turn();
    play.peer.image("marketSubscription", marketImage(6, "d1"));
    await turn();
    assert.equal(play.client.state, "live");
    assert.deepEqual(play.seen("gap").map(({ gap }) => gap!["reason"]), [
      "SUBSCRIPTION_LIMIT_EXCEEDED",
    ]);
    await play.end();
  });

  it("keeps it alive also while the loop looks at nothing that comes", async () => {
    const play = await new Play().start();
    play.peer.accept();
    await turn();
    const { promise, resolve } = Promise.withResolvers<void>();
    play.hold = promise;
    await play.send(failure("SUBSCRIPTION_LIMIT_EXCEEDED", { id: 2 }));
    await play.timers.pass(40_000);
    assert.equal(play.peer.count("heartbeat"), 4);
    play.hold = undefined;
    resolve();
    await play.end();
  });

  it("keeps an idle connection alive while its only subscription is refused", async () => {
    const play = await new Play().start();
    play.peer.accept();
    await turn();
    await play.send(failure("SUBSCRIPTION_LIMIT_EXCEEDED", { id: 2 }));
    await play.timers.pass(10_000);
    assert.equal(play.peer.count("heartbeat"), 1);
    await play.end();
  });

  it("ignores answers to what it has not asked", async () => {
    const play = await new Play().goLive();
    await play.send(
      success({ id: 99 }),
      failure("UNEXPECTED_ERROR", {
        id: 98,
        connectionClosed: false,
      }),
    );
    assert.equal(play.client.state, "live");
    await play.end();
  });

  it("shows no credentials, though the exchange repeats them", async () => {
    const play = await new Play().start();
    await play.send(
      failure("NOT_AUTHORIZED", {
        id: 1,
        errorMessage: 'key app-key, {"session":"token"} token',
      }),
    );
    const { error } = play.outcome!;
    for (
      const text of [
        String(error),
        inspect(error, { depth: 9 }),
        JSON.stringify(error),
        JSON.stringify(play.client.health),
      ]
    ) {
      assert.equal(text.includes("app-key"), false, text);
      assert.equal(text.includes('token"'), false, text);
      assert.equal(/\btoken$/m.test(text), false, text);
    }
  });
});

describe("StreamClient's session", () => {
  it("is renewed once when it is refused, at once, and no more when it is refused again", async () => {
    const asked: boolean[] = [];
    const play = await new Play({ session: numbered(asked) }).start();
    await play.send(failure("INVALID_SESSION_INFORMATION", { id: 1 }));
    assert.equal(play.connections.length, 2);
    assert.deepEqual(asked, [false, true]);
    assert.equal(play.peer.last("authentication")!["session"], "token-2");
    assert.equal(play.peer.last("authentication")!["id"], 2);
    await play.send(failure("INVALID_SESSION_INFORMATION", { id: 2 }));
    assert.ok(play.outcome!.error instanceof StreamStatusError);
    assert.deepEqual(asked, [false, true]);
  });

  it("is renewed again once it has been accepted, and the clocks stay good", async () => {
    const asked: boolean[] = [];
    const play = await new Play({ session: numbered(asked) }).goLive();
    for (let time = 1; time <= 3; time++) {
      play.peer.end();
      await play.wait();
      await play.send(
        failure("INVALID_SESSION_INFORMATION", {
          id: play.peer.last("authentication")!["id"],
        }),
      );
      assert.equal(asked.length, time + 1);
      play.peer.accept();
      await turn();
      assert.equal(play.peer.last("marketSubscription")!["clk"], `c${time}`);
      play.peer.image("marketSubscription", marketImage(2, `c${time + 1}`));
      await turn();
      assert.equal(play.client.state, "live");
      assert.equal(play.seen("gap").length, time);
    }
    await play.end();
  });

  it("is not renewed without a pause when it ends again and again", async () => {
    const asked: boolean[] = [];
    const play = await new Play({ session: numbered(asked) }).start();
    const waits: (number | undefined)[] = [];
    for (let i = 0; i < 4; i++) {
      play.peer.accept();
      await turn();
      await play.send(failure("INVALID_SESSION_INFORMATION"));
      assert.equal(play.client.state, "waiting");
      assert.equal(asked.length, i + 1);
      waits.push(play.changes.at(-1)!.waitMs);
      await play.wait();
    }
    assert.deepEqual(waits, [500, 1500, 3000, 6000]);
    await play.end();
  });

  it("cannot be renewed when it is a token", async () => {
    const play = await new Play({ session: new Secret("token") }).start();
    await play.send(failure("NO_SESSION", { id: 1 }));
    assert.ok(play.outcome!.error instanceof StreamStatusError);
    assert.equal(play.connections.length, 1);
  });

  it("is asked for once, and used for all connections", async () => {
    const asked: boolean[] = [];
    const play = await new Play({ session: numbered(asked) }).goLive();
    await play.reconnect();
    await play.reconnect();
    assert.deepEqual(asked, [false]);
    await play.end();
  });

  it("ends the client when the login is refused", async () => {
    const refusal = new LoginError("login", "ACCOUNT_NOW_LOCKED");
    let times = 0;
    const play = await new Play({
      session: () => {
        times++;
        throw refusal;
      },
    }).start();
    assert.equal(play.outcome?.error, refusal);
    assert.equal(times, 1);
    assert.equal(play.client.state, "closed");
  });

  it("is asked for again after a passing failure, a few times", async () => {
    let times = 0;
    const play = await new Play({
      session: () => {
        times++;
        return Promise.reject(
          times % 2 === 0
            ? new Error("offline")
            : new LoginError("login", "TIMED_OUT"),
        );
      },
    }).start();
    while (play.outcome === undefined) await play.wait();
    // Logins that the service could not deal with do not count.
    assert.equal(times, 40);
    assert.ok(play.outcome.error instanceof Error);
    assert.equal(play.connections.length, 0);
  });

  it("ends the client when a login cannot work as it is set up", async () => {
    const options = { appKey: "key", username: "me", password: "secret" };
    const sources: readonly (() => Promise<Secret>)[] = [
      async () => (await login({ ...options, appKey: "a\nb" })).token,
      async () => (await login({ ...options, identityUrl: "http://x" })).token,
      () => Promise.reject(new NetPermissionError("localhost", 443)),
    ];
    for (const source of sources) {
      let times = 0;
      const play = await new Play({
        session: () => {
          times++;
          return source();
        },
      }).start();
      assert.match(String(play.outcome?.error), /Cannot .* must be /);
      assert.equal(times, 1);
    }
  });

  it("is asked again after a TypeError, by which fetch tells of the network", async () => {
    let times = 0;
    const play = await new Play({
      session: () => {
        times++;
        return Promise.reject(new TypeError("fetch failed"));
      },
    }).start();
    while (play.outcome === undefined) await play.wait();
    assert.equal(times, 20);
  });

  it("ends the client when its source gives something else", async () => {
    for (const given of ["", {}, undefined, 7]) {
      const play = await new Play({
        session: (() => given) as unknown as SessionSource,
      }).start();
      assert.ok(play.outcome?.error instanceof TypeError, String(given));
    }
  });

  it("is not waited for when the client is closed", async () => {
    let context: SessionContext | undefined;
    const play = await new Play({
      session: (given) => {
        context = given;
        return new Promise(() => {});
      },
    }).start();
    play.client.close();
    await turn();
    assert.deepEqual(play.outcome, {});
    assert.equal(context?.signal.aborted, true);
  });

  it("is kept alive at half of its life, and replaced when that is refused", async () => {
    const asked: boolean[] = [];
    const calls: number[] = [];
    let refusal: Error | undefined;
    const play = new Play({
      session: ({ isRenewal }): LoginSession => {
        asked.push(isRenewal);
        return {
          token: new Secret(`token-${asked.length}`),
          lifeMs: 80_000,
          keepAlive: () => {
            calls.push(play.timers.elapsed());
            return refusal === undefined
              ? Promise.resolve()
              : Promise.reject(refusal);
          },
          logout: () => Promise.resolve(),
        };
      },
      heartbeatMs: 5000,
    });
    await play.goLive();
    const stayAlive = async (ms: number): Promise<void> => {
      for (let at = 0; at < ms; at += 5_000) {
        await play.timers.pass(5_000);
        await play.send({ op: "mcm", id: 2, ct: "HEARTBEAT", clk: "c2" });
      }
    };
    await stayAlive(85_000);
    assert.deepEqual(calls, [40_000, 80_000]);
    refusal = new LoginError("keepAlive", "INTERNAL_ERROR");
    await stayAlive(50_000);
    assert.deepEqual(calls.slice(2), [120_000, 130_000]);
    assert.equal(play.client.health.lastError?.name, "LoginError");
    refusal = new LoginError("keepAlive", "NO_SESSION");
    await stayAlive(20_000);
    assert.equal(play.client.state, "live");
    assert.equal(play.connections.length, 1);
    await play.reconnect();
    assert.deepEqual(asked, [false, true]);
    assert.equal(play.peer.last("authentication")!["session"], "token-2");
    await play.end();
    assert.equal(play.timers.pending, 0);
  });

  it("is kept alive again when that was never answered", async () => {
    const signals: AbortSignal[] = [];
    const play = new Play({
      session: (): LoginSession => ({
        token: new Secret("token"),
        lifeMs: 80_000,
        keepAlive: (signal) => {
          signals.push(signal!);
          return new Promise(() => {});
        },
        logout: () => Promise.resolve(),
      }),
    });
    await play.goLive();
    for (let at = 0; at < 200_000; at += 5_000) {
      await play.timers.pass(5_000);
      await play.send({ op: "mcm", id: 2, ct: "HEARTBEAT", clk: "c2" });
    }
    // At 40 s, and 10 s after each of those that were given up.
    assert.equal(signals.length, 3);
    assert.deepEqual(signals.map(({ aborted }) => aborted), [
      true,
      true,
      false,
    ]);
    assert.match(
      String(play.client.health.lastError?.message),
      /Cannot keep session alive in time/,
    );
    await play.end();
    assert.equal(signals[2]!.aborted, true);
    assert.equal(play.timers.pending, 0);
  });
});
