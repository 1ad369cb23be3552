/** Segments of a message that is not complete yet. See {@linkcode HeldSegments}. */

import { LENGTH, LINE_END, LINE_START } from "../tape/layout.ts";
import type { ChangeTape } from "../tape/change_tape.ts";

/** One segment: its record and what its ranges refer to. */
export interface HeldSegment {
  /** The record alone, its line moved to offset 0. */
  readonly slots: Float64Array;
  /** The line. */
  readonly bytes: Uint8Array;
}

/**
 * Copies of market segments from `SEG_START` on (protocol section 4.8), to be
 * applied with `SEG_END`.
 */
export class HeldSegments {
  readonly #segments: HeldSegment[] = [];
  #heldBytes = 0;

  /** The segments, in order. */
  get segments(): readonly HeldSegment[] {
    return this.#segments;
  }

  /** Whether a group is open. */
  get isOpen(): boolean {
    return this.#segments.length > 0;
  }

  /** Memory held, bytes. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** Copies a record and its line. */
  add(tape: ChangeTape, at: number): void {
    const slots = tape.slots.slice(at, at + tape.slots[at + LENGTH]!);
    const lineStart = slots[LINE_START]!;
    const bytes = tape.bytes.slice(lineStart, slots[LINE_END]!);
    slots[LINE_START] = 0;
    slots[LINE_END] = bytes.length;
    this.#segments.push({ slots, bytes });
    this.#heldBytes += slots.byteLength + bytes.length;
  }

  /** Drops the group. */
  clear(): void {
    this.#segments.length = 0;
    this.#heldBytes = 0;
  }
}
