/** One recording that is being written. See {@linkcode RecordingFile}. */

import { createHash, type Hash } from "node:crypto";
import { LineFramer } from "../framing/line_framer.ts";
import { LineSurvey } from "./_line_survey.ts";
import { LineWalk } from "./_line_walk.ts";
import { systemCodeOf } from "./record_error.ts";
import type { RecordFile, RecordFiles } from "./record_files.ts";

const LF = 0x0a; // "\n"

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
  /** Gives one name after another, without ending, until one is free or it throws. */
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
  /** What is in it, lines that are not written yet included; see {@linkcode trim}. */
  survey: LineSurvey = new LineSurvey();
  /** When the first line was received, ms since the epoch. */
  readonly startedAtMs: number;
  /** When the last line was received. */
  endedAtMs: number;
  /** When the last line that is written was received. */
  #writtenUntilMs: number;
  /** Connection that the lines came over. */
  connectionId: string | undefined;

  readonly #files: RecordFiles;
  readonly #folder: string;
  readonly #nextName: () => string;
  readonly #hash: Hash = createHash("sha256");
  #digest: string | undefined;
  #name: string | undefined;
  /** The name that is looked at, as long as there is none. */
  #triedName: string | undefined;
  #handle: RecordFile | undefined;
  #pieces: Uint8Array[] = [];
  #pendingBytes = 0;
  #writtenBytes = 0;
  #writtenLines = 0;
  #pendingLines = 0;
  /** When pending lines were received: behind so many pending bytes … */
  #receivedEnds: number[] = [];
  /** … at this time, ms since the epoch. */
  #receivedTimes: number[] = [];
  /** Whether lines that were added will never be written. */
  #hasLost = false;
  #isTorn = false;

  constructor(options: RecordingFileOptions) {
    this.#files = options.files;
    this.#folder = options.folder;
    this.#nextName = options.nextName;
    this.connectionId = options.connectionId;
    this.startedAtMs = options.startedAtMs;
    this.endedAtMs = this.#writtenUntilMs = options.startedAtMs;
  }

  /** Path without ending; undefined as long as nothing was written. */
  get path(): string | undefined {
    return this.#name === undefined ? undefined : this.#folder + this.#name;
  }

  /**
   * Path while it is being written. As long as nothing was written: the one that
   * was tried last, or the folder.
   */
  get partPath(): string {
    const name = this.#name ?? this.#triedName;
    return name === undefined
      ? this.#folder
      : this.#folder + name + PLAIN_ENDING + PART_ENDING;
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

  /** Whether the file ends with half a line, which could not be cut off. */
  get isTorn(): boolean {
    return this.#isTorn;
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
    this.#addPiece(lines);
    this.#pendingBytes += lines.length;
    this.#pendingLines += count;
    this.endedAtMs = receivedAtMs;
    const times = this.#receivedTimes;
    if (times.at(-1) === receivedAtMs) this.#receivedEnds.pop();
    else times.push(receivedAtMs);
    this.#receivedEnds.push(this.#pendingBytes);
  }

  /**
   * Writes what was added. If that fails, the file holds whole lines only.
   *
   * @throws {unknown} what the file system reported.
   */
  async flush(): Promise<void> {
    if (this.#pendingBytes === 0) return;
    // Until it is known better, as this may fail anywhere.
    this.#hasLost = true;
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
      const whole = bytes.subarray(
        0,
        bytes.subarray(0, written).lastIndexOf(LF) + 1,
      );
      this.#note(whole);
      this.#writtenLines += countLines(whole);
      await this.#cutTorn(handle);
      throw error;
    }
    this.#note(bytes);
    this.#writtenLines += this.#pendingLines;
    this.#pendingLines = 0;
    this.#hasLost = false;
  }

  /**
   * Makes the survey and the end those of what was written, if that is less than
   * what was added. Nothing can be added afterwards.
   *
   * @throws {unknown} what the file system reported, as the file is read.
   */
  async trim(): Promise<void> {
    if (!this.#hasLost && this.#pendingBytes === 0) return;
    this.survey = await this.#surveyWritten();
    this.endedAtMs = this.#writtenUntilMs;
    this.#hasLost = false;
    this.#takePending();
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

  /** Adds a piece. Those that lie side by side are one: they need not be copied. */
  #addPiece(lines: Uint8Array): void {
    const pieces = this.#pieces;
    const last = pieces.at(-1);
    if (
      last === undefined || last.buffer !== lines.buffer ||
      last.byteOffset + last.length !== lines.byteOffset
    ) {
      pieces.push(lines);
      return;
    }
    pieces[pieces.length - 1] = new Uint8Array(
      last.buffer,
      last.byteOffset,
      last.length + lines.length,
    );
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

  /** Notes that lines were written, which were the first of those that wait. */
  #note(bytes: Uint8Array): void {
    this.#hash.update(bytes);
    this.#writtenBytes += bytes.length;
    const last = this.#receivedEnds.findIndex((end) => end >= bytes.length);
    if (bytes.length > 0) this.#writtenUntilMs = this.#receivedTimes[last]!;
    this.#receivedEnds = [];
    this.#receivedTimes = [];
  }

  /** Surveys the file. */
  async #surveyWritten(): Promise<LineSurvey> {
    const survey = new LineSurvey();
    const walk = new LineWalk();
    const framer = new LineFramer({ maxLineBytes: Number.MAX_SAFE_INTEGER });
    let left = this.#writtenBytes;
    for await (const chunk of this.#files.read(this.partPath)) {
      // What is behind is torn, and could not be cut off.
      const bytes = chunk.subarray(0, left);
      left -= bytes.length;
      for (let has = framer.push(bytes); has; has = framer.next()) {
        for (
          const { change } of walk.lines(framer.bytes, framer.start, framer.end)
        ) survey.note(change);
      }
      if (left === 0) break;
    }
    return survey;
  }

  /** Cuts half a line off; one that stays is only reported as invalid by a reader. */
  async #cutTorn(handle: RecordFile): Promise<void> {
    try {
      await handle.truncate(this.#writtenBytes);
    } catch {
      // The error that led here is the one to tell.
      this.#isTorn = true;
    }
  }

  async #open(): Promise<RecordFile> {
    if (this.#name !== undefined) {
      return await this.#files.reopen(this.partPath);
    }
    for (;;) {
      const name = this.#triedName = this.#nextName();
      const handle = await this.#create(name);
      if (handle === undefined) continue;
      this.#name = name;
      return handle;
    }
  }

  /** Creates a file, unless there is a recording of this name, complete or not. */
  async #create(name: string): Promise<RecordFile | undefined> {
    const files = this.#files;
    const path = this.#folder + name;
    const partPath = path + PLAIN_ENDING + PART_ENDING;
    // Names of earlier recordings are passed over without writing anything.
    if (await this.#isComplete(path)) return undefined;
    let handle: RecordFile;
    try {
      handle = await files.create(partPath);
    } catch (error) {
      if (systemCodeOf(error) === "EEXIST") return undefined;
      throw error;
    }
    // Only now: another recorder may have completed its file of this name in
    // the meantime, but nobody can begin one from here on.
    if (!await this.#isComplete(path)) return handle;
    await handle.close();
    await files.remove(partPath);
    return undefined;
  }

  /** Whether there is a complete recording. */
  async #isComplete(path: string): Promise<boolean> {
    return await this.#files.exists(path + GZIP_ENDING) ||
      await this.#files.exists(path + PLAIN_ENDING);
  }
}

/** Lines that are not blank. */
function countLines(bytes: Uint8Array): number {
  let count = 0;
  for (const _line of new LineWalk().lines(bytes, 0, bytes.length)) count++;
  return count;
}
