/** The cache that options ask for. See {@linkcode cacheFor}. */

import { StreamCache, type StreamCacheOptions } from "./stream_cache.ts";

/** Every option of a cache. */
const CACHE_OPTIONS = Object.keys(
  {
    closedRetentionMs: true,
    completedOrders: true,
    holdSegments: true,
    maxHeldBytes: true,
    maxMarkets: true,
    strict: true,
  } satisfies Record<keyof StreamCacheOptions, true>,
) as readonly (keyof StreamCacheOptions)[];

/**
 * Takes the cache that is given, or makes one.
 *
 * @param doing What it is for, in words that continue "Cannot".
 * @param options Options of a new cache, among others.
 * @param given The cache to use instead.
 * @param defaults Options of a new cache that are not given.
 * @returns The cache.
 * @throws {TypeError} when there are a cache and an option for another one, which
 * would do nothing.
 * @throws {RangeError} as the cache.
 * @internal
 */
export function cacheFor(
  doing: string,
  options: StreamCacheOptions,
  given: StreamCache | undefined,
  defaults: StreamCacheOptions = {},
): StreamCache {
  // By name: there may be secrets among the others.
  const own = CACHE_OPTIONS.filter((name) => options[name] !== undefined);
  if (given === undefined) {
    const wanted = own.map((name) => [name, options[name]]);
    return new StreamCache({ ...defaults, ...Object.fromEntries(wanted) });
  }
  if (own.length === 0) return given;
  throw new TypeError(
    `Cannot ${doing} as "${
      own[0]
    }" must be an option of the cache that is given: it would do nothing here`,
  );
}
