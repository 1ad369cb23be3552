/** A request that a {@linkcode MockExchange} has received, its secrets replaced by `"[redacted]"`. */
export interface MockRequest {
  /** Number of the connection that it came over; the first is 1. */
  readonly connection: number;
  /** Kind of request. */
  readonly op?: unknown;
  /** Its id. */
  readonly id?: unknown;
  /** Its other members, as they were sent. */
  readonly [member: string]: unknown;
}
