/** What became of a line that is no message. See {@linkcode InvalidLineError}. */

import { redactCredentials } from "./credentials.ts";

/**
 * What is wrong with a line.
 *
 * - `encoding`: not well-formed UTF-8.
 * - `syntax`: not JSON, or JSON that the runtime cannot hold.
 * - `schema`: JSON, but a known key has a value that the protocol does not allow.
 * - `oversize`: longer than the framer's limit, so never parsed.
 */
export type InvalidLineReason = "encoding" | "syntax" | "schema" | "oversize";

/** Where a line is. See {@linkcode InvalidLineError.at}. */
export interface LineLocation {
  /** What the line was read from: a path, a URL, a connection id. */
  readonly source: string;
  /** Number of the line in its source; the first is 1. */
  readonly lineNumber: number;
  /** Offset of the line's first byte in its source; the first byte is 0. */
  readonly byteOffset: number;
}

/** Options of {@linkcode InvalidLineError}. */
export interface InvalidLineErrorOptions extends Partial<LineLocation> {
  /** What is wrong. */
  readonly reason: InvalidLineReason;
  /**
   * What is wrong in words that continue "Cannot read line as …", without
   * anything quoted from the line.
   */
  readonly detail: string;
  /**
   * The line or its beginning, as bytes or text. It is made into a preview, sanitized
   * and cut short, and not kept.
   */
  readonly line: Uint8Array | string;
  /** The error that told. */
  readonly cause?: unknown;
}

/** Options of an error that has been made before, and is made again. */
interface LocatedOptions extends InvalidLineErrorOptions {
  /** The preview as it was made: cleaning it again would not leave it as it is. */
  readonly preview: string;
}

/** Characters of a preview at most, the mark of a cut not counted. */
const PREVIEW_LENGTH = 80;

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Bytes looked at for a preview: enough for its characters and a redacted token. */
const PREVIEW_BYTES = 1024;

// Controls, invisible formatting (byte order mark, text direction), line
// separators, and what the decoder puts in place of bytes that are no text.
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\ufffd]/gu;

/**
 * A line that is no valid message: it is skipped, and costs no other line.
 *
 * Parsers know only the block they were given, so until {@linkcode at} the
 * location counts from the start of that block and {@linkcode source} is empty.
 *
 * @example
 * ```ts
 * import { InvalidLineError } from "@betfair-stream/core";
 * import assert from "node:assert/strict";
 *
 * const error = new InvalidLineError({
 *   reason: "syntax",
 *   detail: "it is not JSON",
 *   line: new TextEncoder().encode(`{"op":"authentication","session":"s3cret",`),
 * }).at({ source: "raw.ndjson", lineNumber: 7, byteOffset: 1200 });
 *
 * assert.ok(error instanceof SyntaxError);
 * assert.equal(
 *   error.message,
 *   `Cannot read line 7 of "raw.ndjson" as it is not JSON: ` +
 *     `{"op":"authentication","session":"[redacted]",`,
 * );
 * ```
 */
export class InvalidLineError extends SyntaxError {
  /** Always `"InvalidLineError"`. */
  override readonly name: string = "InvalidLineError";
  /** What is wrong. */
  readonly reason: InvalidLineReason;
  /** What the line was read from; empty until {@linkcode at}. */
  readonly source: string;
  /** Number of the line in its source; the first is 1. */
  readonly lineNumber: number;
  /** Offset of the line's first byte in its source; the first byte is 0. */
  readonly byteOffset: number;
  /**
   * Beginning of the line, at most 80 characters: bytes that are no text are
   * escaped, control characters too, credentials replaced. Ends in `…` when cut.
   */
  readonly preview: string;

  readonly #detail: string;

  /**
   * Creates the error.
   *
   * @param options What is wrong and, if known, where.
   */
  constructor(options: InvalidLineErrorOptions) {
    const { reason, detail, source = "", lineNumber = 1, byteOffset = 0 } =
      options;
    const { line } = options;
    const preview = (options as Partial<LocatedOptions>).preview ??
      previewOf(line);
    const where = source === ""
      ? "line"
      : `line ${lineNumber} of ${JSON.stringify(source)}`;
    super(
      `Cannot read ${where} as ${detail}: ${preview}`,
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.reason = reason;
    this.source = source;
    this.lineNumber = lineNumber;
    this.byteOffset = byteOffset;
    this.preview = preview;
    this.#detail = detail;
  }

  /**
   * The same error with its location.
   *
   * @param location Where the line is.
   * @returns A new error; this one is unchanged.
   */
  at(location: LineLocation): InvalidLineError {
    const options: LocatedOptions = {
      reason: this.reason,
      detail: this.#detail,
      line: this.preview,
      preview: this.preview,
      cause: this.cause,
      source: location.source,
      lineNumber: location.lineNumber,
      byteOffset: location.byteOffset,
    };
    return new InvalidLineError(options);
  }
}

function previewOf(line: Uint8Array | string): string {
  const text = typeof line === "string"
    ? line.slice(0, PREVIEW_BYTES)
    // Bytes that are not UTF-8 come out as U+FFFD and are escaped as such.
    : decoder.decode(line.subarray(0, PREVIEW_BYTES));
  const clean = redactCredentials(text).replace(UNPRINTABLE, escapeCharacter);
  if (clean.length <= PREVIEW_LENGTH) return clean;
  return `${clean.slice(0, PREVIEW_LENGTH).toWellFormed()}…`;
}

function escapeCharacter(character: string): string {
  return `\\u${character.codePointAt(0)!.toString(16).padStart(4, "0")}`;
}
