/** What a live command knows, and shows. See {@linkcode LiveBoard}. */

import type { MarketBook } from "../cache/market_book.ts";
import type { OrderBook } from "../cache/order_book.ts";
import type { StreamCache } from "../cache/stream_cache.ts";
import type { StreamName, StreamUpdate } from "../cache/stream_update.ts";
import type { ClientHealth } from "../client/client_health.ts";
import type { ClientState, ClientStateChange } from "../client/client_state.ts";
import {
  bytesText,
  counted,
  durationText,
  fitted,
  grouped,
  isoTime,
  orDash,
  price,
  printable,
  widthOf,
} from "./_format.ts";
import { latencyText } from "./_health_text.ts";
import {
  favouriteOf,
  labelOf,
  type LiveMarket,
  liveTable,
  nameOf,
} from "./_live_table.ts";
import { type MarketSummary, summarizeMarket } from "./_market_summary.ts";
import { orderTable, summarizeOrders } from "./_order_table.ts";
import { type Paint, type Style, withoutColors } from "./_paint.ts";
import { PriceMoves } from "./_price_moves.ts";
import { flow, type TextCell } from "./_text_table.ts";

/** What a board shows of. A client is one. */
export interface BoardClient {
  /** What it is doing. */
  readonly state: ClientState;
  /** How it is doing. */
  readonly health: ClientHealth;
  /** Its books. */
  readonly cache: StreamCache;
}

/** Something that happened, other than changes of books. */
export interface BoardEvent {
  /** When, ms since the epoch. */
  readonly atMs: number;
  /** What, in words. */
  readonly text: string;
  /** Whether something is wrong. */
  readonly isBad: boolean;
  /** What, in plain values. */
  readonly json: Readonly<Record<string, unknown>>;
}

/** Room and colors of a frame. */
export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly paint: Paint;
  /** Time, ms since any moment. */
  readonly nowMs: number;
}

/** Options of a {@linkcode LiveBoard}. */
export interface LiveBoardOptions {
  /** What the client is connected to. */
  readonly target: string;
  /** More to be told at the top. */
  readonly extra?: (() => readonly TextCell[]) | undefined;
}

/** Events that are remembered until they are told. */
const MAX_EVENTS = 100;
/** Events that a frame shows … */
const SHOWN_EVENTS = 3;
/** … unless it has fewer lines than this: then only the last one. */
const MANY_LINES = 28;
/** Rates are those of about this time. */
const RATE_WINDOW_MS = 2000;
/** Runners that a line of a market names. */
const LINE_RUNNERS = 3;

/** States, told apart without colors too. */
const STATE_CELLS: Readonly<Record<ClientState, [string, Style]>> = {
  idle: ["○ idle", "dim"],
  connecting: ["○ connecting", "yellow"],
  authenticating: ["○ authenticating", "yellow"],
  subscribing: ["○ subscribing", "yellow"],
  imaging: ["○ waiting for the image", "yellow"],
  live: ["● live", "green"],
  waiting: ["× disconnected, will retry", "red"],
  closed: ["■ closed", "dim"],
};

/** A book, summed up when it is looked at. */
class BookOnBoard implements LiveMarket {
  readonly isStale: boolean;
  readonly #book: MarketBook;
  #summary: MarketSummary | undefined;

  constructor(book: MarketBook, isStale: boolean) {
    this.#book = book;
    this.isStale = isStale;
  }

  get summary(): MarketSummary {
    return this.#summary ??= summarizeMarket({
      book: this.#book,
      lastOpen: undefined,
    });
  }
}

/** Notes what happens, and lays it out. */
export class LiveBoard {
  readonly #options: LiveBoardOptions;
  readonly #moves = new PriceMoves();
  // The books themselves: a market that closes is gone from the cache with the next
  // message, and how it ended would never be told.
  readonly #changed = new Set<MarketBook>();
  readonly #changedOrders = new Set<OrderBook>();
  /** Streams whose data lag, as the exchange says. */
  readonly #lagging = new Set<StreamName>();
  readonly #recent: BoardEvent[] = [];
  #untold: BoardEvent[] = [];
  #untoldLost = 0;
  #samples: { atMs: number; messages: number }[] = [];
  #messages = 0;
  #wasLive = false;

  /** A board that has nothing to show yet. */
  constructor(options: LiveBoardOptions) {
    this.#options = options;
  }

  /** Messages seen. */
  get messages(): number {
    return this.#messages;
  }

  /** Whether all books have been complete at some time. */
  get wasLive(): boolean {
    return this.#wasLive;
  }

  /** Notes what a message did. */
  note(update: StreamUpdate): void {
    if (update.kind === "gap") {
      const { gap } = update;
      const { stream, outcome, lostAtMs, reason } = gap;
      this.#tell(
        `gap in the ${stream} stream over, ${outcome} after ` +
          `${durationText(Math.max(Date.now() - lostAtMs, 0))}: ` +
          printable(reason),
        false,
        { type: "gap", ...gap },
      );
      return;
    }
    if (update.kind === "invalid") {
      const message = printable(update.error.message);
      this.#tell(message, true, { type: "invalid", message });
      return;
    }
    this.#messages++;
    this.#noteLag(update);
    for (const book of update.markets) this.#changed.add(book);
    for (const book of update.orders) this.#changedOrders.add(book);
    for (const book of update.removedMarkets) {
      if (book.isClosed) continue;
      const { marketId } = book;
      this.#changed.delete(book);
      this.#tell(`${printable(marketId)} is not followed any more`, false, {
        type: "marketRemoved",
        marketId,
      });
    }
    const missing = update.missingOrders.length;
    if (missing > 0) {
      this.#tell(
        `${counted(missing, "open order")} completed unseen: look them up`,
        true,
        {
          type: "missingOrders",
          betIds: update.missingOrders.map(({ betId }) => betId),
        },
      );
    }
  }

  /** Tells when the exchange begins, or ceases, to say that its data lag. */
  #noteLag({ stream, isLagging }: StreamUpdate): void {
    if (stream === undefined || this.#lagging.has(stream) === isLagging) return;
    if (isLagging) this.#lagging.add(stream);
    else this.#lagging.delete(stream);
    this.#tell(
      isLagging
        ? `the exchange says that the ${stream} stream lags: do not rely on it`
        : `the ${stream} stream does not lag any more`,
      isLagging,
      { type: "lag", stream, isLagging },
    );
  }

  /** Notes what the client does; to be given to it as a listener. */
  readonly noteState = (change: ClientStateChange): void => {
    const { state, previous, error, waitMs } = change;
    this.#wasLive ||= state === "live";
    const message = error === undefined ? undefined : printable(error.message);
    const json = {
      type: "state",
      state,
      previous,
      error: message ?? null,
      waitMs: waitMs ?? null,
    };
    const wait = waitMs === undefined
      ? ""
      : `, next try in ${durationText(waitMs)}`;
    // A client that is closed has said why: the command does.
    if (message !== undefined && state !== "closed") {
      this.#tell(message + wait, true, json);
    } else this.#tell(state + wait, false, json, false);
  };

  /** Takes the events that were not taken yet. */
  takeEvents(): readonly BoardEvent[] {
    const events = this.#untold;
    if (this.#untoldLost > 0) {
      const text = `${counted(this.#untoldLost, "event")} not told`;
      events.unshift({
        atMs: events[0]?.atMs ?? Date.now(),
        text,
        isBad: true,
        json: { type: "lost", events: this.#untoldLost },
      });
    }
    this.#untold = [];
    this.#untoldLost = 0;
    return events;
  }

  /** Takes the markets that have changed since they were last taken. */
  takeChanged(): MarketSummary[] {
    const books = [...this.#changed];
    this.#changed.clear();
    return books.map((book) => summarizeMarket({ book, lastOpen: undefined }));
  }

  /** Takes the orders that have changed since they were last taken. */
  takeChangedOrders(): ReturnType<typeof summarizeOrders> {
    const books = [...this.#changedOrders];
    this.#changedOrders.clear();
    return summarizeOrders(books);
  }

  /** Forgets which books have changed: nobody takes them. */
  forgetChanged(): void {
    this.#changed.clear();
    this.#changedOrders.clear();
  }

  /** Lays out all there is, for a terminal; what has changed is not taken any more. */
  frame(client: BoardClient, frame: Frame): string[] {
    this.forgetChanged();
    const { width, height, paint, nowMs } = frame;
    const head = flow(this.#headParts(client, nowMs), width, paint);
    const events = this.#recent
      .slice(height < MANY_LINES ? -1 : -SHOWN_EVENTS)
      .map(({ atMs, text, isBad }) =>
        paint(
          fitted(`${clockText(atMs)} ${text}`, width),
          isBad ? "yellow" : "dim",
        )
      );
    const tail = events.length > 0 ? ["", ...events] : [];
    const room = height - head.length - tail.length - 1;
    const markets = this.#markets(client);
    const table = markets.length === 0
      ? [paint("no markets yet", "dim")]
      : liveTable(markets, {
        width,
        height: Math.max(room, 1),
        paint,
        moves: this.#moves,
        nowMs,
      });
    this.#moves.keepOnly((key) =>
      client.cache.markets.get(key.split(" ")[0]!) !== undefined
    );
    const orders = summarizeOrders([...client.cache.orders]);
    const orderLines = orders.length === 0
      ? []
      : ["", ...orderTable(orders, paint)];
    const hasRoom = table.length + orderLines.length <= room &&
      orderLines.every((line) => widthOf(withoutColors(line)) <= width);
    return [...head, "", ...table, ...hasRoom ? orderLines : [], ...tail];
  }

  /** What there is to say at the top. */
  #headParts(client: BoardClient, nowMs: number): TextCell[] {
    const { health, cache } = client;
    const [text, style] = STATE_CELLS[client.state];
    const isStale = [health.market, health.order]
      .some((stream) => stream?.isStale === true);
    let openOrders = 0;
    for (const book of cache.orders) {
      for (const runner of book.runners) openOrders += runner.openOrders.length;
    }
    const { publishToReceived: delay } = health;
    return [
      { text, styles: [style, "bold"] },
      isStale ? { text: "stale", styles: ["bold", "red"] } : "",
      this.#options.target,
      `${counted(health.messages, "message")}, ${this.#rate(health, nowMs)}/s`,
      bytesText(health.bytes),
      delay.count === 0
        ? ""
        : `delay p50 ${latencyText(delay.p50Ms)}, p99 ${
          latencyText(delay.p99Ms)
        }`,
      counted(cache.markets.size, "market"),
      health.order === undefined ? "" : counted(openOrders, "open order"),
      health.gaps > 0
        ? { text: counted(health.gaps, "gap"), styles: ["yellow"] }
        : "",
      health.reconnects > 0
        ? {
          text: counted(health.reconnects, "reconnect"),
          styles: ["yellow"],
        }
        : "",
      ...this.#options.extra?.() ?? [],
    ];
  }

  /** Messages a second. */
  #rate({ messages }: ClientHealth, nowMs: number): string {
    const samples = this.#samples;
    samples.push({ atMs: nowMs, messages });
    while (samples.length > 2 && nowMs - samples[1]!.atMs >= RATE_WINDOW_MS) {
      samples.shift();
    }
    const [first] = samples;
    const seconds = (nowMs - first!.atMs) / 1000;
    return seconds > 0
      ? grouped(Math.round((messages - first!.messages) / seconds))
      : "0";
  }

  /** Markets by their start, which does not change all the time. */
  #markets({ cache, health }: BoardClient): LiveMarket[] {
    const isStale = health.market?.isStale === true;
    const key = ({ definition, marketId }: MarketBook): string =>
      `${isoTime(definition?.marketTimeMs) ?? "~"} ${marketId}`;
    return [...cache.markets]
      .map((book) => ({ book, key: key(book) }))
      .toSorted((a, b) => a.key < b.key ? -1 : 1)
      .map(({ book }) => new BookOnBoard(book, isStale));
  }

  #tell(
    text: string,
    isBad: boolean,
    json: Readonly<Record<string, unknown>>,
    isShown: boolean = true,
  ): void {
    const event = { atMs: Date.now(), text, isBad, json };
    if (isShown) {
      this.#recent.push(event);
      if (this.#recent.length > SHOWN_EVENTS) this.#recent.shift();
    }
    if (this.#untold.length >= MAX_EVENTS) {
      this.#untold.shift();
      this.#untoldLost++;
    }
    this.#untold.push(event);
  }
}

/**
 * A market in a line, for outputs that are no terminals.
 *
 * @param market The market.
 * @param isStale Whether it may not be relied on.
 */
export function marketLine(market: MarketSummary, isStale: boolean): string {
  const favourites = market.runners
    .filter((runner) => runner.status === null || runner.status === "ACTIVE")
    .toSorted((a, b) => oddsOf(a) - oddsOf(b))
    .slice(0, LINE_RUNNERS);
  const winner = favouriteOf(market);
  const shown = favourites.length > 0 || winner === undefined
    ? favourites.map((runner) =>
      `${nameOf(runner)} ${orDash(runner.back[0]?.[0], price)}/` +
      orDash(runner.lay[0]?.[0], price)
    )
    : [`winner ${nameOf(winner)}`];
  const status = printable(market.status ?? "no definition");
  return [
    `${labelOf(market)} ${status}${market.inPlay ? " in play" : ""}`,
    ...isStale ? ["stale"] : [],
    ...orDash(market.totalMatched, grouped) === "–"
      ? []
      : [`£${grouped(market.totalMatched!)} matched`],
    ...shown,
  ].join(" · ");
}

function oddsOf(
  { back, lastTradedPrice }: MarketSummary["runners"][number],
): number {
  return back[0]?.[0] ?? (lastTradedPrice || Infinity);
}

/** Time of day, UTC. */
export function clockText(atMs: number): string {
  return new Date(atMs).toISOString().slice(11, 19);
}
