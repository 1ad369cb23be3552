import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Golden } from "../support/golden.ts";
import {
  missingReason,
  readGolden,
  recordings,
} from "../support/recordings.ts";
import { backends } from "./_backends.ts";
import { runCli, withFiles } from "./_run_cli.ts";

/** What the command must print: the golden's checkpoints, and the end if that is none. */
function linesOf({ checkpoints, counts, digest }: Golden): string {
  const rows = checkpoints.map((point) => [point.n, point.digest]);
  const messages = counts.messages!;
  if (rows.at(-1)?.[0] !== messages) rows.push([messages, digest]);
  return rows.map((row) => row.join("\t") + "\n").join("");
}

describe("digest on recordings", { skip: missingReason }, () => {
  for (const { name, path } of recordings) {
    it(`digest prints the golden's digests of ${name} with each backend`, async () => {
      const golden = readGolden(name);
      const every = String(golden.every);
      for (const backend of backends) {
        const args = ["digest", "--every", every, "--backend", backend, path];
        const { code, stdout, stderr } = await runCli(args);
        assert.equal(stdout, linesOf(golden), backend);
        assert.deepEqual([code, stderr], [0, ""]);
      }
    });
  }
});

const ONE =
  '{"op":"mcm","pt":1,"mc":[{"id":"1.2","rc":[{"atb":[[2,10]],"id":7}]}]}\n';
const TWO =
  '{"op":"mcm","pt":2,"mc":[{"id":"1.2","rc":[{"atb":[[2,0]],"id":7}]}]}\n';

describe("digest", () => {
  it("digest counts messages of every kind, and lines that are none not", async () => {
    const text = '{"op":"connection"}\n\r\n' + ONE + "hello\n" +
      '{"op":"mcm","pt":2,"ct":"HEARTBEAT"}\n' + TWO;
    await withFiles({ "a.ndjson": text }, async (folder) => {
      const args = ["digest", "--every", "1", `${folder}/a.ndjson`];
      const { code, stdout, stderr } = await runCli(args);
      const rows = stdout.trimEnd().split("\n").map((row) => row.split("\t"));
      assert.deepEqual(rows.map(([n]) => n), ["1", "2", "3", "4"]);
      assert.equal(rows[1]![1], rows[2]![1]); // a heartbeat changes nothing
      assert.notEqual(rows[2]![1], rows[3]![1]);
      // Of a part of a recording only, so it fails.
      assert.equal(code, 1);
      assert.match(
        stderr,
        /^skipped {2}Cannot read line 4 of ".+a\.ndjson" as /,
      );
    });
  });

  it("digest puts each file's name before its digests when there are several", async () => {
    await withFiles({ "a.ndjson": ONE, "b.ndjson": ONE }, async (folder) => {
      const { code, stdout } = await runCli(["digest", folder]);
      assert.equal(code, 0);
      const [first, a, second, b] = stdout.split("\n");
      assert.match(first!, /a\.ndjson:$/);
      assert.match(second!, /b\.ndjson:$/);
      assert.equal(a, b); // each begins with nothing
    });
  });

  it("digest --json prints the same as objects", async () => {
    await withFiles({ "a.ndjson": ONE + TWO }, async (folder) => {
      const file = `${folder}/a.ndjson`;
      const args = ["digest", "--every", "2", file];
      const text = (await runCli(args)).stdout;
      const [result] = JSON.parse((await runCli([...args, "--json"])).stdout);
      assert.equal(result.file, file);
      const rows = result.digests.map((
        { n, sha256 }: { n: number; sha256: string },
      ) => `${n}\t${sha256}\n`);
      assert.equal(rows.join(""), text);
      assert.equal(rows.length, 1);
    });
  });

  it("digest of an empty recording is that of no text", async () => {
    await withFiles({ "a.ndjson": "" }, async (folder) => {
      const { stdout } = await runCli(["digest", `${folder}/a.ndjson`]);
      assert.equal(
        stdout,
        "0\te3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\n",
      );
    });
  });
});
