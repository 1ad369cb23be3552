/** Text that is drawn over and over in place. See {@linkcode Screen}. */

import type { CliOutput } from "./cli_io.ts";
import { fitted, widthOf } from "./_format.ts";
import { withoutColors } from "./_paint.ts";

/** Size where a terminal does not tell its own. */
const DEFAULT_ROWS = 24;
const DEFAULT_COLUMNS = 80;

// Terminals that know it show a frame at once; others ignore it.
const BEGIN_FRAME = "\x1b[?2026h";
const END_FRAME = "\x1b[?2026l";
const ERASE_LINE_END = "\x1b[K";
const ERASE_BELOW = "\x1b[J";
const CLEAR = "\x1b[H\x1b[2J";

/**
 * Draws frames of lines over each other at the bottom of a terminal. What was
 * there before stays above; after the last frame the prompt comes below it.
 *
 * The cursor stays visible: a program that is killed leaves the terminal usable.
 */
export class Screen {
  readonly #output: CliOutput;
  #drawnLines = 0;
  #size = "";
  #isWriting = false;

  /** Draws to a terminal. */
  constructor(output: CliOutput) {
    this.#output = output;
  }

  /** Columns that a line may take: the last one stays free, as some terminals wrap after it. */
  get columns(): number {
    return (this.#output.columns ?? DEFAULT_COLUMNS) - 1;
  }

  /** Lines that a frame may have: the last row is the cursor's. */
  get rows(): number {
    return Math.max((this.#output.rows ?? DEFAULT_ROWS) - 1, 1);
  }

  /** Whether the last frame is not written yet, since the terminal is slow. */
  get isWriting(): boolean {
    return this.#isWriting;
  }

  /**
   * Draws a frame over the last one. Await it before drawing another.
   *
   * @param lines Its lines; those that do not fit are left out, and those that are
   * too wide are cut, as a line that is wrapped would be two.
   */
  async draw(lines: readonly string[]): Promise<void> {
    const size = `${this.columns}x${this.rows}`;
    const isResized = this.#size !== "" && this.#size !== size;
    this.#size = size;
    const shown = lines.slice(0, this.rows).map((line) => this.#cut(line));
    // Where the last frame is after lines were wrapped anew, nobody knows.
    const home = isResized
      ? CLEAR
      : this.#drawnLines > 0
      ? `\x1b[${this.#drawnLines}F`
      : "";
    const text = shown.map((line) => `${line}${ERASE_LINE_END}\n`).join("");
    this.#drawnLines = shown.length;
    this.#isWriting = true;
    try {
      await this.#output.write(
        BEGIN_FRAME + home + text + ERASE_BELOW + END_FRAME,
      );
    } finally {
      this.#isWriting = false;
    }
  }

  /** A line that is not too wide; a cut one has lost its colors. */
  #cut(line: string): string {
    const plain = withoutColors(line);
    return widthOf(plain) <= this.columns ? line : fitted(plain, this.columns);
  }
}
