/** Walks the lines of a block, and tells what each one is. See {@linkcode LineWalk}. */

import type { ChangeView } from "../tape/change_view.ts";
import { TapeScanner } from "../parsing/tape_scanner.ts";

const CR = 0x0d; // "\r"

/** A line that is not blank. A reused object. */
export interface WalkedLine {
  /** What the line is. */
  readonly change: ChangeView;
  /** Offset of the first byte that belongs to no line before: blank lines in front count in. */
  start: number;
  /** Offset behind its LF. */
  end: number;
}

/** Tells lines apart with a parser of its own. */
export class LineWalk {
  readonly #parser = new TapeScanner();

  /**
   * Walks lines.
   *
   * @param bytes What contains them.
   * @param start Offset of the first one.
   * @param end Offset behind the last LF.
   */
  *lines(bytes: Uint8Array, start: number, end: number): Generator<WalkedLine> {
    const parser = this.#parser;
    let lineStart = start;
    for (let at = start; at < end;) {
      at = parser.parse(bytes, at, end);
      for (const change of parser.tape) {
        const lf = change.byteOffset + change.rawLine.length;
        const lineEnd = lf + (bytes[lf] === CR ? 2 : 1);
        yield { change, start: lineStart, end: lineEnd };
        lineStart = lineEnd;
      }
    }
  }
}
