import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers";
import { inspect } from "node:util";
import { describe, it } from "node:test";
import {
  record,
  RecordError,
  type RecordingSidecar,
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
  START_MS,
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

  it("lists a file that is complete but for its sidecar", async () => {
    for (const gzip of [true, false]) {
      const files = new MemoryFiles();
      files.before = (what): void => {
        if (what.includes(".recording.json")) throw systemError("ENOSPC");
      };
      const recording = record(new FakeClient(cutPieces()), "f", {
        files,
        gzip,
      });
      await assert.rejects(recording.run(), {
        code: "disk-full",
        lostBytes: 0,
      });
      const { files: [file, ...others], error, ...summary } = recording.summary;
      assert.deepEqual([others, summary.finishedFiles], [[], 1]);
      assert.equal(file!.sidecarPath, undefined);
      assert.equal(file!.path, error!.path);
      assert.deepEqual(files.names.map((name) => `f/${name}`), [file!.path]);
      assert.equal(recordedText(files), ALL);
    }
  });

  it("leaves no recording twice if what was compressed cannot be removed", async () => {
    const files = new MemoryFiles();
    files.before = (what): void => {
      if (/^remove .*ndjson\.part/.test(what)) throw systemError("EPERM");
    };
    const recording = record(new FakeClient(cutPieces()), "f", { files });
    await assert.rejects(recording.run(), {
      code: "not-writable",
      lostBytes: 0,
    });
    assert.equal(recordedText(files), ALL);
    assert.deepEqual(
      recording.summary.files.map(({ path }) => path),
      files.names.filter((name) => !name.endsWith(".json"))
        .map((name) => `f/${name}`),
    );
  });

  it("makes no sidecar of a file that ends with half a line", async () => {
    const files = new MemoryFiles();
    files.capacity = 100;
    files.before = (what): void => {
      if (!what.startsWith("truncate")) return;
      // There is room again, for a sidecar.
      files.capacity = Infinity;
      throw systemError("EIO");
    };
    const recording = record(new FakeClient(cutPieces()), "f", { files });
    await assert.rejects(recording.run(), { code: "disk-full" });
    assert.equal(files.names.some((name) => name.endsWith(".json")), false);
    assert.equal(recording.summary.files[0]!.sidecarPath, undefined);
    assert.equal(recordedText(files), ALL.slice(0, 100));
  });

  it("does not count as lost what is written while completing another file fails", async () => {
    for (const per of ["connection", "market"] as const) {
      const files = new MemoryFiles();
      const completing = Promise.withResolvers<void>();
      const writing = Promise.withResolvers<void>();
      const failed = Promise.withResolvers<void>();
      files.before = async (what): Promise<void> => {
        if (/^write .*(?:000003|1\.3)\.ndjson\.part/.test(what)) {
          writing.resolve();
          await failed.promise;
        } else if (/^create .*\.gz\.part/.test(what)) {
          completing.resolve();
          await writing.promise;
          // Behind what the failure leads to.
          setImmediate(() => failed.resolve());
          throw systemError("ENOSPC");
        }
      };
      const closing =
        `{"op":"mcm","pt":1,"mc":[{"id":"1.1","marketDefinition":{"status":"CLOSED"}}]}\n`;
      const lines = per === "market"
        ? [closing, priceLine("1.2", 5), priceLine("1.3", 5)]
        : [1, 2, 3].map((i) => priceLine(`1.${i}`, 5));
      const recording = record(
        new FakeClient((async function* () {
          for (const [i, bytes] of lines.entries()) {
            if (i === 2) await completing.promise;
            yield { bytes, atMs: i * 70_000 };
          }
        })()),
        "f",
        { files, per, flushMs: 0, rotateBytes: 80 },
      );
      await assert.rejects(recording.run(), {
        code: "disk-full",
        lostBytes: 0,
      });
      assert.deepEqual(
        recordedText(files).match(/1\.\d(?=")/g)?.sort(),
        ["1.1", "1.2", "1.3"],
        per,
      );
    }
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
      // Whoever wants to know that lines are written is told that they are not.
      if (updates === 1) await recording.flush();
      else await assert.rejects(recording.flush(), RecordError);
    }
    assert.equal(updates, LINES.length);
    assert.equal(errors.length, 1);
    assert.equal(recordedText(files), LINES[0]);
    assert.equal(client.taps, 0);
  });

  for (const per of ["connection", "market"] as const) {
    it(`tells in the sidecar only of what is in the file, per ${per}`, async () => {
      const files = new MemoryFiles();
      const first = priceLine("1.1", 1) + "\r\n";
      const second = priceLine("1.1", 2);
      // The first of these is written, the half of the second is cut off again.
      const rest = priceLine("1.1", 3) + priceLine("1.1", 4) + "no message\n" +
        priceLine("1.2", 5);
      files.before = (what): void => {
        const { length } = first + second + priceLine("1.1", 3);
        if (what.startsWith("write") && what.includes("ndjson")) {
          files.capacity = per === "connection"
            ? length + 20
            // Without the blank line, which is about no market.
            : length - 2 + 20;
        } else files.capacity = Infinity;
      };
      const recording = record(
        new FakeClient([
          { bytes: first, atMs: 0 },
          { bytes: second, atMs: 10 },
          { bytes: rest.slice(0, 150), atMs: 20 },
          { bytes: rest.slice(150), atMs: 30 },
        ]),
        "f",
        { files, per, gzip: false },
      );
      await recording.next();
      await recording.next();
      await recording.flush();
      await recording.next();
      await assert.rejects(recording.run(), { code: "disk-full" });
      const name = files.names.find((name) => name.endsWith(".ndjson"))!;
      const text = files.text(name);
      assert.ok(text.endsWith(priceLine("1.1", 3)));
      const sidecar: RecordingSidecar = JSON.parse(
        files.text(name.replace(".ndjson", ".recording.json")),
      );
      const { start, end, markets, messages, lines, invalidLines } = sidecar;
      assert.deepEqual(
        { markets, messages, lines, invalidLines },
        { markets: ["1.1"], messages: { mcm: 3 }, lines: 3, invalidLines: 0 },
      );
      assert.equal(sidecar.firstPublishTimeMs, 1_700_000_000_001);
      assert.equal(sidecar.lastPublishTimeMs, 1_700_000_000_003);
      assert.equal(sidecar.bytes, text.length);
      assert.equal(Date.parse(start), START_MS);
      assert.equal(Date.parse(end), START_MS + 20);
      assert.equal(recording.summary.lines, 3);
    });
  }

  it("makes no sidecar if it cannot look at what was written", async () => {
    const files = new MemoryFiles();
    let writes = 0;
    files.before = (what): void => {
      if (what.startsWith("read")) throw systemError("EIO");
      if (what.startsWith("write") && ++writes === 2) {
        throw systemError("ENOSPC");
      }
    };
    const recording = record(
      new FakeClient([1, 2].map((ltp) => ({ bytes: priceLine("1.1", ltp) }))),
      "f",
      { files, flushMs: 0 },
    );
    await recording.next();
    await recording.flush();
    await assert.rejects(recording.run(), { code: "disk-full" });
    assert.equal(files.names.length, 1);
    assert.equal(recordedText(files), priceLine("1.1", 1));
    const [file] = recording.summary.files;
    assert.equal(file!.sidecarPath, undefined);
    assert.equal(file!.lines, 1);
  });

  it("throws what onError throws", async () => {
    const files = new MemoryFiles();
    files.capacity = LINES[0]!.length + 5;
    const mistake = new TypeError("a mistake of the caller's");
    let calls = 0;
    const client = new FakeClient(LINES.map((bytes) => ({ bytes })));
    const recording = record(client, "f", {
      files,
      flushMs: 0,
      onError: () => {
        calls++;
        throw mistake;
      },
    });
    await assert.rejects(recording.run(), mistake);
    await recording[Symbol.asyncDispose]();
    assert.equal(calls, 1);
    assert.equal(client.taps, 0);
    assert.equal(recordedText(files), LINES[0]);
  });

  it("throws what onError throws as the recording ends", async () => {
    const files = new MemoryFiles();
    files.before = (what): void => {
      if (what.startsWith("rename")) throw systemError("EIO");
    };
    const mistake = new TypeError("a mistake of the caller's");
    const recording = record(new FakeClient(cutPieces()), "f", {
      files,
      onError: () => {
        throw mistake;
      },
    });
    await assert.rejects(recording.run(), mistake);
    assert.ok(recording.summary.isFinished);
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

  for (const operation of ["create", "write"]) {
    for (const per of ["connection", "market"] as const) {
      it(`names the file for which ${operation} fails, per ${per}`, async () => {
        const files = new MemoryFiles();
        files.before = (what): void => {
          if (what.startsWith(operation)) throw systemError("EACCES");
        };
        const path = per === "market"
          ? "f/1.1.ndjson.part"
          : "f/20261125T190856123Z-000001.ndjson.part";
        await assert.rejects(
          record(new FakeClient(cutPieces()), "f", { files, per }).run(),
          { path, message: new RegExp(`^Cannot record to "${path}" as`) },
        );
      });
    }
  }

  it("throws once, and then is over", async () => {
    const files = new MemoryFiles();
    files.capacity = 0;
    const recording = record(new FakeClient(cutPieces()), "f", {
      files,
      flushMs: 0,
    });
    await recording.next();
    await assert.rejects(recording.flush(), { code: "disk-full" });
    await assert.rejects(recording.next(), RecordError);
    assert.equal((await recording.next()).done, true);
    await recording[Symbol.asyncDispose]();
  });
});
