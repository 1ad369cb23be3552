/** Data that cannot be used. See {@linkcode FailureReporter}. */

import { InvalidLineError } from "../parsing/invalid_line_error.ts";
import type { LiveUpdate } from "./_live_update.ts";

/** Counts failures, and turns the update into a report. */
export class FailureReporter {
  readonly #update: LiveUpdate;
  #count = 0;

  constructor(update: LiveUpdate) {
    this.#update = update;
  }

  /** Failures so far. */
  get count(): number {
    return this.#count;
  }

  /**
   * Makes the update one of kind `invalid`.
   *
   * @param error What happened; told where in the input, if it can say so.
   */
  report(error: unknown): void {
    this.#count++;
    const update = this.#update;
    const { source, lineNumber, byteOffset } = update;
    let reported = error instanceof Error
      ? error
      : new Error("Cannot use data", { cause: error });
    if (reported instanceof InvalidLineError) {
      reported = reported.at({ source, lineNumber, byteOffset });
    }
    update.fail(reported);
  }
}
