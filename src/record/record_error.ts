/** What ends a recording. See {@linkcode RecordError}. */

/**
 * Why nothing more can be recorded.
 *
 * - `disk-full`: there is no space left, or no quota.
 * - `not-writable`: the system reported another error, named by
 * {@linkcode RecordError.systemCode}.
 * - `overrun`: the source did not wait for the recorder, and more lines came than
 * may be held.
 */
export type RecordErrorCode = "disk-full" | "not-writable" | "overrun";

/** Options of the {@linkcode RecordError} constructor. */
export interface RecordErrorOptions extends ErrorOptions {
  /** Received bytes that are in no file, see {@linkcode RecordError.lostBytes}. */
  lostBytes?: number | undefined;
}

const FULL: readonly unknown[] = ["ENOSPC", "EDQUOT", "EFBIG"];

/**
 * A recording cannot go on. Every whole line that had been written is kept, in
 * files that can be replayed.
 *
 * @example
 * ```ts
 * import { record, RecordError } from "@betfair-stream/core/record";
 * import assert from "node:assert/strict";
 *
 * const lines = new Blob([`{"op":"mcm","pt":1}\r\n`]).stream();
 * await assert.rejects(
 *   record(lines, "/dev/null/no-folder").run(),
 *   (error) => error instanceof RecordError && error.code === "not-writable",
 * );
 * ```
 */
export class RecordError extends Error {
  /** Always `"RecordError"`. */
  override readonly name: string = "RecordError";
  /** Why. */
  readonly code: RecordErrorCode;
  /** File or folder that could not be written. */
  readonly path: string;
  /**
   * Bytes of lines that had been received by then and are in no file; at most, if
   * files are per market.
   */
  readonly lostBytes: number;

  /**
   * Makes the error.
   *
   * @param code Why.
   * @param path What could not be written.
   * @param message The whole message.
   * @param options The cause, and what is lost.
   */
  constructor(
    code: RecordErrorCode,
    path: string,
    message: string,
    options: RecordErrorOptions = {},
  ) {
    super(message, options);
    this.code = code;
    this.path = path;
    this.lostBytes = options.lostBytes ?? 0;
  }

  /** The system's name of the error, such as `ENOSPC`; undefined if it gave none. */
  get systemCode(): string | undefined {
    return systemCodeOf(this.cause);
  }

  /**
   * Makes the error for what the system reported.
   *
   * @param path What could not be written.
   * @param cause What was reported.
   * @param lostBytes Received bytes that are in no file.
   * @returns The error.
   */
  static from(path: string, cause: unknown, lostBytes: number): RecordError {
    const isFull = FULL.includes(systemCodeOf(cause));
    const reason = isFull
      ? "no space is left"
      : cause instanceof Error
      ? cause.message
      : String(cause);
    return new RecordError(
      isFull ? "disk-full" : "not-writable",
      path,
      `Cannot record to "${path}" as ${
        isFull ? "the disk is full" : "it cannot be written"
      }: ${reason}`,
      { cause, lostBytes },
    );
  }
}

/** The system's name of an error, if it has one. */
export function systemCodeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}
