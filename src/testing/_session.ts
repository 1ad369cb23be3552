import type { ResolvedOptions } from "./generator_options.ts";
import { SeededRandom } from "./random.ts";
import type {
  MarketState,
  OrderMarketState,
  StreamState,
} from "./stream_state.ts";
import { Clock, FRESH_MARKET_CLOCK, FRESH_ORDER_CLOCK } from "./_clock.ts";
import { columnsOf } from "./_columns.ts";
import type { MarketChange } from "./_market_publisher.ts";
import { segmentsOf } from "./_segments.ts";
import { SimulatedExchange } from "./_simulated_exchange.ts";
import type { ListedMarket } from "./_simulated_exchange.ts";

/** One message as an object, members in the order of the wire. */
export type Message = Readonly<Record<string, unknown>>;

/** The longest a real exchange stays silent, ms. */
const HEARTBEAT_MS = 5000;
/** Turns that may pass without anything to tell. */
const MAX_IDLE_TURNS = 50;

/**
 * The messages of a session, in groups: the lines of a group belong together
 * (the segments of one message, the lines at the head), and between two groups
 * a subscriber that has read everything knows exactly {@linkcode state}.
 */
export class Session {
  readonly #options: ResolvedOptions;
  readonly #random: SeededRandom;
  readonly #exchange: SimulatedExchange;
  readonly #marketClock: Clock;
  readonly #orderClock: Clock;
  readonly #live: boolean;
  #nowMs: number;
  #requestId = 0;
  #marketRequestId = 0;
  #orderRequestId = 0;
  #outageLeft = 0;

  constructor(options: ResolvedOptions) {
    this.#options = options;
    this.#live = options.flavor === "live";
    this.#random = new SeededRandom(options.seed);
    this.#nowMs = options.startTimeMs;
    this.#marketClock = new Clock(this.#random, !this.#live);
    this.#orderClock = new Clock(this.#random, false);
    const columns = columnsOf(options);
    this.#exchange = new SimulatedExchange(
      options,
      columns,
      this.#random,
      () => this.#nowMs,
    );
  }

  /** What a subscriber knows that has read all groups so far. */
  state(): StreamState {
    const { listed } = this.#exchange;
    return {
      markets: listed.map(({ publisher }) => publisher.state())
        .filter((state): state is MarketState => state !== undefined).sort(
          byId,
        ),
      orders: listed.map(({ orders }) => orders.state())
        .filter((state): state is OrderMarketState => state !== undefined).sort(
          byId,
        ),
    };
  }

  /** All groups, from the first line to the last. */
  *groups(): Generator<readonly Message[]> {
    if (this.#live) yield* this.#connect("SUB_IMAGE");
    for (let at = 0; at < this.#options.messages; at++) {
      yield* this.#opened(at);
      if (this.#live) yield* this.#incidents();
      if (this.#random.chance(this.#options.imageShare)) yield* this.#images();
      yield* this.#ordinary(at);
    }
    yield* this.#settle();
  }

  /** One ordinary message, with what trails behind it. */
  *#ordinary(at: number): Generator<readonly Message[]> {
    for (let idle = 0; idle < MAX_IDLE_TURNS; idle++) {
      const open = this.#exchange.open;
      if (open.length === 0) return;
      this.#advance(this.#random.integer(0, 2 * this.#options.paceMs));
      const chosen = this.#choose(open);
      const changes: MarketChange[] = [];
      for (const { market, publisher } of chosen) {
        const conflated = this.#random.chance(this.#options.conflatedShare);
        for (let turns = conflated ? 3 : 1; turns > 0; turns--) {
          market.turn(at, this.#intensity);
        }
        const change = publisher.change(this.#nowMs, conflated);
        if (change !== undefined) changes.push(change);
      }
      if (changes.length > 0) {
        yield this.#segmented(this.#marketMessage({ mc: changes }), "mc");
      }
      yield* this.#display(chosen);
      if (this.#options.orders) yield* this.#ownOrders(chosen);
      if (changes.length > 0) return;
    }
  }

  /** Brings every market to its end when all ordinary messages are sent. */
  *#settle(): Generator<readonly Message[]> {
    if (!this.#options.wholeLife) return;
    const end = this.#options.messages;
    while (this.#exchange.open.length > 0) yield* this.#ordinary(end);
    if (this.#options.orders) yield* this.#ownOrders(this.#exchange.listed);
  }

  /** About how much happens in a market between two messages. */
  get #intensity(): number {
    return this.#options.flavor === "basic" ? 30 : 3;
  }

  #choose(open: readonly ListedMarket[]): ListedMarket[] {
    const chosen = new Set([this.#random.pick(open)]);
    while (open.length > chosen.size && this.#random.chance(0.15)) {
      chosen.add(this.#random.pick(open));
    }
    // Markets between two states of their life do not wait long.
    for (const listed of open) {
      if (listed.market.hasScript && this.#random.chance(0.2)) {
        chosen.add(listed);
      }
    }
    return [...chosen];
  }

  /** Changes of the display ladders come a little after those of the others. */
  *#display(chosen: readonly ListedMarket[]): Generator<readonly Message[]> {
    if (!chosen[0]!.publisher.hasTrailingDisplay || this.#random.chance(0.3)) {
      return;
    }
    this.#advance(this.#random.integer(0, 30));
    const changes: MarketChange[] = [];
    for (const { publisher } of chosen) {
      const change = publisher.isPublished
        ? publisher.displayChange(this.#nowMs)
        : undefined;
      if (change !== undefined) changes.push(change);
    }
    if (changes.length > 0) {
      yield this.#segmented(this.#marketMessage({ mc: changes }), "mc");
    }
  }

  *#ownOrders(chosen: readonly ListedMarket[]): Generator<readonly Message[]> {
    const changes: MarketChange[] = [];
    for (const { market, orders } of chosen) {
      if (market.isClosed || this.#random.chance(0.2)) orders.turn(this.#nowMs);
      const change =
        orders.isPublished && this.#random.chance(this.#options.imageShare)
          ? orders.fullImage(this.#nowMs)
          : orders.change(this.#nowMs);
      if (change !== undefined) changes.push(change);
    }
    if (changes.length > 0) {
      yield this.#segmented(this.#orderMessage({ oc: changes }), "oc");
    }
  }

  /** Markets that open in mid-session come as images of their own. */
  *#opened(at: number): Generator<readonly Message[]> {
    const opened = this.#exchange.openDue(at);
    if (opened.length === 0 || !this.#live) return;
    yield this.#segmented(
      this.#marketMessage({
        mc: opened.map(({ publisher }) => publisher.image(this.#nowMs)),
      }),
      "mc",
    );
  }

  *#incidents(): Generator<readonly Message[]> {
    if (this.#random.chance(this.#options.outageShare)) {
      this.#outageLeft = this.#random.integer(3, 20);
    }
    if (this.#random.chance(this.#options.heartbeatShare)) {
      this.#advance(this.#random.integer(0, HEARTBEAT_MS));
      yield [this.#marketMessage({ ct: "HEARTBEAT" })];
      if (this.#options.orders) yield [this.#orderMessage({ ct: "HEARTBEAT" })];
    }
    if (this.#random.chance(this.#options.resumeShare)) {
      yield* this.#connect("RESUB_DELTA");
    }
  }

  /** One market again in full; in a live session it may be all of them, with or without a new connection. */
  *#images(): Generator<readonly Message[]> {
    const known = this.#exchange.open.filter(({ publisher }) =>
      publisher.isPublished
    );
    if (known.length === 0) return;
    const kind = this.#live ? this.#random.next() : 0;
    if (kind >= 0.75) yield* this.#connect("SUB_IMAGE");
    else if (kind >= 0.5) yield this.#subscriptionImage();
    else {
      const { publisher } = this.#random.pick(known);
      const message = this.#marketMessage({
        mc: [publisher.image(this.#nowMs)],
      });
      yield this.#segmented(message, "mc");
    }
  }

  /** A new connection up to the end of its first answer to each subscription. */
  *#connect(ct: "SUB_IMAGE" | "RESUB_DELTA"): Generator<readonly Message[]> {
    if (this.#requestId > 0) this.#advance(this.#random.integer(200, 3000));
    const { orders } = this.#options;
    const authenticationId = ++this.#requestId;
    this.#marketRequestId = ++this.#requestId;
    if (orders) this.#orderRequestId = ++this.#requestId;
    const success = (id: number): Message => ({
      op: "status",
      id,
      statusCode: "SUCCESS",
      connectionClosed: false,
    });
    yield [{ op: "connection", connectionId: this.#connectionId() }];
    yield [{ ...success(authenticationId), connectionsAvailable: 9 }];
    yield [success(this.#marketRequestId)];
    yield ct === "SUB_IMAGE" ? this.#subscriptionImage() : this.#resumed();
    if (!orders) return;
    yield [success(this.#orderRequestId)];
    yield ct === "SUB_IMAGE" ? this.#orderImage() : this.#resumedOrders();
  }

  #subscriptionImage(): readonly Message[] {
    this.#exchange.openDue(0);
    const changes: MarketChange[] = [];
    for (const { market, publisher } of this.#exchange.listed) {
      // What is closed is not in an image, and so it is gone.
      if (market.isClosed) publisher.forget();
      else changes.push(publisher.image(this.#nowMs));
    }
    return this.#segmented(
      this.#firstMessage("mcm", "SUB_IMAGE", { mc: changes }),
      "mc",
    );
  }

  #resumed(): readonly Message[] {
    const changes: MarketChange[] = [];
    for (const { market, publisher } of this.#exchange.open) {
      const image = !publisher.isPublished || this.#random.chance(0.1);
      market.turn(0, 10);
      const change = image
        ? publisher.image(this.#nowMs)
        : publisher.change(this.#nowMs, true);
      if (change !== undefined) changes.push(change);
    }
    return this.#segmented(
      this.#firstMessage("mcm", "RESUB_DELTA", { mc: changes }),
      "mc",
    );
  }

  #orderImage(): readonly Message[] {
    const changes: MarketChange[] = [];
    for (const { orders } of this.#exchange.listed) {
      const change = orders.image(this.#nowMs);
      if (change !== undefined) changes.push(change);
    }
    return this.#segmented(
      this.#firstMessage("ocm", "SUB_IMAGE", { oc: changes }),
      "oc",
    );
  }

  #resumedOrders(): readonly Message[] {
    const changes: MarketChange[] = [];
    for (const { orders } of this.#exchange.listed) {
      orders.turn(this.#nowMs);
      const change = orders.change(this.#nowMs);
      if (change !== undefined) changes.push(change);
    }
    return this.#segmented(
      this.#firstMessage("ocm", "RESUB_DELTA", { oc: changes }),
      "oc",
    );
  }

  /** The first answer to a subscription, with both tokens and what was agreed. */
  #firstMessage(op: "mcm" | "ocm", ct: string, content: Message): Message {
    const isMarket = op === "mcm";
    const clock = isMarket ? this.#marketClock : this.#orderClock;
    const fresh = isMarket ? FRESH_MARKET_CLOCK : FRESH_ORDER_CLOCK;
    return {
      op,
      id: isMarket ? this.#marketRequestId : this.#orderRequestId,
      initialClk: clock.initial(),
      clk: ct === "SUB_IMAGE" ? fresh : clock.next(),
      conflateMs: 0,
      heartbeatMs: HEARTBEAT_MS,
      pt: this.#nowMs,
      ct,
      ...content,
    };
  }

  #marketMessage(content: Message): Message {
    return {
      op: "mcm",
      ...(this.#live ? { id: this.#marketRequestId } : {}),
      clk: this.#marketClock.next(),
      pt: this.#nowMs,
      ...this.#outageMember(),
      ...content,
    };
  }

  #orderMessage(content: Message): Message {
    return {
      op: "ocm",
      id: this.#orderRequestId,
      clk: this.#orderClock.next(),
      pt: this.#nowMs,
      ...content,
    };
  }

  #outageMember(): Message {
    if (this.#outageLeft === 0) return {};
    this.#outageLeft--;
    return { status: 503 };
  }

  /** A message in one piece, or now and then in several. */
  #segmented(message: Message, key: "mc" | "oc"): readonly Message[] {
    return this.#random.chance(this.#options.segmentShare)
      ? segmentsOf(message, key, this.#random)
      : [message];
  }

  #connectionId(): string {
    const digits = String(this.#random.integer(10_000, 99_999));
    const started = new Date(this.#nowMs).toISOString().replace(/[-T:]/g, "")
      .slice(2, 14);
    return `${this.#random.integer(100, 110)}-${started}-${digits}`;
  }

  #advance(ms: number): void {
    this.#nowMs += ms;
  }
}

function byId(a: { readonly id: string }, b: { readonly id: string }): number {
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}
