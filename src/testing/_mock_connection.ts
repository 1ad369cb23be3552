import type { Socket } from "node:net";
import type { CertificatePair } from "./_certificates.ts";
import type { MockBook, Publication } from "./_mock_book.ts";
import type { MockClock } from "./_mock_clock.ts";
import type { MockFaultPlan } from "./_mock_fault_plan.ts";
import { injectFault } from "./_mock_injection.ts";
import type { MockStream, WireObject } from "./_mock_message.ts";
import { faultOf } from "./_mock_request_fault.ts";
import type { MockSessions } from "./_mock_sessions.ts";
import {
  MarketContent,
  OrderContent,
  type SubscriptionContent,
} from "./_mock_content.ts";
import {
  MockSubscription,
  type SubscriptionHost,
  type SubscriptionTerms,
} from "./_mock_subscription.ts";
import { type ByteTrap, MockWire, type WireListener } from "./_mock_wire.ts";
import type { MockFault } from "./mock_fault.ts";
import type { MockTimers } from "./mock_timers.ts";
import type { MockRequest } from "./mock_request.ts";

/** Time without a subscription and without a request after which the exchange hangs up, ms. */
const IDLE_LIMIT_MS = 15_000;

const DEFAULT_HEARTBEAT_MS = 5000;
const MIN_HEARTBEAT_MS = 500;
const MAX_HEARTBEAT_MS = 5000;
const MAX_CONFLATE_MS = 120_000;
/** Conflation of delayed application keys, ms. */
const DELAYED_CONFLATE_MS = 180_000;

/** Faults that come instead of an answer. */
const REPLACING: readonly MockFault["kind"][] = [
  "cut",
  "stall",
  "status",
  "raw",
];
/** Faults that happen in the middle of a line. */
const EXACT: readonly MockFault["kind"][] = [
  "cut",
  "stall",
  "raw",
  "split",
  "merge",
];

/** What a connection needs of the exchange. */
export interface ConnectionHost {
  readonly book: MockBook;
  readonly clocks: Readonly<Record<MockStream, MockClock>>;
  readonly timers: MockTimers;
  readonly faults: MockFaultPlan;
  readonly sessions: MockSessions;
  readonly segmentBytes: number;
  /** Bytes that may wait for a slow reader before changes are merged. */
  readonly sendBufferBytes: number;
  /** Markets that a subscription may have. */
  readonly marketLimit: number;
  /** Steps after which a clock is too old. */
  readonly clockLife: number;
  readonly delayedAppKeys: readonly string[];
  publishTimeMs(stream: MockStream): number;
  /** Counts a connection in; undefined if there are too many, else how many more may come. */
  admit(): number | undefined;
  /** Hears of every request. */
  onRequest(request: MockRequest): void;
  /** Hears of whatever may be waited for. */
  onChange(): void;
  onClose(connection: MockConnection): void;
}

/**
 * One client's connection: what the exchange answers to its requests
 * (protocol 1 to 3).
 */
export class MockConnection implements WireListener, SubscriptionHost {
  /** Which one it is, in the order in which they were accepted; the first is 1. */
  readonly number: number;
  /** Its id, as the client is told. */
  readonly connectionId: string;
  readonly #host: ConnectionHost;
  readonly #wire: MockWire;
  readonly #subscriptions = new Map<MockStream, MockSubscription>();
  /** Faults that wait for a number of bytes. */
  readonly #byteFaults = new Set<MockFault>();
  #isAuthenticated = false;
  #isDelayed = false;
  #stopIdle: () => void = () => {};

  constructor(
    number: number,
    connectionId: string,
    tcp: Socket,
    certificate: CertificatePair,
    host: ConnectionHost,
  ) {
    this.number = number;
    this.connectionId = connectionId;
    this.#host = host;
    this.#wire = new MockWire(tcp, certificate, this);
  }

  onSecure(): void {
    this.#wire.traps = this.#host.faults.takeBytes(this.number)
      .map((fault) => this.#trapOf(fault));
    for (
      const fault of this.#host.faults.take(this.number, { at: "connect" })
    ) injectFault(this, fault);
    this.send(
      JSON.stringify({ op: "connection", connectionId: this.connectionId }),
    );
    this.#armIdle();
    this.#host.onChange();
  }

  get book(): MockBook {
    return this.#host.book;
  }

  get clocks(): Readonly<Record<MockStream, MockClock>> {
    return this.#host.clocks;
  }

  get timers(): MockTimers {
    return this.#host.timers;
  }

  get segmentBytes(): number {
    return this.#host.segmentBytes;
  }

  get isCongested(): boolean {
    return this.#wire.waitingBytes > this.#host.sendBufferBytes;
  }

  /** Whether anything can still be sent. */
  get isOpen(): boolean {
    return this.#wire.isOpen;
  }

  /** Whether the client has authenticated. */
  get isAuthenticated(): boolean {
    return this.#isAuthenticated;
  }

  /** Whether all that was sent has left. */
  get isDrained(): boolean {
    return !this.isOpen || this.#wire.isStalled ||
      this.#wire.waitingBytes === 0;
  }

  /** The socket, for faults. */
  get wire(): MockWire {
    return this.#wire;
  }

  /** The active subscriptions. */
  get subscriptions(): readonly MockSubscription[] {
    return [...this.#subscriptions.values()];
  }

  publishTimeMs(stream: MockStream): number {
    return this.#host.publishTimeMs(stream);
  }

  send(line: string): void {
    this.#wire.writeLine(line);
  }

  /** Publishes a step, and lets happen what is planned behind it. */
  offer(publication: Publication): void {
    for (const subscription of this.#subscriptions.values()) {
      subscription.offer(publication);
    }
    const { position } = publication;
    const faults = this.#host.faults.take(this.number, {
      at: "position",
      position,
    });
    for (const fault of faults) injectFault(this, fault);
  }

  /** Answers with a failure, and closes the connection unless told not to. */
  fail(
    id: unknown,
    errorCode: string,
    errorMessage: string,
    connectionClosed = true,
  ): void {
    this.send(JSON.stringify({
      op: "status",
      ...id === undefined ? {} : { id },
      statusCode: "FAILURE",
      errorCode,
      errorMessage,
      connectionClosed,
      connectionId: this.connectionId,
    }));
    if (connectionClosed) this.#wire.cut("end");
  }

  /** Ends the connection at once. */
  destroy(): void {
    this.#wire.destroy();
  }

  onLine(line: string): void {
    this.#armIdle();
    let request: unknown;
    try {
      request = JSON.parse(line);
    } catch {
      request = undefined;
    }
    if (
      typeof request !== "object" || request === null || Array.isArray(request)
    ) {
      this.fail(undefined, "INVALID_INPUT", "the request is no JSON object");
      return;
    }
    this.#answer(request as WireObject);
    this.#host.onChange();
  }

  onOverflow(): void {
    this.fail(undefined, "INVALID_INPUT", "the request is too long");
  }

  onDrain(): void {
    for (const subscription of this.#subscriptions.values()) {
      subscription.onDrain();
    }
    this.#host.onChange();
  }

  onEnd(): void {
    this.#stopIdle();
    for (const subscription of this.#subscriptions.values()) {
      subscription.stop();
    }
    this.#subscriptions.clear();
    // What did not happen here may happen on another connection.
    for (const fault of this.#byteFaults) this.#host.faults.giveBack(fault);
    this.#byteFaults.clear();
    this.#host.onChange();
  }

  onClose(): void {
    this.#host.onClose(this);
  }

  #trapOf(fault: MockFault): ByteTrap {
    this.#byteFaults.add(fault);
    return {
      byte: fault.byte!,
      isExact: EXACT.includes(fault.kind),
      spring: () => {
        this.#byteFaults.delete(fault);
        injectFault(this, fault);
      },
    };
  }

  #answer(request: WireObject): void {
    const { op, id } = request;
    this.#host.onRequest({ connection: this.number, ...redacted(request) });
    const faults = this.#host.faults.take(this.number, {
      at: "request",
      kind: String(op),
    });
    let isReplaced = false;
    for (const fault of faults) {
      if (!REPLACING.includes(fault.kind)) continue;
      isReplaced = true;
      injectFault(this, fault, id);
    }
    if (isReplaced) return;
    if (id !== undefined && id !== null && !Number.isInteger(id)) {
      this.fail(undefined, "INVALID_INPUT", "the id is no integer");
      return;
    }
    this.#dispatch(request);
    for (const fault of faults) injectFault(this, fault, id);
  }

  #dispatch(request: WireObject): void {
    const { op, id } = request;
    const isKnown = op === "heartbeat" || op === "marketSubscription" ||
      op === "orderSubscription";
    if (op === "authentication") {
      this.#authenticate(request);
    } else if (!isKnown) {
      this.fail(id, "INVALID_INPUT", "the op is not known");
    } else if (!this.#isAuthenticated) {
      this.fail(id, "INVALID_REQUEST", "the connection is not authenticated");
    } else if (op === "heartbeat") {
      this.#succeed(id);
    } else {
      const stream = op === "orderSubscription" ? "order" : "market";
      this.#subscribe(stream, request);
    }
  }

  #succeed(id: unknown, more: WireObject = {}): void {
    this.send(JSON.stringify({
      op: "status",
      ...id === undefined ? {} : { id },
      statusCode: "SUCCESS",
      connectionClosed: false,
      ...more,
    }));
  }

  #authenticate({ id, appKey, session }: WireObject): void {
    if (this.#isAuthenticated) {
      this.fail(
        id,
        "INVALID_REQUEST",
        "the connection is authenticated already",
      );
      return;
    }
    const errorCode = this.#host.sessions.refusal(appKey, session);
    if (errorCode !== undefined) {
      this.fail(id, errorCode, "the connection cannot be authenticated");
      return;
    }
    const connectionsAvailable = this.#host.admit();
    if (connectionsAvailable === undefined) {
      this.fail(
        id,
        "MAX_CONNECTION_LIMIT_EXCEEDED",
        "the account has too many connections",
      );
      return;
    }
    this.#isAuthenticated = true;
    this.#isDelayed = this.#host.delayedAppKeys.includes(String(appKey));
    this.#succeed(id, { connectionsAvailable });
  }

  #subscribe(stream: MockStream, request: WireObject): void {
    const { id } = request;
    const fault = faultOf(request);
    if (fault !== undefined) {
      this.fail(id, "INVALID_INPUT", fault);
      return;
    }
    const criteria = stream === "market"
      ? JSON.stringify([request["marketFilter"], request["marketDataFilter"]])
      : JSON.stringify([request["orderFilter"]]);
    const from = this.#resumePosition(stream, request, criteria);
    if (from === "invalid") {
      this.fail(id, "INVALID_CLOCK", "the clocks are not valid");
      return;
    }
    const content = this.#contentOf(stream, request);
    // A subscription replaces the one before, also when it is refused.
    this.#subscriptions.get(stream)?.stop();
    this.#subscriptions.delete(stream);
    if (content === undefined) {
      this.fail(
        id,
        "SUBSCRIPTION_LIMIT_EXCEEDED",
        `the filter matches more than ${this.#host.marketLimit} markets`,
        false,
      );
      this.#armIdle();
      return;
    }
    this.#succeed(id);
    // A fault may have ended the connection with that very line.
    if (!this.isOpen) return;
    this.#stopIdle();
    const subscription = new MockSubscription(
      stream,
      this.#termsOf(request, criteria),
      content,
      this,
    );
    this.#subscriptions.set(stream, subscription);
    subscription.start(from);
  }

  /** Undefined if the filter matches too much. */
  #contentOf(
    stream: MockStream,
    request: WireObject,
  ): SubscriptionContent | undefined {
    if (stream === "order") {
      return new OrderContent(this.book, request["orderFilter"]);
    }
    const selection = this.book.selection(request["marketFilter"]);
    return selection.size > this.#host.marketLimit
      ? undefined
      : new MarketContent(this.book, selection, request["marketDataFilter"]);
  }

  #termsOf(request: WireObject, criteria: string): SubscriptionTerms {
    const heartbeatMs = Number(request["heartbeatMs"] ?? DEFAULT_HEARTBEAT_MS);
    const conflateMs = Number(request["conflateMs"] ?? 0);
    return {
      id: request["id"],
      criteria,
      heartbeatMs: clamped(heartbeatMs, MIN_HEARTBEAT_MS, MAX_HEARTBEAT_MS),
      conflateMs: this.#isDelayed
        ? DELAYED_CONFLATE_MS
        : clamped(conflateMs, 0, MAX_CONFLATE_MS),
      isSegmented: request["segmentationEnabled"] === true,
    };
  }

  /** Where a client wants to go on; undefined if it wants to begin. */
  #resumePosition(
    stream: MockStream,
    request: WireObject,
    criteria: string,
  ): number | "invalid" | undefined {
    const initialClk = request["initialClk"] ?? undefined;
    const clk = request["clk"] ?? undefined;
    if (initialClk === undefined && clk === undefined) return undefined;
    const point = this.clocks[stream].read(initialClk, clk, criteria);
    if (point === undefined) return "invalid";
    const age = this.book.position - point.position;
    return age < 0 || age > this.#host.clockLife ? "invalid" : point.position;
  }

  /** Any request starts the time anew; a subscription stops it. */
  #armIdle(): void {
    this.#stopIdle();
    if (this.#subscriptions.size > 0 || !this.isOpen) return;
    this.#stopIdle = this.timers.schedule(() => {
      this.fail(
        undefined,
        "TIMEOUT",
        `the connection is not subscribed and is idle: ${IDLE_LIMIT_MS} ms`,
      );
    }, IDLE_LIMIT_MS);
  }
}

/** A request as it may be shown. */
function redacted(request: WireObject): WireObject {
  const shown: Record<string, unknown> = { ...request };
  for (const key of ["appKey", "session"]) {
    if (shown[key] !== undefined) shown[key] = "[redacted]";
  }
  return shown;
}

function clamped(value: number, min: number, max: number): number {
  return Math.min(Math.max(value, min), max);
}
