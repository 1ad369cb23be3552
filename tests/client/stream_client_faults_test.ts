import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  ConnectionLostError,
  NetPermissionError,
} from "../../src/client/mod.ts";
import { LineTooLongError } from "../../src/framing/line_too_long_error.ts";
import { InvalidLineError } from "../../src/parsing/invalid_line_error.ts";
import {
  market,
  marketImage,
  marketResumed,
  Play,
  success,
  turn,
} from "./_fake_exchange.ts";

const encoder = new TextEncoder();

describe("StreamClient's watchdog", () => {
  it("gives a connection up after two heartbeats of silence, and not before", async () => {
    const play = await new Play().goLive();
    await play.timers.pass(9_999);
    assert.equal(play.client.state, "live");
    await play.send({ op: "mcm", id: 2, ct: "HEARTBEAT", clk: "c2" });
    await play.timers.pass(9_999);
    assert.equal(play.client.state, "live");
    await play.timers.pass(1);
    assert.equal(play.client.state, "waiting");
    assert.equal(
      play.client.health.lastError?.message,
      "Cannot keep connection as nothing was received for 10000 ms",
    );
    await play.wait();
    play.peer.accept();
    await turn();
    assert.equal(play.peer.last("marketSubscription")!["clk"], "c2");
    await play.end();
    assert.equal(play.timers.pending, 0);
  });

  it("goes by the heartbeat that the exchange tells", async () => {
    const play = await new Play({ heartbeatMs: 5000 }).start();
    play.peer.accept();
    await turn();
    play.peer.image(
      "marketSubscription",
      marketImage(2, "c1", { heartbeatMs: 500 }),
    );
    await turn();
    assert.equal(play.client.health.market?.heartbeatMs, 500);
    await play.timers.pass(999);
    assert.equal(play.client.state, "live");
    await play.timers.pass(1);
    assert.equal(play.client.state, "waiting");
    await play.end();
  });

  it("is patient with a loop that is slow", async () => {
    const play = await new Play().goLive();
    let release = (): void => {};
    play.hold = new Promise((resolve) => release = resolve);
    await play.send({ id: 2, ...market(3, "c2") });
    // The loop holds this batch for a minute; the exchange goes on meanwhile.
    play.peer.send({ id: 2, ...market(4, "c3") });
    await play.timers.pass(60_000);
    assert.equal(play.client.state, "live");
    play.hold = undefined;
    release();
    await turn();
    assert.equal(play.ltp, 4);
    await play.timers.pass(9_999);
    assert.equal(play.client.state, "live");
    await play.timers.pass(1);
    assert.equal(play.client.state, "waiting");
    await play.end();
  });

  it("is patient with a program that stood still", async () => {
    const play = await new Play().goLive();
    await play.timers.standStill(60_000);
    assert.equal(play.client.state, "live");
    await play.send({ id: 2, ...market(3, "c2") });
    assert.equal(play.ltp, 3);
    await play.timers.standStill(60_000);
    await play.timers.pass(10_000);
    assert.equal(play.client.state, "waiting");
    await play.end();
  });

  it("gives a connection up whose authentication is not answered", async () => {
    const play = await new Play().start();
    await play.send({ op: "connection", connectionId: "1" });
    await play.timers.pass(14_999);
    assert.equal(play.client.state, "authenticating");
    await play.timers.pass(1);
    assert.equal(play.client.state, "waiting");
    assert.match(play.client.health.lastError!.message, /not answered/);
    await play.end();
  });

  it("gives a connection up whose subscription is not answered, though data come", async () => {
    const play = await new Play().goLive();
    play.client.subscribeMarkets({ marketFilter: { marketIds: ["1.2"] } });
    for (let i = 0; i < 14; i++) {
      await play.timers.pass(1_000);
      await play.send({ id: 2, ...market(3, "c2") });
    }
    assert.equal(play.client.state, "subscribing");
    await play.timers.pass(1_000);
    assert.equal(play.client.state, "waiting");
    await play.end();
  });

  it("does not count the time of a slow loop against an answer", async () => {
    const play = await new Play().goLive();
    let release = (): void => {};
    play.hold = new Promise((resolve) => release = resolve);
    await play.send({ id: 2, ...market(3, "c2") });
    play.client.subscribeMarkets({ marketFilter: { marketIds: ["1.2"] } });
    await turn();
    play.peer.image("marketSubscription", marketImage(9, "d1"));
    await play.timers.pass(60_000);
    play.hold = undefined;
    release();
    await turn();
    assert.equal(play.client.state, "live");
    await play.end();
  });
});

describe("StreamClient's back-off", () => {
  it("grows, and begins anew only when books were complete for a while", async () => {
    const play = await new Play().goLive();
    const waits: number[] = [];
    const lose = async (): Promise<void> => {
      play.peer.end();
      await turn();
      waits.push(play.changes.at(-1)!.waitMs!);
      await play.wait();
    };
    await lose();
    await lose(); // before authentication
    play.peer.accept();
    await turn();
    await lose(); // before the image
    play.peer.accept();
    await turn();
    play.peer.image("marketSubscription", marketResumed(2, "c2"));
    await turn();
    await play.timers.pass(5_000);
    await lose(); // complete, and not for long
    play.peer.accept();
    await turn();
    play.peer.image("marketSubscription", marketResumed(2, "c3"));
    await turn();
    for (let i = 0; i < 6; i++) {
      await play.timers.pass(5_000);
      await play.send({
        op: "mcm",
        id: play.peer.last("marketSubscription")!["id"],
        ct: "HEARTBEAT",
        clk: "c4",
      });
    }
    await lose(); // complete for 30 s
    assert.deepEqual(waits, [500, 1500, 3000, 6000, 500]);
    await play.end();
  });

  it("waits when the account has no connection left", async () => {
    const play = await new Play().start();
    play.peer.accept({ connectionsAvailable: 0 });
    await turn();
    play.peer.end();
    await turn();
    assert.ok(play.changes.at(-1)!.waitMs! >= 15_000);
    assert.equal(play.client.health.connectionsAvailable, 0);
    await play.end();
  });

  it("gives up after as many attempts as it is told", async () => {
    const play = new Play({ backoff: { maxAttempts: 3, random: () => 0 } });
    const errors = [1, 2, 3, 4].map((i) => new Error(`no ${i}`));
    play.connectErrors.push(...errors);
    await play.start();
    while (play.outcome === undefined) await play.wait();
    const { error } = play.outcome;
    assert.ok(error instanceof ConnectionLostError);
    assert.equal(error.cause, errors[3]);
    assert.equal(error.phase, "connect");
  });

  it("goes on after errors of every kind while connecting", async () => {
    const play = new Play({ backoff: { firstMs: 0, baseMs: 0 } });
    play.connectErrors.push(
      ...Array.from({ length: 50 }, (_, i) => new TypeError(`${i}`)),
    );
    await play.start();
    while (play.connections.length === 0) await play.wait();
    play.peer.accept();
    await turn();
    assert.equal(play.client.state, "subscribing");
    await play.end();
  });

  it("ends at once when the permission is missing", async () => {
    const play = new Play();
    play.connectErrors.push(new NetPermissionError("h", 443));
    await play.start();
    assert.ok(play.outcome?.error instanceof NetPermissionError);
  });
});

describe("StreamClient and a hostile server", () => {
  it("ends with the error when connection after connection brings what is no message", async () => {
    const play = await new Play().start();
    for (let i = 0; i < 3; i++) {
      play.peer.accept();
      await turn();
      play.peer.sendBytes(Uint8Array.of(0xff, 0xfe, 0x00, 0x0a));
      await play.wait();
    }
    assert.ok(play.outcome?.error instanceof InvalidLineError);
    assert.equal(play.connections.length, 3);
  });

  it("ends with a LineTooLongError on a line without end", async () => {
    const play = await new Play({ maxLineBytes: 10_000 }).goLive();
    for (let i = 0; i < 20 && play.outcome === undefined; i++) {
      play.peer.sendBytes(new Uint8Array(1_000).fill(0x20));
      await turn();
    }
    const error = play.outcome?.error;
    assert.ok(error instanceof LineTooLongError);
    assert.equal(error.limitBytes, 10_000);
    assert.equal(play.peer.isClosed, true);
  });

  it("ends with an error on a line that is too long and has an end", async () => {
    const play = await new Play({ maxLineBytes: 2_000 }).goLive();
    play.peer.sendBytes(encoder.encode(`${" ".repeat(3_000)}\n`));
    await turn();
    assert.equal(play.seen("invalid").length, 1);
    assert.ok(play.outcome?.error instanceof InvalidLineError);
  });

  it("ends with an error on segments without end", async () => {
    const play = await new Play({ maxHeldBytes: 1_000 }).goLive();
    for (let i = 0; i < 20; i++) {
      play.peer.send({
        id: 2,
        ...market(i, "x"),
        segmentType: i === 0 ? "SEG_START" : "SEG",
      });
    }
    await turn();
    assert.ok(play.outcome?.error instanceof RangeError);
  });

  it("ends with a RangeError on more markets than it takes", async () => {
    const play = await new Play({ maxMarkets: 100 }).goLive();
    const mc = Array.from({ length: 101 }, (_, i) => ({ id: `1.${i}` }));
    await play.send({ op: "mcm", id: 2, mc });
    assert.ok(play.outcome?.error instanceof RangeError);
    assert.match(String(play.outcome.error), /markets must be <= 100/);
  });

  it("takes no more than a little before the session is accepted", async () => {
    const play = await new Play().start();
    for (let i = 0; i < 20; i++) {
      play.peer.sendBytes(encoder.encode("{}\n".repeat(32_768)));
    }
    await turn();
    assert.equal(play.client.state, "waiting");
    assert.equal(play.peer.isClosed, true);
    assert.ok(play.peer.unread > 0);
    await play.end();
  });

  it("ends when connection after connection brings lines that are nested too deep", async () => {
    const play = await new Play().goLive();
    const deep = "[".repeat(5_000) + "]".repeat(5_000);
    for (let i = 0; i < 3; i++) {
      await play.send(`{"op":"new","a":${deep}}`);
      await play.wait();
      if (i < 2) play.peer.accept();
      await turn();
    }
    const { error } = play.outcome!;
    assert.ok(error instanceof InvalidLineError);
    assert.match(error.message, /nested over 1000 levels deep/);
  });

  it("does not mind nesting, odd values and unknown messages", async () => {
    const play = await new Play().goLive();
    await play.send(
      `{"op":"new","a":${"[".repeat(900)}${"]".repeat(900)}}`,
      { op: "status", id: "x", statusCode: 7, connectionClosed: false },
      { op: "connection", connectionId: 5 },
      { op: "status", connectionClosed: false },
      "{}",
      "",
      { ...success({ id: null }) },
    );
    assert.equal(play.client.state, "live");
    assert.equal(play.client.health.connectionId, "101-1");
    await play.end();
  });
});
