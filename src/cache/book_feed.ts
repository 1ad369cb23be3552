/** From bytes to books. See {@linkcode BookFeed}. */

import {
  DEFAULT_MAX_LINE_BYTES,
  LineFramer,
  type OversizeLine,
} from "../framing/line_framer.ts";
import type {
  ChangeParser,
  ParserBackend,
  ParserCounts,
} from "../parsing/change_parser.ts";
import { InvalidLineError } from "../parsing/invalid_line_error.ts";
import { openParser } from "../parsing/open_parser.ts";
import {
  KIND,
  LENGTH,
  LINE_END,
  MESSAGE_SLOTS,
  OBJECT_INDEX,
  RecordKind,
} from "../tape/layout.ts";
import { ChangeTape } from "../tape/change_tape.ts";
import { StreamCache, type StreamCacheCounts } from "./stream_cache.ts";
import type { StreamUpdate } from "./stream_update.ts";
import {
  singleTape,
  type TapeSource,
  type UpdateBatch,
} from "./update_batch.ts";

/** Options of {@linkcode BookFeed}. */
export interface BookFeedOptions {
  /**
   * Parser to use; it must not be used for anything else meanwhile.
   *
   * @default {openParser().parser}
   */
  readonly parser?: ChangeParser | undefined;
  /**
   * Cache to feed.
   *
   * @default {new StreamCache()}
   */
  readonly cache?: StreamCache | undefined;
  /**
   * Longest line, bytes. A longer one is dropped and reported as an update of
   * kind `invalid`.
   *
   * @default {67108864}
   */
  readonly maxLineBytes?: number | undefined;
  /**
   * Name of the input, for updates and errors.
   *
   * @default {""}
   */
  readonly source?: string | undefined;
  /**
   * Is shown all lines before they are parsed, one or more at a time, with their
   * line ends; an unfinished last line has one added. The bytes are borrowed until
   * it returns. Lines beyond `maxLineBytes` are not shown.
   *
   * @default none
   */
  readonly onLines?: ((lines: Uint8Array) => void) | undefined;
  /**
   * Is shown every update once it is applied and before it is delivered, also those
   * that nobody asks for because a loop was left.
   *
   * @default none
   */
  readonly onUpdate?: ((update: StreamUpdate) => void) | undefined;
}

/** Running counts of a {@linkcode BookFeed}, over all its inputs. */
export interface BookFeedStats extends StreamCacheCounts {
  /** Bytes taken in. */
  readonly bytes: number;
  /** Lines parsed, blank ones included, and lines dropped for their length. */
  readonly lines: number;
  /** Bytes of unfinished lines that were dropped when the input was cut. */
  readonly discardedBytes: number;
  /** Which parser is at work. */
  readonly backend: ParserBackend;
  /** What the parser counts. */
  readonly parser: ParserCounts;
}

/**
 * Frames, parses and applies: chunks of bytes in, updates out, all synchronous.
 * This is the loop under `replay` and the stream classes; use it directly where
 * the bytes come from somewhere else.
 *
 * @example
 * ```ts
 * import { BookFeed } from "@betfair-stream/core";
 * import assert from "node:assert/strict";
 *
 * const feed = new BookFeed();
 * const bytes = new TextEncoder().encode(
 *   `{"op":"mcm","pt":1,"mc":[{"id":"1.2","rc":[{"atb":[[2,10],[1.99,5]],"id":101}]}]}\r\n`,
 * );
 * // However the bytes are cut, the updates are the same.
 * const seen: string[] = [];
 * for (const chunk of [bytes.subarray(0, 30), bytes.subarray(30)]) {
 *   for (const update of feed.push(chunk)) {
 *     for (const book of update.markets) seen.push(book.marketId);
 *   }
 * }
 * assert.deepEqual(seen, ["1.2"]);
 * assert.deepEqual(feed.cache.markets.get("1.2")?.runner(101)?.availableToBack.best, { price: 2, size: 10 });
 * ```
 */
export class BookFeed {
  /** The books. */
  readonly cache: StreamCache;
  readonly #parser: ChangeParser;
  readonly #maxLineBytes: number | undefined;
  #framer: LineFramer;
  #source: string;
  #isFinished = false;

  // What of the current block is still to be parsed.
  #at = 0;
  #end = 0;
  readonly #reportTape = new ChangeTape(MESSAGE_SLOTS);

  #bytes = 0;
  #lines = 0;
  /** Value of `#lines` when the current input began. */
  #linesBefore = 0;
  /** Value of `#bytes` when the current input began. */
  #bytesBefore = 0;
  #discardedBytes = 0;
  readonly #tapes: TapeSource;
  readonly #onLines: ((lines: Uint8Array) => void) | undefined;

  /**
   * Creates a feed.
   *
   * @param options Parser, cache and limits.
   * @throws {RangeError} when `maxLineBytes` is no positive integer.
   */
  constructor(options: BookFeedOptions = {}) {
    this.#parser = options.parser ?? openParser().parser;
    this.cache = options.cache ?? new StreamCache();
    this.#maxLineBytes = options.maxLineBytes;
    this.#source = options.source ?? "";
    this.#onLines = options.onLines;
    this.#framer = this.#newFramer();
    this.#tapes = {
      nextTape: () => this.#advance(),
      onUpdate: options.onUpdate,
    };
  }

  /** Running counts; a new object each time. */
  get stats(): BookFeedStats {
    const { changes, messages, invalid, fallbacks } = this.#parser.counts;
    return {
      ...this.cache.counts,
      bytes: this.#bytes,
      lines: this.#lines,
      discardedBytes: this.#discardedBytes,
      backend: this.#parser.backend,
      parser: { changes, messages, invalid, fallbacks: { ...fallbacks } },
    };
  }

  /** Bytes held of a line whose end has not come. */
  get pendingBytes(): number {
    return this.#framer.pendingBytes;
  }

  /**
   * Begins another input: bytes and lines are counted from its start for updates
   * and errors. The books stay, and so does half a message in segments, as a
   * recording may be cut between two of them. An unfinished line of the input
   * before is dropped.
   *
   * @param source Name of the input.
   */
  begin(source: string): void {
    this.cache.drainUnseen();
    this.#discardedBytes += this.#framer.discard();
    this.#framer = this.#newFramer();
    this.#isFinished = false;
    this.#linesBefore = this.#lines;
    this.#bytesBefore = this.#bytes;
    this.#source = source;
  }

  /**
   * Takes the next chunk. What is left of earlier batches is applied first.
   *
   * @param chunk Bytes, cut anywhere. Borrowed until the batch is used up.
   * @returns The updates of the lines that are complete with it.
   */
  push(chunk: Uint8Array): UpdateBatch {
    this.cache.drainUnseen();
    if (this.#isFinished) this.begin(this.#source);
    this.#bytes += chunk.length;
    this.#take(this.#framer.push(chunk));
    return this.cache.applyAll(this.#tapes);
  }

  /**
   * Ends the input: a last line without a line end counts as a line, as in files.
   *
   * @returns The updates of the last line, if there is one.
   */
  finish(): UpdateBatch {
    this.cache.drainUnseen();
    this.#take(!this.#isFinished && this.#framer.finish());
    this.#isFinished = true;
    return this.cache.applyAll(this.#tapes);
  }

  /**
   * Cuts the input, as a lost connection or a damaged file does: an unfinished line
   * and a half message in segments are dropped and counted.
   */
  interrupt(): void {
    this.cache.drainUnseen();
    this.#discardedBytes += this.#framer.discard();
    this.cache.interrupt();
  }

  /**
   * Reports that a part of the input is lost, in line with the other updates.
   * What follows may begin anywhere: it is {@linkcode interrupt}ed first.
   *
   * @param error What happened.
   * @returns One update of kind `invalid` with the error.
   */
  fail(error: Error): UpdateBatch {
    this.interrupt();
    const lostAt = this.#bytes - this.#bytesBefore;
    return this.cache.applyAll(
      singleTape(
        this.#invalidTape(error, NO_BYTES, lostAt),
        this.#tapes.onUpdate,
      ),
    );
  }

  #newFramer(): LineFramer {
    return new LineFramer({
      oversize: "skip",
      ...this.#maxLineBytes === undefined
        ? {}
        : { maxLineBytes: this.#maxLineBytes },
    });
  }

  /** Turns to the framer's block, if it has one. */
  #take(hasBlock: boolean): void {
    this.#at = hasBlock ? this.#framer.start : 0;
    this.#end = hasBlock ? this.#framer.end : 0;
    if (!hasBlock || this.#onLines === undefined) return;
    this.#onLines(this.#framer.bytes.subarray(this.#at, this.#end));
  }

  /** Parses on; between blocks, reports lines that were too long. */
  #advance(): ChangeTape | undefined {
    while (true) {
      const framer = this.#framer;
      // A dropped line is in front of the block that the framer has now.
      const oversize = framer.takeOversize();
      if (oversize !== undefined) return this.#report(oversize);
      if (this.#at < this.#end) {
        const parser = this.#parser;
        this.#at = parser.parse(framer.bytes, this.#at, this.#end);
        const { tape } = parser;
        this.#locate(tape, framer.blockOffset - framer.start);
        this.#lines += tape.lines;
        return tape;
      }
      const hasBlock = framer.next();
      this.#take(hasBlock);
      if (hasBlock) continue;
      const last = framer.takeOversize();
      return last === undefined ? undefined : this.#report(last);
    }
  }

  #locate(tape: ChangeTape, byteOffset: number): void {
    tape.source = this.#source;
    tape.linesBefore = this.#lines - this.#linesBefore;
    tape.byteOffset = byteOffset;
  }

  /** Makes a tape of a line that was too long to be read. */
  #report(line: OversizeLine): ChangeTape {
    const limit = this.#maxLineBytes ?? DEFAULT_MAX_LINE_BYTES;
    const error = new InvalidLineError({
      reason: "oversize",
      detail: `it must be <= ${limit} bytes and has ${line.byteLength}`,
      line: line.head,
    });
    const tape = this.#invalidTape(error, line.head, line.byteOffset);
    this.#lines++;
    return tape;
  }

  /** A tape of one invalid record. */
  #invalidTape(
    error: Error,
    bytes: Uint8Array,
    byteOffset: number,
  ): ChangeTape {
    const tape = this.#reportTape;
    tape.reset(bytes);
    tape.slots.fill(0);
    tape.slots[KIND] = RecordKind.INVALID;
    tape.slots[LENGTH] = MESSAGE_SLOTS;
    tape.slots[LINE_END] = bytes.length;
    tape.slots[OBJECT_INDEX] = tape.objects.push(error) - 1;
    tape.length = MESSAGE_SLOTS;
    tape.records = 1;
    this.#locate(tape, byteOffset);
    return tape;
  }
}

const NO_BYTES: Uint8Array = new Uint8Array(0);
