import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { inspect } from "node:util";
import { login, type LoginOptions } from "../../src/client/login.ts";
import { LoginError } from "../../src/client/login_error.ts";
import { Secret } from "../../src/client/secret.ts";
import { CertificateAuthority } from "../../src/testing/_certificates.ts";
import { MockExchange } from "../../src/testing/mock_exchange.ts";
import {
  type IdentityHandler,
  type IdentityServer,
  type IdentityServerOptions,
  replies,
  startIdentityServer,
} from "./_identity_server.ts";

// With characters that a form must encode.
const SECRETS = {
  appKey: "AppKeyQ7x",
  username: "trader+1@example.org",
  password: 'p&s= w%ö"rd123456',
};
const TOKEN = "TokenZ9k+/q==";
const SUCCESS = {
  token: TOKEN,
  product: SECRETS.appKey,
  status: "SUCCESS",
  error: "",
};
const FAILURE = { token: "", product: "", status: "FAIL" };

/** Logs in to a service that answers so. */
async function withService(
  handler: IdentityHandler,
  action: (
    server: IdentityServer,
    options: LoginOptions,
  ) => Promise<void>,
  serverOptions: IdentityServerOptions = {},
): Promise<void> {
  await using server = await startIdentityServer(handler, serverOptions);
  await action(server, {
    ...SECRETS,
    identityUrl: server.url,
    caCerts: [server.caCert],
  });
}

/** The error of a login that must fail. */
async function failureOf(options: LoginOptions): Promise<LoginError> {
  try {
    await login(options);
  } catch (error) {
    assert.ok(error instanceof LoginError, String(error));
    assertNoSecrets(error);
    return error;
  }
  assert.fail("the login must fail");
}

/** Looks for credentials wherever a program may show a value. */
function assertNoSecrets(value: unknown): void {
  const { Deno, Bun } = globalThis as {
    Deno?: { inspect(value: unknown, options?: unknown): string };
    Bun?: { inspect(value: unknown, options?: unknown): string };
  };
  const shown = [
    String(value),
    value instanceof Error ? value.stack ?? "" : "",
    value instanceof Error ? value.message : "",
    JSON.stringify(value),
    JSON.stringify(value, Object.getOwnPropertyNames(value)),
    inspect(value, { showHidden: true, depth: 20 }),
    inspect(value, { customInspect: false, depth: 20 }),
    Deno?.inspect(value, { showHidden: true, depth: 20 }) ?? "",
    Bun?.inspect(value, { depth: 20 }) ?? "",
  ].join("\n");
  for (const secret of [...Object.values(SECRETS), TOKEN]) {
    for (const form of [secret, encodeURIComponent(secret)]) {
      assert.ok(!shown.includes(form), shown);
    }
  }
  // What base64 of the key looks like.
  assert.doesNotMatch(shown, /BEGIN PRIVATE KEY/);
}

describe("login()", () => {
  it("login() posts an encoded form and gives a session", async () => {
    await withService(replies(SUCCESS), async ({ calls }, options) => {
      const session = await login(options);
      assert.equal(session.token.reveal(), TOKEN);
      assert.equal(session.lifeMs, 4 * 3_600_000);
      assert.equal(session.isLimited, false);
      assertNoSecrets(session);
      const [call] = calls;
      assert.equal(calls.length, 1);
      assert.equal(call!.method, "POST");
      assert.equal(call!.url, "/api/login");
      assert.equal(call!.headers["x-application"], SECRETS.appKey);
      assert.equal(call!.headers["accept"], "application/json");
      assert.equal(
        call!.headers["content-type"],
        "application/x-www-form-urlencoded",
      );
      assert.equal(call!.headers["x-authentication"], undefined);
      assert.deepEqual([...new URLSearchParams(call!.body)], [
        ["username", SECRETS.username],
        ["password", SECRETS.password],
      ]);
    });
  });

  it("login() takes secrets for credentials", async () => {
    await withService(replies(SUCCESS), async ({ calls }, options) => {
      await login({
        ...options,
        appKey: new Secret(SECRETS.appKey),
        username: new Secret(SECRETS.username),
        password: new Secret(SECRETS.password),
      });
      assert.match(calls[0]!.body, /^username=trader%2B1%40example.org&pass/);
    });
  });

  it("login() by certificate shows it, and asks for certlogin", async () => {
    const reply = { sessionToken: TOKEN, loginStatus: "SUCCESS" };
    await withService(replies(reply), async ({ calls, client }, options) => {
      for (const key of [client.key, new Secret(client.key)]) {
        const session = await login({
          ...options,
          certificate: { cert: client.cert, key },
        });
        assert.equal(session.token.reveal(), TOKEN);
      }
      assert.deepEqual(calls.map(({ url }) => url), [
        "/api/certlogin",
        "/api/certlogin",
      ]);
      // The service lets nobody in without.
      assert.equal((await failureOf(options)).code, "CONNECTION_FAILED");
      assert.equal(calls.length, 2);
    }, { needsCertificate: true });
  });

  it("login() tells that access is limited", async () => {
    const reply = { ...SUCCESS, status: "LIMITED_ACCESS", error: "SOME" };
    await withService(replies(reply), async (_server, options) => {
      assert.equal((await login(options)).isLimited, true);
    });
  });

  it("login() takes the life of a token that it is told", async () => {
    await withService(replies(SUCCESS), async (_server, options) => {
      const lives = [
        await login({ ...options, lifeMs: 1234 }),
        await login({ ...options, jurisdiction: "italy" }),
        await login({ ...options, jurisdiction: "australia" }),
      ];
      assert.deepEqual(lives.map(({ lifeMs }) => lifeMs), [
        1234,
        1_200_000,
        1_200_000,
      ]);
    });
  });

  const refusals: [reply: unknown, code: string, advice: RegExp][] = [
    [
      { ...FAILURE, error: "INVALID_USERNAME_OR_PASSWORD" },
      "INVALID_USERNAME_OR_PASSWORD",
      /check username and password/,
    ],
    [
      { ...FAILURE, error: "ACCOUNT_NOW_LOCKED" },
      "ACCOUNT_NOW_LOCKED",
      /unlock it on the website/,
    ],
    [
      { ...FAILURE, error: "STRONG_AUTH_CODE_REQUIRED" },
      "STRONG_AUTH_CODE_REQUIRED",
      /two-step code/,
    ],
    [
      { ...FAILURE, error: "TEMPORARY_BAN_TOO_MANY_REQUESTS" },
      "TEMPORARY_BAN_TOO_MANY_REQUESTS",
      /20 minutes/,
    ],
    [
      { ...FAILURE, status: "LOGIN_RESTRICTED", error: "" },
      "LOGIN_RESTRICTED",
      /website/,
    ],
    [{ ...FAILURE, error: "A_NEW_REASON" }, "A_NEW_REASON", /website/],
  ];
  for (const [reply, code, advice] of refusals) {
    it(`login() refused with ${code} says what to do`, async () => {
      await withService(replies(reply), async (_server, options) => {
        const error = await failureOf(options);
        assert.equal(error.code, code);
        assert.equal(error.call, "login");
        assert.equal(error.httpStatus, 200);
        assert.equal(error.isTransient, false);
        assert.match(error.advice, advice);
        assert.equal(
          error.message,
          `Cannot log in as the exchange must accept it: ${code} (${error.advice})`,
        );
      });
    });
  }

  it("login() by certificate finds the reason where it stands", async () => {
    const reply = { loginStatus: "CERT_AUTH_REQUIRED" };
    await withService(replies(reply), async ({ client }, options) => {
      const error = await failureOf({ ...options, certificate: client });
      assert.equal(error.code, "CERT_AUTH_REQUIRED");
      assert.equal(error.call, "certlogin");
      assert.match(error.message, /^Cannot log in by certificate as /);
    });
  });

  const strange: [name: string, handler: IdentityHandler][] = [
    ["a token that is none", replies({ ...SUCCESS, token: "" })],
    [
      "a token that cannot stand in a header",
      replies({ ...SUCCESS, token: "a\r\nX-Evil: b" }),
    ],
    ["a token that is no text", replies({ ...SUCCESS, token: 7 })],
    ["a status that is none", replies({ token: TOKEN })],
    ["a list", replies([SUCCESS])],
    ["null", replies(null)],
    [
      "credentials for a reason",
      replies({ ...FAILURE, status: SECRETS.password, error: TOKEN }),
    ],
    [
      "the application key in capitals for a reason",
      replies({ ...FAILURE, error: SECRETS.appKey.toUpperCase() }),
    ],
    ["HTML", (_call, response) => response.end("<html>")],
    ["nothing", (_call, response) => response.end()],
    [
      "quoted credentials that are no JSON",
      ({ body }, response) => response.end(`{${body}${TOKEN}`),
    ],
    [
      "a reply without end",
      (_call, response) => {
        response.writeHead(200);
        response.write("x".repeat(100_000));
      },
    ],
  ];
  for (const [name, handler] of strange) {
    it(`login() refuses ${name}`, async () => {
      await withService(handler, async (_server, options) => {
        const error = await failureOf(options);
        assert.equal(error.code, "INVALID_REPLY");
        assert.equal(error.httpStatus, 200);
      });
    });
  }

  it("login() tells an HTTP status that is not 200", async () => {
    const cases = [[503, true], [429, true], [403, false], [302, false]];
    for (const [status, isTransient] of cases) {
      const handler = replies(SUCCESS, Number(status));
      await withService(handler, async ({ calls }, options) => {
        const error = await failureOf(options);
        assert.equal(error.code, "HTTP_STATUS");
        assert.equal(error.httpStatus, status);
        assert.equal(error.isTransient, isTransient);
        assert.equal(calls.length, 1, "redirects are not followed");
      });
    }
  });

  it("login() tells an answer that is cut short", async () => {
    await withService((_call, response) => {
      response.writeHead(200, { "Content-Length": "1000" });
      response.write('{"token":"', () => response.destroy());
    }, async (_server, options) => {
      const error = await failureOf(options);
      assert.equal(error.code, "CONNECTION_FAILED");
      assert.equal(error.isTransient, true);
    });
  });

  it("login() gives up when the answer takes too long", async () => {
    await withService(() => {}, async (_server, options) => {
      const error = await failureOf({ ...options, timeoutMs: 50 });
      assert.equal(error.code, "TIMED_OUT");
      assert.equal(error.isTransient, true);
      assert.match(error.message, /must answer in time: 50 ms/);
    });
  });

  it("login() ends with the reason of its signal", async () => {
    const reason = new Error("enough");
    const controller = new AbortController();
    await withService(
      () => controller.abort(reason),
      async (_server, options) => {
        const { signal } = controller;
        await assert.rejects(login({ ...options, signal }), reason);
        await assert.rejects(login({ ...options, signal }), reason);
      },
    );
  });

  it("login() tells that nobody answers", async () => {
    const server = await startIdentityServer(replies(SUCCESS));
    await server[Symbol.asyncDispose]();
    const error = await failureOf({ ...SECRETS, identityUrl: server.url });
    assert.equal(error.code, "CONNECTION_FAILED");
    assert.equal(error.isTransient, true);
    assert.ok(error.cause instanceof Error);
    assert.match(error.message, /must be reached: localhost:\d+: /);
  });

  it("login() trusts no certificate but those of the authorities", async () => {
    await withService(replies(SUCCESS), async ({ calls }, options) => {
      const error = await failureOf({ ...options, caCerts: undefined });
      assert.equal(error.code, "CONNECTION_FAILED");
      assert.equal(calls.length, 0);
    });
    await withService(replies(SUCCESS), async ({ calls }, options) => {
      assert.equal((await failureOf(options)).code, "CONNECTION_FAILED");
      assert.equal(calls.length, 0);
    }, { hosts: ["example.org"] });
    await withService(replies(SUCCESS), async ({ calls }, options) => {
      assert.equal((await failureOf(options)).code, "CONNECTION_FAILED");
      assert.equal(calls.length, 0);
    }, { validFrom: new Date("2020-01-01"), validTo: new Date("2020-02-01") });
  });

  it("login() refuses options that are none, without telling them", async () => {
    const cases: [options: Record<string, unknown>, name: string][] = [
      [{ jurisdiction: "atlantis" }, "jurisdiction"],
      [{ appKey: "a\nb" }, "appKey"],
      [{ timeoutMs: 0 }, "timeoutMs"],
      [{ timeoutMs: NaN }, "timeoutMs"],
      [{ timeoutMs: 1e12 }, "timeoutMs"],
      [{ lifeMs: -1 }, "lifeMs"],
      [{ identityUrl: "http://localhost" }, "identityUrl"],
      [{ identityUrl: "nowhere" }, "identityUrl"],
      [{ password: "" }, "secret"],
    ];
    await withService(replies(SUCCESS), async ({ calls, client }, options) => {
      const { cert } = client;
      const other = await CertificateAuthority.create();
      const { key } = await other.issueClient("other");
      cases.push(
        [{ certificate: { cert: "no", key } }, "certificate.cert"],
        [
          { certificate: { cert, key: "BEGIN PRIVATE KEY" } },
          "certificate.key",
        ],
        [{ certificate: { cert, key } }, "certificate.key"],
      );
      for (const [change, name] of cases) {
        await assert.rejects(
          login({ ...options, ...change } as LoginOptions),
          (error) => {
            assert.ok(error instanceof TypeError, inspect(error));
            assert.match(error.message, new RegExp(`^Cannot .* ${name} `));
            assertNoSecrets(error);
            return true;
          },
          name,
        );
      }
      assert.equal(calls.length, 0);
    });
  });
});

describe("IdentitySession", () => {
  it("keepAlive() sends the token, and takes the one that comes back", async () => {
    const tokens = [TOKEN, TOKEN, "next", ""];
    await withService((call, response) => {
      replies({ ...SUCCESS, token: tokens.shift() })(call, response);
    }, async ({ calls }, options) => {
      const session = await login(options);
      const before = session.token;
      await session.keepAlive();
      assert.ok(session.token.equals(before));
      await session.keepAlive();
      assert.equal(session.token.reveal(), "next");
      await session.keepAlive();
      assert.equal(session.token.reveal(), "next");
      assertNoSecrets(session);
      assert.deepEqual(
        calls.slice(1).map((
          { url, body, headers },
        ) => [url, body, headers["x-authentication"]]),
        [
          ["/api/keepAlive", "", TOKEN],
          ["/api/keepAlive", "", TOKEN],
          ["/api/keepAlive", "", "next"],
        ],
      );
    });
  });

  it("logout() sends the token", async () => {
    await withService(replies(SUCCESS), async ({ calls }, options) => {
      const session = await login(options);
      await session.logout();
      assert.equal(calls[1]!.url, "/api/logout");
      assert.equal(calls[1]!.headers["x-authentication"], TOKEN);
      assert.equal(calls[1]!.headers["x-application"], SECRETS.appKey);
    });
  });

  it("keepAlive() and logout() tell that the session is over", async () => {
    let isFirst = true;
    await withService((call, response) => {
      const reply = isFirst ? SUCCESS : { ...FAILURE, error: "NO_SESSION" };
      isFirst = false;
      replies(reply)(call, response);
    }, async (_server, options) => {
      const session = await login(options);
      for (const call of ["keepAlive", "logout"] as const) {
        await assert.rejects(session[call](), (error) => {
          assert.ok(error instanceof LoginError);
          assert.equal(error.call, call);
          assert.equal(error.code, "NO_SESSION");
          assert.match(error.advice, /log in again/);
          assertNoSecrets(error);
          return true;
        });
      }
      await assert.rejects(
        session.keepAlive(AbortSignal.abort("stop")),
        (reason) => reason === "stop",
      );
    });
  });
});

describe("login() at a mock exchange", () => {
  it("login() gives tokens that the exchange takes, until they end", async () => {
    const { username, password } = SECRETS;
    await using exchange = await MockExchange.start({
      accounts: [{ username, password }],
    });
    const options: LoginOptions = {
      ...SECRETS,
      identityUrl: exchange.identityUrl,
      caCerts: [exchange.caCert],
    };
    const certificate = await exchange.issueClientCertificate(username);
    const interactive = await login(options);
    const certified = await login({ ...options, certificate });
    assert.ok(!interactive.token.equals(certified.token));
    await certified.keepAlive();
    await certified.logout();
    for (const call of ["keepAlive", "logout"] as const) {
      await assert.rejects(
        certified[call](),
        (error) => error instanceof LoginError && error.code === "NO_SESSION",
      );
    }
    await interactive.keepAlive();
    assert.deepEqual(exchange.identityCalls, {
      login: 1,
      certlogin: 1,
      keepAlive: 3,
      logout: 2,
    });
    const wrong = await failureOf({ ...options, password: "wrong" });
    assert.equal(wrong.code, "INVALID_USERNAME_OR_PASSWORD");
  });

  it("login() by a certificate of somebody else is refused", async () => {
    const { username, password } = SECRETS;
    await using exchange = await MockExchange.start({
      accounts: [{ username, password }],
    });
    const other = await CertificateAuthority.create();
    for (
      const certificate of [
        await exchange.issueClientCertificate("another"),
        await other.issueClient(username),
      ]
    ) {
      const error = await failureOf({
        ...SECRETS,
        identityUrl: exchange.identityUrl,
        caCerts: [exchange.caCert],
        certificate,
      });
      assert.equal(error.code, "CERT_AUTH_REQUIRED");
    }
  });
});
