// deno-lint-ignore-file no-top-level-await -- a test needs its reason to skip when it is declared

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { BookFeed } from "../../src/cache/book_feed.ts";
import { CacheStream } from "../../src/cache/cache_stream.ts";
import { StreamCache } from "../../src/cache/stream_cache.ts";
import type { CliIo } from "../../src/cli/cli_io.ts";
import { main } from "../../src/cli/main.ts";
import { type Progress, ProgressLine } from "../../src/cli/_progress.ts";
import { LineStream } from "../../src/framing/line_stream.ts";
import { ChangeStream } from "../../src/parsing/change_stream.ts";
import { MessageStream } from "../../src/protocol/message_stream.ts";
import { replay } from "../../src/replay/replay.ts";
import { definition, mcm, push } from "../support/messages.ts";
import {
  chunked,
  digestOf,
  keepingCache,
  newSession,
  ownDigests,
  SESSION,
  streamDigests,
} from "./_session.ts";
import { inFakeTime, START_MS } from "./_fake_time.ts";
import { loadStd, type StdTime } from "./_std.ts";

const { module: std, skip } = await loadStd<StdTime>("@std/testing/time");

const HOUR_MS = 3_600_000;

/** A terminal with a clock, and what was written to it. */
function terminal(now: () => number): {
  readonly io: CliIo;
  readonly stdout: string[];
  readonly stderr: string[];
} {
  const [stdout, stderr]: [string[], string[]] = [[], []];
  const output = (written: string[]): CliIo["stdout"] => ({
    isTerminal: true,
    columns: 120,
    write: (text): void => void written.push(text),
  });
  const io = {
    stdout: output(stdout),
    stderr: output(stderr),
    noColor: true,
    now,
  };
  return { io, stdout, stderr };
}

/** A share of 40 MB, with ten times the bytes inside. */
function progressAt(share: number): Progress {
  return {
    storedBytesRead: 40_000_000 * share,
    storedBytes: 40_000_000,
    bytes: 400_000_000 * share,
    messages: 1_000_000 * share,
  };
}

describe("LineStream under FakeTime", () => {
  it(
    "needs no timer, and no clock",
    { skip },
    () =>
      inFakeTime(std(), async (time) => {
        const stream = new LineStream();
        const writer = stream.writable.getWriter();
        const reader = stream.readable.getReader();
        const written = writer.write(new TextEncoder().encode("one\ntw"));
        assert.equal(
          new TextDecoder().decode((await reader.read()).value),
          "one\n",
        );
        await written;

        time.tick(HOUR_MS);
        assert.equal(time.now, START_MS + HOUR_MS);

        const rest = writer.write(new TextEncoder().encode("o\n"));
        assert.equal(
          new TextDecoder().decode((await reader.read()).value),
          "two\n",
        );
        await rest;
        await writer.close();
        assert.equal((await reader.read()).done, true);
        assert.equal(time.next(), false, "a timer was left behind");
      }),
  );
});

describe("ChangeStream, CacheStream, MessageStream and replay() under FakeTime", () => {
  it("make the same of a session while time stands still, and set no timer", {
    skip,
  }, async () => {
    const expected = ownDigests(SESSION);
    const messages = await Array.fromAsync(
      chunked(SESSION, 700).pipeThrough(new MessageStream()),
    );
    await inFakeTime(std(), async (time) => {
      const books = new CacheStream({ cache: keepingCache() });
      const batches = chunked(SESSION, 700)
        .pipeThrough(new LineStream())
        .pipeThrough(new ChangeStream())
        .pipeThrough(books);
      assert.deepEqual(await streamDigests(batches, books.cache), expected);
      assert.deepEqual(
        await Array.fromAsync(
          chunked(SESSION, 700).pipeThrough(new MessageStream()),
        ),
        messages,
      );
      const session = replay(SESSION, { cache: keepingCache() });
      for await (const batch of session) batch.drain();
      assert.equal(digestOf(session.cache), expected.at(-1));
      assert.equal(time.next(), false, "a timer was left behind");
      assert.equal(time.now, START_MS);
    });
  });
});

describe("StreamCache under FakeTime", () => {
  it("keeps closed markets by the time of the exchange, not of this machine", {
    skip,
  }, () =>
    inFakeTime(std(), (time) => {
      const feed = new BookFeed({
        cache: new StreamCache({ closedRetentionMs: HOUR_MS }),
      });
      const isKept = (pt: number): boolean => {
        push(feed, mcm([], { pt, ct: "HEARTBEAT" }));
        return feed.cache.markets.get("1.1") !== undefined;
      };
      const marketDefinition = definition([7], { status: "CLOSED" });
      push(feed, mcm([{ id: "1.1", marketDefinition }], { pt: START_MS }));
      time.tick(100 * HOUR_MS);
      assert.equal(isKept(START_MS + HOUR_MS - 1), true);
      // It goes with the first message behind the one that shows the time.
      assert.equal(isKept(START_MS + HOUR_MS + 1), true);
      assert.equal(isKept(START_MS + HOUR_MS + 1), false);
    }));
});

describe("MarketGenerator under FakeTime", () => {
  it(
    "makes the same session at any time",
    { skip },
    () =>
      inFakeTime(std(), (time) => {
        time.tick(10_000 * HOUR_MS);
        assert.deepEqual(newSession(), SESSION);
      }),
  );
});

describe("ProgressLine under FakeTime", () => {
  it(
    "draws at most every 100 ms, however often it is told",
    { skip },
    () =>
      inFakeTime(std(), async (time) => {
        const { io, stderr } = terminal(() => Date.now());
        const line = new ProgressLine(io);
        const drawnMs: number[] = [];
        for (let i = 0; i < 250; i++) {
          time.tick(7);
          const before = stderr.length;
          await line.update(() => progressAt(0.5));
          if (stderr.length > before) drawnMs.push(time.now - START_MS);
        }
        // The first multiple of 7 that is 100 or more behind the one before.
        assert.deepEqual(
          drawnMs,
          Array.from({ length: 16 }, (_, index) => (index + 1) * 105),
        );
        assert.equal(line.elapsedMs, 1750);

        const drawn = stderr.length;
        for (let i = 0; i < 1000; i++) await line.update(() => progressAt(0.5));
        assert.equal(stderr.length, drawn, "drawn while no time passed");
        assert.equal(time.next(), false, "a timer was left behind");
      }),
  );

  it(
    "tells what is left out of the time that has passed, from half a second on",
    {
      skip,
    },
    () =>
      inFakeTime(std(), async (time) => {
        const { io, stderr } = terminal(() => Date.now());
        const line = new ProgressLine(io);
        const lines: string[] = [];
        for (
          const [atMs, share] of [
            [400, 0.01],
            [500, 0.0125],
            [1000, 0.025],
            [10_000, 0.25],
            [20_000, 0.25],
            [60_000, 0.75],
            [70_000, 1],
          ] as const
        ) {
          time.tick(START_MS + atMs - time.now);
          await line.update(() => progressAt(share));
          lines.push(stderr.at(-1)!.replace(/^[^]* messages/, "").trim());
        }
        assert.deepEqual(lines, [
          "",
          "40 s left",
          "39 s left",
          "30 s left",
          "1:00 min left",
          "20 s left",
          "0.00 s left",
        ]);
      }),
  );
});

describe("replay of the command line under FakeTime", () => {
  const args = ["replay", "--seed", "3", "--messages", "400"];

  it(
    "ends while time stands still, and claims no speed",
    { skip },
    () =>
      inFakeTime(std(), async () => {
        const { io, stdout, stderr } = terminal(() => Date.now());
        assert.equal(await main(args, io), 0);
        assert.match(stdout.join(""), / in 0\.00 s · – · /);
        assert.deepEqual(stderr, []);
      }),
  );

  it("shows progress as its clock goes, takes it away, and prints the same", {
    skip,
  }, () =>
    inFakeTime(std(), async (time) => {
      const still = terminal(() => Date.now());
      await main(args, still.io);
      // Each look at the clock takes an hour: every one is a reason to draw.
      const slow = terminal(() => {
        time.tick(HOUR_MS);
        return Date.now();
      });
      assert.equal(await main(args, slow.io), 0);
      assert.ok(slow.stderr.length > 2);
      assert.equal(slow.stderr.at(-1), "\r\x1b[K");
      const timeless = (texts: readonly string[]): string =>
        texts.join("").replace(/(?<= kB) in [^·]+ · [^·]+ · /, "");
      assert.equal(timeless(slow.stdout), timeless(still.stdout));
    }));
});
