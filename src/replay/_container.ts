/** What the decoders of compressed data share. */

import type { SourceChunk } from "./byte_source.ts";
import type { ByteWindow } from "./_byte_window.ts";
import { ReplaySourceError } from "./replay_source_error.ts";

/** A format that holds data of another one. */
export interface Container {
  /** As in messages. */
  readonly name: string;
  /**
   * Whether data is in this format, by its first {@linkcode SNIFF_BYTES} bytes,
   * or all of it if it is shorter.
   */
  matches(head: Uint8Array): boolean;
  /** Decodes the rest of a window. Yields an error where data is lost, and goes on. */
  decode(window: ByteWindow, source: string): AsyncGenerator<SourceChunk>;
}

/** Bytes by which a container is recognized: a tar says what it is at 257. */
export const SNIFF_BYTES = 262;

/** Bytes as text, one character each; fewer where there are no more. */
export function latin1(
  bytes: Uint8Array,
  start: number,
  count: number,
): string {
  return String.fromCharCode(...bytes.subarray(start, start + count));
}

/** Most bytes in a piece of decoded data. */
export const CHUNK_BYTES: number = 1 << 16;

const LF = 0x0a; // "\n"

/**
 * Cuts bytes into pieces of at most 64 KiB, behind a line end where there is
 * one, which saves those who frame lines from copying.
 */
export function* slices(bytes: Uint8Array): Generator<Uint8Array> {
  let start = 0;
  while (bytes.length - start > CHUNK_BYTES) {
    const lineEnd = bytes.lastIndexOf(LF, start + CHUNK_BYTES - 1);
    const end = lineEnd >= start ? lineEnd + 1 : start + CHUNK_BYTES;
    yield bytes.subarray(start, end);
    start = end;
  }
  if (start < bytes.length) yield bytes.subarray(start);
}

/** The error for data that ends in the middle of a container. */
export function truncated(
  format: string,
  source: string,
  byteOffset: number,
): ReplaySourceError {
  return new ReplaySourceError(
    "truncated",
    source,
    `Cannot decode "${source}" to its end as the ${format} data is truncated: it ends at byte ${byteOffset}`,
    { byteOffset },
  );
}

/** The error for damage in a container. */
export function corrupt(
  format: string,
  source: string,
  byteOffset: number,
  reason: string,
  cause?: unknown,
): ReplaySourceError {
  return new ReplaySourceError(
    "corrupt",
    source,
    `Cannot decode all of "${source}" as the ${format} data at byte ${byteOffset} is damaged: ${reason}`,
    { byteOffset, cause },
  );
}
