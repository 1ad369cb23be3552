/** One connection, from its first byte to its last. See {@linkcode Connection}. */

import type { StreamName } from "../cache/stream_update.ts";
import type { ClientTimers } from "./client_timers.ts";
import {
  ConnectionLostError,
  type ConnectionPhase,
} from "./connection_lost_error.ts";
import { connectionLost } from "./_transport_failure.ts";
import { ReadWatchdog } from "./_read_watchdog.ts";
import type { Transport } from "./transport.ts";

/** What is sent. Of each kind at most one request waits: a later one replaces it. */
export type RequestKind = "authentication" | "market" | "order" | "heartbeat";

/** Why a connection is to be given up although its transport is whole. */
export interface Verdict {
  /**
   * What to do next.
   *
   * - `stop`: end the client with the error.
   * - `renew`, `retry`: connect again, with another session or as before.
   */
  readonly action: "stop" | "renew" | "retry";
  /** What happened. */
  readonly error: Error;
  /** Least wait before the next connection, ms. */
  readonly minimumWaitMs: number;
}

/** A request that is not answered. */
interface UnansweredRequest {
  readonly kind: RequestKind;
  /** When it was sent. */
  readonly sentAt: number;
  /** Whether a later one counts instead. It is answered all the same. */
  isReplaced: boolean;
}

/** How often an idle connection without subscriptions asks to be kept, ms; it has 15 s. */
const PROBE_INTERVAL_MS = 10_000;

/** What a {@linkcode Connection} needs to know. */
export interface ConnectionOptions {
  readonly transport: Transport;
  readonly timers: ClientTimers;
  /** Number of the connection among the client's; the first is 1. */
  readonly number: number;
  /** Longest wait for an answer, ms. */
  readonly answerTimeoutMs: number;
}

/**
 * Reads and writes, watches over both, and remembers which answers are due. It
 * knows nothing of books.
 */
export class Connection {
  /** Number of the connection among the client's; the first is 1. */
  readonly number: number;
  /** Name that the exchange gave it. */
  id: string | undefined;
  /** Whether the exchange has accepted the session. */
  isAuthenticated = false;
  /** Whether all books have been complete at some time. */
  wasLive = false;
  /** Streams whose interruption was noticed before the connection went. */
  readonly interrupted: Set<StreamName> = new Set();
  /** Why it is to be given up, once that is known. The first reason counts. */
  verdict: Verdict | undefined;

  readonly #transport: Transport;
  readonly #timers: ClientTimers;
  readonly #answerTimeoutMs: number;
  readonly #watchdog: ReadWatchdog;
  /** Requests that are not answered, by id. */
  readonly #unanswered = new Map<number, UnansweredRequest>();
  readonly #streamLimits = new Map<StreamName, number>();
  readonly #outbox = new Map<RequestKind, Uint8Array>();
  #isWriting = false;
  #isClosed = false;
  /** Why reading cannot go on, if that was noticed elsewhere. */
  #failure: string | undefined;
  #writeError: unknown;
  #cancelProbe: (() => void) | undefined;

  constructor(options: ConnectionOptions) {
    this.number = options.number;
    this.#transport = options.transport;
    this.#timers = options.timers;
    this.#answerTimeoutMs = options.answerTimeoutMs;
    this.#watchdog = new ReadWatchdog(options.timers, (reason) => {
      this.#failure = reason;
      this.#transport.close();
    });
  }

  /** When it would be lost now. */
  get phase(): ConnectionPhase {
    if (!this.isAuthenticated) return "handshake";
    return this.wasLive ? "live" : "subscribe";
  }

  /**
   * Waits for bytes.
   *
   * @returns Bytes, at least one, valid until the next read.
   * @throws {ConnectionLostError} when there are no more.
   */
  async read(): Promise<Uint8Array> {
    this.#watchdog.beginRead();
    let chunk: Uint8Array | null = null;
    try {
      do {
        chunk = await this.#transport.read();
      } while (chunk !== null && chunk.length === 0);
    } catch (error) {
      const { reason, code } = connectionLost(error, this.phase);
      throw this.#lost(reason, { code, cause: error });
    } finally {
      this.#watchdog.endRead();
    }
    if (chunk === null || this.#failure !== undefined) {
      throw this.#lost("the exchange closed it");
    }
    return chunk;
  }

  /**
   * Sends a request soon, in the order of calls but for those that replace one.
   *
   * @param kind What it is: it replaces one of the same kind that was not sent yet.
   * @param id Its id.
   * @param bytes The request.
   */
  send(kind: RequestKind, id: number, bytes: Uint8Array): void {
    if (this.#isClosed) return;
    const isUnsent = this.#outbox.delete(kind);
    for (const [earlier, request] of this.#unanswered) {
      if (request.kind !== kind) continue;
      if (isUnsent && !request.isReplaced) this.#unanswered.delete(earlier);
      else request.isReplaced = true;
    }
    // An answer that is due stays due, or one replacement after the other would
    // hide that none comes.
    const isDue = this.awaits(kind);
    this.#unanswered.set(id, {
      kind,
      sentAt: this.#timers.elapsed(),
      isReplaced: false,
    });
    if (!isDue) this.#awaitAnswer(kind);
    this.#outbox.set(kind, bytes);
    if (!this.#isWriting) this.#write();
  }

  /** What request an answer is for, if it is one that counts: it was not replaced. */
  kindOf(id: number): RequestKind | undefined {
    const request = this.#unanswered.get(id);
    return request?.isReplaced === false ? request.kind : undefined;
  }

  /**
   * Notes that a request was answered, also one that was replaced.
   *
   * @param id Its id.
   * @returns How long that took, ms; undefined when there is none.
   */
  answer(id: number): number | undefined {
    const request = this.#unanswered.get(id);
    if (request === undefined) return undefined;
    // With it all those before it are settled that it replaced.
    for (const [earlier, { kind }] of this.#unanswered) {
      if (kind === request.kind) this.#unanswered.delete(earlier);
      if (earlier === id) break;
    }
    this.#awaitAnswer(request.kind);
    return this.#timers.elapsed() - request.sentAt;
  }

  /** Notes that requests of a kind were answered, by an answer without an id. */
  settle(kind: RequestKind): void {
    for (const [id, request] of this.#unanswered) {
      if (request.kind === kind) this.answer(id);
    }
  }

  /** Whether somebody looks at what comes. */
  get isReading(): boolean {
    return this.#watchdog.isReading;
  }

  /** Whether a request of a kind is not answered. */
  awaits(kind: RequestKind): boolean {
    for (const request of this.#unanswered.values()) {
      if (request.kind === kind) return true;
    }
    return false;
  }

  /** Sets how long nothing may come, ms. */
  limitSilence(limitMs: number): void {
    this.#watchdog.limitSilence(limitMs);
  }

  /**
   * Sets how long nothing may come of a stream, whatever else does.
   *
   * @param stream Which stream.
   * @param limitMs How long, ms; Infinity is for ever.
   */
  limitStreamSilence(stream: StreamName, limitMs: number): void {
    if (this.#streamLimits.get(stream) === limitMs) return;
    this.#streamLimits.set(stream, limitMs);
    this.#watchdog.expect(
      stream,
      limitMs,
      `nothing of the ${stream} stream was received for ${limitMs} ms`,
    );
  }

  /** Notes that something of a stream has come. */
  heard(stream: StreamName): void {
    this.#watchdog.heard(stream);
  }

  /**
   * Calls now and then, for as long as the connection is there.
   *
   * @param probe What to call.
   */
  startProbing(probe: () => void): void {
    if (this.#isClosed) return;
    this.#cancelProbe = this.#timers.schedule(() => {
      this.startProbing(probe);
      probe();
    }, PROBE_INTERVAL_MS);
  }

  /** Gives it up, when all that was received has been dealt with. */
  judge(
    action: Verdict["action"],
    error: Error,
    minimumWaitMs: number = 0,
  ): void {
    this.verdict ??= { action, error, minimumWaitMs };
  }

  /** Closes it at once; a pending read settles. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#watchdog.stop();
    this.#cancelProbe?.();
    this.#outbox.clear();
    this.#transport.close();
  }

  /** Begins to wait for the next answer to a request of a kind, if one is due. */
  #awaitAnswer(kind: RequestKind): void {
    const limitMs = this.awaits(kind) ? this.#answerTimeoutMs : Infinity;
    this.#watchdog.expect(
      `answer to ${kind}`,
      limitMs,
      `a request was not answered for ${limitMs} ms`,
    );
  }

  async #write(): Promise<void> {
    this.#isWriting = true;
    try {
      for (const [kind, bytes] of this.#outbox) {
        this.#outbox.delete(kind);
        await this.#transport.write(bytes);
        if (this.#isClosed) break;
      }
    } catch (error) {
      // What was received before may say why. That ends, or the answer is missed.
      this.#writeError = error;
    } finally {
      this.#isWriting = false;
    }
  }

  #lost(
    reason: string,
    options: ErrorOptions & { readonly code?: string | undefined } = {},
  ): ConnectionLostError {
    return new ConnectionLostError(this.phase, this.#failure ?? reason, {
      cause: this.#writeError,
      ...options,
    });
  }
}
