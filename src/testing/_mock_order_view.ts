import { itemsOf, membersOf, type WireObject } from "./_mock_message.ts";

/** What a subscriber sees of its orders: the `orderFilter` (protocol 2.5). */
export class OrderView {
  /** Whether matches by runner are sent. */
  readonly showsPosition: boolean;
  /** Whether matches by strategy are sent. */
  readonly showsStrategies: boolean;
  readonly #references: ReadonlySet<string> | undefined;

  /** Creates a view out of an `orderFilter`. */
  constructor(orderFilter: unknown) {
    const filter = membersOf(orderFilter);
    this.showsPosition = filter["includeOverallPosition"] !== false;
    this.showsStrategies = filter["partitionMatchedByStrategyRef"] === true;
    const references = itemsOf<string>(filter["customerStrategyRefs"]);
    this.#references = references.length > 0 ? new Set(references) : undefined;
  }

  /** Whether orders and matches of a customer strategy are sent. */
  showsStrategy(reference: string): boolean {
    return this.#references === undefined || this.#references.has(reference);
  }

  /** Whether an order is sent. */
  showsOrder(order: WireObject): boolean {
    return this.showsStrategy(String(order["rfs"] ?? ""));
  }
}
