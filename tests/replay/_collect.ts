/** Small compressed data, and a reader that collects what sources give. */

import { Buffer } from "node:buffer";
import type { ReplaySource } from "../../src/replay/byte_source.ts";
import { ReplaySourceError } from "../../src/replay/replay_source_error.ts";
import { resolveSources } from "../../src/replay/resolve_sources.ts";

/** What the sources gave. */
export interface Collected {
  readonly bytes: Buffer;
  readonly text: string;
  readonly errors: readonly ReplaySourceError[];
  /** Codes of the errors, and sizes of the data between them, in order. */
  readonly order: readonly (number | string)[];
}

/** Reads sources to their ends. */
export async function collect(
  source: ReplaySource,
  signal?: AbortSignal,
): Promise<Collected> {
  const chunks: Buffer[] = [];
  const errors: ReplaySourceError[] = [];
  const order: (number | string)[] = [];
  for (const byteSource of (await resolveSources(source)).sources) {
    for await (const chunk of byteSource.open(signal)) {
      if (chunk instanceof ReplaySourceError) {
        errors.push(chunk);
        order.push(chunk.code);
        continue;
      }
      chunks.push(Buffer.from(chunk)); // a copy, as the chunk is only borrowed
      const last = order.at(-1);
      if (typeof last === "number") {
        order[order.length - 1] = last + chunk.length;
      } else order.push(chunk.length);
    }
  }
  const bytes = Buffer.concat(chunks);
  return { bytes, text: bytes.toString("latin1"), errors, order };
}

/** Yields pieces, each in a buffer that is overwritten when the next one is asked for. */
export async function* borrowed(
  pieces: Iterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) {
    await Promise.resolve();
    const copy = new Uint8Array(piece);
    yield copy;
    copy.fill(0x21);
  }
}

/** The two parts of bytes, cut at an offset. */
export function cutAt(bytes: Uint8Array, at: number): Uint8Array[] {
  return [bytes.subarray(0, at), bytes.subarray(at)];
}

/** Each byte on its own. */
export function singly(bytes: Uint8Array): Uint8Array[] {
  return Array.from(bytes, (byte) => Uint8Array.of(byte));
}

function fromBase64(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, "base64"));
}

/** Three lines, and two more. */
export const FIRST_LINES =
  '{"op":"mcm","pt":1}\n{"op":"mcm","pt":2}\n{"op":"mcm","pt":3}\n';
/** The lines that follow {@linkcode FIRST_LINES}. */
export const LAST_LINES = '{"op":"mcm","pt":4}\n{"op":"mcm","pt":5}\n';

// Python: base64.b64encode(bz2.compress(data, level)).decode()

/** {@linkcode FIRST_LINES}, level 1. */
export const FIRST_LINES_BZIP2: Uint8Array = fromBase64(
  "QlpoMTFBWSZTWeBWiP8AABtZgAAQEAQ4EAgCxAogADEAAAr/VSGj1NPapHr5baKU5Zw7W4wjKm0ufi7kinChIcCtEf4=",
);
/** {@linkcode LAST_LINES}, level 9. */
export const LAST_LINES_BZIP2: Uint8Array = fromBase64(
  "QlpoOTFBWSZTWYu9ozcAABJZgAAQEAQGEAgCxAogACCqhMj0PVCAaAIpx1tFKeLnrrBF1OJPxdyRThQkIu9ozcA=",
);
/** Nothing, level 9. */
export const NOTHING_BZIP2: Uint8Array = fromBase64("QlpoORdyRThQkAAAAAA=");
/** 12,000,000 line feeds, level 1: three blocks, since one holds 5,099,235 of them. */
export const LINE_FEEDS_BZIP2: Uint8Array = fromBase64(
  "QlpoMTFBWSZTWfpR74IADQTAAIAQAAggACCkCDSoKjEqCo5igrJMprP0o98EABoJgAEAIAAQQABBSBBpUFRiVBUcxQVkmU1lOlsvQAA3MQASAEAABAAggADDMCappqihNqUUJ4u5IpwoSCm5VW8A",
);
