import { LADDER_NAMES, type LadderName } from "./ladder_name.ts";
import {
  itemsOf,
  membersOf,
  type WireObject,
  type WireRow,
} from "./_mock_message.ts";

/** The column that each key of a change belongs to (protocol 2.4). */
const COLUMNS: Readonly<Record<string, string>> = {
  batb: "EX_BEST_OFFERS",
  batl: "EX_BEST_OFFERS",
  bdatb: "EX_BEST_OFFERS_DISP",
  bdatl: "EX_BEST_OFFERS_DISP",
  atb: "EX_ALL_OFFERS",
  atl: "EX_ALL_OFFERS",
  trd: "EX_TRADED",
  tv: "EX_TRADED_VOL",
  ltp: "EX_LTP",
  marketDefinition: "EX_MARKET_DEF",
  spb: "SP_TRADED",
  spl: "SP_TRADED",
  spn: "SP_PROJECTED",
  spf: "SP_PROJECTED",
};

/** What comes without a data filter: reported to be the best offers only. */
const DEFAULT_FIELDS: readonly string[] = ["EX_BEST_OFFERS"];
const DEFAULT_LEVELS = 3;

/** Most levels that can be asked for. */
export const MAX_LEVELS = 10;

/** The runner members that are one value. */
export const RUNNER_SCALARS = ["spn", "spf", "ltp", "tv"] as const;

/** Whether a ladder is one of levels. */
export function isLevelLadder(name: string): boolean {
  return name.startsWith("b");
}

/** What a subscriber sees of a market: the columns and the depth asked for. */
export class MarketView {
  /** Ladders that are shown. */
  readonly ladders: readonly LadderName[];
  readonly #columns: ReadonlySet<string>;
  readonly #levels: number;

  /** Creates a view out of a `marketDataFilter`. */
  constructor(dataFilter: unknown) {
    const { fields, ladderLevels } = membersOf(dataFilter);
    const asked = itemsOf<string>(fields);
    this.#columns = new Set(asked.length > 0 ? asked : DEFAULT_FIELDS);
    this.#levels = typeof ladderLevels === "number"
      ? Math.min(Math.max(Math.trunc(ladderLevels), 1), MAX_LEVELS)
      : DEFAULT_LEVELS;
    this.ladders = LADDER_NAMES.filter((name) => this.shows(name));
  }

  /** Whether a member of a change is shown; members without a column always are. */
  shows(key: string): boolean {
    const column = COLUMNS[key];
    return column === undefined || this.#columns.has(column);
  }

  /** The rows of a ladder that are within the depth. */
  rows(name: string, rows: readonly WireRow[]): readonly WireRow[] {
    return isLevelLadder(name)
      ? rows.filter((row) => row[0]! < this.#levels)
      : rows;
  }

  /**
   * A change as this subscriber gets it, members in their order; undefined if
   * nothing is left of it. A ladder whose changes are all too deep is left as
   * `[]`, as the exchange does (protocol 4.4).
   */
  changeOf(change: WireObject): WireObject | undefined {
    const shown: Record<string, unknown> = {};
    let hasContent = false;
    for (const [key, value] of Object.entries(change)) {
      if (key === "rc") {
        const runners = itemsOf(value).map((runner) => this.#runnerOf(runner))
          .filter((runner) => runner !== undefined);
        if (runners.length === 0) continue;
        shown[key] = runners;
      } else if (this.shows(key)) {
        shown[key] = value;
      } else {
        continue;
      }
      hasContent ||= key !== "id" && key !== "con";
    }
    return hasContent ? shown : undefined;
  }

  #runnerOf(runner: WireObject): WireObject | undefined {
    const shown: Record<string, unknown> = {};
    let hasContent = false;
    for (const [key, value] of Object.entries(runner)) {
      if (!this.shows(key)) continue;
      shown[key] = isLevelLadder(key)
        ? this.rows(key, itemsOf<WireRow>(value))
        : value;
      hasContent ||= key !== "id" && key !== "hc";
    }
    return hasContent ? shown : undefined;
  }
}
