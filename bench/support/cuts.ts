/**
 * Ways to cut an input. This file needs nothing of the library, so that a process
 * can measure its first steps.
 *
 * @module
 */

/** Size of the chunks in which a file or a busy socket comes. */
export const CHUNK_BYTES: number = 64 * 1024;

const LF = 0x0a;

/** Pieces of fixed size, cut anywhere. */
export function chunksOf(
  bytes: Uint8Array,
  size: number = CHUNK_BYTES,
): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    chunks.push(bytes.subarray(at, at + size));
  }
  return chunks;
}

/** Pieces of whole lines, of about the size given. */
export function blocksOf(
  bytes: Uint8Array,
  size: number = CHUNK_BYTES,
): Uint8Array[] {
  const blocks: Uint8Array[] = [];
  let at = 0;
  while (at < bytes.length) {
    let end = bytes.lastIndexOf(LF, at + size - 1) + 1;
    if (end <= at) end = bytes.indexOf(LF, at) + 1;
    blocks.push(bytes.subarray(at, end));
    at = end;
  }
  return blocks;
}

/** Each line with its line end. */
export function linesOf(bytes: Uint8Array): Uint8Array[] {
  const lines: Uint8Array[] = [];
  let at = 0;
  while (at < bytes.length) {
    const end = bytes.indexOf(LF, at) + 1 || bytes.length;
    if (end - at > 2) lines.push(bytes.subarray(at, end));
    at = end;
  }
  return lines;
}
