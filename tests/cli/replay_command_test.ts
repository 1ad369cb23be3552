import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { gzipSync } from "node:zlib";
import { generateSession } from "../../src/testing/mod.ts";
import { backends } from "./_backends.ts";
import { runCli, withFiles } from "./_run_cli.ts";

const SMALL = { seed: 3, flavor: "pro", runners: 3, removals: false } as const;

/** Of the backend that there is everywhere: the footer names it. */
const SCANNER = ["replay", "--backend", "scanner"];

describe("replay", () => {
  it("replay --strict fails for a message of which only a part is there", async () => {
    const line = `{"op":"mcm","pt":1,"segmentType":"SEG_START","mc":[]}\n`;
    const bytes = new TextEncoder().encode(line);
    await withFiles({ "half.ndjson": bytes }, async (folder) => {
      const { code, stdout } = await runCli(["replay", folder]);
      assert.equal(code, 0);
      assert.match(stdout, /1 incomplete message dropped/);
      assert.equal((await runCli(["replay", "--strict", folder])).code, 1);
    });
  });

  it("replay shows a generated market when there is no file, and says so", async () => {
    const args = ["replay", "--seed", "3", "--messages", "300"];
    const { code, stdout, stderr } = await runCli(args, { tickMs: 500 });
    assert.deepEqual([code, stderr], [0, ""]);
    assert.equal((await runCli(args, { tickMs: 500 })).stdout, stdout);
    assert.match(
      stdout,
      /^No file was given: this market is generated, with seed 3\. /,
    );
    assert.match(stdout, /^CLOSED · went in play · WIN · /m);
    assert.match(stdout, /^\d+ {2}\* .+\n {5}WINNER /m);
    assert.match(
      stdout,
      /\n\n3\d\d messages · .* · (?:scanner|native) parser · 0 fallbacks · nothing skipped\n$/,
    );
    const other = await runCli(["replay", "--seed", "4", "--messages", "300"]);
    assert.notEqual(other.stdout, stdout);
  });

  it("replay shows a market as it was in the end", async () => {
    const bytes = generateSession({ ...SMALL, messages: 60, wholeLife: false });
    await withFiles({ "a.gz": gzipSync(bytes) }, async (folder) => {
      const { stdout } = await runCli([...SCANNER, `${folder}/a.gz`], {
        tickMs: 100,
      });
      assert.equal(stdout, OPEN_MARKET);
    });
  });

  it("replay shows the results, and the last prices, of a market that has closed", async () => {
    const bytes = generateSession({ ...SMALL, messages: 200, paceMs: 1000 });
    await withFiles({ "a.ndjson": bytes }, async (folder) => {
      const { stdout } = await runCli([...SCANNER, folder], { tickMs: 100 });
      assert.equal(stdout, CLOSED_MARKET);
    });
  });

  it("replay --json prints the same market, whole and stable", async () => {
    const bytes = generateSession({ ...SMALL, messages: 60, wholeLife: false });
    await withFiles({ "a.ndjson": bytes }, async (folder) => {
      const results = await Promise.all(
        backends.map((backend) =>
          runCli(["replay", "--json", "--backend", backend, folder])
        ),
      );
      const [a, ...others] = results.map(({ stdout }) => JSON.parse(stdout));
      assert.deepEqual([a, ...others].map(({ backend }) => backend), backends);
      for (const { markets, counts } of others) {
        assert.deepEqual(markets, a.markets);
        assert.deepEqual(counts, a.counts);
      }
      assert.equal(results[0]!.stdout.at(-1), "\n");
      assert.deepEqual(Object.keys(a), [
        "generated",
        "markets",
        "orders",
        "marketsNotShown",
        "counts",
        "backend",
        "backendReason",
        "ignoredFiles",
        "troubles",
        "elapsedMs",
      ]);
      const [market] = a.markets;
      assert.equal(market.status, "OPEN");
      assert.equal(market.prices.ladder, "available");
      assert.equal(market.runners.length, 3);
      for (const { back, lay } of market.runners) {
        assert.ok(back.length <= 3 && back[0][0] < lay[0][0]);
      }
      assert.deepEqual([a.generated, a.marketsNotShown, a.troubles], [
        null,
        0,
        [],
      ]);
      assert.equal(a.counts.bytes, bytes.length);
    });
  });

  it("replay shows the first markets, and all with --all", async () => {
    const bytes = generateSession({
      seed: 3,
      flavor: "pro",
      markets: 25,
      runners: 2,
      messages: 200,
    });
    await withFiles({ "a.ndjson": bytes }, async (folder) => {
      const shown = async (...options: string[]): Promise<[number, string]> => {
        const { stdout } = await runCli(["replay", ...options, folder]);
        const left = /^(\d+ more markets? not shown)/m.exec(stdout)?.[1] ?? "";
        return [stdout.match(/^# +Runner/gm)?.length ?? 0, left];
      };
      assert.deepEqual(await shown(), [20, "5 more markets not shown"]);
      assert.deepEqual(await shown("--all"), [25, ""]);
      assert.deepEqual(await shown("--markets", "24"), [
        24,
        "1 more market not shown",
      ]);
      assert.deepEqual(await shown("--markets", "0"), [
        0,
        "25 more markets not shown",
      ]);
    });
  });

  it("replay tells the first lines that it skipped, where and why, and counts them", async () => {
    const good = '{"op":"mcm","pt":1}\n';
    const text = good + "x\n".repeat(12) + '{"op":"mcm","mc":3}\n';
    await withFiles({ "a.ndjson": text }, async (folder) => {
      const path = `${folder}/a.ndjson`;
      const { code, stdout, stderr } = await runCli(["replay", path]);
      assert.equal(code, 0);
      assert.match(stdout, / · 13 fallbacks · 13 lines skipped\n$/);
      const lines = stderr.trimEnd().split("\n");
      assert.equal(lines.length, 11);
      assert.equal(
        lines[0],
        `skipped  Cannot read line 2 of ${
          JSON.stringify(path)
        } as it is not valid JSON: x ` +
          "(syntax, at byte 20)",
      );
      assert.equal(
        lines[10],
        "… and 3 more: 13 lines skipped, 0 damaged parts in all",
      );
      assert.equal((await runCli(["replay", "--strict", path])).code, 1);
      const { troubles, counts } = JSON.parse(
        (await runCli(["replay", "--json", path])).stdout,
      );
      assert.equal(counts.skippedLines, 13);
      assert.equal(troubles.length, 10);
      const { kind, lineNumber, byteOffset, reason } = troubles[0];
      assert.deepEqual([kind, lineNumber, byteOffset, reason], [
        "line",
        2,
        20,
        "syntax",
      ]);
    });
  });

  it("replay exits with 1 for a file that gives no message, with 0 for one that gives some", async () => {
    const whole = gzipSync(generateSession({ ...SMALL, messages: 2000 }));
    const files = {
      "half.gz": whole.subarray(0, whole.length / 2),
      "stump.gz": whole.subarray(0, 12),
      "notes.txt": "no messages\n",
      "empty.ndjson": "",
    };
    await withFiles(files, async (folder) => {
      const cases: [names: string[], code: number, stderr: RegExp][] = [
        [
          ["half.gz"],
          0,
          /^damaged {2}.+half\.gz.+\(truncated, at byte [\d,]+\)\n$/,
        ],
        [["stump.gz"], 1, /^damaged .+stump\.gz/],
        [["notes.txt"], 1, /^skipped .+notes\.txt/],
        [["empty.ndjson"], 0, /^$/],
        [["half.gz", "notes.txt"], 1, /half(?:.|\n)+notes/],
      ];
      for (const [names, expected, pattern] of cases) {
        const paths = names.map((name) => `${folder}/${name}`);
        const { code, stderr } = await runCli(["replay", ...paths]);
        assert.equal(code, expected, names.join());
        assert.match(stderr, pattern);
      }
    });
  });

  it("replay shows orders", async () => {
    const text =
      '{"op":"ocm","pt":1,"oc":[{"id":"1.2","orc":[{"id":7,"hc":-0.5,' +
      '"uo":[{"id":"1","p":3,"s":10,"side":"B","status":"E","sm":4,"sr":6}],' +
      '"mb":[[3,3],[3.4,1]]}]}]}\n';
    await withFiles({ "a.ndjson": text }, async (folder) => {
      const { stdout } = await runCli(["replay", folder]);
      assert.match(
        stdout,
        /^1\.2 +7 -0\.5 +1 +0 +4\.00 @ 3\.1 +– +8\.40 +-4\.00$/m,
      );
      const { orders } = JSON.parse(
        (await runCli(["replay", "--json", folder])).stdout,
      );
      assert.equal(orders[0].back.size, 4);
      assert.equal(orders[0].lay.averagePrice, null);
    });
  });

  it("replay shows progress on a terminal and takes it away before the result", async () => {
    const bytes = generateSession({ ...SMALL, messages: 3000 });
    await withFiles({ "a.ndjson": bytes }, async (folder) => {
      const terminal = { isTerminal: true, columns: 100, tickMs: 60 };
      const { stderrWrites } = await runCli(["replay", folder], terminal);
      assert.ok(stderrWrites.length > 2);
      assert.ok(stderrWrites[0]!.startsWith("\r\x1b[K"));
      assert.match(stderrWrites[0]!.slice(4), /^ *\d+ % ━*─* .+ messages/);
      assert.equal(stderrWrites.at(-1), "\r\x1b[K");
    });
  });

  it("replay --json writes numbers that JSON does not know as on the wire", async () => {
    const runners = [["NaN"], ["Infinity"], [3.5], []].map(([bsp], index) => ({
      id: index + 1,
      status: "ACTIVE",
      ...bsp === undefined ? {} : { bsp },
    }));
    const message = {
      op: "mcm",
      pt: 1,
      mc: [{
        id: "1.1",
        img: true,
        marketDefinition: { status: "OPEN", runners },
      }],
    };
    await withFiles({ "a.ndjson": JSON.stringify(message) }, async (folder) => {
      const { stdout } = await runCli(["replay", "--json", folder]);
      const [market] = JSON.parse(stdout).markets;
      assert.deepEqual(
        market.runners.map((runner: Record<string, unknown>) =>
          runner["startingPrice"]
        ),
        ["NaN", "Infinity", 3.5, null],
      );
    });
  });
});

const OPEN_MARKET = `\
Newbury 14th Nov · 6f Nov Stks                                                           1.218031117
OPEN · WIN · Newbury, GB · 2023-11-14 22:43 UTC · £16,025.32 matched
prices: all offers (atb, atl)

#    Runner                      Back │   Lay              Last  Matched
1    Velvet Echo     1.15  1.17  1.18 │  1.21  1.22   1.4  1.21    5,992
     ACTIVE            44   134    36 │     3    73    19
2    Hidden Shadow    8.6   8.8     9 │   9.4   9.6    13   9.4    7,616
     ACTIVE           320   131   532 │     1   162     9
3    Copper Rêverie  16.5    17  17.5 │    18    19  19.5  17.5    2,417
     ACTIVE            25    48     1 │   192   118   321

60 messages · 18.7 kB in 0.10 s · 187 kB/s · scanner parser · 0 fallbacks · nothing skipped
`;

const CLOSED_MARKET = `\
Kempton 14th Nov · 5f Hcap                                                               1.218031116
CLOSED · went in play · WIN · Kempton, GB · 2023-11-14 22:15 UTC · £19,736.53 matched
prices: all offers (atb, atl), as last seen at 22:16:27 UTC

#    Runner                      Back │   Lay              Last  Matched   BSP
1    Hidden Shadow    7.8    19   230 │                     850    3,488  2.93
     LOSER              1    13    38 │
2  * Copper Rêverie                   │  1.28  1.31  2.24  1.24    9,449  2.92
     WINNER                           │     1    24   114
3    Brave Echo       620   970   980 │                     920    6,799  3.18
     LOSER              9     7     8 │

204 messages · 65.8 kB in 0.10 s · 658 kB/s · scanner parser · 0 fallbacks · nothing skipped
`;
