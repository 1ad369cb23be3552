import type { ResolvedOptions } from "./generator_options.ts";
import type { LadderName } from "./ladder_name.ts";
import type { SeededRandom } from "./random.ts";
import type { RunnerState } from "./stream_state.ts";
import type { Columns } from "./_columns.ts";
import type { DisplayOffers, Offer } from "./_display_offers.ts";
import { rollUp, SentLevels } from "./_level_rows.ts";
import { handicapMember } from "./_market_definition.ts";
import type { SentLadder } from "./_sent_ladder.ts";
import type { SimulatedRunner } from "./_simulated_runner.ts";

type Change = Record<string, unknown>;

/**
 * Tells a subscriber about one runner and remembers what was told: the value
 * of every column as it was when it was last sent, which is what a cache must
 * hold.
 */
export class RunnerPublisher {
  readonly #runner: SimulatedRunner;
  readonly #columns: Columns;
  readonly #levels: number;
  readonly #purchased: boolean;
  readonly #ladders: readonly (readonly [LadderName, SentLadder])[];
  readonly #bestBacks = new SentLevels();
  readonly #bestLays = new SentLevels();
  readonly #displayBacks = new SentLevels();
  readonly #displayLays = new SentLevels();
  readonly #scalars = new Map<string, number>();
  #definition: Readonly<Record<string, unknown>> | undefined;
  #known = false;

  constructor(
    runner: SimulatedRunner,
    columns: Columns,
    options: ResolvedOptions,
  ) {
    this.#runner = runner;
    this.#columns = columns;
    this.#levels = options.ladderLevels;
    this.#purchased = options.flavor !== "live";
    this.#ladders = [
      ["atb", runner.backs],
      ["atl", runner.lays],
      ["trd", runner.traded],
      ["spb", runner.startingLays],
      ["spl", runner.startingBacks],
    ];
  }

  /** Notes that a definition that lists the runner was sent. */
  defined(definition: Readonly<Record<string, unknown>>): void {
    this.#definition = definition;
    this.#known = true;
  }

  /** Notes that the market was replaced: nothing is known any more. */
  forget(): void {
    for (const [, ladder] of this.#ladders) ladder.forget();
    for (const levels of this.#allLevels()) levels.forget();
    this.#scalars.clear();
    this.#definition = undefined;
    this.#known = false;
  }

  /** Everything except the display ladders that changed since it was last sent. */
  changes(random: SeededRandom): Change | undefined {
    const change: Change = {};
    const changed = new Set<LadderName>();
    for (const [name, ladder] of this.#ladders) {
      const rows = ladder.takeChanges();
      if (rows.length > 0) changed.add(name);
      if (rows.length > 0 && this.#columns.has(name)) change[name] = rows;
    }
    // Present but empty when only offers below the visible levels changed.
    if (this.#columns.has("batb")) {
      const rows = rollUp(this.#runner.backOffers(), this.#levels);
      const best = this.#bestBacks.takeChanges(rows, random);
      if (changed.has("atb")) change.batb = best;
    }
    if (this.#columns.has("batl")) {
      const rows = rollUp(this.#runner.layOffers(), this.#levels);
      const best = this.#bestLays.takeChanges(rows, random);
      if (changed.has("atl")) change.batl = best;
    }
    this.#addScalars(change);
    return this.#finish(change);
  }

  /** What changed in the display ladders. */
  displayChanges(
    offers: DisplayOffers,
    random: SeededRandom,
  ): Change | undefined {
    const change: Change = {};
    if (this.#columns.has("bdatb")) {
      const backs = this.#displayBacks.takeChanges(
        rollUp(offers.backs, this.#levels),
        random,
      );
      const lays = this.#displayLays.takeChanges(
        rollUp(offers.lays, this.#levels),
        random,
      );
      if (backs.length > 0) change.bdatb = backs;
      if (lays.length > 0) change.bdatl = lays;
    }
    return this.#finish(change);
  }

  /** Everything there is; nothing for a runner without content. */
  image(offers: DisplayOffers, random: SeededRandom): Change | undefined {
    const runner = this.#runner;
    if (runner.status === "REMOVED") return undefined;
    const change: Change = {};
    for (const [name, ladder] of this.#ladders) {
      const rows = ladder.takeImage(random);
      if (rows.length > 0 && this.#columns.has(name)) change[name] = rows;
    }
    this.#addLevels(
      change,
      "batb",
      this.#bestBacks,
      runner.backOffers(),
      random,
    );
    this.#addLevels(change, "batl", this.#bestLays, runner.layOffers(), random);
    this.#addLevels(change, "bdatb", this.#displayBacks, offers.backs, random);
    this.#addLevels(change, "bdatl", this.#displayLays, offers.lays, random);
    this.#addScalars(change);
    // An image may spell out that nothing was traded, or leave it open.
    if (!this.#purchased && random.chance(0.5)) {
      this.#scalar(change, "ltp", runner.lastTradedPrice);
      this.#scalar(change, "tv", runner.tradedPence / 100);
    }
    return this.#finish(change);
  }

  /**
   * A change in the form of PRO files: one entry per group of columns, and a
   * `tv` that is the sum of the sizes beside it.
   */
  split(change: Change, random: SeededRandom): Change[] {
    const { atb, atl, trd, spb, spl, spn, spf, ltp } = change;
    const groups: Change[] = [];
    if (atb !== undefined) groups.push({ atb });
    if (atl !== undefined) groups.push({ atl });
    if (spb !== undefined) groups.push({ spb });
    if (spl !== undefined) groups.push({ spl });
    if (spn !== undefined || spf !== undefined) groups.push({ spn, spf });
    if (trd !== undefined) {
      const sum = (trd as number[][]).reduce(
        (total, row) => total + Math.round(row[1]! * 100),
        0,
      );
      const traded: Change = { trd };
      if (this.#columns.has("ltp")) {
        this.#scalar(traded, "ltp", this.#runner.lastTradedPrice);
      }
      if (this.#columns.has("tv")) this.#scalar(traded, "tv", sum / 100);
      groups.push(traded);
    } else if (ltp !== undefined) {
      groups.push({ ltp });
    }
    return random.shuffle(groups).map((group) => ({
      ...group,
      ...this.#identity(),
    }));
  }

  /** What the subscriber was told; undefined when it was never told of the runner. */
  state(): RunnerState | undefined {
    if (!this.#known) return undefined;
    const ladders: Record<LadderName, readonly (readonly number[])[]> = {
      ...this.#priceRows(),
      batb: this.#bestBacks.sentRows(),
      batl: this.#bestLays.sentRows(),
      bdatb: this.#displayBacks.sentRows(),
      bdatl: this.#displayLays.sentRows(),
    };
    return {
      selectionId: this.#runner.selectionId,
      handicap: this.#runner.handicap,
      definition: this.#definition,
      lastTradedPrice: this.#scalars.get("ltp"),
      reportedTotalMatched: this.#scalars.get("tv"),
      startingPriceNear: this.#scalars.get("spn"),
      startingPriceFar: this.#scalars.get("spf"),
      ladders,
    };
  }

  #priceRows(): Record<"atb" | "atl" | "trd" | "spb" | "spl", number[][]> {
    const { backs, lays, traded, startingBacks, startingLays } = this.#runner;
    const sent = (
      name: LadderName,
      ladder: SentLadder,
      descending = false,
    ): number[][] => this.#columns.has(name) ? ladder.sentRows(descending) : [];
    return {
      atb: sent("atb", backs, true),
      atl: sent("atl", lays),
      trd: sent("trd", traded),
      spb: sent("spb", startingLays, true),
      spl: sent("spl", startingBacks),
    };
  }

  #addLevels(
    change: Change,
    name: LadderName,
    levels: SentLevels,
    offers: Iterable<Offer>,
    random: SeededRandom,
  ): void {
    if (!this.#columns.has(name)) return;
    const rows = levels.takeImage(
      rollUp(offers, this.#levels),
      this.#levels,
      random,
    );
    if (rows.length > 0) change[name] = rows;
  }

  #addScalars(change: Change): void {
    const runner = this.#runner;
    // Both or none, as the exchange sends them.
    const sent = (name: string): number => this.#scalars.get(name) ?? NaN;
    if (
      !Object.is(runner.nearPrice, sent("spn")) ||
      !Object.is(runner.farPrice, sent("spf"))
    ) {
      this.#scalar(change, "spn", runner.nearPrice);
      this.#scalar(change, "spf", runner.farPrice);
    }
    if (runner.lastTradedPrice !== (this.#scalars.get("ltp") ?? 0)) {
      this.#scalar(change, "ltp", runner.lastTradedPrice);
    }
    // In purchased files `tv` belongs to the rows beside it: see split().
    if (
      !this.#purchased &&
      runner.tradedPence / 100 !== (this.#scalars.get("tv") ?? 0)
    ) {
      this.#scalar(change, "tv", runner.tradedPence / 100);
    }
  }

  #scalar(change: Change, name: string, value: number): void {
    if (!this.#columns.has(name)) return;
    change[name] = value;
    this.#scalars.set(name, value);
  }

  #finish(change: Change): Change | undefined {
    if (Object.keys(change).length === 0) return undefined;
    this.#known = true;
    return { ...change, ...this.#identity() };
  }

  /** Comes after the content on the wire (protocol 1). */
  #identity(): Change {
    return { id: this.#runner.selectionId, ...handicapMember(this.#runner) };
  }

  #allLevels(): readonly SentLevels[] {
    return [
      this.#bestBacks,
      this.#bestLays,
      this.#displayBacks,
      this.#displayLays,
    ];
  }
}
