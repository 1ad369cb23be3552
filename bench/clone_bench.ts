/**
 * Question: what does it cost to keep the state of a market after each of its changes?
 *
 * - Variants: `snapshot()`, which shares what did not change; copies of all ladders; `structuredClone`.
 * - Input: 100 deltas each from the middle of the recordings that are quick to read, else generated sessions (`support/inputs.ts`), one message a chunk.
 * - Reading: one iteration is all messages, parsing and applying included: subtract `delta, no copy`.
 */

import { cloneGroup } from "./cases/process.ts";
import { register } from "./support/register.ts";

register(cloneGroup());
