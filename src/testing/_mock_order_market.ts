import { itemsOf, runnerKey, type WireObject } from "./_mock_message.ts";
import { MockOrderRunner } from "./_mock_order_runner.ts";
import type { OrderView } from "./_mock_order_view.ts";
import type { OrderMarketState } from "./stream_state.ts";

/** The orders of one market as the exchange knows them. */
export class MockOrderMarket {
  /** Market id. */
  readonly id: string;
  #runners = new Map<string, MockOrderRunner>();
  #accountId: unknown;
  #publishTimeMs: number | undefined;
  #isClosed = false;
  // Positions of the last message that …
  #closedAt = 0;
  #imagedAt = 0;
  #changedAt = 0;

  constructor(id: string) {
    this.id = id;
  }

  /** Whether there is nothing on the market. */
  get isEmpty(): boolean {
    return this.#runners.size === 0;
  }

  /** Takes a change. */
  apply(
    change: WireObject,
    position: number,
    publishTimeMs: number | undefined,
  ): void {
    this.#changedAt = position;
    this.#publishTimeMs = publishTimeMs;
    if (change["fullImage"] === true) {
      this.#runners = new Map();
      this.#imagedAt = position;
    }
    if (change["accountId"] !== undefined) {
      this.#accountId = change["accountId"];
    }
    for (const entry of itemsOf(change["orc"])) {
      this.#applyRunner(entry, position);
    }
    if (change["closed"] === true && !this.#isClosed) {
      this.#isClosed = true;
      this.#closedAt = position;
    }
  }

  /** An item of a subscription's image; undefined if there is nothing to tell. */
  image(view: OrderView): WireObject | undefined {
    const orc = [...this.#runners.values()].map((runner) => runner.image(view))
      .filter((image) => image !== undefined);
    return orc.length === 0 ? undefined : this.#named({
      ...this.#isClosed ? { closed: true } : {},
      fullImage: true,
      orc,
    });
  }

  /** What a reader who stopped at a position has to be told; undefined if nothing. */
  changeSince(position: number, view: OrderView): WireObject | undefined {
    if (this.#changedAt <= position) return undefined;
    const isImage = this.#imagedAt > position;
    const orc = [...this.#runners.values()]
      .map((runner) => runner.changeSince(position, view, isImage))
      .filter((change) => change !== undefined);
    const isClosing = this.#closedAt > position;
    if (!isImage && !isClosing && orc.length === 0) return undefined;
    return this.#named({
      ...isClosing ? { closed: true } : {},
      ...isImage ? { fullImage: true } : {},
      ...orc.length > 0 ? { orc } : {},
    });
  }

  /** What a subscriber to everything knows of it. */
  state(): OrderMarketState {
    return {
      id: this.id,
      publishTimeMs: this.#publishTimeMs,
      closed: this.#isClosed,
      runners: [...this.#runners.values()].map((runner) => runner.state())
        .sort((a, b) =>
          a.selectionId - b.selectionId || a.handicap - b.handicap
        ),
    };
  }

  /** A change as a subscriber's filter leaves it; undefined if nothing is left. */
  static shown(change: WireObject, view: OrderView): WireObject | undefined {
    const { orc, ...others } = change;
    const runners = itemsOf(orc).map((entry) =>
      MockOrderRunner.shown(entry, view)
    ).filter((entry) => entry !== undefined);
    if (runners.length > 0) return { ...others, orc: runners };
    return change["fullImage"] === true || change["closed"] === true
      ? others
      : undefined;
  }

  #applyRunner(entry: WireObject, position: number): void {
    const key = runnerKey(entry);
    const isImage = entry["fullImage"] === true;
    let runner = this.#runners.get(key);
    if (runner === undefined || isImage) {
      runner = new MockOrderRunner(
        entry["id"],
        entry["hc"] ?? 0,
        position,
        isImage,
      );
      this.#runners.set(key, runner);
    }
    runner.apply(entry, position);
  }

  #named(content: WireObject): WireObject {
    return {
      id: this.id,
      ...this.#accountId === undefined ? {} : { accountId: this.#accountId },
      ...content,
    };
  }
}
