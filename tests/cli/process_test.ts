import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, closeSync, existsSync, openSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { withFiles } from "./_run_cli.ts";

const MAIN = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));

/** What a process may do in Deno, and what it is shown to the test. */
interface StartOptions {
  /** Permissions beside that to read. */
  readonly permissions?: readonly string[];
  /** Where the standard output goes, instead of to the test. */
  readonly stdout?: number;
  /** Called with all output so far; true closes it. */
  readonly onOutput?: (text: string, child: ChildProcess) => boolean;
}

/** Starts the command line as a user does, in the runtime of this test. */
function start(
  args: string[],
  { permissions = [], stdout: target, onOutput }: StartOptions = {},
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const isDeno = "Deno" in globalThis;
  // The permissions that are documented, and no other.
  const before = isDeno
    ? ["run", "--no-prompt", "--allow-read", ...permissions]
    : [];
  const child = spawn(process.execPath, [...before, MAIN, ...args], {
    stdio: ["ignore", target ?? "pipe", "pipe"],
  });
  let [stdout, stderr] = ["", ""];
  child.stdout?.on("data", (chunk) => {
    stdout += chunk;
    if (onOutput?.(stdout, child)) child.stdout!.destroy();
  });
  child.stderr!.on("data", (chunk) => stderr += chunk);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => {
      // Deno tells some exit codes as the signals that they stand for.
      const told = code === null && signal !== null
        ? 128 + constants.signals[signal]
        : code;
      resolve({ code: told, stdout, stderr });
    });
  });
}

describe("main.ts as a program", () => {
  it("main.ts runs a command with the permission to read only", async () => {
    const { code, stdout, stderr } = await start([
      "replay",
      "--messages",
      "50",
      "--json",
    ]);
    assert.deepEqual([code, stderr], [0, ""]);
    assert.equal(JSON.parse(stdout).markets.length, 1);
  });

  it("main.ts hands its exit code on", async () => {
    const { code, stdout, stderr } = await start(["nonsense"]);
    assert.deepEqual([code, stdout], [2, ""]);
    assert.match(stderr, /^error: there is no command "nonsense"/);
  });

  it("main.ts survives that its reader goes away", async () => {
    // Much more than a pipe holds, so that writing goes on after it is closed.
    const args = ["inspect", "--json", ...Array(200).fill(MAIN)];
    const { code, stderr } = await start(args, { onOutput: () => true });
    assert.equal(code, 0);
    assert.doesNotMatch(stderr, /EPIPE|BrokenPipe|Uncaught/);
  });

  it("main.ts says that its output cannot be written", {
    skip: !existsSync("/dev/full") && "there is no /dev/full",
  }, async () => {
    for (
      const args of [
        ["replay", "--messages", "20"],
        ["demo", "--for", "0.5", "--every", "0.05"],
      ]
    ) {
      const full = openSync("/dev/full", "w");
      try {
        const { code, stderr } = await start(args, {
          stdout: full,
          permissions: ["--allow-net=localhost,127.0.0.1"],
        });
        assert.deepEqual(
          [code, stderr],
          [1, "error: Cannot write output: ENOSPC\n"],
        );
      } finally {
        closeSync(full);
      }
    }
  });

  it("main.ts says which task has the permission that is missing", {
    skip: !("Deno" in globalThis) && "there are no permissions",
  }, async () => {
    for (const [command, ...args] of [["demo"], ["serve"]]) {
      const { code, stdout, stderr } = await start([command!, ...args]);
      assert.deepEqual([code, stdout], [1, ""]);
      assert.equal(
        stderr,
        "error: Cannot connect as --allow-net=127.0.0.1 must be given: it is " +
          `not\n"deno task ${command}" gives it\n`,
      );
    }
    const ca = ["serve", "--ca", "no-such-ca.pem"];
    const { code, stderr } = await start(ca, { permissions: ["--allow-net"] });
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^error: Cannot write no-such-ca\.pem as --allow-write/,
    );
    assert.match(stderr, /"deno task serve" gives it/);
  });

  for (
    const [signal, exitCode] of [["SIGINT", 130], ["SIGTERM", 143]] as const
  ) {
    it(`main.ts runs the demo with the network of this computer, until ${signal}`, async () => {
      let isStopped = false;
      const { code, stdout, stderr } = await start(
        ["demo", "--every", "0.05"],
        {
          permissions: ["--allow-net=localhost,127.0.0.1"],
          onOutput(text, child): boolean {
            // A second signal would end it the hard way.
            if (!isStopped && / live\n/.test(text)) {
              isStopped = child.kill(
                signal,
              );
            }
            return false;
          },
        },
      );
      assert.deepEqual([code, stderr], [exitCode, ""]);
      assert.match(stdout, /^ {2}client +live · 1 connection · 0 reconnects/m);
    });
  }

  it("main.ts asks for no permission that was not given", {
    skip: !("Deno" in globalThis),
  }, async () => {
    await withFiles({
      credentials: "BETFAIR_APP_KEY=k\nBETFAIR_SESSION=s\n" +
        "BETFAIR_USERNAME=u\nBETFAIR_PASSWORD=p\n",
    }, async (folder) => {
      const path = join(folder, "credentials");
      chmodSync(path, 0o600);
      const file = ["--credentials", path];
      const login = await start(["login", ...file]);
      assert.equal(login.code, 1);
      assert.equal(
        login.stderr,
        "error: Cannot connect as --allow-net=identitysso.betfair.com:443 " +
          'must be given: it is not\n"deno task login" gives it\n',
      );
      const watch = await start(["watch", "--markets", "1.2", ...file]);
      assert.equal(watch.code, 1);
      assert.match(
        watch.stderr,
        /--allow-net=stream-api\.betfair\.com:443 must be given/,
      );
      // The environment is not even looked at.
      const { code, stderr } = await start(["watch", "--markets", "1.2"]);
      assert.equal(code, 1);
      assert.match(stderr, /^error: there are no credentials/);
    });
  });
});
