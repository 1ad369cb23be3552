/** Opens what sources are made of, still compressed. */

import { Buffer } from "node:buffer";
import { type FileHandle, open } from "node:fs/promises";
import { orAborted } from "../_abortable.ts";
import { type BytePull, pullBytes } from "./byte_pull.ts";
import type { SourceChunk } from "./byte_source.ts";
import { slices } from "./_container.ts";
import {
  ReplaySourceError,
  type ReplaySourceErrorCode,
} from "./replay_source_error.ts";

/** Wraps an error of the system, or of a stream. */
export function notReadable(source: string, cause: unknown): ReplaySourceError {
  const systemCode = cause instanceof Error && "code" in cause
    ? cause.code
    : undefined;
  const isMissing = systemCode === "ENOENT" || systemCode === "ENOTDIR";
  const code: ReplaySourceErrorCode = isMissing ? "not-found" : "not-readable";
  const reason = isMissing
    ? "there is no such file or folder"
    : cause instanceof Error
    ? cause.message
    : String(cause);
  return new ReplaySourceError(
    code,
    source,
    `Cannot read "${source}": ${reason}`,
    { cause },
  );
}

/**
 * Bytes of a file that are read at once: with 64 KiB, the calls take longer than
 * parsing what they bring.
 */
const READ_BYTES = 1 << 18;

/**
 * Reads a file piece by piece, into two buffers by turns: while one is worked on,
 * the other is filled. Constant memory whatever the size.
 */
export async function* readFile(path: string): AsyncGenerator<SourceChunk> {
  let file: FileHandle | undefined;
  let ahead: Promise<Uint8Array> | undefined;
  try {
    file = await open(path, "r");
    const buffers = [
      Buffer.allocUnsafeSlow(READ_BYTES),
      Buffer.allocUnsafeSlow(READ_BYTES),
    ] as const;
    ahead = readInto(file, buffers[0]);
    for (let turn = 1;; turn ^= 1) {
      const bytes = await ahead;
      if (bytes.length === 0) return;
      ahead = readInto(file, turn === 1 ? buffers[1] : buffers[0]);
      // If it fails, that is told in its turn.
      ahead.catch(() => {});
      yield bytes;
    }
  } catch (error) {
    yield notReadable(path, error);
  } finally {
    // A file must not be closed, nor its buffer let go, while it is being read.
    await ahead?.catch(() => {});
    await file?.close();
  }
}

async function readInto(
  file: FileHandle,
  buffer: Buffer,
): Promise<Uint8Array> {
  const { bytesRead } = await file.read(buffer, 0, buffer.length, null);
  return new Uint8Array(buffer.buffer, buffer.byteOffset, bytesRead);
}

/** Reads the start of a file: `count` bytes, or all of it if it is shorter. */
export async function readHead(
  path: string,
  count: number,
): Promise<Uint8Array> {
  const head = new Uint8Array(count);
  let length = 0;
  const file = await open(path, "r");
  try {
    while (length < count) {
      const { bytesRead } = await file.read(head, length, count - length, null);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
  } finally {
    await file.close();
  }
  return head.subarray(0, length);
}

/** Reads bytes in memory. */
export async function* readBytes(
  bytes: Uint8Array,
): AsyncGenerator<SourceChunk> {
  yield* slices(bytes);
}

/** Reads a stream. Waiting for it ends when the signal is aborted. */
export async function* readStream(
  stream: AsyncIterable<Uint8Array>,
  source: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<SourceChunk> {
  let pull: BytePull | undefined;
  try {
    for (;;) {
      let result: IteratorResult<Uint8Array, unknown>;
      try {
        pull ??= pullBytes(stream);
        result = await orAborted(pull.next(), signal);
      } catch (error) {
        if (signal?.aborted) throw error;
        pull = undefined; // what has failed needs no release
        yield notReadable(source, error);
        return;
      }
      if (result.done === true) {
        pull = undefined;
        return;
      }
      if (!(result.value instanceof Uint8Array)) {
        throw new TypeError(
          `Cannot read "${source}" as a stream must yield Uint8Array: ${typeof result
            .value}`,
        );
      }
      yield* slices(result.value);
    }
  } finally {
    const release = pull?.release();
    // An iterator that is waited for in vain would not be released either.
    if (signal?.aborted) release?.catch(() => {});
    else await release;
  }
}
