// deno-lint-ignore-file no-console -- a program, which reports to the soak

/**
 * The exchange of a soak, in a process of its own so that the memory of the
 * client is measured alone. Takes the options as JSON in its argument; ends the
 * faults at `finish` on standard input, and itself at `close`.
 *
 * @module
 */

import process from "node:process";
import { createInterface } from "node:readline";
import {
  MarketGenerator,
  MockExchange,
  type MockFault,
  SeededRandom,
} from "../../src/testing/mod.ts";
import { stateText } from "../support/state_text.ts";
import { comparable } from "./_comparable.ts";
import type { ExchangeReport, SoakOptions } from "./_soak_options.ts";

const TICK_MS = 10;

/** How much behind a client may be before its changes are merged, bytes. */
const SEND_BUFFER_BYTES = 256 * 1024;

/** Faults that a client survives without long waits, with how often they come. */
const FAULTS: readonly (readonly [share: number, fault: MockFault])[] = [
  [4, { kind: "cut", how: "end" }],
  [4, { kind: "cut", how: "abrupt" }],
  [4, { kind: "cut", how: "reset" }],
  [2, { kind: "stall" }],
  [2, { kind: "split", bytes: 7 }],
  [2, { kind: "merge", bytes: 50_000 }],
  [2, { kind: "unavailable", messages: 5 }],
  [3, { kind: "image" }],
  [3, { kind: "oldId" }],
  [2, { kind: "unknownField" }],
  [2, { kind: "unknownOp" }],
  [2, { kind: "corruptLine" }],
  [2, { kind: "status", errorCode: "TIMEOUT" }],
  [2, { kind: "status", errorCode: "UNEXPECTED_ERROR" }],
  [2, { kind: "status", errorCode: "SUBSCRIPTION_LIMIT_EXCEEDED" }],
  [1, {
    kind: "status",
    errorCode: "INVALID_CLOCK",
    request: "marketSubscription",
  }],
  [1, {
    kind: "status",
    errorCode: "INVALID_SESSION_INFORMATION",
    request: "authentication",
  }],
  [1, { kind: "cut", how: "reset", request: "orderSubscription" }],
  [1, { kind: "stall", request: "marketSubscription" }],
];

/** A fault at random, soon. */
function nextFault(
  random: SeededRandom,
  position: number,
  { records }: SoakOptions,
): MockFault {
  const all = FAULTS.flatMap(([share, fault]) =>
    records && fault.kind === "oldId"
      ? []
      : Array.from({ length: share }, () => fault)
  );
  const fault = all[Math.floor(random.next() * all.length)]!;
  return "request" in fault
    ? fault
    : { ...fault, position: position + 1 + Math.floor(random.next() * 20) };
}

function report(what: ExchangeReport): void {
  console.log(JSON.stringify(what));
}

async function main(options: SoakOptions): Promise<void> {
  const { seed, markets, messagesPerSecond, faultEveryMs } = options;
  const random = new SeededRandom(seed);
  const generator = new MarketGenerator({
    seed,
    markets,
    runners: 6,
    // More than happens: it is stopped.
    messages: 50_000_000,
    wholeLife: false,
    orders: true,
    segmentShare: 0.05,
    imageShare: 0.0005,
    resumeShare: 0,
  });
  let isFinishing = false;
  function* lines(): Generator<string> {
    for (const line of generator) {
      yield line;
      if (isFinishing && generator.isMessageComplete) return;
    }
  }
  await using exchange = await MockExchange.start({
    source: lines(),
    pace: "stepped",
    whenSlow: "merge",
    publishTimes: "now",
    sendBufferBytes: SEND_BUFFER_BYTES,
    marketLimit: markets,
  });
  const { host, port, caCert } = exchange;
  const commands = createInterface({ input: process.stdin });
  let isClosing = false;
  const closing = new Promise<void>((resolve) => {
    commands.on("line", (command) => {
      isFinishing ||= command === "finish";
      isClosing ||= command === "close";
      if (isClosing) resolve();
    });
    // The client's process is gone.
    commands.on("close", () => {
      isFinishing = isClosing = true;
      resolve();
    });
  });
  report({ kind: "ready", host, port, caCert });
  await exchange.until(() => exchange.activeSubscriptions === 2);

  const faults: Record<string, number> = {};
  const startedAt = performance.now();
  let happened = 0;
  let faultAt = startedAt + faultEveryMs;
  while (!exchange.isAtEnd && !isClosing) {
    await new Promise((resolve) => setTimeout(resolve, TICK_MS));
    const now = performance.now();
    const due = Math.floor((now - startedAt) / 1000 * messagesPerSecond);
    happened += await exchange.advance(Math.max(1, due - happened));
    if (isFinishing || now < faultAt) continue;
    faultAt = now + faultEveryMs * 2 * random.next();
    const fault = nextFault(random, exchange.position, options);
    exchange.addFault(fault);
    const name = fault.kind === "status" ? fault.errorCode : fault.kind;
    faults[name] = (faults[name] ?? 0) + 1;
  }
  const { state } = generator;
  report({
    kind: "end",
    marketClk: exchange.clk("market"),
    orderClk: exchange.clk("order"),
    state: comparable(stateText(state)),
    orders: state.orders.flatMap(({ runners }) => runners)
      .reduce((sum, { orders }) => sum + orders.length, 0),
    messages: exchange.position,
    connections: exchange.acceptedConnections,
    faults,
  });
  await closing;
  await exchange.until(() => exchange.openConnections === 0);
  report({ kind: "closed", openConnections: exchange.openConnections });
  commands.close();
}

main(JSON.parse(process.argv[2]!));
