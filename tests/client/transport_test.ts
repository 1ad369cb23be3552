import assert from "node:assert/strict";
import { connect, createServer, type Server } from "node:net";
import { describe, it } from "node:test";
import { setImmediate } from "node:timers";
import {
  ConnectionLostError,
  openTransport,
  StreamClient,
  type StreamClientOptions,
  type Transport,
} from "../../src/client/mod.ts";
import { LineTooLongError } from "../../src/framing/line_too_long_error.ts";
import { InvalidLineError } from "../../src/parsing/invalid_line_error.ts";
import {
  MockExchange,
  type MockExchangeOptions,
} from "../../src/testing/mod.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

const AUTHENTICATION = encoder.encode(
  `{"op":"authentication","id":1,"appKey":"k","session":"s"}\r\n`,
);

function start(options: MockExchangeOptions = {}): Promise<MockExchange> {
  return MockExchange.start({ pace: "stepped", ...options });
}

function open(
  exchange: MockExchange,
  hostname = exchange.host,
): Promise<Transport> {
  return openTransport({
    hostname,
    port: exchange.port,
    caCerts: [exchange.caCert],
    timeoutMs: 10_000,
  });
}

/** Reads up to a number of lines. */
async function lines(transport: Transport, count: number): Promise<string[]> {
  let text = "";
  while (text.split("\n").length <= count) {
    const chunk = await transport.read();
    if (chunk === null) break;
    text += decoder.decode(chunk);
  }
  return text.split("\r\n").slice(0, -1);
}

/** A plain TCP server that does what it is told with who connects. */
async function withServer(
  use: (port: number, server: Server) => Promise<void>,
): Promise<void> {
  const sockets = new Set<{ destroy(): void }>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.resume();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  try {
    await use(
      typeof address === "object" ? address!.port : 0,
      server,
    );
  } finally {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
}

describe("openTransport()", () => {
  it("speaks TLS, by name and by address", async () => {
    await using exchange = await start();
    for (const hostname of ["localhost", "127.0.0.1"]) {
      const transport = await open(exchange, hostname);
      assert.equal(
        JSON.parse((await lines(transport, 1))[0]!).op,
        "connection",
      );
      await transport.write(AUTHENTICATION);
      assert.equal(
        JSON.parse((await lines(transport, 1))[0]!).statusCode,
        "SUCCESS",
      );
      transport.close();
      transport.close();
      assert.equal(await transport.read(), null);
      await assert.rejects(
        transport.write(AUTHENTICATION),
        ConnectionLostError,
      );
    }
  });

  for (
    const [flaw, words] of [
      ["authority", /signed by one that is trusted: it is not/],
      ["expired", /it has expired/],
      ["host", /must be for this host: it is not/],
    ] as const
  ) {
    it(`refuses a certificate with the wrong ${flaw}, and says so`, async () => {
      await using exchange = await start({
        faults: [{ kind: "certificate", flaw }],
      });
      await assert.rejects(
        open(exchange),
        (error) =>
          error instanceof ConnectionLostError && error.phase === "connect" &&
          words.test(error.message),
      );
      assert.equal(exchange.requestCount, 0);
    });
  }

  it("refuses an authority that it was not told to trust", async () => {
    await using exchange = await start();
    await assert.rejects(
      openTransport({
        hostname: exchange.host,
        port: exchange.port,
        timeoutMs: 10_000,
      }),
      ConnectionLostError,
    );
  });

  it("sends no credentials to a server with a bad certificate", async () => {
    await using exchange = await start({
      faults: [{ kind: "certificate", flaw: "host", times: 10 }],
    });
    const client = new StreamClient({
      appKey: "key",
      session: "token",
      host: exchange.host,
      port: exchange.port,
      caCerts: [exchange.caCert],
      markets: {},
      backoff: { firstMs: 0, baseMs: 0, maxAttempts: 3 },
    });
    await assert.rejects(
      client[Symbol.asyncIterator]().next(),
      ConnectionLostError,
    );
    assert.equal(exchange.requestCount, 0);
  });

  for (const how of ["end", "abrupt", "reset"] as const) {
    it(`tells the end of a connection (${how})`, async () => {
      await using exchange = await start();
      const transport = await open(exchange);
      await lines(transport, 1);
      exchange.disconnect(how);
      // A reset may be seen as an end: both say that there is no more.
      const last = await transport.read().catch((error) => error);
      assert.ok(last === null || last instanceof ConnectionLostError);
      if (how !== "reset") assert.equal(last, null);
      transport.close();
    });
  }

  it("settles a read that is pending when it is closed", async () => {
    await using exchange = await start();
    const transport = await open(exchange);
    await lines(transport, 1);
    const pending = transport.read();
    transport.close();
    assert.equal(await pending, null);
  });

  it("refuses a host that does not listen", async () => {
    let port = 0;
    await withServer((given) => {
      port = given;
      return Promise.resolve();
    });
    await assert.rejects(
      openTransport({ hostname: "127.0.0.1", port, timeoutMs: 10_000 }),
      (error) =>
        error instanceof ConnectionLostError && error.phase === "connect" &&
        error.cause !== undefined,
    );
  });

  it("gives up when it takes too long, and when it is told to", async () => {
    await withServer(async (port, server) => {
      const options = { hostname: "127.0.0.1", port };
      await assert.rejects(
        openTransport({ ...options, timeoutMs: 20 }),
        (error) =>
          error instanceof ConnectionLostError && /20 ms/.test(error.message),
      );
      const abort = new AbortController();
      const reason = new Error("enough");
      server.once("connection", () => abort.abort(reason));
      await assert.rejects(
        openTransport({ ...options, timeoutMs: 10_000, signal: abort.signal }),
        reason,
      );
      await assert.rejects(
        openTransport({ ...options, timeoutMs: 10_000, signal: abort.signal }),
        reason,
      );
    });
  });

  it("holds no connection for each attempt at a server that says nothing", async () => {
    await withServer(async (port, server) => {
      let opened = 0;
      let closed = 0;
      // Deno keeps the first one until the server is gone.
      const areClosed = new Promise<boolean>((resolve) => {
        const giveUp = setTimeout(() => resolve(false), 5_000);
        server.on("connection", (socket) => {
          opened++;
          socket.on("close", () => {
            if (++closed < 4) return;
            clearTimeout(giveUp);
            resolve(true);
          });
        });
      });
      for (let attempt = 0; attempt < 5; attempt++) {
        await assert.rejects(
          openTransport({ hostname: "127.0.0.1", port, timeoutMs: 50 }),
          { name: "ConnectionLostError", phase: "connect" },
        );
      }
      assert.equal(opened, 5);
      assert.ok(await areClosed, `${closed} of ${opened} are closed`);
    });
  });

  it("connects when a server that said nothing is there again", async () => {
    await using exchange = await start();
    let port = 0;
    await withServer(async (silentPort) => {
      port = silentPort;
      await assert.rejects(
        openTransport({ hostname: "127.0.0.1", port, timeoutMs: 50 }),
        { name: "ConnectionLostError" },
      );
    });
    const relay = createServer((socket) => {
      const onward = connect(exchange.port, exchange.host);
      socket.pipe(onward).pipe(socket);
      for (const each of [socket, onward]) each.on("error", () => {});
    });
    await new Promise<void>((resolve) =>
      relay.listen(port, "127.0.0.1", resolve)
    );
    try {
      const transport = await openTransport({
        hostname: "127.0.0.1",
        port,
        caCerts: [exchange.caCert],
        timeoutMs: 10_000,
      });
      assert.match((await lines(transport, 1))[0]!, /"op":"connection"/);
      transport.close();
    } finally {
      await new Promise((resolve) => relay.close(resolve));
    }
  });

  it("refuses a server that speaks no TLS", async () => {
    await withServer(async (port, server) => {
      server.on("connection", (socket) => socket.write("hello\r\n"));
      await assert.rejects(
        openTransport({ hostname: "127.0.0.1", port, timeoutMs: 10_000 }),
        ConnectionLostError,
      );
    });
  });

  it("reads no more than is asked for", async () => {
    let sent = 0;
    const line = `${" ".repeat(65_535)}\n`;
    await using exchange = await start({
      faults: [{
        kind: "raw",
        bytes: (function* (): Generator<string> {
          while (sent < 400_000_000) {
            sent += line.length;
            yield line;
          }
        })(),
      }],
    });
    const transport = await open(exchange);
    for (let read = 0; read < 1_000_000;) {
      read += (await transport.read())!.length;
    }
    // Whatever the system's and TLS's buffers hold has been sent by now.
    let before = -1;
    while (before !== sent) {
      before = sent;
      for (let i = 0; i < 50; i++) {
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
    assert.ok(sent < 100_000_000, `${sent} bytes were taken`);
    transport.close();
  });
});

describe("StreamClient over TLS", () => {
  /** Iterates a client until it ends. */
  async function outcome(
    exchange: MockExchange,
    options: Partial<StreamClientOptions> = {},
  ): Promise<unknown> {
    const client = new StreamClient({
      appKey: "key",
      session: "token",
      host: exchange.host,
      port: exchange.port,
      caCerts: [exchange.caCert],
      markets: {},
      backoff: { firstMs: 0, baseMs: 0 },
      ...options,
    });
    try {
      for await (const batch of client) batch.drain();
    } catch (error) {
      return error;
    }
    return undefined;
  }

  it("ends on a line without end, having held no more than its limit", async () => {
    let sent = 0;
    await using exchange = await start({
      faults: [{
        kind: "raw",
        request: "marketSubscription",
        bytes: (function* (): Generator<string> {
          while (true) {
            sent += 65_536;
            yield " ".repeat(65_536);
          }
        })(),
      }],
    });
    const error = await outcome(exchange, { maxLineBytes: 1_000_000 });
    assert.ok(error instanceof LineTooLongError, String(error));
    assert.ok(sent < 100_000_000, `${sent} bytes were taken`);
    await exchange.until(() => exchange.openConnections === 0);
  });

  it("ends on connections that bring binary data", async () => {
    await using exchange = await start({
      faults: [{
        kind: "raw",
        request: "marketSubscription",
        bytes: Uint8Array.from({ length: 4_096 }, (_, i) => i * 7),
        times: 10,
      }],
    });
    assert.ok(await outcome(exchange) instanceof InvalidLineError);
    assert.equal(exchange.acceptedConnections, 3);
    await exchange.until(() => exchange.openConnections === 0);
  });
});
