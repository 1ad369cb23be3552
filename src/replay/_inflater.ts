/** Deflate data, inflated piece by piece. See {@linkcode Inflater}. */

import { constants, createInflateRaw, type InflateRaw } from "node:zlib";
import { CHUNK_BYTES } from "./_container.ts";

/** Result of {@linkcode Inflater.write}. */
export type InflateState = "more" | "end" | Error;

/**
 * Inflates one deflate stream on demand.
 *
 * `node:zlib` rather than the web's `DecompressionStream`: that one fails on
 * members behind the first in Deno, and tells nobody where a stream has ended.
 * A gunzip stream of `node:zlib` reads members and ignores padding by itself,
 * but takes what follows for damage or not depending on the runtime.
 */
export class Inflater {
  readonly #stream: InflateRaw = createInflateRaw({
    chunkSize: CHUNK_BYTES,
    finishFlush: constants.Z_SYNC_FLUSH, // the end of truncated data is no error
  });
  #output: Uint8Array[] = [];
  #state: InflateState = "more";
  #wake: (() => void) | undefined;

  constructor() {
    this.#stream.on("data", (piece: Uint8Array) => {
      this.#output.push(piece);
    });
    this.#stream.on("end", () => this.#settle("end"));
    this.#stream.on("error", (error: Error) => this.#settle(error));
  }

  /** How many bytes of what was written belong to the deflate stream. */
  get consumedBytes(): number {
    return this.#stream.bytesWritten;
  }

  /**
   * Inflates bytes, which must not change until this is done.
   *
   * @returns `"end"` when the deflate stream has ended, which is seen only when bytes follow it.
   */
  write(bytes: Uint8Array): Promise<InflateState> {
    return this.#run((done) => this.#stream.write(bytes, done));
  }

  /** Ends the input, so that all that was inflated is there to be taken. */
  finish(): Promise<InflateState> {
    return this.#run(() => this.#stream.end());
  }

  /** Returns what was inflated since the last call. The pieces are the caller's. */
  take(): Uint8Array[] {
    const output = this.#output;
    this.#output = [];
    return output;
  }

  /** Releases the memory of the stream. */
  close(): void {
    this.#stream.destroy();
  }

  async #run(start: (done: () => void) => void): Promise<InflateState> {
    if (this.#state === "more") {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        start(resolve);
      });
    }
    return this.#state;
  }

  #settle(state: InflateState): void {
    if (this.#state === "more") this.#state = state;
    this.#wake?.();
  }
}
