import assert from "node:assert/strict";
import { once } from "node:events";
import { request } from "node:https";
import { describe, it } from "node:test";
import { CertificateAuthority } from "../../src/testing/_certificates.ts";
import {
  MockExchange,
  type MockExchangeOptions,
} from "../../src/testing/mod.ts";
import { connect } from "./_exchange.ts";
import { ManualTimers } from "./_manual_timers.ts";
import type { Line } from "./_raw_client.ts";

const JSON_HEADERS = { "X-Application": "key", "Accept": "application/json" };
const CREDENTIALS = "username=trader%40home&password=p%26ss+word";
const ACCOUNTS = [{ username: "trader@home", password: "p&ss word" }];

interface Call {
  readonly path: string;
  readonly body?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly certificate?: { readonly cert: string; readonly key: string };
}

/** Calls the identity service, verifying it. */
async function call(
  exchange: MockExchange,
  { path, body = "", method = "POST", headers, certificate = {} as never }:
    Call,
): Promise<{ status: number; text: string }> {
  const asked = request(exchange.identityUrl + path, {
    method,
    ca: exchange.caCert,
    agent: false,
    headers: { ...JSON_HEADERS, ...headers, "Content-Length": body.length },
    ...certificate,
  });
  asked.end(body);
  const [reply] = await once(asked, "response");
  let text = "";
  reply.setEncoding("utf8").on("data", (part: string) => text += part);
  await once(reply, "end");
  return { status: reply.statusCode, text };
}

async function callJson(exchange: MockExchange, options: Call): Promise<Line> {
  return JSON.parse((await call(exchange, options)).text);
}

function start(options: MockExchangeOptions = {}): Promise<MockExchange> {
  return MockExchange.start({
    pace: "stepped",
    accounts: ACCOUNTS,
    ...options,
  });
}

/** How the exchange answers to a token. */
async function authenticate(
  exchange: MockExchange,
  session: string,
): Promise<string> {
  using client = await connect(exchange);
  await client.send({ op: "authentication", id: 1, appKey: "key", session });
  const [, status] = await client.lines(2);
  return status.errorCode ?? status.statusCode;
}

describe("MockExchange identity", () => {
  it("gives a token that the exchange accepts, until it is logged out", async () => {
    await using exchange = await start();
    assert.equal(
      await authenticate(exchange, "made-up"),
      "INVALID_SESSION_INFORMATION",
    );
    const { token, ...others } = await callJson(exchange, {
      path: "/api/login",
      body: CREDENTIALS,
    });
    assert.deepEqual(others, { product: "key", status: "SUCCESS", error: "" });
    assert.equal(await authenticate(exchange, token), "SUCCESS");
    const headers = { "X-Authentication": token };
    assert.deepEqual(
      await callJson(exchange, { path: "/api/keepAlive", headers }),
      { token, product: "key", status: "SUCCESS", error: "" },
    );
    assert.equal(
      (await callJson(exchange, { path: "/api/logout", headers })).status,
      "SUCCESS",
    );
    assert.equal(
      await authenticate(exchange, token),
      "INVALID_SESSION_INFORMATION",
    );
    const { status, error } = await callJson(exchange, {
      path: "/api/keepAlive",
      headers,
    });
    assert.deepEqual([status, error], ["FAIL", "NO_SESSION"]);
    assert.deepEqual(exchange.identityCalls, {
      login: 1,
      certlogin: 0,
      keepAlive: 2,
      logout: 1,
    });
  });

  it("lets tokens expire unless they are kept alive", async () => {
    const timers = new ManualTimers();
    await using exchange = await start({ timers, sessionLifeMs: 1000 });
    const { token } = await callJson(exchange, {
      path: "/api/login",
      body: CREDENTIALS,
    });
    timers.pass(900);
    const headers = { "X-Authentication": token };
    await callJson(exchange, { path: "/api/keepAlive", headers });
    timers.pass(900);
    assert.equal(await authenticate(exchange, token), "SUCCESS");
    timers.pass(100);
    assert.equal(
      await authenticate(exchange, token),
      "INVALID_SESSION_INFORMATION",
    );
  });

  const refusals: readonly (readonly [
    string,
    Partial<Call>,
    MockExchangeOptions,
  ])[] = [
    ["INVALID_USERNAME_OR_PASSWORD", { body: "username=a&password=b" }, {}],
    ["INPUT_VALIDATION_ERROR", { headers: { "X-Application": "" } }, {}],
    ["INVALID_APP_KEY", {}, { appKeys: ["other"] }],
    ["ACCOUNT_NOW_LOCKED", {}, {
      accounts: [{ ...ACCOUNTS[0]!, refusal: "ACCOUNT_NOW_LOCKED" }],
    }],
  ];
  for (const [reason, change, options] of refusals) {
    it(`refuses a login: ${reason}`, async () => {
      await using exchange = await start(options);
      const login = { path: "/api/login", body: CREDENTIALS, ...change };
      assert.deepEqual(await callJson(exchange, login), {
        token: "",
        product: change.headers ? "" : "key",
        status: "FAIL",
        error: reason,
      });
      const certificate = await exchange.issueClientCertificate();
      assert.deepEqual(
        await callJson(exchange, {
          ...login,
          path: "/api/certlogin",
          certificate,
        }),
        { loginStatus: reason },
      );
    });
  }

  it("logs in by a certificate that is registered on the account", async () => {
    await using exchange = await start();
    const login = { path: "/api/certlogin", body: CREDENTIALS };
    const stranger = await CertificateAuthority.create();
    const certificates = [
      undefined,
      await stranger.issueClient("trader@home"),
      await exchange.issueClientCertificate("somebody else"),
    ];
    for (const certificate of certificates) {
      assert.deepEqual(
        await callJson(exchange, {
          ...login,
          ...certificate && { certificate },
        }),
        { loginStatus: "CERT_AUTH_REQUIRED" },
      );
    }
    const certificate = await exchange.issueClientCertificate("trader@home");
    const { sessionToken, loginStatus } = await callJson(exchange, {
      ...login,
      certificate,
    });
    assert.equal(loginStatus, "SUCCESS");
    assert.equal(await authenticate(exchange, sessionToken), "SUCCESS");
  });

  it("answers with LIMITED_ACCESS where that is so", async () => {
    await using exchange = await start({
      accounts: [{ ...ACCOUNTS[0]!, isLimited: true }],
    });
    const { token, status } = await callJson(exchange, {
      path: "/api/login",
      body: CREDENTIALS,
    });
    assert.equal(status, "LIMITED_ACCESS");
    assert.equal(await authenticate(exchange, token), "SUCCESS");
  });

  it("lets everybody in where there are no accounts", async () => {
    await using exchange = await start({ accounts: [] });
    const { status } = await callJson(exchange, {
      path: "/api/login",
      body: "username=a&password=b",
    });
    assert.equal(status, "SUCCESS");
    assert.equal(await authenticate(exchange, "any"), "SUCCESS");
  });

  it("answers with pages to those who do not ask for JSON, or ask for nothing", async () => {
    await using exchange = await start();
    const answers = [
      await call(exchange, { path: "/api/login", headers: { Accept: "*/*" } }),
      await call(exchange, { path: "/api/login", method: "GET" }),
      await call(exchange, { path: "/" }),
    ];
    assert.deepEqual(answers.map(({ status }) => status), [200, 405, 404]);
    for (const { text } of answers) assert.match(text, /^<!doctype html>/);
  });

  it("does not take more than a login can be", async () => {
    await using exchange = await start();
    const { status } = await call(exchange, {
      path: "/api/login",
      headers: { "X-Long": "x".repeat(70_000) },
    });
    assert.equal(status, 413);
  });
});
