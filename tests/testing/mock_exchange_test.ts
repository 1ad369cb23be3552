import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import {
  generateSession,
  MarketGenerator,
  MockExchange,
  type MockExchangeOptions,
  type MockSource,
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

/** Two markets, and a change of each of them. */
const SCRIPT: readonly Line[] = [
  {
    op: "mcm",
    pt: 1000,
    ct: "SUB_IMAGE",
    mc: [
      market("1.1", { eventTypeId: "7", countryCode: "GB", venue: "Ascot" }),
      market("1.2", { eventTypeId: "1", countryCode: "IE", bspMarket: true }),
    ],
  },
  { op: "mcm", pt: 1100, mc: [{ id: "1.1", rc: [{ id: 101, ltp: 3 }] }] },
  { op: "mcm", pt: 1200, mc: [{ id: "1.2", rc: [{ id: 101, ltp: 4 }] }] },
];

function market(id: string, definition: Line): Line {
  return {
    id,
    marketDefinition: {
      status: "OPEN",
      marketType: "WIN",
      bettingType: "ODDS",
      bspMarket: false,
      turnInPlayEnabled: true,
      runners: [{ id: 101, status: "ACTIVE", sortPriority: 1 }],
      ...definition,
    },
    rc: [{ atb: [[2, 10], [1.9, 5], [1.8, 0.5], [1.7, 4]], ltp: 2, id: 101 }],
    img: true,
  };
}

/** A stepped exchange, with what a test asks for. */
function start(
  options: MockExchangeOptions = {},
): Promise<MockExchange> {
  return MockExchange.start({ source: SCRIPT, pace: "stepped", ...options });
}

/** Subscribes and reads up to the end of the image. */
async function subscribe(client: RawClient, request: Line): Promise<Line[]> {
  await client.send(request);
  return await client.until((line) =>
    endsFirst(line) || line.statusCode === "FAILURE"
  );
}

/** What a request is answered, and whether the connection goes on. */
async function ask(
  exchange: MockExchange,
  request: Line,
): Promise<{ answer: Line; isClosed: boolean }> {
  using client = await logIn(exchange);
  await client.send(request);
  const answer = await client.line();
  const isClosed = answer.connectionClosed === true &&
    (await client.rest()).length === 0;
  return { answer, isClosed };
}

const AUTHENTICATION: Line = {
  op: "authentication",
  id: 1,
  appKey: "key",
  session: "token",
};

describe("MockExchange", () => {
  it("says who it is, authenticates, and tells how many connections are left", async () => {
    await using exchange = await start({ connectionLimit: 2 });
    using client = await connect(exchange);
    const hello = await client.line();
    assert.deepEqual(Object.keys(hello), ["op", "connectionId"]);
    assert.match(hello.connectionId, /^101-\d{12}-000001$/);
    await client.send(AUTHENTICATION);
    assert.deepEqual(await client.line(), {
      op: "status",
      id: 1,
      statusCode: "SUCCESS",
      connectionClosed: false,
      connectionsAvailable: 1,
    });
    using second = await connect(exchange);
    await second.line();
    await second.send(AUTHENTICATION);
    assert.equal((await second.line()).connectionsAvailable, 0);
    using third = await connect(exchange);
    await third.line();
    await third.send(AUTHENTICATION);
    const refused = await third.line();
    assert.equal(refused.errorCode, "MAX_CONNECTION_LIMIT_EXCEEDED");
    assert.equal(refused.connectionClosed, true);
    assert.equal(await third.text(), undefined);
    // Who leaves makes room.
    second.close();
    await exchange.until(() => exchange.openConnections === 1);
    using fourth = await connect(exchange);
    await fourth.line();
    await fourth.send(AUTHENTICATION);
    assert.equal((await fourth.line()).connectionsAvailable, 0);
    assert.equal(exchange.acceptedConnections, 4);
  });

  it("ends its lines with CR LF, and sends them as compact JSON", async () => {
    await using exchange = await start();
    using client = await logIn(exchange);
    await subscribe(client, EVERYTHING);
    const text = new TextDecoder().decode(client.bytes);
    assert.ok(text.endsWith("\r\n"));
    for (const line of text.split("\r\n").slice(0, -1)) {
      assert.equal(JSON.stringify(JSON.parse(line)), line);
    }
  });

  const refusals: readonly (readonly [string, Line, MockExchangeOptions])[] = [
    ["NO_APP_KEY", { appKey: undefined }, {}],
    ["INVALID_APP_KEY", {}, { appKeys: ["other"] }],
    ["NO_SESSION", { session: undefined }, {}],
    ["INVALID_SESSION_INFORMATION", {}, { sessions: ["other"] }],
  ];
  for (const [errorCode, change, options] of refusals) {
    it(`refuses an authentication: ${errorCode}`, async () => {
      await using exchange = await start(options);
      using client = await connect(exchange);
      const { connectionId } = await client.line();
      await client.send({ ...AUTHENTICATION, ...change });
      const answer = await client.line();
      assert.equal(answer.errorCode, errorCode);
      assert.equal(answer.statusCode, "FAILURE");
      assert.equal(answer.id, 1);
      assert.equal(answer.connectionId, connectionId);
      assert.equal(await client.text(), undefined);
      // It does not repeat what was wrong.
      assert.doesNotMatch(JSON.stringify(answer), /token|"key"/);
    });
  }

  it("accepts the keys and tokens that it knows, until they expire", async () => {
    const timers = new ManualTimers();
    await using exchange = await start({
      appKeys: ["key"],
      sessions: ["token"],
      sessionLifeMs: 60_000,
      timers,
    });
    using client = await logIn(exchange);
    await subscribe(client, EVERYTHING);
    timers.pass(60_000);
    // Whoever is in stays in.
    assert.equal((await client.line()).ct, "HEARTBEAT");
    using late = await connect(exchange);
    await late.line();
    await late.send(AUTHENTICATION);
    assert.equal((await late.line()).errorCode, "INVALID_SESSION_INFORMATION");
  });

  it("forgets sessions when told to", async () => {
    await using exchange = await start();
    (await logIn(exchange)).close();
    exchange.expireSessions();
    using client = await connect(exchange);
    await client.line();
    await client.send(AUTHENTICATION);
    assert.equal(
      (await client.line()).errorCode,
      "INVALID_SESSION_INFORMATION",
    );
  });

  const mistakes: readonly (readonly [string, string, Line])[] = [
    ["a second authentication", "INVALID_REQUEST", {
      ...AUTHENTICATION,
      id: 7,
    }],
    ["an op that it does not know", "INVALID_INPUT", { op: "bet", id: 7 }],
    ["a number that is none", "INVALID_INPUT", {
      ...EVERYTHING,
      id: 7,
      heartbeatMs: "soon",
    }],
    ["a filter that is none", "INVALID_INPUT", {
      ...EVERYTHING,
      id: 7,
      marketFilter: ["1.1"],
    }],
    ["other people's orders", "INVALID_INPUT", {
      ...ORDERS,
      id: 7,
      orderFilter: { accountIds: [1] },
    }],
    ["half a clock", "INVALID_CLOCK", {
      ...EVERYTHING,
      id: 7,
      clk: "AAAAAAAA",
    }],
    ["a clock of somebody else's", "INVALID_CLOCK", {
      ...ORDERS,
      id: 7,
      initialClk: "AAAA",
      clk: "AAAA",
    }],
  ];
  for (const [name, errorCode, request] of mistakes) {
    it(`refuses ${name}`, async () => {
      await using exchange = await start();
      const { answer, isClosed } = await ask(exchange, request);
      assert.equal(answer.errorCode, errorCode);
      assert.equal(answer.id, 7);
      assert.equal(isClosed, true);
    });
  }

  it("refuses to subscribe those who have not authenticated", async () => {
    await using exchange = await start();
    using client = await connect(exchange);
    await client.line();
    await client.send(EVERYTHING);
    assert.equal((await client.line()).errorCode, "INVALID_REQUEST");
    assert.equal(await client.text(), undefined);
  });

  it("refuses what is no JSON, and what has no end", async () => {
    await using exchange = await start();
    for (const text of ["hello\r\n", "[1]\r\n", "x".repeat(1_100_000)]) {
      using client = await logIn(exchange);
      await client.sendText(text);
      const answer = await client.line();
      assert.equal(answer.errorCode, "INVALID_INPUT");
      assert.equal(answer.id, undefined);
    }
  });

  it("answers a heartbeat", async () => {
    await using exchange = await start();
    const { answer } = await ask(exchange, { op: "heartbeat", id: 7 });
    assert.deepEqual(answer, {
      op: "status",
      id: 7,
      statusCode: "SUCCESS",
      connectionClosed: false,
    });
  });

  it("sends an image, then changes, under the id of the request", async () => {
    await using exchange = await start();
    using client = await logIn(exchange);
    const [status, image] = await subscribe(client, {
      ...EVERYTHING,
      heartbeatMs: 10,
      conflateMs: 0,
    });
    assert.deepEqual(status, {
      op: "status",
      id: 2,
      statusCode: "SUCCESS",
      connectionClosed: false,
    });
    assert.equal(image.id, 2);
    assert.equal(image.ct, "SUB_IMAGE");
    assert.equal(image.clk, "AAAAAAAA");
    assert.equal(image.heartbeatMs, 500, "bounds are 500 to 5000");
    assert.equal(image.conflateMs, 0);
    assert.equal(image.pt, 1000);
    assert.deepEqual(image.mc.map((change: Line) => change.id), ["1.1", "1.2"]);
    assert.equal(await exchange.advance(5), 2);
    assert.equal(exchange.isAtEnd, true);
    assert.deepEqual(await client.lines(2), [
      {
        op: "mcm",
        id: 2,
        clk: exchange.clk("market").replace(/.$/, "C"),
        pt: 1100,
        mc: [{ id: "1.1", rc: [{ ltp: 3, id: 101 }] }],
      },
      {
        op: "mcm",
        id: 2,
        clk: exchange.clk("market"),
        pt: 1200,
        mc: [{ id: "1.2", rc: [{ ltp: 4, id: 101 }] }],
      },
    ]);
  });

  const filters: readonly (readonly [Line, readonly string[]])[] = [
    [{}, ["1.1", "1.2"]],
    [{ marketIds: ["1.2", "1.9"] }, ["1.2"]],
    [{ eventTypeIds: ["7"] }, ["1.1"]],
    [{ eventTypeIds: ["7", "1"], countryCodes: ["IE"] }, ["1.2"]],
    [{ venues: ["Ascot"] }, ["1.1"]],
    [{ bspMarket: true }, ["1.2"]],
    [{ bspMarket: false }, ["1.1"]],
    [{ turnInPlayEnabled: false }, []],
    [{ raceTypes: ["NO_VALUE"] }, ["1.1", "1.2"]],
    [{ raceTypes: ["Flat"] }, []],
    [{ marketTypes: ["WIN"], bettingTypes: ["LINE"] }, []],
    [{ betDelayModels: ["PASSIVE"] }, []],
  ];
  for (const [marketFilter, ids] of filters) {
    it(`selects markets by ${JSON.stringify(marketFilter)}`, async () => {
      await using exchange = await start();
      using client = await logIn(exchange);
      const [, image] = await subscribe(client, {
        ...EVERYTHING,
        marketFilter,
      });
      assert.deepEqual(image.mc.map((change: Line) => change.id), ids);
      await exchange.advance(2);
      exchange.heartbeat();
      const lines = await client.until((line) => line.ct === "HEARTBEAT");
      assert.deepEqual(
        lines.slice(0, -1).map((line) => line.mc[0].id),
        ids,
      );
    });
  }

  it("tells a market that begins to match in full", async () => {
    await using exchange = await start({
      source: [
        ...SCRIPT,
        {
          op: "mcm",
          mc: [{ id: "1.1", marketDefinition: { venue: "York", runners: [] } }],
        },
      ],
    });
    using client = await logIn(exchange);
    const [, image] = await subscribe(client, {
      ...EVERYTHING,
      marketFilter: { venues: ["York"] },
    });
    assert.deepEqual(image.mc, []);
    await exchange.advance(3);
    const { mc } = await client.line();
    assert.equal(mc[0].img, true);
    assert.equal(mc[0].rc[0].ltp, 3);
    assert.equal(mc[0].marketDefinition.venue, "York");
  });

  it("makes level ladders where the source has none, to the depth asked for", async () => {
    await using exchange = await start({
      source: [SCRIPT[0], {
        op: "mcm",
        mc: [{ id: "1.1", rc: [{ id: 101, atb: [[1.7, 5]] }] }],
      }, {
        op: "mcm",
        mc: [{ id: "1.1", rc: [{ id: 101, atb: [[2, 0]] }] }],
      }],
    });
    using client = await logIn(exchange);
    const [, image] = await subscribe(client, {
      ...EVERYTHING,
      marketDataFilter: { fields: ["EX_BEST_OFFERS"], ladderLevels: 2 },
    });
    const [{ marketDefinition, rc }] = image.mc;
    assert.equal(marketDefinition, undefined);
    assert.deepEqual(rc, [{ batb: [[0, 2, 10], [1, 1.9, 5]], id: 101 }]);
    await exchange.advance(2);
    // Below £1 is rolled up: 0.5 at 1.8 shows at 1.7, which is the third level.
    assert.deepEqual((await client.line()).mc, [
      { id: "1.1", rc: [{ batb: [], id: 101 }] },
    ]);
    assert.deepEqual((await client.line()).mc, [
      { id: "1.1", rc: [{ batb: [[0, 1.9, 5], [1, 1.7, 5.5]], id: 101 }] },
    ]);
  });

  it("sums volumes of purchased recordings, as a live stream has totals", async () => {
    const change = (trd: Line, tv: number): Line => ({
      op: "mcm",
      clk: "123",
      pt: 1,
      mc: [{
        id: "1.1",
        img: false,
        con: true,
        rc: [{ id: 1, trd, tv }, { id: 1, ltp: 2 }],
      }],
    });
    await using exchange = await start({
      source: [change([[2, 10]], 10), change([[2, 15], [3, 1]], 16)],
      startPosition: 0,
    });
    using client = await logIn(exchange);
    await subscribe(client, EVERYTHING);
    await exchange.advance(2);
    assert.deepEqual((await client.line()).mc, [
      {
        id: "1.1",
        rc: [{ trd: [[2, 10]], ltp: 2, tv: 10, id: 1 }],
        img: true,
        tv: 10,
      },
    ]);
    assert.deepEqual((await client.line()).mc, [
      {
        id: "1.1",
        rc: [{ trd: [[2, 15], [3, 1]], ltp: 2, tv: 16, id: 1 }],
        tv: 16,
      },
    ]);
  });

  it("puts the segments of its source together, in their order", async () => {
    const segment = (segmentType: string, ltp: number): Line => ({
      op: "mcm",
      segmentType,
      mc: [{ id: "1.1", rc: [{ id: 101, ltp }] }],
    });
    await using exchange = await start({
      source: [
        SCRIPT[0],
        segment("SEG_START", 5),
        { op: "mcm", segmentType: "SEG" },
        segment("SEG_START", 6),
        segment("SEG_END", 7),
        // What was half told when the connection was lost.
        segment("SEG_START", 8),
        { op: "connection", connectionId: "1" },
        segment("SEG_END", 9),
      ],
    });
    using client = await logIn(exchange);
    await subscribe(client, EVERYTHING);
    assert.equal(await exchange.advance(9), 2);
    const [first, second] = await client.lines(2);
    assert.deepEqual(
      first.mc.map((change: Line) => change.rc[0].ltp),
      [6, 7],
    );
    assert.deepEqual(
      second.mc.map((change: Line) => change.rc[0].ltp),
      [9],
    );
    assert.equal(exchange.state.markets[0]!.runners[0]!.lastTradedPrice, 9);
  });

  it("replaces a subscription by the next of its kind", async () => {
    await using exchange = await start();
    using client = await logIn(exchange);
    await subscribe(client, EVERYTHING);
    await subscribe(client, ORDERS);
    const [, image] = await subscribe(client, {
      ...EVERYTHING,
      id: 9,
      marketFilter: { marketIds: ["1.2"] },
    });
    assert.equal(image.id, 9);
    assert.equal(exchange.activeSubscriptions, 2);
    await exchange.advance(2);
    const { id, mc } = await client.line();
    assert.deepEqual([id, mc[0].id], [9, "1.2"]);
  });

  it("refuses more markets than allowed, and stays connected", async () => {
    await using exchange = await start({ marketLimit: 1 });
    using client = await logIn(exchange);
    const one = { ...EVERYTHING, marketFilter: { marketIds: ["1.1"] } };
    await subscribe(client, one);
    const [refused] = await subscribe(client, { ...EVERYTHING, id: 4 });
    assert.equal(refused.errorCode, "SUBSCRIPTION_LIMIT_EXCEEDED");
    assert.equal(refused.connectionClosed, false);
    assert.equal(exchange.activeSubscriptions, 0);
    const [, image] = await subscribe(client, { ...one, id: 5 });
    assert.deepEqual(image.mc.map((change: Line) => change.id), ["1.1"]);
  });

  it("leaves closed markets out of images, and forgets them, when told to", async () => {
    const close = (id: string): Line => ({
      op: "mcm",
      mc: [{ id, marketDefinition: { status: "CLOSED", runners: [] } }],
    });
    await using exchange = await start({
      source: [SCRIPT[0], close("1.1"), SCRIPT[2], SCRIPT[2], close("1.2")],
      closedMarkets: false,
      clockLife: 1,
    });
    using client = await logIn(exchange);
    const ids = async (id: number): Promise<string[]> => {
      const lines = await subscribe(client, { ...EVERYTHING, id });
      return lines.at(-1).mc.map((change: Line) => change.id);
    };
    assert.deepEqual(await ids(2), ["1.1", "1.2"]);
    await exchange.advance(1);
    assert.deepEqual(exchange.state.markets.map(({ id }) => id), [
      "1.1",
      "1.2",
    ]);
    // Who is subscribed is told that it closed.
    assert.equal((await client.line()).mc[0].marketDefinition.status, "CLOSED");
    assert.deepEqual(await ids(3), ["1.2"]);
    await exchange.advance(2);
    assert.deepEqual(exchange.state.markets.map(({ id }) => id), ["1.2"]);
  });

  it("sends large messages in segments to those who want them", async () => {
    const source = (): MarketGenerator =>
      new MarketGenerator({
        markets: 12,
        messages: 0,
        wholeLife: false,
        segmentShare: 0,
      });
    await using exchange = await start({
      source: source(),
      segmentBytes: 4000,
    });
    using client = await logIn(exchange);
    const [, ...segments] = await subscribe(client, EVERYTHING);
    const types = segments.map((line) => line.segmentType);
    assert.ok(types.length > 2);
    assert.deepEqual([...new Set(types)], ["SEG_START", "SEG", "SEG_END"]);
    for (const line of segments) {
      assert.equal(line.ct, "SUB_IMAGE");
      assert.equal(line.clk !== undefined, line.segmentType === "SEG_END");
      assert.equal(
        line.initialClk !== undefined,
        line.segmentType === "SEG_START",
      );
    }
    const [, whole] = await subscribe(client, {
      ...EVERYTHING,
      id: 3,
      segmentationEnabled: false,
    });
    assert.equal(whole.segmentType, undefined);
    assert.deepEqual(whole.mc, segments.flatMap((line) => line.mc));
  });

  it("sends a heartbeat after the silence that was agreed on", async () => {
    const timers = new ManualTimers();
    await using exchange = await start({ timers });
    using client = await logIn(exchange);
    await subscribe(client, { ...EVERYTHING, heartbeatMs: 1000 });
    await subscribe(client, { ...ORDERS, heartbeatMs: 99_999 });
    timers.pass(999);
    await exchange.advance(1);
    timers.pass(999);
    timers.pass(1);
    timers.pass(3001);
    const lines = await client.lines(1 + 4 + 1);
    assert.deepEqual(
      lines.map(({ op, ct }) => `${op} ${ct ?? ""}`),
      [
        "mcm ",
        "mcm HEARTBEAT",
        "mcm HEARTBEAT",
        "mcm HEARTBEAT",
        "mcm HEARTBEAT",
        "ocm HEARTBEAT",
      ],
    );
    assert.equal(lines[1].clk, exchange.clk("market"));
    assert.equal(lines[1].mc, undefined);
  });

  it("answers while it is behind its time", async () => {
    // All of it is due at once.
    const changes = Array.from({ length: 20_000 }, (_, i) => ({
      op: "mcm",
      pt: 1000,
      mc: [{ id: "1.1", rc: [{ id: 101, ltp: 2 + i % 7 }] }],
    }));
    await using exchange = await start({
      source: [SCRIPT[0]!, ...changes],
      pace: 1,
      waitFor: 1,
    });
    using client = await logIn(exchange);
    await subscribe(client, EVERYTHING);
    await client.send({ op: "heartbeat", id: 7 });
    await client.until(({ op }) => op === "status");
    assert.ok(exchange.position < changes.length, String(exchange.position));
  });

  it("hangs up on those who do not subscribe for 15 s", async () => {
    const timers = new ManualTimers();
    await using exchange = await start({ timers });
    using client = await logIn(exchange);
    timers.pass(14_999);
    await client.send({ op: "heartbeat", id: 5 });
    await client.line();
    timers.pass(14_999);
    await client.send({ op: "heartbeat", id: 6 });
    await client.line();
    timers.pass(15_000);
    const answer = await client.line();
    assert.equal(answer.errorCode, "TIMEOUT");
    assert.equal(answer.id, undefined);
    assert.equal(answer.connectionClosed, true);
    assert.equal(await client.text(), undefined);
    using subscribed = await logIn(exchange);
    await subscribe(subscribed, EVERYTHING);
    timers.pass(60_000);
    assert.equal((await subscribed.line()).ct, "HEARTBEAT");
  });

  it("merges changes over the time that was agreed on", async () => {
    const timers = new ManualTimers();
    await using exchange = await start({
      timers,
      source: [...SCRIPT, {
        op: "mcm",
        pt: 1300,
        mc: [{ id: "1.1", rc: [{ id: 101, ltp: 5 }] }],
      }],
    });
    using client = await logIn(exchange);
    const [, image] = await subscribe(client, {
      ...EVERYTHING,
      conflateMs: 300,
    });
    assert.equal(image.conflateMs, 300);
    await exchange.advance(3);
    timers.pass(299);
    timers.pass(1);
    assert.deepEqual(await client.line(), {
      op: "mcm",
      id: 2,
      clk: exchange.clk("market"),
      pt: 1300,
      mc: [
        { id: "1.1", rc: [{ ltp: 5, id: 101 }], con: true },
        { id: "1.2", rc: [{ ltp: 4, id: 101 }] },
      ],
    });
  });

  it("delays the data of delayed keys", async () => {
    await using exchange = await start({ delayedAppKeys: ["key"] });
    using client = await logIn(exchange);
    const [, image] = await subscribe(client, EVERYTHING);
    assert.equal(image.conflateMs, 180_000);
  });

  it("merges changes for those who read slowly, and keeps little for them", async () => {
    const source = new MarketGenerator({
      seed: 2,
      markets: 4,
      messages: 3000,
      wholeLife: false,
      imageShare: 0,
    });
    await using exchange = await start({
      source,
      whenSlow: "merge",
      sendBufferBytes: 4000,
    });
    using client = await logIn(exchange);
    const reader = new Reader();
    await subscribe(client, EVERYTHING);
    await exchange.advance(100_000);
    assert.equal(exchange.isAtEnd, true);
    let conflated = 0;
    let lines = 0;
    const clk = exchange.clk("market");
    const finished = exchange.finished().then(() => exchange.heartbeat());
    await client.until((line) => {
      lines++;
      for (const change of line.mc ?? []) conflated += change.con ? 1 : 0;
      return line.clk === clk && line.ct === "HEARTBEAT";
    });
    await finished;
    reader.take(client);
    assert.ok(lines < 3000, `${lines} lines`);
    assert.ok(conflated > 0);
    using late = await logIn(exchange);
    await subscribe(late, EVERYTHING);
    const fresh = new Reader();
    fresh.take(late);
    assert.equal(reader.text, fresh.text);
  });

  it("reads as fast as its clients do, and loses nothing", async () => {
    const options = {
      seed: 4,
      markets: 3,
      messages: 2000,
      orders: true,
      imageShare: 0,
    };
    const source = new MarketGenerator(options);
    await using exchange = await MockExchange.start({ source, waitFor: 2 });
    using client = await logIn(exchange);
    await client.send(EVERYTHING);
    await client.send(ORDERS);
    const reading = (async (): Promise<void> => {
      const clocks = new Set<string>();
      await client.until((line) => {
        clocks.add(line.clk);
        return exchange.isAtEnd && clocks.has(exchange.clk("market")) &&
          clocks.has(exchange.clk("order"));
      });
    })();
    await exchange.finished();
    exchange.heartbeat();
    await reading;
    const reader = new Reader();
    reader.take(client);
    const direct = new Reader();
    for (const _update of direct.feed.push(generateSession(options)));
    assert.equal(reader.text, direct.text);
  });

  it("keeps time, N times as fast", async () => {
    const timers = new ManualTimers();
    await using exchange = await start({
      timers,
      pace: 10,
      publishTimes: "now",
    });
    using client = await logIn(exchange);
    const [, image] = await subscribe(client, EVERYTHING);
    assert.equal(image.pt, timers.now());
    // The heartbeat's timer, and that of the next message: 100 ms apart are 10.
    const isWaiting = (): boolean => timers.pending === 2;
    await exchange.until(() => exchange.position === 2 && isWaiting());
    timers.pass(9);
    assert.equal(exchange.position, 2);
    timers.pass(1);
    await exchange.until(() => exchange.isAtEnd);
    const [first, second] = await client.lines(2);
    assert.deepEqual([first.mc[0].id, second.mc[0].id], ["1.1", "1.2"]);
    assert.equal(second.pt - first.pt, 10);
  });

  it("reads recordings of every kind", async () => {
    const folder = await mkdtemp(join(tmpdir(), "betfair-stream-mock-"));
    try {
      const bytes = generateSession({ messages: 20, imageShare: 0 });
      const path = join(folder, "session.ndjson.gz");
      await writeFile(path, gzipSync(bytes));
      const lines = new TextDecoder().decode(bytes).split("\r\n").slice(0, -1);
      const sources: readonly MockSource[] = [
        bytes,
        path,
        pathToFileURL(path),
        lines,
        lines.map((line) => JSON.parse(line)),
        new Blob([bytes]).stream(),
      ];
      const states = new Set<string>();
      for (const source of sources) {
        await using exchange = await start({ source });
        await exchange.advance(1000);
        using client = await logIn(exchange);
        await subscribe(client, EVERYTHING);
        const reader = new Reader();
        reader.take(client);
        states.add(reader.text);
      }
      assert.equal(states.size, 1);
      assert.ok([...states][0]!.length > 300);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("passes over lines of recordings that are no JSON, and counts them", async () => {
    const text = SCRIPT.map((line) => JSON.stringify(line)).join("\n{torn\n");
    await using exchange = await start({
      source: new TextEncoder().encode(text + '\n{"op":"mcm","mc'),
    });
    assert.equal(await exchange.advance(100), 2);
    assert.equal(exchange.skippedLines, 3);
  });

  it("says what is wrong with its source", async () => {
    await assert.rejects(start({ source: "/nowhere/at.all" }), {
      name: "ReplaySourceError",
    });
    await using exchange = await start({
      source: ["{}", "{"],
      startPosition: 0,
    });
    await assert.rejects(exchange.advance(1), { name: "SyntaxError" });
    await using running = await MockExchange.start({
      source: (function* (): Generator<string> {
        for (let at = 0; at < 100; at++) yield JSON.stringify(SCRIPT[1]);
        yield "{";
      })(),
    });
    using client = await logIn(running);
    await client.send(EVERYTHING);
    await assert.rejects(running.finished(), { name: "SyntaxError" });
  });

  it("remembers requests without their secrets", async () => {
    await using exchange = await start();
    using client = await connect(exchange);
    await client.send({
      ...AUTHENTICATION,
      appKey: "SECRET",
      session: "SECRET",
    });
    await client.send(EVERYTHING);
    await exchange.until(() => exchange.requestCount === 2);
    assert.equal(exchange.requests[1]!.connection, 1);
    assert.deepEqual(exchange.requests[1]!["marketFilter"], {});
    assert.doesNotMatch(JSON.stringify(exchange.requests), /SECRET/);
  });

  it("refuses a pace that is none", async () => {
    for (const pace of [0, -1, NaN, Infinity]) {
      await assert.rejects(start({ pace }), {
        name: "RangeError",
        message:
          `Cannot start exchange as "pace" must be a positive number: ${pace}`,
      });
    }
  });

  it("refuses amounts that are none", async () => {
    for (const value of [-1, NaN]) {
      await assert.rejects(start({ marketLimit: value }), {
        name: "RangeError",
        message:
          `Cannot start exchange as "marketLimit" must be a number >= 0: ${value}`,
      });
    }
  });

  it("says when its port is taken", async () => {
    await using exchange = await start();
    await assert.rejects(start({ port: exchange.port }), {
      code: "EADDRINUSE",
    });
  });

  it("says what is wrong with certificates of the test's own", async () => {
    const certificates = { caCert: "", cert: "none", key: "none" };
    await using exchange = await start({ certificates });
    await assert.rejects(connect(exchange));
  });

  it("leaves no timer, no socket and nobody waiting when it closes", async () => {
    const timers = new ManualTimers();
    const exchange = await start({ timers, pace: 1 });
    const clients = [await logIn(exchange), await logIn(exchange)];
    await subscribe(clients[0]!, { ...EVERYTHING, conflateMs: 10_000 });
    await subscribe(clients[1]!, ORDERS);
    const waiting = assert.rejects(
      exchange.until(() => false),
      /Cannot wait as the exchange is closed/,
    );
    await exchange.close();
    await exchange.close();
    await waiting;
    assert.equal(timers.pending, 0);
    assert.equal(exchange.openConnections, 0);
    for (const client of clients) {
      assert.deepEqual(await client.rest(), []);
      client.close();
    }
    await assert.rejects(connect(exchange));
  });
});
