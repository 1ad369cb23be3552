/**
 * Market and order books from Betfair's Exchange Stream API, provably right and
 * fast: framing, parsing and caching, as plain synchronous classes and as Web
 * Streams. No dependency, no permission, the same in Deno and Bun.
 *
 * `BookFeed` is the whole way from bytes to books. Recordings are replayed with
 * `replay` from `@betfair-stream/core/replay`.
 *
 * ```ts
 * import { BookFeed } from "@betfair-stream/core";
 * import assert from "node:assert/strict";
 *
 * const feed = new BookFeed();
 * const chunk = new TextEncoder().encode(
 *   `{"op":"mcm","pt":1700000000180,"mc":[{"id":"1.2","rc":[{"atb":[[2,10],[1.99,5]],"id":101}]}]}\n`,
 * );
 * for (const update of feed.push(chunk)) {
 *   for (const book of update.markets) {
 *     for (const runner of book.changedRunners) {
 *       assert.deepEqual(runner.availableToBack.best, { price: 2, size: 10 });
 *     }
 *   }
 * }
 * ```
 *
 * @module
 */

// Framing: bytes to blocks of whole lines.
export {
  DEFAULT_MAX_LINE_BYTES,
  LineFramer,
} from "./src/framing/line_framer.ts";
export { LineStream } from "./src/framing/line_stream.ts";
export { LineTooLongError } from "./src/framing/line_too_long_error.ts";

export type {
  LineFramerOptions,
  OversizeLine,
} from "./src/framing/line_framer.ts";
export type { LineStreamOptions } from "./src/framing/line_stream.ts";

// Parsing: lines to changes on a tape.
export { ChangeStream } from "./src/parsing/change_stream.ts";
export { InvalidLineError } from "./src/parsing/invalid_line_error.ts";
export { JsonParser } from "./src/parsing/json_parser.ts";
export { openParser } from "./src/parsing/open_parser.ts";
export { TapeScanner } from "./src/parsing/tape_scanner.ts";
export { ChangeReader } from "./src/tape/change_reader.ts";
export { ChangeTape } from "./src/tape/change_tape.ts";
export { LADDER_NAMES } from "./src/tape/ladder_name.ts";

export type {
  ChangeParser,
  FallbackReason,
  ParserBackend,
  ParserCounts,
} from "./src/parsing/change_parser.ts";
export type { ChangeStreamOptions } from "./src/parsing/change_stream.ts";
export type {
  InvalidLineErrorOptions,
  InvalidLineReason,
  LineLocation,
} from "./src/parsing/invalid_line_error.ts";
export type {
  BackendChoice,
  OpenedParser,
  OpenParserOptions,
} from "./src/parsing/open_parser.ts";
export type { ChangeKind, ChangeView } from "./src/tape/change_view.ts";
export type { LadderName } from "./src/tape/ladder_name.ts";
export type { MarketChangeView } from "./src/tape/market_change_view.ts";
export type {
  LadderChangeView,
  RunnerChangeView,
} from "./src/tape/runner_change_view.ts";

// Caching: changes to books.
export { BookFeed } from "./src/cache/book_feed.ts";
export { CacheStream } from "./src/cache/cache_stream.ts";
export { IncompleteMessageError } from "./src/cache/incomplete_message_error.ts";
export { MarketDefinition } from "./src/cache/market_definition.ts";
export { Order } from "./src/cache/order.ts";
export { OrderCache } from "./src/cache/order_cache.ts";
export {
  matchedProfit,
  matchedProfitIfWinner,
} from "./src/cache/order_profit.ts";
export { RunnerDefinition } from "./src/cache/runner_definition.ts";
export { RunnerPart } from "./src/cache/runner_part.ts";
export {
  DEFAULT_MAX_HELD_BYTES,
  StreamCache,
} from "./src/cache/stream_cache.ts";
export { UpdateBatch } from "./src/cache/update_batch.ts";
export { warmUp } from "./src/cache/warm_up.ts";

export type { BookFeedOptions, BookFeedStats } from "./src/cache/book_feed.ts";
export type { CacheStreamOptions } from "./src/cache/cache_stream.ts";
export type { WireObject } from "./src/cache/wire_object.ts";
export type { Gap, GapStart } from "./src/cache/gap.ts";
export type { MarketBook } from "./src/cache/market_book.ts";
export type { MarketCache } from "./src/cache/market_cache.ts";
export type { KeyLineSelection } from "./src/cache/market_definition.ts";
export type { MarketView } from "./src/cache/market_view.ts";
export type {
  OrderPersistence,
  OrderSide,
  OrderStatus,
  OrderType,
} from "./src/cache/order.ts";
export type { OrderBook, OrderBookView } from "./src/cache/order_book.ts";
export type {
  CompletedOrders,
  OrderCacheOptions,
} from "./src/cache/order_cache.ts";
export type {
  MatchedLadders,
  MatchedProfit,
} from "./src/cache/order_profit.ts";
export type {
  OrderRunner,
  OrderRunnerView,
  OrderStrategyView,
} from "./src/cache/order_runner.ts";
export type { RunnerBook } from "./src/cache/runner_book.ts";
export type { RunnerView } from "./src/cache/runner_view.ts";
export type {
  StreamCacheCounts,
  StreamCacheOptions,
} from "./src/cache/stream_cache.ts";
export type { TapeSource } from "./src/cache/update_batch.ts";
export type {
  GapUpdate,
  InvalidUpdate,
  MessageUpdate,
  StreamName,
  StreamUpdate,
  UpdateFacts,
  UpdateKind,
} from "./src/cache/stream_update.ts";

// Ladders: prices and sizes, best first.
export { LadderPool } from "./src/ladder/ladder_pool.ts";
export { LevelLadder } from "./src/ladder/level_ladder.ts";
export {
  EMPTY_LEVEL_LADDER,
  LevelLadderSnapshot,
} from "./src/ladder/level_ladder_snapshot.ts";
export { PriceLadder } from "./src/ladder/price_ladder.ts";
export {
  EMPTY_PRICE_LADDER,
  PriceLadderSnapshot,
} from "./src/ladder/price_ladder_snapshot.ts";

export type { ReadonlyLevelLadder } from "./src/ladder/readonly_level_ladder.ts";
export type {
  LadderOrder,
  PriceSize,
  ReadonlyPriceLadder,
} from "./src/ladder/readonly_price_ladder.ts";

// Protocol: messages as they are on the wire, and requests.
export { InvalidRequestError } from "./src/protocol/invalid_request_error.ts";
export { MessageSchemaError } from "./src/protocol/message_schema_error.ts";
export { MessageReader } from "./src/protocol/message_reader.ts";
export { MessageStream } from "./src/protocol/message_stream.ts";
export { parseMessage } from "./src/protocol/parse_message.ts";
export { encodeRequest } from "./src/protocol/request_encoder.ts";

export type * from "./src/protocol/change_envelope.ts";
export type * from "./src/protocol/connection_message.ts";
export type * from "./src/protocol/cricket_change_message.ts";
export type * from "./src/protocol/market_change_message.ts";
export type * from "./src/protocol/market_definition_message.ts";
export type * from "./src/protocol/messages.ts";
export type * from "./src/protocol/open_string.ts";
export type * from "./src/protocol/order_change_message.ts";
export type * from "./src/protocol/race_change_message.ts";
export type * from "./src/protocol/requests.ts";
export type * from "./src/protocol/status_message.ts";
export type * from "./src/protocol/wire_values.ts";
export type { MessageReaderOptions } from "./src/protocol/message_reader.ts";
export type { MessageStreamOptions } from "./src/protocol/message_stream.ts";
