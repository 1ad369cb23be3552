import type {
  MarketGeneratorOptions,
  ResolvedOptions,
} from "./generator_options.ts";
import { resolveOptions } from "./generator_options.ts";
import type { StreamState } from "./stream_state.ts";
import { Session } from "./_session.ts";
import { wireText } from "./_wire_text.ts";

/** Lines that are encoded in one go. */
const LINES_PER_CHUNK = 256;

/**
 * Generates the lines that a real exchange would have sent: markets that open,
 * trade, lose runners, go in play and are settled, told in the conventions of
 * a live connection or of a purchased file.
 *
 * All nine ladders agree with each other: `batb` and `batl` are made from
 * `atb` and `atl`, the display ladders add virtual bets, `tv` is the sum of
 * `trd`, no book is crossed. Prices are on the CLASSIC ladder.
 *
 * The generator knows what it has told: {@linkcode MarketGenerator.state}
 * gives it as plain objects at any message, to compare a cache with. It keeps
 * that state by itself and not by reading its own messages.
 *
 * Lines are made one by one, on demand, so a session can be longer than
 * memory. The same options give the same bytes in every runtime.
 *
 * @example Usage
 * ```ts
 * import { MarketGenerator } from "@betfair-stream/core/testing";
 * import assert from "node:assert/strict";
 *
 * const generator = new MarketGenerator({ seed: 7, markets: 2, messages: 50 });
 * const messages = [...generator].map((line) => JSON.parse(line));
 * assert.equal(messages[0].op, "connection");
 * assert.deepEqual(
 *   generator.state.markets.map((market) => market.definition?.status),
 *   ["CLOSED", "CLOSED"],
 * );
 * ```
 */
export class MarketGenerator implements IterableIterator<string> {
  readonly #options: ResolvedOptions;
  readonly #session: Session;
  readonly #groups: Iterator<readonly Readonly<Record<string, unknown>>[]>;
  #group: readonly Readonly<Record<string, unknown>>[] = [];
  #nextInGroup = 0;
  #lineCount = 0;

  /**
   * Creates a generator.
   *
   * @throws {RangeError} when a number is out of its range
   * @throws {TypeError} when orders are asked for in a flavor without an order stream
   */
  constructor(options?: MarketGeneratorOptions) {
    this.#options = resolveOptions(options ?? {});
    this.#session = new Session(this.#options);
    this.#groups = this.#session.groups();
  }

  /**
   * What a subscriber knows that has read every line so far. In the middle of
   * a segmented message it is already the state after the last segment: compare
   * only where {@linkcode isMessageComplete}.
   *
   * A copy of the present state, made at each call.
   */
  get state(): StreamState {
    return this.#session.state();
  }

  /** Whether the last line was a whole message or the last segment of one. */
  get isMessageComplete(): boolean {
    return this.#nextInGroup === this.#group.length;
  }

  /** Lines generated so far. */
  get lineCount(): number {
    return this.#lineCount;
  }

  /** The next line with its line end. */
  next(): IteratorResult<string, undefined> {
    if (this.isMessageComplete) {
      const { done, value } = this.#groups.next();
      if (done) return { done: true, value: undefined };
      this.#group = value;
      this.#nextInGroup = 0;
    }
    this.#lineCount++;
    const message = this.#group[this.#nextInGroup++]!;
    const text = wireText(message, this.#options.flavor !== "live");
    return { done: false, value: text + this.#options.lineEnd };
  }

  /** The generator itself: it can be iterated once. */
  [Symbol.iterator](): this {
    return this;
  }

  /** The lines to come as UTF-8, some hundred lines to a chunk. */
  *chunks(): Generator<Uint8Array<ArrayBuffer>> {
    const encoder = new TextEncoder();
    let pending: string[] = [];
    for (const line of this) {
      pending.push(line);
      if (pending.length < LINES_PER_CHUNK) continue;
      yield encoder.encode(pending.join(""));
      pending = [];
    }
    if (pending.length > 0) yield encoder.encode(pending.join(""));
  }

  /** All lines to come as UTF-8. */
  bytes(): Uint8Array<ArrayBuffer> {
    return new TextEncoder().encode([...this].join(""));
  }
}

/**
 * The bytes of a whole session: `new MarketGenerator(options).bytes()`.
 *
 * @throws {RangeError} when a number is out of its range
 * @throws {TypeError} when orders are asked for in a flavor without an order stream
 *
 * @example Usage
 * ```ts
 * import { generateSession } from "@betfair-stream/core/testing";
 * import assert from "node:assert/strict";
 *
 * const bytes = generateSession({ seed: 1, flavor: "pro", messages: 20 });
 * assert.ok(new TextDecoder().decode(bytes).startsWith('{"op":"mcm","clk":"'));
 * ```
 */
export function generateSession(
  options?: MarketGeneratorOptions,
): Uint8Array<ArrayBuffer> {
  return new MarketGenerator(options).bytes();
}
