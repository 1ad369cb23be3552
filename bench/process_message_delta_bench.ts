/**
 * Question: what does a small change cost from its bytes to the books?
 *
 * - Variants: `BookFeed`; `JSON.parse` and plain books with three kinds of ladders.
 * - Input: the middle of the recordings that are quick to read, else generated sessions (`support/inputs.ts`), one message a chunk, on books that have all that came before.
 * - Reading: one iteration is all messages, warm. Cold figures are in README.md.
 */

import { processDeltaGroup } from "./cases/process.ts";
import { register } from "./support/register.ts";

register(processDeltaGroup());
