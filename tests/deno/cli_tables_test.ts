// deno-lint-ignore-file no-top-level-await -- a test needs its reason to skip when it is declared

/**
 * Snapshots of what the command line prints: `__snapshots__/` next to this file,
 * in the format of `@std/testing/snapshot`. To accept what is printed now:
 *
 * ```sh
 * deno test -A tests/deno/ -- --update
 * ```
 *
 * The first test needs the library. The second reads the snapshots itself, so
 * that they hold on machines without it as well.
 */

import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import {
  generateSession,
  type MarketGeneratorOptions,
} from "../../src/testing/mod.ts";
import { runCli, type RunCliOptions, withFiles } from "../cli/_run_cli.ts";
import { loadStd, type StdSnapshot } from "../interop/_std.ts";

const { module: std, skip } = await loadStd<StdSnapshot<Deno.TestContext>>(
  "@std/testing/snapshot",
);

/** One table, and how it comes about. */
interface TableCase {
  readonly name: string;
  readonly args: readonly string[];
  /** The session in the file; without one, no file is given. */
  readonly session?: MarketGeneratorOptions;
  readonly options?: RunCliOptions;
}

const RACE: MarketGeneratorOptions = {
  seed: 5,
  flavor: "pro",
  runners: 6,
  messages: 250,
};

const OPEN_RACE: MarketGeneratorOptions = { ...RACE, wholeLife: false };

const LIVE: MarketGeneratorOptions = {
  seed: 9,
  runners: 3,
  messages: 150,
  wholeLife: false,
  orders: true,
};

const CASES: readonly TableCase[] = [
  { name: "replay of an open market", args: ["replay"], session: OPEN_RACE },
  {
    name: "replay of an open market on a narrow terminal",
    args: ["replay"],
    session: OPEN_RACE,
    options: { isTerminal: true, columns: 48, tickMs: 0 },
  },
  {
    name: "replay of an open market in color",
    args: ["replay"],
    session: OPEN_RACE,
    options: { isTerminal: true, columns: 100, noColor: false, tickMs: 0 },
  },
  { name: "replay of a settled market", args: ["replay"], session: RACE },
  {
    name: "replay of a live session with orders",
    args: ["replay"],
    session: LIVE,
  },
  {
    name: "replay of some of many markets",
    args: ["replay", "--markets", "2"],
    session: { ...OPEN_RACE, markets: 5, runners: 2 },
  },
  {
    name: "replay of a generated market",
    args: ["replay", "--seed", "3", "--messages", "300"],
  },
  { name: "inspect of a recording", args: ["inspect"], session: RACE },
  { name: "inspect of a live session", args: ["inspect"], session: LIVE },
];

/** What a command prints, with escapes to be seen and without the folder's name. */
async function printed(table: TableCase): Promise<string> {
  const { args, session, options = { tickMs: 100 } } = table;
  let text = "";
  const run = async (operands: readonly string[], folder: string) => {
    // Of the backend that there is everywhere: the footer names it.
    const result = await runCli(
      [...args, "--backend", "scanner", ...operands],
      options,
    );
    assert.deepEqual([result.code, result.stderr], [0, ""]);
    const shown = folder === ""
      ? result.stdout
      : result.stdout.replaceAll(`${folder}/`, "");
    text = shown.replaceAll("\x1b", "␛");
  };
  if (session === undefined) await run([], "");
  else {
    // The size of a gzip file depends on the runtime's zlib: plain where it is shown.
    const isPlain = args[0] === "inspect";
    const bytes = generateSession(session);
    const name = isPlain ? "session.ndjson" : "session.ndjson.gz";
    const content = isPlain ? bytes : gzipSync(bytes);
    await withFiles(
      { [name]: content },
      (folder) => run([`${folder}/${name}`], folder),
    );
  }
  return text;
}

Deno.test({
  name: "assertSnapshot() finds the command line's tables unchanged",
  ignore: skip !== false,
  async fn(context): Promise<void> {
    for (const table of CASES) {
      await context.step(table.name, async (step) => {
        await std().assertSnapshot(step, await printed(table), {
          serializer: (text) => text,
        });
      });
    }
  },
});

Deno.test({
  name: "the command line's tables are those of the committed snapshots",
  // With new tables on the way, the old file is not the measure.
  ignore: Deno.args.some((arg) => arg === "--update" || arg === "-u"),
  async fn(context): Promise<void> {
    const { snapshot } = await import(
      new URL("./__snapshots__/cli_tables_test.ts.snap", import.meta.url).href
    ) as { snapshot: Readonly<Record<string, string>> };
    const test = "assertSnapshot() finds the command line's tables unchanged";
    assert.deepEqual(
      Object.keys(snapshot).sort(),
      CASES.map(({ name }) => `${test} > ${name} 1`).sort(),
    );
    for (const table of CASES) {
      await context.step(table.name, async () => {
        assert.equal(
          `\n${await printed(table)}\n`,
          snapshot[`${test} > ${table.name} 1`],
        );
      });
    }
  },
});
