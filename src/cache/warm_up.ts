/** Compiles what the first messages need, before they come. See {@linkcode warmUp}. */

import { TapeScanner } from "../parsing/tape_scanner.ts";
import { warmUpLines } from "./_warm_up_lines.ts";
import { BookFeed } from "./book_feed.ts";

/** Whether it has been done in this thread. */
let isWarm = false;

/**
 * How often the messages are gone through. Measured on the first 1,000 messages of a
 * process, Deno / Bun: not at all 12 / 16 µs a message, once 5.7 / 6.3, twice
 * 4.3 / 3.8, 4 times 2.4 / 3.9, 8 times 2.0 / 3.4, 16 times 1.7 / 1.8; the cost of it
 * grows from 16 / 19 ms by way of 37 / 48 to 43 / 58.
 */
const ROUNDS = 8;

/**
 * Takes some hundred made-up messages of every shape through feeds of its own and
 * throws the books away, so that the engine has compiled the way from bytes to books
 * before the first real message comes.
 *
 * Costs some 40 ms once a thread, and nothing after that; the first 1,000 messages of
 * a process then take a fifth of the time. `StreamClient` does it while it connects,
 * when there is nothing else to do. Before a replay it does not pay: what it takes,
 * warming up on the recording takes, too.
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
  for (let round = 0; round < ROUNDS; round++) replayLines(bytes);
}

/** Feeds lines one at a time, as a live stream brings them. */
function replayLines(bytes: Uint8Array): void {
  const feed = new BookFeed({ parser: new TapeScanner() });
  for (let start = 0; start < bytes.length;) {
    const end = bytes.indexOf(LF, start) + 1;
    // Strategies look at best prices.
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
