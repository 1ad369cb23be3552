/** Conventions that a generated session follows (protocol section 8). */
export type SessionFlavor =
  /** A live connection: everything there is, CR LF, status lines, heartbeats. */
  | "live"
  /** A purchased PRO file. */
  | "pro"
  /** A purchased BASIC file: definitions and last traded prices. */
  | "basic";

/** Kinds of markets that can be generated. */
export type GeneratedMarketType =
  | "WIN"
  | "PLACE"
  | "MATCH_ODDS"
  | "ASIAN_HANDICAP";

/** Columns of a generated session (protocol 2.4). */
export type GeneratedField =
  | "EX_BEST_OFFERS"
  | "EX_BEST_OFFERS_DISP"
  | "EX_ALL_OFFERS"
  | "EX_TRADED"
  | "EX_TRADED_VOL"
  | "EX_LTP"
  | "EX_MARKET_DEF"
  | "SP_TRADED"
  | "SP_PROJECTED";

/** Options of a {@linkcode MarketGenerator}. Shares are probabilities per message, 0 to 1. */
export interface MarketGeneratorOptions {
  /**
   * Seed, a safe integer. The same options give the same bytes in every runtime.
   *
   * @default {1}
   */
  readonly seed?: number;
  /**
   * Conventions of the session.
   *
   * @default {"live"}
   */
  readonly flavor?: SessionFlavor;
  /**
   * Number of markets. Every fourth one of a live session appears only after
   * the session has begun.
   *
   * @default {1}
   */
  readonly markets?: number;
  /**
   * Kinds of the markets, which take turns.
   *
   * @default {["WIN"]}
   */
  readonly marketTypes?: readonly GeneratedMarketType[];
  /**
   * Runners of a racing market, 2 to 60. Match odds have three. An Asian
   * handicap has two per line and as many lines as fit.
   *
   * @default {8}
   */
  readonly runners?: number;
  /**
   * Number of ordinary market messages. Images, heartbeats, order messages,
   * the lines at the head and the last steps to settlement come on top.
   *
   * @default {1000}
   */
  readonly messages?: number;
  /**
   * Columns. BASIC files have `EX_LTP` and `EX_MARKET_DEF`, and PRO files have
   * no best offers, whatever is asked for.
   *
   * @default all
   */
  readonly fields?: readonly GeneratedField[];
  /**
   * Depth of the level ladders, 1 to 10.
   *
   * @default {3}
   */
  readonly ladderLevels?: number;
  /**
   * Whether markets go in play and are settled (protocol 4.7). Otherwise they
   * trade until the session ends.
   *
   * @default {true}
   */
  readonly wholeLife?: boolean;
  /**
   * Whether racing markets lose a runner before the off.
   *
   * @default {true}
   */
  readonly removals?: boolean;
  /**
   * Whether an order stream runs beside the market stream. Live sessions only.
   *
   * @default {false}
   */
  readonly orders?: boolean;
  /**
   * Share of messages sent in segments. Live sessions only.
   *
   * @default {0.02}
   */
  readonly segmentShare?: number;
  /**
   * Share of heartbeats. Live sessions only.
   *
   * @default {0.01}
   */
  readonly heartbeatShare?: number;
  /**
   * How often a period of messages with status 503 begins. Live sessions only.
   *
   * @default {0.001}
   */
  readonly outageShare?: number;
  /**
   * Share of conflated market changes (`con`). Live sessions only: it has no
   * meaning in purchased files.
   *
   * @default {0.02}
   */
  readonly conflatedShare?: number;
  /**
   * How often an image comes in mid-session: of one market, or, in live
   * sessions, of all of them. BASIC files have none.
   *
   * @default {0.002}
   */
  readonly imageShare?: number;
  /**
   * How often the connection is lost and resumed (`RESUB_DELTA`). Live
   * sessions only.
   *
   * @default {0.001}
   */
  readonly resumeShare?: number;
  /**
   * Whether changes of a PRO file carry the market's `tv`: older files do,
   * newer ones do not.
   *
   * @default {true}
   */
  readonly proTotals?: boolean;
  /**
   * End of each line.
   *
   * @default `"\r\n"` in live sessions, `"\n"` in files
   */
  readonly lineEnd?: "\r\n" | "\n";
  /**
   * Publish time of the first message, ms since the epoch.
   *
   * @default {1700000000000}
   */
  readonly startTimeMs?: number;
  /**
   * Mean time between two messages, ms.
   *
   * @default 100, and 60000 in BASIC files
   */
  readonly paceMs?: number;
}

/** Options with every default filled in. */
export type ResolvedOptions = Required<MarketGeneratorOptions>;

const ALL_FIELDS: readonly GeneratedField[] = [
  "EX_BEST_OFFERS",
  "EX_BEST_OFFERS_DISP",
  "EX_ALL_OFFERS",
  "EX_TRADED",
  "EX_TRADED_VOL",
  "EX_LTP",
  "EX_MARKET_DEF",
  "SP_TRADED",
  "SP_PROJECTED",
];
const BASIC_FIELDS: readonly GeneratedField[] = ["EX_LTP", "EX_MARKET_DEF"];
const LEVEL_FIELDS: readonly GeneratedField[] = [
  "EX_BEST_OFFERS",
  "EX_BEST_OFFERS_DISP",
];

/**
 * Checks options and fills in the defaults.
 *
 * @throws {RangeError} when a number is out of its range
 * @throws {TypeError} when orders are asked for in a flavor without an order stream
 */
export function resolveOptions(
  options: MarketGeneratorOptions,
): ResolvedOptions {
  const flavor = options.flavor ?? "live";
  const live = flavor === "live";
  if (options.orders && !live) {
    throw new TypeError(
      `Cannot generate orders as only live sessions have them: "${flavor}"`,
    );
  }
  const resolved: ResolvedOptions = {
    seed: options.seed ?? 1,
    flavor,
    markets: options.markets ?? 1,
    marketTypes: options.marketTypes ?? ["WIN"],
    runners: options.runners ?? 8,
    messages: options.messages ?? 1000,
    fields: fieldsOf(flavor, options.fields ?? ALL_FIELDS),
    ladderLevels: options.ladderLevels ?? 3,
    wholeLife: options.wholeLife ?? true,
    removals: options.removals ?? true,
    orders: options.orders ?? false,
    segmentShare: live ? options.segmentShare ?? 0.02 : 0,
    heartbeatShare: live ? options.heartbeatShare ?? 0.01 : 0,
    outageShare: live ? options.outageShare ?? 0.001 : 0,
    conflatedShare: live ? options.conflatedShare ?? 0.02 : 0,
    imageShare: flavor === "basic" ? 0 : options.imageShare ?? 0.002,
    resumeShare: live ? options.resumeShare ?? 0.001 : 0,
    proTotals: options.proTotals ?? true,
    lineEnd: options.lineEnd ?? (live ? "\r\n" : "\n"),
    startTimeMs: options.startTimeMs ?? 1_700_000_000_000,
    paceMs: options.paceMs ?? (flavor === "basic" ? 60_000 : 100),
  };
  checkInteger("markets", resolved.markets, 1, 100_000);
  checkInteger("runners", resolved.runners, 2, 60);
  checkInteger("messages", resolved.messages, 0, Number.MAX_SAFE_INTEGER);
  checkInteger("ladderLevels", resolved.ladderLevels, 1, 10);
  checkInteger("startTimeMs", resolved.startTimeMs, 0, Number.MAX_SAFE_INTEGER);
  checkInteger("paceMs", resolved.paceMs, 0, 86_400_000);
  if (resolved.marketTypes.length === 0) {
    throw new RangeError(
      "Cannot generate markets as there must be at least one market type: 0 given",
    );
  }
  return resolved;
}

function fieldsOf(
  flavor: SessionFlavor,
  asked: readonly GeneratedField[],
): readonly GeneratedField[] {
  if (flavor === "basic") return BASIC_FIELDS;
  if (flavor === "pro") {
    return asked.filter((field) => !LEVEL_FIELDS.includes(field));
  }
  return asked;
}

function checkInteger(
  name: string,
  value: number,
  min: number,
  max: number,
): void {
  if (Number.isSafeInteger(value) && value >= min && value <= max) return;
  throw new RangeError(
    `Cannot generate markets as "${name}" must be an integer from ${min} to ${max}: ${value}`,
  );
}
