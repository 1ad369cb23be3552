/** Compiles what the first messages need, before they come. See {@linkcode warmUp}. */

import { TapeScanner } from "../parsing/tape_scanner.ts";
import { warmUpLines } from "./_warm_up_lines.ts";
import { BookFeed } from "./book_feed.ts";

/** Whether it has been done in this thread. */
let isWarm = false;

/**
 * Takes some hundred made-up messages of every shape through a feed of its own and
 * throws the books away, so that the engine has compiled the way from bytes to books
 * before the first real message comes.
 *
 * Costs some 20 ms once a thread, and nothing after that; the first 1,000 messages
 * of a process then take half the time. `StreamClient` does it while it connects,
 * when there is nothing else to do. Before a replay it pays only if there are more
 * than about five MB to come.
 *
 * @example
 * ```ts
 * import { BookFeed, warmUp } from "@betfair-stream/core";
 * import assert from "node:assert/strict";
 *
 * warmUp(); // while something else is being waited for
 * const feed = new BookFeed();
 * assert.equal(feed.stats.messages, 0);
 * ```
 */
export function warmUp(): void {
  if (isWarm) return;
  isWarm = true;
  const bytes = new TextEncoder().encode(warmUpLines());
  const feed = new BookFeed({ parser: new TapeScanner() });
  for (let start = 0; start < bytes.length;) {
    const end = bytes.indexOf(LF, start) + 1;
    // One at a time, as a live stream brings them; strategies look at best prices.
    for (const update of feed.push(bytes.subarray(start, end))) {
      for (const book of update.markets) {
        for (const runner of book.changedRunners) {
          runner.availableToBack.bestPrice;
          runner.bestAvailableToLay.bestSize;
        }
      }
    }
    start = end;
  }
}

const LF = 0x0a;
