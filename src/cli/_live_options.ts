/** Options that all live commands have. See {@linkcode liveOptionsOf}. */

import { X509Certificate } from "node:crypto";
import type {
  MarketSubscription,
  OrderSubscription,
} from "../client/subscriptions.ts";
import type { MarketDataField, MarketFilter } from "../protocol/requests.ts";
import { type Arguments, UsageError } from "./_arguments.ts";
import { CommandError } from "./_command_error.ts";
import { pathText, readText } from "./_credentials.ts";
import { DEFAULT_HOST, DEFAULT_LEVELS, DEFAULT_PORT } from "./_live_help.ts";

/** Timers cannot wait longer. */
const MAX_SECONDS = 2_000_000;

/** Jurisdictions that can be asked for. */
export const JURISDICTIONS = [
  "international",
  "italy",
  "spain",
  "romania",
  "sweden",
  "australia",
] as const;

/** What they say. */
export interface LiveOptions {
  readonly host: string;
  readonly port: number;
  readonly caCerts: readonly string[] | undefined;
  readonly credentialsPath: string | undefined;
  readonly jurisdiction: typeof JURISDICTIONS[number] | undefined;
  readonly identityUrl: string | undefined;
  readonly markets: MarketSubscription;
  readonly orders: OrderSubscription | undefined;
  readonly conflateMs: number | undefined;
  readonly heartbeatMs: number | undefined;
}

/**
 * Reads the options of a live command.
 *
 * @throws {UsageError} when one is not what it must be, or no market is asked for.
 * @throws {CommandError} when the file of the authority cannot be read.
 */
export async function liveOptionsOf(args: Arguments): Promise<LiveOptions> {
  const marketFilter = filterOf(args);
  if (Object.keys(marketFilter).length === 0) {
    throw new UsageError(
      "which markets? give --markets, --events, --sports, --types, " +
        "--countries or --venues",
    );
  }
  return {
    ...await connectionOptionsOf(args),
    markets: { marketFilter, ...dataOf(args) },
    orders: args.has("orders") ? {} : undefined,
    conflateMs: args.integer("conflate", 0, 120_000),
    heartbeatMs: args.integer("heartbeat", 500, 5000),
  };
}

async function connectionOptionsOf(
  args: Arguments,
): Promise<
  Pick<
    LiveOptions,
    | "host"
    | "port"
    | "caCerts"
    | "credentialsPath"
    | "jurisdiction"
    | "identityUrl"
  >
> {
  const caPath = args.text("ca");
  return {
    host: args.text("host") ?? DEFAULT_HOST,
    port: args.integer("port", 1, 65_535) ?? DEFAULT_PORT,
    credentialsPath: args.text("credentials"),
    jurisdiction: args.choice("jurisdiction", JURISDICTIONS),
    identityUrl: identityUrlOf(args),
    caCerts: caPath === undefined ? undefined : [await readAuthority(caPath)],
  };
}

/**
 * Reads where logins go, if not to the service of a jurisdiction.
 *
 * @throws {UsageError} when it is no `https:` URL.
 */
export function identityUrlOf(args: Arguments): string | undefined {
  const text = args.text("identity");
  if (text === undefined) return undefined;
  if (!URL.canParse(text) || new URL(text).protocol !== "https:") {
    throw new UsageError(
      `option "--identity" must be a URL of protocol https: "${text}"`,
    );
  }
  return text;
}

/**
 * Reads the certificate of an authority.
 *
 * @throws {CommandError} when the file cannot be read, or holds something else.
 */
export async function readAuthority(path: string): Promise<string> {
  const name = pathText(path, "--ca");
  const text = await readText(path, name);
  try {
    new X509Certificate(text);
  } catch {
    throw new CommandError(
      `Cannot trust ${name} as it must be a certificate, PEM: it is not`,
    );
  }
  return text;
}

function filterOf(args: Arguments): MarketFilter {
  const lists = {
    marketIds: args.list("markets"),
    eventIds: args.list("events"),
    eventTypeIds: args.list("sports"),
    marketTypes: args.list("types"),
    countryCodes: args.list("countries"),
    venues: args.list("venues"),
  };
  return Object.fromEntries(
    Object.entries(lists).filter(([, list]) => list !== undefined),
  );
}

function dataOf(
  args: Arguments,
): Pick<MarketSubscription, "fields" | "ladderLevels"> {
  const levels = args.integer("levels", 1, 10);
  const isAll = args.has("all-offers");
  if (isAll && levels !== undefined) {
    throw new UsageError("option --levels is for the best prices, not for all");
  }
  const offers: MarketDataField = isAll ? "EX_ALL_OFFERS" : "EX_BEST_OFFERS";
  return {
    fields: [
      offers,
      "EX_LTP",
      ...isAll ? ["EX_TRADED" as const] : [],
      "EX_TRADED_VOL",
      "EX_MARKET_DEF",
    ],
    ...isAll ? {} : { ladderLevels: levels ?? DEFAULT_LEVELS },
  };
}

/** When a live command ends by itself. */
export interface LiveLimits {
  readonly forMs: number | undefined;
  readonly messages: number | undefined;
}

/** Reads when to end. */
export function limitsOf(args: Arguments): LiveLimits {
  const seconds = args.positive("for", MAX_SECONDS);
  return {
    forMs: seconds === undefined ? undefined : seconds * 1000,
    messages: args.integer("messages", 1, Number.MAX_SAFE_INTEGER),
  };
}

/** Reads the time between two looks, ms. */
export function everyMsOf(args: Arguments): number | undefined {
  const seconds = args.positive("every", MAX_SECONDS);
  return seconds === undefined ? undefined : seconds * 1000;
}
