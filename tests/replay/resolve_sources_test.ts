import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import {
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  readlink,
  rm,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { after, before, describe, it } from "node:test";
import { pathToFileURL } from "node:url";
import { createGzip, gzipSync } from "node:zlib";
import type { ReplaySource } from "../../src/replay/byte_source.ts";
import { ReplaySourceError } from "../../src/replay/replay_source_error.ts";
import { resolveSources } from "../../src/replay/resolve_sources.ts";
import { SeededRandom } from "../support/random.ts";
import {
  missingReason,
  readRecording,
  recordings,
} from "../support/recordings.ts";
import {
  borrowed,
  collect,
  FIRST_LINES,
  FIRST_LINES_BZIP2,
  LAST_LINES,
  LAST_LINES_BZIP2,
  singly,
} from "./_collect.ts";

const PLAIN = Buffer.from(FIRST_LINES);
const MARK = Buffer.from("\ufeff");

/** Bytes of the first lines, packed in every way. */
const PACKED: readonly [string, Uint8Array][] = [
  ["plain", PLAIN],
  ["gzip", gzipSync(PLAIN)],
  ["bzip2", FIRST_LINES_BZIP2],
  ["bzip2 in gzip", gzipSync(FIRST_LINES_BZIP2)],
  ["gzip in gzip", gzipSync(gzipSync(PLAIN))],
  ["plain with byte order mark", Buffer.concat([MARK, PLAIN])],
  ["gzip with byte order mark", gzipSync(Buffer.concat([MARK, PLAIN]))],
];

let folder = "";
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "betfair-stream-"));
});
after(() => rm(folder, { recursive: true }));

/** Writes files into a new folder. */
async function makeFolder(
  name: string,
  files: Record<string, string | Uint8Array>,
): Promise<string> {
  const path = join(folder, name);
  await mkdir(path);
  for (const [file, content] of Object.entries(files)) {
    await mkdir(join(path, file, ".."), { recursive: true });
    await writeFile(join(path, file), content);
  }
  return path;
}

function isSourceError(
  code: string,
  source: string,
): (error: unknown) => boolean {
  return (error) =>
    error instanceof ReplaySourceError && error.code === code &&
    error.source === source;
}

describe("resolveSources()", () => {
  for (const [name, bytes] of PACKED) {
    it(`reads ${name} data from bytes, a file, a URL, a stream and an iterable`, async () => {
      const path = join(folder, name);
      await writeFile(path, bytes);
      const sources: ReplaySource[] = [
        new Uint8Array(bytes),
        path,
        pathToFileURL(path),
        new Blob([new Uint8Array(bytes)]).stream(),
        borrowed(singly(bytes)),
      ];
      for (const source of sources) {
        const { text, errors } = await collect(source);
        assert.equal(text, FIRST_LINES);
        assert.deepEqual(errors, []);
      }
    });
  }

  it("reads sources in order and names them", async () => {
    const path = join(folder, "named");
    await writeFile(path, LAST_LINES);
    const source: ReplaySource = [PLAIN, [path, borrowed([PLAIN])]];
    const { sources } = await resolveSources(source);
    assert.deepEqual(sources.map((each) => each.name), [
      "bytes#1",
      path,
      "stream#3",
    ]);
    assert.deepEqual(
      sources.map((each) => each.sizeBytes),
      [PLAIN.length, LAST_LINES.length, undefined],
    );
  });

  it("finds nothing in no source and no data in an empty one", async () => {
    assert.deepEqual(await resolveSources([]), { sources: [], ignored: [] });
    await writeFile(join(folder, "empty"), "");
    const empty = [
      new Uint8Array(0),
      join(folder, "empty"),
      borrowed([]),
      MARK,
    ];
    assert.deepEqual((await collect(empty)).order, []);
  });

  it("takes recordings from a folder by content, in order of names", async () => {
    const path = await makeFolder("mixed", {
      "b.txt": `\r\n ${FIRST_LINES}`,
      "a/2.bz2": LAST_LINES_BZIP2,
      "a/10": gzipSync(FIRST_LINES),
      "a/catalog.json": '{"marketId":"1.1"}',
      "a/catalog.json.gz": gzipSync('{"marketId":"1.1"}'),
      "c/notes.md": "# Notes",
      "c/empty": "",
      "d/cut.gz": gzipSync(FIRST_LINES).subarray(0, 12),
      "d/op last": `{"mc":[${"1,".repeat(50_000)}1],"op":"mcm"}\n`,
      "d/other": `{"data":[${"1,".repeat(50_000)}1]}`,
    });
    await symlink(join(path, "b.txt"), join(path, "e link"));
    await symlink(path, join(path, "f folder"));
    await symlink(join(path, "nowhere"), join(path, "g broken"));
    const { sources, ignored } = await resolveSources(path);
    const taken = sources.map((source) => source.name.slice(path.length + 1));
    assert.deepEqual(taken, [
      "a/10",
      "a/2.bz2",
      "b.txt",
      "d/cut.gz",
      "d/op last",
      "e link",
    ]);
    assert.deepEqual(
      ignored.map((name) => name.slice(path.length + 1)),
      [
        "a/catalog.json",
        "a/catalog.json.gz",
        "c/empty",
        "c/notes.md",
        "d/other",
        "f folder",
        "g broken",
      ],
    );
  });

  it("takes a file that is named whatever it holds", async () => {
    const path = join(folder, "anything");
    await writeFile(path, "no recording");
    assert.equal((await collect(path)).text, "no recording");
  });

  it("throws for a folder without recordings", async () => {
    const path = await makeFolder("none", { "a.txt": "text", "b/c": "" });
    await assert.rejects(
      resolveSources(path),
      isSourceError("no-recordings", path),
    );
  });

  it("throws for a missing path before anything is read", async () => {
    const missing = join(folder, "missing");
    let pulls = 0;
    const stream: AsyncIterable<Uint8Array> = {
      async *[Symbol.asyncIterator]() {
        pulls++;
        yield await Promise.resolve(PLAIN);
      },
    };
    await assert.rejects(
      resolveSources([stream, missing]),
      isSourceError("not-found", missing),
    );
    await assert.rejects(
      resolveSources(join(folder, "gzip", "child")),
      isSourceError("not-found", join(folder, "gzip", "child")),
    );
    assert.equal(pulls, 0);
  });

  it("throws a TypeError for what is no source", async () => {
    await assert.rejects(
      resolveSources(new URL("https://localhost/1.bz2")),
      TypeError,
    );
    await assert.rejects(
      resolveSources(5 as unknown as ReplaySource),
      TypeError,
    );
    await assert.rejects(
      resolveSources(null as unknown as ReplaySource),
      TypeError,
    );
    await assert.rejects(
      resolveSources([{} as unknown as ReplaySource]),
      TypeError,
    );
  });

  it("reports a file that is gone when it is opened", async () => {
    const path = join(folder, "gone");
    await writeFile(path, FIRST_LINES);
    const { sources } = await resolveSources(path);
    await rm(path);
    const items = [];
    for await (const item of sources[0]!.open()) items.push(item);
    assert.equal(items.length, 1);
    assert.ok(isSourceError("not-found", path)(items[0]));
    assert.ok((items[0] as Error).cause instanceof Error);
  });

  it("reports a stream that fails, behind what it gave", async () => {
    const reason = new Error("connection reset");
    for (const [name, bytes] of PACKED) {
      const failing = async function* (): AsyncGenerator<Uint8Array> {
        yield* borrowed([bytes]);
        throw reason;
      };
      const { text, errors } = await collect(failing());
      assert.equal(text, FIRST_LINES, name);
      assert.deepEqual(
        errors.map((error) => error.code),
        ["not-readable"],
        name,
      );
      assert.equal(errors[0]!.cause, reason);
    }
  });

  it("passes on a damage of an outer container once and reads on behind it", async () => {
    const inner = [LAST_LINES_BZIP2, FIRST_LINES_BZIP2, LAST_LINES_BZIP2];
    const outer = inner.map((each) => new Uint8Array(gzipSync(each)));
    outer[1]!.fill(0xff, 12, 40);
    const { text, errors } = await collect(Buffer.concat(outer));
    assert.equal(text, LAST_LINES + LAST_LINES);
    assert.deepEqual(errors.map((error) => error.code), ["corrupt"]);
    assert.match(errors[0]!.message, /gzip/);
  });

  it("refuses to read a stream a second time", async () => {
    const { sources } = await resolveSources(borrowed([PLAIN]));
    for await (const _ of sources[0]!.open());
    await assert.rejects(
      async () => {
        for await (const _ of sources[0]!.open());
      },
      isSourceError("already-read", "stream"),
    );
  });

  it("reads bytes and files again and counts what was read", async () => {
    const path = join(folder, "again");
    await writeFile(path, gzipSync(FIRST_LINES));
    const { sources } = await resolveSources([FIRST_LINES_BZIP2, path]);
    for (const source of [...sources, ...sources]) {
      let length = 0;
      for await (const chunk of source.open()) {
        length += (chunk as Uint8Array).length;
      }
      assert.equal(length, FIRST_LINES.length);
      assert.equal(source.compressedBytesRead, source.sizeBytes);
    }
  });

  it("cuts large data into pieces of at most 64 KiB that end with lines", async () => {
    const lines = '{"op":"mcm","pt":1}\n'.repeat(20_000);
    const { sources } = await resolveSources(Buffer.from(lines));
    let length = 0;
    for await (const chunk of sources[0]!.open()) {
      assert.ok(chunk instanceof Uint8Array);
      assert.ok(chunk.length <= 1 << 16);
      assert.equal(chunk.at(-1), 0x0a);
      length += chunk.length;
    }
    assert.equal(length, lines.length);
  });
});

describe("ByteSource.open()", () => {
  it("releases a stream when the loop is left early", async () => {
    for (const [name, bytes] of PACKED) {
      let isReleased = false;
      const stream = async function* (): AsyncGenerator<Uint8Array> {
        try {
          yield* borrowed([bytes, bytes, bytes]);
        } finally {
          isReleased = true;
        }
      };
      const { sources } = await resolveSources(stream());
      for await (const _ of sources[0]!.open()) break;
      assert.ok(isReleased, name);
    }
  });

  it("closes files at the end, when left early and when aborted", async (test) => {
    if (process.platform !== "linux") {
      return test.skip("lists open files through /proc");
    }
    const countOpen = async (path: string): Promise<number> => {
      const links = (await readdir("/proc/self/fd"))
        .map((fd) => readlink(join("/proc/self/fd", fd)).catch(() => ""));
      return (await Promise.all(links)).filter((link) => link === path).length;
    };
    const random = new SeededRandom(3);
    const numbers = Array.from({ length: 50_000 }, () => random.next());
    const lines = Buffer.from(numbers.join("\n"));
    for (
      const [name, bytes] of [["plain", lines], [
        "gzip",
        gzipSync(lines),
      ]] as const
    ) {
      const path = join(folder, `closing ${name}`);
      await writeFile(path, bytes);
      const [source] = (await resolveSources(path)).sources;
      for await (const _ of source!.open()) {
        // A read that is under way may hold a duplicate of the descriptor.
        assert.ok(await countOpen(path) > 0);
        break;
      }
      assert.equal(await countOpen(path), 0);
      for await (const _ of source!.open());
      assert.equal(await countOpen(path), 0);
      const controller = new AbortController();
      await assert.rejects(async () => {
        for await (const _ of source!.open(controller.signal)) {
          controller.abort(new Error("stop"));
        }
      }, /stop/);
      assert.equal(await countOpen(path), 0);
    }
  });

  it("throws the reason of an aborted signal", async () => {
    const reason = new Error("enough");
    await assert.rejects(collect(PLAIN, AbortSignal.abort(reason)), reason);
  });

  it("stops waiting for a stream when aborted", async () => {
    const reason = new Error("enough");
    const controller = new AbortController();
    let isCancelled = false;
    const silent = new ReadableStream<Uint8Array>({
      start: (stream) => stream.enqueue(PLAIN),
      cancel: () => void (isCancelled = true),
    });
    const { sources } = await resolveSources(silent);
    await assert.rejects(async () => {
      for await (const _ of sources[0]!.open(controller.signal)) {
        queueMicrotask(() => controller.abort(reason));
      }
    }, reason);
    assert.ok(isCancelled);
  });

  it("reads a large file no faster than it is asked to", async () => {
    const PIECES = 64; // of about 1 MB, and no two lines alike
    const AHEAD_BYTES = 1 << 20;
    const path = join(folder, "large.gz");
    const random = new SeededRandom(7);
    const piece = Buffer.from(
      Array.from(
        { length: 20_000 },
        () => `{"op":"mcm","pt":1700000000000,"clk":"${random.next()}"}\n`,
      ).join(""),
    );
    const gzip = createGzip({ level: 1 });
    const file = await open(path, "w");
    const written = (async () => {
      for await (const part of gzip) await file.write(part);
      await file.close();
    })();
    for (let i = 0; i < PIECES; i++) {
      await new Promise((done) => gzip.write(piece, done));
    }
    gzip.end();
    await written;
    const [source] = (await resolveSources(path)).sources;
    const total = PIECES * piece.length;
    assert.ok(source!.sizeBytes! > 8 * AHEAD_BYTES);
    let length = 0;
    for await (const chunk of source!.open()) {
      const bytes = chunk as Uint8Array;
      assert.ok(bytes.length <= 1 << 18, `${bytes.length} bytes at once`);
      length += bytes.length;
      const ahead = source!.compressedBytesRead -
        source!.sizeBytes! * length / total;
      assert.ok(ahead < AHEAD_BYTES, `${ahead} bytes read ahead`);
    }
    assert.equal(length, total);
  });

  describe("on recordings", { skip: missingReason }, () => {
    for (const recording of recordings) {
      it(`reads ${recording.name}, whole and in members`, async () => {
        const expected = createHash("sha256").update(
          readRecording(recording.name),
        ).digest("hex");
        const stored = await readFile(recording.path);
        const { bytes, errors } = await collect(recording.path);
        assert.deepEqual(errors, []);
        assert.equal(
          createHash("sha256").update(bytes).digest("hex"),
          expected,
        );
        const random = new SeededRandom(stored.length);
        const pieces: Uint8Array[] = [];
        for (let at = 0; at < stored.length;) {
          const size = 1 + random.below(200_000);
          pieces.push(stored.subarray(at, at + size));
          at += size;
        }
        const twice = await collect(borrowed([...pieces, ...pieces]));
        assert.deepEqual(twice.errors, []);
        assert.ok(twice.bytes.equals(Buffer.concat([bytes, bytes])));
      });
    }
  });
});
