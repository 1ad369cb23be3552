import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { describe, it } from "node:test";
import {
  record,
  RecordError,
  type RecordOptions,
} from "../../src/record/mod.ts";
import { generateSession, toStream } from "../../src/testing/mod.ts";
import {
  connectionLine,
  FakeClient,
  MemoryFiles,
  type Piece,
  pieces,
  priceLine,
  replayedState,
  systemError,
} from "./_support.ts";

const LINES = Array.from(
  { length: 12 },
  (_, i) => priceLine("1.1", i + 1, i % 2 === 0 ? "\r\n" : "\n"),
);
const ALL = LINES.join("");

/** The longest part of the lines that has room, in whole lines. */
function wholeLines(bytes: number): string {
  return ALL.slice(0, ALL.lastIndexOf("\n", bytes - 1) + 1);
}

/** Pieces of two lines each, cut in the second one. */
function cutPieces(): Piece[] {
  return pieces(new TextEncoder().encode(ALL), 150).map((bytes) => ({ bytes }));
}

/** Recordings among the files, in order, as text. */
function recordedText(files: MemoryFiles): string {
  return files.names.filter((name) => /\.ndjson/.test(name))
    .map((name) => files.text(name)).join("");
}

describe("record() on a full disk", () => {
  it("keeps every whole line, wherever the disk is full", async () => {
    for (let capacity = 0; capacity < ALL.length; capacity++) {
      const files = new MemoryFiles();
      files.capacity = capacity;
      const recording = record(new FakeClient(cutPieces()), "f", {
        files,
        flushMs: 0,
        gzip: capacity % 2 === 0,
      });
      let seen: unknown;
      try {
        for await (const _batch of recording) await recording.flush();
      } catch (error) {
        seen = error;
      }
      assert.ok(seen instanceof RecordError, String(capacity));
      assert.equal(seen.code, "disk-full");
      assert.equal(seen.systemCode, "ENOSPC");
      const kept = wholeLines(capacity);
      assert.equal(recordedText(files), kept, `with room for ${capacity}`);
      assert.equal(recording.summary.error, seen);
      assert.equal(recording.summary.writtenBytes, kept.length);
      assert.equal(
        recording.summary.writtenBytes + seen.lostBytes,
        recording.summary.receivedBytes,
      );
      assert.equal(files.open, 0);
      assert.ok(files.names.every((name) => !name.endsWith(".part")));
    }
  });

  it("keeps the lines uncompressed if there is no room to compress them", async () => {
    const files = new MemoryFiles();
    files.capacity = ALL.length + 20;
    const recording = record(new FakeClient(cutPieces()), "f", { files });
    await assert.rejects(recording.run(), { code: "disk-full", lostBytes: 0 });
    assert.equal(files.names.length, 1);
    assert.match(files.names[0]!, /\.ndjson$/);
    assert.equal(recordedText(files), ALL);
    assert.equal(recording.summary.files[0]!.sidecarPath, undefined);
  });

  it("keeps files that are complete, and those of all markets", async () => {
    const market = (i: number): string => priceLine(`1.${i}`, 5);
    const lines = Array.from({ length: 9 }, (_, i) => market(i));
    const files = new MemoryFiles();
    files.capacity = lines.join("").length * 1.5;
    const recording = record(
      new FakeClient([{ bytes: lines.join("") }, { bytes: lines.join("") }]),
      "f",
      { files, per: "market", flushMs: 0, maxOpenFiles: 2 },
    );
    await assert.rejects(async () => {
      for await (const _batch of recording) await recording.flush();
    }, { code: "disk-full" });
    lines.forEach((line, i) => {
      assert.match(files.text(`1.${i}.ndjson`), /^(?:[^\n]+\n){1,2}$/);
      assert.ok(files.text(`1.${i}.ndjson`).startsWith(line));
    });
    assert.equal(files.open, 0);
  });

  it("goes on without recording if there is an onError", async () => {
    const files = new MemoryFiles();
    files.capacity = LINES[0]!.length + 5;
    const errors: RecordError[] = [];
    const client = new FakeClient(LINES.map((bytes) => ({ bytes })));
    const recording = record(client, "f", {
      files,
      flushMs: 0,
      onError: (error) => errors.push(error),
    });
    let updates = 0;
    for await (const batch of recording) {
      for (const _update of batch) updates++;
      await recording.flush();
    }
    assert.equal(updates, LINES.length);
    assert.equal(errors.length, 1);
    assert.equal(recordedText(files), LINES[0]);
    assert.equal(client.taps, 0);
  });

  it("keeps its word on a real one", { skip: noTmpfs() }, async () => {
    const folder = mkdtempSync(join(tmpdir(), "betfair-full-"));
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=256k", "tmpfs", folder]);
    try {
      const session = generateSession({ seed: 2, messages: 3000 });
      const recording = record(toStream(pieces(session, 10_000)), folder, {
        flushMs: 0,
        fsync: "flush",
      });
      let seen: unknown;
      try {
        for await (const _batch of recording) await recording.flush();
      } catch (error) {
        seen = error;
      }
      assert.ok(seen instanceof RecordError, inspect(seen));
      assert.equal(seen.code, "disk-full");
      const names = readdirSync(folder).filter((name) =>
        name.endsWith(".ndjson")
      );
      assert.equal(names.length, 1);
      const kept = readFileSync(join(folder, names[0]!));
      assert.ok(kept.length > 200_000);
      assert.equal(kept.at(-1), 0x0a);
      assert.ok(kept.equals(session.subarray(0, kept.length)));
      assert.equal(
        await replayedState(folder),
        await replayedState(session.subarray(0, kept.length)),
      );
    } finally {
      execFileSync("umount", [folder]);
      rmSync(folder, { recursive: true });
    }
  });
});

/** Why a small disk cannot be made here; false if it can. */
function noTmpfs(): string | false {
  const folder = mkdtempSync(join(tmpdir(), "betfair-mount-"));
  try {
    const options = { stdio: "ignore" } as const;
    execFileSync(
      "mount",
      ["-t", "tmpfs", "-o", "size=64k", "tmpfs", folder],
      options,
    );
    execFileSync("umount", [folder], options);
    return false;
  } catch {
    return "a tmpfs cannot be mounted here";
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe("record() when something else fails", () => {
  it("fails in one way only, whatever fails first", async () => {
    const bytes = connectionLine("a") + priceLine("1.1", 1) +
      connectionLine("b") + priceLine("1.1", 2) + connectionLine("c") +
      priceLine("1.1", 3);
    const options: RecordOptions = { flushMs: 0, fsync: "flush" };
    // Each operation of an undisturbed run fails in turn.
    const run = async (failAt: number): Promise<number> => {
      const files = new MemoryFiles();
      let count = 0;
      files.before = (): void => {
        if (count++ === failAt) throw systemError("EIO");
      };
      const recording = record(new FakeClient([{ bytes }, { bytes }]), "f", {
        ...options,
        files,
      });
      let seen: unknown;
      try {
        for await (const _batch of recording) await recording.flush();
      } catch (error) {
        seen = error;
      }
      if (failAt >= count) {
        assert.equal(seen, undefined);
        return count;
      }
      assert.ok(seen instanceof RecordError, `operation ${failAt}`);
      assert.equal(seen.systemCode, "EIO");
      assert.match(seen.message, /^Cannot record to "f/);
      assert.ok(recording.summary.isFinished);
      // All that was written is in files of some name, line by line.
      const { writtenBytes } = recording.summary;
      const lines = recordedText(files).match(/[^\n]*\n/g) ?? [];
      assert.ok(lines.join("").length >= writtenBytes, `operation ${failAt}`);
      for (const line of lines) assert.ok(bytes.includes(line));
      return count;
    };
    const operations = await run(Infinity);
    assert.ok(operations > 50);
    for (let failAt = 0; failAt < operations; failAt++) await run(failAt);
  });

  it("says that a folder cannot be made", async () => {
    const files = new MemoryFiles();
    files.before = (): void => {
      throw systemError("EACCES");
    };
    const recording = record(new FakeClient(cutPieces()), "f", { files });
    await assert.rejects(recording.run(), (error: RecordError) => {
      assert.equal(error.code, "not-writable");
      assert.equal(error.path, "f");
      assert.equal(error.systemCode, "EACCES");
      assert.equal(error.lostBytes, ALL.length);
      return true;
    });
  });

  it("throws once, and then is over", async () => {
    const files = new MemoryFiles();
    files.capacity = 0;
    const recording = record(new FakeClient(cutPieces()), "f", {
      files,
      flushMs: 0,
    });
    await recording.next();
    await recording.flush();
    await assert.rejects(recording.next(), RecordError);
    assert.equal((await recording.next()).done, true);
    await recording[Symbol.asyncDispose]();
  });
});
