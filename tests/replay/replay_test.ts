import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { StreamCache } from "../../src/cache/stream_cache.ts";
import { stateText } from "../../src/cli/_state_text.ts";
import { JsonParser } from "../../src/parsing/json_parser.ts";
import type { ReplaySource } from "../../src/replay/byte_source.ts";
import { replay } from "../../src/replay/replay.ts";
import { ReplaySourceError } from "../../src/replay/replay_source_error.ts";
import {
  generateSession,
  MarketGenerator,
  toStream,
} from "../../src/testing/mod.ts";
import {
  chunksOf,
  concat,
  mcm,
  type SeenUpdate,
  wire,
} from "../support/messages.ts";
import { stateText as textOfState } from "../support/state_text.ts";
import {
  borrowed,
  FIRST_LINES_BZIP2,
  LAST_LINES_BZIP2,
  NOTHING_BZIP2,
} from "./_collect.ts";
import { KEEP_ALL, price, priceIn, run, SESSION } from "./_run.ts";

function times(updates: readonly SeenUpdate[]): unknown[] {
  return updates.map((it) => it.publishTimeMs);
}

let folder = "";
let bytes: Uint8Array = new Uint8Array(0);
let expected = "";

describe("replay()", () => {
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "betfair-stream-replay-"));
    const generator = new MarketGenerator(SESSION);
    bytes = generator.bytes();
    expected = textOfState(generator.state);
    await writeFile(join(folder, "whole.ndjson"), bytes);
  });
  after(() => rm(folder, { recursive: true }));

  it("reads a path, a file URL, bytes, streams and iterables alike", async () => {
    const path = join(folder, "whole.ndjson");
    const zipped = gzipSync(bytes);
    const parts = [...chunksOf(bytes, 10_007)];
    const sources: ReplaySource[] = [
      path,
      pathToFileURL(path),
      bytes,
      [path],
      zipped,
      toStream(parts),
      borrowed(parts),
      borrowed(chunksOf(zipped, 999)),
    ];
    for (const source of sources) {
      const { session, updates } = await run(source);
      assert.equal(stateText(session.cache), expected);
      assert.equal(session.stats.bytes, bytes.length);
      assert.equal(updates.length > 1500, true);
      assert.deepEqual(
        [session.stats.sources, session.stats.sourcesRead],
        [1, 1],
      );
    }
  });

  it("reads a recording that was cut into files as if it was whole", async () => {
    const parts = join(folder, "parts");
    await mkdir(parts);
    const text = new TextDecoder().decode(bytes).split(/(?<=\n)/);
    const names = ["a.ndjson", "b.gz", "c.ndjson"];
    for (let i = 0; i < 3; i++) {
      const part = new TextEncoder().encode(
        text.slice(i * 601, i < 2 ? (i + 1) * 601 : undefined).join(""),
      );
      const content = names[i]!.endsWith(".gz") ? gzipSync(part) : part;
      await writeFile(join(parts, names[i]!), content);
    }
    await writeFile(join(parts, "notes.txt"), "not a recording");
    const list = names.map((name) => join(parts, name));
    for (const source of [parts, list, [list]]) {
      const { session, updates } = await run(source);
      assert.equal(stateText(session.cache), expected);
      assert.equal(session.stats.sources, 3);
      assert.equal(session.stats.sourcesRead, 3);
      assert.equal(session.stats.lines, text.length);
      assert.equal(updates.at(-1)!.source, list[2]);
      assert.equal(updates[0]!.source, list[0]);
      const last = updates.filter((it) => it.source === list[2]);
      assert.equal(last.at(-1)!.lineNumber, text.length - 1202);
      if (source === parts) {
        assert.deepEqual(session.stats.ignored, [join(parts, "notes.txt")]);
      }
    }
  });

  it("keeps what a loop leaves of a batch", async () => {
    const path = join(folder, "whole.ndjson");
    for (const wanted of [0, 1, 3]) {
      const session = replay(path, KEEP_ALL);
      for await (const batch of session) {
        let count = 0;
        if (wanted > 0) {
          for (const _ of batch) if (++count === wanted) break;
        }
      }
      assert.equal(stateText(session.cache), expected, `${wanted} of each`);
      assert.equal(session.stats.invalid, 0);
    }
  });

  it("reads gzip members and bzip2 streams one after another", async () => {
    const members = concat(
      gzipSync(wire(price(2))),
      gzipSync(wire(price(3), price(4))),
    );
    const zipped = await run(members);
    assert.equal(zipped.updates.length, 3);
    assert.equal(priceIn(zipped.session.cache), 4);
    assert.deepEqual(zipped.updates.map((it) => it.lineNumber), [1, 2, 3]);
    const { updates } = await run(concat(FIRST_LINES_BZIP2, LAST_LINES_BZIP2));
    assert.deepEqual(times(updates), [1, 2, 3, 4, 5]);
  });

  it("reads nothing from what is empty", async () => {
    const path = join(folder, "empty.ndjson");
    await writeFile(path, "");
    for (
      const source of [
        path,
        new Uint8Array(0),
        [],
        toStream<Uint8Array>([]),
        gzipSync(""),
        NOTHING_BZIP2,
      ]
    ) {
      const { updates, session } = await run(source);
      assert.deepEqual(updates, []);
      assert.equal(session.stats.damaged, 0);
      assert.equal(session.stats.lines, 0);
    }
  });

  it("throws on a missing path and on a folder without recordings", async () => {
    const empty = join(folder, "void");
    await mkdir(empty);
    await writeFile(join(empty, "x.txt"), "x");
    for (
      const [source, code] of [
        [join(folder, "missing"), "not-found"],
        [[bytes, join(folder, "missing")], "not-found"],
        [empty, "no-recordings"],
      ] as const
    ) {
      const session = replay(source);
      assert.equal(session.stats.sources, undefined);
      await assert.rejects(session.next(), (error) => {
        assert.ok(error instanceof ReplaySourceError);
        assert.equal(error.code, code);
        return true;
      });
      assert.equal(session.cache.markets.size, 0);
    }
  });

  it("stops when it is aborted", async () => {
    const reason = new Error("enough");
    await assert.rejects(
      run(bytes, { signal: AbortSignal.abort(reason) }),
      reason,
    );
    const controller = new AbortController();
    const session = replay(join(folder, "whole.ndjson"), {
      signal: controller.signal,
    });
    let batches = 0;
    await assert.rejects(async () => {
      for await (const batch of session) {
        batch.drain();
        batches++;
        controller.abort(reason);
      }
    }, reason);
    assert.equal(batches, 1);
    assert.ok(session.stats.bytes < bytes.length);
  });

  it("stops while it waits for a stream", async () => {
    const controller = new AbortController();
    let isCancelled = false;
    const pulled = Promise.withResolvers<void>();
    const silent = new ReadableStream<Uint8Array>({
      pull: (): Promise<void> => {
        pulled.resolve();
        return new Promise(() => {});
      },
      cancel: (): void => {
        isCancelled = true;
      },
    }, { highWaterMark: 0 });
    const session = replay(silent, { signal: controller.signal });
    const waiting = session.next();
    await pulled.promise;
    controller.abort();
    await assert.rejects(waiting, { name: "AbortError" });
    assert.equal(isCancelled, true);
  });

  it("closes what it reads when the loop is left", async () => {
    let isClosed = false;
    async function* source(): AsyncGenerator<Uint8Array> {
      try {
        for (let ltp = 2; ltp < 100; ltp++) {
          await Promise.resolve();
          yield wire(price(ltp));
        }
      } finally {
        isClosed = true;
      }
    }
    const session = replay(source());
    for await (const batch of session) {
      batch.drain();
      break;
    }
    assert.equal(isClosed, true);
    assert.equal(priceIn(session.cache), 2);
    assert.equal((await session.next()).done, true);
  });

  it("reads nothing before the first batch is asked for", () => {
    const session = replay(join(folder, "missing"));
    assert.equal(session.stats.bytes, 0);
    assert.equal(session.stats.storedBytes, undefined);
  });

  it("counts what it has done", async () => {
    const path = join(folder, "whole.ndjson");
    const session = replay([path, gzipSync(wire(price(2)))], {
      backend: "json",
    });
    let last = 0;
    for await (const batch of session) {
      batch.drain();
      const { stats } = session;
      assert.ok(stats.storedBytesRead >= last);
      last = stats.storedBytesRead;
      assert.equal(stats.sources, 2);
      if (stats.sourcesRead === 0) assert.equal(stats.source, path);
    }
    const { stats } = session;
    assert.equal(stats.storedBytesRead, stats.storedBytes);
    assert.equal(stats.storedBytes! > bytes.length, true);
    assert.equal(stats.bytes, bytes.length + wire(price(2)).length);
    assert.equal(stats.backend, "json");
    assert.equal(stats.sourcesRead, 2);
    assert.equal(stats.source, "");
    const stream = await run(toStream([wire(price(2))]));
    assert.equal(stream.session.stats.storedBytes, undefined);
  });

  it("uses the parser and the cache that it is given", async () => {
    const parser = new JsonParser();
    const cache = new StreamCache();
    await run(wire(price(2)), { parser, cache });
    const { session } = await run(
      wire(mcm([{ id: "1.1", rc: [{ id: 7, tv: 5 }] }])),
      { parser, cache },
    );
    assert.equal(session.cache, cache);
    assert.equal(parser.counts.changes, 2);
    assert.equal(priceIn(cache), 2);
  });

  it("refuses options of a cache beside a cache, as they would do nothing", () => {
    const cache = new StreamCache();
    assert.throws(
      () => replay(new Uint8Array(), { cache, strict: true }),
      /^TypeError: Cannot replay as "strict" must be an option of the cache/,
    );
    assert.throws(
      () => replay(new Uint8Array(), { cache, closedRetentionMs: 0 }),
      TypeError,
    );
    replay(new Uint8Array(), { cache, strict: undefined });
    assert.throws(
      () =>
        replay(new Uint8Array(), {
          parser: new JsonParser(),
          backend: "scanner",
        }),
      /^TypeError: Cannot replay as "backend" must be left out beside a parser/,
    );
  });

  it("reads a generated session of each flavor to its own state", async () => {
    for (const flavor of ["live", "pro", "basic"] as const) {
      const options = { seed: 3, flavor, messages: 200, markets: 2 };
      const { session } = await run(generateSession(options));
      const generator = new MarketGenerator(options);
      generator.bytes();
      assert.equal(stateText(session.cache), textOfState(generator.state));
    }
  });
});
