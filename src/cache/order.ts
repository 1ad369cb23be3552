import type { OpenString } from "../protocol/open_string.ts";
import type {
  WireLapseReason,
  WireOrder,
} from "../protocol/order_change_message.ts";
import type { WireScalar } from "../protocol/wire_values.ts";

/** Side of an order; on LINE markets BACK sells the line and LAY buys it. */
export type OrderSide = OpenString<"BACK" | "LAY">;

/** Whether an order can still be matched. */
export type OrderStatus = OpenString<"EXECUTABLE" | "EXECUTION_COMPLETE">;

/** What becomes of an unmatched order when the market turns in play. */
export type OrderPersistence = OpenString<
  "LAPSE" | "PERSIST" | "MARKET_ON_CLOSE"
>;

/** Type of an order. */
export type OrderType = OpenString<
  "LIMIT" | "LIMIT_ON_CLOSE" | "MARKET_ON_CLOSE"
>;

const SIDES: ReadonlyMap<string, OrderSide> = new Map([
  ["B", "BACK"],
  ["L", "LAY"],
]);

const STATUSES: ReadonlyMap<string, OrderStatus> = new Map([
  ["E", "EXECUTABLE"],
  ["EC", "EXECUTION_COMPLETE"],
]);

const PERSISTENCES: ReadonlyMap<string, OrderPersistence> = new Map([
  ["L", "LAPSE"],
  ["P", "PERSIST"],
  ["MOC", "MARKET_ON_CLOSE"],
]);

const TYPES: ReadonlyMap<string, OrderType> = new Map([
  ["L", "LIMIT"],
  ["LOC", "LIMIT_ON_CLOSE"],
  ["MOC", "MARKET_ON_CLOSE"],
]);

/**
 * One version of an order, immutable: the exchange sends an order whole each
 * time it changes (protocol section 3.8), and each makes a new object.
 *
 * Sizes are in account currency, prices decimal odds (on LINE markets the
 * position of the line), times ms since the epoch. What was not sent is
 * `undefined`; codes that this library does not know are left as sent.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { Order } from "@betfair-stream/core";
 *
 * const order = new Order("1.200000001", 101, 0, {
 *   id: "330000000001", p: 1.62, s: 10, side: "B", status: "E", ot: "L", sm: 4, sr: 6,
 * });
 *
 * assert.equal(order.side, "BACK");
 * assert.equal(order.sizeRemaining, 6);
 * assert.equal(order.isComplete, false);
 * assert.equal(order.persistenceType, undefined);
 * ```
 */
export class Order {
  /** Market that the order is on. */
  readonly marketId: string;
  /** Selection that the order is on. */
  readonly selectionId: number;
  /** Handicap of the selection, 0 where the wire has none. */
  readonly handicap: number;
  /** Bet id. */
  readonly betId: string;
  /** Placed price. */
  readonly price: number | undefined;
  /** Placed size; 0 for starting price orders before reconciliation. */
  readonly size: number | undefined;
  /** Liability of a starting price order. */
  readonly bspLiability: number | undefined;
  /** Back or lay. */
  readonly side: OrderSide | undefined;
  /** Whether it can still be matched. */
  readonly status: OrderStatus | undefined;
  /** What becomes of it in play; missing on some on-close orders. */
  readonly persistenceType: OrderPersistence | undefined;
  /** Type of order. */
  readonly orderType: OrderType | undefined;
  /** When it was placed. */
  readonly placedTimeMs: number | undefined;
  /** When it was last matched. */
  readonly matchedTimeMs: number | undefined;
  /** When it was cancelled, in part or whole. */
  readonly cancelledTimeMs: number | undefined;
  /** When it lapsed. */
  readonly lapsedTimeMs: number | undefined;
  /** Why it lapsed. */
  readonly lapseReason: WireLapseReason | undefined;
  /** Average price matched; meaningless on LINE markets. */
  readonly averagePriceMatched: number | undefined;
  /** Size matched. */
  readonly sizeMatched: number | undefined;
  /** Size that can still be matched. */
  readonly sizeRemaining: number | undefined;
  /** Size lapsed. */
  readonly sizeLapsed: number | undefined;
  /** Size cancelled; stays 0 on cancelled starting price orders, where `cancelledTimeMs` tells. */
  readonly sizeCancelled: number | undefined;
  /** Size voided. */
  readonly sizeVoided: number | undefined;
  /** Auth code of the regulator. */
  readonly regulatorAuthCode: string | undefined;
  /** Code of the regulator, for instance `"REG_GGC"`. */
  readonly regulatorCode: string | undefined;
  /** The customer's ref of the order; `""` if unset. */
  readonly orderRef: string | undefined;
  /** The customer's ref of the strategy; `""` if unset. */
  readonly strategyRef: string | undefined;
  /** The order as sent; shared with the message that brought it. */
  readonly wire: WireOrder;

  /**
   * Creates an order.
   *
   * @param marketId Market that it is on.
   * @param selectionId Selection that it is on.
   * @param handicap Handicap of the selection, 0 where the wire has none.
   * @param wire The order as sent; kept, not copied.
   */
  constructor(
    marketId: string,
    selectionId: number,
    handicap: number,
    wire: WireOrder,
  ) {
    this.marketId = marketId;
    this.selectionId = selectionId;
    this.handicap = handicap;
    this.betId = wire.id;
    this.price = numberOf(wire.p);
    this.size = numberOf(wire.s);
    this.bspLiability = numberOf(wire.bsp);
    this.side = nameOf(SIDES, wire.side);
    this.status = nameOf(STATUSES, wire.status);
    this.persistenceType = nameOf(PERSISTENCES, wire.pt);
    this.orderType = nameOf(TYPES, wire.ot);
    this.placedTimeMs = wire.pd ?? undefined;
    this.matchedTimeMs = wire.md ?? undefined;
    this.cancelledTimeMs = wire.cd ?? undefined;
    this.lapsedTimeMs = wire.ld ?? undefined;
    this.lapseReason = wire.lsrc ?? undefined;
    this.averagePriceMatched = numberOf(wire.avp);
    this.sizeMatched = numberOf(wire.sm);
    this.sizeRemaining = numberOf(wire.sr);
    this.sizeLapsed = numberOf(wire.sl);
    this.sizeCancelled = numberOf(wire.sc);
    this.sizeVoided = numberOf(wire.sv);
    this.regulatorAuthCode = wire.rac ?? undefined;
    this.regulatorCode = wire.rc ?? undefined;
    this.orderRef = wire.rfo ?? undefined;
    this.strategyRef = wire.rfs ?? undefined;
    this.wire = wire;
    Object.freeze(this);
  }

  /** Whether nothing of it can be matched any more: its status is `EXECUTION_COMPLETE`. */
  get isComplete(): boolean {
    return this.status === "EXECUTION_COMPLETE";
  }
}

/** The long name of a code, or the code where there is none. */
function nameOf<T extends string>(
  names: ReadonlyMap<string, T>,
  code: string | null | undefined,
): T | string | undefined {
  if (code === null || code === undefined) return undefined;
  return names.get(code) ?? code;
}

function numberOf(value: WireScalar | null | undefined): number | undefined {
  if (value === null || value === undefined) return undefined;
  if (typeof value === "number") return value;
  // The schema lets only words for NaN and the infinities through, in any case.
  if (/nan/i.test(value)) return NaN;
  return value.startsWith("-") ? -Infinity : Infinity;
}
