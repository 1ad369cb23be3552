/** The stream around a parser. See {@linkcode ChangeStream}. */

import type { ChangeTape } from "../tape/change_tape.ts";
import type { ChangeParser } from "./change_parser.ts";
import { openParser } from "./open_parser.ts";

/** Options of {@linkcode ChangeStream}. */
export interface ChangeStreamOptions {
  /**
   * What parses; it must not be used elsewhere at the same time.
   *
   * @default {openParser().parser}
   */
  readonly parser?: ChangeParser | undefined;
  /**
   * Name of the input, for errors and updates.
   *
   * @default {""}
   */
  readonly source?: string | undefined;
}

/**
 * Blocks of whole lines in, tapes of changes out: a {@linkcode ChangeParser} as
 * a stream.
 *
 * Put it behind a `LineStream`, whose blocks become its own. One tape comes out
 * for each block, several for a great one. A tape belongs to its receiver, and
 * those of one block share its bytes. Invalid lines are records on the tape and
 * do not error the stream; a block that does not end with LF does, with
 * `RangeError`. Line numbers and offsets count what comes in: lines that a
 * `LineStream` has skipped are not among them.
 *
 * @example
 * ```ts
 * import { ChangeStream, LineStream } from "@betfair-stream/core";
 * import assert from "node:assert/strict";
 *
 * const encoder = new TextEncoder();
 * const tapes = ReadableStream
 *   .from([encoder.encode(`{"op":"mcm","pt":1}\n{"op":"m`), encoder.encode(`cm","pt":2}`)])
 *   .pipeThrough(new LineStream())
 *   .pipeThrough(new ChangeStream());
 *
 * const times: unknown[] = [];
 * for await (const tape of tapes) {
 *   for (const change of tape) times.push(change.publishTimeMs);
 * }
 * assert.deepEqual(times, [1, 2]);
 * ```
 */
export class ChangeStream extends TransformStream<Uint8Array, ChangeTape> {
  /**
   * Creates the stream.
   *
   * @param options What parses.
   */
  constructor(options: ChangeStreamOptions = {}) {
    const parser = options.parser ?? openParser().parser;
    const { source = "" } = options;
    let lines = 0;
    let bytes = 0;
    super({
      transform(block, controller): void {
        for (let at = 0; at < block.length;) {
          at = parser.parse(block, at, block.length);
          const tape = parser.tape.copy(block);
          tape.source = source;
          tape.linesBefore = lines;
          tape.byteOffset = bytes;
          lines += tape.lines;
          controller.enqueue(tape);
        }
        bytes += block.length;
      },
    });
  }
}
