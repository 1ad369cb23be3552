/** Which lines go into which files. See {@linkcode Layout}. */

import type { RecordingFile } from "./_recording_file.ts";
import type { StagedBlock } from "./_staging.ts";

/** What is to be done with files after lines were added. */
export interface LayoutWork {
  /** Files with lines to be written. */
  readonly touched: ReadonlySet<RecordingFile>;
  /** Files that are complete when these are written. */
  readonly complete: readonly RecordingFile[];
}

/** Distributes lines over files. Synchronous; writing is the recorder's. */
export interface Layout {
  /** Lines left out as they belong to no file. */
  readonly skippedLines: number;
  /**
   * Adds lines to files.
   *
   * @param block Borrowed until the files that were touched are flushed.
   */
  add(block: StagedBlock): LayoutWork;
  /** Lets go of the files that are not complete yet, as nothing more will come. */
  end(): readonly RecordingFile[];
}

/** When a file is complete. */
export interface RotationLimits {
  /** Most bytes of a file. */
  readonly rotateBytes: number;
  /** How long after its first line a file gets no more, ms. */
  readonly rotateMs: number;
}

/**
 * Whether a line no longer belongs into a file. An empty file takes anything.
 *
 * @param heldBytes Bytes that the file has.
 * @param addedBytes Bytes of the line.
 * @param ageMs How long after the file's first line it came, ms.
 * @param limits What the file may have.
 */
export function isFull(
  heldBytes: number,
  addedBytes: number,
  ageMs: number,
  limits: RotationLimits,
): boolean {
  return heldBytes > 0 &&
    (heldBytes + addedBytes > limits.rotateBytes || ageMs >= limits.rotateMs);
}
