/**
 * The one door to the stream recordings: every test and bench that reads real
 * data reads it through here, and skips with {@linkcode missingReason} where
 * the recordings are not at hand.
 *
 * ```ts ignore
 * describe("replay()", { skip: missingReason }, () => {
 *   for (const recording of recordings) {
 *     it(`reads ${recording.name}`, () => feed.push(readRecording(recording.name)));
 *   }
 * });
 * ```
 *
 * @module
 */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import bunzip from "seek-bzip";
import type { Golden, GoldenStrategies } from "./golden.ts";

/** Name of the environment variable that points to another folder. */
export const DATA_VARIABLE = "BETFAIR_STREAM_DATA";

/** One recording. */
export interface Recording {
  /** File name without `.ndjson`, `.bz2` and `.gz`. */
  readonly name: string;
  /** Path of the file, which may be compressed. */
  readonly path: string;
}

/** Folder of the recordings, whether or not it exists. */
export const dataFolder: string = overriddenFolder() ??
  fileURLToPath(new URL("../../../shared/data", import.meta.url));

const RECORDING_FILE = /^(.+)\.ndjson(?:\.(?:bz2|gz))?$/;

/** All recordings, ascending by name; empty where the folder is missing. */
export const recordings: readonly Recording[] = listRecordings();

/** Why tests on recordings must be skipped, or false where they can run. */
export const missingReason: string | false = recordings.length > 0
  ? false
  : `no recordings found (set ${DATA_VARIABLE} to their folder)`;

const contents = new Map<string, Uint8Array>();

/**
 * The decompressed bytes of a recording. They are read once and shared: do not
 * write into them.
 *
 * @param name as in {@linkcode Recording}
 * @throws {RangeError} when there is no such recording
 */
export function readRecording(name: string): Uint8Array {
  const known = contents.get(name);
  if (known !== undefined) return known;
  const bytes = readDecompressed(find(name).path);
  contents.set(name, bytes);
  return bytes;
}

/** The lines of a recording without line ends; blank lines are left out. */
export function readRecordingLines(name: string): string[] {
  return new TextDecoder().decode(readRecording(name)).split(/\r?\n/)
    .filter((line) => line !== "");
}

/**
 * The expected results of a recording.
 *
 * @throws {RangeError} when there is no such golden
 */
export function readGolden(name: string): Golden {
  const golden = readGoldenFile(`${name}.json`);
  if (golden === undefined) {
    throw new RangeError(`Cannot read golden as there is none: "${name}"`);
  }
  return JSON.parse(golden) as Golden;
}

/** The expected matches by strategy, for the few recordings that have them. */
export function readGoldenStrategies(
  name: string,
): GoldenStrategies | undefined {
  const golden = readGoldenFile(`${name}.smc.json`);
  return golden === undefined
    ? undefined
    : JSON.parse(golden) as GoldenStrategies;
}

/** The expected text of the final state, for the few recordings that have it. */
export function readGoldenText(name: string): string | undefined {
  return readGoldenFile(`${name}.txt`);
}

function overriddenFolder(): string | undefined {
  // Reading the environment throws in Deno without the permission for it.
  try {
    return process.env[DATA_VARIABLE] || undefined;
  } catch {
    return undefined;
  }
}

function listRecordings(): Recording[] {
  let files: string[];
  try {
    files = readdirSync(dataFolder).sort();
  } catch {
    return [];
  }
  const found: Recording[] = [];
  for (const file of files) {
    const name = RECORDING_FILE.exec(file)?.[1];
    if (name !== undefined) found.push({ name, path: join(dataFolder, file) });
  }
  return found;
}

function find(name: string): Recording {
  const recording = recordings.find((candidate) => candidate.name === name);
  if (recording === undefined) {
    throw new RangeError(`Cannot read recording as there is none: "${name}"`);
  }
  return recording;
}

function readDecompressed(path: string): Uint8Array {
  const stored = readFileSync(path);
  if (path.endsWith(".gz")) return plain(gunzipSync(stored));
  if (path.endsWith(".bz2")) {
    return plain(bunzip.decode(stored, undefined, true) as Uint8Array);
  }
  return plain(stored);
}

/** A plain Uint8Array over the same bytes: a Buffer would behave differently in `slice()`. */
function plain(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function readGoldenFile(file: string): string | undefined {
  const path = join(dataFolder, "golden", file);
  if (existsSync(path)) return readFileSync(path, "utf8");
  if (existsSync(`${path}.gz`)) {
    return gunzipSync(readFileSync(`${path}.gz`)).toString("utf8");
  }
  return undefined;
}
