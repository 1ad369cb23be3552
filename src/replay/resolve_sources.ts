/** Finds the recordings behind a source. See {@linkcode resolveSources}. */

import { stat } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { ByteSource, ReplaySource } from "./byte_source.ts";
import { checkPathPermission } from "../_path_permission.ts";
import { fileSource, listFolder } from "./_folder.ts";
import { notReadable, readBytes, readStream } from "./_input.ts";
import { ReplaySourceError } from "./replay_source_error.ts";
import { UnpackedSource } from "./_unpacked_source.ts";

/** What {@linkcode resolveSources} found. */
export interface ResolvedSources {
  /** The recordings, in the order of reading. */
  readonly sources: readonly ByteSource[];
  /** Paths in the folders of files that do not look like recordings, in order. */
  readonly ignored: readonly string[];
}

/**
 * Finds the recordings behind a source. All paths are checked before this
 * resolves; the data is read when a recording is opened.
 *
 * A file that is named is taken as it is. Of a folder, and the folders in it,
 * those files are taken that hold recordings by their content: messages (text
 * that starts with `{` and has an `"op"` member), plain or in gzip, or bzip2
 * data. Files are ordered by name within each folder.
 *
 * @param source Where recordings come from.
 * @returns The recordings, and which files of a folder were passed over.
 * @throws {ReplaySourceError} when a path does not exist or cannot be read, or a folder holds no recordings.
 * @throws {TypeError} when something is no source, or a URL is no `file:` URL.
 *
 * @example Two recordings in memory, read one after another
 * ```ts
 * import { ReplaySourceError, resolveSources } from "@betfair-stream/core/replay";
 * import assert from "node:assert/strict";
 * import { gzipSync } from "node:zlib";
 *
 * const line = new TextEncoder().encode('{"op":"mcm","pt":1}\n');
 * const { sources } = await resolveSources([line, gzipSync(line)]);
 *
 * let text = "";
 * for (const source of sources) {
 *   for await (const chunk of source.open()) {
 *     if (chunk instanceof ReplaySourceError) throw chunk;
 *     text += new TextDecoder().decode(chunk);
 *   }
 * }
 * assert.equal(text, '{"op":"mcm","pt":1}\n{"op":"mcm","pt":1}\n');
 * ```
 */
export async function resolveSources(
  source: ReplaySource,
): Promise<ResolvedSources> {
  const places = flatten(source);
  // All paths are looked at before any folder is gone through.
  const found = await Promise.all(places.map(look));
  const sources: ByteSource[] = [];
  const ignored: string[] = [];
  for (const item of found) {
    if (typeof item !== "string") {
      sources.push(item);
      continue;
    }
    const listing = await listFolder(item);
    if (listing.recordings.length === 0) {
      throw new ReplaySourceError(
        "no-recordings",
        item,
        `Cannot replay folder "${item}" as it holds no recordings: ${listing.ignored.length} other files`,
      );
    }
    sources.push(...listing.recordings);
    ignored.push(...listing.ignored);
  }
  return { sources, ignored };
}

type Place = string | Uint8Array | AsyncIterable<Uint8Array>;

/** Lists what is in nested arrays, with paths in place of URLs. */
function flatten(source: ReplaySource): Place[] {
  if (Array.isArray(source)) return source.flatMap(flatten);
  if (typeof source === "string" || source instanceof Uint8Array) {
    return [source];
  }
  if (source instanceof URL) {
    if (source.protocol === "file:") return [fileURLToPath(source)];
    throw new TypeError(
      `Cannot read a source as only "file:" URLs are supported: "${source.protocol}"`,
    );
  }
  if (isStream(source)) return [source];
  throw new TypeError(
    "Cannot read a source as it must be a path, URL, Uint8Array, stream or an array of these: " +
      (source === null ? "null" : typeof source),
  );
}

// Array.isArray() does not narrow readonly arrays away, hence the unknown.
function isStream(source: unknown): source is AsyncIterable<Uint8Array> {
  return typeof source === "object" && source !== null &&
    Symbol.asyncIterator in source;
}

/** The recording at a place, or the path if it is a folder. */
async function look(
  place: Place,
  index: number,
  places: readonly Place[],
): Promise<ByteSource | string> {
  const suffix = places.length > 1 ? `#${index + 1}` : "";
  if (place instanceof Uint8Array) {
    return new UnpackedSource(
      `bytes${suffix}`,
      place.length,
      () => readBytes(place),
    );
  }
  if (typeof place !== "string") return streamSource(`stream${suffix}`, place);
  try {
    checkPathPermission("read", place);
    const info = await stat(place);
    if (info.isDirectory()) return place;
    // What is no file (a pipe, say) tells no size.
    return fileSource(place, info.isFile() ? info.size : undefined);
  } catch (error) {
    throw notReadable(place, error);
  }
}

function streamSource(
  name: string,
  stream: AsyncIterable<Uint8Array>,
): ByteSource {
  let isRead = false;
  return new UnpackedSource(name, undefined, (signal) => {
    if (isRead) {
      throw new ReplaySourceError(
        "already-read",
        name,
        `Cannot open "${name}" as a stream can be read only once`,
      );
    }
    isRead = true;
    return readStream(stream, name, signal);
  });
}
