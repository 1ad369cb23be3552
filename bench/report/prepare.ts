/**
 * Writes the report's inputs to files, decompressed: what a child reads must not
 * cost it a decompressor's code and garbage.
 *
 * @module
 */

import {
  closeSync,
  mkdirSync,
  openSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { depthLines, imageLines } from "../support/images.ts";
import {
  concatenate,
  hasRecordings,
  head,
  type Input,
  joinBytes,
  priceInputs,
} from "../support/inputs.ts";

/** Bytes of the input of first passes and of single messages. */
const FIRST_BYTES = 8_000_000;
const IMAGES = 400;
/** Markets of the memory input. */
export const MEMORY_MARKETS: number = 2000;

/** Paths of the inputs. */
export interface PreparedInputs {
  /** Whether they are made from real recordings. */
  readonly isReal: boolean;
  /** All recordings one after the other. */
  readonly all: string;
  /** The first 8 MB of it. */
  readonly first: string;
  readonly recordings: readonly string[];
  readonly imagesSorted: string;
  readonly imagesShuffled: string;
  readonly memory: string;
}

/**
 * Writes all inputs.
 *
 * @param folder Where to.
 */
export function prepareInputs(folder: string): PreparedInputs {
  mkdirSync(folder, { recursive: true });
  const write = ({ name, bytes }: Input): string => {
    const path = `${folder}/${name}.ndjson`;
    writeFileSync(path, bytes);
    return path;
  };
  const inputs = priceInputs();
  const all = concatenate("all", inputs);
  const images = (name: string, order: "sorted" | "shuffled"): string =>
    write({ name, bytes: joinBytes(imageLines(inputs, order, IMAGES)) });
  const memory = `${folder}/memory.ndjson`;
  const file = openSync(memory, "w");
  for (const line of depthLines(MEMORY_MARKETS)) writeSync(file, line);
  closeSync(file);
  return {
    isReal: hasRecordings,
    all: write(all),
    first: write(head(all, "first_8_mb", FIRST_BYTES)),
    recordings: inputs.map(write),
    imagesSorted: images("images_sorted", "sorted"),
    imagesShuffled: images("images_shuffled", "shuffled"),
    memory,
  };
}
