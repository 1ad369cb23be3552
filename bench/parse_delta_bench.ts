/**
 * Question: how fast are the small changes parsed that a feed consists of?
 *
 * - Variants: `TapeScanner`; `JsonParser`, the same tape by `JSON.parse`; `JSON.parse` alone.
 * - Input: 500 lines each from the middle of the recordings that are quick to read, else generated sessions (`support/inputs.ts`).
 * - Reading: one iteration is all lines, in one block.
 */

import { parseDeltaGroup } from "./cases/parse.ts";
import { register } from "./support/register.ts";

register(parseDeltaGroup());
