/**
 * Where a fault happens: at one of the places below. Without any of them it
 * happens when the connection is secure, before the exchange says anything.
 */
export interface MockFaultPlace {
  /**
   * Which connection, in the order in which they are accepted; the first is 1.
   *
   * @default the one that gets there first
   */
  readonly connection?: number | undefined;
  /**
   * In TLS's handshake, before the connection is secure. For cuts and stalls.
   *
   * @default {false}
   */
  readonly handshake?: boolean | undefined;
  /**
   * After this many bytes that the exchange has sent on the connection. Cuts,
   * stalls, splits and raw bytes happen exactly there, everything else behind
   * the line that this byte is in. Must be planned before the client connects.
   */
  readonly byte?: number | undefined;
  /**
   * With a request of this kind: {@linkcode MockCutFault}, {@linkcode MockStallFault},
   * {@linkcode MockStatusFault} and {@linkcode MockRawFault} come instead of the
   * answer, everything else behind it, and behind the image.
   */
  readonly request?: MockRequestKind | undefined;
  /** When the source has got to this position: behind the message with this number. */
  readonly position?: number | undefined;
  /**
   * How many times it happens.
   *
   * @default {1}
   */
  readonly times?: number | undefined;
}

/** Kinds of requests at which a fault can happen. */
export type MockRequestKind =
  | "authentication"
  | "heartbeat"
  | "marketSubscription"
  | "orderSubscription";

/** The connection ends. */
export interface MockCutFault extends MockFaultPlace {
  /** Kind of fault. */
  readonly kind: "cut";
  /**
   * How: `"end"` closes as one should, `"abrupt"` without TLS's `close_notify`,
   * `"reset"` with a TCP reset.
   *
   * @default {"end"}
   */
  readonly how?: MockCut | undefined;
}

/** How a connection ends. */
export type MockCut = "end" | "abrupt" | "reset";

/** Nothing is sent any more, and the connection stays open. */
export interface MockStallFault extends MockFaultPlace {
  /** Kind of fault. */
  readonly kind: "stall";
}

/** From here on everything is sent in pieces of so many bytes. */
export interface MockSplitFault extends MockFaultPlace {
  /** Kind of fault. */
  readonly kind: "split";
  /** Largest piece, bytes. */
  readonly bytes: number;
}

/** From here on lines are held back and sent together. */
export interface MockMergeFault extends MockFaultPlace {
  /** Kind of fault. */
  readonly kind: "merge";
  /** Bytes that are waited for, as long as the exchange has more to send at once. */
  readonly bytes: number;
}

/** The next messages say that upstream is late (`status` 503, protocol 6.3). */
export interface MockUnavailableFault extends MockFaultPlace {
  /** Kind of fault. */
  readonly kind: "unavailable";
  /**
   * Number of messages of each subscription.
   *
   * @default {1}
   */
  readonly messages?: number | undefined;
}

/**
 * An image that nobody asked for, of everything (`SUB_IMAGE`) or of single
 * markets (`img`). With a subscription's request it is the image a second time.
 */
export interface MockImageFault extends MockFaultPlace {
  /** Kind of fault. */
  readonly kind: "image";
  /** Markets to send as images of their own; the whole subscription without. */
  readonly marketIds?: readonly string[] | undefined;
}

/** A late message of a subscription that has been replaced, with changes and a clock that must be ignored. */
export interface MockOldIdFault extends MockFaultPlace {
  /** Kind of fault. */
  readonly kind: "oldId";
  /**
   * The id.
   *
   * @default the one below the subscription's
   */
  readonly id?: number | undefined;
}

/** A change message that changes nothing but has members that nobody knows, on every level. */
export interface MockUnknownFieldFault extends MockFaultPlace {
  /** Kind of fault. */
  readonly kind: "unknownField";
}

/** A message with an `op` that nobody knows. */
export interface MockUnknownOpFault extends MockFaultPlace {
  /** Kind of fault. */
  readonly kind: "unknownOp";
}

/** A line that is no JSON. */
export interface MockCorruptLineFault extends MockFaultPlace {
  /** Kind of fault. */
  readonly kind: "corruptLine";
  /**
   * The line, without its end.
   *
   * @default a change message that breaks off
   */
  readonly line?: string | undefined;
}

/** A failure, as the answer to a request or out of the blue (protocol 3.2). */
export interface MockStatusFault extends MockFaultPlace {
  /** Kind of fault. */
  readonly kind: "status";
  /** The code, for instance `"TOO_MANY_REQUESTS"`. */
  readonly errorCode: string;
  /** The text beside it. */
  readonly errorMessage?: string | undefined;
  /**
   * Whether the connection is closed.
   *
   * @default true, except for SUBSCRIPTION_LIMIT_EXCEEDED
   */
  readonly connectionClosed?: boolean | undefined;
}

/** A certificate that a client must refuse. Happens when the client connects, wherever it is placed. */
export interface MockCertificateFault extends MockFaultPlace {
  /** Kind of fault. */
  readonly kind: "certificate";
  /** What is wrong with it: another host's, expired, or of an authority that nobody trusts. */
  readonly flaw: MockCertificateFlaw;
}

/** What can be wrong with a certificate. */
export type MockCertificateFlaw = "host" | "expired" | "authority";

/**
 * Bytes of your own, whatever they are: endless lines, binary, deep nesting.
 * Nothing comes after them, and the connection stays open.
 */
export interface MockRawFault extends MockFaultPlace {
  /** Kind of fault. */
  readonly kind: "raw";
  /** What to send. An iterable is taken as fast as the client reads, may be endless, and ends the connection if it throws. */
  readonly bytes: string | Uint8Array | Iterable<string | Uint8Array>;
}

/** Something that goes wrong on a connection to a {@linkcode MockExchange}. */
export type MockFault =
  | MockCutFault
  | MockStallFault
  | MockSplitFault
  | MockMergeFault
  | MockUnavailableFault
  | MockImageFault
  | MockOldIdFault
  | MockUnknownFieldFault
  | MockUnknownOpFault
  | MockCorruptLineFault
  | MockStatusFault
  | MockCertificateFault
  | MockRawFault;
