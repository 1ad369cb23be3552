import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { OutputError } from "../../src/cli/_output_error.ts";
import { StreamClient } from "../../src/client/stream_client.ts";
import { MarketGenerator } from "../../src/testing/market_generator.ts";
import { MockExchange } from "../../src/testing/mock_exchange.ts";
import type { MockExchangeOptions } from "../../src/testing/mock_exchange_options.ts";
import { replies, startIdentityServer } from "../client/_identity_server.ts";
import {
  type CliResult,
  runCli,
  type RunCliOptions,
  withFiles,
} from "./_run_cli.ts";
import { Terminal } from "./_terminal.ts";

const SECRETS = {
  BETFAIR_APP_KEY: "AppKeyQ7x",
  BETFAIR_SESSION: "TokenZ9k",
  BETFAIR_USERNAME: "trader-x1",
  BETFAIR_PASSWORD: "pass-w2",
};
const WITH_SESSION = {
  BETFAIR_APP_KEY: SECRETS.BETFAIR_APP_KEY,
  BETFAIR_SESSION: SECRETS.BETFAIR_SESSION,
};

/** Runs a command against a mock exchange. */
async function withExchange(
  options: MockExchangeOptions,
  action: (
    run: (
      args: readonly string[],
      options?: RunCliOptions,
    ) => Promise<CliResult>,
    folder: string,
    exchange: MockExchange,
  ) => Promise<void>,
): Promise<void> {
  await using exchange = await MockExchange.start({
    source: generated(),
    ...options,
  });
  await withFiles({ "ca.pem": exchange.caCert }, async (folder) => {
    const where = [
      "--host",
      exchange.host,
      "--port",
      String(exchange.port),
      "--ca",
      join(folder, "ca.pem"),
      "--heartbeat",
      "500",
    ];
    await action(
      async ([command, ...args], runOptions) => {
        const result = await runCli([command!, ...where, ...args], {
          environment: WITH_SESSION,
          ...runOptions,
        });
        assertNoSecrets(result);
        return result;
      },
      folder,
      exchange,
    );
  });
}

function generated(messages: number = 600): MarketGenerator {
  return new MarketGenerator({
    seed: 5,
    markets: 3,
    messages,
    orders: true,
    wholeLife: false,
  });
}

function assertNoSecrets({ stdout, stderr }: CliResult): void {
  for (const secret of Object.values(SECRETS)) {
    assert.ok(!`${stdout}${stderr}`.includes(secret));
  }
}

/**
 * Removes a recording as soon as its first file is there (before, it could not
 * even be begun), and goes on from there. It looks by itself: a recording that
 * runs well has nothing to say that one could wait for.
 */
function removeOnceBegun(folder: string, onRemoved: () => void): Disposable {
  const timer = setInterval(() => {
    if (!existsSync(folder) || readdirSync(folder).length === 0) return;
    clearInterval(timer);
    // A file may just be made in it, which would keep it from being empty.
    rmSync(folder, { recursive: true, maxRetries: 10, retryDelay: 1 });
    onRemoved();
  }, 2);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

/** The objects of a JSON output. */
function objects({ stdout }: CliResult): Record<string, unknown>[] {
  return stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
}

describe("demo", () => {
  it("demo tells markets and health in lines where there is no terminal", async () => {
    const { code, stdout, stderr } = await runCli([
      "demo",
      "--messages",
      "300",
      "--pace",
      "1000",
    ]);
    assert.deepEqual([code, stderr], [0, ""]);
    assert.match(stdout, /^\d\d:\d\d:\d\d connecting$/m);
    assert.match(stdout, /^\S+ 1\.\d+ .*WIN OPEN · £[\d,]+ matched · \d+ /m);
    assert.match(stdout, /^ {2}client +live · 1 connection · 0 reconnects/m);
    assert.match(stdout, /^ {2}received +\d+ messages/m);
    assert.ok(!stdout.includes("\x1b"));
  });

  it("demo tells objects with --json", async () => {
    const result = await runCli([
      "demo",
      "--json",
      "--messages",
      "300",
      "--pace",
      "1000",
    ]);
    assert.equal(result.code, 0);
    const all = objects(result);
    const types = new Set(all.map(({ type }) => type));
    for (const type of ["state", "market", "orders", "health"]) {
      assert.ok(types.has(type), type);
    }
    const health = all.at(-1)!;
    assert.equal(health.type, "health");
    assert.equal(health.state, "live");
    assert.ok(Number(health.messages) >= 300);
  });

  for (const columns of [80, 120]) {
    it(`demo draws in place on a terminal of ${columns} columns`, async () => {
      const rows = 40;
      const args = ["demo", "--messages", "400", "--pace", "500"];
      const { code, stdout } = await runCli(args, {
        isTerminal: true,
        columns,
        rows,
        tickMs: 1,
      });
      assert.equal(code, 0);
      // The emulation throws when a line is too wide.
      const terminal = new Terminal(columns, rows);
      await terminal.write(stdout.slice(0, stdout.indexOf("health") - 1));
      const text = terminal.lines.join("\n");
      assert.match(terminal.lines[0]!, /^● live · mock exchange, port \d+/);
      assert.equal(text.match(/● live/g)?.length, 1, text);
      assert.match(text, / # Runner .*Back │ .*Lay .*Last +Matched/);
      assert.match(text, /\d+ open orders/);
      assert.match(stdout, /publish → received/);
    });
  }

  it("demo reports, and exits with 130, when it is interrupted", async () => {
    const stop = new AbortController();
    const { code, stdout, stderr } = await runCli(
      ["demo", "--every", "0.02"],
      {
        signal: stop.signal,
        onStdout: (text) => text.includes(" live\n") && stop.abort(),
      },
    );
    assert.deepEqual([code, stderr], [130, ""]);
    assert.match(stdout, /^ {2}client +live · 1 connection/m);
  });

  it("demo ends silently when the reader of its output is gone", async () => {
    const args = ["demo", "--every", "0.02", "--calm"];
    for (const writes of [0, 1, 3]) {
      const { code, stderr } = await runCli(args, { writes });
      assert.deepEqual([code, stderr], [0, ""]);
    }
  });
});

describe("watch", () => {
  it("watch shows the markets that are asked for, and no other", async () => {
    await withExchange({}, async (run, _folder, exchange) => {
      const result = await run([
        "watch",
        "--types",
        "WIN",
        "--orders",
        "--json",
        "--levels",
        "2",
        "--messages",
        "100",
      ]);
      assert.equal(result.code, 0);
      const markets = objects(result).filter(({ type }) => type === "market");
      assert.ok(markets.length > 0);
      const [, subscription] = exchange.requests;
      assert.equal(subscription?.op, "marketSubscription");
      assert.deepEqual(subscription?.marketFilter, { marketTypes: ["WIN"] });
      assert.deepEqual(subscription?.marketDataFilter, {
        fields: ["EX_BEST_OFFERS", "EX_LTP", "EX_TRADED_VOL", "EX_MARKET_DEF"],
        ladderLevels: 2,
      });
      assert.equal(subscription?.heartbeatMs, 500);
      assert.ok(exchange.requests.some(({ op }) => op === "orderSubscription"));
    });
  });

  it("watch tells of a gap, and goes on", async () => {
    await withExchange({ pace: "stepped" }, async (run, _folder, exchange) => {
      const stop = new AbortController();
      let isCut = false;
      const result = await run(
        ["watch", "--sports", "7", "--json", "--every", "0.02"],
        {
          signal: stop.signal,
          onStdout(text): void {
            if (!isCut && text.includes('"state":"live"')) {
              isCut = true;
              exchange.disconnect("reset");
            } else if (text.includes('"type":"gap"')) stop.abort();
          },
        },
      );
      assert.equal(result.code, 130);
      const gap = objects(result).find(({ type }) => type === "gap");
      assert.equal(gap?.stream, "market");
      assert.equal(gap?.interruptions, 1);
      assert.equal(objects(result).at(-1)?.type, "health");
    });
  });

  it("watch says of which books it is not known whether they are right", async () => {
    // Of the 200 messages, those behind the first 20 lag, up to the end.
    const faults = [
      { kind: "unavailable", position: 20, messages: 1_000 },
    ] as const;
    await withExchange(
      { source: generated(200), faults, pace: 100 },
      async (run) => {
        const args = ["watch", "--sports", "7", "--every", "0.01"];
        const end = ["--messages", "150"];
        const json = objects(await run([...args, "--json", ...end]));
        const markets = json.filter(({ type }) => type === "market");
        assert.equal(markets[0]?.isStale, false);
        assert.equal(markets.at(-1)?.isStale, true);
        const lags = json.filter(({ type }) => type === "lag");
        assert.deepEqual(
          lags.map(({ stream, isLagging }) => [stream, isLagging]),
          [["market", true]],
        );
      },
    );
  });

  it("watch says what the exchange refuses, and what to do", async () => {
    await withExchange({ sessions: ["another"] }, async (run) => {
      const { code, stderr } = await run(["watch", "--sports", "7"]);
      assert.equal(code, 1);
      assert.match(stderr, /^error: Cannot .* INVALID_SESSION_INFORMATION/m);
    });
    await withExchange({ appKeys: ["another"] }, async (run) => {
      const { code, stderr } = await run(["watch", "--sports", "7"]);
      assert.equal(code, 1);
      assert.match(stderr, /^error: Cannot .* INVALID_APP_KEY/m);
    });
  });

  for (const command of ["watch", "record"]) {
    it(`${command} ends when a subscription is too large, as nothing would come`, async () => {
      await withExchange({ marketLimit: 1 }, async (run, folder) => {
        const { code, stderr } = await run([
          command,
          "--sports",
          "7",
          ...(command === "record" ? [join(folder, "recordings")] : []),
        ]);
        assert.equal(code, 1);
        assert.match(
          stderr,
          /^error: Cannot .* SUBSCRIPTION_LIMIT_EXCEEDED.*narrow the filter/m,
        );
      });
    });
  }

  for (const command of ["watch", "record"]) {
    it(`${command} fails when it was never live`, async () => {
      await withExchange({}, async (run, folder, exchange) => {
        await exchange.close();
        const { code, stderr } = await run([
          command,
          "--sports",
          "7",
          "--for",
          "0.2",
          ...(command === "record" ? [join(folder, "recordings")] : []),
        ]);
        assert.equal(code, 1);
        assert.match(stderr, /^error: Cannot follow markets: .*refuses it/m);
      });
    });
  }

  it("watch logs in anew when the session has expired", async () => {
    const reply = { token: "FreshToken", status: "SUCCESS", error: "" };
    await using identity = await startIdentityServer(replies(reply));
    await withExchange({
      sessions: ["FreshToken"],
      certificates: identity.certificates,
    }, async (run) => {
      const { code, stdout } = await run([
        "watch",
        "--sports",
        "7",
        "--identity",
        identity.url,
        "--messages",
        "20",
      ], { environment: SECRETS });
      assert.equal(code, 0);
      assert.match(stdout, /INVALID_SESSION_INFORMATION/);
      assert.match(stdout, /^ {2}client +live/m);
      assert.equal(identity.calls.length, 1);
    });
  });

  it("watch needs credentials", async () => {
    const { code, stderr } = await runCli(["watch", "--markets", "1.2"]);
    assert.equal(code, 1);
    assert.match(stderr, /^error: there are no credentials: BETFAIR_APP_KEY/);
    assert.match(stderr, /--allow-env/);
  });
});

describe("record", () => {
  it("record writes what replay reads", async () => {
    await withExchange({}, async (run, folder) => {
      const target = join(folder, "recordings");
      const { code, stdout } = await run([
        "record",
        "--sports",
        "7",
        "--orders",
        "--plain",
        "--messages",
        "200",
        target,
      ]);
      assert.equal(code, 0);
      const lines = /^recorded ([\d,]+) lines, .*, 1 file$/m.exec(stdout)?.[1];
      assert.ok(Number(lines) >= 200, stdout);
      const [file] = readdirSync(target).filter((name) =>
        name.endsWith(".ndjson")
      );
      const text = readFileSync(join(target, file!), "utf8");
      assert.equal(text.trimEnd().split("\n").length, Number(lines));
      assert.ok(stdout.includes(file!));
      const replayed = await runCli(["replay", "--json", target]);
      assert.equal(replayed.code, 0);
      assert.equal(JSON.parse(replayed.stdout).counts.lines, Number(lines));
    });
  });

  it("record says why it cannot write", async () => {
    await withExchange({}, async (run, folder) => {
      writeFileSync(join(folder, "file"), "");
      const target = join(folder, "file", "recordings");
      const { code, stderr } = await run([
        "record",
        "--sports",
        "7",
        "--flush",
        "0",
        target,
      ]);
      assert.equal(code, 1);
      assert.match(stderr, /^error: Cannot record to /m);
    });
  });
});

describe("record when something fails", () => {
  for (
    const [name, outputError] of [
      ["is gone", undefined],
      [
        "is on a full disk",
        new OutputError(
          Object.assign(new Error("write ENOSPC"), { code: "ENOSPC" }),
        ),
      ],
    ] as const
  ) {
    it(`record goes on when the reader of its output ${name}`, async () => {
      await withExchange({ pace: 50 }, async (run, folder) => {
        const target = join(folder, "recordings");
        const { code, stderr } = await run([
          "record",
          "--sports",
          "7",
          "--plain",
          "--every",
          "0.01",
          "--messages",
          "300",
          target,
        ], { writes: 0, ...outputError === undefined ? {} : { outputError } });
        assert.equal(code, 0);
        // Once, however much is left out.
        assert.match(
          stderr,
          /^warning: nothing more is told on the standard output, but all goes on: .+\n$/,
        );
        const { stdout } = await runCli(["replay", "--json", target]);
        assert.ok(JSON.parse(stdout).counts.lines >= 300);
      });
    });
  }

  it("record says that files are not complete though it was stopped, and exits with 1", async () => {
    await withExchange({ pace: 50 }, async (run, folder) => {
      const target = join(folder, "recordings");
      const stop = new AbortController();
      using _removal = removeOnceBegun(target, () => stop.abort());
      const { code, stdout, stderr } = await run([
        "record",
        "--sports",
        "7",
        "--flush",
        "0",
        target,
      ], { signal: stop.signal });
      assert.match(stderr, /^error: Cannot record to /m);
      assert.match(stdout, /^recorded .*, as it failed$/m);
      assert.equal(code, 1);
    });
  });

  it("record tells both what the exchange refuses and that files are not complete", async () => {
    await withExchange({
      pace: 50,
      sessions: [SECRETS.BETFAIR_SESSION],
    }, async (run, folder, exchange) => {
      const target = join(folder, "recordings");
      using _removal = removeOnceBegun(target, () => {
        exchange.expireSessions();
        exchange.disconnect("reset");
      });
      const { code, stderr } = await run([
        "record",
        "--sports",
        "7",
        "--flush",
        "0",
        target,
      ]);
      assert.match(stderr, /^error: Cannot .* INVALID_SESSION_INFORMATION/m);
      assert.match(stderr, /^Cannot record to /m);
      assert.equal(code, 1);
    });
  });

  it("record does not ask for a permission in the middle of things", {
    skip: !("Deno" in globalThis) && "there are no permissions",
  }, () => {
    const { status, stderr } = spawnSync(process.execPath, [
      "run",
      "--allow-read",
      "--allow-net",
      fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url)),
      "record",
      "--sports",
      "7",
      "somewhere",
    ], { encoding: "utf8" });
    assert.match(
      stderr,
      /Cannot write somewhere as --allow-write must be given/,
    );
    assert.match(stderr, /"deno task record" gives it/);
    assert.equal(status, 1);
  });
});

describe("live commands and wrong settings", () => {
  for (const identity of ["nonsense", "http://localhost:1"]) {
    it(`login and watch refuse --identity ${identity}`, async () => {
      for (const command of [["login"], ["watch", "--sports", "7"]]) {
        const { code, stderr } = await runCli([
          ...command,
          "--identity",
          identity,
        ], { environment: SECRETS });
        assert.match(
          stderr,
          /option "--identity" must be a URL of protocol https: "/,
        );
        assert.equal(code, 2);
      }
    });
  }

  it("login and watch refuse an authority that is no certificate", async () => {
    await withFiles({ "ca.pem": "no certificate" }, async (folder) => {
      for (const command of [["login"], ["watch", "--sports", "7"]]) {
        const { code, stderr } = await runCli([
          ...command,
          "--ca",
          join(folder, "ca.pem"),
        ], { environment: SECRETS });
        assert.match(stderr, /as it must be a certificate, PEM: it is not/);
        assert.equal(code, 1);
      }
    });
  });
});

describe("serve", () => {
  it("serve ends with the error when its recording turns out to be damaged", async () => {
    const whole = gzipSync(Buffer.concat([...generated(2000).chunks()]));
    const cut = whole.subarray(0, whole.length * 0.7);
    await withFiles({ "a.gz": cut }, async (folder) => {
      let client: StreamClient | undefined;
      let reading: Promise<void> | undefined;
      const { code, stderr } = await runCli([
        "serve",
        "--json",
        "--pace",
        "max",
        join(folder, "a.gz"),
      ], {
        onStdout(text): void {
          client ??= clientOf(JSON.parse(text.split("\n")[0]!));
          reading ??= readAll(client);
        },
      });
      client?.close();
      await reading;
      assert.match(stderr, /^error: .*a\.gz/m);
      assert.equal(code, 1);
    });
  });

  it("serve tells how many lines it left out", async () => {
    const recording = Buffer.concat([
      ...generated(100).chunks(),
      Buffer.from("nonsense\n"),
    ]);
    await withFiles({ "a.ndjson": recording }, async (folder) => {
      for (const args of [["--json"], []]) {
        const stop = new AbortController();
        let seen: Promise<void> | undefined;
        const { stdout } = await runCli([
          "serve",
          "--pace",
          "max",
          "--ca",
          join(folder, "ca.pem"),
          ...args,
          join(folder, "a.ndjson"),
        ], {
          signal: stop.signal,
          onStdout(text): void {
            const port = Number(
              /localhost:(\d+)|"port":(\d+)/.exec(text)!
                .slice(1).join(""),
            );
            seen ??= readUntilLast(port, join(folder, "ca.pem"))
              .finally(() => stop.abort());
          },
        });
        await seen;
        assert.match(
          stdout,
          args.length > 0 ? /"skippedLines":1\b/ : / · 1 line left out\n$/,
        );
      }
    });
  });

  it("serve tells clients a recording", async () => {
    const recording = Buffer.concat([...generated(100).chunks()]);
    await withFiles({ "a.ndjson": recording }, async (folder) => {
      const stop = new AbortController();
      let seen: Promise<number> | undefined;
      const result = await runCli([
        "serve",
        "--json",
        "--pace",
        "max",
        join(folder, "a.ndjson"),
      ], {
        signal: stop.signal,
        onStdout(text): void {
          seen ??= marketsOf(JSON.parse(text)).finally(() => stop.abort());
        },
      });
      assert.ok(await seen! > 0);
      assert.equal(result.code, 130);
      const [started, ended] = objects(result);
      assert.equal(started?.type, "started");
      assert.equal(ended?.type, "ended");
      assert.equal(ended?.connections, 1);
    });
  });

  it("serve writes the authority to a file", async () => {
    await withFiles({}, async (folder) => {
      const path = join(folder, "ca.pem");
      const stop = new AbortController();
      const { code, stdout } = await runCli(["serve", "--ca", path], {
        signal: stop.signal,
        onStdout: () => stop.abort(),
      });
      assert.equal(code, 130);
      assert.match(readFileSync(path, "utf8"), /^-----BEGIN CERTIFICATE-----/);
      assert.match(
        stdout,
        /^mock exchange on localhost:\d+, logins on https:\S+, whose authority is in /,
      );
      assert.doesNotMatch(stdout, /BEGIN/);
    });
  });

  it("serve says what it cannot read, write or listen on", async () => {
    const missing = await runCli(["serve", "no/such.bz2"]);
    assert.equal(missing.code, 1);
    assert.match(missing.stderr, /^error: Cannot read "no\/such\.bz2"/);
    const readOnly = await runCli(["serve", "--ca", "no/such/ca.pem"]);
    assert.equal(readOnly.code, 1);
    assert.match(
      readOnly.stderr,
      /^error: Cannot write no\/such\/ca.pem: ENOENT/,
    );
    await using other = await MockExchange.start();
    const taken = await runCli(["serve", "--port", String(other.port)]);
    assert.equal(taken.code, 1);
    assert.match(taken.stderr, /^error: .*EADDRINUSE/);
  });
});

/** How many markets a client gets from a server. */
/** What `serve` says of itself. */
interface Started {
  readonly host: string;
  readonly port: number;
  readonly caCert: string;
}

function clientOf({ host, port, caCert }: Started): StreamClient {
  return new StreamClient({
    appKey: "key",
    session: "token",
    host,
    port,
    caCerts: [caCert],
    markets: {},
  });
}

async function readAll(client: StreamClient): Promise<void> {
  for await (const batch of client) batch.drain();
}

/** Reads until nothing is left to be told: a heartbeat comes. */
async function readUntilLast(port: number, caPath: string): Promise<void> {
  await using client = new StreamClient({
    appKey: "key",
    session: "token",
    host: "localhost",
    port,
    caCerts: [readFileSync(caPath, "utf8")],
    heartbeatMs: 500,
    markets: {},
  });
  for await (const batch of client) {
    for (const update of batch) if (update.kind === "heartbeat") return;
  }
}

async function marketsOf(started: Started): Promise<number> {
  await using client = clientOf(started);
  for await (const batch of client) {
    for (const update of batch) {
      if (update.isImage) return client.cache.markets.size;
    }
  }
  return 0;
}

describe("login", () => {
  const success = { token: "FreshToken", status: "SUCCESS", error: "" };

  it("login tries credentials, and keeps the token for itself", async () => {
    await using server = await startIdentityServer(replies(success));
    await withFiles({ "ca.pem": server.caCert }, async (folder) => {
      const where = ["--identity", server.url, "--ca", join(folder, "ca.pem")];
      const result = await runCli(["login", ...where], {
        environment: SECRETS,
      });
      assert.deepEqual([result.code, result.stderr], [0, ""]);
      assert.match(
        result.stdout,
        /^logged in, and out again: interactive login/,
      );
      assert.doesNotMatch(result.stdout, /FreshToken/);
      assertNoSecrets(result);
      assert.deepEqual(server.calls.map(({ url }) => url), [
        "/api/login",
        "/api/logout",
      ]);
      const token = await runCli(["login", "--token", ...where], {
        environment: SECRETS,
      });
      assert.deepEqual([token.code, token.stdout], [0, "FreshToken\n"]);
      assert.equal(server.calls.length, 3);
    });
  });

  it("login says why it does not work, and what to do", async () => {
    const refusal = { token: "", status: "FAIL", error: "ACCOUNT_NOW_LOCKED" };
    await using server = await startIdentityServer(replies(refusal));
    await withFiles({ "ca.pem": server.caCert }, async (folder) => {
      const where = ["--identity", server.url, "--ca", join(folder, "ca.pem")];
      const result = await runCli(["login", "--json", ...where], {
        environment: SECRETS,
      });
      assert.equal(result.code, 1);
      assertNoSecrets(result);
      assert.match(result.stderr, /^error: Cannot log in .*ACCOUNT_NOW_LOCKED/);
      const [json] = objects(result);
      assert.equal(json?.code, "ACCOUNT_NOW_LOCKED");
      assert.match(String(json?.advice), /unlock/);
    });
  });

  it("login needs a name and a password", async () => {
    const { code, stderr } = await runCli(["login"], {
      environment: WITH_SESSION,
    });
    assert.equal(code, 1);
    assert.match(stderr, /BETFAIR_USERNAME and BETFAIR_PASSWORD must be set/);
  });
});
