/** A runner of a market in the cache. See {@linkcode RunnerBook}. */

import type { RunnerView } from "./runner_view.ts";

/**
 * A live view of a runner: it changes with each message that is applied. Take a
 * {@linkcode MarketBook.snapshot} to keep a moment.
 *
 * The object stays the same for as long as the runner is in its market, images
 * included.
 */
export interface RunnerBook extends RunnerView {
  /**
   * What the last message that named this runner changed: bits of
   * {@linkcode RunnerPart}. 0 when the last message for the market did not name it.
   */
  readonly changes: number;
  /**
   * Whether the current definition lists the runner. A runner that no definition
   * ever listed counts as listed.
   */
  readonly isListed: boolean;
  /**
   * The last total matched that was not 0: the exchange zeroes all volumes just
   * before a market closes (protocol section 4.6).
   */
  readonly finalTotalMatched: number | undefined;

  /**
   * Tells whether the last message for the market changed any of these parts.
   *
   * @param parts Bits of {@linkcode RunnerPart}.
   * @returns Whether one of them changed.
   */
  hasChanged(parts: number): boolean;
}
