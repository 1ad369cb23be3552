import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  MarketGenerator,
  MockExchange,
  type MockExchangeOptions,
  type MockFault,
} from "../../src/testing/mod.ts";
import {
  connect,
  endsFirst,
  EVERYTHING,
  logIn,
  ORDERS,
  Reader,
} from "./_exchange.ts";
import { ManualTimers } from "./_manual_timers.ts";
import type { Line, RawClient } from "./_raw_client.ts";

/** A stepped exchange with some faults. */
function start(
  faults: readonly MockFault[],
  options: MockExchangeOptions = {},
): Promise<MockExchange> {
  return MockExchange.start({
    source: new MarketGenerator({
      seed: 6,
      markets: 2,
      messages: 40,
      orders: true,
      imageShare: 0,
      outageShare: 0,
    }),
    pace: "stepped",
    faults,
    ...options,
  });
}

/** Subscribes to markets and reads the image. */
async function subscribe(
  exchange: MockExchange,
  request: Line = EVERYTHING,
): Promise<{ client: RawClient; image: Line[] }> {
  const client = await logIn(exchange);
  await client.send(request);
  return { client, image: await client.until(endsFirst) };
}

/** All lines up to a heartbeat that is asked for now. */
async function linesToHere(
  exchange: MockExchange,
  client: RawClient,
): Promise<Line[]> {
  exchange.heartbeat();
  const clk = exchange.clk("market");
  return await client.until((line) =>
    line.ct === "HEARTBEAT" && line.clk === clk
  );
}

/** What an undisturbed connection sends, as bytes. */
async function undisturbed(): Promise<Uint8Array> {
  await using exchange = await start([]);
  const { client } = await subscribe(exchange);
  await exchange.advance(20);
  await linesToHere(exchange, client);
  client.close();
  return client.bytes;
}

/** Says everything that a client has to say, and reads to the end. */
async function readAll(exchange: MockExchange): Promise<RawClient> {
  const client = await connect(exchange);
  const authentication = {
    op: "authentication",
    id: 1,
    appKey: "key",
    session: "token",
  };
  await client.send(authentication).catch(() => {});
  await client.send(EVERYTHING).catch(() => {});
  while (await client.readOnce() !== null);
  return client;
}

describe("MockExchange faults", () => {
  for (const how of ["end", "abrupt", "reset"] as const) {
    it(`cuts the connection after a number of bytes: ${how}`, async () => {
      const whole = await undisturbed();
      for (const byte of [0, 1, 17, 40, 70, 150, 2000, whole.length - 300]) {
        await using exchange = await start([{ kind: "cut", how, byte }]);
        const reading = readAll(exchange);
        await Promise.race([
          reading,
          exchange.until(() => exchange.activeSubscriptions === 1),
        ]);
        await exchange.advance(20);
        exchange.heartbeat();
        using client = await reading;
        assert.equal(client.bytes.length, byte);
        // Only ids and times of connections differ from one to the next.
        assert.equal(exchange.openConnections, 0);
        // The fault has happened, and the next connection is whole.
        const { client: next } = await subscribe(exchange);
        next.close();
      }
    });
  }

  it("leaves no timer behind, whichever line a cut is in", async () => {
    const timers = new ManualTimers();
    await using exchange = await start([], { timers });
    const { client } = await subscribe(exchange);
    const size = client.bytes.length;
    client.close();
    await exchange.until(() => exchange.openConnections === 0);
    for (let byte = 1; byte < size; byte += byte < 350 ? 10 : 700) {
      exchange.addFault({ kind: "cut", byte });
      using cut = await readAll(exchange);
      assert.equal(cut.bytes.length, byte);
      assert.equal(timers.pending, 0, `at byte ${byte}`);
    }
  });

  it("waits for a connection that gets to the byte", async () => {
    await using exchange = await start([{ kind: "cut", byte: 1000 }]);
    (await logIn(exchange)).close();
    await exchange.until(() => exchange.openConnections === 0);
    using client = await readAll(exchange);
    assert.equal(client.bytes.length, 1000);
  });

  it("cuts and stalls the connection in the handshake", async () => {
    await using exchange = await start([
      { kind: "cut", handshake: true, connection: 1 },
      { kind: "cut", how: "reset", handshake: true, connection: 2 },
      { kind: "stall", handshake: true, connection: 3 },
    ]);
    await assert.rejects(connect(exchange));
    await assert.rejects(connect(exchange));
    const stalled = assert.rejects(connect(exchange));
    await exchange.until(() => exchange.acceptedConnections === 3);
    await exchange.close();
    await stalled;
  });

  it("cuts the connection at a position", async () => {
    await using exchange = await start([{ kind: "cut", position: 10 }]);
    const { client } = await subscribe(exchange);
    await exchange.advance(20);
    const lines = await client.rest();
    client.close();
    assert.ok(lines.length > 3 && lines.length < 9, `${lines.length} lines`);
  });

  it("cuts the connection with a request, instead of an answer", async () => {
    await using exchange = await start([
      { kind: "cut", request: "authentication" },
      { kind: "cut", request: "marketSubscription", how: "reset" },
    ]);
    using first = await readAll(exchange);
    assert.deepEqual(textOf(first).match(/"op":"\w+"/g), ['"op":"connection"']);
    using second = await readAll(exchange);
    assert.deepEqual(textOf(second).match(/"op":"\w+"/g), [
      '"op":"connection"',
      '"op":"status"',
    ]);
    const { client } = await subscribe(exchange);
    client.close();
  });

  it("happens on the connection that it is for, as often as it should", async () => {
    await using exchange = await start([
      { kind: "cut", connection: 2, byte: 5 },
      { kind: "cut", connection: 3, byte: 6 },
      { kind: "cut", byte: 7, times: 2 },
    ]);
    const sizes: number[] = [];
    for (let number = 1; number <= 5; number++) {
      using client = await readWhatComes(exchange, number === 5);
      sizes.push(client.bytes.length);
    }
    // The one for any connection waits where another is earlier.
    assert.deepEqual(sizes.slice(0, 4), [7, 5, 6, 7]);
    assert.ok(sizes[4]! > 100);
    assert.throws(() => exchange.addFault({ kind: "stall", times: 0 }), {
      name: "RangeError",
      message: 'Cannot plan fault as "times" must be at least 1: 0',
    });
  });

  it("stalls: nothing more comes, and the connection stays", async () => {
    await using exchange = await start([{ kind: "stall", position: 5 }]);
    const { client } = await subscribe(exchange);
    await exchange.advance(20);
    exchange.heartbeat();
    assert.equal(exchange.openConnections, 1);
    await exchange.drained();
    exchange.disconnect("abrupt");
    const lines = await client.rest();
    client.close();
    assert.ok(lines.length <= 3);
    assert.ok(lines.every((line) => line.ct === undefined));
  });

  it("splits what it sends into pieces", async () => {
    const whole = await undisturbed();
    await using exchange = await start([{ kind: "split", bytes: 7 }]);
    const { client } = await subscribe(exchange);
    await exchange.advance(20);
    await linesToHere(exchange, client);
    client.close();
    assert.deepEqual(client.bytes.length, whole.length);
    // A read may still hold several of them, as TCP sees fit.
    assert.ok(client.reads > 60, `${client.reads} reads`);
  });

  it("merges what it sends", async () => {
    await using exchange = await start([{ kind: "merge", bytes: 1e9 }]);
    const { client } = await subscribe(exchange);
    const before = client.reads;
    await exchange.advance(20);
    const lines = await linesToHere(exchange, client);
    client.close();
    assert.ok(lines.length > 10);
    assert.ok(client.reads - before < lines.length);
  });

  it("answers with any failure, at any request", async () => {
    const requests = [
      ["authentication", "TOO_MANY_REQUESTS"],
      ["marketSubscription", "UNEXPECTED_ERROR"],
      ["orderSubscription", "INVALID_CLOCK"],
      ["heartbeat", "CONNECTION_FAILED"],
    ] as const;
    for (const [request, errorCode] of requests) {
      await using exchange = await start([
        { kind: "status", request, errorCode, errorMessage: "for once" },
      ]);
      using client = await connect(exchange);
      await client.send({
        op: "authentication",
        id: 1,
        appKey: "key",
        session: "token",
      });
      if (request !== "authentication") {
        await client.send({ ...ORDERS, op: request });
      }
      const lines = await client.rest();
      const { id, ...failure } = lines.at(-1);
      assert.equal(id, request === "authentication" ? 1 : 3);
      assert.deepEqual(failure, {
        op: "status",
        statusCode: "FAILURE",
        errorCode,
        errorMessage: "for once",
        connectionClosed: true,
        connectionId: lines[0].connectionId,
      });
    }
  });

  it("keeps the connection after SUBSCRIPTION_LIMIT_EXCEEDED", async () => {
    await using exchange = await start([{
      kind: "status",
      request: "marketSubscription",
      errorCode: "SUBSCRIPTION_LIMIT_EXCEEDED",
    }]);
    using client = await logIn(exchange);
    await client.send(EVERYTHING);
    const refused = await client.line();
    assert.equal(refused.connectionClosed, false);
    await client.send({ ...EVERYTHING, id: 4 });
    assert.equal((await client.until(endsFirst)).at(-1).id, 4);
  });

  it("fails out of the blue, without an id", async () => {
    await using exchange = await start([
      { kind: "status", position: 6, errorCode: "TIMEOUT" },
    ]);
    const { client } = await subscribe(exchange);
    await exchange.advance(20);
    const last = (await client.rest()).at(-1);
    client.close();
    assert.equal(last.errorCode, "TIMEOUT");
    assert.equal("id" in last, false);
  });

  it("marks messages of both streams as unreliable", async () => {
    await using exchange = await start([
      { kind: "unavailable", position: 3, messages: 2 },
    ]);
    const { client } = await subscribe(exchange);
    await client.send(ORDERS);
    await client.until(endsFirst);
    await exchange.advance(30);
    const lines = await linesToHere(exchange, client);
    client.close();
    for (const op of ["mcm", "ocm"]) {
      const statuses = lines.filter((line) => line.op === op)
        .map((line) => line.status);
      assert.equal(statuses.filter((status) => status === 503).length, 2);
      assert.equal(statuses.at(-1), undefined);
    }
  });

  const harmless: readonly (readonly [
    string,
    MockFault,
    (line: Line) => boolean,
  ])[] = [
    ["an image a second time", {
      kind: "image",
      request: "marketSubscription",
    }, (line) => line.ct === "SUB_IMAGE"],
    ["an image that nobody asked for", {
      kind: "image",
      position: 9,
    }, (line) => line.ct === "SUB_IMAGE"],
    ["a message of an old subscription", {
      kind: "oldId",
      position: 9,
    }, (line) => line.id === 1],
    ["members that nobody knows", {
      kind: "unknownField",
      position: 9,
    }, (line) => line.newMember !== undefined && line.mc[0].rc.length === 1],
    ["an op that nobody knows", {
      kind: "unknownOp",
      position: 9,
    }, (line) => line.op === "xcm"],
  ];
  for (const [name, fault, isIt] of harmless) {
    it(`sends ${name}, which changes nothing`, async () => {
      const text = async (faults: readonly MockFault[]): Promise<string> => {
        await using exchange = await start(faults);
        const { client } = await subscribe(exchange);
        await exchange.advance(20);
        const lines = await linesToHere(exchange, client);
        client.close();
        const reader = new Reader();
        reader.feed.cache.expect("market", 2);
        reader.take(client);
        assert.equal(lines.filter(isIt).length, faults.length);
        return reader.text;
      };
      assert.equal(await text([fault]), await text([]));
    });
  }

  it("sends single markets again in full", async () => {
    await using exchange = await start([]);
    const { client, image } = await subscribe(exchange);
    const [{ id }] = image.at(-1).mc;
    exchange.addFault({ kind: "image", position: 5, marketIds: [id, "1.0"] });
    await exchange.advance(20);
    const lines = await linesToHere(exchange, client);
    client.close();
    const images = lines.flatMap((line) => line.mc ?? [])
      .filter((change) => change.img);
    assert.deepEqual(images.map((change) => change.id), [id]);
  });

  it("sends lines that are no JSON", async () => {
    await using exchange = await start([
      { kind: "corruptLine", position: 5 },
      { kind: "corruptLine", position: 5, line: "\u0000" },
    ]);
    const { client } = await subscribe(exchange);
    await exchange.advance(20);
    exchange.heartbeat();
    let bad = 0;
    for (let text = await client.text();; text = await client.text()) {
      assert.ok(text !== undefined);
      try {
        if (JSON.parse(text).ct === "HEARTBEAT") break;
      } catch {
        bad++;
      }
    }
    client.close();
    assert.equal(bad, 2);
  });

  it("sends bytes as they are, as slowly as they are read", async () => {
    let made = 0;
    await using exchange = await start([{
      kind: "raw",
      request: "marketSubscription",
      bytes: (function* (): Generator<Uint8Array> {
        const chunk = new Uint8Array(65_536).fill(0x7b);
        while (true) {
          made++;
          yield chunk;
        }
      })(),
    }]);
    using client = await logIn(exchange);
    await client.send(EVERYTHING);
    await client.readOnce();
    await client.readOnce();
    client.close();
    await exchange.until(() => exchange.openConnections === 0);
    // What the kernel's buffers hold, and not much more.
    assert.ok(made < 1000, `${made} chunks of 64 KiB`);
  });

  it("ends the connection when bytes cannot be made", async () => {
    await using exchange = await start([{
      kind: "raw",
      request: "authentication",
      bytes: (function* (): Generator<string> {
        yield "{";
        throw new Error("no more");
      })(),
    }]);
    using client = await readAll(exchange);
    assert.match(textOf(client), /\}\r\n\{$/);
  });

  for (const flaw of ["host", "expired", "authority"] as const) {
    it(`shows a certificate that must be refused: ${flaw}`, async () => {
      await using exchange = await start([{
        kind: "certificate",
        flaw,
        connection: 2,
      }]);
      (await logIn(exchange)).close();
      await assert.rejects(connect(exchange));
      (await logIn(exchange)).close();
      assert.equal(exchange.acceptedConnections, 3);
    });
  }

  it("does not resume from clocks that are too old, or for other criteria", async () => {
    await using exchange = await start([], { clockLife: 5 });
    const { client, image } = await subscribe(exchange);
    client.close();
    const { initialClk, clk } = image.at(-1);
    const ask = async (change: Line): Promise<Line> => {
      using resumed = await logIn(exchange);
      await resumed.send({ ...EVERYTHING, initialClk, clk, ...change });
      const lines = await resumed.until((line) =>
        endsFirst(line) || line.connectionClosed
      );
      return lines.at(-1);
    };
    assert.equal((await ask({})).ct, "RESUB_DELTA");
    assert.equal(
      (await ask({ marketFilter: { marketIds: ["1.1"] } })).errorCode,
      "INVALID_CLOCK",
    );
    await exchange.advance(5);
    assert.equal((await ask({})).ct, "RESUB_DELTA");
    await exchange.advance(1);
    assert.equal((await ask({})).errorCode, "INVALID_CLOCK");
    await using other = await start([], { seed: 2 });
    const late = await subscribe(other);
    late.client.close();
    assert.notEqual(late.image.at(-1).initialClk, initialClk);
  });
});

function textOf(client: RawClient): string {
  return new TextDecoder().decode(client.bytes);
}

/** Reads to the end; or, if there will be none, up to the image. */
async function readWhatComes(
  exchange: MockExchange,
  isWhole: boolean,
): Promise<RawClient> {
  return isWhole ? (await subscribe(exchange)).client : await readAll(exchange);
}
