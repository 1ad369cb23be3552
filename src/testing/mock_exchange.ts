import type { Socket } from "node:net";
import { CertificateAuthority, type CertificatePair } from "./_certificates.ts";
import { flawedCertificate } from "./_flawed_certificate.ts";
import { MockBook } from "./_mock_book.ts";
import { MockClock } from "./_mock_clock.ts";
import { type ConnectionHost, MockConnection } from "./_mock_connection.ts";
import { MockIdentity } from "./_mock_identity.ts";
import type { MockIdentityCall } from "./mock_account.ts";
import { MockFaultPlan } from "./_mock_fault_plan.ts";
import type { MockStream } from "./_mock_message.ts";
import { MockPlayback } from "./_mock_playback.ts";
import { MockServer } from "./_mock_server.ts";
import { MockSessions } from "./_mock_sessions.ts";
import { MockSourceReader } from "./_mock_source.ts";
import type { MockStep } from "./_mock_step.ts";
import type { MockSubscription } from "./_mock_subscription.ts";
import type { MockExchangeOptions } from "./mock_exchange_options.ts";
import type { MockCut, MockFault } from "./mock_fault.ts";
import type { MockRequest } from "./mock_request.ts";
import type { StreamState } from "./stream_state.ts";
import { MOCK_TIMERS, type MockTimers } from "./mock_timers.ts";

const DAY_MS = 86_400_000;
const DEFAULT_SEND_BUFFER_BYTES = 1024 * 1024;
const DEFAULT_SEGMENT_BYTES = 64 * 1024;
const DEFAULT_MARKET_LIMIT = 200;
const DEFAULT_CONNECTION_LIMIT = 10;

/** Requests that are remembered; older ones are only counted. */
const MAX_REQUESTS = 1000;

/** Options that are how many or how much of something. */
const AMOUNTS = [
  "startPosition",
  "waitFor",
  "sendBufferBytes",
  "segmentBytes",
  "marketLimit",
  "connectionLimit",
  "clockLife",
  "sessionLifeMs",
] as const;

/**
 * A Betfair exchange on loopback: a TLS server that speaks the stream protocol as
 * the exchange does, with markets and orders out of a recording, a generator or a
 * script, and every fault that a client must survive, when and where the test
 * wants it.
 *
 * It authenticates, honours filters, columns and depth, sends images, changes,
 * heartbeats and segments, merges changes for slow readers and by `conflateMs`,
 * resumes from clocks, limits connections and markets, and hangs up on idle
 * ones. It keeps its own books, by code that the library's caches do not share.
 *
 * By itself it goes through its source as fast as its clients read; with the pace
 * `"stepped"` only when the test calls {@linkcode advance}.
 *
 * @example Usage
 * ```ts
 * import { MarketGenerator, MockExchange } from "@betfair-stream/core/testing";
 * import assert from "node:assert/strict";
 *
 * await using exchange = await MockExchange.start({
 *   source: new MarketGenerator({ seed: 5, messages: 20 }),
 *   pace: "stepped",
 *   faults: [{ kind: "cut", how: "reset", connection: 1, position: 10 }],
 * });
 * // Connect a client to exchange.host and exchange.port, trusting exchange.caCert.
 * assert.equal(exchange.host, "localhost");
 * assert.ok(exchange.port > 0);
 * await exchange.advance(3);
 * assert.equal(exchange.position, 4);
 * ```
 */
export class MockExchange {
  /** Name to connect to, which the certificate is for. */
  readonly host: string = "localhost";
  /** Certificate of the authority that clients must trust, PEM. */
  readonly caCert: string;
  readonly #options: MockExchangeOptions;
  readonly #server = new MockServer((socket) => {
    this.#accept(socket).catch((error) => {
      socket.destroy();
      this.#fail(error);
    });
  });
  readonly #own: CertificatePair;
  readonly #authority: CertificateAuthority;
  /** Whether clients trust the authority, or have certificates of the test's own. */
  readonly #isTrusted: boolean;
  readonly #timers: MockTimers;
  readonly #book: MockBook;
  readonly #clocks: Readonly<Record<MockStream, MockClock>>;
  readonly #faults = new MockFaultPlan();
  readonly #sessions: MockSessions;
  readonly #identity: MockIdentity;
  readonly #connections = new Set<MockConnection>();
  readonly #requests: MockRequest[] = [];
  readonly #waiting = new Set<() => void>();
  readonly #playback: MockPlayback;
  #accepted = 0;
  #requestCount = 0;
  #isClosed = false;
  #failure: unknown;

  /** Used by {@linkcode MockExchange.start}, as making certificates takes a promise. */
  constructor(
    options: MockExchangeOptions,
    caCert: string,
    own: CertificatePair,
    authority: CertificateAuthority,
  ) {
    this.#options = options;
    this.caCert = caCert;
    this.#isTrusted = caCert === authority.cert;
    this.#own = own;
    this.#authority = authority;
    this.#timers = options.timers ?? MOCK_TIMERS;
    this.#book = new MockBook(
      options.closedMarkets ?? true,
      options.clockLife ?? Infinity,
    );
    const mark = options.seed ?? 1;
    this.#clocks = {
      market: new MockClock("market", mark),
      order: new MockClock("order", mark),
    };
    this.#sessions = new MockSessions({
      appKeys: options.appKeys,
      tokens: options.sessions,
      lifeMs: options.sessionLifeMs ?? DAY_MS,
      acceptsAny: options.sessions === undefined &&
        (options.accounts ?? []).length === 0,
    }, this.#timers);
    this.#identity = new MockIdentity({
      own,
      clientAuthority: authority,
      accounts: options.accounts ?? [],
    }, this.#sessions);
    for (const fault of options.faults ?? []) this.#faults.add(fault);
    this.#playback = this.#newPlayback();
  }

  /**
   * Starts an exchange.
   *
   * @throws {ReplaySourceError} when a recording cannot be read
   * @throws {RangeError} when a number is out of its range
   */
  static async start(
    options: MockExchangeOptions = {},
  ): Promise<MockExchange> {
    checkOptions(options);
    const authority = await CertificateAuthority.create();
    const exchange = new MockExchange(
      options,
      options.certificates?.caCert ?? authority.cert,
      options.certificates ?? await authority.issueServer(),
      authority,
    );
    try {
      await exchange.#listen();
      for (const fault of options.faults ?? []) exchange.#checkPosition(fault);
    } catch (error) {
      await exchange.close();
      throw error;
    }
    return exchange;
  }

  /** Port that it listens on. */
  get port(): number {
    return this.#server.port;
  }

  /**
   * Base of the identity service's calls, `https:`: interactive and certificate
   * login, keep-alive and logout (protocol 7).
   */
  get identityUrl(): string {
    return `https://${this.host}:${this.#identity.port}`;
  }

  /** Calls of the identity service so far. */
  get identityCalls(): Readonly<Record<MockIdentityCall, number>> {
    return { ...this.#identity.calls };
  }

  /** Messages of the source that have happened. */
  get position(): number {
    return this.#book.position;
  }

  /**
   * What a subscriber to everything knows that has been told everything so far,
   * to compare a cache with. A copy of the present state, made at each call.
   * Orders that are complete are in it for as long as their market is.
   */
  get state(): StreamState {
    return this.#book.state();
  }

  /** Whether all of the source has happened. */
  get isAtEnd(): boolean {
    return this.#playback.isAtEnd;
  }

  /** Lines of a recording that were no JSON and were passed over so far. */
  get skippedLines(): number {
    return this.#playback.skippedLines;
  }

  /** Connections that have been accepted so far. */
  get acceptedConnections(): number {
    return this.#accepted;
  }

  /** Connections that are open. */
  get openConnections(): number {
    return this.#open.length;
  }

  /** Subscriptions that are active, on all connections. */
  get activeSubscriptions(): number {
    return this.#subscriptions().length;
  }

  /** Requests received so far, on all connections. */
  get requestCount(): number {
    return this.#requestCount;
  }

  /** The last 1000 requests, the earliest first, without their secrets. */
  get requests(): readonly MockRequest[] {
    return [...this.#requests];
  }

  /**
   * The `clk` of a message that tells a stream up to the present position. A
   * client whose clock it is, for instance after {@linkcode heartbeat}, has been
   * told everything.
   */
  clk(stream: "market" | "order"): string {
    return this.#clocks[stream].current(this.#book.position);
  }

  /**
   * Adds a fault to those that are to happen.
   *
   * @throws {RangeError} when its place is none, or is behind already
   */
  addFault(fault: MockFault): void {
    this.#checkPosition(fault);
    this.#faults.add(fault);
  }

  /** Faults that have not happened; empty at the end of a test that planned well. */
  get pendingFaults(): readonly MockFault[] {
    return this.#faults.pending;
  }

  /**
   * Why nothing more is told, if that is not the end of the source: a recording that
   * cannot be read on, for instance. Whoever waits is told as well.
   */
  get failure(): unknown {
    return this.#failure;
  }

  #checkPosition({ position }: MockFault): void {
    if (position === undefined || position > this.position) return;
    throw new RangeError(
      `Cannot plan fault as its position must be > ${this.position}, which has been told: ${position}`,
    );
  }

  /**
   * Lets the next messages of the source happen.
   *
   * @param steps how many
   * @returns How many there were.
   * @throws {ReplaySourceError} when the recording cannot be read
   */
  advance(steps = 1): Promise<number> {
    return this.#playback.advance(steps);
  }

  /**
   * Lets messages of the source happen up to a position; none if it is past.
   *
   * @returns The position.
   * @throws {ReplaySourceError} when the recording cannot be read
   */
  async advanceTo(position: number): Promise<number> {
    await this.#playback.advanceTo(position);
    return this.position;
  }

  /** Sends a heartbeat on every subscription now, behind what was held back. */
  heartbeat(): void {
    for (const subscription of this.#subscriptions()) {
      subscription.catchUp();
      subscription.heartbeat();
    }
  }

  /** Ends all connections, in the way given. */
  disconnect(how: MockCut = "end"): void {
    for (const connection of this.#connections) connection.wire.cut(how);
  }

  /**
   * Makes a certificate for the certificate login.
   *
   * @param username account that it is registered on; all without one
   * @returns Certificate and key, PEM.
   */
  async issueClientCertificate(
    username?: string,
  ): Promise<{ readonly cert: string; readonly key: string }> {
    return await this.#identity.issueClient(username);
  }

  /** Ends session tokens: one, or all that there are. Connections stay (protocol 6.4). */
  expireSessions(token?: string): void {
    this.#sessions.expire(token);
  }

  /**
   * Waits until something is so. Looked at whenever a connection, a request, or
   * what was read of it changes.
   *
   * @example Usage
   * ```ts
   * import { MockExchange } from "@betfair-stream/core/testing";
   *
   * await using exchange = await MockExchange.start({ pace: "stepped" });
   * await exchange.until(() => exchange.openConnections === 0);
   * ```
   */
  until(condition: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        if (condition()) resolve();
        else if (this.#failure !== undefined) reject(this.#failure);
        else if (this.#isClosed) {
          reject(new Error("Cannot wait as the exchange is closed"));
        } else return;
        this.#waiting.delete(look);
      };
      this.#waiting.add(look);
      look();
    });
  }

  /** Waits until everything that was sent has left, or its connection is gone. */
  drained(): Promise<void> {
    return this.until(() =>
      [...this.#connections].every((connection) => connection.isDrained)
    );
  }

  /** Waits until all of the source has happened and has been sent. */
  async finished(): Promise<void> {
    await this.until(() => this.isAtEnd);
    await this.until(() =>
      this.#subscriptions().every(({ isBehind }) => !isBehind)
    );
    await this.drained();
  }

  /** Closes all connections and stops listening. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const stopped = this.#playback.close();
    for (const connection of [...this.#connections]) connection.destroy();
    this.#changed();
    // Not before nobody can connect any more; that it fails is told then.
    stopped.catch(() => {});
    await Promise.all([this.#server.close(), this.#identity.close()]);
    await stopped;
  }

  /** The same as {@linkcode close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #listen(): Promise<void> {
    const { startPosition, port = 0, pace = "asRead" } = this.#options;
    await this.#playback.begin(startPosition);
    await this.#server.listen(port);
    await this.#identity.listen();
    if (pace !== "stepped") void this.#playback.run(pace);
  }

  #newPlayback(): MockPlayback {
    const { source = [], waitFor = 1 } = this.#options;
    return new MockPlayback(new MockSourceReader(source), {
      timers: this.#timers,
      position: () => this.position,
      publish: (step) => this.#publish(step),
      waitsForSlow: this.#waitsForSlow,
      roomForMore: () => this.#roomForMore(),
      hasReaders: () => this.activeSubscriptions >= waitFor,
      until: (condition) => this.until(condition),
      onChange: () => this.#changed(),
      onFailure: (error) => this.#fail(error),
    });
  }

  async #accept(tcp: Socket): Promise<void> {
    const number = ++this.#accepted;
    this.#changed();
    const faults = this.#faults.take(number, { at: "handshake" });
    const flaw = faults.find((fault) => fault.kind === "certificate")?.flaw;
    const certificate = flaw === undefined
      ? this.#own
      : await flawedCertificate(
        flaw,
        this.#isTrusted ? this.#authority : undefined,
      );
    if (this.#isClosed || tcp.destroyed) return;
    const cut = faults.find((fault) => fault.kind === "cut");
    if (cut !== undefined) {
      if (cut.how === "reset") tcp.resetAndDestroy();
      else tcp.end();
    }
    if (faults.some(({ kind }) => kind === "cut" || kind === "stall")) return;
    const connection = new MockConnection(
      number,
      this.#connectionId(number),
      tcp,
      certificate,
      this.#host,
    );
    this.#connections.add(connection);
    this.#changed();
  }

  /** What connections may ask of the exchange. */
  get #host(): ConnectionHost {
    const options = this.#options;
    return {
      book: this.#book,
      clocks: this.#clocks,
      timers: this.#timers,
      faults: this.#faults,
      sessions: this.#sessions,
      segmentBytes: options.segmentBytes ?? DEFAULT_SEGMENT_BYTES,
      sendBufferBytes: this.#waitsForSlow
        ? Infinity
        : options.sendBufferBytes ?? DEFAULT_SEND_BUFFER_BYTES,
      marketLimit: options.marketLimit ?? DEFAULT_MARKET_LIMIT,
      clockLife: options.clockLife ?? Infinity,
      delayedAppKeys: options.delayedAppKeys ?? [],
      publishTimeMs: (stream) =>
        (options.publishTimes === "now"
          ? undefined
          : this.#book.publishTimeMs(stream)) ?? this.#timers.now(),
      admit: () => this.#admit(),
      onRequest: (request) => {
        this.#requestCount++;
        this.#requests.push(request);
        if (this.#requests.length > MAX_REQUESTS) this.#requests.shift();
      },
      onChange: () => this.#changed(),
      onClose: (connection) => {
        this.#connections.delete(connection);
        this.#changed();
      },
    };
  }

  /** Whether the source waits for slow readers. */
  get #waitsForSlow(): boolean {
    const { whenSlow, pace } = this.#options;
    return (whenSlow ?? (typeof pace === "number" ? "merge" : "wait")) ===
      "wait";
  }

  #admit(): number | undefined {
    const limit = this.#options.connectionLimit ?? DEFAULT_CONNECTION_LIMIT;
    const others =
      this.#open.filter((connection) => connection.isAuthenticated).length;
    return others >= limit ? undefined : limit - others - 1;
  }

  /** Connections that have not begun to end. */
  get #open(): readonly MockConnection[] {
    return [...this.#connections].filter(({ isOpen }) => isOpen);
  }

  #subscriptions(): readonly MockSubscription[] {
    return [...this.#connections].flatMap(({ subscriptions }) => subscriptions);
  }

  /** In the form that the exchange gives its connections. */
  #connectionId(number: number): string {
    const started = new Date(this.#timers.now()).toISOString()
      .replace(/[-T:]/g, "").slice(2, 14);
    return `101-${started}-${String(number).padStart(6, "0")}`;
  }

  #publish(step: MockStep): void {
    const publication = this.#book.apply(step);
    for (const connection of this.#connections) connection.offer(publication);
  }

  /** Waits for readers that are behind. */
  async #roomForMore(): Promise<void> {
    const limit = this.#options.sendBufferBytes ?? DEFAULT_SEND_BUFFER_BYTES;
    const hasRoom = (): boolean =>
      this.#isClosed ||
      [...this.#connections].every((connection) =>
        connection.isDrained || connection.wire.waitingBytes <= limit
      );
    if (!hasRoom()) await this.until(hasRoom);
  }

  #changed(): void {
    for (const look of [...this.#waiting]) look();
  }

  /** Tells those who wait that what they wait for will not come. */
  #fail(error: unknown): void {
    if (this.#isClosed) return;
    this.#failure = error;
    this.#changed();
  }
}

function checkOptions(options: MockExchangeOptions): void {
  const { pace } = options;
  if (typeof pace === "number" && !(pace > 0 && Number.isFinite(pace))) {
    throw new RangeError(
      `Cannot start exchange as "pace" must be a positive number: ${pace}`,
    );
  }
  for (const name of AMOUNTS) {
    const value = options[name];
    if (value === undefined || value >= 0) continue;
    throw new RangeError(
      `Cannot start exchange as "${name}" must be a number >= 0: ${value}`,
    );
  }
}
