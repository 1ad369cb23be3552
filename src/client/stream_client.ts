/** Market and order books, live. See {@linkcode StreamClient}. */

import { orAborted, pause } from "../_abortable.ts";
import { BookFeed } from "../cache/book_feed.ts";
import { cacheFor } from "../cache/cache_for.ts";
import type { StreamCache } from "../cache/stream_cache.ts";
import type { StreamName, StreamUpdate } from "../cache/stream_update.ts";
import type { UpdateBatch } from "../cache/update_batch.ts";
import { warmUp } from "../cache/warm_up.ts";
import { DEFAULT_MAX_LINE_BYTES } from "../framing/line_framer.ts";
import type { LineListener } from "../framing/line_listener.ts";
import { LineTooLongError } from "../framing/line_too_long_error.ts";
import { InvalidLineError } from "../parsing/invalid_line_error.ts";
import { parserFor } from "../parsing/parser_for.ts";
import { encodeRequest } from "../protocol/request_encoder.ts";
import { Connection, type Verdict } from "./_connection.ts";
import { ControlMessages } from "./_control_messages.ts";
import { HandshakeLines } from "./_handshake_lines.ts";
import { HealthMonitor } from "./_health_monitor.ts";
import { redactLine } from "./_redaction.ts";
import { Retries } from "./_retries.ts";
import { SessionKeeper } from "./_session_keeper.ts";
import {
  marketRequest,
  orderRequest,
  type SubscriptionDefaults,
} from "./_subscribed_stream.ts";
import { Subscriptions } from "./_subscriptions.ts";
import { connectionLost } from "./_transport_failure.ts";
import type { ClientHealth } from "./client_health.ts";
import type { StreamClientOptions } from "./client_options.ts";
import type { ClientState } from "./client_state.ts";
import { type ClientTimers, SYSTEM_TIMERS } from "./client_timers.ts";
import { ConnectionLostError } from "./connection_lost_error.ts";
import { NetPermissionError } from "./net_permission_error.ts";
import { Secret } from "./secret.ts";
import { StreamStatusError } from "./stream_status_error.ts";
import type { MarketSubscription, OrderSubscription } from "./subscriptions.ts";
import {
  openTransport,
  type Transport,
  type TransportOptions,
} from "./transport.ts";

// One life of a client. Everything happens while a batch is asked for, but for
// sending a subscription, keeping a session alive, and closing.
//
//   idle ──▶ connecting ──▶ authenticating ──▶ subscribing ──▶ imaging ──▶ live
//                ▲  │ ▲           │              │    ▲           │         │
//                │  │ └─renew─────┤              │    └─replaced──┼─────────┤
//                │  │             │              │     refused    │         │
//                │  ▼             ▼              ▼                ▼         ▼
//              waiting ◀───── lost: socket error or end, `connectionClosed`, a
//                             line that is no message, silence, no answer
//
//   From everywhere: close(), an aborted signal, a status that nothing helps
//   against, or a limit ──▶ closed.
//
// A loss begins a gap of each subscription. It ends with the first image or
// resumption that is complete: that is when the cache tells of it.

const LF = 0x0a;
const DEFAULT_HOST = "stream-api.betfair.com";
const DEFAULT_PORT = 443;
const DEFAULT_HEARTBEAT_MS = 5_000;
/** The exchange closes what has not subscribed by then (protocol section 1). */
const DEFAULT_TIMEOUT_MS = 15_000;
const DEFAULT_MAX_MARKETS = 100_000;

/** A part of a line that came at once counts as progress from here on. */
const MIN_PROGRESS_BYTES = 256;

/**
 * Connects, authenticates, subscribes, and goes on doing so whatever happens;
 * iterating it gives the same batches of the same updates as `replay`.
 *
 * **Nothing is lost unnoticed.** After every interruption each subscription is
 * resumed from its clocks or imaged anew, and tells so once, by an update of kind
 * `gap`; until then `cache.isStale` is true. A line that is no message, and
 * a message whose segments break off, count as interruptions, since what they said is
 * missing.
 *
 * **A slow loop is a slow reader.** While it holds a batch nothing is read, so the
 * exchange conflates, which is counted; no queue grows. One loop at a time can
 * iterate a client. Leaving it closes the client.
 *
 * **What ends the loop**: {@linkcode StreamClient.close}, by which it just ends;
 * the signal, whose reason is thrown; a {@linkcode StreamStatusError} that trying
 * again does not help against; a `LoginError` likewise; a line, a message or a
 * number of markets beyond its limit. Everything else is tried again, after waits
 * that grow.
 *
 * Needs the permission to connect to the host, and never asks for it.
 *
 * @example
 * ```ts
 * import { StreamClient, type Transport } from "@betfair-stream/core/client";
 * import assert from "node:assert/strict";
 *
 * // A program leaves `connect` out, and connects to the exchange.
 * const script = [
 *   `{"op":"connection","connectionId":"1"}`,
 *   `{"op":"status","id":1,"statusCode":"SUCCESS","connectionClosed":false}`,
 *   `{"op":"status","id":2,"statusCode":"SUCCESS","connectionClosed":false}`,
 *   `{"op":"mcm","id":2,"ct":"SUB_IMAGE","initialClk":"A","clk":"B","pt":1,` +
 *   `"mc":[{"id":"1.2","img":true,"rc":[{"atb":[[2,10]],"id":7}]}]}`,
 * ];
 * const connect = (): Promise<Transport> =>
 *   Promise.resolve({
 *     read: () => Promise.resolve(new TextEncoder().encode(`${script.shift()}\n`)),
 *     write: () => Promise.resolve(),
 *     close: () => {},
 *   });
 *
 * await using client = new StreamClient({ appKey: "key", session: "token", connect });
 * client.subscribeMarkets({
 *   marketFilter: { eventTypeIds: ["7"] },
 *   fields: ["EX_ALL_OFFERS", "EX_MARKET_DEF"],
 * });
 * loop: for await (const batch of client) {
 *   for (const update of batch) {
 *     if (update.isImage) break loop;
 *   }
 * }
 * assert.equal(client.cache.markets.get("1.2")?.runner(7)?.availableToBack.bestPrice, 2);
 * ```
 */
export class StreamClient
  implements AsyncIterable<UpdateBatch>, AsyncDisposable {
  /** The books. */
  readonly cache: StreamCache;
  readonly #feed: BookFeed;
  readonly #appKey: Secret;
  readonly #target: Omit<TransportOptions, "signal">;
  readonly #connect: (options: TransportOptions) => Promise<Transport>;
  readonly #timers: ClientTimers;
  readonly #answerTimeoutMs: number;
  readonly #maxLineBytes: number;
  readonly #defaults: SubscriptionDefaults;
  readonly #options: StreamClientOptions;

  readonly #sessions: SessionKeeper;
  readonly #retries: Retries;
  readonly #monitor = new HealthMonitor();
  readonly #controls: ControlMessages;
  readonly #listeners = new Set<LineListener>();
  readonly #subscriptions: Subscriptions;
  readonly #iterator: AsyncIterator<UpdateBatch, undefined> = {
    next: () => this.#next(),
    return: () => {
      try {
        // What was received counts, and is shown to those who tap it.
        this.#drain();
      } finally {
        this.close();
      }
      return Promise.resolve({ done: true, value: undefined });
    },
  };

  #state: ClientState = "idle";
  #connection: Connection | undefined;
  /** Token of the latest connection. */
  #token: Secret | undefined;
  // The bytes that were read last.
  #batch: UpdateBatch | undefined;
  #batchBytes = 0;
  #receivedAtMs = 0;
  #receivedAt = 0;
  /** Bytes since the last line end. */
  #unfinishedBytes = 0;
  /** Whether the last read brought a good part of a line, and no end of one. */
  #isUnderWay = false;
  /** Whether updates are being applied that nobody has asked for. */
  #isDraining = false;

  /** Whether the loop has been told that it is all over. */
  #isOver = false;
  #isAdvancing = false;
  /** Those who wait for the loop to notice that the client is closed. */
  readonly #onSettled: (() => void)[] = [];
  readonly #lifetime = new AbortController();
  /** Ends the wait before the next attempt; undefined when there is none. */
  #waiting: AbortController | undefined;
  /** What an own function of the user threw; it ends the loop. */
  #callbackError: { readonly error: unknown } | undefined;
  readonly #onAbort = (): void => this.close();

  /**
   * Creates a client. It does nothing before its first batch is asked for.
   *
   * @param options Who connects, and what for.
   * @throws {InvalidRequestError} when the protocol forbids a subscription.
   * @throws {RangeError} when a number is out of its range.
   * @throws {TypeError} when the application key or the token is empty, when there are
   * a cache and options of another one, or a parser and a backend, or when the cache
   * is strict.
   */
  constructor(options: StreamClientOptions) {
    const timers = options.timers ?? SYSTEM_TIMERS;
    this.#options = options;
    this.#timers = timers;
    this.#appKey = Secret.of(options.appKey);
    this.#sessions = new SessionKeeper(
      options.session,
      timers,
      (error) => this.#tell(error),
    );
    this.#target = {
      hostname: options.host ?? DEFAULT_HOST,
      port: options.port ?? DEFAULT_PORT,
      caCerts: options.caCerts === undefined ? undefined : [...options.caCerts],
      timeoutMs: positive(
        "connectTimeoutMs",
        options.connectTimeoutMs ?? DEFAULT_TIMEOUT_MS,
      ),
    };
    this.#answerTimeoutMs = positive(
      "answerTimeoutMs",
      options.answerTimeoutMs ?? DEFAULT_TIMEOUT_MS,
    );
    this.#maxLineBytes = options.maxLineBytes ?? DEFAULT_MAX_LINE_BYTES;
    this.#connect = options.connect ?? openTransport;
    this.#retries = new Retries(options.backoff, timers);
    this.#defaults = {
      conflateMs: options.conflateMs ?? 0,
      heartbeatMs: options.heartbeatMs ?? DEFAULT_HEARTBEAT_MS,
      segmentation: options.segmentation ?? true,
    };
    this.cache = cacheFor("create client", options, options.cache, {
      maxMarkets: DEFAULT_MAX_MARKETS,
    });
    if (this.cache.isStrict) {
      throw new TypeError(
        "Cannot create client as its cache must not be strict: the client has to go on behind what cannot be used",
      );
    }
    this.#subscriptions = new Subscriptions(this.cache, timers);
    this.#controls = new ControlMessages({
      sessions: this.#sessions,
      subscriptions: this.#subscriptions,
      monitor: this.#monitor,
      secrets: () => this.#secrets,
      onProgress: () => this.#review(),
      onRefusal: (error) => this.#tell(error),
    });
    this.#feed = new BookFeed({
      parser: parserFor("create client", options.parser, options.backend),
      cache: this.cache,
      maxLineBytes: options.maxLineBytes,
      onLines: (lines) => this.#onLines(lines),
      onUpdate: (update) => this.#onUpdate(update),
    });
    if (options.markets !== undefined) this.subscribeMarkets(options.markets);
    if (options.orders !== undefined) this.subscribeOrders(options.orders);
    if (options.signal?.aborted) this.close();
    else options.signal?.addEventListener("abort", this.#onAbort);
  }

  /** What it is doing. */
  get state(): ClientState {
    return this.#state;
  }

  /** How it is doing; a new object each time. */
  get health(): ClientHealth {
    const monitor = this.#monitor;
    const { messages, bytes, invalid, superseded, conflated, parser } =
      this.#feed.stats;
    return {
      state: this.#state,
      connectionId: monitor.connectionId,
      connections: monitor.connections,
      reconnects: monitor.reconnects,
      connectionsAvailable: monitor.connectionsAvailable,
      market: this.#subscriptions.health("market"),
      order: this.#subscriptions.health("order"),
      gaps: monitor.gaps,
      resumes: monitor.resumes,
      messages,
      bytes,
      invalid,
      superseded,
      conflated,
      conflatedByMarket: this.#conflatedByMarket(),
      stale: monitor.stale,
      parserFallbacks: parser.fallbacks,
      queueDepthBytes: this.#batch === undefined || this.#batch.isDone
        ? 0
        : this.#batchBytes,
      pendingBytes: this.#feed.pendingBytes,
      publishToReceived: monitor.publishToReceived.summary(),
      receivedToDelivered: monitor.receivedToDelivered.summary(),
      clockOffsetMs: monitor.clockOffsetMs,
      lastError: monitor.lastError,
    };
  }

  /**
   * Follows markets, in place of those followed before: their books go when the new
   * image comes, which is no gap. May be called at any time; each call costs an
   * image.
   *
   * @param subscription Which markets, and which of their data. Copied.
   * @throws {InvalidRequestError} when the protocol forbids it.
   * @throws {TypeError} when the client is closed.
   */
  subscribeMarkets(subscription: MarketSubscription = {}): void {
    this.#subscribe("market", marketRequest(subscription, this.#defaults));
  }

  /**
   * Follows the account's orders; like {@linkcode subscribeMarkets}.
   *
   * @param subscription Which orders and matches. Copied.
   * @throws {InvalidRequestError} when the protocol forbids it.
   * @throws {TypeError} when the client is closed.
   */
  subscribeOrders(subscription: OrderSubscription = {}): void {
    this.#subscribe("order", orderRequest(subscription, this.#defaults));
  }

  /**
   * Shows all lines as they are received, whole and before they are parsed: for
   * recording and audit. Nothing that is sent is shown, so no credentials are.
   *
   * @param listener Is called with one or more lines, line ends included, borrowed
   * until it returns; when they were read, ms since the epoch; and the name of the
   * connection. What it throws ends the loop.
   * @returns Function that stops it.
   */
  tap(listener: LineListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Closes the connection and ends the loop. Books stay as they are, and count as
   * stale. Does nothing the second time.
   */
  close(): void {
    this.#shut(undefined);
  }

  /** Closes the client, and waits for the loop to notice. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
    if (!this.#isAdvancing) return;
    await new Promise<void>((resolve) => this.#onSettled.push(resolve));
  }

  /**
   * The batches.
   *
   * @returns The same iterator each time.
   */
  [Symbol.asyncIterator](): AsyncIterator<UpdateBatch, undefined> {
    return this.#iterator;
  }

  // ── The loop ────────────────────────────────────────────────────────────────

  get #isClosed(): boolean {
    return this.#lifetime.signal.aborted;
  }

  #shut(error: Error | undefined): void {
    if (this.#isClosed) return;
    this.#lifetime.abort();
    this.#waiting?.abort();
    this.#options.signal?.removeEventListener("abort", this.#onAbort);
    this.#sessions.stop();
    this.#connection?.close();
    this.#connection = undefined;
    this.#subscriptions.end("the client was closed");
    if (error !== undefined) {
      this.#monitor.noteError(error, this.#timers.now());
    }
    this.#enter("closed", error);
  }

  async #next(): Promise<IteratorResult<UpdateBatch, undefined>> {
    if (this.#isAdvancing) {
      throw new TypeError(
        "Cannot ask for a batch as the one asked for before must have come: it has not",
      );
    }
    this.#isAdvancing = true;
    try {
      const value = await this.#advance();
      return value === undefined
        ? { done: true, value: undefined }
        : { done: false, value };
    } catch (error) {
      this.#shut(asError(error, "Cannot go on"));
      throw error;
    } finally {
      this.#isAdvancing = false;
      for (const settle of this.#onSettled.splice(0)) settle();
    }
  }

  /** Goes on to the next batch, whatever it takes; undefined when it is all over. */
  async #advance(): Promise<UpdateBatch | undefined> {
    if (this.#isOver) return undefined;
    this.#drain();
    while (!this.#isClosed) {
      this.#throwCallbackError();
      const connection = this.#connection;
      if (connection === undefined) {
        await this.#open();
      } else if (connection.verdict !== undefined) {
        await this.#abandon(connection, connection.verdict);
      } else {
        const batch = connection.isAuthenticated
          ? await this.#receive(connection)
          : await this.#shakeHands(connection);
        if (batch !== undefined) return batch;
      }
    }
    this.#isOver = true;
    const { signal } = this.#options;
    if (signal?.aborted) throw signal.reason;
    return undefined;
  }

  /** Applies what the loop left of the last batch. */
  #drain(): void {
    this.#isDraining = true;
    try {
      this.cache.drain();
    } finally {
      this.#isDraining = false;
      this.#batch = undefined;
    }
  }

  /** Gets a token, connects and sends the token; or waits before the next attempt. */
  async #open(): Promise<void> {
    this.#enter("connecting");
    // By what was told of it.
    if (this.#isClosed) return;
    const { signal } = this.#lifetime;
    let token: Secret;
    try {
      token = await orAborted(this.#sessions.token(signal), signal);
    } catch (error) {
      if (this.#isClosed) return;
      if (!this.#sessions.mayRetry(error)) throw error;
      return await this.#wait(asError(error, "Cannot get session"));
    }
    let transport: Transport;
    try {
      const connecting = this.#connect({ ...this.#target, signal });
      // The network takes longer than this, and the first image will not wait.
      warmUp();
      transport = await orAborted(connecting, signal, (late) => late.close());
    } catch (error) {
      if (this.#isClosed) return;
      if (error instanceof NetPermissionError) throw error;
      return await this.#wait(connectionLost(error, "connect"));
    }
    // Closed just when it was there.
    if (this.#isClosed) return transport.close();
    const connection = new Connection({
      transport,
      timers: this.#timers,
      number: ++this.#monitor.connections,
      answerTimeoutMs: this.#answerTimeoutMs,
    });
    this.#connection = connection;
    this.#token = token;
    const { hostname, port } = this.#target;
    this.#feed.begin(`${hostname}:${port} #${connection.number}`);
    this.#unfinishedBytes = 0;
    this.#isUnderWay = false;
    this.#enter("authenticating");
    const id = this.#subscriptions.newRequestId();
    connection.send(
      "authentication",
      id,
      encodeRequest({
        op: "authentication",
        id,
        appKey: this.#appKey.reveal(),
        session: token.reveal(),
      }),
    );
  }

  /**
   * Reads up to the answer to the authentication, by which the subscriptions are
   * sent; gives all that was read in one batch.
   */
  async #shakeHands(connection: Connection): Promise<UpdateBatch | undefined> {
    const lines = new HandshakeLines();
    while (!connection.isAuthenticated && connection.verdict === undefined) {
      try {
        const chunk = await connection.read();
        if (this.#isClosed) return undefined;
        for (const message of lines.push(chunk)) {
          this.#controls.take(connection, message);
        }
      } catch (error) {
        if (this.#isClosed) return undefined;
        connection.judge("retry", asError(error, "Cannot read"));
      }
      if (lines.isTooLong) {
        connection.judge(
          "retry",
          new ConnectionLostError(
            "handshake",
            "more came than an answer to the authentication",
          ),
        );
      }
    }
    // A callback may have closed the client.
    return this.#isClosed ? undefined : this.#take(lines.take());
  }

  async #receive(connection: Connection): Promise<UpdateBatch | undefined> {
    this.#subscriptions.noteHeard(connection, this.#isUnderWay);
    try {
      const chunk = await connection.read();
      return this.#isClosed ? undefined : this.#take(chunk);
    } catch (error) {
      if (this.#isClosed) return undefined;
      if (!(error instanceof ConnectionLostError)) throw error;
      connection.judge("retry", error);
      return undefined;
    }
  }

  /** Feeds bytes; gives a batch if there is a line in them. */
  #take(bytes: Uint8Array): UpdateBatch | undefined {
    this.#receivedAtMs = this.#timers.now();
    this.#receivedAt = this.#timers.elapsed();
    this.#batchBytes = bytes.length;
    this.#isUnderWay = false;
    const batch = this.#feed.push(bytes);
    const lineEnd = bytes.lastIndexOf(LF);
    if (lineEnd >= 0) {
      this.#unfinishedBytes = bytes.length - lineEnd - 1;
      this.#batch = batch;
      this.#throwCallbackError();
      return batch;
    }
    this.#drain();
    this.#unfinishedBytes += bytes.length;
    this.#isUnderWay = bytes.length >= MIN_PROGRESS_BYTES;
    // The framer would drop the line with its end, which may never come.
    if (this.#unfinishedBytes > this.#maxLineBytes) {
      throw new LineTooLongError(
        this.#maxLineBytes,
        this.#feed.stats.bytes - this.#unfinishedBytes,
        this.#unfinishedBytes,
      );
    }
    return undefined;
  }

  // ── Losing a connection ─────────────────────────────────────────────────────

  /** Gives a connection up, and does what its end asks for. */
  async #abandon(connection: Connection, verdict: Verdict): Promise<void> {
    const { action, error, minimumWaitMs } = verdict;
    this.#drop(connection, error);
    if (action === "stop") throw error;
    this.#monitor.reconnects++;
    if (action === "renew") {
      if (!this.#sessions.refuse()) throw error;
      // A session that was accepted before may end as soon again: do not log in
      // without a pause then.
      return connection.isAuthenticated
        ? await this.#wait(error)
        : this.#tell(error);
    }
    if (
      error instanceof ConnectionLostError || error instanceof StreamStatusError
    ) {
      return await this.#wait(error, minimumWaitMs);
    }
    // A line that is no message.
    if (!this.#retries.noteUnusable()) throw error;
    await this.#wait(error, minimumWaitMs);
  }

  #drop(connection: Connection, error: Error): void {
    // What was received counts; halves of lines and messages do not.
    this.#isDraining = true;
    this.#feed.interrupt();
    this.#isDraining = false;
    connection.close();
    this.#connection = undefined;
    this.#retries.noteLoss();
    this.#subscriptions.lose(connection, reasonOf(error));
  }

  /** Waits before the next attempt. */
  async #wait(error: Error, minimumWaitMs: number = 0): Promise<void> {
    const { connectionsAvailable } = this.#monitor;
    const waitMs = this.#retries.waitMs(
      error,
      minimumWaitMs,
      connectionsAvailable,
    );
    this.#monitor.noteError(error, this.#timers.now());
    this.#enter("waiting", error, waitMs);
    // Another wait would only keep the loop from being told.
    if (this.#callbackError !== undefined) return;
    if (this.#isClosed) return;
    this.#waiting = new AbortController();
    await pause(this.#timers, waitMs, this.#waiting.signal);
    this.#waiting = undefined;
  }

  // ── What is received ────────────────────────────────────────────────────────

  #onLines(lines: Uint8Array): void {
    for (const listener of this.#listeners) {
      try {
        listener(lines, this.#receivedAtMs, this.#connection?.id);
      } catch (error) {
        this.#failCallback(error);
      }
    }
  }

  /** Sees every update when it has been applied. */
  #onUpdate(update: StreamUpdate): void {
    switch (update.kind) {
      case "market":
      case "order":
      case "heartbeat":
        this.#onChange(update);
        break;
      case "gap":
        this.#monitor.gaps++;
        if (update.gap.outcome === "resumed") this.#monitor.resumes++;
        this.#connection?.interrupted.delete(update.gap.stream);
        break;
      case "connection":
      case "status":
        if (this.#connection !== undefined) {
          this.#controls.take(this.#connection, update.message);
        }
        break;
      case "invalid":
        this.#onInvalid(update.error);
        break;
    }
    if (this.#isDraining) return;
    this.#monitor.receivedToDelivered.record(
      this.#timers.elapsed() - this.#receivedAt,
    );
  }

  #onChange(update: StreamUpdate): void {
    const stream = this.#subscriptions.stream(update.stream!);
    stream.lastMessageAtMs = this.#receivedAtMs;
    this.#monitor.noteChange(update, this.#receivedAtMs);
    if (update.isImage || update.isResubscription) {
      if (this.#subscriptions.complete(stream, update)) this.#review();
    } else if (
      update.kind !== "heartbeat" && update.changeType === "SUB_IMAGE"
    ) {
      // A part of an image, shown by itself: the books are no longer those that
      // the clocks came with.
      stream.forgetClocks();
    }
  }

  /** What was sent and must not be told. */
  get #secrets(): Secret[] {
    return this.#token === undefined
      ? [this.#appKey]
      : [this.#appKey, this.#token];
  }

  /** A line that is no message, or a message that cannot be used. */
  #onInvalid(error: Error): void {
    if (error instanceof InvalidLineError) redactLine(error, this.#secrets);
    const connection = this.#connection;
    if (connection === undefined) return;
    const isCorrupt = error instanceof InvalidLineError
      ? error.reason !== "oversize"
      : !(error instanceof RangeError);
    connection.judge(isCorrupt ? "retry" : "stop", error);
    this.#subscriptions.distrust(connection, reasonOf(error));
  }

  // ── Subscriptions ───────────────────────────────────────────────────────────

  #subscribe(
    name: StreamName,
    request: ReturnType<typeof marketRequest | typeof orderRequest>,
  ): void {
    if (this.#isClosed) {
      throw new TypeError(
        "Cannot subscribe as the client must be open: it is closed",
      );
    }
    const stream = this.#subscriptions.stream(name);
    this.#subscriptions.want(stream, request);
    const connection = this.#connection;
    const isReady = connection !== undefined && connection.isAuthenticated &&
      connection.verdict === undefined;
    if (!isReady) return;
    this.#subscriptions.request(connection, stream);
    this.#review();
  }

  /** Draws conclusions from how far the subscriptions are. */
  #review(): void {
    const connection = this.#connection;
    if (connection === undefined || !connection.isAuthenticated) return;
    this.#subscriptions.limitSilence(connection);
    const { progress } = this.#subscriptions;
    if (progress === "live") connection.wasLive = true;
    if (this.#subscriptions.isSteady) this.#retries.noteSteady();
    this.#enter(progress);
  }

  // ── News ────────────────────────────────────────────────────────────────────

  #enter(state: ClientState, error?: Error, waitMs?: number): void {
    const previous = this.#state;
    if (state === previous && error === undefined) return;
    this.#state = state;
    try {
      this.#options.onStateChange?.({ state, previous, error, waitMs });
    } catch (thrown) {
      this.#failCallback(thrown);
    }
  }

  /** Ends the loop, as soon as it looks; it is woken for that. */
  #failCallback(error: unknown): void {
    this.#callbackError ??= { error };
    this.#waiting?.abort();
    if (this.#connection?.isReading) this.#connection.close();
  }

  /** Tells of something that went wrong. */
  #tell(error: Error): void {
    this.#monitor.noteError(error, this.#timers.now());
    this.#enter(this.#state, error);
  }

  #throwCallbackError(): void {
    if (this.#callbackError !== undefined) throw this.#callbackError.error;
  }

  #conflatedByMarket(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { marketId, conflatedCount } of this.cache.markets) {
      if (conflatedCount > 0) counts[marketId] = conflatedCount;
    }
    return counts;
  }
}

function positive(name: string, value: number): number {
  if (value > 0) return value;
  throw new RangeError(
    `Cannot create client as "${name}" must be > 0: ${value}`,
  );
}

function asError(error: unknown, doing: string): Error {
  return error instanceof Error ? error : new Error(doing, { cause: error });
}

/** What happened, in a word or a sentence. */
function reasonOf(error: Error): string {
  if (error instanceof StreamStatusError) return error.code;
  return error instanceof ConnectionLostError ? error.reason : error.message;
}
