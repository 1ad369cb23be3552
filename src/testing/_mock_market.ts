import {
  isLevelLadder,
  type MarketView,
  MAX_LEVELS,
} from "./_mock_market_view.ts";
import {
  itemsOf,
  membersOf,
  runnerKey,
  type WireObject,
  type WireRow,
} from "./_mock_message.ts";
import { MockRunner } from "./_mock_runner.ts";
import { LADDER_NAMES, type LadderName } from "./ladder_name.ts";
import type { MarketState } from "./stream_state.ts";
import { rollUp } from "./_level_rows.ts";

/** The level ladders, each with the price ladder that it can be made from. */
const LEVEL_SOURCES = [
  ["batb", "atb"],
  ["batl", "atl"],
  ["bdatb", "atb"],
  ["bdatl", "atl"],
] as const;

type LevelLadder = (typeof LEVEL_SOURCES)[number][0];

/**
 * One market as the exchange knows it. Each part remembers the position of the
 * message that set it, so that the difference to any earlier position can be
 * told: that is how a reader who was away or slow is brought up to date.
 *
 * What a source lacks is made of what it has: level ladders out of the full
 * ones, and volumes out of the traded ladder where the source's own are not
 * those of a live stream.
 */
export class MockMarket {
  /** Market id. */
  readonly id: string;
  /** Definition as last sent. */
  definition: WireObject | undefined;
  readonly #sumsVolume: boolean;
  #runners = new Map<string, MockRunner>();
  #totalMatched: unknown;
  #publishTimeMs: number | undefined;
  // Positions of the last message that …
  #definedAt = 0;
  #totalAt = 0;
  #imagedAt = 0;
  #changedAt = 0;
  /** … and of the one before, as two changes in one are conflated. */
  #changedBefore = 0;
  /** Level ladders that are made here, once it is known which. */
  #made: readonly (readonly [LevelLadder, "atb" | "atl"])[] | undefined;

  constructor(id: string, sumsVolume: boolean) {
    this.id = id;
    this.#sumsVolume = sumsVolume;
  }

  /** Whether the market is settled. */
  get isClosed(): boolean {
    return this.definition?.["status"] === "CLOSED";
  }

  /** Position of the last change. */
  get changedAt(): number {
    return this.#changedAt;
  }

  /**
   * Takes a change.
   *
   * @returns The change as subscribers to everything get it, with what was made
   * in addition.
   */
  apply(
    change: WireObject,
    position: number,
    publishTimeMs: number | undefined,
  ): WireObject {
    this.#publishTimeMs = publishTimeMs;
    const { img, con, marketDefinition, rc, tv, ...others } = change;
    if (this.#changedAt < position) {
      this.#changedBefore = this.#changedAt;
      this.#changedAt = position;
    }
    if (img === true) {
      this.#runners = new Map();
      this.#totalMatched = undefined;
      this.#imagedAt = position;
    }
    const published: Record<string, unknown> = others;
    if (typeof marketDefinition === "object" && marketDefinition !== null) {
      this.definition = published["marketDefinition"] = membersOf(
        marketDefinition,
      );
      this.#definedAt = position;
    }
    const runners = mergedRunners(itemsOf(rc));
    this.#decideLevels(runners);
    const changes = runners.map((runner) =>
      this.#applyRunner(runner, position)
    );
    if (rc !== undefined && (changes.length > 0 || !this.#sumsVolume)) {
      published["rc"] = changes;
    }
    if (img === true) published["img"] = true;
    if (con !== undefined && !this.#sumsVolume) published["con"] = con;
    const total = this.#sumsVolume ? this.#summedTotal(changes) : tv;
    if (total !== undefined && total !== null) {
      this.#totalMatched = published["tv"] = total;
      this.#totalAt = position;
    }
    return published;
  }

  /** The market in full, as a change with `img`. */
  image(view: MarketView): WireObject {
    const definition = view.shows("marketDefinition")
      ? this.definition
      : undefined;
    const listed = new Set(itemsOf(definition?.["runners"]).map(runnerKey));
    const rc: WireObject[] = [];
    for (const [key, runner] of this.#runners) {
      const image = runner.image(view);
      if (image !== undefined) rc.push(image);
      // A runner that only changes speak of must not be lost with its last offer.
      else if (!listed.has(key)) rc.push(bareRunner(key));
    }
    return {
      id: this.id,
      ...definition === undefined ? {} : { marketDefinition: definition },
      rc,
      img: true,
      ...this.#totalMatched !== undefined && view.shows("tv")
        ? { tv: this.#totalMatched }
        : {},
    };
  }

  /** What a subscriber to everything knows of it. */
  state(): MarketState {
    const definitions = new Map(
      itemsOf(this.definition?.["runners"])
        .map((entry) => [runnerKey(entry), entry]),
    );
    const runners = new Map(this.#runners);
    for (const [key, { id, hc }] of definitions) {
      if (!runners.has(key)) runners.set(key, new MockRunner(id, hc ?? 0));
    }
    return {
      id: this.id,
      publishTimeMs: this.#publishTimeMs,
      definition: this.definition,
      reportedTotalMatched: this.#totalMatched === undefined
        ? undefined
        : Number(this.#totalMatched),
      runners: [...runners].map(([key, runner]) =>
        runner.state(definitions.get(key))
      ).sort((a, b) =>
        a.selectionId - b.selectionId || a.handicap - b.handicap
      ),
    };
  }

  /**
   * What a reader who stopped at a position has to be told: an image when there
   * was one in between, one change with `con` when there were several.
   *
   * @returns The change; undefined if there is nothing to see.
   */
  changeSince(position: number, view: MarketView): WireObject | undefined {
    if (this.#changedAt <= position) return undefined;
    if (this.#imagedAt > position) return this.image(view);
    const rc = [...this.#runners.values()]
      .map((runner) => runner.changeSince(position, view))
      .filter((change) => change !== undefined);
    return view.changeOf({
      id: this.id,
      ...this.#definedAt > position
        ? { marketDefinition: this.definition }
        : {},
      ...rc.length > 0 ? { rc } : {},
      ...this.#changedBefore > position ? { con: true } : {},
      ...this.#totalAt > position ? { tv: this.#totalMatched } : {},
    });
  }

  /** A runner's change as published. */
  #applyRunner(change: WireObject, position: number): WireObject {
    const key = runnerKey(change);
    let runner = this.#runners.get(key);
    if (runner === undefined) {
      runner = new MockRunner(change["id"], change["hc"] ?? 0);
      this.#runners.set(key, runner);
    }
    const { id, hc, ...content } = change;
    const published: Record<string, unknown> = content;
    if (this.#sumsVolume) delete published["tv"];
    const made = this.#made ?? [];
    for (const [ladder] of made) delete published[ladder];
    runner.apply(published, position);
    for (const [ladder, source] of made) {
      if (published[source] === undefined) continue;
      const rows = madeLevels(runner, ladder, source);
      if (rows.length === 0) continue;
      runner.applyRows(ladder, rows, position);
      published[ladder] = rows;
    }
    if (this.#sumsVolume && published["trd"] !== undefined) {
      const tv = summedSize(runner.rows("trd"));
      runner.apply({ tv }, position);
      published["tv"] = tv;
    }
    published["id"] = id;
    if (hc !== undefined && hc !== null && hc !== 0) published["hc"] = hc;
    return published;
  }

  /**
   * Decides once which level ladders are to be made: those of which the first
   * offers of the market come without any. A source does not begin later.
   */
  #decideLevels(runners: readonly WireObject[]): void {
    if (this.#made !== undefined) return;
    const has = (name: LadderName): boolean =>
      runners.some((runner) => runner[name] !== undefined);
    if (!LADDER_NAMES.some((name) => isOffer(name) && has(name))) return;
    const best = has("batb") || has("batl");
    const display = has("bdatb") || has("bdatl");
    this.#made = LEVEL_SOURCES.filter(([name]) =>
      name.startsWith("bd") ? !display : !best
    );
  }

  /** The market's volume, when one of its runners' has changed. */
  #summedTotal(changes: readonly WireObject[]): number | undefined {
    if (!changes.some((change) => change["tv"] !== undefined)) return undefined;
    let pence = 0;
    for (const runner of this.#runners.values()) {
      pence += Math.round(Number(runner.scalar("tv") ?? 0) * 100);
    }
    return pence / 100;
  }
}

function isOffer(name: LadderName): boolean {
  return isLevelLadder(name) || name === "atb" || name === "atl";
}

/** Rows that bring a level ladder in line with the ladder it is made from. */
function madeLevels(
  runner: MockRunner,
  ladder: LevelLadder,
  source: "atb" | "atl",
): WireRow[] {
  const best = source === "atb" ? -1 : 1;
  const offers = runner.rows(source).sort((a, b) => best * (a[0]! - b[0]!))
    .map(([price, size]) => [price!, Math.round(size! * 100)] as const);
  const now = rollUp(offers, MAX_LEVELS);
  const before = new Map(runner.rows(ladder).map((row) => [row[0]!, row]));
  const rows: WireRow[] = [];
  for (let level = 0; level < MAX_LEVELS; level++) {
    const [, price = 0, size = 0] = now[level] ?? [];
    const [, priceBefore = 0, sizeBefore = 0] = before.get(level) ?? [];
    if (price !== priceBefore || size !== sizeBefore) {
      rows.push([level, price, size]);
    }
  }
  return rows;
}

/** Entries of one runner as one: purchased files split them, a live stream does not. */
function mergedRunners(entries: readonly WireObject[]): readonly WireObject[] {
  const merged = new Map<string, Record<string, unknown>>();
  for (const entry of entries) {
    const known = merged.get(runnerKey(entry));
    if (known === undefined) {
      merged.set(runnerKey(entry), { ...entry });
      continue;
    }
    for (const [key, value] of Object.entries(entry)) {
      const before = known[key];
      known[key] = Array.isArray(before) && Array.isArray(value)
        ? [...before, ...value]
        : value;
    }
  }
  return [...merged.values()];
}

function bareRunner(key: string): WireObject {
  const [id, handicap] = key.split("/").map(Number);
  return handicap === 0 ? { id } : { id, hc: handicap };
}

function summedSize(rows: readonly WireRow[]): number {
  let pence = 0;
  for (const [, size] of rows) pence += Math.round(size! * 100);
  return pence / 100;
}
