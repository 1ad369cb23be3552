/** A market in the cache. See {@linkcode MarketBook}. */

import type { MarketView } from "./market_view.ts";
import type { RunnerBook } from "./runner_book.ts";

/**
 * A live view of a market: it changes with each message that is applied. Lists
 * are rebuilt, so read them anew after each update.
 */
export interface MarketBook extends MarketView {
  /** The runners in sort priority, without those that left the definition. */
  readonly runners: readonly RunnerBook[];
  /** All runners since the last image, also those that left the definition, in order of appearance. */
  readonly allRunners: readonly RunnerBook[];
  /** Runners that the last message for this market changed; valid until the next one. */
  readonly changedRunners: readonly RunnerBook[];
  /** Whether the last message for this market brought a definition. */
  readonly definitionChanged: boolean;
  /** Whether the last message for this market replaced it by an image. */
  readonly wasImaged: boolean;
  /** Whether the last change merged several (`con`). Always true in purchased files. */
  readonly isConflated: boolean;
  /** Changes so far that merged several: on an unconflated stream, signs of slow reading. */
  readonly conflatedCount: number;
  /**
   * Whether the market began without an image: on a live stream an image was
   * missed, in purchased files it is normal.
   */
  readonly missedImage: boolean;
  /** Whether `tv` follows the conventions of purchased files (protocol section 8.1). */
  readonly isPurchased: boolean;
  /** The last total matched that was not 0; volumes are zeroed just before a market closes. */
  readonly finalTotalMatched: number | undefined;

  /**
   * An immutable copy of the market as it is now. Ladders, runners and definitions
   * that have not changed since the last snapshot are shared with it, so a
   * snapshot after every message is cheap.
   *
   * @returns The snapshot; the same one until the market changes.
   */
  snapshot(): MarketView;

  /**
   * Finds a runner, listed or not.
   *
   * @param selectionId Selection id.
   * @param handicap Handicap, 0 when not given.
   * @returns The runner, or undefined.
   */
  runner(selectionId: number, handicap?: number): RunnerBook | undefined;
}
