import { MockMarket } from "./_mock_market.ts";
import type { MarketView } from "./_mock_market_view.ts";
import type { MockStream, WireObject } from "./_mock_message.ts";
import { MockOrderMarket } from "./_mock_order_market.ts";
import type { OrderView } from "./_mock_order_view.ts";
import { MockSelection } from "./_mock_selection.ts";
import type { MockStep } from "./_mock_step.ts";
import type { StreamState } from "./stream_state.ts";

/** Different filters that are followed at a time; the one unused for longest goes. */
const MAX_SELECTIONS = 256;

/** One step as it was published. */
export interface Publication {
  /** The step. */
  readonly step: MockStep;
  /** Its position: that of the first step is 1. */
  readonly position: number;
  /** Its changes with what the exchange adds, beside the markets they are of. */
  readonly changes: readonly PublishedChange[];
}

/** One change of a {@linkcode Publication}. */
export interface PublishedChange {
  /** Market id. */
  readonly marketId: string;
  /** The change as a subscriber to everything gets it. */
  readonly change: WireObject;
}

/** What the exchange knows after the steps so far: its markets and the account's orders. */
export class MockBook {
  readonly #markets = new Map<string, MockMarket>();
  readonly #orders = new Map<string, MockOrderMarket>();
  readonly #selections = new Map<string, MockSelection>();
  readonly #imagedAt: Record<MockStream, number> = { market: 0, order: 0 };
  readonly #publishedAtMs: Record<MockStream, number | undefined> = {
    market: undefined,
    order: undefined,
  };
  readonly #showsClosed: boolean;
  readonly #clockLife: number;
  /** Closed markets that are in no image, each with the position at which it closed, in order. */
  readonly #closed = new Map<string, number>();
  #position = 0;

  /**
   * Creates an empty book.
   *
   * @param showsClosed whether images hold closed markets
   * @param clockLife steps after which nobody asks for changes any more
   */
  constructor(showsClosed: boolean, clockLife: number) {
    this.#showsClosed = showsClosed;
    this.#clockLife = clockLife;
  }

  /** Number of steps applied. */
  get position(): number {
    return this.#position;
  }

  /** Position of the last image of all of a stream; a reader from before cannot be patched. */
  imagedAt(stream: MockStream): number {
    return this.#imagedAt[stream];
  }

  /** Publish time of the last step of a stream, else of the other. */
  publishTimeMs(stream: MockStream): number | undefined {
    return this.#publishedAtMs[stream] ?? this.#publishedAtMs.market ??
      this.#publishedAtMs.order;
  }

  /** Applies the next step. */
  apply(step: MockStep): Publication {
    const position = ++this.#position;
    if (step.publishTimeMs !== undefined) {
      this.#publishedAtMs[step.stream] = step.publishTimeMs;
    }
    const changes = step.stream === "market"
      ? this.#applyMarkets(step, position)
      : this.#applyOrders(step, position);
    this.#forgetClosed();
    return { step, position, changes };
  }

  /** The markets of a filter; the same object for the same filter. */
  selection(marketFilter: unknown): MockSelection {
    const key = JSON.stringify(marketFilter ?? {});
    let selection = this.#selections.get(key);
    if (selection === undefined) {
      selection = new MockSelection(marketFilter);
      for (const market of this.#markets.values()) {
        selection.consider(market, market.changedAt);
      }
      for (const oldest of this.#selections.keys()) {
        if (this.#selections.size < MAX_SELECTIONS) break;
        this.#selections.delete(oldest);
      }
    } else {
      this.#selections.delete(key);
    }
    this.#selections.set(key, selection);
    return selection;
  }

  /** All of a selection: the changes of a market image. */
  marketImage(selection: MockSelection, view: MarketView): WireObject[] {
    const images: WireObject[] = [];
    for (const market of this.#markets.values()) {
      if (selection.since(market.id) === undefined) continue;
      if (market.isClosed && !this.#showsClosed) continue;
      images.push(market.image(view));
    }
    return images;
  }

  /** What a subscriber to everything knows that has read every message so far. */
  state(): StreamState {
    return {
      markets: [...this.#markets.values()].map((market) => market.state())
        .sort(byId),
      orders: [...this.#orders.values()].filter(({ isEmpty }) => !isEmpty)
        .map((market) => market.state()).sort(byId),
    };
  }

  /** One market in full; undefined if there is none that matches. */
  imageOf(
    marketId: string,
    selection: MockSelection,
    view: MarketView,
  ): WireObject | undefined {
    return selection.since(marketId) === undefined
      ? undefined
      : this.#markets.get(marketId)?.image(view);
  }

  /** What happened after a position: one change per market. */
  marketChanges(
    position: number,
    selection: MockSelection,
    view: MarketView,
  ): WireObject[] {
    const changes: WireObject[] = [];
    for (const market of this.#markets.values()) {
      const since = selection.since(market.id);
      if (since === undefined) continue;
      const change = since > position
        ? market.image(view)
        : market.changeSince(position, view);
      if (change !== undefined) changes.push(change);
    }
    return changes;
  }

  /** The changes of an order image. */
  orderImage(view: OrderView): WireObject[] {
    return [...this.#orders.values()].map((market) => market.image(view))
      .filter((change) => change !== undefined);
  }

  /** What happened to orders after a position: one change per market. */
  orderChanges(position: number, view: OrderView): WireObject[] {
    return [...this.#orders.values()]
      .map((market) => market.changeSince(position, view))
      .filter((change) => change !== undefined);
  }

  #applyMarkets(step: MockStep, position: number): PublishedChange[] {
    if (step.isImage) {
      this.#imagedAt.market = position;
      for (const id of this.#markets.keys()) this.#remove(id);
    }
    const changes: PublishedChange[] = [];
    for (const change of step.changes) {
      const marketId = String(change["id"]);
      let market = this.#markets.get(marketId);
      if (market === undefined) {
        market = new MockMarket(marketId, step.sumsVolume);
        this.#markets.set(marketId, market);
      }
      changes.push({
        marketId,
        change: market.apply(change, position, step.publishTimeMs),
      });
      for (const selection of this.#selections.values()) {
        selection.consider(market, position);
      }
      if (this.#showsClosed) continue;
      this.#closed.delete(marketId);
      if (market.isClosed) this.#closed.set(marketId, position);
    }
    return changes;
  }

  #applyOrders(step: MockStep, position: number): PublishedChange[] {
    if (step.isImage) {
      this.#imagedAt.order = position;
      this.#orders.clear();
    }
    const changes: PublishedChange[] = [];
    for (const change of step.changes) {
      const marketId = String(change["id"]);
      let market = this.#orders.get(marketId);
      if (market === undefined) {
        market = new MockOrderMarket(marketId);
        this.#orders.set(marketId, market);
      }
      market.apply(change, position, step.publishTimeMs);
      changes.push({ marketId, change });
    }
    return changes;
  }

  /** Forgets closed markets that no reader can ask for: neither an image nor a clock leads to them. */
  #forgetClosed(): void {
    for (const [marketId, position] of this.#closed) {
      if (this.#position - position <= this.#clockLife) return;
      this.#remove(marketId);
    }
  }

  #remove(marketId: string): void {
    this.#markets.delete(marketId);
    this.#closed.delete(marketId);
    for (const selection of this.#selections.values()) {
      selection.delete(marketId);
    }
  }
}

/** Compares by code units. */
function byId(a: { readonly id: string }, b: { readonly id: string }): number {
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}
