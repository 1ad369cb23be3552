/** One file per market. See {@linkcode MarketLayout}. */

import type { ChangeView } from "../tape/change_view.ts";
import {
  type ChangeList,
  changeListOf,
  marketIdsOf,
  type WireMessage,
} from "./_change_lists.ts";
import { fileNamePart, numberText } from "./_file_name.ts";
import {
  isFull,
  type Layout,
  type LayoutWork,
  type RotationLimits,
} from "./_layout.ts";
import { LineWalk, type WalkedLine } from "./_line_walk.ts";
import { splitLine } from "./_market_lines.ts";
import { RecordingFile } from "./_recording_file.ts";
import type { RecordFiles } from "./record_files.ts";
import type { Run, StagedBlock } from "./_staging.ts";

/**
 * How long the file of a closed market waits for more lines, ms: some follow the
 * closing one.
 */
const LINGER_MS = 60_000;

/** Files begun at a time, about 10 kB each; beyond, the least recent is complete. */
const MAX_FILES = 10_000;

/**
 * Names whose last number is remembered, about 10 MB of them; beyond, the least
 * recent is forgotten, and found again by looking at the folder.
 */
const MAX_NUMBERS = 100_000;

/** What a {@linkcode MarketLayout} needs. */
export interface MarketLayoutOptions extends RotationLimits {
  readonly files: RecordFiles;
  readonly folder: string;
  /** @default {10000} */
  readonly maxFiles?: number | undefined;
  /** @default {100000} */
  readonly maxNumbers?: number | undefined;
}

/** What the lines of a message are about. */
interface Contents {
  readonly list: ChangeList;
  /** Market ids in the order of the list; undefined for elements without one. */
  readonly marketIds: readonly (string | undefined)[];
  /** Whether the message means the same for each market alone, as it stands. */
  readonly isSeparable: boolean;
  /** Whether each market is closed by it, or open; undefined if it does not say. */
  readonly closings: readonly (boolean | undefined)[];
}

/**
 * Lines by market and kind of stream, in files named after the market:
 *
 * ```text
 * 1.234567890.ndjson.gz          prices
 * 1.234567890_000002.ndjson.gz   more of them: after rotation, or another run
 * 1.234567890.orders.ndjson.gz   own orders; likewise .race, .cricket
 * ```
 *
 * A line about one market stays as it was received, unless it is a segment or
 * the image of a whole subscription, which would not mean the same among the
 * lines of other markets. Those, and lines about several markets, are split. What
 * an image of the subscription says of a market is then an image of the market.
 */
export class MarketLayout implements Layout {
  /** Lines that are about no market, such as heartbeats, or not valid. */
  skippedLines = 0;
  readonly #options: MarketLayoutOptions;
  readonly #maxFiles: number;
  readonly #maxNumbers: number;
  readonly #walk = new LineWalk();
  /** By name; those written least recently come first. */
  readonly #files = new Map<string, RecordingFile>();
  readonly #closed = new Map<string, RecordingFile>();
  /** The earliest time at which the file of a closed market may be complete. */
  #closedDueMs = Infinity;
  /** Last number by name; those used least recently come first. */
  readonly #numbers = new Map<string, number>();
  /** Operations of which the last group of segments is an image. */
  readonly #imageGroups = new Set<unknown>();
  #touched = new Set<RecordingFile>();
  #complete: RecordingFile[] = [];

  constructor(options: MarketLayoutOptions) {
    this.#options = options;
    this.#maxFiles = options.maxFiles ?? MAX_FILES;
    this.#maxNumbers = options.maxNumbers ?? MAX_NUMBERS;
  }

  add({ bytes, runs }: StagedBlock): LayoutWork {
    this.#touched = new Set();
    this.#complete = [];
    let start = 0;
    for (const run of runs) {
      for (const line of this.#walk.lines(bytes, start, run.end)) {
        this.#addLine(bytes, line, run);
      }
      start = run.end;
      this.#finishClosed(run.receivedAtMs);
    }
    return { touched: this.#touched, complete: this.#complete };
  }

  end(): readonly RecordingFile[] {
    const files = [...this.#files.values()];
    this.#files.clear();
    this.#closed.clear();
    return files;
  }

  #addLine(bytes: Uint8Array, { change, end }: WalkedLine, run: Run): void {
    const isImage = this.#isImage(change);
    const contents = contentsOf(change);
    if (contents === undefined) {
      this.skippedLines++;
      return;
    }
    const { list, marketIds, isSeparable, closings } = contents;
    const start = change.byteOffset;
    const lines = isSeparable
      ? [bytes.subarray(start, end)]
      : splitLine(bytes, start, list, isImage);
    lines.forEach((line, i) => {
      const marketId = marketIds[i];
      if (marketId === undefined) return;
      const name = fileNamePart(marketId) + list.suffix;
      const file = this.#fileFor(name, line.length, run);
      file.survey.noteFor(change, marketId);
      file.add(line, 1, run.receivedAtMs);
      this.#touched.add(file);
      const isClosed = closings[i];
      if (isClosed === true) {
        this.#closed.set(name, file);
        const dueMs = file.endedAtMs + LINGER_MS;
        this.#closedDueMs = Math.min(this.#closedDueMs, dueMs);
      } else if (isClosed === false) this.#closed.delete(name);
    });
  }

  /** Whether a message is the image of its subscription, or a part of it. */
  #isImage(change: ChangeView): boolean {
    if (change.kind === "invalid") return false;
    const { op, ct, segmentType } = envelopeOf(change);
    const isImage = ct === "SUB_IMAGE";
    if (segmentType === undefined) return isImage;
    const groups = this.#imageGroups;
    if (segmentType === "SEG_START") {
      if (isImage) groups.add(op);
      else groups.delete(op);
    }
    return isImage || groups.has(op);
  }

  /** The file with a name that takes so many bytes. */
  #fileFor(name: string, bytes: number, run: Run): RecordingFile {
    const files = this.#files;
    let file = files.get(name);
    if (file !== undefined) {
      const ageMs = run.receivedAtMs - file.startedAtMs;
      if (isFull(file.bytes, bytes, ageMs, this.#options)) {
        this.#finish(name, file);
        file = undefined;
      }
    }
    if (file === undefined) file = this.#newFile(name, run.receivedAtMs);
    else files.delete(name);
    files.set(name, file);
    if (files.size > this.#maxFiles) {
      const [oldest, oldestFile] = files.entries().next().value!;
      this.#finish(oldest, oldestFile);
    }
    return file;
  }

  #newFile(name: string, startedAtMs: number): RecordingFile {
    const { files, folder } = this.#options;
    const nextName = (): string => {
      const number = this.#nextNumber(name);
      return number === 1 ? name : `${name}_${numberText(number)}`;
    };
    return new RecordingFile({ files, folder, nextName, startedAtMs });
  }

  #nextNumber(name: string): number {
    const numbers = this.#numbers;
    const number = (numbers.get(name) ?? 0) + 1;
    numbers.delete(name);
    numbers.set(name, number);
    if (numbers.size > this.#maxNumbers) {
      numbers.delete(numbers.keys().next().value!);
    }
    return number;
  }

  #finish(name: string, file: RecordingFile): void {
    this.#files.delete(name);
    this.#closed.delete(name);
    this.#complete.push(file);
  }

  #finishClosed(nowMs: number): void {
    if (nowMs < this.#closedDueMs) return;
    this.#closedDueMs = Infinity;
    for (const [name, file] of this.#closed) {
      const dueMs = file.endedAtMs + LINGER_MS;
      if (nowMs >= dueMs) this.#finish(name, file);
      else this.#closedDueMs = Math.min(this.#closedDueMs, dueMs);
    }
  }
}

/** What a message says of itself. */
interface Envelope {
  readonly op: unknown;
  readonly ct: unknown;
  /** Undefined if it is whole. */
  readonly segmentType: unknown;
}

/** The envelope of a line that is valid. */
function envelopeOf(change: ChangeView): Envelope {
  if (change.kind === "change") {
    const { changeType, segmentType } = change;
    return { op: "mcm", ct: changeType, segmentType };
  }
  const { op, ct, segmentType } = change.message as WireMessage;
  return { op, ct, segmentType: segmentType ?? undefined };
}

/** What a line is about; undefined if it is about no market. */
function contentsOf(change: ChangeView): Contents | undefined {
  if (change.kind === "invalid") return undefined;
  if (change.kind === "change") {
    const marketIds: string[] = [];
    const closings: (boolean | undefined)[] = [];
    for (const market of change.markets()) {
      marketIds.push(market.marketId);
      const { definition } = market;
      closings.push(
        definition === undefined
          ? undefined
          : (definition as WireMessage).status === "CLOSED",
      );
    }
    if (marketIds.length === 0) return undefined;
    const isSeparable = marketIds.length === 1 &&
      isWholeUpdate(envelopeOf(change));
    const list = changeListOf("mcm")!;
    return { list, marketIds, closings, isSeparable };
  }
  const message = change.message as WireMessage;
  const list = changeListOf(message.op);
  if (list === undefined) return undefined;
  const marketIds = marketIdsOf(message, list);
  if (!marketIds.some((id) => id !== undefined)) return undefined;
  const isSeparable = marketIds.length === 1 &&
    isWholeUpdate(envelopeOf(change));
  return { list, marketIds, closings: [], isSeparable };
}

/** Whether a message means the same among the lines of another subscription. */
function isWholeUpdate({ ct, segmentType }: Envelope): boolean {
  return segmentType === undefined && ct !== "SUB_IMAGE";
}
