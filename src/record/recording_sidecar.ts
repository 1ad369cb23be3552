/** The small file beside a recording. See {@linkcode RecordingSidecar}. */

import type { RecordLayout } from "./record_options.ts";

/**
 * What stands in the `.recording.json` file beside each recording: what is in
 * it, and how to tell that it is whole. It tells only of lines that are in the
 * file, also if the disk was full before all of them were written.
 */
export interface RecordingSidecar {
  /** Version of this format. */
  readonly version: 1;
  /** Name of the recording, in the same folder. */
  readonly file: string;
  /** How lines are laid out. */
  readonly per: RecordLayout;
  /** Connection that the lines came over, once known; null if files are per market. */
  readonly connectionId: string | null;
  /** When the first line was received, ISO 8601. */
  readonly start: string;
  /** When the last line that is in the file was received, ISO 8601. */
  readonly end: string;
  /** Publish time of the first message that has one, ms since the epoch. */
  readonly firstPublishTimeMs: number | null;
  /** Publish time of the last message that has one, ms since the epoch. */
  readonly lastPublishTimeMs: number | null;
  /** Ids of the markets that have changes in it, in order of appearance. */
  readonly markets: readonly string[];
  /** Whether all of them are listed: the first 100,000 are. */
  readonly isMarketListComplete: boolean;
  /** Messages by operation, such as `mcm`. */
  readonly messages: Readonly<Record<string, number>>;
  /** Lines, blank ones left out. */
  readonly lines: number;
  /** Lines that are no valid message. They are in the file all the same. */
  readonly invalidLines: number;
  /** Uncompressed bytes. */
  readonly bytes: number;
  /** Bytes of the file. */
  readonly storedBytes: number;
  /** SHA-256 of the uncompressed bytes, hex. */
  readonly sha256: string;
  /** SHA-256 of the file, hex. */
  readonly storedSha256: string;
}

/** Text of a sidecar. */
export function sidecarText(sidecar: RecordingSidecar): string {
  return JSON.stringify(sidecar, null, 2) + "\n";
}
