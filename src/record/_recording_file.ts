/** One recording that is being written. See {@linkcode RecordingFile}. */

import { createHash, type Hash } from "node:crypto";
import { LineSurvey } from "./_line_survey.ts";
import { systemCodeOf } from "./record_error.ts";
import type { RecordFile, RecordFiles } from "./record_files.ts";

const LF = 0x0a; // "\n"

// An endless loop is worse than an error, whatever the folder holds.
const MAX_NAMES = 1_000_000;

/** Ending of an uncompressed recording. */
export const PLAIN_ENDING = ".ndjson";
/** Ending of a compressed recording. */
export const GZIP_ENDING = ".ndjson.gz";
/** What stands behind the name of whatever is not complete. */
export const PART_ENDING = ".part";

/** What a recording needs to know of the others. */
export interface RecordingFileOptions {
  readonly files: RecordFiles;
  /** Folder, with what separates it from names. */
  readonly folder: string;
  /** Gives one name after another, without ending, until one is free. */
  readonly nextName: () => string;
  readonly connectionId?: string | undefined;
  /** When the first line was received, ms since the epoch. */
  readonly startedAtMs: number;
}

/**
 * Lines are added synchronously and written by {@linkcode flush}, under a name
 * that ends in `.part`. A file comes into being with its first flush, and is
 * never written over: names that are taken are passed over.
 */
export class RecordingFile {
  /** What is in it, lines that are not written yet included. */
  readonly survey: LineSurvey = new LineSurvey();
  /** When the first line was received, ms since the epoch. */
  readonly startedAtMs: number;
  /** When the last line was received. */
  endedAtMs: number;
  /** Connection that the lines came over. */
  connectionId: string | undefined;

  readonly #files: RecordFiles;
  readonly #folder: string;
  readonly #nextName: () => string;
  readonly #hash: Hash = createHash("sha256");
  #digest: string | undefined;
  #name: string | undefined;
  #handle: RecordFile | undefined;
  #pieces: Uint8Array[] = [];
  #pendingBytes = 0;
  #writtenBytes = 0;
  #writtenLines = 0;
  #pendingLines = 0;

  constructor(options: RecordingFileOptions) {
    this.#files = options.files;
    this.#folder = options.folder;
    this.#nextName = options.nextName;
    this.connectionId = options.connectionId;
    this.startedAtMs = this.endedAtMs = options.startedAtMs;
  }

  /** Path without ending; undefined as long as nothing was written. */
  get path(): string | undefined {
    return this.#name === undefined ? undefined : this.#folder + this.#name;
  }

  /** Path while it is being written. */
  get partPath(): string {
    return `${this.path ?? this.#folder}${PLAIN_ENDING}${PART_ENDING}`;
  }

  /** Bytes, those that are not written yet included. */
  get bytes(): number {
    return this.#writtenBytes + this.#pendingBytes;
  }

  /** Bytes that are written. */
  get writtenBytes(): number {
    return this.#writtenBytes;
  }

  /** Lines that are written, blank ones left out. */
  get writtenLines(): number {
    return this.#writtenLines;
  }

  /** Whether it holds one of the system's file handles. */
  get isOpen(): boolean {
    return this.#handle !== undefined;
  }

  /**
   * Adds whole lines.
   *
   * @param lines Borrowed until they are flushed.
   * @param count How many lines these are, blank ones left out.
   * @param receivedAtMs When the last one was received.
   */
  add(lines: Uint8Array, count: number, receivedAtMs: number): void {
    this.#pieces.push(lines);
    this.#pendingBytes += lines.length;
    this.#pendingLines += count;
    this.endedAtMs = receivedAtMs;
  }

  /**
   * Writes what was added. If that fails, the file holds whole lines only.
   *
   * @throws {unknown} what the file system reported.
   */
  async flush(): Promise<void> {
    if (this.#pendingBytes === 0) return;
    const bytes = this.#takePending();
    const before = this.#writtenBytes;
    const handle = this.#handle ??= await this.#open();
    let written = 0;
    try {
      while (written < bytes.length) {
        written += await handle.write(
          bytes.subarray(written),
          before + written,
        );
      }
    } catch (error) {
      const whole = bytes.subarray(0, written);
      this.#note(whole.subarray(0, whole.lastIndexOf(LF) + 1));
      this.#writtenLines += countLines(whole);
      await this.#cutTorn(handle);
      throw error;
    }
    this.#note(bytes);
    this.#writtenLines += this.#pendingLines;
    this.#pendingLines = 0;
  }

  /** Brings what was written to the disk. */
  async sync(): Promise<void> {
    if (this.#name === undefined) return;
    this.#handle ??= await this.#files.reopen(this.partPath);
    await this.#handle.sync();
  }

  /** Lets go of the file handle; the next flush gets another one. */
  async release(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    await handle?.close();
  }

  /** SHA-256 of what was written, hex. Nothing can be written after it was asked for. */
  digest(): string {
    return this.#digest ??= this.#hash.digest("hex");
  }

  /** What was added as one piece: lines of a market may come in many. */
  #takePending(): Uint8Array {
    const pieces = this.#pieces;
    const length = this.#pendingBytes;
    this.#pieces = [];
    this.#pendingBytes = 0;
    if (pieces.length === 1) return pieces[0]!;
    const bytes = new Uint8Array(length);
    let at = 0;
    for (const piece of pieces) {
      bytes.set(piece, at);
      at += piece.length;
    }
    return bytes;
  }

  #note(bytes: Uint8Array): void {
    this.#hash.update(bytes);
    this.#writtenBytes += bytes.length;
  }

  /** Cuts half a line off; one that stays is only reported as invalid by a reader. */
  async #cutTorn(handle: RecordFile): Promise<void> {
    try {
      await handle.truncate(this.#writtenBytes);
    } catch { /* the error that led here is the one to tell */ }
  }

  async #open(): Promise<RecordFile> {
    if (this.#name !== undefined) {
      return await this.#files.reopen(this.partPath);
    }
    for (let tried = 0; tried < MAX_NAMES; tried++) {
      const name = this.#nextName();
      const handle = await this.#create(name);
      if (handle === undefined) continue;
      this.#name = name;
      return handle;
    }
    throw new Error(`${MAX_NAMES} names of recordings are taken`);
  }

  /** Creates a file, unless there is a recording of this name, complete or not. */
  async #create(name: string): Promise<RecordFile | undefined> {
    const files = this.#files;
    const path = this.#folder + name;
    const partPath = path + PLAIN_ENDING + PART_ENDING;
    let handle: RecordFile;
    try {
      handle = await files.create(partPath);
    } catch (error) {
      if (systemCodeOf(error) === "EEXIST") return undefined;
      throw error;
    }
    // Only now: another recorder may have completed its file of this name in
    // the meantime, but nobody can begin one from here on.
    for (const ending of [PLAIN_ENDING, GZIP_ENDING]) {
      if (!await files.exists(path + ending)) continue;
      await handle.close();
      await files.remove(partPath);
      return undefined;
    }
    return handle;
  }
}

/** Line ends in bytes. */
function countLines(bytes: Uint8Array): number {
  let count = 0;
  for (let at = bytes.indexOf(LF); at >= 0; at = bytes.indexOf(LF, at + 1)) {
    count++;
  }
  return count;
}
