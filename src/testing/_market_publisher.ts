import type { ResolvedOptions } from "./generator_options.ts";
import type { SeededRandom } from "./random.ts";
import type { MarketState, RunnerState } from "./stream_state.ts";
import type { Columns } from "./_columns.ts";
import { displayOffersOf } from "./_display_offers.ts";
import { definitionOf } from "./_market_definition.ts";
import { RunnerPublisher } from "./_runner_publisher.ts";
import type { SimulatedMarket } from "./_simulated_market.ts";
import type { SimulatedRunner } from "./_simulated_runner.ts";

/** One market change, an entry of `mc`. */
export type MarketChange = Record<string, unknown>;

/** Tells a subscriber about one market and remembers what was told. */
export class MarketPublisher {
  readonly market: SimulatedMarket;
  readonly #options: ResolvedOptions;
  readonly #columns: Columns;
  readonly #random: SeededRandom;
  readonly #runners: ReadonlyMap<SimulatedRunner, RunnerPublisher>;
  #definition: Readonly<Record<string, unknown>> | undefined;
  #totalMatched: number | undefined;
  #publishTimeMs: number | undefined;
  #published = false;

  constructor(
    market: SimulatedMarket,
    options: ResolvedOptions,
    columns: Columns,
    random: SeededRandom,
  ) {
    this.market = market;
    this.#options = options;
    this.#columns = columns;
    this.#random = random;
    this.#runners = new Map(
      market.card.runners.map((
        runner,
      ) => [runner, new RunnerPublisher(runner, columns, options)]),
    );
  }

  /** Whether the subscriber knows the market. */
  get isPublished(): boolean {
    return this.#published;
  }

  /** Whether display ladders have columns of their own to trail behind. */
  get hasTrailingDisplay(): boolean {
    return this.#columns.has("bdatb") &&
      (this.#columns.has("batb") || this.#columns.has("atb"));
  }

  /**
   * What changed since the market was last published, without the display
   * ladders where these come later.
   *
   * @param conflated whether to mark the change as merged from several
   */
  change(publishTimeMs: number, conflated: boolean): MarketChange | undefined {
    const definition = this.#takeDefinition();
    const entries: MarketChange[] = [];
    // A purchased file opens a market with its definition alone.
    const opens = !this.#published && this.#options.flavor !== "live" &&
      definition !== undefined;
    if (!opens) {
      for (const runner of this.market.touched) {
        const publisher = this.#runners.get(runner)!;
        const change = publisher.changes(this.#random);
        if (change !== undefined) {
          entries.push(...this.#inForm(publisher, change));
        }
      }
      this.market.touched.clear();
    }
    if (!this.hasTrailingDisplay) this.#addDisplay(entries);
    return this.#finish(publishTimeMs, definition, entries, {
      conflated,
      image: false,
    });
  }

  /** What changed in the display ladders only. */
  displayChange(publishTimeMs: number): MarketChange | undefined {
    const entries: MarketChange[] = [];
    this.#addDisplay(entries);
    return this.#finish(publishTimeMs, undefined, entries, {
      conflated: false,
      image: false,
    });
  }

  /** Everything there is, to replace what the subscriber knows. */
  image(publishTimeMs: number): MarketChange {
    this.forget();
    this.market.definitionChanged = true;
    this.market.touched.clear();
    const definition = this.#takeDefinition();
    const entries: MarketChange[] = [];
    for (const [runner, offers] of displayOffersOf(this.market)) {
      const publisher = this.#runners.get(runner)!;
      const change = publisher.image(offers, this.#random);
      if (change !== undefined) {
        entries.push(...this.#inForm(publisher, change));
      }
    }
    const form = { conflated: false, image: true };
    return this.#finish(
      publishTimeMs,
      definition,
      this.#random.shuffle(entries),
      form,
    )!;
  }

  /** Notes that the subscriber was told to drop the market. */
  forget(): void {
    for (const publisher of this.#runners.values()) publisher.forget();
    this.#definition = undefined;
    this.#totalMatched = undefined;
    this.#publishTimeMs = undefined;
    this.#published = false;
  }

  /** What the subscriber was told; undefined when it does not know the market. */
  state(): MarketState | undefined {
    if (!this.#published) return undefined;
    const runners = [...this.#runners.values()]
      .map((publisher) => publisher.state())
      .filter((state): state is RunnerState => state !== undefined)
      .sort((a, b) => a.selectionId - b.selectionId || a.handicap - b.handicap);
    return {
      id: this.market.id,
      publishTimeMs: this.#publishTimeMs,
      definition: this.#definition,
      reportedTotalMatched: this.#totalMatched,
      runners,
    };
  }

  #takeDefinition(): Readonly<Record<string, unknown>> | undefined {
    if (
      !this.market.definitionChanged || !this.#columns.has("marketDefinition")
    ) return undefined;
    this.market.definitionChanged = false;
    this.#definition = definitionOf(this.market, this.#options.flavor);
    for (
      const entry of this.#definition.runners as Readonly<
        Record<string, unknown>
      >[]
    ) {
      this.#publisherOf(entry).defined(entry);
    }
    return this.#definition;
  }

  #publisherOf(definition: Readonly<Record<string, unknown>>): RunnerPublisher {
    const handicap = definition.hc ?? 0;
    for (const [runner, publisher] of this.#runners) {
      if (
        runner.selectionId === definition.id && runner.handicap === handicap
      ) return publisher;
    }
    throw new RangeError(
      `Cannot publish a runner that is not in the market: ${definition.id}`,
    );
  }

  #inForm(publisher: RunnerPublisher, change: MarketChange): MarketChange[] {
    return this.#options.flavor === "pro"
      ? publisher.split(change, this.#random)
      : [change];
  }

  #addDisplay(entries: MarketChange[]): void {
    if (!this.#columns.has("bdatb")) return;
    for (const [runner, offers] of displayOffersOf(this.market)) {
      const change = this.#runners.get(runner)!.displayChanges(
        offers,
        this.#random,
      );
      // A live message lists a runner at most once.
      const own = entries.find((entry) =>
        entry.id === change?.id && entry.hc === change?.hc
      );
      if (change !== undefined && own !== undefined) Object.assign(own, change);
      else if (change !== undefined) entries.push(change);
    }
  }

  #finish(
    publishTimeMs: number,
    definition: Readonly<Record<string, unknown>> | undefined,
    entries: MarketChange[],
    { conflated, image }: {
      readonly conflated: boolean;
      readonly image: boolean;
    },
  ): MarketChange | undefined {
    if (definition === undefined && entries.length === 0 && !image) {
      return undefined;
    }
    this.#published = true;
    this.#publishTimeMs = publishTimeMs;
    const change: MarketChange = { id: this.market.id };
    if (definition !== undefined) change.marketDefinition = definition;
    if (entries.length > 0 || this.#options.flavor === "pro") {
      change.rc = entries;
    }
    if (this.#options.flavor === "pro") {
      Object.assign(change, { con: true, img: image });
    }
    if (this.#options.flavor === "live" && image) change.img = true;
    if (this.#options.flavor === "live" && conflated) change.con = true;
    this.#addTotal(change, image);
    return change;
  }

  #addTotal(change: MarketChange, image: boolean): void {
    const { flavor, proTotals } = this.#options;
    const total = this.market.tradedPence / 100;
    const wanted = flavor === "pro"
      ? proTotals && total > 0
      : image || total !== (this.#totalMatched ?? 0);
    if (!wanted || !this.#columns.has("tv")) return;
    change.tv = total;
    this.#totalMatched = total;
  }
}
