/** A terminal as far as the command line uses one. */

import type { CliOutput } from "../../src/cli/cli_io.ts";

// deno-lint-ignore no-control-regex -- what terminals are steered by
const TOKENS = /\x1b\[([?\d;]*)([A-Za-z])|\r?\n|[^\x1b\r\n]+/g;

/** Understands what a screen writes, and has what a person would see. */
export class Terminal implements CliOutput {
  readonly isTerminal = true;
  columns: number;
  rows: number;
  #screen: string[] = [""];
  #row = 0;
  #column = 0;

  constructor(columns: number, rows: number) {
    this.columns = columns;
    this.rows = rows;
  }

  /** Lines on the screen, without spaces at their ends and empty ones at the end. */
  get lines(): string[] {
    const lines = this.#screen.map((line) => line.trimEnd());
    while (lines.at(-1) === "") lines.pop();
    return lines;
  }

  /** Makes it larger or smaller; what is on it stays. */
  resize(columns: number, rows: number): void {
    this.columns = columns;
    this.rows = rows;
  }

  write(text: string): Promise<void> {
    const tokens = text.matchAll(TOKENS);
    for (const [token, parameter, command] of tokens) {
      if (command !== undefined) this.#steer(command, parameter ?? "");
      else if (token.endsWith("\n")) this.#newLine();
      else this.#print(token);
    }
    return Promise.resolve();
  }

  #steer(command: string, parameter: string): void {
    const line = this.#screen[this.#row]!;
    switch (command) {
      case "F":
        this.#row = Math.max(this.#row - Number(parameter), 0);
        this.#column = 0;
        return;
      case "H":
        [this.#row, this.#column] = [0, 0];
        return;
      case "K":
        this.#screen[this.#row] = line.slice(0, this.#column);
        return;
      case "J":
        if (parameter === "2") this.#screen = [""];
        else {
          this.#screen.length = this.#row + 1;
          this.#screen[this.#row] = line.slice(0, this.#column);
        }
        return;
      case "m":
      case "h":
      case "l":
        return;
      default:
        throw new Error(`unknown control ${parameter}${command}`);
    }
  }

  #newLine(): void {
    this.#row++;
    this.#column = 0;
    if (this.#row >= this.#screen.length) this.#screen.push("");
    if (this.#screen.length > this.rows) {
      this.#screen.shift();
      this.#row--;
    }
  }

  #print(text: string): void {
    const line = this.#screen[this.#row]!.padEnd(this.#column);
    this.#screen[this.#row] = line.slice(0, this.#column) + text +
      line.slice(this.#column + text.length);
    this.#column += text.length;
    if (this.#column > this.columns) throw new Error(`too wide: ${text}`);
  }
}
