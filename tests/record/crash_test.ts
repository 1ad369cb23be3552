import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import type { RecordOptions } from "../../src/record/mod.ts";
import { record } from "../../src/record/mod.ts";
import { SeededRandom } from "../support/random.ts";
import { crashSession } from "./_crash_session.ts";
import {
  FakeClient,
  priceLine,
  replayedState,
  withFolder,
} from "./_support.ts";

const CHILD = fileURLToPath(new URL("./_crash_child.ts", import.meta.url));
const SEED = 77;
const SESSION = crashSession(SEED);

/** Starts the child, and kills it after some reports; bytes that it called safe. */
async function recordAndKill(
  folder: string,
  options: RecordOptions,
  reports: number,
): Promise<number> {
  const runtime = "Deno" in globalThis ? ["run", "--allow-all"] : [];
  const child = spawn(
    process.execPath,
    [...runtime, CHILD, folder, JSON.stringify(options), String(SEED)],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const closed = once(child, "close");
  let safe = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    safe = Number(line);
    if (--reports === 0) child.kill("SIGKILL");
  }
  const [, signal] = await closed;
  assert.equal(signal, "SIGKILL");
  return safe;
}

/** What a folder holds of the session, and whether a part is there twice. */
function contentOf(folder: string): Buffer {
  const names = readdirSync(folder).sort();
  const parts: Buffer[] = [];
  for (const name of names) {
    const bytes = readFileSync(join(folder, name));
    if (name.endsWith(".gz")) {
      parts.push(gunzipSync(bytes));
      // Killed between giving a file its name and removing what it was made of.
      const part = name.replace(/gz$/, "part");
      if (!names.includes(part)) continue;
      assert.deepEqual(readFileSync(join(folder, part)), parts.at(-1));
      rmSync(join(folder, part));
      names.splice(names.indexOf(part), 1);
    } else if (/\.ndjson(?:\.part)?$/.test(name)) {
      parts.push(bytes);
    }
  }
  return Buffer.concat(parts);
}

describe("record() killed with SIGKILL", () => {
  const random = new SeededRandom(SEED);
  const cases: readonly [string, RecordOptions][] = [
    ["in one file", {}],
    ["with files that are completed all the time", { rotateBytes: 20_000 }],
    ["without compression", { rotateBytes: 50_000, gzip: false }],
    ["with a short flush interval", { flushMs: 1, fsync: "never" }],
  ];
  for (const [remark, options] of cases) {
    const reports = 5 + random.below(30);
    it(`leaves every flushed line, ${remark} (${reports} reports, seed ${SEED})`, async () => {
      await withFolder(async (folder) => {
        const safe = await recordAndKill(folder, options, reports);
        assert.ok(safe > 0);
        const content = contentOf(folder);
        assert.ok(content.length >= safe, `${content.length} of ${safe} bytes`);
        assert.ok(content.equals(SESSION.subarray(0, content.length)));
        assert.equal(
          await replayedState(folder),
          await replayedState(SESSION.subarray(0, content.length)),
        );
      });
    });
  }

  it("leaves the markets' files, each a beginning of what it would have become", async () => {
    await withFolder(async (folder) => {
      const options: RecordOptions = { per: "market", maxOpenFiles: 4 };
      const safe = await recordAndKill(folder, options, 12);
      const client = new FakeClient([{ bytes: SESSION }]);
      await withFolder(async (whole) => {
        await record(client, whole, { ...options, gzip: false }).run();
        let left = 0;
        for (const name of readdirSync(folder)) {
          const part = readFileSync(join(folder, name));
          const complete = readFileSync(
            join(whole, name.replace(/\.part$/, "")),
          );
          assert.ok(part.equals(complete.subarray(0, part.length)), name);
          assert.equal(part.at(-1), 0x0a, name);
          left += part.length;
        }
        assert.ok(left >= safe);
        assert.ok((await replayedState(folder)).length > 1000);
      });
    });
  });

  it("is no reason for the next recorder to write over what is left", async () => {
    await withFolder(async (folder) => {
      const options: RecordOptions = { per: "market" };
      await recordAndKill(folder, options, 5);
      const before = readdirSync(folder).filter((name) => /part$/.test(name));
      const sizes = before.map((name) => readFileSync(join(folder, name)));
      // Not one of orders: a market of that name would have another file.
      const market = before
        .map((name) => /^(1\.\d+)\.ndjson/.exec(name)?.[1])
        .find((id) => id !== undefined)!;
      const client = new FakeClient([{ bytes: priceLine(market, 2) }]);
      await record(client, folder, options).run();
      before.forEach((name, i) =>
        assert.deepEqual(readFileSync(join(folder, name)), sizes[i])
      );
      assert.ok(
        readdirSync(folder).includes(`${market}_000002.ndjson.gz`),
      );
    });
  });
});
