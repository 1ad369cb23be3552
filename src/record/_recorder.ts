/** Writes what it is shown. See {@linkcode Recorder}. */

import { join } from "node:path";
import { schedule } from "../_schedule.ts";
import { ConnectionLayout } from "./_connection_layout.ts";
import { DISK_FILES } from "./_disk_files.ts";
import { FileFinisher } from "./_file_finisher.ts";
import type { Layout } from "./_layout.ts";
import { MarketLayout } from "./_market_layout.ts";
import type { RecordingFile } from "./_recording_file.ts";
import { Staging } from "./_staging.ts";
import { RecordError } from "./record_error.ts";
import type { RecordFiles } from "./record_files.ts";
import type {
  FsyncPolicy,
  RecordLayout,
  RecordOptions,
  RecordTimers,
} from "./record_options.ts";
import type { RecordedFile, RecordingSummary } from "./recording_summary.ts";

const DEFAULT_FLUSH_MS = 1000;
const DEFAULT_MAX_OPEN_FILES = 64;
const DEFAULT_MAX_PENDING_BYTES = 4 << 20;

const LF = 0x0a; // "\n"

/** What is written early: larger writes gain nothing. */
const FLUSH_BYTES = 1 << 18;

/**
 * Bytes that may be held if the source does not wait: some of the longest lines
 * that the framer lets through.
 */
const MAX_HELD_BYTES = 256 << 20;

/** Complete files that may wait for being compressed before writing waits for them. */
const MAX_BACKLOG = 64;

/** Finished files that the summary lists. */
const MAX_LISTED_FILES = 1000;

/** The system's clock and timer. */
export const SYSTEM_TIMERS: RecordTimers = {
  now: (): number => Date.now(),
  schedule,
};

/**
 * The writing side of a recording. Lines are copied as they come; a single task
 * at a time takes what has come, distributes it over files and writes them.
 *
 * ```text
 * take() ─▶ staging ─▶ layout ─▶ files ─▶ finisher: gzip, name, sidecar
 *           copied     task: after flushMs, or when there is much
 * ```
 */
export class Recorder {
  /** What ended the recording, as soon as it is known. */
  error: RecordError | undefined;

  readonly #per: RecordLayout;
  readonly #folder: string;
  readonly #files: RecordFiles;
  readonly #timers: RecordTimers;
  readonly #flushMs: number;
  readonly #fsync: FsyncPolicy;
  readonly #maxOpenFiles: number;
  readonly #maxPendingBytes: number;
  readonly #onError: ((error: RecordError) => void) | undefined;
  readonly #layout: Layout;
  readonly #finisher: FileFinisher;

  readonly #staging = new Staging();
  #inFlightBytes = 0;
  #cancelTimer: (() => void) | undefined;
  #writing: Promise<void> | undefined;
  /** Somebody waits for what is staged. */
  #isUrgent = false;
  #hasFolder = false;
  /** What the file system has failed with: nothing is written any more … */
  #failure: { readonly path: string; readonly cause: unknown } | undefined;
  /** … and what was written has been brought to safety. */
  #isRescued = false;
  /** Bytes of which it is known that they will not be written. */
  #discardedBytes = 0;

  /** Files with a name that are not complete. */
  readonly #begun = new Set<RecordingFile>();
  /** Those of them that hold a handle, written least recently first. */
  readonly #open = new Set<RecordingFile>();
  #finishing: Promise<void> = Promise.resolve();
  #backlog = 0;
  #ending: Promise<void> | undefined;

  /** Whether the error was told. */
  #isTold = false;
  /** What the callback threw that it was told by. */
  #thrown: { readonly reason: unknown } | undefined;

  #startedAtMs: number | undefined;
  #lastReceivedAtMs: number | undefined;
  #receivedBytes = 0;
  #writtenBytes = 0;
  #lines = 0;
  #finishedFiles = 0;
  readonly #listed: RecordedFile[] = [];
  #isFinished = false;

  constructor(folder: string, options: RecordOptions) {
    const per = options.per ?? "connection";
    const fsync = options.fsync ?? "close";
    checkChoice("per", per, ["connection", "market"]);
    checkChoice("fsync", fsync, ["never", "close", "flush"]);
    this.#per = per;
    this.#folder = folder;
    this.#files = options.files ?? DISK_FILES;
    this.#timers = options.timers ?? SYSTEM_TIMERS;
    this.#flushMs = atLeast("flushMs", options.flushMs ?? DEFAULT_FLUSH_MS, 0);
    this.#fsync = fsync;
    this.#maxOpenFiles = atLeast(
      "maxOpenFiles",
      options.maxOpenFiles ?? DEFAULT_MAX_OPEN_FILES,
      1,
    );
    this.#maxPendingBytes = atLeast(
      "maxPendingBytes",
      options.maxPendingBytes ?? DEFAULT_MAX_PENDING_BYTES,
      1,
    );
    this.#onError = options.onError;
    const place = { files: this.#files, folder: join(folder, "/") };
    const limits = {
      rotateBytes: atLeast("rotateBytes", options.rotateBytes ?? Infinity, 1),
      rotateMs: atLeast("rotateMs", options.rotateMs ?? Infinity, 1),
    };
    this.#layout = per === "market"
      ? new MarketLayout({ ...place, ...limits })
      : new ConnectionLayout({ ...place, ...limits });
    this.#finisher = new FileFinisher({
      ...place,
      per,
      fsync,
      gzip: options.gzip ?? true,
    });
  }

  /** Whether the source has to wait for {@linkcode room}. */
  get isBehind(): boolean {
    return this.#pendingBytes > this.#maxPendingBytes;
  }

  /**
   * Why the iteration must end: what ended the recording, unless there is a callback
   * for that; then what the callback threw, if it did.
   */
  get failure(): { readonly reason: unknown } | undefined {
    if (this.#onError !== undefined) return this.#thrown;
    return this.error && { reason: this.error };
  }

  get summary(): RecordingSummary {
    return {
      startedAtMs: this.#startedAtMs,
      lastReceivedAtMs: this.#lastReceivedAtMs,
      receivedBytes: this.#receivedBytes,
      pendingBytes: this.#pendingBytes,
      writtenBytes: this.#writtenBytes,
      lines: this.#lines,
      skippedLines: this.#layout.skippedLines,
      openFiles: this.#begun.size + this.#backlog,
      finishedFiles: this.#finishedFiles,
      files: [...this.#listed],
      error: this.error,
      isFinished: this.#isFinished,
    };
  }

  /** Takes whole lines, which are copied. */
  take(
    lines: Uint8Array,
    receivedAtMs: number,
    connectionId: string | undefined,
  ): void {
    const isOver = this.error !== undefined || this.#isBroken ||
      this.#ending !== undefined;
    if (isOver) return;
    if (lines.length > 0 && lines[lines.length - 1] !== LF) {
      throw new TypeError(
        "Cannot record lines as the last one must end with a line feed",
      );
    }
    this.#startedAtMs ??= receivedAtMs;
    this.#lastReceivedAtMs = receivedAtMs;
    this.#receivedBytes += lines.length;
    const pendingBytes = this.#pendingBytes;
    if (pendingBytes > 0 && pendingBytes + lines.length > MAX_HELD_BYTES) {
      this.#overrun(lines.length);
      return;
    }
    this.#staging.add(lines, receivedAtMs, connectionId);
    this.#schedule();
  }

  /** Resolves when no more is pending than may be. */
  async room(): Promise<void> {
    while (this.isBehind && !this.#isBroken) await this.flush();
  }

  /** Writes all that has been taken by now, as far as that is possible. */
  async flush(): Promise<void> {
    const wanted = this.#receivedBytes;
    // A task that has looked for the last time is over only when that is noted;
    // what came in between is written by the next one.
    while (
      !this.#isBroken && this.#receivedBytes - this.#pendingBytes < wanted
    ) {
      this.#isUrgent = this.#staging.length > 0;
      this.#schedule();
      await this.#writing;
    }
    if (this.#isBroken) await this.#writing;
  }

  /** Ends the recording: writes what is left and completes all files. */
  end(): Promise<void> {
    return this.#ending ??= this.#end();
  }

  get #isBroken(): boolean {
    return this.#failure !== undefined;
  }

  get #pendingBytes(): number {
    return this.#staging.length + this.#inFlightBytes;
  }

  /** Whether what is staged is to be written now. */
  get #isDue(): boolean {
    const { length } = this.#staging;
    return length > 0 &&
      (this.#isUrgent || this.#flushMs === 0 || length >= FLUSH_BYTES);
  }

  /** Begins to write, or makes sure that this happens in time. */
  #schedule(): void {
    if (this.#writing !== undefined || this.#isBroken) return;
    if (this.#isDue) {
      this.#stopTimer();
      this.#startWriting();
    } else if (this.#staging.length > 0) {
      this.#cancelTimer ??= this.#timers.schedule(() => {
        this.#cancelTimer = undefined;
        this.#isUrgent = true;
        this.#schedule();
      }, this.#flushMs);
    }
  }

  #stopTimer(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }

  /** Makes sure that there is a task that writes; there is one at most. */
  #startWriting(): void {
    // Behind then(), as a task that has nothing to wait for ends at once.
    this.#writing ??= this.#write().then(() => {
      this.#writing = undefined;
      this.#schedule();
    });
  }

  /** Writes as long as there is something due. Never rejects. */
  async #write(): Promise<void> {
    while (this.#isDue && !this.#isBroken) {
      this.#isUrgent = false;
      const block = this.#staging.take();
      this.#inFlightBytes = block.bytes.length;
      let current: RecordingFile | undefined;
      try {
        if (!this.#hasFolder) {
          await this.#files.makeFolder(this.#folder);
          this.#hasFolder = true;
        }
        const { touched, complete } = this.#layout.add(block);
        for (const file of touched) this.#begun.add(file);
        for (const file of touched) {
          current = file;
          await this.#flushFile(file);
        }
        for (const file of complete) {
          current = file;
          await this.#finishLater(file);
        }
      } catch (error) {
        // Only now, as a file gets its name when it is first written.
        this.#break(current?.partPath ?? this.#folder, error);
        this.#discardedBytes += this.#inFlightBytes;
      }
      this.#inFlightBytes = 0;
      this.#staging.giveBack(block);
    }
    if (this.#isBroken) await this.#rescueAll();
    this.#isUrgent = false;
  }

  async #flushFile(file: RecordingFile): Promise<void> {
    const open = this.#open;
    if (!file.isOpen) {
      for (const oldest of open) {
        if (open.size < this.#maxOpenFiles) break;
        open.delete(oldest);
        await oldest.release();
      }
    }
    const { writtenBytes, writtenLines } = file;
    try {
      await file.flush();
      if (this.#fsync === "flush") await file.sync();
    } finally {
      // The last one is the one used most recently.
      open.delete(file);
      if (file.isOpen) open.add(file);
      this.#writtenBytes += file.writtenBytes - writtenBytes;
      this.#lines += file.writtenLines - writtenLines;
    }
  }

  /** Closes a file now, and completes it when its turn comes. */
  async #finishLater(file: RecordingFile): Promise<void> {
    if (!this.#begun.delete(file)) return;
    this.#open.delete(file);
    try {
      await this.#finisher.close(file);
    } catch (error) {
      this.#begun.add(file);
      throw error;
    }
    this.#backlog++;
    this.#finishing = this.#finishing.then(() => this.#finishNow(file));
    if (this.#backlog >= MAX_BACKLOG) await this.#finishing;
  }

  /** Completes a file. Never rejects. */
  async #finishNow(file: RecordingFile): Promise<void> {
    try {
      if (this.#isBroken) await this.#rescue(file);
      else this.#list(await this.#finisher.finish(file));
    } catch (error) {
      this.#break(this.#finisher.pathOf(file), error);
      await this.#rescue(file);
      // Files are touched by one task at a time: the one that writes, if it runs.
      this.#startWriting();
    }
    this.#backlog--;
  }

  /** Gives a file its name where compressing it may not be possible. */
  async #rescue(file: RecordingFile): Promise<void> {
    this.#list(await this.#finisher.rescue(file));
  }

  #list(file: RecordedFile | undefined): void {
    if (file === undefined) return;
    this.#finishedFiles++;
    if (this.#listed.push(file) > MAX_LISTED_FILES) this.#listed.shift();
  }

  /** Notes that nothing more can be written. */
  #break(path: string, cause: unknown): void {
    if (this.#isBroken) return;
    this.#failure = { path, cause };
    this.#stopTimer();
    this.#discardedBytes += this.#staging.discard();
  }

  /** Gives files that are not complete names under which they can be read. */
  async #rescueAll(): Promise<void> {
    if (this.#isRescued) return;
    this.#isRescued = true;
    for (const file of this.#begun) await this.#rescue(file);
    this.#begun.clear();
    this.#open.clear();
    // Only now: a block that was being written may have been written after all.
    const lostBytes = this.#per === "connection"
      ? this.#receivedBytes - this.#writtenBytes
      : this.#discardedBytes;
    const { path, cause } = this.#failure!;
    this.error ??= RecordError.from(path, cause, lostBytes);
    this.#tell();
  }

  /** Tells that the recording has ended, once. Never throws. */
  #tell(): void {
    if (this.error === undefined || this.#isTold) return;
    this.#isTold = true;
    try {
      this.#onError?.(this.error);
    } catch (reason) {
      this.#thrown = { reason };
    }
  }

  /** The source did not wait. What is staged is still written. */
  #overrun(bytes: number): void {
    this.error = new RecordError(
      "overrun",
      this.#folder,
      `Cannot record to "${this.#folder}" as at most ${MAX_HELD_BYTES} bytes can be held: ${
        this.#pendingBytes + bytes
      }`,
      { lostBytes: bytes },
    );
    this.#tell();
  }

  async #end(): Promise<void> {
    await this.flush();
    this.#stopTimer();
    for (const file of this.#layout.end()) {
      if (this.#isBroken) break;
      try {
        await this.#finishLater(file);
      } catch (error) {
        this.#break(file.partPath, error);
        this.#startWriting();
      }
    }
    await this.#finishing;
    await this.#writing;
    this.#isFinished = true;
  }
}

function atLeast(name: string, value: number, least: number): number {
  if (value >= least) return value;
  throw new RangeError(
    `Cannot record as "${name}" must be at least ${least}: ${value}`,
  );
}

function checkChoice(
  name: string,
  value: string,
  choices: readonly string[],
): void {
  if (choices.includes(value)) return;
  throw new TypeError(
    `Cannot record as "${name}" must be ${
      choices.map((choice) => `"${choice}"`).join(" or ")
    }: "${value}"`,
  );
}
