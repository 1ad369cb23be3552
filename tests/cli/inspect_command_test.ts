import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { gzipSync } from "node:zlib";
import { generateSession } from "../../src/testing/mod.ts";
import {
  missingReason,
  readGolden,
  readRecording,
  recordings,
} from "../support/recordings.ts";
import { backends } from "./_backends.ts";
import { runCli, withFiles } from "./_run_cli.ts";

const MESSAGE =
  '{"op":"mcm","pt":1700000000000,"clk":"12","mc":[{"id":"1.2","tv":5,"con":true,' +
  '"img":false,"marketDefinition":{"marketType":"WIN","eventName":"Kempton",' +
  '"runners":[{"id":7},{"id":8}]},"rc":[{"id":7,"ltp":2,"atb":[[2,1],[3,0]]},' +
  '{"id":8,"hc":0.5,"spn":"NaN","atb":[],"trd":[[2,1]]}]}]}\n';

describe("inspect", () => {
  it("inspect tells what is in a recording", async () => {
    const text = MESSAGE + '{"op":"mcm","pt":1700000061500,"clk":"13"}\nbad\n';
    await withFiles({ "a.ndjson": text }, async (folder) => {
      const path = `${folder}/a.ndjson`;
      const { code, stdout, stderr } = await runCli(["inspect", path]);
      assert.equal(code, 0);
      assert.match(
        stderr,
        /^skipped {2}Cannot read line 3 of .+ \(syntax, at byte 3\d\d\)\n$/,
      );
      assert.equal(
        stdout,
        `\
${path}  purchased PRO
  size         ${text.length} B · 3 lines · largest ${
          MESSAGE.length - 1
        } B (line 1)
  published    2023-11-14 22:13:20 UTC to 2023-11-14 22:14:21 UTC · 1:02 min
  messages     2 · mcm 2
  change types UPDATE 2
  markets      1 · WIN 1 · at most 2 runners
               1.2
  events       Kempton
  changes      1 market change · 0 images · 1 conflated · 1 definition · 2 runner changes
  values       tv (market) 1 · ltp 1 · handicap 1 · spn 1
  ladder rows  atb 2 in 2 · trd 1 in 1
  definitions  marketType · eventName · runners
  bad          1 line cannot be read
`,
      );
      assert.equal((await runCli(["inspect", "--strict", path])).code, 1);
    });
  });

  it("inspect tells live, recorded and purchased recordings apart", async () => {
    const mc = '"mc":[{"id":"1.2","rc":[{"id":7,"batb":[[0,2,1]]}]}]}\n';
    const cases: [content: string | Uint8Array, flavor: string][] = [
      [generateSession({ messages: 20 }), "live stream"],
      [generateSession({ messages: 20, flavor: "pro" }), "purchased PRO"],
      [generateSession({ messages: 20, flavor: "basic" }), "purchased BASIC"],
      [`{"op":"mcm","clk":"123",${mc}`, "purchased ADVANCED"],
      [`{"op":"mcm","clk":null,${mc}`, "recorded from a stream"],
      [
        `{"op":"mcm","clk":"AAA",${mc}`.repeat(2) +
        `{"op":"mcm","clk":"123",${mc}`,
        "recorded from a stream",
      ],
      [`{"op":"mcm","id":1,"clk":"AAA",${mc}`, "live stream"],
      ['{"op":"rcm"}\n', "live stream"],
      ["", "unknown"],
    ];
    for (const [content, flavor] of cases) {
      await withFiles({ "a.ndjson": content }, async (folder) => {
        const args = ["inspect", "--json", `${folder}/a.ndjson`];
        const [found] = JSON.parse((await runCli(args)).stdout);
        assert.equal(found.flavor, flavor);
      });
    }
  });

  it("inspect reports on each file of a folder, damage included", async () => {
    const whole = gzipSync(generateSession({ messages: 2000 }));
    const files = {
      "a.gz": whole,
      "b.gz": whole.subarray(0, whole.length / 2),
    };
    await withFiles(files, async (folder) => {
      const { code, stdout } = await runCli(["inspect", folder]);
      assert.equal(code, 0);
      assert.match(
        stdout,
        /a\.gz {2}live stream\n(?:.+\n)+\n.+b\.gz {2}live stream\n/,
      );
      assert.match(stdout, / {2}bad {10}1 damaged part\n$/);
      const { stdout: json } = await runCli(["inspect", "--json", folder]);
      const [a, b] = JSON.parse(json);
      assert.deepEqual([a.damagedParts, b.damagedParts], [0, 1]);
      assert.ok(b.messages > 0 && b.messages < a.messages);
      assert.deepEqual(a.troubles, []);
      assert.equal(b.troubles[0].reason, "truncated");
    });
  });

  it("inspect counts a line that has no end", async () => {
    await withFiles({ "a.ndjson": '{"op":"mcm"}\r\n\r\n{"op":"mcm"}' }, async (
      folder,
    ) => {
      const args = ["inspect", "--json", folder];
      const [found] = JSON.parse((await runCli(args)).stdout);
      assert.deepEqual([found.messages, found.bytes], [2, 28]);
    });
  });
});

describe("inspect on recordings", { skip: missingReason }, () => {
  for (const { name, path } of recordings) {
    it(`inspect counts what the golden of ${name} counts, with each backend`, async () => {
      const { counts } = readGolden(name);
      const results = await Promise.all(
        backends.map((backend) =>
          runCli(["inspect", "--json", "--backend", backend, path])
        ),
      );
      assert.equal(new Set(results.map(({ stdout }) => stdout)).size, 1);
      const [found] = JSON.parse(results[0]!.stdout);
      const counted: Record<string, number> = {
        messages: found.messages,
        "mc": found.marketChanges.count,
        "img": found.marketChanges.images,
        "con": found.marketChanges.conflated,
        "marketDefinition": found.marketChanges.definitions,
        "rc": found.marketChanges.runnerChanges,
      };
      for (const [op, count] of Object.entries<number>(found.ops)) {
        counted[`op:${op}`] = count;
      }
      for (const [type, count] of Object.entries<number>(found.changeTypes)) {
        counted[`ct:${type}`] = count;
      }
      for (const [ladder, value] of Object.entries(found.ladders)) {
        counted[`levels:${ladder}`] = (value as { rows: number }).rows;
      }
      for (const [key, count] of Object.entries(counted)) {
        assert.equal(count, counts[key] ?? 0, key);
      }
      assert.equal(found.bytes, readRecording(name).length);
      assert.equal(found.skippedLines + found.damagedParts, 0);
    });
  }
});
