import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import process from "node:process";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { NativeParser } from "../../ffi/mod.ts";
import { openCommandParser } from "../../src/cli/_open_parser.ts";
import { missingLibrary } from "../ffi/_native.ts";
import { runCli } from "./_run_cli.ts";

const MAIN = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));
const REPLAY = ["replay", "--messages", "50", "--json"];

/** Runs the command line in a Deno that may do only what it is given. */
function runWith(permissions: readonly string[], args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [
    "run",
    "--no-prompt",
    ...permissions,
    MAIN,
    ...args,
  ], { encoding: "utf8" });
  return { status, stdout, stderr };
}

describe("--backend", () => {
  it("--backend native parses natively", { skip: missingLibrary }, async () => {
    const { code, stdout } = await runCli([...REPLAY, "--backend", "native"]);
    assert.equal(code, 0);
    const { backend, backendReason } = JSON.parse(stdout);
    assert.equal(backend, "native");
    assert.match(backendReason, /^asked for: .*libbetfair_tape/);
  });

  it(
    "--backend auto does, too, where it may",
    { skip: missingLibrary },
    async () => {
      for (const args of [REPLAY, [...REPLAY, "--backend", "auto"]]) {
        const { stdout } = await runCli(args);
        assert.equal(JSON.parse(stdout).backend, "native");
      }
    },
  );

  it("the native parser is closed when the command has done its work", {
    skip: missingLibrary,
  }, async () => {
    const { parser, ...opened } = await openCommandParser("native");
    assert.ok(parser instanceof NativeParser);
    opened[Symbol.dispose]();
    const line = new TextEncoder().encode('{"op":"mcm"}\n');
    assert.throws(() => parser.parse(line, 0, line.length), /closed/);
  });

  it("--backend names those that there are", async () => {
    const { code, stderr } = await runCli(["replay", "--backend", "simd"]);
    assert.equal(code, 2);
    assert.match(stderr, /auto, native, scanner, json: "simd"/);
  });

  describe("and the permissions of Deno", {
    skip: !("Deno" in globalThis) && "there are no permissions",
  }, () => {
    it("--backend auto loads nothing without them", () => {
      const { status, stdout } = runWith(["--allow-read"], REPLAY);
      assert.equal(status, 0);
      const { backend, backendReason } = JSON.parse(stdout);
      assert.equal(backend, "scanner");
      assert.match(backendReason, /^Cannot open native .*\(no-permission\)$/);
    });

    it("--backend native says what it needs", () => {
      for (const command of [REPLAY, ["inspect", MAIN], ["digest", MAIN]]) {
        const { status, stdout, stderr } = runWith(["--allow-read"], [
          ...command,
          "--backend",
          "native",
        ]);
        assert.equal(stdout, "");
        assert.match(stderr, /^error: Cannot .*native/);
        assert.match(stderr, /^"deno task build:ffi" builds .*--allow-ffi/m);
        assert.equal(status, 1);
      }
    });
  });
});
