import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { gunzipSync } from "node:zlib";
import { StreamClient } from "../../src/client/mod.ts";
import { stateText } from "../../src/cli/_state_text.ts";
import { record, type RecordOptions } from "../../src/record/mod.ts";
import {
  MarketGenerator,
  MockExchange,
  type MockFault,
} from "../../src/testing/mod.ts";
import { KEEP_ALL, replayedState, withFolder } from "./_support.ts";

const APP_KEY = "AppKeyThatNobodyMaySee";
const TOKEN = "TokenThatNobodyMaySee";

/** Everything that ends a connection, and cuts that leave halves behind. */
const FAULTS: readonly MockFault[] = [
  { kind: "cut", how: "reset", connection: 1, byte: 3000 },
  { kind: "cut", how: "end", connection: 2, byte: 30_001 },
  { kind: "cut", how: "abrupt", position: 60 },
  { kind: "corruptLine", position: 120 },
  { kind: "status", errorCode: "TIMEOUT", position: 160 },
  { kind: "cut", how: "reset", position: 200 },
  { kind: "unknownOp", position: 220 },
  { kind: "image", position: 230 },
  { kind: "cut", how: "end", position: 300 },
];

/** A client recorded through all faults, until it knows everything. */
async function recordLive(
  folder: string,
  options: RecordOptions,
): Promise<{ state: string; received: Buffer; connections: number }> {
  await using exchange = await MockExchange.start({
    source: new MarketGenerator({
      seed: 31,
      markets: 6,
      messages: 400,
      orders: true,
      resumeShare: 0,
      wholeLife: false,
    }),
    segmentBytes: 4000,
    waitFor: 2,
    faults: FAULTS,
  });
  await using client = new StreamClient({
    ...KEEP_ALL,
    host: exchange.host,
    port: exchange.port,
    caCerts: [exchange.caCert],
    appKey: APP_KEY,
    session: TOKEN,
    backoff: { firstMs: 1, baseMs: 1, maxMs: 1, stableMs: 0 },
    markets: { fields: ["EX_ALL_OFFERS", "EX_LTP", "EX_MARKET_DEF"] },
    orders: {},
  });
  const received: Uint8Array[] = [];
  client.tap((lines) => received.push(lines.slice()));
  const finished = exchange.finished().then(() => exchange.heartbeat());
  const recording = record(client, folder, options);
  for await (const batch of recording) {
    batch.drain();
    const isUpToDate = exchange.isAtEnd && client.state === "live" &&
      client.cache.clk("market") === exchange.clk("market") &&
      client.cache.clk("order") === exchange.clk("order");
    if (isUpToDate) break;
  }
  await finished;
  assert.equal(recording.summary.error, undefined);
  return {
    state: stateText(client.cache),
    received: Buffer.concat(received),
    connections: exchange.acceptedConnections,
  };
}

/** Content of all recordings in a folder, in order. */
function contentOf(folder: string): Buffer {
  return Buffer.concat(
    readdirSync(folder).filter((name) => name.endsWith(".gz")).sort()
      .map((name) => gunzipSync(readFileSync(join(folder, name)))),
  );
}

describe("record() of a StreamClient", () => {
  it("keeps every line through every fault, a file for each connection", async () => {
    await withFolder(async (folder) => {
      const { state, received, connections } = await recordLive(folder, {});
      assert.ok(contentOf(folder).equals(received));
      const files = readdirSync(folder).filter((name) => name.endsWith(".gz"));
      assert.ok(connections >= 4, `${connections} connections`);
      assert.equal(files.length, connections);
      assert.equal(await replayedState(folder), state);
    });
  });

  it("gives the same books from files of any size, and from the markets' files", async () => {
    for (const options of [{ rotateBytes: 7000 }, { per: "market" }] as const) {
      await withFolder(async (folder) => {
        const { state } = await recordLive(folder, options);
        assert.equal(await replayedState(folder), state);
      });
    }
  });

  it("writes no credentials", async () => {
    await withFolder(async (folder) => {
      await recordLive(folder, { gzip: false });
      for (const name of readdirSync(folder)) {
        const text = name + readFileSync(join(folder, name), "latin1");
        assert.ok(!text.includes(APP_KEY) && !text.includes(TOKEN), name);
      }
    });
  });
});
