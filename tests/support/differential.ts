/** Two parsers on the same spoiled lines. See {@linkcode differential}. */

import type { ChangeParser } from "../../src/parsing/change_parser.ts";
import { CollectedTape, tapeDifference } from "./collect_tape.ts";
import { Mutator } from "./mutate.ts";

/** What {@linkcode differential} found. */
export interface Difference {
  /** Seed of the run. */
  readonly seed: number;
  /** Number of the line in the run, 0 for the first. */
  readonly index: number;
  /** The line, bytes that are no UTF-8 replaced. */
  readonly line: string;
  /** The line, byte by byte. */
  readonly hex: string;
  /** What is different. */
  readonly detail: string;
}

const BLOCK_LINES = 200;
const LF = 0x0a;
const CR = 0x0d;

/**
 * Feeds mutated lines to a parser and a reference, in blocks, and compares the
 * tapes bit by bit.
 *
 * @param lines lines to mutate, without line ends
 * @param seed any 32-bit integer
 * @param count lines to make
 * @returns the first difference, undefined if there is none
 */
export function differential(
  parser: ChangeParser,
  reference: ChangeParser,
  lines: readonly Uint8Array[],
  seed: number,
  count: number,
): Difference | undefined {
  // Half of the lines are invalid, and most of the time would go into stacks.
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return search(parser, reference, lines, seed, count);
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

function search(
  parser: ChangeParser,
  reference: ChangeParser,
  lines: readonly Uint8Array[],
  seed: number,
  count: number,
): Difference | undefined {
  const mutator = new Mutator(seed);
  const { random } = mutator;
  const actual = new CollectedTape();
  const expected = new CollectedTape();
  let block = new Uint8Array(1 << 18);
  for (let done = 0; done < count; done += BLOCK_LINES) {
    let length = 0;
    const starts: number[] = [];
    for (let i = Math.min(BLOCK_LINES, count - done); i > 0; i--) {
      const line = mutator.mutate(random.pick(lines));
      if (length + line.length + 2 > block.length) {
        const greater = new Uint8Array((length + line.length + 2) * 2);
        greater.set(block.subarray(0, length));
        block = greater;
      }
      starts.push(length);
      block.set(line, length);
      length += line.length;
      if (random.oneIn(4)) block[length++] = CR;
      block[length++] = LF;
    }
    actual.collect(parser, block, 0, length);
    expected.collect(reference, block, 0, length);
    const difference = tapeDifference(actual, expected);
    if (difference === undefined) continue;
    // Which line it is, if it shows on the line alone.
    for (let i = 0; i < starts.length; i++) {
      const line = block.slice(starts[i], starts[i + 1] ?? length);
      actual.collect(parser, line);
      expected.collect(reference, line);
      const detail = tapeDifference(actual, expected);
      if (detail !== undefined) return report(seed, done + i, line, detail);
    }
    const detail = `only in a block of several lines: ${difference}`;
    return report(seed, done, block.slice(0, length), detail);
  }
  return undefined;
}

/** A difference as a message for `assert`. */
export function describeDifference(difference: Difference): string {
  const { seed, index, line, hex, detail } = difference;
  return `seed ${seed}, line ${index}: ${detail}\nline: ${
    line.slice(0, 4000)
  }\nhex:  ${hex.slice(0, 8000)}`;
}

function report(
  seed: number,
  index: number,
  line: Uint8Array,
  detail: string,
): Difference {
  const hex = Array.from(line, (byte) => byte.toString(16).padStart(2, "0"))
    .join("");
  return { seed, index, line: new TextDecoder().decode(line), hex, detail };
}
