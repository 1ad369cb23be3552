/** The native backend. See {@linkcode NativeParser}. */

import type {
  ChangeParser,
  FallbackReason,
  ParserBackend,
  ParserCounts,
} from "../src/parsing/change_parser.ts";
import { JsonLineWriter } from "../src/parsing/json_line_writer.ts";
import { ChangeTape } from "../src/tape/change_tape.ts";
import { RecordKind } from "../src/tape/layout.ts";
import { type NativeLibrary, openLibrary } from "./_library.ts";
import {
  type NativeSymbols,
  STATE_WORDS,
  StateWord,
  Status,
} from "./_symbols.ts";
import { NativeUnavailableError } from "./native_unavailable_error.ts";

const CR = 0x0d;
const LF = 0x0a;
/** Offsets cross the border as 32-bit integers. */
const MAX_OFFSET = 0xffff_ffff;
const MAX_KERNEL_NAME = 64;

const NO_BYTES: Uint8Array = new Uint8Array(0);
const WARM_UP_CALLS = 1500;
const WARM_UP_LINE: Uint8Array = new TextEncoder().encode(
  `{"op":"mcm","id":2,"clk":"AAAA","pt":1700000000000,"mc":[{"id":"1.2","rc":[` +
    `{"atb":[[2.02,10.5],[2,0]],"ltp":2.02,"tv":8,"id":7}],"con":true,"img":false}]}\n`,
);

/** Options of {@linkcode openNative}. */
export interface OpenNativeOptions {
  /**
   * Path or file URL of the library. By default it is what the environment
   * variable `BETFAIR_STREAM_NATIVE` names (in Deno, where that may be read), else the
   * one that `deno task build:ffi` made, else the one in the package
   * `@betfair-stream/native-<platform>-<arch>`.
   */
  readonly path?: string | URL | undefined;
  /**
   * Name of the simdjson kernel, such as `"haswell"` or `"fallback"`, to test
   * or measure another than the best for this processor.
   */
  readonly kernel?: string | undefined;
}

/** Whether a parser of this thread has been used. */
let isWarm = false;

/** What the finalizer needs; it must not hold the parser. */
interface Held {
  readonly symbols: NativeSymbols;
  readonly state: Uint32Array;
}

// A parser holds some hundred KiB outside of the heap, of which the collector
// knows nothing. close() is the way to free them; this is for those forgotten.
const forgotten: FinalizationRegistry<Held> = new FinalizationRegistry(
  ({ symbols, state }) => symbols.betfair_tape_close(state),
);

/**
 * Parses market change messages with simdjson, in C++: fast from the first
 * line on, without a JIT to warm up.
 *
 * It makes exactly the tapes of the other backends. Lines that the library
 * declines take `JSON.parse`, as all messages other than `mcm` do. A parser
 * owns memory outside of the heap until it is closed, and belongs to one
 * thread; every worker opens its own.
 *
 * @example
 * ```ts
 * import { openParser } from "@betfair-stream/core/ffi";
 * import assert from "node:assert/strict";
 *
 * const block = new TextEncoder().encode(
 *   `{"op":"mcm","pt":1700000000180,"mc":[{"id":"1.2","rc":[{"ltp":1.62,"id":101}]}]}\n`,
 * );
 * const { parser } = openParser({ backend: "auto" });
 *
 * assert.equal(parser.parse(block, 0, block.length), block.length);
 * assert.equal(parser.counts.changes, 1);
 * ```
 */
export class NativeParser implements ChangeParser {
  /** Always `"native"`. */
  readonly backend: ParserBackend = "native";
  /** The tape that {@linkcode parse} fills; overwritten by each call. */
  readonly tape: ChangeTape = new ChangeTape();
  /** Running counts. */
  readonly counts: ParserCounts = {
    changes: 0,
    messages: 0,
    invalid: 0,
    fallbacks: { escape: 0, duplicate: 0, nesting: 0, shape: 0 },
  };
  /** Path of the library in use. */
  readonly path: string;
  /** How the library was found, such as `"build folder"`. */
  readonly origin: string;
  /** Name of the simdjson kernel in use, such as `"haswell"`. */
  readonly kernel: string;

  readonly #symbols: NativeSymbols;
  readonly #state: Uint32Array = new Uint32Array(STATE_WORDS);
  readonly #writer: JsonLineWriter = new JsonLineWriter();
  #closed = false;

  /**
   * Opens a parser; {@linkcode openNative} does the same.
   *
   * @param options Which library.
   * @throws {NativeUnavailableError} when there is none that can be used.
   */
  constructor(options: OpenNativeOptions = {}) {
    const library: NativeLibrary = openLibrary(options.path);
    const { symbols } = library;
    this.path = library.path;
    this.origin = library.origin;
    const wanted = new TextEncoder().encode(options.kernel ?? "");
    const status = symbols.betfair_tape_open(
      this.#state,
      wanted,
      wanted.length,
    );
    if (status === Status.NO_MEMORY) {
      throw new RangeError("Cannot open native parser as memory ran out");
    }
    if (status !== Status.OK) {
      throw new NativeUnavailableError({
        reason: "unsupported-runtime",
        detail: options.kernel === undefined
          ? "this processor is not supported"
          : `this processor has no kernel "${options.kernel}"`,
        path: library.path,
      });
    }
    this.#symbols = symbols;
    const name = new Uint8Array(MAX_KERNEL_NAME);
    const length = symbols.betfair_tape_kernel(this.#state, name, name.length);
    this.kernel = new TextDecoder().decode(name.subarray(0, length));
    forgotten.register(this, { symbols, state: this.#state }, this);
    this.#warmUp();
  }

  /**
   * Parses lines for nothing. The first calls take up to a hundred times as long as
   * later ones, as memory is touched and functions are bound for the first time, and
   * after that still twice, until this class is compiled. Better now than with the
   * first messages of a live stream; it takes half a millisecond.
   */
  #warmUp(): void {
    if (isWarm) return;
    isWarm = true;
    for (let i = 0; i < WARM_UP_CALLS; i++) {
      this.parse(WARM_UP_LINE, 0, WARM_UP_LINE.length);
    }
    this.counts.changes = 0;
    this.tape.reset(NO_BYTES);
  }

  /** Whether {@linkcode close} was called. */
  get closed(): boolean {
    return this.#closed;
  }

  /**
   * Parses lines until the range or the tape is used up; see
   * {@linkcode ChangeParser.parse}.
   *
   * @param bytes Whole lines, each ended by LF or CR LF. Borrowed until the next call.
   * @param start Offset of the first line.
   * @param end Offset behind the last LF; less than 4 GiB.
   * @returns Offset of the first line not parsed; `end` when all are.
   * @throws {RangeError} when the range is empty, does not end with LF, or ends
   * behind 4 GiB.
   * @throws {TypeError} when the parser is closed.
   */
  parse(bytes: Uint8Array, start: number, end: number): number {
    if (this.#closed) {
      throw new TypeError("Cannot parse block as the parser is closed");
    }
    if (
      !(start >= 0 && start < end && end <= bytes.length) ||
      end > MAX_OFFSET || bytes[end - 1] !== LF
    ) {
      throw new RangeError(
        `Cannot parse block as it must be whole lines: bytes ${start} to ${end} of ${bytes.length}`,
      );
    }
    const { tape, counts } = this;
    const state = this.#state;
    tape.reset(bytes);
    let at = start;
    while (true) {
      const status = this.#symbols.betfair_tape_parse(
        state,
        bytes,
        at,
        end,
        tape.slots,
        tape.slots.length,
        tape.length,
        tape.lines,
      );
      if (status < 0) {
        throw new TypeError(`Cannot parse block: native status ${status}`);
      }
      at = state[StateWord.NEXT]!;
      tape.length = state[StateWord.SLOTS]!;
      tape.records += state[StateWord.RECORDS]!;
      tape.lines += state[StateWord.LINES]!;
      counts.changes += state[StateWord.RECORDS]!;
      if (status === Status.OK) return at;
      if (status === Status.FULL) {
        if (tape.records > 0) return at;
        tape.grow(tape.slots.length * 2);
      } else {
        at = this.#parseDeclined(
          bytes,
          at,
          state[StateWord.LINE_FEED]!,
          status,
        );
        if (at === end) return at;
      }
    }
  }

  /** Frees the memory outside of the heap. Closing twice is allowed. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    forgotten.unregister(this);
    this.#symbols.betfair_tape_close(this.#state);
  }

  /** Calls {@linkcode close}. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** Parses a line that the library declined, and counts why. */
  #parseDeclined(
    bytes: Uint8Array,
    start: number,
    lf: number,
    status: number,
  ): number {
    const { counts, tape } = this;
    const end = bytes[lf - 1] === CR ? lf - 1 : lf;
    const kind = this.#writer.writeLine(tape, bytes, start, end, tape.lines);
    tape.lines++;
    if (kind === RecordKind.MESSAGE) {
      counts.messages++;
      return lf + 1;
    }
    if (kind === RecordKind.CHANGE) counts.changes++;
    else counts.invalid++;
    counts.fallbacks[reasonOf(status, kind)]++;
    return lf + 1;
  }
}

/**
 * Opens the native backend.
 *
 * Nothing is loaded before this is called, and the user is never asked: in
 * Deno the permission must have been given, `--allow-ffi=<path>` will do.
 *
 * @param options Which library.
 * @returns A parser, to be closed.
 * @throws {NativeUnavailableError} when there is no library that can be used.
 *
 * @example
 * ```ts
 * import { NativeUnavailableError, openNative } from "@betfair-stream/core/ffi";
 * import assert from "node:assert/strict";
 *
 * try {
 *   using parser = openNative();
 *   assert.equal(parser.backend, "native");
 * } catch (error) {
 *   assert.ok(error instanceof NativeUnavailableError);
 * }
 * ```
 */
export function openNative(options: OpenNativeOptions = {}): NativeParser {
  return new NativeParser(options);
}

function reasonOf(status: number, kind: RecordKind): FallbackReason {
  // An `mcm` that did not look like one has its `op` written with escapes, or twice.
  if (status === Status.OTHER && kind === RecordKind.CHANGE) return "escape";
  if (status === Status.ESCAPE) return "escape";
  if (status === Status.DUPLICATE) return "duplicate";
  return status === Status.NESTING ? "nesting" : "shape";
}
