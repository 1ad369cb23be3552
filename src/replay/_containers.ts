/** Finds out how data is packed, and unpacks it. */

import type { SourceChunk } from "./byte_source.ts";
import { TAR, ZIP } from "./_archives.ts";
import { ByteWindow } from "./_byte_window.ts";
import { BZIP2 } from "./_bzip2.ts";
import { type Container, SNIFF_BYTES } from "./_container.ts";
import { GZIP } from "./_gzip.ts";

/** The formats that are recognized. */
const CONTAINERS: readonly Container[] = [BZIP2, GZIP, ZIP, TAR];

// Data that is packed twice occurs; data packed ever deeper is an attack.
const MAX_DEPTH = 4;

const OPENING_BRACE = 0x7b; // "{"
/** Enough to tell most formats, and a byte order mark. */
const BEGINNING_BYTES = 4;

const BYTE_ORDER_MARK: readonly number[] = [0xef, 0xbb, 0xbf]; // U+FEFF in UTF-8

/** The container that data is in, by its first bytes; `undefined` for plain data. */
export function findContainer(head: Uint8Array): Container | undefined {
  return CONTAINERS.find((container) => container.matches(head));
}

/**
 * Unpacks data until it is plain, and drops a byte order mark at its start.
 *
 * @param input The data as stored. It is released when the result is.
 * @param source Name of the source, for errors.
 * @param depth How many containers the data was in already.
 */
export async function* unpack(
  input: AsyncIterator<SourceChunk>,
  source: string,
  depth = 0,
): AsyncGenerator<SourceChunk> {
  const window = new ByteWindow(input);
  try {
    await window.fill(BEGINNING_BYTES);
    // A live stream may wait behind its first message, and is no container.
    const isMessage = window.bytes[window.start] === OPENING_BRACE;
    if (!isMessage) await window.fill(SNIFF_BYTES);
    const head = window.bytes.subarray(
      window.start,
      Math.min(window.end, window.start + SNIFF_BYTES),
    );
    const container = depth < MAX_DEPTH ? findContainer(head) : undefined;
    if (container !== undefined) {
      yield* unpack(container.decode(window, source), source, depth + 1);
      return;
    }
    if (BYTE_ORDER_MARK.every((byte, i) => byte === head[i])) {
      window.consume(BYTE_ORDER_MARK.length);
    }
    yield* window.rest();
  } finally {
    await window.close();
  }
}
