/**
 * A string of a set that the exchange may extend without notice: editors offer
 * the known values `T`, the compiler accepts every string.
 *
 * @typeParam T The values known today.
 */
export type OpenString<T extends string> = T | (string & Record<never, never>);
