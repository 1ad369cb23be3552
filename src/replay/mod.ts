/**
 * Replays recordings of the Exchange Stream API: purchased files, recorded
 * streams, single markets; plain, gzip or bzip2.
 *
 * ```ts
 * import { replay } from "@betfair-stream/core/replay";
 * import { generateSession } from "@betfair-stream/core/testing";
 * import assert from "node:assert/strict";
 *
 * let updates = 0;
 * for await (const batch of replay(generateSession({ seed: 1, messages: 50 }))) {
 *   for (const update of batch) if (update.kind === "market") updates++;
 * }
 * assert.ok(updates >= 50);
 * ```
 *
 * @module
 */

export { replay } from "./replay.ts";
export { ReplaySourceError } from "./replay_source_error.ts";
export { resolveSources } from "./resolve_sources.ts";

export type { ByteSource, ReplaySource, SourceChunk } from "./byte_source.ts";
export type { Replay, ReplayOptions } from "./replay.ts";
export type {
  ReplaySourceErrorCode,
  ReplaySourceErrorOptions,
} from "./replay_source_error.ts";
export type { ReplayStats } from "./replay_stats.ts";
export type { ResolvedSources } from "./resolve_sources.ts";
