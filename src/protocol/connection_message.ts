/** First message on a connection, sent by the server unasked (protocol section 3.1). */
export interface ConnectionMessage {
  /** Kind of message. */
  readonly op: "connection";
  /** Request id; not sent in practice. */
  readonly id?: number | null;
  /** Name of the connection, which the exchange's support asks for. */
  readonly connectionId?: string | null;
}
