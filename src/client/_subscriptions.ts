/** What a client follows, on whatever connection. See {@linkcode Subscriptions}. */

import type { StreamCache } from "../cache/stream_cache.ts";
import type { StreamName, StreamUpdate } from "../cache/stream_update.ts";
import { encodeRequest } from "../protocol/request_encoder.ts";
import type { Connection } from "./_connection.ts";
import { SubscribedStream, type WantedRequest } from "./_subscribed_stream.ts";
import type { StreamHealth } from "./client_health.ts";
import type { ClientTimers } from "./client_timers.ts";

/** Nothing at all for this many heartbeats is a dead connection (protocol section 1). */
const SILENT_HEARTBEATS = 2;

/** Heartbeat intervals that the exchange may tell (protocol section 3.3), ms. */
const MIN_HEARTBEAT_MS = 500;
const MAX_HEARTBEAT_MS = 30_000;

/**
 * Asks for the streams that are wanted, resumes them where that is right, and tells
 * the cache which messages count and when a stream is interrupted.
 */
export class Subscriptions {
  readonly #cache: StreamCache;
  readonly #timers: ClientTimers;
  readonly #streams: Readonly<Record<StreamName, SubscribedStream>> = {
    market: new SubscribedStream("market"),
    order: new SubscribedStream("order"),
  };
  /** Counts on over all connections, so that no late line can be mistaken. */
  #nextRequestId = 1;

  constructor(cache: StreamCache, timers: ClientTimers) {
    this.#cache = cache;
    this.#timers = timers;
  }

  /** An id that no request had before. */
  newRequestId(): number {
    return this.#nextRequestId++;
  }

  /** One of the two streams. */
  stream(name: StreamName): SubscribedStream {
    return this.#streams[name];
  }

  /** The streams that are wanted. */
  get #wanted(): SubscribedStream[] {
    const { market, order } = this.#streams;
    return [market, order].filter((stream) => stream.isWanted);
  }

  /** How far all of them are together. */
  get progress(): "subscribing" | "imaging" | "live" {
    const phases = this.#wanted.map(({ phase }) => phase);
    if (phases.length > 0 && phases.every((phase) => phase === "live")) {
      return "live";
    }
    const areAccepted = phases.length > 0 &&
      phases.every((phase) => phase === "imaging" || phase === "live");
    return areAccepted ? "imaging" : "subscribing";
  }

  /**
   * Tells a connection how long nothing may come, of anything and of each stream: they
   * come from systems of their own, so one can be dead while the other beats.
   */
  limitSilence(connection: Connection): void {
    let leastMs = Infinity;
    for (const { name, phase, heartbeatMs } of this.#wanted) {
      const isAccepted = phase === "imaging" || phase === "live";
      const limitMs = isAccepted ? SILENT_HEARTBEATS * heartbeatMs : Infinity;
      connection.limitStreamSilence(name, limitMs);
      leastMs = Math.min(leastMs, limitMs);
    }
    connection.limitSilence(leastMs);
  }

  /**
   * Notes which streams have been heard since the last time, when all that was read is
   * applied.
   *
   * @param connection What was read from.
   * @param isUnderWay Whether a line is coming that is too long for one read: whose it
   * is, and what waits behind it, nobody can say yet.
   */
  noteHeard(connection: Connection, isUnderWay: boolean): void {
    for (const stream of this.#wanted) {
      const messages = this.#cache.messageCount(stream.name);
      if (messages === stream.heardMessages && !isUnderWay) continue;
      stream.heardMessages = messages;
      connection.heard(stream.name);
    }
  }

  /** Wants something else of a stream from now on; its books are not that yet. */
  want(stream: SubscribedStream, request: WantedRequest): void {
    stream.want(request);
    this.#cache.awaitImage(stream.name);
  }

  /** Asks for all that is wanted. */
  requestAll(connection: Connection): void {
    for (const stream of this.#wanted) this.request(connection, stream);
  }

  /** Asks for a stream. Its id counts before it is written, so nothing can be missed. */
  request(connection: Connection, stream: SubscribedStream): void {
    const cache = this.#cache;
    const id = this.newRequestId();
    cache.expect(stream.name, id);
    // What the exchange publishes until the image is there is not in the books.
    cache.awaitImage(stream.name);
    const initialClk = cache.initialClk(stream.name);
    const clk = cache.clk(stream.name);
    const canResume = stream.canResume && initialClk !== undefined &&
      clk !== undefined;
    if (!canResume) {
      stream.forgetClocks();
      cache.forgetClock(stream.name);
    }
    const bytes = stream.request(
      id,
      canResume ? { initialClk, clk } : undefined,
    );
    connection.send(stream.name, id, bytes);
  }

  /** Keeps a connection open that has no subscription. */
  probe(connection: Connection): void {
    const isSubscribed = this.#wanted.some(({ phase }) =>
      phase === "requested" || phase === "imaging" || phase === "live"
    );
    // An answer that nobody looks at may have come: the exchange counts requests.
    const isDue = connection.isReading && connection.awaits("heartbeat");
    if (isSubscribed || isDue) return;
    const id = this.newRequestId();
    connection.send("heartbeat", id, encodeRequest({ op: "heartbeat", id }));
  }

  /** Notes that the exchange accepted a subscription. */
  accept(name: StreamName): void {
    const stream = this.#streams[name];
    if (stream.phase === "requested") stream.phase = "imaging";
  }

  /**
   * Notes an image or a resumption.
   *
   * @returns Whether it counts: not if its subscription was replaced, or refused.
   */
  complete(stream: SubscribedStream, update: StreamUpdate): boolean {
    const { phase } = stream;
    if (phase === "off" || phase === "refused") return false;
    // Any number may stand there, and one of 0 would end every connection.
    if (update.heartbeatMs !== undefined) {
      stream.heartbeatMs = Math.min(
        Math.max(update.heartbeatMs, MIN_HEARTBEAT_MS),
        MAX_HEARTBEAT_MS,
      );
    }
    stream.conflateMs = update.conflateMs ?? stream.conflateMs;
    stream.complete();
    return true;
  }

  /** Notes that a stream has no subscription any more, though the connection stays. */
  refuse(stream: SubscribedStream, reason: string): void {
    if (!stream.isWanted) return;
    stream.phase = "refused";
    stream.forgetClocks();
    // Whether the one before it survives is not documented: no book can be relied on.
    this.#interrupt(stream, reason);
  }

  /** Does not resume a stream the next time, or none if there is no saying which. */
  forgetClocks(stream: SubscribedStream | undefined): void {
    for (const each of stream === undefined ? this.#wanted : [stream]) {
      each.forgetClocks();
    }
  }

  /**
   * Takes nothing more from a connection: something that it brought could not be
   * read, and what follows would be shown with a part left out. Any stream may be
   * concerned.
   */
  distrust(connection: Connection, reason: string): void {
    for (const stream of this.#wanted) {
      if (!this.#noteLoss(connection, stream, reason)) continue;
      this.#cache.expect(stream.name, this.newRequestId());
    }
  }

  /** Notes that a connection is over, though what it brought is still being looked at. */
  interrupt(connection: Connection, reason: string): void {
    for (const stream of this.#wanted) {
      this.#noteLoss(connection, stream, reason);
    }
  }

  /**
   * Whether all is well but for what the exchange refuses: at least one stream is
   * live, and none is on its way.
   */
  get isSteady(): boolean {
    const phases = this.#wanted.map(({ phase }) => phase);
    return phases.includes("live") &&
      phases.every((phase) => phase === "live" || phase === "refused");
  }

  /** Takes nothing more, for good: what is left of a batch changes no book. */
  end(reason: string): void {
    this.lose(undefined, reason);
    for (const stream of this.#wanted) {
      this.#cache.expect(stream.name, this.newRequestId());
    }
  }

  /** Notes that there is no connection any more. */
  lose(connection: Connection | undefined, reason: string): void {
    for (const stream of this.#wanted) {
      stream.phase = "off";
      if (connection === undefined) this.#interrupt(stream, reason);
      else this.#noteLoss(connection, stream, reason);
    }
  }

  /**
   * Notes an interruption; one that was noticed before its connection went is the
   * same one.
   *
   * @returns Whether it is a new one.
   */
  #noteLoss(
    connection: Connection,
    stream: SubscribedStream,
    reason: string,
  ): boolean {
    if (connection.interrupted.has(stream.name)) return false;
    connection.interrupted.add(stream.name);
    this.#interrupt(stream, reason);
    return true;
  }

  /** How a stream is doing; undefined if it is not wanted. */
  health(name: StreamName): StreamHealth | undefined {
    const stream = this.#streams[name];
    if (!stream.isWanted) return undefined;
    const { phase, requestId, conflateMs, heartbeatMs, lastMessageAtMs } =
      stream;
    return {
      phase,
      subscriptionId: requestId,
      isStale: this.#cache.isStale(name),
      conflateMs,
      heartbeatMs,
      lastMessageAtMs,
    };
  }

  #interrupt(stream: SubscribedStream, reason: string): void {
    this.#cache.beginGap(stream.name, {
      lostAtMs: this.#timers.now(),
      reason,
    });
  }
}
