// deno-lint-ignore-file no-top-level-await -- a test needs its reason to skip when it is declared

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { schedule } from "../../src/_schedule.ts";
import type { CliIo } from "../../src/cli/cli_io.ts";
import { follow } from "../../src/cli/_follow.ts";
import { LiveBoard } from "../../src/cli/_live_board.ts";
import { Secret, SYSTEM_TIMERS } from "../../src/client/mod.ts";
import { record } from "../../src/record/mod.ts";
import { MockExchange } from "../../src/testing/mod.ts";
import { market, Play, turn } from "../client/_fake_exchange.ts";
import { FakeClient, MemoryFiles, priceLine } from "../record/_support.ts";
import { EVERYTHING, logIn } from "../testing/_exchange.ts";
import { inFakeTime, START_MS } from "./_fake_time.ts";
import { loadStd, type StdFakeTime, type StdTime } from "./_std.ts";

const { module: std, skip } = await loadStd<StdTime>("@std/testing/time");

const DAY_MS = 86_400_000;

/** The timers that the library has by default, all of which stand still here. */
const TIMERS = { ...SYSTEM_TIMERS, elapsed: () => Date.now() };

/** Lets time pass, and everything happen that comes of it. */
async function pass(time: StdFakeTime, ms: number): Promise<void> {
  await turn();
  time.tick(ms);
  await turn();
}

describe("schedule() under FakeTime", () => {
  it(
    "waits for longer than a timer can",
    { skip },
    () =>
      inFakeTime(std(), (time) => {
        const calledMs: number[] = [];
        schedule(() => calledMs.push(time.now - START_MS), 60 * DAY_MS);
        const cancel = schedule(
          () => assert.fail("was called off"),
          30 * DAY_MS,
        );
        time.tick(29 * DAY_MS);
        cancel();
        time.tick(31 * DAY_MS - 1);
        assert.deepEqual(calledMs, []);
        time.tick(1);
        assert.deepEqual(calledMs, [60 * DAY_MS]);
        assert.equal(time.next(), false, "a timer was left behind");
      }),
  );
});

describe("StreamClient under FakeTime", () => {
  it(
    "gives up a silent connection, waits, connects again, and leaves no timer",
    {
      skip,
    },
    () =>
      inFakeTime(std(), async (time) => {
        const play = new Play({ timers: TIMERS });
        await play.goLive();
        assert.equal(play.client.state, "live");

        // Two heartbeats of 5 s, from the last message on.
        await pass(time, 9_000);
        await play.send(market(3, "c2"));
        await pass(time, 9_999);
        assert.equal(play.client.state, "live");
        await pass(time, 1);
        assert.equal(play.client.state, "waiting");
        assert.equal(play.connections[0]!.isClosed, true);

        const { waitMs } = play.changes.at(-1)!;
        assert.ok(waitMs !== undefined && waitMs > 0);
        await pass(time, waitMs - 1);
        assert.equal(play.connections.length, 1);
        await pass(time, 1);
        assert.equal(play.connections.length, 2);
        await play.end();
        assert.equal(play.outcome?.error, undefined);
        assert.equal(time.next(), false, "a timer was left behind");
      }),
  );

  it(
    "renews the session of a long life before it expires",
    { skip },
    () =>
      inFakeTime(std(), async (time) => {
        const keptMs: number[] = [];
        const play = new Play({
          timers: TIMERS,
          heartbeatMs: 5000,
          session: () => ({
            token: Secret.of("token"),
            lifeMs: DAY_MS / 3,
            keepAlive: () => {
              keptMs.push(time.now - START_MS);
              return Promise.resolve();
            },
            logout: () => Promise.resolve(),
          }),
        });
        await play.goLive();
        for (let elapsedMs = 0; elapsedMs < DAY_MS / 2; elapsedMs += 5000) {
          time.tick(5000);
          await play.send({
            op: "mcm",
            id: play.peer.last("marketSubscription")!["id"],
            pt: time.now,
            ct: "HEARTBEAT",
            clk: "c1",
          });
        }
        await turn();
        assert.deepEqual(keptMs, [DAY_MS / 6, DAY_MS / 3, DAY_MS / 2]);
        assert.equal(play.connections.length, 1);
        await play.end();
        assert.equal(time.next(), false, "a timer was left behind");
      }),
  );
});

describe("record() under FakeTime", () => {
  it(
    "writes what has waited long enough, and leaves no timer",
    { skip },
    () =>
      inFakeTime(std(), async (time) => {
        const files = new MemoryFiles();
        const lines = [1, 2].map((ltp) => priceLine("1.1", ltp));
        const recording = record(
          new FakeClient(lines.map((bytes) => ({ bytes }))),
          "f",
          { files, flushMs: 250, gzip: false },
        );
        await recording.next();
        await pass(time, 249);
        await recording.next();
        assert.deepEqual(files.names, []);
        await pass(time, 1);
        assert.equal(files.text(files.names[0]!), lines.join(""));
        await recording[Symbol.asyncDispose]();
        assert.equal(time.next(), false, "a timer was left behind");
      }),
  );
});

describe("MockExchange under FakeTime", () => {
  it("sends heartbeats when they are due", {
    skip,
  }, async () => {
    // Over real sockets, whose own timers must not stand still.
    await using exchange = await MockExchange.start({ pace: "stepped" });
    using client = await logIn(exchange);
    await inFakeTime(std(), async (time) => {
      await client.send({ ...EVERYTHING, heartbeatMs: 1000 });
      await client.until(({ ct }) => ct === "SUB_IMAGE");
      time.tick(3000);
      const beats = await client.lines(3);
      assert.deepEqual(beats.map(({ ct }) => ct), [
        "HEARTBEAT",
        "HEARTBEAT",
        "HEARTBEAT",
      ]);
    });
  });
});

describe("watch of the command line under FakeTime", () => {
  it("looks at what has changed as often as it is to, and leaves no timer", {
    skip,
  }, () =>
    inFakeTime(std(), async (time) => {
      const board = new LiveBoard({ target: "the exchange" });
      const play = new Play({
        timers: TIMERS,
        onStateChange: (change) => board.noteState(change),
      });
      const written: string[] = [];
      const stdout = {
        isTerminal: false,
        columns: undefined,
        write: (text: string): void => void written.push(text),
      };
      const io: CliIo = {
        stdout,
        stderr: stdout,
        noColor: true,
        now: () => Date.now(),
      };
      const following = follow({
        batches: play.client,
        client: play.client,
        board,
        limits: { forMs: 10_000, messages: undefined },
        isJson: false,
        showsMarkets: true,
        everyMs: 2000,
      }, io);
      await turn();
      play.peer.accept();
      await turn();
      const request = play.peer.last("marketSubscription")!;
      await play.send({
        op: "status",
        id: request["id"],
        statusCode: "SUCCESS",
      });
      await play.send(market(2, "c1", {
        id: request["id"],
        ct: "SUB_IMAGE",
        initialClk: "i1",
        heartbeatMs: 5000,
      }));
      await pass(time, 1999);
      assert.deepEqual(written, []);
      await pass(time, 1);
      assert.match(written.join(""), /^\d\d:\d\d:\d\d 1\.1 /m);
      const told = written.length;
      await pass(time, 2000);
      assert.equal(written.length, told, "told though nothing changed");
      await pass(time, 6000);
      await following;
      assert.equal(play.client.state, "closed");
      assert.equal(time.next(), false, "a timer was left behind");
    }));
});
