/**
 * What a {@linkcode MockExchange} tells:
 *
 * - a recording: the path or `file:` URL of a file or folder, its bytes or a
 *   stream of them, plain or compressed, whatever `replay()` reads,
 * - a `MarketGenerator`,
 * - a script: any iterable of messages, as lines of JSON or as objects.
 *
 * What belongs to the connection that it was once told over plays no part: ids,
 * clocks, heartbeats, statuses, segments.
 */
export type MockSource =
  | string
  | URL
  | Uint8Array
  | AsyncIterable<Uint8Array>
  | Iterable<string | Readonly<Record<string, unknown>>>;
