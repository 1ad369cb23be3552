import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { OutputError } from "../../src/cli/_output_error.ts";
import { runCli, withFiles } from "./_run_cli.ts";

const manifest = JSON.parse(
  readFileSync(new URL("../../deno.json", import.meta.url), "utf8"),
) as { version: string };

const COMMANDS = ["replay", "inspect", "digest"];
/** Commands that need more permissions, and so have tasks of their own. */
const LIVE_COMMANDS = ["watch", "record", "serve", "login", "demo"];

/** How this runtime runs the program. */
const RUN = "Deno" in globalThis ? "deno task" : "bun src/cli/main.ts";

describe("main()", () => {
  it("main() prints the help with every command when there is no argument", async () => {
    for (const args of [[], ["--help"], ["-h"], ["help"]]) {
      const { code, stdout, stderr } = await runCli(args);
      assert.equal(code, 0);
      assert.equal(stderr, "");
      for (const command of [...COMMANDS, ...LIVE_COMMANDS]) {
        assert.match(stdout, new RegExp(`^  ${command} +\\w`, "m"));
      }
    }
  });

  for (const command of [...COMMANDS, ...LIVE_COMMANDS]) {
    it(`main() prints the help of ${command} in each way to ask for it`, async () => {
      const { code, stdout } = await runCli([command, "--help"]);
      assert.equal(code, 0);
      assert.match(
        stdout,
        new RegExp(`${RUN} (?:cli )?${command} \\[options\\]`),
      );
      assert.match(stdout, /^Examples:$/m);
      assert.ok(stdout.split("\n").every((line) => line.length <= 80));
      assert.equal((await runCli([command, "-h"])).stdout, stdout);
      assert.equal((await runCli(["help", command])).stdout, stdout);
    });

    it(`main() documents every option that ${command} takes`, async () => {
      const { stdout } = await runCli([command, "--help"]);
      const { stderr } = await runCli([command, "--no-such-option"]);
      assert.match(stderr, /there is no option "--no-such-option"/);
      const documented = [...stdout.matchAll(/^ {2}(?:-h, )?--([\w-]+)/gm)]
        .map((match) => match[1]);
      assert.ok(documented.includes("help") && documented.includes("json"));
      for (const name of documented) {
        const { stderr } = await runCli([command, `--${name}`, "--help"]);
        assert.doesNotMatch(stderr, /there is no option/);
      }
    });
  }

  it("main() prints the version of deno.json", async () => {
    const { code, stdout } = await runCli(["--version"]);
    assert.deepEqual([code, stdout], [0, `${manifest.version}\n`]);
  });

  it("main() exits with 2 and says what it did not understand", async () => {
    const cases: [args: string[], message: string][] = [
      [["repaly"], 'there is no command "repaly"; did you mean "replay"?'],
      [
        ["xyz"],
        'there is no command "xyz"; the commands are replay, inspect, digest, ' +
        "watch, record, serve, login, demo",
      ],
      [
        ["help", "digets"],
        'there is no command "digets"; did you mean "digest"?',
      ],
      [
        ["--versoin"],
        'there is no option "--versoin"; did you mean "--version"?',
      ],
      [
        ["replay", "--sed", "1"],
        'there is no option "--sed"; did you mean "--seed"?',
      ],
      [["replay", "-x"], 'there is no option "-x"'],
      [["replay", "--__proto__"], 'there is no option "--__proto__"'],
      [["replay", "--seed"], 'option "--seed" needs a value'],
      [["replay", "--seed", "--json"], 'option "--seed" needs a value'],
      [["replay", "--json=yes"], 'option "--json" takes no value: "yes"'],
      [
        ["replay", "--seed", "1.5"],
        'option "--seed" must be an integer: "1.5"',
      ],
      [
        ["replay", "--markets", "-1"],
        'option "--markets" must be an integer >= 0: "-1"',
      ],
      [
        ["replay", "--backend", "simd"],
        'option "--backend" must be one of auto, native, scanner, json: "simd"',
      ],
      [
        ["replay", "--seed", "1", "file"],
        "options --seed and --messages are for generated markets, not for files",
      ],
      [
        ["replay", "--messages", "1e6"],
        'option "--messages" must be an integer >= 0 and <= 1000000: "1e6"',
      ],
      [["digest"], "digest needs a file or folder"],
      [
        ["digest", "--every", "0", "x"],
        'option "--every" must be an integer >= 1: "0"',
      ],
      [["inspect"], "inspect needs a file or folder"],
      [
        ["watch"],
        "which markets? give --markets, --events, --sports, --types, " +
        "--countries or --venues",
      ],
      [
        ["watch", "--markets", "1.2,,1.3"],
        'option "--markets" must be values separated by commas: "1.2,,1.3"',
      ],
      [
        ["watch", "--markets", "1.2", "--levels", "3", "--all-offers"],
        "option --levels is for the best prices, not for all",
      ],
      [
        ["watch", "--markets", "1.2", "--heartbeat", "100"],
        'option "--heartbeat" must be an integer >= 500 and <= 5000: "100"',
      ],
      [
        ["watch", "--markets", "1.2", "--for", "-1"],
        'option "--for" must be a number > 0 and <= 2000000: "-1"',
      ],
      [["record", "--markets", "1.2"], "record needs one folder"],
      [["record", "--markets", "1.2", "a", "b"], "record needs one folder"],
      [
        ["record", "--markets", "1.2", "--per", "event", "a"],
        'option "--per" must be one of connection, market: "event"',
      ],
      [["serve", "a", "b"], "serve takes one file or folder"],
      [
        ["serve", "--pace", "fast"],
        'option "--pace" must be a number > 0 and <= 1000000: "fast"',
      ],
      [
        ["serve", "--seed", "1", "file"],
        "option --seed is for generated markets, not for files",
      ],
      [["login", "me"], "login takes no file: see --credentials"],
      [
        ["login", "--password", "hush"],
        'there is no option "--password"',
      ],
      [
        ["demo", "--markets", "0"],
        'option "--markets" must be an integer >= 1 and <= 200: "0"',
      ],
    ];
    for (const [args, message] of cases) {
      const { code, stdout, stderr } = await runCli(args);
      assert.equal(code, 2, args.join(" "));
      assert.equal(stdout, "");
      const [first, second] = stderr.split("\n");
      assert.equal(first, `error: ${message}`);
      assert.match(
        second!,
        new RegExp(`^See: ${RUN} (?:cli )?(?:\\w+ )?--help$`),
      );
    }
  });

  it("main() takes a negative seed", async () => {
    const args = ["replay", "--seed", "-3", "--messages", "20"];
    const { code, stdout } = await runCli(args);
    assert.equal(code, 0);
    assert.match(stdout, /with seed -3\./);
  });

  it("main() takes what follows -- for a file", async () => {
    const { code, stderr } = await runCli(["replay", "--", "--json"]);
    assert.equal(code, 1);
    assert.match(
      stderr,
      /Cannot read "--json": there is no such file or folder/,
    );
  });

  for (const command of COMMANDS) {
    it(`main() exits with 1 when ${command} finds no such file`, async () => {
      const { code, stdout, stderr } = await runCli([command, "no/such.bz2"]);
      assert.deepEqual([code, stdout], [1, ""]);
      assert.equal(
        stderr,
        'error: Cannot read "no/such.bz2": there is no such file or folder\n',
      );
    });

    it(`main() exits with 1 when ${command} finds no recording in a folder`, async () => {
      await withFiles({ "notes.txt": "no recording" }, async (folder) => {
        const { code, stderr } = await runCli([command, folder]);
        assert.equal(code, 1);
        assert.match(
          stderr,
          /^error: Cannot replay folder ".+" as it holds no recordings/,
        );
      });
    });

    it(`main() exits with 130 and no message when ${command} is interrupted`, async () => {
      await withFiles(
        { "a.ndjson": '{"op":"mcm","pt":1}\n' },
        async (folder) => {
          const { code, stdout, stderr } = await runCli([command, folder], {
            signal: AbortSignal.abort(),
          });
          assert.deepEqual([code, stdout, stderr], [130, "", ""]);
        },
      );
    });
  }

  it("main() tells what has failed also when it is interrupted then", async () => {
    const controller = new AbortController();
    const full = Object.assign(new Error("no space left"), { code: "ENOSPC" });
    const { code, stderr } = await runCli(["replay", "--messages", "50"], {
      signal: controller.signal,
      writes: 0,
      get outputError(): Error {
        controller.abort();
        return new OutputError(full);
      },
    });
    assert.deepEqual(
      [code, stderr],
      [1, "error: Cannot write output: ENOSPC\n"],
    );
  });

  it("main() says what of a file of credentials counts", async () => {
    for (const command of ["watch", "record", "login"]) {
      const { stdout } = await runCli([command, "--help"]);
      assert.match(stdout, /What a file leaves out comes from the environment/);
    }
  });

  it("main() ends silently when the reader of its output is gone", async () => {
    const args = ["replay", "--messages", "20"];
    for (const writes of [0, 1, 2]) {
      const { code, stderr } = await runCli(args, { writes });
      assert.deepEqual([code, stderr], [0, ""]);
    }
  });

  it("main() colors on terminals only, and not when no color is wanted", async () => {
    const args = ["replay", "--messages", "20"];
    // deno-lint-ignore no-control-regex -- what colors are made of
    const escape = /\x1b\[/;
    const terminal = { isTerminal: true, columns: 100 };
    const colored = await runCli(args, { ...terminal, noColor: false });
    assert.match(colored.stdout, escape);
    const plain = await runCli(args, { ...terminal, noColor: true });
    assert.doesNotMatch(plain.stdout, escape);
    const piped = await runCli(args, { noColor: false, columns: 100 });
    assert.doesNotMatch(piped.stdout, escape);
    // Without its colors it is the same text.
    assert.equal(
      // deno-lint-ignore no-control-regex -- likewise
      colored.stdout.replaceAll(/\x1b\[\d+m/g, ""),
      plain.stdout,
    );
  });
});
