import { MockLadder } from "./_mock_ladder.ts";
import {
  itemsOf,
  membersOf,
  type WireObject,
  type WireRow,
} from "./_mock_message.ts";
import type { OrderView } from "./_mock_order_view.ts";
import type { OrderRunnerState } from "./stream_state.ts";

/** Matched backs and lays. */
class Matches {
  /** The ladders, lowest price first. */
  state(): {
    readonly matchedBacks: readonly WireRow[];
    readonly matchedLays: readonly WireRow[];
  } {
    const sorted = ({ rows }: MockLadder): WireRow[] =>
      rows.sort(([a], [b]) => a! - b!);
    return {
      matchedBacks: sorted(this.#ladders.mb),
      matchedLays: sorted(this.#ladders.ml),
    };
  }

  readonly #ladders = { mb: new MockLadder(), ml: new MockLadder() };

  apply(change: WireObject, position: number): void {
    for (const key of ["mb", "ml"] as const) {
      const rows = change[key];
      if (!Array.isArray(rows)) continue;
      if (rows.length === 0) this.#ladders[key].clear(position);
      else this.#ladders[key].apply(rows as readonly WireRow[], position);
    }
  }

  /** The ladders that have entries to tell; from position 0 all that are not empty. */
  since(position: number): WireObject {
    const change: Record<string, unknown> = {};
    for (const key of ["mb", "ml"] as const) {
      const ladder = this.#ladders[key];
      const rows = position === 0 ? ladder.rows : ladder.rowsSince(position);
      if (rows.length > 0) change[key] = rows;
    }
    return change;
  }
}

interface HeldOrder {
  readonly order: WireObject;
  readonly position: number;
}

/** The orders and matches on one runner, each with the position that set it. */
export class MockOrderRunner {
  readonly #id: unknown;
  readonly #handicap: unknown;
  readonly #orders = new Map<string, HeldOrder>();
  readonly #matches = new Matches();
  readonly #strategies = new Map<string, Matches>();
  /** Position at which all that was known before was discarded. */
  readonly #imagedAt: number;
  #changedAt: number;

  /** Creates a runner; without `isImage` it adds to what a reader may know. */
  constructor(
    id: unknown,
    handicap: unknown,
    position: number,
    isImage: boolean,
  ) {
    this.#id = id;
    this.#handicap = handicap;
    this.#imagedAt = isImage ? position : 0;
    this.#changedAt = position;
  }

  /** Takes one entry of a change's `orc`. */
  apply(change: WireObject, position: number): void {
    this.#changedAt = position;
    for (const order of itemsOf(change["uo"])) {
      this.#orders.set(String(order["id"]), { order, position });
    }
    this.#matches.apply(change, position);
    for (
      const [reference, content] of Object.entries(membersOf(change["smc"]))
    ) {
      let matches = this.#strategies.get(reference);
      if (matches === undefined) {
        this.#strategies.set(reference, matches = new Matches());
      }
      matches.apply(membersOf(content), position);
    }
  }

  /**
   * An entry of a subscription's image: open orders only (protocol 5). A runner on
   * which everything is done is there without content [obs]; undefined if the
   * filter hides it.
   */
  image(view: OrderView): WireObject | undefined {
    const isOpen = (order: WireObject): boolean => order["status"] !== "EC";
    const image = this.#change(0, view, true, isOpen);
    const hasOpenOrders = [...this.#orders.values()]
      .some(({ order }) => isOpen(order));
    return image ??
      (hasOpenOrders || this.#hasMatches ? undefined : this.#bare());
  }

  /**
   * What changed after a position; undefined if nothing to see did.
   *
   * @param isNewMarket whether the market's change discards all that was known
   */
  changeSince(
    position: number,
    view: OrderView,
    isNewMarket: boolean,
  ): WireObject | undefined {
    const isImage = isNewMarket || this.#imagedAt > position;
    if (isImage) {
      const image = this.#change(0, view, true, () => true);
      // A reader who knows the runner must be told when nothing is left of it.
      return image ??
        (isNewMarket || !this.#isEmpty ? undefined : this.#bare());
    }
    if (this.#changedAt <= position) return undefined;
    return this.#change(position, view, false, () => true);
  }

  /** What a subscriber to everything knows of it. */
  state(): OrderRunnerState {
    return {
      selectionId: Number(this.#id),
      handicap: Number(this.#handicap),
      orders: [...this.#orders].sort(byKey).map(([, { order }]) => order),
      ...this.#matches.state(),
      strategies: [...this.#strategies].sort(byKey)
        .map(([reference, matches]) => ({ reference, ...matches.state() }))
        .filter(({ matchedBacks, matchedLays }) =>
          matchedBacks.length + matchedLays.length > 0
        ),
    };
  }

  /** Its entry as a filter leaves it; undefined if nothing is left. */
  static shown(change: WireObject, view: OrderView): WireObject | undefined {
    const { uo, mb, ml, smc, ...others } = change;
    const shown: Record<string, unknown> = { ...others };
    if (uo !== undefined) {
      const orders = itemsOf(uo).filter((order) => view.showsOrder(order));
      if (orders.length > 0) shown["uo"] = orders;
    }
    if (view.showsPosition && mb !== undefined) shown["mb"] = mb;
    if (view.showsPosition && ml !== undefined) shown["ml"] = ml;
    const strategies = view.showsStrategies
      ? Object.entries(membersOf(smc)).filter(([reference]) =>
        view.showsStrategy(reference)
      )
      : [];
    if (strategies.length > 0) shown["smc"] = Object.fromEntries(strategies);
    const isEmpty = Object.keys(shown).every((key) =>
      key === "id" || key === "hc" || key === "fullImage"
    );
    const hadContent = uo !== undefined || mb !== undefined ||
      ml !== undefined || smc !== undefined;
    // Without content from the start it says that the runner is gone.
    return isEmpty && hadContent ? undefined : shown;
  }

  get #isEmpty(): boolean {
    return this.#orders.size === 0 && !this.#hasMatches;
  }

  get #hasMatches(): boolean {
    return [this.#matches, ...this.#strategies.values()]
      .some((matches) => Object.keys(matches.since(0)).length > 0);
  }

  #bare(): WireObject {
    return {
      fullImage: true,
      id: this.#id,
      ...this.#handicap === 0 ? {} : { hc: this.#handicap },
    };
  }

  #change(
    position: number,
    view: OrderView,
    isImage: boolean,
    isWanted: (order: WireObject) => boolean,
  ): WireObject | undefined {
    const uo: WireObject[] = [];
    for (const held of this.#orders.values()) {
      if (held.position > position && isWanted(held.order)) uo.push(held.order);
    }
    const smc: Record<string, unknown> = {};
    for (const [reference, matches] of this.#strategies) {
      const change = matches.since(position);
      if (Object.keys(change).length > 0) smc[reference] = change;
    }
    const content = {
      ...uo.length > 0 ? { uo } : {},
      ...this.#matches.since(position),
      ...Object.keys(smc).length > 0 ? { smc } : {},
    };
    if (Object.keys(content).length === 0) return undefined;
    return MockOrderRunner.shown({
      ...isImage ? { fullImage: true } : {},
      id: this.#id,
      ...this.#handicap === 0 ? {} : { hc: this.#handicap },
      ...content,
    }, view);
  }
}

/** Compares by code units. */
function byKey(
  [a]: readonly [string, unknown],
  [b]: readonly [string, unknown],
): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
