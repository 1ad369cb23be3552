/** Chunk after chunk of anything that yields bytes. See {@linkcode pullBytes}. */

/** Asks for chunks one by one, and can be given up while it waits for one. */
export interface BytePull {
  /** Asks for the next chunk. */
  next(): Promise<IteratorResult<Uint8Array, unknown>>;
  /** Lets go of the source before its end. */
  release(): Promise<unknown>;
}

/**
 * Begins to read a stream.
 *
 * @param stream A `ReadableStream`, or anything that can be iterated.
 * @returns What pulls its chunks.
 */
export function pullBytes(stream: AsyncIterable<Uint8Array>): BytePull {
  if (stream instanceof ReadableStream) {
    // Unlike its iterator, the reader of a stream can be cancelled while it waits.
    const reader: ReadableStreamDefaultReader<Uint8Array> = stream.getReader();
    return {
      next: async (): Promise<IteratorResult<Uint8Array, unknown>> => {
        const { done, value } = await reader.read();
        return done ? { done, value } : { done, value };
      },
      release: () => reader.cancel(),
    };
  }
  const iterator = stream[Symbol.asyncIterator]();
  return {
    next: () => iterator.next(),
    release: () => iterator.return?.() ?? Promise.resolve(),
  };
}
