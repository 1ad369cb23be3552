/**
 * Question: how fast are images of a whole subscription parsed?
 *
 * - Variants: `TapeScanner`, `JsonParser`, `JSON.parse` alone.
 * - Input: recorded images of 36 to 166 markets; generated ones of 100.
 * - Reading: one iteration is all lines, in one block. Most of the bytes are definitions, which the scanner checks and skips.
 */

import { parseLargeImageGroup } from "./cases/parse.ts";
import { register } from "./support/register.ts";

register(parseLargeImageGroup());
