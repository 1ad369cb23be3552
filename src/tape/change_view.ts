/** One message on a tape. See {@linkcode ChangeView}. */

import {
  CHANGE_SLOTS,
  CHANGE_TYPE_MASK,
  ChangeTypeCode,
  CLK_END,
  CLK_START,
  CONFLATE_MS,
  FLAGS,
  HAS_CLK,
  HAS_CONFLATE_MS,
  HAS_HEARTBEAT_MS,
  HAS_ID,
  HAS_INITIAL_CLK,
  HAS_MARKETS,
  HAS_PUBLISH_TIME,
  HAS_STATUS,
  HEARTBEAT_MS,
  ID,
  INITIAL_CLK_END,
  INITIAL_CLK_START,
  KIND,
  LENGTH,
  LINE,
  LINE_END,
  LINE_START,
  MARKET_COUNT,
  OBJECT_INDEX,
  PUBLISH_TIME,
  RecordKind,
  SEGMENT_MASK,
  SEGMENT_SHIFT,
  SegmentCode,
  STATUS,
} from "./layout.ts";
import { textOf } from "./_text.ts";
import type { ChangeTape } from "./change_tape.ts";
import { decodeJsonText } from "./json_text.ts";
import { MarketChangeView } from "./market_change_view.ts";

/**
 * What a line is.
 *
 * - `change`: a market change message, in full.
 * - `message`: any other message, as an object.
 * - `invalid`: no valid message; there is an error instead.
 */
export type ChangeKind = "change" | "message" | "invalid";

const CHANGE_TYPES: readonly (string | undefined)[] = [
  undefined,
  "SUB_IMAGE",
  "RESUB_DELTA",
  "HEARTBEAT",
];
const SEGMENT_TYPES: readonly (string | undefined)[] = [
  undefined,
  "SEG_START",
  "SEG",
  "SEG_END",
];

/**
 * One line of a block, read from a tape. A reused object: it is another line as
 * soon as the iteration goes on.
 *
 * Envelope values (protocol 3.3) are undefined if the message did not supply
 * them, or supplied null, and on lines that are no market change.
 *
 * @example
 * ```ts
 * import { JsonParser } from "@betfair-stream/core";
 * import assert from "node:assert/strict";
 *
 * const block = new TextEncoder().encode(
 *   `{"op":"mcm","pt":5,"mc":[{"id":"1.2","tv":9.5,"rc":[{"ltp":1.6,"id":101}]}]}\n`,
 * );
 * const parser = new JsonParser();
 * parser.parse(block, 0, block.length);
 *
 * for (const change of parser.tape) {
 *   assert.equal(change.kind, "change");
 *   assert.equal(change.publishTimeMs, 5);
 *   assert.equal(change.changeType, undefined);
 * }
 * ```
 */
export class ChangeView {
  readonly #tape: ChangeTape;
  readonly #market: MarketChangeView;
  #at = 0;

  /**
   * Views are made by {@linkcode ChangeReader}.
   *
   * @param tape The tape to read from.
   */
  constructor(tape: ChangeTape) {
    this.#tape = tape;
    this.#market = new MarketChangeView(tape);
  }

  /**
   * Moves to the record whose first slot is here.
   *
   * @param at A slot.
   * @returns The slot behind the record.
   * @ignore
   */
  moveTo(at: number): number {
    this.#at = at;
    return at + this.#slot(LENGTH);
  }

  /** What the line is. */
  get kind(): ChangeKind {
    const kind = this.#slot(KIND);
    if (kind === RecordKind.CHANGE) return "change";
    return kind === RecordKind.MESSAGE ? "message" : "invalid";
  }

  /** Number of the line among the lines that were parsed together; the first is 0. */
  get line(): number {
    return this.#slot(LINE);
  }

  /** Offset of the line's first byte in the tape's bytes. */
  get byteOffset(): number {
    return this.#slot(LINE_START);
  }

  /** The line without its line end: a view of the tape's bytes. */
  get rawLine(): Uint8Array {
    return this.#tape.bytes.subarray(
      this.#slot(LINE_START),
      this.#slot(LINE_END),
    );
  }

  /**
   * The whole message as an object. Already there for lines of kind `message`,
   * parsed anew on each access for market changes, undefined for invalid lines.
   */
  get message(): unknown {
    const kind = this.#slot(KIND);
    if (kind === RecordKind.INVALID) return undefined;
    if (kind === RecordKind.MESSAGE) {
      return this.#tape.objects[this.#slot(OBJECT_INDEX)];
    }
    return JSON.parse(
      textOf(this.#tape.bytes, this.#slot(LINE_START), this.#slot(LINE_END)),
    );
  }

  /** What is wrong with an invalid line: an `InvalidLineError`. */
  get error(): Error | undefined {
    if (this.#slot(KIND) !== RecordKind.INVALID) return undefined;
    return this.#tape.objects[this.#slot(OBJECT_INDEX)] as Error;
  }

  /** `id`: the subscription that the change belongs to. */
  get subscriptionId(): number | undefined {
    return this.#number(HAS_ID, ID);
  }

  /** `pt`: publish time, ms since the epoch. */
  get publishTimeMs(): number | undefined {
    return this.#number(HAS_PUBLISH_TIME, PUBLISH_TIME);
  }

  /** `clk`: an opaque token; decoded on each access. */
  get clk(): string | undefined {
    return this.#string(HAS_CLK, CLK_START, CLK_END);
  }

  /** `initialClk`: an opaque token; decoded on each access. */
  get initialClk(): string | undefined {
    return this.#string(HAS_INITIAL_CLK, INITIAL_CLK_START, INITIAL_CLK_END);
  }

  /** `conflateMs`: effective conflation, ms. */
  get conflateMs(): number | undefined {
    return this.#number(HAS_CONFLATE_MS, CONFLATE_MS);
  }

  /** `heartbeatMs`: effective interval of heartbeats, ms. */
  get heartbeatMs(): number | undefined {
    return this.#number(HAS_HEARTBEAT_MS, HEARTBEAT_MS);
  }

  /** `status`: 503 if the data is unreliable. */
  get status(): number | undefined {
    return this.#number(HAS_STATUS, STATUS);
  }

  /** `ct`: the change type; undefined for an ordinary update. */
  get changeType(): string | undefined {
    const code = this.#flags & CHANGE_TYPE_MASK;
    return code === ChangeTypeCode.OTHER
      ? this.#wireString("ct")
      : CHANGE_TYPES[code];
  }

  /** `segmentType`: which part of a message this is; undefined for a complete one. */
  get segmentType(): string | undefined {
    const code = (this.#flags & SEGMENT_MASK) >> SEGMENT_SHIFT;
    return code === SegmentCode.OTHER
      ? this.#wireString("segmentType")
      : SEGMENT_TYPES[code];
  }

  /** Number of market changes; undefined if there is no `mc`. */
  get marketCount(): number | undefined {
    return this.#number(HAS_MARKETS, MARKET_COUNT);
  }

  /**
   * The market changes, in the order of the message.
   *
   * @returns An iterator that yields one reused object.
   */
  *markets(): Generator<MarketChangeView, void, void> {
    if (this.#slot(KIND) !== RecordKind.CHANGE) return;
    const origin = this.#slot(LINE_START);
    const end = this.#at + this.#slot(LENGTH);
    for (let at = this.#at + CHANGE_SLOTS; at < end;) {
      at = this.#market.moveTo(at, origin);
      yield this.#market;
    }
  }

  get #flags(): number {
    return this.#slot(KIND) === RecordKind.CHANGE ? this.#slot(FLAGS) : 0;
  }

  #slot(slot: number): number {
    return this.#tape.slots[this.#at + slot]!;
  }

  #number(flag: number, slot: number): number | undefined {
    return (this.#flags & flag) === 0 ? undefined : this.#slot(slot);
  }

  #string(
    flag: number,
    startSlot: number,
    endSlot: number,
  ): string | undefined {
    if ((this.#flags & flag) === 0) return undefined;
    const origin = this.#slot(LINE_START);
    const { bytes } = this.#tape;
    return decodeJsonText(
      bytes,
      origin + this.#slot(startSlot),
      origin + this.#slot(endSlot),
    );
  }

  /** A string that the tape has no room for: new values of enumerations are rare. */
  #wireString(key: string): string {
    return (this.message as Record<string, string>)[key]!;
  }
}
