/** The stream around a framer. See {@linkcode LineStream}. */

import {
  LineFramer,
  type LineFramerOptions,
  type OversizeLine,
} from "./line_framer.ts";

/** Options of {@linkcode LineStream}. */
export interface LineStreamOptions extends LineFramerOptions {
  /**
   * What becomes of a last line without a line end: `"emit"` sends it with an
   * LF put behind it, right for files; `"drop"` leaves it out, right for
   * connections, where it is a message that broke off.
   *
   * @default {"emit"}
   */
  readonly lastLine?: "emit" | "drop";
  /**
   * Called for each line that was too long and dropped, before the lines behind
   * it are sent; only with `oversize: "skip"`.
   */
  readonly onOversize?: (line: OversizeLine) => void;
}

/**
 * Chunks of bytes in, blocks of whole lines out: {@linkcode LineFramer} as a
 * stream.
 *
 * One block comes out for each chunk that ends at least one line (several where
 * lines between them were dropped for their length), so ten thousand short
 * lines cost one stream operation. A block is an own copy that belongs to its
 * receiver. Each of its lines ends with LF or CR LF; blank lines are kept. A
 * line that is too long errors the stream with
 * {@linkcode LineTooLongError}, unless it is skipped.
 *
 * @example
 * ```ts
 * import { LineStream } from "@betfair-stream/core";
 * import assert from "node:assert/strict";
 *
 * const encoder = new TextEncoder();
 * const lines = ReadableStream.from([encoder.encode("one\ntw"), encoder.encode("o\n")])
 *   .pipeThrough(new LineStream());
 *
 * const blocks = await Array.fromAsync(lines, (block) => new TextDecoder().decode(block));
 * assert.deepEqual(blocks, ["one\n", "two\n"]);
 * ```
 */
export class LineStream extends TransformStream<Uint8Array, Uint8Array> {
  /**
   * Creates the stream.
   *
   * @param options Limits, and what becomes of what is not a whole line.
   * @throws {RangeError} when `maxLineBytes` is no positive integer.
   */
  constructor(options: LineStreamOptions = {}) {
    const framer = new LineFramer(options);
    const emitLast = (options.lastLine ?? "emit") === "emit";
    const { onOversize } = options;

    function send(
      ready: boolean,
      controller: TransformStreamDefaultController<Uint8Array>,
    ): void {
      for (;; ready = framer.next()) {
        for (
          let line = framer.takeOversize();
          line;
          line = framer.takeOversize()
        ) {
          onOversize?.(line);
        }
        if (!ready) return;
        controller.enqueue(framer.bytes.slice(framer.start, framer.end));
      }
    }

    super({
      transform(chunk, controller): void {
        send(framer.push(chunk), controller);
      },
      flush(controller): void {
        if (!emitLast) framer.discard();
        send(framer.finish(), controller);
      },
    });
  }
}
