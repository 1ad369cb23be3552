/** Colors. See {@linkcode Paint}. */

import { styleText } from "node:util";
import type { CliIo, CliOutput } from "./cli_io.ts";

/** Formats of `node:util` that are used here. */
export type Style =
  | "bold"
  | "dim"
  | "red"
  | "green"
  | "yellow"
  | "blue"
  | "cyan"
  | "magenta";

/** Colors text, or leaves it as it is. */
export type Paint = (text: string, ...styles: readonly Style[]) => string;

/** Paint for an output: plain where it is no terminal, or where no color is wanted. */
export function paintFor(io: CliIo, output: CliOutput): Paint {
  return io.noColor || !output.isTerminal ? plain : colored;
}

function plain(text: string): string {
  return text;
}

function colored(text: string, ...styles: readonly Style[]): string {
  if (text === "" || styles.length === 0) return text;
  // The decision is made, so the runtime need not look at the environment.
  return styleText([...styles], text, { validateStream: false });
}

// deno-lint-ignore no-control-regex -- what colors are made of
const COLORS = /\x1b\[[\d;]*m/g;

/** Text as it would be without colors. */
export function withoutColors(text: string): string {
  return text.replace(COLORS, "");
}
