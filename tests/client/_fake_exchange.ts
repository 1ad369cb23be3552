/**
 * An exchange in memory that a test plays by hand, and time that only the test
 * moves: no network, no waiting, the same every time.
 *
 * @module
 */

import { setImmediate } from "node:timers";
import type { StreamUpdate } from "../../src/cache/stream_update.ts";
import {
  type ClientState,
  type ClientStateChange,
  type ClientTimers,
  StreamClient,
  type StreamClientOptions,
  type Transport,
} from "../../src/client/mod.ts";

/** A JSON object. */
export type Json = Readonly<Record<string, unknown>>;

const encoder = new TextEncoder();

/** Lets everything happen that is ready to. In memory all of it is microtasks. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Time that stands still until a test moves it. */
export class FakeTimers implements ClientTimers {
  #atMs = 0;
  readonly #due = new Set<
    { readonly atMs: number; readonly run: () => void }
  >();
  /** Time of day at the beginning, ms since the epoch. */
  readonly startMs: number = 1_700_000_000_000;

  now(): number {
    return this.startMs + this.#atMs;
  }

  elapsed(): number {
    return this.#atMs;
  }

  schedule(callback: () => void, delayMs: number): () => void {
    const timer = { atMs: this.#atMs + delayMs, run: callback };
    this.#due.add(timer);
    return () => this.#due.delete(timer);
  }

  /** Timers that are set. */
  get pending(): number {
    return this.#due.size;
  }

  /** When the next timer is due, ms from now; undefined if there is none. */
  get nextInMs(): number | undefined {
    const times = [...this.#due].map(({ atMs }) => atMs);
    return times.length === 0 ? undefined : Math.min(...times) - this.#atMs;
  }

  /** Moves time on; timers fire when they are due, and what they begin goes on. */
  async pass(ms: number): Promise<void> {
    await turn();
    const endMs = this.#atMs + ms;
    while (true) {
      const [next] = [...this.#due].sort((a, b) => a.atMs - b.atMs);
      if (next === undefined || next.atMs > endMs) break;
      this.#atMs = Math.max(this.#atMs, next.atMs);
      this.#due.delete(next);
      next.run();
      await turn();
    }
    this.#atMs = endMs;
    await turn();
  }

  /** Moves time on as if the program had stood still: timers fire late. */
  async standStill(ms: number): Promise<void> {
    this.#atMs += ms;
    await this.pass(0);
  }
}

/** The exchange's end of a connection. */
export class FakeConnection implements Transport {
  /** Requests received, parsed. */
  readonly requests: Json[] = [];
  /** Whether the client has closed it. */
  isClosed = false;
  /** What becomes of writes; they succeed unless a test says otherwise. */
  onWrite: () => Promise<void> = () => Promise.resolve();
  readonly #inbox: (Uint8Array | null | Error)[] = [];
  #wake: (() => void) | undefined;
  /** Whether the client waits for bytes. */
  get isRead(): boolean {
    return this.#wake !== undefined;
  }

  /** Chunks that the client has not read. */
  get unread(): number {
    return this.#inbox.length;
  }

  async read(): Promise<Uint8Array | null> {
    while (!this.isClosed) {
      const next = this.#inbox.shift();
      if (next instanceof Error) throw next;
      if (next !== undefined) return next;
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    return null;
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.requests.push(JSON.parse(new TextDecoder().decode(bytes)));
    await this.onWrite();
  }

  close(): void {
    this.isClosed = true;
    this.#notify();
  }

  /** Sends messages in one piece. Strings are lines already. */
  send(...messages: readonly (Json | string)[]): void {
    const lines = messages.map((message) =>
      `${typeof message === "string" ? message : JSON.stringify(message)}\r\n`
    );
    this.sendBytes(encoder.encode(lines.join("")));
  }

  /** Sends bytes as they are. */
  sendBytes(bytes: Uint8Array): void {
    this.#inbox.push(bytes);
    this.#notify();
  }

  /** Ends it, behind what was sent: in order, or by an error. */
  end(error: Error | null = null): void {
    this.#inbox.push(error);
    this.#notify();
  }

  /** Request of a kind that came last. */
  last(op: string): Json | undefined {
    return this.requests.findLast((request) => request["op"] === op);
  }

  /** Number of requests of a kind. */
  count(op: string): number {
    return this.requests.filter((request) => request["op"] === op).length;
  }

  /** Says hello, and accepts the session. */
  accept(more: Json = {}): void {
    this.send(
      { op: "connection", connectionId: "101-1" },
      { ...success(this.last("authentication")!), ...more },
    );
  }

  /** Accepts a subscription, and sends the message that makes its books complete. */
  image(op: "marketSubscription" | "orderSubscription", message: Json): void {
    const request = this.last(op)!;
    this.send(success(request), { id: request["id"], ...message });
  }

  #notify(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }
}

/** Answers yes. */
export function success(request: Json): Json {
  return {
    op: "status",
    id: request["id"],
    statusCode: "SUCCESS",
    connectionClosed: false,
  };
}

/** Answers no. */
export function failure(errorCode: string, more: Json = {}): Json {
  return {
    op: "status",
    statusCode: "FAILURE",
    errorCode,
    connectionClosed: errorCode !== "SUBSCRIPTION_LIMIT_EXCEEDED",
    ...more,
  };
}

/** A complete message of the market stream with one market and its price. */
export function market(ltp: number, clk: string, more: Json = {}): Json {
  return {
    op: "mcm",
    pt: 1_700_000_000_000,
    clk,
    mc: [{ id: "1.1", rc: [{ id: 7, ltp }] }],
    ...more,
  };
}

/** An image of the market stream. */
export function marketImage(ltp: number, clk: string, more: Json = {}): Json {
  return {
    ...market(ltp, clk),
    ct: "SUB_IMAGE",
    initialClk: `i${clk}`,
    conflateMs: 0,
    heartbeatMs: 5000,
    mc: [{ id: "1.1", img: true, rc: [{ id: 7, ltp }] }],
    ...more,
  };
}

/** What a resumed market stream begins with. */
export function marketResumed(ltp: number, clk: string): Json {
  return {
    ...market(ltp, clk),
    ct: "RESUB_DELTA",
    initialClk: `i${clk}`,
    conflateMs: 0,
    heartbeatMs: 5000,
  };
}

/** An image of the order stream, with an order. */
export function orderImage(clk: string, more: Json = {}): Json {
  return {
    op: "ocm",
    pt: 1_700_000_000_000,
    ct: "SUB_IMAGE",
    initialClk: `i${clk}`,
    clk,
    heartbeatMs: 5000,
    oc: [{
      id: "1.1",
      fullImage: true,
      orc: [{ id: 7, fullImage: true, mb: [[2, 5]] }],
    }],
    ...more,
  };
}

/** An update as it was when it was delivered. */
export interface SeenLive {
  readonly kind: string;
  readonly stream: string | undefined;
  readonly changeType: string | undefined;
  readonly ltp: number | undefined;
  readonly gap: Readonly<Record<string, unknown>> | undefined;
  readonly error: Error | undefined;
  readonly subscriptionId: number | undefined;
  readonly isStale: boolean;
  /** Ids of the markets that are gone. */
  readonly removedMarkets: readonly string[];
}

/** A client, its exchange, its time, and everything that came out of it. */
export class Play {
  readonly timers: FakeTimers = new FakeTimers();
  readonly client: StreamClient;
  readonly connections: FakeConnection[] = [];
  readonly updates: SeenLive[] = [];
  readonly changes: ClientStateChange[] = [];
  /** How the loop ended; undefined while it has not. */
  outcome: { readonly error?: unknown } | undefined;
  /** Holds the loop, when it is set, behind each batch. */
  hold: Promise<void> | undefined;
  /** Fails the next attempts to connect. */
  readonly connectErrors: Error[] = [];
  running: Promise<void> | undefined;

  constructor(options: Partial<StreamClientOptions> = {}) {
    this.client = new StreamClient({
      appKey: "app-key",
      session: "token",
      markets: { marketFilter: { marketIds: ["1.1"] } },
      timers: this.timers,
      backoff: { random: () => 0.5 },
      connect: () => {
        const error = this.connectErrors.shift();
        if (error !== undefined) return Promise.reject(error);
        const connection = new FakeConnection();
        this.connections.push(connection);
        return Promise.resolve(connection);
      },
      onStateChange: (change) => this.changes.push(change),
      ...options,
    });
  }

  /** The present connection. */
  get peer(): FakeConnection {
    return this.connections.at(-1)!;
  }

  /** What it was doing, one after the other. */
  get states(): ClientState[] {
    return this.changes.map(({ state }) => state);
  }

  /** Updates of a kind. */
  seen(kind: string): SeenLive[] {
    return this.updates.filter((update) => update.kind === kind);
  }

  /** Price in the books. */
  get ltp(): number | undefined {
    return this.client.cache.markets.get("1.1")?.runner(7)?.lastTradedPrice;
  }

  /** Begins to iterate. */
  async start(): Promise<this> {
    this.running = this.#run();
    await turn();
    return this;
  }

  /** Begins, and comes to a live market stream at price 2 and clock "c1". */
  async goLive(): Promise<this> {
    await this.start();
    this.peer.accept();
    await turn();
    this.peer.image("marketSubscription", marketImage(2, "c1"));
    await turn();
    return this;
  }

  /** Lets the exchange send, and everything happen that comes of it. */
  async send(...messages: readonly (Json | string)[]): Promise<void> {
    this.peer.send(...messages);
    await turn();
  }

  /** Loses the connection, waits as long as the client does, and is accepted anew. */
  async reconnect(error: Error | null = null): Promise<FakeConnection> {
    this.peer.end(error);
    await this.wait();
    this.peer.accept();
    await turn();
    return this.peer;
  }

  /** Lets the wait between two connections pass. */
  async wait(): Promise<void> {
    await turn();
    await this.timers.pass(this.changes.at(-1)?.waitMs ?? 0);
  }

  /** Closes the client, and waits for the loop. */
  async end(): Promise<void> {
    await this.client[Symbol.asyncDispose]();
    await this.running;
  }

  async #run(): Promise<void> {
    try {
      for await (const batch of this.client) {
        for (const update of batch) this.updates.push(see(update));
        if (this.hold !== undefined) await this.hold;
      }
      this.outcome = {};
    } catch (error) {
      this.outcome = { error };
    }
  }
}

function see(update: StreamUpdate): SeenLive {
  return {
    kind: update.kind,
    stream: update.stream,
    changeType: update.kind === "invalid" ? undefined : update.changeType,
    ltp: update.markets[0]?.runner(7)?.lastTradedPrice,
    gap: update.gap === undefined ? undefined : { ...update.gap },
    removedMarkets: update.removedMarkets.map(({ marketId }) => marketId),
    error: update.error,
    subscriptionId: update.kind === "invalid"
      ? undefined
      : update.subscriptionId,
    isStale: update.isStale,
  };
}
