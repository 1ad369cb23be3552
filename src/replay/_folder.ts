/** Finds the recordings in a folder. See {@linkcode listFolder}. */

import type { Dirent } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { ByteSource } from "./byte_source.ts";
import { BZIP2 } from "./_bzip2.ts";
import { findContainer } from "./_containers.ts";
import { SNIFF_BYTES } from "./_container.ts";
import { notReadable, readFile, readHead } from "./_input.ts";
import { ReplaySourceError } from "./replay_source_error.ts";
import { UnpackedSource } from "./_unpacked_source.ts";

// Files that are looked at, at the same time: hides the waiting, stays far
// below any limit of open files.
const PARALLEL_LOOKS = 16;

// How much of a file is looked at, when it is that long.
const LOOK_CHARS = 1 << 16;

// Every message has this member, whatever the order. Catalog entries and other
// JSON that lie next to recordings do not.
const OPERATION_KEY = '"op"';

// A message whose first 64 KiB lack it, as it comes last, has these by then.
const CHANGES_KEY = /"(?:mc|oc)"\s*:/;

// A line that begins as messages do.
const OBJECT_LINE = /^\s*\{/m;

/** What a folder holds, in the order of reading. */
export interface FolderListing {
  /** Recordings. */
  readonly recordings: readonly ByteSource[];
  /** Paths of what is no recording. */
  readonly ignored: readonly string[];
}

/** The byte source of a file. */
export function fileSource(
  path: string,
  sizeBytes: number | undefined,
): ByteSource {
  return new UnpackedSource(path, sizeBytes, () => readFile(path));
}

/**
 * Lists a folder and the ones in it. Entries are ordered by name, by code
 * units, so the order is the same on all systems. Links to files are followed,
 * links to folders are not, since they may lead in circles.
 *
 * @throws {ReplaySourceError} when a folder cannot be listed.
 */
export async function listFolder(path: string): Promise<FolderListing> {
  const paths = await listFiles(path);
  const recordings: ByteSource[] = [];
  const ignored: string[] = [];
  for (let i = 0; i < paths.length; i += PARALLEL_LOOKS) {
    const some = paths.slice(i, i + PARALLEL_LOOKS);
    const sources = await Promise.all(some.map(findRecording));
    sources.forEach((source, at) => {
      if (source === undefined) ignored.push(some[at]!);
      else recordings.push(source);
    });
  }
  return { recordings, ignored };
}

async function listFiles(path: string): Promise<string[]> {
  let entries: Dirent[];
  try {
    entries = await readdir(path, { withFileTypes: true });
  } catch (error) {
    throw notReadable(path, error);
  }
  entries.sort((a, b) => a.name < b.name ? -1 : 1);
  const paths: string[] = [];
  for (const entry of entries) {
    const entryPath = join(path, entry.name);
    if (entry.isDirectory()) paths.push(...await listFiles(entryPath));
    else paths.push(entryPath);
  }
  return paths;
}

/** The source of a file if it is a recording; a file that cannot be looked at may be one. */
async function findRecording(path: string): Promise<ByteSource | undefined> {
  try {
    const info = await stat(path);
    if (!info.isFile()) return undefined;
    const source = fileSource(path, info.size);
    const container = findContainer(await readHead(path, SNIFF_BYTES));
    // Looking into bzip2 costs as much as reading a file of one block.
    const isRecording = container === BZIP2 || await holdsMessages(source);
    return isRecording ? source : undefined;
  } catch (error) {
    const isBrokenLink = notReadable(path, error).code === "not-found";
    return isBrokenLink ? undefined : fileSource(path, undefined);
  }
}

/**
 * Whether data looks like messages, by its first 64 KiB. Data that is damaged
 * before that much could be read gets the benefit of the doubt, so that the
 * damage is reported.
 */
async function holdsMessages(source: ByteSource): Promise<boolean> {
  const decoder = new TextDecoder();
  let text = "";
  let isCutShort = false;
  for await (const chunk of source.open()) {
    isCutShort = chunk instanceof ReplaySourceError;
    if (chunk instanceof ReplaySourceError) {
      if (chunk.code === "not-readable") return true;
      break;
    }
    text += decoder.decode(chunk, { stream: true });
    if (text.length >= LOOK_CHARS) break;
  }
  // Some line: the first may be damaged, or the end of one.
  const hasObject = OBJECT_LINE.test(text);
  if (isCutShort) return hasObject || text.trim() === "";
  return hasObject && (text.includes(OPERATION_KEY) || CHANGES_KEY.test(text));
}
