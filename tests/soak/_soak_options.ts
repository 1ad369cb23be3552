/** How a soak runs. */
export interface SoakOptions {
  /** How long faults go on, s. */
  readonly seconds: number;
  /** Seed of markets, orders, faults and pauses. */
  readonly seed: number;
  /** Markets subscribed to. */
  readonly markets: number;
  /** Messages that happen per second. */
  readonly messagesPerSecond: number;
  /**
   * Whether everything is recorded on the way, and the recording replayed in the
   * end. The exchange then sends no late messages of replaced subscriptions, which
   * a client knows from what it has asked for, and a replay cannot.
   */
  readonly records: boolean;
  /** Mean time from one fault to the next, ms. */
  readonly faultEveryMs: number;
}

/** What the exchange says, a line of JSON each. */
export type ExchangeReport =
  | {
    readonly kind: "ready";
    readonly host: string;
    readonly port: number;
    readonly caCert: string;
  }
  | {
    /** All has happened and been sent: this is what it was. */
    readonly kind: "end";
    readonly marketClk: string;
    readonly orderClk: string;
    readonly state: readonly string[];
    readonly orders: number;
    readonly messages: number;
    readonly connections: number;
    readonly faults: Readonly<Record<string, number>>;
  }
  | {
    /** The client has gone: connections that are left. */
    readonly kind: "closed";
    readonly openConnections: number;
  };
