/** The byte source that unpacks what it reads. See {@linkcode UnpackedSource}. */

import type { ByteSource, SourceChunk } from "./byte_source.ts";
import { unpack } from "./_containers.ts";
import { ReplaySourceError } from "./replay_source_error.ts";

/** Opens the stored, in general compressed bytes of a source. */
export type OpenInput = (
  signal: AbortSignal | undefined,
) => AsyncGenerator<SourceChunk>;

/** A {@linkcode ByteSource} over any input. */
export class UnpackedSource implements ByteSource {
  readonly name: string;
  readonly sizeBytes: number | undefined;
  readonly #openInput: OpenInput;
  #bytesRead = 0;

  constructor(
    name: string,
    sizeBytes: number | undefined,
    openInput: OpenInput,
  ) {
    this.name = name;
    this.sizeBytes = sizeBytes;
    this.#openInput = openInput;
  }

  get compressedBytesRead(): number {
    return this.#bytesRead;
  }

  async *open(signal?: AbortSignal): AsyncGenerator<SourceChunk> {
    signal?.throwIfAborted();
    this.#bytesRead = 0;
    for await (
      const chunk of unpack(
        this.#count(this.#openInput(signal), signal),
        this.name,
      )
    ) {
      signal?.throwIfAborted();
      yield chunk;
    }
    signal?.throwIfAborted();
  }

  async *#count(
    input: AsyncGenerator<SourceChunk>,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<SourceChunk> {
    for await (const chunk of input) {
      signal?.throwIfAborted();
      if (!(chunk instanceof ReplaySourceError)) {
        this.#bytesRead += chunk.length;
      }
      yield chunk;
    }
  }
}
