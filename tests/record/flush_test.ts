import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Recorder } from "../../src/record/_recorder.ts";
import { record, type RecordOptions } from "../../src/record/mod.ts";
import {
  FakeClient,
  ManualTimers,
  MemoryFiles,
  type Piece,
  priceLine,
} from "./_support.ts";

/** A promise, and what settles it. */
function deferred(): { promise: Promise<void>; resolve: () => void } {
  return Promise.withResolvers<void>();
}

/** Lets everything that can go on without waiting for anything go on. */
async function settle(): Promise<void> {
  for (let i = 0; i < 100; i++) await Promise.resolve();
}

describe("record() flushing", () => {
  it("writes a line flushMs after it came, together with later ones", async () => {
    const timers = new ManualTimers();
    const files = new MemoryFiles();
    const lines = [1, 2, 3].map((ltp) => priceLine("1.1", ltp));
    const recording = record(
      new FakeClient(lines.map((bytes) => ({ bytes }))),
      "f",
      { files, timers, flushMs: 250 },
    );
    await recording.next();
    timers.advance(249);
    await recording.next();
    await settle();
    assert.deepEqual(files.names, []);
    assert.equal(timers.size, 1);
    timers.advance(1);
    await settle();
    const [part] = files.names;
    assert.equal(files.text(part!), lines[0]! + lines[1]!);
    assert.equal(recording.summary.pendingBytes, 0);
    assert.equal(recording.summary.lines, 2);
    await recording.next();
    assert.equal(timers.size, 1);
    await recording[Symbol.asyncDispose]();
    assert.equal(timers.size, 0);
    assert.equal(files.text(files.names[0]!), lines.join(""));
  });

  it("writes at once with flushMs 0, and when asked to", async () => {
    for (const flushMs of [0, 1000]) {
      const timers = new ManualTimers();
      const files = new MemoryFiles();
      const client = new FakeClient([{ bytes: priceLine("1.1", 1) }]);
      const recording = record(client, "f", { files, timers, flushMs });
      await recording.next();
      if (flushMs > 0) await recording.flush();
      await settle();
      assert.equal(files.text(files.names[0]!), priceLine("1.1", 1));
      assert.equal(timers.size, 0);
      await recording[Symbol.asyncDispose]();
    }
  });

  it("holds the source up while the disk is slow, and loses nothing", async () => {
    const line = priceLine("1.1", 1);
    const files = new MemoryFiles();
    const client = new FakeClient(
      Array.from({ length: 500 }, (): Piece => ({ bytes: line })),
    );
    let gate = deferred();
    files.before = (what): void | Promise<void> =>
      what.startsWith("write") ? gate.promise : undefined;
    const maxPendingBytes = 10 * line.length;
    const recording = record(client, "f", { files, maxPendingBytes });
    const done = recording.run();
    await settle();
    assert.equal(client.pulled, 11);
    assert.equal(recording.summary.pendingBytes, 11 * line.length);
    const slow = gate;
    gate = deferred();
    slow.resolve();
    await settle();
    assert.equal(client.pulled, 22);
    gate.resolve();
    const { lines, pendingBytes } = await done;
    assert.deepEqual([lines, pendingBytes], [500, 0]);
    assert.equal(files.text(files.names[0]!), line.repeat(500));
  });

  it("stops with an error if the source does not wait", async () => {
    const files = new MemoryFiles();
    const many = new Uint8Array(140 << 20).fill(0x61);
    many[many.length - 1] = 0x0a;
    const source = {
      tap(listener: (lines: Uint8Array, ms: number, id: undefined) => void) {
        for (let i = 0; i < 2; i++) listener(many, 0, undefined);
        return () => {};
      },
      [Symbol.asyncIterator]: () => ({
        next: () => Promise.resolve({ done: true as const, value: undefined }),
      }),
    };
    // Nothing can be written before tap() returns.
    const recording = record(source, "f", { files, gzip: false });
    await assert.rejects(recording.run(), {
      name: "RecordError",
      code: "overrun",
      lostBytes: many.length,
    });
    assert.equal(recording.summary.writtenBytes, many.length);
    assert.equal(recording.summary.finishedFiles, 1);
  });

  it("brings to the disk what it is told to", async () => {
    const expected = {
      never: [],
      close: ["sync f/x.part", "sync f/s.part", "syncFolder f/"],
      flush: [
        "sync f/x.part",
        "sync f/x.part",
        "sync f/x.part",
        "sync f/s.part",
        "syncFolder f/",
      ],
    } as const;
    for (const fsync of ["never", "close", "flush"] as const) {
      const files = new MemoryFiles();
      const options: RecordOptions = { files, fsync, flushMs: 0, gzip: false };
      const recording = record(
        new FakeClient([1, 2].map((ltp) => ({ bytes: priceLine("1.1", ltp) }))),
        "f",
        options,
      );
      for await (const _batch of recording) await recording.flush();
      const syncs = files.log.filter((what) => what.startsWith("sync"))
        .map((what) =>
          what.replace(/\/2026.*\.ndjson\./, "/x.").replace(
            /\/2026.*\.json\./,
            "/s.",
          )
        );
      assert.deepEqual(syncs, expected[fsync], fsync);
    }
  });

  it("waits for all that was taken, whatever the writing is at", async () => {
    // At some of these moments a task has looked for the last time for what is due,
    // and is not known to be over yet.
    for (let moment = 0; moment < 60; moment++) {
      const files = new MemoryFiles();
      const recorder = new Recorder("f", {
        per: "market",
        files,
        gzip: false,
        flushMs: 0,
      });
      const take = (id: string): void => {
        const line = new TextEncoder().encode(priceLine(id, 1));
        recorder.take(line, 0, "a");
      };
      take("1.0");
      for (let i = 0; i < moment; i++) await Promise.resolve();
      for (const id of ["1.1", "1.2", "1.0"]) take(id);
      if (moment % 2 === 0) {
        await recorder.flush();
        assert.equal(recorder.summary.lines, 4, `moment ${moment}`);
      }
      await recorder.end();
      assert.equal(recorder.error, undefined, `moment ${moment}`);
      assert.equal(recorder.summary.lines, 4);
      assert.deepEqual(files.names.filter((name) => /\.part$/.test(name)), []);
    }
  });
});
