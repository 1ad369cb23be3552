/** One file per connection. See {@linkcode ConnectionLayout}. */

import type { WireMessage } from "./_change_lists.ts";
import { fileNamePart, numberText, timeStamp } from "./_file_name.ts";
import {
  isFull,
  type Layout,
  type LayoutWork,
  type RotationLimits,
} from "./_layout.ts";
import { LineWalk, type WalkedLine } from "./_line_walk.ts";
import { RecordingFile } from "./_recording_file.ts";
import type { RecordFiles } from "./record_files.ts";
import type { Run, StagedBlock } from "./_staging.ts";

/** What a {@linkcode ConnectionLayout} needs. */
export interface ConnectionLayoutOptions extends RotationLimits {
  readonly files: RecordFiles;
  readonly folder: string;
}

/**
 * All lines as they are, in files whose names sort in the order of writing:
 *
 * ```text
 * 20261125T190856123Z-000001-101-141123221500-424242.ndjson.gz
 * begin of recording  number connection id
 * ```
 *
 * A connection begins with its `connection` line, or when the source says so.
 */
export class ConnectionLayout implements Layout {
  /** Always 0. */
  readonly skippedLines = 0;
  readonly #options: ConnectionLayoutOptions;
  readonly #walk = new LineWalk();
  #stamp: string | undefined;
  #number = 0;
  #connectionId: string | undefined;
  #file: RecordingFile | undefined;
  #touched = new Set<RecordingFile>();
  #complete: RecordingFile[] = [];

  constructor(options: ConnectionLayoutOptions) {
    this.#options = options;
  }

  add({ bytes, runs }: StagedBlock): LayoutWork {
    this.#touched = new Set();
    this.#complete = [];
    let start = 0;
    for (const run of runs) {
      this.#addRun(bytes, start, run);
      start = run.end;
    }
    return { touched: this.#touched, complete: this.#complete };
  }

  end(): readonly RecordingFile[] {
    const file = this.#file;
    this.#file = undefined;
    return file === undefined ? [] : [file];
  }

  #addRun(bytes: Uint8Array, start: number, run: Run): void {
    const { receivedAtMs, connectionId } = run;
    if (connectionId !== undefined) this.#noteConnection(connectionId);
    // Lines of this run that belong to the file at hand: from here, so many.
    let from = start;
    let count = 0;
    for (const line of this.#walk.lines(bytes, start, run.end)) {
      const begun = connectionBegunBy(line);
      if (this.#isOver(line, from, begun !== undefined, receivedAtMs)) {
        this.#append(bytes.subarray(from, line.start), count, run);
        this.#finish();
        from = line.start;
        count = 0;
      }
      if (begun !== undefined) this.#connectionId = begun.id;
      this.#fileFor(receivedAtMs).survey.note(line.change);
      count++;
    }
    this.#append(bytes.subarray(from, run.end), count, run);
  }

  /** Whether a line belongs into another file than the lines in front of it. */
  #isOver(
    { start, end }: WalkedLine,
    from: number,
    beginsConnection: boolean,
    receivedAtMs: number,
  ): boolean {
    const file = this.#file;
    if (file === undefined) return false;
    const held = file.bytes + start - from;
    return (beginsConnection && held > 0) || isFull(
      held,
      end - start,
      receivedAtMs - file.startedAtMs,
      this.#options,
    );
  }

  /** The source names the connection: another one than before is a new one. */
  #noteConnection(connectionId: string): void {
    const before = this.#connectionId;
    if (before !== undefined && before !== connectionId) this.#finish();
    this.#connectionId = connectionId;
    if (this.#file !== undefined) this.#file.connectionId ??= connectionId;
  }

  #append(lines: Uint8Array, count: number, { receivedAtMs }: Run): void {
    if (lines.length === 0) return;
    const file = this.#fileFor(receivedAtMs);
    file.add(lines, count, receivedAtMs);
    this.#touched.add(file);
  }

  #finish(): void {
    if (this.#file !== undefined) this.#complete.push(this.#file);
    this.#file = undefined;
  }

  #fileFor(startedAtMs: number): RecordingFile {
    if (this.#file !== undefined) {
      this.#file.connectionId ??= this.#connectionId;
      return this.#file;
    }
    const { files, folder } = this.#options;
    const stamp = this.#stamp ??= timeStamp(startedAtMs);
    const connectionId = this.#connectionId;
    const ending = connectionId === undefined
      ? ""
      : `-${fileNamePart(connectionId)}`;
    const nextName = (): string =>
      `${stamp}-${numberText(++this.#number)}${ending}`;
    return this.#file = new RecordingFile({
      files,
      folder,
      nextName,
      connectionId,
      startedAtMs,
    });
  }
}

/** Whether a line is the first one of a connection (protocol 3.1), and of which. */
function connectionBegunBy(
  { change }: WalkedLine,
): { readonly id: string | undefined } | undefined {
  if (change.kind !== "message") return undefined;
  const { op, connectionId } = change.message as WireMessage;
  if (op !== "connection") return undefined;
  return { id: typeof connectionId === "string" ? connectionId : undefined };
}
