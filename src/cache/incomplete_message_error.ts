/** Half a message. See {@linkcode IncompleteMessageError}. */

import type { LineLocation } from "../parsing/invalid_line_error.ts";
import type { StreamName } from "./stream_update.ts";

/**
 * A part of a message in segments is missing (protocol section 4.8): an ordinary
 * update came where its next segment was due; or a segment came without the ones
 * before it, though its subscription has been seen from the start
 * ({@linkcode StreamCache.expect}). What is missing is not in the books until the next
 * image.
 *
 * Segments that were held are dropped, as half a change is none; those that are shown
 * one by one stay applied. An image or a resumption where a segment was due makes up
 * for what is missing, and is no error.
 *
 * @example
 * ```ts
 * import { BookFeed, IncompleteMessageError } from "@betfair-stream/core";
 * import assert from "node:assert/strict";
 *
 * const batch = new BookFeed().push(new TextEncoder().encode(
 *   `{"op":"mcm","pt":1,"segmentType":"SEG_START","mc":[{"id":"1.2"}]}\n` +
 *   `{"op":"mcm","pt":2,"mc":[{"id":"1.3"}]}\n`,
 * ));
 * const kinds: string[] = [];
 * for (const update of batch) {
 *   kinds.push(update.kind);
 *   if (update.kind === "invalid") {
 *     assert.ok(update.error instanceof IncompleteMessageError);
 *     assert.equal(update.error.lineNumber, 2);
 *   }
 * }
 * assert.deepEqual(kinds, ["invalid", "market"]);
 * ```
 */
export class IncompleteMessageError extends Error {
  /** Always `"IncompleteMessageError"`. */
  override readonly name: string = "IncompleteMessageError";
  /** The stream that the message belonged to. */
  readonly stream: StreamName;
  /** Segments that had come; 0 if the start is missing. */
  readonly segments: number;
  /** What the message that came instead was read from; empty if unknown. */
  readonly source: string;
  /** Number of its line in the source; the first is 1. */
  readonly lineNumber: number;
  /** Offset of its line's first byte in the source; the first byte is 0. */
  readonly byteOffset: number;

  /**
   * Creates the error.
   *
   * @param stream The stream that the message belonged to.
   * @param segments Segments that had come; 0 if the start is missing.
   * @param location Where the message is that came instead.
   */
  constructor(stream: StreamName, segments: number, location: LineLocation) {
    const { source, lineNumber, byteOffset } = location;
    const where = source === ""
      ? `line ${lineNumber}`
      : `line ${lineNumber} of ${JSON.stringify(source)}`;
    super(
      segments === 0
        ? `Cannot complete ${stream} message as its segments must begin with SEG_START: ${where} does not`
        : `Cannot complete ${stream} message of ${segments} ${
          segments === 1 ? "segment" : "segments"
        } as the next must come before another message: ${where} is one`,
    );
    this.stream = stream;
    this.segments = segments;
    this.source = source;
    this.lineNumber = lineNumber;
    this.byteOffset = byteOffset;
  }
}
