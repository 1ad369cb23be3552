import type { SimulatedRunner } from "./_simulated_runner.ts";

/** Sides of an order as on the wire. */
export type OrderSide = "B" | "L";

/** What an order is placed with. */
export interface OrderTicket {
  readonly betId: string;
  readonly side: OrderSide;
  /** Decimal odds. */
  readonly price: number;
  readonly pence: number;
  readonly persistence: "L" | "P";
  readonly orderReference: string;
  readonly strategyReference: string;
  readonly placedMs: number;
}

/** How a part of an order ended. */
export type OrderEnd = "lapsed" | "cancelled" | "voided";

/**
 * One limit order. The five parts of its size always add up to the size
 * (protocol 3.8), and all of it is matched at one price.
 */
export class OwnOrder {
  readonly ticket: OrderTicket;
  #matched = 0;
  #remaining: number;
  readonly #ended: Record<OrderEnd, number> = {
    lapsed: 0,
    cancelled: 0,
    voided: 0,
  };
  #matchedPrice: number;
  #matchedMs: number | undefined;
  #cancelledMs: number | undefined;
  #lapsedMs: number | undefined;
  #lapseReason: string | undefined;

  constructor(ticket: OrderTicket) {
    this.ticket = ticket;
    this.#remaining = ticket.pence;
    this.#matchedPrice = ticket.price;
  }

  get remainingPence(): number {
    return this.#remaining;
  }

  get matchedPence(): number {
    return this.#matched;
  }

  /** Decimal odds that the matched part was matched at. */
  get matchedPrice(): number {
    return this.#matchedPrice;
  }

  get isExecutable(): boolean {
    return this.#remaining > 0;
  }

  /** Matches a part of what remains. */
  match(pence: number, nowMs: number): void {
    this.#matched += pence;
    this.#remaining -= pence;
    this.#matchedMs = wholeSeconds(nowMs);
  }

  /** Cancels a part of what remains. */
  cancel(pence: number, nowMs: number): void {
    this.#ended.cancelled += pence;
    this.#remaining -= pence;
    this.#cancelledMs = wholeSeconds(nowMs);
  }

  /** Lapses all that remains. */
  lapse(nowMs: number, reason: string | undefined): void {
    this.#ended.lapsed += this.#remaining;
    this.#remaining = 0;
    this.#lapsedMs = wholeSeconds(nowMs);
    this.#lapseReason = reason;
  }

  /** Voids all that was matched, as on a runner that was removed. */
  voidMatched(): void {
    this.#ended.voided += this.#matched;
    this.#matched = 0;
  }

  /** Lowers the matched price by a reduction factor in percent. */
  reduce(factor: number): void {
    const price = Math.round(this.#matchedPrice * (100 - factor)) / 100;
    this.#matchedPrice = Math.max(1.01, price);
  }

  /** The order as it is sent, members in the order of the wire. */
  toWire(): Readonly<Record<string, unknown>> {
    const { ticket } = this;
    const members: Record<string, unknown> = {
      id: ticket.betId,
      p: ticket.price,
      s: ticket.pence / 100,
      side: ticket.side,
      status: this.isExecutable ? "E" : "EC",
      pt: ticket.persistence,
      ot: "L",
      pd: wholeSeconds(ticket.placedMs),
    };
    if (this.#matchedMs !== undefined) members.md = this.#matchedMs;
    if (this.#cancelledMs !== undefined) members.cd = this.#cancelledMs;
    if (this.#lapsedMs !== undefined) members.ld = this.#lapsedMs;
    if (this.#lapseReason !== undefined) members.lsrc = this.#lapseReason;
    if (this.#matched > 0) members.avp = this.#matchedPrice;
    return Object.assign(members, {
      sm: this.#matched / 100,
      sr: this.#remaining / 100,
      sl: this.#ended.lapsed / 100,
      sc: this.#ended.cancelled / 100,
      sv: this.#ended.voided / 100,
      rac: "",
      rc: "REG_GGC",
      rfo: ticket.orderReference,
      rfs: ticket.strategyReference,
    });
  }
}

/** A price at which an order on the runner may be placed. */
export function orderPrice(
  runner: SimulatedRunner,
  side: OrderSide,
): number | undefined {
  // Backs wait at a lay price and lays at a back price, behind what is there already.
  const offers = side === "B" ? runner.layOffers() : runner.backOffers();
  for (const [price] of offers) return price;
  return undefined;
}

function wholeSeconds(timeMs: number): number {
  return Math.floor(timeMs / 1000) * 1000;
}
