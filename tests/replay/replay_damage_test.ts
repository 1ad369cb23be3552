import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { gzipSync } from "node:zlib";
import { InvalidLineError } from "../../src/parsing/invalid_line_error.ts";
import { replay } from "../../src/replay/replay.ts";
import { ReplaySourceError } from "../../src/replay/replay_source_error.ts";
import { generateSession, toStream } from "../../src/testing/mod.ts";
import { concat, mcm, wire } from "../support/messages.ts";
import { FIRST_LINES_BZIP2, LAST_LINES_BZIP2 } from "./_collect.ts";
import { price, priceIn, run, SESSION } from "./_run.ts";

const bytes: Uint8Array = generateSession(SESSION);

describe("replay() on damage", () => {
  it("delivers all before the end of truncated gzip data, and one error", async () => {
    const whole = gzipSync(bytes);
    const { updates, session } = await run(
      whole.subarray(0, Math.floor(whole.length * 0.6)),
    );
    const bad = updates.filter((it) => it.kind === "invalid");
    assert.equal(bad.length, 1);
    assert.equal(updates.at(-1), bad[0]);
    const { error } = bad[0]!;
    assert.ok(error instanceof ReplaySourceError);
    assert.equal(error.code, "truncated");
    assert.equal(bad[0]!.source, "bytes");
    assert.ok(updates.length > 500, `${updates.length} updates`);
    const { stats } = session;
    assert.equal(bad[0]!.byteOffset, stats.bytes);
    assert.equal(bad[0]!.lineNumber, stats.lines + 1);
    assert.deepEqual([stats.damaged, stats.invalid], [1, 1]);
    // What was delivered is what the bytes so far say.
    const again = await run(bytes.subarray(0, stats.bytes));
    assert.deepEqual(
      updates.slice(0, -1).map((it) => it.line),
      again.updates.filter((it) => it.kind !== "invalid").map((it) => it.line),
    );
  });

  it("delivers all before the end of truncated bzip2 data, and one error", async () => {
    const { updates, session } = await run([
      concat(FIRST_LINES_BZIP2, LAST_LINES_BZIP2.subarray(0, 30)),
      wire(price(2)),
    ]);
    assert.deepEqual(updates.map((it) => it.kind), [
      "market",
      "market",
      "market",
      "invalid",
      "market",
    ]);
    const { error, source, lineNumber } = updates[3]!;
    assert.ok(error instanceof ReplaySourceError);
    assert.equal(error.code, "truncated");
    assert.deepEqual([source, lineNumber], ["bytes#1", 4]);
    assert.equal(priceIn(session.cache), 2);
    assert.equal(session.stats.sourcesRead, 2);
  });

  it("goes on behind a damaged member, at the right line and offset", async () => {
    const first = wire(price(2), price(3));
    const last = wire(price(4), "{", price(5));
    const torn = Uint8Array.from(gzipSync(wire(price(9)).toString()));
    torn.fill(0xff, 12, torn.length - 8);
    const { updates, session } = await run(
      concat(gzipSync(first), torn, gzipSync(last)),
    );
    assert.deepEqual(updates.map((it) => it.kind), [
      "market",
      "market",
      "invalid",
      "market",
      "invalid",
      "market",
    ]);
    const [, , damage, next, bad] = updates;
    assert.ok(damage!.error instanceof ReplaySourceError);
    assert.equal(damage!.error.code, "corrupt");
    assert.equal(damage!.byteOffset, first.length);
    assert.deepEqual([next!.lineNumber, next!.byteOffset], [3, first.length]);
    assert.ok(bad!.error instanceof InvalidLineError);
    assert.equal(bad!.lineNumber, 4);
    assert.equal(priceIn(session.cache), 5);
    assert.deepEqual([session.stats.damaged, session.stats.invalid], [1, 2]);
  });

  it("skips and reports a corrupt line", async () => {
    const folder = await mkdtemp(join(tmpdir(), "betfair-stream-replay-"));
    const path = join(folder, "corrupt.ndjson");
    const first = wire(price(2), "");
    await writeFile(path, concat(first, wire(`{"op":"mcm","mc":[`, price(3))));
    const { updates, session } = await run(path);
    await rm(folder, { recursive: true });
    assert.deepEqual(updates.map((it) => it.kind), [
      "market",
      "invalid",
      "market",
    ]);
    const { error } = updates[1]!;
    assert.ok(error instanceof InvalidLineError);
    assert.deepEqual([error.source, error.lineNumber, error.byteOffset], [
      path,
      3,
      first.length,
    ]);
    assert.equal(priceIn(session.cache), 3);
  });

  it("skips and reports a line of 100 MiB in little memory", async () => {
    const filler = new Uint8Array(64 * 1024).fill(0x78);
    function* chunks(): Generator<Uint8Array> {
      yield concat(wire(price(2)), new TextEncoder().encode(`{"x":"`));
      for (let i = 0; i < 1600; i++) yield filler;
      yield concat(new TextEncoder().encode(`"}\n`), wire(price(3)));
    }
    const { updates, session } = await run(toStream(chunks()));
    assert.deepEqual(updates.map((it) => [it.kind, it.lineNumber]), [
      ["market", 1],
      ["invalid", 2],
      ["market", 3],
    ]);
    const { error, line } = updates[1]!;
    assert.ok(error instanceof InvalidLineError);
    assert.equal(error.reason, "oversize");
    assert.ok(line.length <= 1024 * 1024);
    assert.equal(priceIn(session.cache), 3);
    assert.equal(updates[2]!.byteOffset, wire(price(2)).length + 104_857_609);
  });

  it("takes a shorter limit for lines", async () => {
    const long = `{"op":"mcm","x":"${"x".repeat(200)}"}`;
    const { updates } = await run(wire(price(2), long, price(3)), {
      maxLineBytes: 150,
    });
    assert.deepEqual(updates.map((it) => it.kind), [
      "market",
      "invalid",
      "market",
    ]);
  });

  it("throws what it would report when it is strict", async () => {
    await assert.rejects(
      run(wire(price(2), "{", price(3)), { strict: true }),
      InvalidLineError,
    );
    const torn = gzipSync(bytes).subarray(0, 200);
    await assert.rejects(run(torn, { strict: true }), ReplaySourceError);
    // Also when nobody looks at the updates.
    const session = replay(wire("{"), { strict: true });
    await assert.rejects(async () => {
      for await (const _ of session) { /* not iterated */ }
    }, InvalidLineError);
  });

  it("drops and counts half a message in segments at the end", async () => {
    const { session } = await run(
      wire(price(2), mcm([], { segmentType: "SEG_START" })),
    );
    assert.equal(session.stats.droppedSegments, 1);
  });
});
