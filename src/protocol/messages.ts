/** Every message that the exchange sends, as one union. */

import type { ConnectionMessage } from "./connection_message.ts";
import type { CricketChangeMessage } from "./cricket_change_message.ts";
import type { MarketChangeMessage } from "./market_change_message.ts";
import type { OrderChangeMessage } from "./order_change_message.ts";
import type { RaceChangeMessage } from "./race_change_message.ts";
import type { StatusMessage } from "./status_message.ts";

/**
 * The `op` of an {@linkcode UnknownMessage}: usually a string, but none of the
 * known ones. It is opaque so that comparing `op` with a known value leaves one
 * type of message; `String(op)` reads it.
 */
export interface UnknownOp {
  /** Never there; keeps this type apart from every string. */
  readonly unknownOp: true;
}

/** A message of a kind that this library does not know, as it came. */
export interface UnknownMessage {
  /** Kind of message, or absent. */
  readonly op?: UnknownOp | null;
  /** Everything else. */
  readonly [key: string]: unknown;
}

/**
 * A message of the stream as sent, told apart by `op` (protocol section 3).
 * Keys are the short ones of the wire; `null` and absent both mean "not
 * supplied".
 */
export type StreamMessage =
  | ConnectionMessage
  | StatusMessage
  | MarketChangeMessage
  | OrderChangeMessage
  | RaceChangeMessage
  | CricketChangeMessage
  | UnknownMessage;
