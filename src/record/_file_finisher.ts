/** Gives recordings their final form. See {@linkcode FileFinisher}. */

import { createHash } from "node:crypto";
import { once } from "node:events";
import { createGzip } from "node:zlib";
import {
  GZIP_ENDING,
  PART_ENDING,
  PLAIN_ENDING,
  type RecordingFile,
} from "./_recording_file.ts";
import type { RecordFiles } from "./record_files.ts";
import type { FsyncPolicy, RecordLayout } from "./record_options.ts";
import { type RecordingSidecar, sidecarText } from "./recording_sidecar.ts";
import type { RecordedFile } from "./recording_summary.ts";

const SIDECAR_ENDING = ".recording.json";

/** First byte of gzip data. */
const GZIP_MAGIC = 0x1f;

/** How files are finished. */
export interface FileFinisherOptions {
  readonly files: RecordFiles;
  readonly folder: string;
  readonly per: RecordLayout;
  readonly gzip: boolean;
  readonly fsync: FsyncPolicy;
}

/** What {@linkcode FileFinisher} made of a recording. */
interface Stored {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** Compresses files, gives them their names, and writes their sidecars. */
export class FileFinisher {
  readonly #options: FileFinisherOptions;
  /** Recordings that have their final name. */
  readonly #stored = new WeakMap<RecordingFile, Stored>();

  constructor(options: FileFinisherOptions) {
    this.#options = options;
  }

  /** Closes a file that is flushed; it must not be written any more. */
  async close(file: RecordingFile): Promise<void> {
    // What will be compressed is brought to the disk in that form.
    if (this.#options.fsync !== "never" && !this.#options.gzip) {
      await file.sync();
    }
    await file.release();
  }

  /**
   * Finishes a file that is closed.
   *
   * @param file The file.
   * @returns What it has become; undefined if nothing was ever written.
   * @throws {unknown} what the file system reported. The lines are then in the
   * `.part` file, or in the complete one without a sidecar: {@linkcode pathOf} says
   * which, and {@linkcode rescue} goes on from there.
   */
  async finish(file: RecordingFile): Promise<RecordedFile | undefined> {
    const { files, folder, fsync, gzip } = this.#options;
    const { path } = file;
    if (path === undefined) return undefined;
    const sha256 = file.digest();
    let stored: Stored;
    if (gzip) {
      stored = await this.#compress(file.partPath, path + GZIP_ENDING);
    } else {
      stored = { path: path + PLAIN_ENDING, bytes: file.writtenBytes, sha256 };
      await files.rename(file.partPath, stored.path);
    }
    this.#stored.set(file, stored);
    const sidecarPath = await this.#writeSidecar(file, stored, sha256);
    if (fsync !== "never") await files.syncFolder(folder);
    return describe(file, stored, sha256, sidecarPath);
  }

  /** Where the lines of a file are at present. */
  pathOf(file: RecordingFile): string {
    return this.#stored.get(file)?.path ?? file.partPath;
  }

  /**
   * Finishes a file where there may be no space left: it is not compressed, and
   * has a sidecar only if that can be written.
   *
   * @returns What it has become; undefined if it has to keep the name of a part.
   */
  async rescue(file: RecordingFile): Promise<RecordedFile | undefined> {
    const { path } = file;
    const { files } = this.#options;
    if (path === undefined) return undefined;
    const sha256 = file.digest();
    const complete = this.#stored.get(file);
    // All but its sidecar, for which there was no room.
    if (complete !== undefined) {
      return describe(file, complete, sha256, undefined);
    }
    const stored = {
      path: path + PLAIN_ENDING,
      bytes: file.writtenBytes,
      sha256,
    };
    let isSurveyed = true;
    try {
      await file.release();
      if (file.writtenBytes === 0) {
        await files.remove(file.partPath);
        return undefined;
      }
      // No sidecar is better than one that tells of lines that were lost, or of a
      // file without the half line that could not be cut off.
      await file.trim().catch(() => isSurveyed = false);
      if (file.isTorn) isSurveyed = false;
      await files.rename(file.partPath, stored.path);
    } catch {
      return undefined;
    }
    let sidecarPath: string | undefined;
    try {
      if (isSurveyed) {
        sidecarPath = await this.#writeSidecar(file, stored, sha256);
      }
    } catch { /* the recording counts */ }
    return describe(file, stored, sha256, sidecarPath);
  }

  /** Compresses a part, and removes it once the compressed file is complete. */
  async #compress(from: string, to: string): Promise<Stored> {
    const { files, fsync } = this.#options;
    const partPath = to + PART_ENDING;
    await removeIfThere(files, partPath);
    const file = await files.create(partPath);
    const hash = createHash("sha256");
    let length = 0;
    try {
      try {
        for await (const bytes of gzipped(files.read(from))) {
          hash.update(bytes);
          // Without its first byte nobody takes half a file for a recording,
          // which would then be read twice.
          if (length === 0) bytes[0] = 0;
          length += await writeAll(file, bytes, length);
        }
        await writeAll(file, Uint8Array.of(GZIP_MAGIC), 0);
        if (fsync !== "never") await file.sync();
      } finally {
        await file.close();
      }
      await files.rename(partPath, to);
    } catch (error) {
      await removeIfThere(files, partPath).catch(() => {});
      throw error;
    }
    try {
      await files.remove(from);
    } catch (error) {
      // With both of them there, everything would be read twice.
      await files.remove(to).catch(() => {});
      throw error;
    }
    return { path: to, bytes: length, sha256: hash.digest("hex") };
  }

  async #writeSidecar(
    file: RecordingFile,
    stored: Stored,
    sha256: string,
  ): Promise<string> {
    const { files, folder, per, fsync } = this.#options;
    const { survey } = file;
    const sidecar: RecordingSidecar = {
      version: 1,
      file: stored.path.slice(folder.length),
      per,
      connectionId: file.connectionId ?? null,
      start: new Date(file.startedAtMs).toISOString(),
      end: new Date(file.endedAtMs).toISOString(),
      firstPublishTimeMs: survey.firstPublishTimeMs ?? null,
      lastPublishTimeMs: survey.lastPublishTimeMs ?? null,
      markets: [...survey.markets],
      isMarketListComplete: !survey.isMarketListCut,
      messages: Object.fromEntries(survey.messages),
      lines: file.writtenLines,
      invalidLines: survey.invalidLines,
      bytes: file.writtenBytes,
      storedBytes: stored.bytes,
      sha256,
      storedSha256: stored.sha256,
    };
    const path = `${file.path}${SIDECAR_ENDING}`;
    const partPath = path + PART_ENDING;
    await removeIfThere(files, partPath);
    const handle = await files.create(partPath);
    try {
      await writeAll(handle, new TextEncoder().encode(sidecarText(sidecar)), 0);
      if (fsync !== "never") await handle.sync();
    } catch (error) {
      await files.remove(partPath).catch(() => {});
      throw error;
    } finally {
      await handle.close();
    }
    await files.rename(partPath, path);
    return path;
  }
}

function describe(
  file: RecordingFile,
  stored: Stored,
  sha256: string,
  sidecarPath: string | undefined,
): RecordedFile {
  return {
    path: stored.path,
    sidecarPath,
    lines: file.writtenLines,
    bytes: file.writtenBytes,
    storedBytes: stored.bytes,
    sha256,
  };
}

/** Removes what a killed recorder may have left under this name. */
async function removeIfThere(files: RecordFiles, path: string): Promise<void> {
  if (await files.exists(path)) await files.remove(path);
}

async function writeAll(
  file: { write(bytes: Uint8Array, position: number): Promise<number> },
  bytes: Uint8Array,
  position: number,
): Promise<number> {
  let written = 0;
  while (written < bytes.length) {
    written += await file.write(bytes.subarray(written), position + written);
  }
  return bytes.length;
}

/** Compresses piece by piece: other work gets its turn in between. */
async function* gzipped(
  input: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const gzip = createGzip();
  const end = new AbortController();
  const feed = async (): Promise<void> => {
    for await (const bytes of input) {
      // The piece is only borrowed, and zlib reads it later.
      if (gzip.write(bytes.slice())) continue;
      await once(gzip, "drain", { signal: end.signal });
    }
    gzip.end();
  };
  const fed = feed().catch((error: unknown) => {
    gzip.destroy(error instanceof Error ? error : new Error(String(error)));
  });
  try {
    for await (const bytes of gzip) yield bytes as Uint8Array;
  } finally {
    // The input is released whichever side gave up.
    end.abort();
    gzip.destroy();
    await fed;
  }
}
