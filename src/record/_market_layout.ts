/** One file per market. See {@linkcode MarketLayout}. */

import type { ChangeView } from "../tape/change_view.ts";
import {
  type ChangeList,
  changeListOf,
  marketIdsOf,
  type WireMessage,
} from "./_change_lists.ts";
import { fileNamePart } from "./_file_name.ts";
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

/** Digits of the number in the names of further files of a market. */
const NUMBER_DIGITS = 4;

/** What a {@linkcode MarketLayout} needs. */
export interface MarketLayoutOptions extends RotationLimits {
  readonly files: RecordFiles;
  readonly folder: string;
  /** @default {10000} */
  readonly maxFiles?: number | undefined;
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
 * 1.234567890_0002.ndjson.gz     more of them: after rotation, or another run
 * 1.234567890.orders.ndjson.gz   own orders; likewise .race, .cricket
 * ```
 *
 * A line about one market stays as it was received, unless it is a segment or
 * the image of a whole subscription, which would not mean the same among the
 * lines of other markets. Those, and lines about several markets, are split.
 */
export class MarketLayout implements Layout {
  /** Lines that are about no market, such as heartbeats, or not valid. */
  skippedLines = 0;
  readonly #options: MarketLayoutOptions;
  readonly #maxFiles: number;
  readonly #walk = new LineWalk();
  /** By name; those written least recently come first. */
  readonly #files = new Map<string, RecordingFile>();
  readonly #closed = new Map<string, RecordingFile>();
  #touched = new Set<RecordingFile>();
  #complete: RecordingFile[] = [];

  constructor(options: MarketLayoutOptions) {
    this.#options = options;
    this.#maxFiles = options.maxFiles ?? MAX_FILES;
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
      this.#finishClosed(run.lastMs);
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
    const contents = contentsOf(change);
    if (contents === undefined) {
      this.skippedLines++;
      return;
    }
    const { list, marketIds, isSeparable, closings } = contents;
    const start = change.byteOffset;
    const lines = isSeparable
      ? [bytes.subarray(start, end)]
      : splitLine(bytes, start, list);
    lines.forEach((line, i) => {
      const marketId = marketIds[i];
      if (marketId === undefined) return;
      const name = fileNamePart(marketId) + list.suffix;
      const file = this.#fileFor(name, line.length, run);
      file.survey.noteFor(change, marketId);
      file.add(line, 1, run.lastMs);
      this.#touched.add(file);
      const isClosed = closings[i];
      if (isClosed === true) this.#closed.set(name, file);
      else if (isClosed === false) this.#closed.delete(name);
    });
  }

  /** The file with a name that takes so many bytes. */
  #fileFor(name: string, bytes: number, run: Run): RecordingFile {
    const files = this.#files;
    let file = files.get(name);
    if (file !== undefined) {
      const ageMs = run.firstMs - file.startedAtMs;
      if (isFull(file.bytes, bytes, ageMs, this.#options)) {
        this.#finish(name, file);
        file = undefined;
      }
    }
    if (file === undefined) file = this.#newFile(name, run.firstMs);
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
    let number = 0;
    const nextName = (): string =>
      ++number === 1
        ? name
        : `${name}_${String(number).padStart(NUMBER_DIGITS, "0")}`;
    return new RecordingFile({ files, folder, nextName, startedAtMs });
  }

  #finish(name: string, file: RecordingFile): void {
    this.#files.delete(name);
    this.#closed.delete(name);
    this.#complete.push(file);
  }

  #finishClosed(nowMs: number): void {
    for (const [name, file] of this.#closed) {
      if (nowMs - file.endedAtMs >= LINGER_MS) this.#finish(name, file);
    }
  }
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
    const { changeType, segmentType } = change;
    const isSeparable = marketIds.length === 1 &&
      segmentType === undefined && changeType !== "SUB_IMAGE";
    const list = changeListOf("mcm")!;
    return { list, marketIds, closings, isSeparable };
  }
  const message = change.message as WireMessage;
  const list = changeListOf(message.op);
  if (list === undefined) return undefined;
  const marketIds = marketIdsOf(message, list);
  if (!marketIds.some((id) => id !== undefined)) return undefined;
  const isSeparable = marketIds.length === 1 &&
    (message.segmentType ?? undefined) === undefined &&
    message.ct !== "SUB_IMAGE";
  return { list, marketIds, closings: [], isSeparable };
}
