import type { GeneratedField, ResolvedOptions } from "./generator_options.ts";

/** Keys that a field of the data filter enables (protocol 2.4). */
const KEYS: Readonly<Record<GeneratedField, readonly string[]>> = {
  EX_BEST_OFFERS: ["batb", "batl"],
  EX_BEST_OFFERS_DISP: ["bdatb", "bdatl"],
  EX_ALL_OFFERS: ["atb", "atl"],
  EX_TRADED: ["trd"],
  EX_TRADED_VOL: ["tv"],
  EX_LTP: ["ltp"],
  EX_MARKET_DEF: ["marketDefinition"],
  SP_TRADED: ["spb", "spl"],
  SP_PROJECTED: ["spn", "spf"],
};

/** The wire keys that a session carries. */
export type Columns = ReadonlySet<string>;

/** The columns of a session. */
export function columnsOf(options: ResolvedOptions): Columns {
  return new Set(options.fields.flatMap((field) => KEYS[field]));
}
