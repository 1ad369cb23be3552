/**
 * Records what a live client or any stream of bytes receives, byte for byte, in
 * files that survive a crash and that `replay` reads to the same books.
 *
 * ```ts
 * import { record } from "@betfair-stream/core/record";
 * import { generateSession, toStream } from "@betfair-stream/core/testing";
 * import assert from "node:assert/strict";
 * import { mkdtemp, rm } from "node:fs/promises";
 * import { tmpdir } from "node:os";
 * import { join } from "node:path";
 *
 * const folder = await mkdtemp(join(tmpdir(), "recording-"));
 * const session = toStream([generateSession({ seed: 3, messages: 100 })]);
 *
 * const { files } = await record(session, folder, { per: "market" }).run();
 * assert.match(files[0]!.path, /1\.\d+\.ndjson\.gz$/);
 * await rm(folder, { recursive: true });
 * ```
 *
 * @module
 */

export { record } from "./record.ts";
export { RecordError } from "./record_error.ts";

export type {
  FsyncPolicy,
  RecordLayout,
  RecordOptions,
  RecordTimers,
} from "./record_options.ts";
export type { RecordErrorCode, RecordErrorOptions } from "./record_error.ts";
export type { RecordFile, RecordFiles } from "./record_files.ts";
export type { Recording } from "./record.ts";
export type { RecordedFile, RecordingSummary } from "./recording_summary.ts";
export type { RecordingSidecar } from "./recording_sidecar.ts";
export type { RecordSource, TappedSource } from "./tapped_source.ts";
export type { LineListener } from "../framing/line_listener.ts";
