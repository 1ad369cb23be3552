/**
 * Help for testing code that reads Betfair streams: an exchange on loopback
 * that behaves as the real one and misbehaves on demand, a seeded generator of
 * realistic market and order streams that knows its own state, ways to cut
 * bytes into chunks, and reproducible random numbers.
 *
 * ```ts
 * import { MarketGenerator, randomCuts, SeededRandom } from "@betfair-stream/core/testing";
 * import assert from "node:assert/strict";
 *
 * const generator = new MarketGenerator({ seed: 3, messages: 100 });
 * const bytes = generator.bytes();
 * let received = 0;
 * for (const chunk of randomCuts(bytes, new SeededRandom(3))) received += chunk.length;
 * assert.equal(received, bytes.length);
 * assert.equal(generator.state.markets.length, 1);
 * ```
 *
 * @module
 */

export {
  everyCut,
  oneByteAtATime,
  randomCuts,
  toStream,
} from "./byte_splitter.ts";
export { LADDER_NAMES } from "./ladder_name.ts";
export { generateSession, MarketGenerator } from "./market_generator.ts";
export { MockExchange } from "./mock_exchange.ts";
export { SeededRandom } from "./random.ts";

export type { RandomCutsOptions } from "./byte_splitter.ts";
export type {
  GeneratedField,
  GeneratedMarketType,
  MarketGeneratorOptions,
  SessionFlavor,
} from "./generator_options.ts";
export type { LadderName } from "./ladder_name.ts";
export type { MockAccount, MockIdentityCall } from "./mock_account.ts";
export type { MockExchangeOptions, MockPace } from "./mock_exchange_options.ts";
export type {
  MockCertificateFault,
  MockCertificateFlaw,
  MockCorruptLineFault,
  MockCut,
  MockCutFault,
  MockFault,
  MockFaultPlace,
  MockImageFault,
  MockMergeFault,
  MockOldIdFault,
  MockRawFault,
  MockRequestKind,
  MockSplitFault,
  MockStallFault,
  MockStatusFault,
  MockUnavailableFault,
  MockUnknownFieldFault,
  MockUnknownOpFault,
} from "./mock_fault.ts";
export type { MockRequest } from "./mock_request.ts";
export type { MockSource } from "./mock_source.ts";
export type { MockTimers } from "./mock_timers.ts";
export type {
  MarketState,
  OrderMarketState,
  OrderRunnerState,
  RunnerState,
  StrategyState,
  StreamState,
} from "./stream_state.ts";
