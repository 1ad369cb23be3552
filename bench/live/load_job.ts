/** What is measured at a time, and what comes of it. @module */

/**
 * Who reads the socket:
 *
 * - `books`: `StreamClient`, every update delivered and its best price read,
 * - `json`: the same connection, lines split and given to `JSON.parse`,
 * - `bytes`: the same connection, nothing done with what is read.
 */
export type Reader = "books" | "json" | "bytes";

/** One run of one reader in a process of its own. */
export interface LoadJob {
  readonly reader: Reader;
  /** Messages that are measured. */
  readonly messages: number;
  /** Messages before these, in which engines warm up. */
  readonly warmUp: number;
  readonly host: string;
  readonly port: number;
  readonly caCert: string;
}

/** What the server is told. */
export interface LoadServerJob {
  /** Messages per second; 0 for as fast as the reader takes them. */
  readonly messagesPerSecond: number;
  /** Messages in all, the image not counted. */
  readonly messages: number;
}

/** What the server says when it listens. */
export interface LoadServerReady {
  readonly host: string;
  readonly port: number;
  readonly caCert: string;
}

/** What a run took. */
export interface LoadResult {
  readonly runtime: string;
  readonly messages: number;
  readonly bytes: number;
  /** From the first to the last measured message, ms. */
  readonly elapsedMs: number;
  /**
   * From reading the piece with a message to having the message, ms: as an update
   * delivered, as an object, or not at all for `bytes`.
   */
  readonly latency: {
    readonly p50Ms: number;
    readonly p99Ms: number;
    readonly maxMs: number;
  };
  /** SHA-256 of the books in the end; of `books` only. */
  readonly digest: string | undefined;
}
