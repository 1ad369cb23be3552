import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  MarketGenerator,
  type MarketGeneratorOptions,
  MockExchange,
  SeededRandom,
} from "../../src/testing/mod.ts";
import {
  missingReason,
  readRecording,
  recordings,
} from "../support/recordings.ts";
import { stateText as textOfState } from "../support/state_text.ts";
import { endsFirst, EVERYTHING, logIn, ORDERS, Reader } from "./_exchange.ts";
import type { Line, RawClient } from "./_raw_client.ts";

/** Clocks of recordings whose volumes the exchange has to mend. */
const PURCHASED = /"clk":"\d+"/;

/** How much of a recording is told, bytes. */
const MAX_BYTES = 400_000;

const EVENTFUL: MarketGeneratorOptions = {
  markets: 6,
  marketTypes: ["WIN", "PLACE", "MATCH_ODDS", "ASIAN_HANDICAP"],
  runners: 5,
  messages: 150,
  orders: true,
  segmentShare: 0.2,
  resumeShare: 0.02,
  outageShare: 0.02,
  conflatedShare: 0.2,
};

/** The two subscriptions of one reader, which may be interrupted. */
class Follower {
  readonly reader = new Reader();
  readonly #exchange: MockExchange;
  readonly #requests: readonly Line[];
  #client: RawClient | undefined;
  /** `ct` of the first message of each subscription, in order. */
  readonly answers: string[] = [];

  constructor(exchange: MockExchange, requests: readonly Line[]) {
    this.#exchange = exchange;
    this.#requests = requests;
  }

  /** Connects and subscribes, with clocks if there are any. */
  async connect(): Promise<void> {
    const client = await logIn(this.#exchange);
    this.#client = client;
    for (const request of this.#requests) {
      const stream = request.op === "marketSubscription" ? "market" : "order";
      const { cache } = this.reader.feed;
      await client.send({
        ...request,
        initialClk: cache.initialClk(stream) ?? undefined,
        clk: cache.clk(stream) ?? undefined,
      });
      this.answers.push((await client.until(endsFirst)).at(-1).ct);
    }
    this.reader.take(client);
  }

  /** Reads up to the exchange's position. */
  async catchUp(): Promise<void> {
    const left = new Set(
      this.#requests.map(({ op }) =>
        this.#exchange.clk(op === "marketSubscription" ? "market" : "order")
      ),
    );
    await this.#client!.until((line) => {
      if (line.ct === "HEARTBEAT") left.delete(line.clk);
      return left.size === 0;
    });
    this.reader.take(this.#client!);
  }

  disconnect(): void {
    this.reader.feed.interrupt();
    this.#client?.close();
  }
}

/** The part of a state that is about markets. */
function marketsOf(text: string): string {
  return text.split(/^O\|/m, 1)[0]!;
}

/** A state without the kinds of level ladders that the source does not have. */
function withoutMade(text: string, source: string): string {
  return ["batb", "batl", "bdatb", "bdatl"].reduce(
    (left, name) =>
      source.includes(`L|${name}|`)
        ? left
        : left.replace(new RegExp(`^L\\|${name}\\|.*\n`, "gm"), ""),
    text,
  );
}

/** Lets an undisturbed reader and one that is often interrupted see the same; compares them. */
async function compare(
  exchange: MockExchange,
  requests: readonly Line[],
  random: SeededRandom,
): Promise<Follower> {
  const calm = new Follower(exchange, requests);
  const troubled = new Follower(exchange, requests);
  await calm.connect();
  await troubled.connect();
  while (!exchange.isAtEnd) {
    await exchange.advance(random.integer(0, 12));
    exchange.heartbeat();
    await Promise.all([calm.catchUp(), troubled.catchUp()]);
    assert.equal(troubled.reader.text, calm.reader.text);
    troubled.disconnect();
    await exchange.until(() => exchange.openConnections === 1);
    await exchange.advance(random.integer(0, 12));
    await troubled.connect();
    exchange.heartbeat();
    await Promise.all([calm.catchUp(), troubled.catchUp()]);
    assert.equal(
      troubled.reader.text,
      calm.reader.text,
      `at position ${exchange.position}`,
    );
  }
  if (requests[0] === EVERYTHING && requests[1] === ORDERS) {
    // A cache that forgets nothing remembers markets that were dropped (protocol 5).
    const dropped = /^O\|.*\n(?!S)/gm;
    assert.equal(
      textOfState(exchange.state),
      calm.reader.text.replace(dropped, ""),
    );
  }
  // Who comes now sees the same at once, but for orders that are done.
  const late = new Follower(exchange, requests.slice(0, 1));
  await late.connect();
  if (requests[0].op === "marketSubscription") {
    assert.equal(marketsOf(late.reader.text), marketsOf(calm.reader.text));
  }
  for (const follower of [calm, troubled, late]) follower.disconnect();
  return troubled;
}

describe("MockExchange resume", () => {
  for (let seed = 1; seed <= 6; seed++) {
    it(`gives what an undisturbed reader has, seed ${seed}`, async () => {
      const source = new MarketGenerator({ ...EVENTFUL, seed, imageShare: 0 });
      await using exchange = await MockExchange.start({
        source,
        pace: "stepped",
        segmentBytes: 2000,
      });
      const { answers, reader } = await compare(
        exchange,
        [EVERYTHING, ORDERS],
        new SeededRandom(seed),
      );
      assert.deepEqual(new Set(answers.slice(2)), new Set(["RESUB_DELTA"]));
      assert.ok(reader.text.includes("\nU|"), "no orders were compared");
      // Neither has the exchange told anything else than its source.
      assert.equal(reader.text, textOfState(source.state));
    });
  }

  it("gives a new image where one came in between", async () => {
    await using exchange = await MockExchange.start({
      source: new MarketGenerator({
        ...EVENTFUL,
        orders: false,
        seed: 8,
        imageShare: 0.1,
      }),
      pace: "stepped",
    });
    const { answers } = await compare(
      exchange,
      [EVERYTHING],
      new SeededRandom(8),
    );
    assert.deepEqual(
      new Set(answers.slice(1)),
      new Set(["RESUB_DELTA", "SUB_IMAGE"]),
    );
  });

  /** What a reader is told that was away for all of a script but its first message. */
  async function told(script: readonly Line[], request: Line): Promise<Line> {
    await using exchange = await MockExchange.start({
      source: script,
      pace: "stepped",
      startPosition: 1,
    });
    const calm = new Follower(exchange, [request]);
    const away = new Follower(exchange, [request]);
    await calm.connect();
    await away.connect();
    away.disconnect();
    await exchange.advance(script.length);
    exchange.heartbeat();
    await calm.catchUp();
    const { cache } = away.reader.feed;
    const stream = request.op === "marketSubscription" ? "market" : "order";
    using client = await logIn(exchange);
    await client.send({
      ...request,
      initialClk: cache.initialClk(stream),
      clk: cache.clk(stream),
    });
    const answer = (await client.until(endsFirst)).at(-1);
    away.reader.take(client);
    assert.equal(away.reader.text, calm.reader.text);
    calm.disconnect();
    return answer;
  }

  it("tells of orders that were replaced as a whole in between", async () => {
    const order = (id: string, status: string): Line => ({
      id,
      status,
      side: "B",
      p: 2,
      s: 1,
      sm: 0,
      sr: 1,
      sl: 0,
      sc: 0,
      sv: 0,
    });
    const ocm = (oc: readonly Line[]): Line => ({ op: "ocm", pt: 1, oc });
    const { ct, oc } = await told([
      ocm([
        { id: "1.1", orc: [{ id: 7, uo: [order("1", "E")], mb: [[2, 1]] }] },
        { id: "1.2", orc: [{ id: 8, uo: [order("2", "E")], ml: [[3, 1]] }] },
        { id: "1.3", orc: [{ id: 9, uo: [order("3", "E")], mb: [[4, 1]] }] },
        { id: "1.4", orc: [{ id: 5, uo: [order("4", "E")], mb: [[5, 1]] }] },
      ]),
      // A market, a runner, a market of which nothing is left, and matches that are void.
      ocm([{
        id: "1.1",
        fullImage: true,
        orc: [{ id: 6, fullImage: true, uo: [order("9", "EC")] }],
      }]),
      ocm([{ id: "1.2", orc: [{ id: 8, fullImage: true, ml: [[3, 2]] }] }]),
      ocm([{ id: "1.3", fullImage: true }]),
      ocm([{ id: "1.4", closed: true, orc: [{ id: 5, mb: [] }] }]),
    ], ORDERS);
    assert.equal(ct, "RESUB_DELTA");
    assert.deepEqual(oc, [
      {
        id: "1.1",
        fullImage: true,
        orc: [{ fullImage: true, id: 6, uo: [order("9", "EC")] }],
      },
      { id: "1.2", orc: [{ fullImage: true, id: 8, ml: [[3, 2]] }] },
      { id: "1.3", fullImage: true },
      { id: "1.4", closed: true, orc: [{ id: 5, mb: [[5, 0]] }] },
    ]);
  });

  it("tells of markets that began to match in between, in full", async () => {
    const definition = (venue: string): Line => ({ venue, runners: [] });
    const { ct, mc } = await told([
      {
        op: "mcm",
        mc: [{
          id: "1.1",
          marketDefinition: definition("Ascot"),
          rc: [{ id: 7, ltp: 2 }],
        }],
      },
      { op: "mcm", mc: [{ id: "1.1", marketDefinition: definition("York") }] },
      { op: "mcm", mc: [{ id: "1.1", rc: [{ id: 7, tv: 5 }] }] },
    ], { ...EVERYTHING, marketFilter: { venues: ["York"] } });
    assert.equal(ct, "RESUB_DELTA");
    assert.deepEqual(mc, [{
      id: "1.1",
      marketDefinition: definition("York"),
      rc: [{ ltp: 2, tv: 5, id: 7 }],
      img: true,
    }]);
  });

  it("marks what was merged out of several changes", async () => {
    const change = (ltp: number): Line => ({
      op: "mcm",
      mc: [{ id: "1.1", rc: [{ id: 7, ltp }] }],
    });
    const { mc } = await told([change(1), change(2), change(3)], EVERYTHING);
    assert.deepEqual(mc, [{
      id: "1.1",
      rc: [{ ltp: 3, id: 7 }],
      con: true,
    }]);
    const once = await told([change(1), change(2)], EVERYTHING);
    assert.deepEqual(once.mc, [{ id: "1.1", rc: [{ ltp: 2, id: 7 }] }]);
  });

  const views: readonly (readonly [string, Line])[] = [
    ["three levels of best offers", {
      marketDataFilter: {
        fields: ["EX_BEST_OFFERS", "EX_MARKET_DEF"],
        ladderLevels: 3,
      },
    }],
    ["one level of display offers", {
      marketDataFilter: { fields: ["EX_BEST_OFFERS_DISP"], ladderLevels: 1 },
    }],
    ["prices of some types of market", {
      marketFilter: { marketTypes: ["PLACE", "ASIAN_HANDICAP"] },
      marketDataFilter: {
        fields: ["EX_LTP", "EX_ALL_OFFERS", "EX_MARKET_DEF"],
      },
    }],
    ["what the exchange sends without a data filter", {
      marketDataFilter: undefined,
    }],
  ];
  for (const [name, changes] of views) {
    it(`sees ${name}`, async () => {
      await using exchange = await MockExchange.start({
        source: new MarketGenerator({ ...EVENTFUL, seed: 3, imageShare: 0 }),
        pace: "stepped",
      });
      await compare(
        exchange,
        [{ ...EVERYTHING, ...changes }],
        new SeededRandom(3),
      );
    });
  }

  it("sees the orders of one strategy", async () => {
    await using exchange = await MockExchange.start({
      source: new MarketGenerator({ ...EVENTFUL, seed: 4, imageShare: 0 }),
      pace: "stepped",
    });
    await compare(exchange, [{
      ...ORDERS,
      orderFilter: {
        includeOverallPosition: false,
        customerStrategyRefs: ["scalper1"],
      },
    }], new SeededRandom(4));
  });

  describe("of recordings", { skip: missingReason }, () => {
    for (const { name } of recordings) {
      it(name, async () => {
        const bytes = readRecording(name);
        const start = bytes.subarray(0, MAX_BYTES);
        await using exchange = await MockExchange.start({
          source: start.subarray(0, start.lastIndexOf(0x0a) + 1),
          pace: "stepped",
        });
        const stride = new SeededRandom(1);
        const { reader } = await compare(
          exchange,
          [EVERYTHING, ORDERS],
          stride,
        );
        if (PURCHASED.test(new TextDecoder().decode(start))) return;
        const direct = new Reader();
        for (const _update of direct.feed.push(start));
        assert.equal(withoutMade(reader.text, direct.text), direct.text);
      });
    }
  });
});
