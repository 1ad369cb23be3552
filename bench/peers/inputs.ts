/**
 * The recordings as files that every program can open: decompressed, and as bz2
 * where they are stored so.
 *
 * @module
 */

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { generateSession } from "../../src/testing/mod.ts";
import { readRecording, recordings } from "../../tests/support/recordings.ts";

/** A recording on disk. */
export interface InputFile {
  readonly name: string;
  readonly messages: number;
  /** Decompressed size, bytes. */
  readonly bytes: number;
  /** Path of the decompressed file. */
  readonly plain: string;
  /** Path of the first half of it, to compare books that are not yet empty. */
  readonly half: string;
  /** Path of the bz2 file, if it is stored so. */
  readonly bz2: string | undefined;
  /** Whether it is long enough to be timed. */
  readonly isTimed: boolean;
}

/** Orders and other streams have no best prices. */
const NO_MARKETS = /^(?:orders|other)_/;

/** Below this a pass is mostly the opening of a file. */
const LEAST_TIMED_BYTES = 50_000;

/** Recordings of different kinds that are quick to read. */
const QUICK =
  /^(?:tennis_match|greyhound_win|horse_win_wire|horse_place_pro|sample_sub_image|sample_bsp_win|soccer)/;

const LF = 0x0a;

/**
 * Writes the files.
 *
 * @param folder Where to.
 * @param isQuick Whether a few will do.
 */
export function prepareInputs(folder: string, isQuick: boolean): InputFile[] {
  mkdirSync(folder, { recursive: true });
  const files: InputFile[] = [];
  for (const { name, path } of recordings) {
    if (NO_MARKETS.test(name) || (isQuick && !QUICK.test(name))) continue;
    const stored = path.endsWith(".bz2") ? readFileSync(path) : undefined;
    files.push(writeInput(folder, name, readRecording(name), stored));
  }
  if (recordings.length === 0) {
    for (const seed of [1, 2, 3]) {
      const bytes = generateSession({ seed, markets: seed, messages: 5000 });
      files.push(writeInput(folder, `generated_${seed}`, bytes, undefined));
    }
  }
  return files;
}

function writeInput(
  folder: string,
  name: string,
  bytes: Uint8Array,
  stored: Uint8Array | undefined,
): InputFile {
  // betfair_data knows files by their extension.
  const plain = `${folder}/${name}.json`;
  const half = `${folder}/${name}.half.json`;
  const bz2 = stored && `${folder}/${name}.bz2`;
  // Programs differ on a last line without its end: that is no matter of speed.
  const whole = bytes.at(-1) === LF ? bytes : new Uint8Array([...bytes, LF]);
  const ends: number[] = [];
  for (let at = 0; (at = whole.indexOf(LF, at) + 1) > 0;) ends.push(at);
  writeFileSync(plain, whole);
  writeFileSync(half, whole.subarray(0, ends[Math.ceil(ends.length / 2) - 1]));
  if (bz2 !== undefined) writeFileSync(bz2, stored!);
  return {
    name,
    messages: ends.length,
    bytes: whole.length,
    plain,
    half,
    bz2,
    isTimed: whole.length >= LEAST_TIMED_BYTES,
  };
}
