import type { MockBook, Publication } from "./_mock_book.ts";
import { MarketView } from "./_mock_market_view.ts";
import type { WireObject } from "./_mock_message.ts";
import { MockOrderMarket } from "./_mock_order_market.ts";
import { OrderView } from "./_mock_order_view.ts";
import type { MockSelection } from "./_mock_selection.ts";

/** What a subscriber sees of its stream. */
export interface SubscriptionContent {
  /** All that there is. */
  image(): readonly WireObject[];
  /** What happened after a position. */
  changesSince(position: number): readonly WireObject[];
  /** What is to be seen of a step. */
  changesOf(publication: Publication): readonly WireObject[];
  /** One market in full, if there is one. */
  imageOf(marketId: string): WireObject | undefined;
}

/** The markets that a filter selects, in the columns asked for. */
export class MarketContent implements SubscriptionContent {
  readonly #book: MockBook;
  readonly #selection: MockSelection;
  readonly #view: MarketView;

  constructor(book: MockBook, selection: MockSelection, dataFilter: unknown) {
    this.#book = book;
    this.#selection = selection;
    this.#view = new MarketView(dataFilter);
  }

  image(): readonly WireObject[] {
    return this.#book.marketImage(this.#selection, this.#view);
  }

  changesSince(position: number): readonly WireObject[] {
    return this.#book.marketChanges(position, this.#selection, this.#view);
  }

  changesOf({ changes, position }: Publication): readonly WireObject[] {
    const seen: WireObject[] = [];
    for (const { marketId, change } of changes) {
      const since = this.#selection.since(marketId);
      if (since === undefined) continue;
      // A market that matches from now on is told in full.
      const shown = since === position && change["img"] !== true
        ? this.imageOf(marketId)
        : this.#view.changeOf(change);
      if (shown !== undefined) seen.push(shown);
    }
    return seen;
  }

  imageOf(marketId: string): WireObject | undefined {
    return this.#book.imageOf(marketId, this.#selection, this.#view);
  }
}

/** The account's orders, as a filter leaves them. */
export class OrderContent implements SubscriptionContent {
  readonly #book: MockBook;
  readonly #view: OrderView;

  constructor(book: MockBook, orderFilter: unknown) {
    this.#book = book;
    this.#view = new OrderView(orderFilter);
  }

  image(): readonly WireObject[] {
    return this.#book.orderImage(this.#view);
  }

  changesSince(position: number): readonly WireObject[] {
    return this.#book.orderChanges(position, this.#view);
  }

  changesOf({ changes }: Publication): readonly WireObject[] {
    return changes.map(({ change }) =>
      MockOrderMarket.shown(change, this.#view)
    )
      .filter((change) => change !== undefined);
  }

  imageOf(marketId: string): WireObject | undefined {
    return this.image().find((change) => change["id"] === marketId);
  }
}
