/** What the exchange says of a connection and its requests. See {@linkcode ControlMessages}. */

import type { ConnectionMessage } from "../protocol/connection_message.ts";
import type { StatusMessage } from "../protocol/status_message.ts";
import type { Connection, RequestKind, Verdict } from "./_connection.ts";
import type { HealthMonitor } from "./_health_monitor.ts";
import { redact } from "./_redaction.ts";
import type { SessionKeeper } from "./_session_keeper.ts";
import {
  actionOn,
  endsConnection,
  minimumWaitMsAfter,
} from "./_status_table.ts";
import type { Subscriptions } from "./_subscriptions.ts";
import type { Secret } from "./secret.ts";
import { StreamStatusError } from "./stream_status_error.ts";

/** What {@linkcode ControlMessages} acts on. */
export interface ControlMessagesOptions {
  readonly sessions: SessionKeeper;
  readonly subscriptions: Subscriptions;
  readonly monitor: HealthMonitor;
  /** What was sent and must not be told, should the exchange repeat it. */
  readonly secrets: () => Iterable<Secret>;
  /** Is called when the subscriptions have come further, or fallen back. */
  readonly onProgress: () => void;
  /** Is told of refusals after which the connection stays. */
  readonly onRefusal: (error: StreamStatusError) => void;
}

/**
 * Takes `connection` and `status` messages: notes what was accepted, and does about
 * each refusal what the protocol says (section 3.2).
 */
export class ControlMessages {
  readonly #options: ControlMessagesOptions;

  constructor(options: ControlMessagesOptions) {
    this.#options = options;
  }

  /**
   * Takes a message. One of the handshake may come twice.
   *
   * @param connection What brought it.
   * @param message The message, of any shape.
   */
  take(connection: Connection, message: unknown): void {
    if (typeof message !== "object" || message === null) return;
    const control = message as ConnectionMessage | StatusMessage;
    if (control.op === "status") return this.#takeStatus(connection, control);
    if (control.op !== "connection") return;
    if (typeof control.connectionId !== "string") return;
    connection.id = control.connectionId;
    this.#options.monitor.connectionId = control.connectionId;
  }

  #takeStatus(connection: Connection, status: StatusMessage): void {
    const { monitor } = this.#options;
    const { id, connectionsAvailable } = status;
    const kind = typeof id === "number" ? connection.kindOf(id) : undefined;
    const answeredMs = typeof id === "number"
      ? connection.answer(id)
      : undefined;
    if (kind !== undefined) monitor.noteRoundTrip(answeredMs!);
    if (typeof connectionsAvailable === "number") {
      monitor.connectionsAvailable = connectionsAvailable;
    }
    if (status.statusCode === "SUCCESS") {
      if (kind !== undefined) this.#accept(connection, kind);
      if (status.connectionClosed !== true) return;
    }
    if (connection.verdict !== undefined) return;
    const error = new StreamStatusError(this.#redacted(status), connection.id);
    this.#refuse(connection, status, error, kind);
  }

  #accept(connection: Connection, kind: RequestKind): void {
    const { sessions, subscriptions } = this.#options;
    if (kind === "authentication") {
      connection.isAuthenticated = true;
      sessions.accept();
      connection.startProbing(() => subscriptions.probe(connection));
      subscriptions.requestAll(connection);
    } else if (kind !== "heartbeat") {
      subscriptions.accept(kind);
    }
    this.#options.onProgress();
  }

  #refuse(
    connection: Connection,
    status: StatusMessage,
    error: StreamStatusError,
    kind: RequestKind | undefined,
  ): void {
    const { subscriptions } = this.#options;
    const action = actionOn(error.code);
    const stream = kind === "market" || kind === "order"
      ? subscriptions.stream(kind)
      : undefined;
    if (action === "forget-clock") subscriptions.forgetClocks(stream);
    if (action === "stop" || action === "renew") {
      return this.#giveUp(connection, action, error);
    }
    if (endsConnection(status, error.code) || kind === "authentication") {
      return this.#giveUp(connection, "retry", error);
    }
    if (action === "surface") {
      // Without an id it can only be the market subscription's. With the id of one
      // that was replaced meanwhile it says nothing of those that count.
      const isReplaced = typeof status.id === "number" && stream === undefined;
      if (!isReplaced) {
        if (stream === undefined) connection.settle("market");
        subscriptions.refuse(
          stream ?? subscriptions.stream("market"),
          error.code,
        );
        this.#options.onProgress();
      }
    } else if (stream !== undefined) {
      // The connection stays, and without the subscription: begin anew.
      return this.#giveUp(connection, "retry", error);
    }
    this.#options.onRefusal(error);
  }

  #giveUp(
    connection: Connection,
    action: Verdict["action"],
    error: StreamStatusError,
  ): void {
    connection.judge(action, error, minimumWaitMsAfter(error.code));
    // Not only when the loop asks for more: until then the books would look sound.
    if (!connection.isAuthenticated) return;
    this.#options.subscriptions.interrupt(connection, error.code);
  }

  /** The exchange may repeat what it was sent. */
  #redacted(status: StatusMessage): StatusMessage {
    const errorMessage = redact(
      String(status.errorMessage ?? ""),
      this.#options.secrets(),
    );
    return { ...status, errorMessage };
  }
}
