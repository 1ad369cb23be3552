import assert from "node:assert/strict";
import { chmodSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { inspect } from "node:util";
import { CommandError } from "../../src/cli/_command_error.ts";
import type { CliIo } from "../../src/cli/cli_io.ts";
import { readCredentials } from "../../src/cli/_credentials.ts";
import { CertificateAuthority } from "../../src/testing/_certificates.ts";
import { withFiles } from "./_run_cli.ts";

/** A command's surroundings. */
function surroundings(
  environment: Readonly<Record<string, string>> = {},
): { io: CliIo; warnings: string[] } {
  const warnings: string[] = [];
  const output = {
    isTerminal: false,
    columns: undefined,
    write: (text: string): void => void warnings.push(text),
  };
  const io: CliIo = {
    stdout: output,
    stderr: output,
    noColor: true,
    now: () => 0,
    environment: (name) => environment[name],
  };
  return { io, warnings };
}

/** A client certificate. */
async function issue(): Promise<{ cert: string; key: string }> {
  return await (await CertificateAuthority.create()).issueClient("me");
}

describe("readCredentials()", () => {
  it("readCredentials() takes them from the environment", async () => {
    const { io } = surroundings({
      BETFAIR_APP_KEY: "key",
      BETFAIR_SESSION: "token",
    });
    const found = await readCredentials(undefined, io);
    assert.equal(found.appKey.reveal(), "key");
    assert.equal(found.session?.reveal(), "token");
    assert.equal(found.login, undefined);
    assert.doesNotMatch(inspect(found), /"key"|token'/);
  });

  it("readCredentials() takes them from a file first", async () => {
    await withFiles({
      "credentials": "# mine\nBETFAIR_APP_KEY = from-file\n\n" +
        "export BETFAIR_USERNAME='me=you'\r\nBETFAIR_PASSWORD=\"a # b\"\n" +
        "BETFAIR_CERT_FILE=CERT\nBETFAIR_KEY_FILE=KEY\n",
    }, async (folder) => {
      const path = join(folder, "credentials");
      chmodSync(path, 0o600);
      const { io, warnings } = surroundings({ BETFAIR_APP_KEY: "other" });
      await assert.rejects(
        readCredentials(path, io),
        /Cannot read the file that BETFAIR_CERT_FILE names: ENOENT/,
      );
      assert.deepEqual(warnings, []);
    });
    const { cert, key } = await issue();
    await withFiles({
      "cert.pem": cert,
      "key.pem": key,
      "credentials": "BETFAIR_APP_KEY=from-file\nBETFAIR_USERNAME='me=you'\n" +
        'BETFAIR_PASSWORD="a # b"\n',
    }, async (folder) => {
      const { io } = surroundings({
        BETFAIR_APP_KEY: "other",
        BETFAIR_CERT_FILE: join(folder, "cert.pem"),
        BETFAIR_KEY_FILE: join(folder, "key.pem"),
      });
      const found = await readCredentials(join(folder, "credentials"), io);
      assert.equal(found.appKey.reveal(), "from-file");
      assert.equal(found.login?.username.reveal(), "me=you");
      assert.equal(found.login?.password.reveal(), "a # b");
      assert.equal(found.login?.certificate?.cert, cert);
      assert.equal(found.login?.certificate?.key.reveal(), key);
    });
  });

  it("readCredentials() does not mix the login of a file with the environment's session", async () => {
    await withFiles({
      "credentials": "BETFAIR_USERNAME=me\nBETFAIR_PASSWORD=secret\n",
      "token": "BETFAIR_SESSION=token\n",
    }, async (folder) => {
      const { io } = surroundings({
        BETFAIR_APP_KEY: "key",
        BETFAIR_SESSION: "of another account",
        BETFAIR_USERNAME: "another",
      });
      const login = await readCredentials(join(folder, "credentials"), io);
      assert.equal(login.session, undefined);
      assert.equal(login.login?.username.reveal(), "me");
      const token = await readCredentials(join(folder, "token"), io);
      assert.equal(token.session?.reveal(), "token");
      assert.equal(token.login, undefined);
    });
  });

  it("readCredentials() takes a token though there is a certificate, too", async () => {
    const certificate = {
      BETFAIR_CERT_FILE: "/no/such/cert.pem",
      BETFAIR_KEY_FILE: "/no/such/key.pem",
    };
    const { io } = surroundings({
      BETFAIR_APP_KEY: "key",
      BETFAIR_SESSION: "token",
      ...certificate,
    });
    const found = await readCredentials(undefined, io);
    assert.equal(found.session?.reveal(), "token");
    assert.equal(found.login, undefined);
    await withFiles({ "token": "BETFAIR_SESSION=mine\n" }, async (folder) => {
      // The account that the environment speaks of is another one.
      const { io } = surroundings({
        BETFAIR_APP_KEY: "key",
        BETFAIR_USERNAME: "another",
        BETFAIR_PASSWORD: "secret",
        ...certificate,
      });
      const found = await readCredentials(join(folder, "token"), io);
      assert.equal(found.session?.reveal(), "mine");
      assert.equal(found.login, undefined);
    });
    const { io: alone } = surroundings({
      BETFAIR_APP_KEY: "key",
      ...certificate,
    });
    await assert.rejects(
      readCredentials(undefined, alone),
      /BETFAIR_USERNAME and BETFAIR_PASSWORD must be set/,
    );
  });

  it("readCredentials() does not quote what stands where a path belongs", async () => {
    const { cert } = await issue();
    const pem = "-----BEGIN PRIVATE KEY-----\nMIIEvAIBADAN\n-----END";
    const login = {
      BETFAIR_APP_KEY: "key",
      BETFAIR_USERNAME: "me",
      BETFAIR_PASSWORD: "secret",
    };
    await withFiles({ "cert.pem": cert }, async (folder) => {
      const path = join(folder, "cert.pem");
      const both = (certFile: string, keyFile: string) => ({
        ...login,
        BETFAIR_CERT_FILE: certFile,
        BETFAIR_KEY_FILE: keyFile,
      });
      const cases = [
        [undefined, both(pem, "k"), "BETFAIR_CERT_FILE"],
        [undefined, both(path, pem), "BETFAIR_KEY_FILE"],
        // Without its first line it looks like a path.
        [undefined, both(path, "MIIEvAIBADAN/x"), "BETFAIR_KEY_FILE"],
        ["BETFAIR_PASSWORD=MIIEvAIBADAN", login, "--credentials"],
        ["MIIEvAIBADAN\n", login, "--credentials"],
      ] as const;
      for (const [file, variables, name] of cases) {
        const { io } = surroundings(variables);
        const error = await readCredentials(file, io).then(
          () => assert.fail("they cannot be read"),
          (error: Error) => error,
        );
        assert.equal(
          error.message,
          `Cannot read the file that ${name} names: ENOENT`,
        );
        assert.ok(!inspect(error, { depth: 9 }).includes("MIIEvAIBADAN"));
      }
    });
  });

  it("readCredentials() does not quote the path of a file with a strange name", async () => {
    await withFiles({ "a=hush": "no credentials\n" }, async (folder) => {
      const path = join(folder, "a=hush");
      chmodSync(path, 0o644);
      const { io, warnings } = surroundings();
      await assert.rejects(readCredentials(path, io), (error) => {
        assert.doesNotMatch(inspect(error), /hush/);
        return true;
      });
      assert.doesNotMatch(warnings.join(""), /hush/);
    });
  });

  it("readCredentials() finds a certificate that cannot be used before it is", async () => {
    const [mine, other] = [await issue(), await issue()];
    await withFiles({
      "cert.pem": mine.cert,
      "key.pem": other.key,
      "garbage.pem": "hush",
    }, async (folder) => {
      const cases = [
        ["cert.pem", "key.pem", /must be the certificate's/],
        ["garbage.pem", "key.pem", /must be a certificate in PEM/],
        ["cert.pem", "garbage.pem", /must be a private key in PEM/],
      ] as const;
      for (const [certFile, keyFile, message] of cases) {
        const { io } = surroundings({
          BETFAIR_APP_KEY: "key",
          BETFAIR_SESSION: "token",
          BETFAIR_USERNAME: "me",
          BETFAIR_PASSWORD: "hush",
          BETFAIR_CERT_FILE: join(folder, certFile),
          BETFAIR_KEY_FILE: join(folder, keyFile),
        });
        await assert.rejects(readCredentials(undefined, io), (error) => {
          assert.ok(error instanceof CommandError);
          assert.match(error.message, message);
          assert.match(error.advice ?? "", /BETFAIR_CERT_FILE/);
          assert.doesNotMatch(inspect(error, { depth: 9 }), /hush|BEGIN/);
          return true;
        });
      }
    });
  });

  it("readCredentials() wants values of one line", async () => {
    const { io } = surroundings({ BETFAIR_APP_KEY: "a\nb" });
    await assert.rejects(
      readCredentials(undefined, io),
      /^CommandError: BETFAIR_APP_KEY must be one line: it is not$/,
    );
  });

  it("readCredentials() warns of a file that others can read", async () => {
    await withFiles({ "open": "BETFAIR_APP_KEY=key\n" }, async (folder) => {
      const path = join(folder, "open");
      chmodSync(path, 0o644);
      const { io, warnings } = surroundings();
      await readCredentials(path, io);
      assert.match(warnings.join(""), /^warning: other users can read .*open/);
    });
  });

  it("readCredentials() says what is missing", async () => {
    const cases: [environment: Record<string, string>, missing: RegExp][] = [
      [{}, /BETFAIR_APP_KEY must be set/],
      [
        { BETFAIR_APP_KEY: "key", BETFAIR_USERNAME: "hush" },
        /BETFAIR_USERNAME and BETFAIR_PASSWORD must be set/,
      ],
      [{
        BETFAIR_APP_KEY: "key",
        BETFAIR_USERNAME: "hush",
        BETFAIR_PASSWORD: "hush",
        BETFAIR_CERT_FILE: "x",
      }, /BETFAIR_CERT_FILE and BETFAIR_KEY_FILE must be set/],
    ];
    for (const [environment, missing] of cases) {
      const { io } = surroundings(environment);
      await assert.rejects(readCredentials(undefined, io), (error) => {
        assert.ok(error instanceof CommandError);
        assert.match(error.message, missing);
        assert.match(error.advice ?? "", /--credentials/);
        assert.doesNotMatch(inspect(error), /hush/);
        return true;
      });
    }
  });

  it("readCredentials() does not quote lines that it does not understand", async () => {
    for (const line of ["hush", "PASSWORD=hush", "BETFAIR_SECRET=hush"]) {
      await withFiles({ "file": `\n${line}\n` }, async (folder) => {
        const { io } = surroundings();
        await assert.rejects(
          readCredentials(join(folder, "file"), io),
          (error) => {
            assert.ok(error instanceof CommandError);
            assert.match(error.message, /as line 2 must be NAME=value/);
            assert.doesNotMatch(inspect(error), /hush/);
            return true;
          },
        );
      });
    }
  });
});
