/** Progress on a terminal. See {@linkcode ProgressLine}. */

import type { CliIo } from "./cli_io.ts";
import {
  bytesText,
  counted,
  durationText,
  fitted,
  speedText,
} from "./_format.ts";

/** How far a command is. */
export interface Progress {
  /** Bytes read as stored. */
  readonly storedBytesRead: number;
  /** Bytes to read as stored; undefined when nobody knows. */
  readonly storedBytes: number | undefined;
  /** Bytes read, decompressed. */
  readonly bytes: number;
  /** Messages read. */
  readonly messages: number;
}

/** Often enough to look alive, seldom enough to cost nothing. */
const INTERVAL_MS = 100;
/** An ETA out of less than this is a guess. */
const MIN_ETA_MS = 500;
const BAR_WIDTH = 20;
const ERASE = "\r\x1b[K";

/**
 * A line at the bottom of a terminal that is written over and over. Where the
 * standard error is no terminal, nothing is written.
 */
export class ProgressLine {
  readonly #io: CliIo;
  readonly #startMs: number;
  #drawnMs: number;
  #isDrawn = false;

  constructor(io: CliIo) {
    this.#io = io;
    this.#startMs = io.now();
    this.#drawnMs = this.#startMs;
  }

  /** Milliseconds since the line was made. */
  get elapsedMs(): number {
    return this.#io.now() - this.#startMs;
  }

  /**
   * Shows the progress, if enough time has passed since it was last shown.
   *
   * @param progress Asked only then.
   */
  async update(progress: () => Progress): Promise<void> {
    const { stderr } = this.#io;
    if (!stderr.isTerminal) return;
    const nowMs = this.#io.now();
    if (nowMs - this.#drawnMs < INTERVAL_MS) return;
    this.#drawnMs = nowMs;
    this.#isDrawn = true;
    const text = progressText(progress(), nowMs - this.#startMs);
    // The last column stays free: some terminals would wrap after it.
    await stderr.write(ERASE + fitted(text, (stderr.columns ?? 80) - 1));
  }

  /** Takes the line away; call it before anything else is written, also on errors. */
  async clear(): Promise<void> {
    if (!this.#isDrawn) return;
    this.#isDrawn = false;
    await this.#io.stderr.write(ERASE);
  }
}

/** The text of the line. */
export function progressText(progress: Progress, elapsedMs: number): string {
  const { storedBytesRead, storedBytes, bytes, messages } = progress;
  const speed = speedText(bytes, elapsedMs);
  if (storedBytes === undefined || storedBytes === 0) {
    return `${bytesText(bytes)}  ${speed}  ${counted(messages, "message")}`;
  }
  const share = Math.min(storedBytesRead / storedBytes, 1);
  const filled = Math.round(share * BAR_WIDTH);
  const bar = "━".repeat(filled) + "─".repeat(BAR_WIDTH - filled);
  const left = share > 0 && elapsedMs >= MIN_ETA_MS
    ? `  ${durationText(elapsedMs / share - elapsedMs)} left`
    : "";
  return `${String(Math.floor(share * 100)).padStart(3)} % ${bar} ` +
    `${bytesText(storedBytesRead)} of ${bytesText(storedBytes)}  ` +
    `${speed}  ${counted(messages, "message")}${left}`;
}
