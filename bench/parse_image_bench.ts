/**
 * Question: how fast are images of one market parsed?
 *
 * - Variants: `TapeScanner`, `JsonParser`, `JSON.parse` alone.
 * - Input: first images and mid-session images with definitions, recorded and generated.
 * - Reading: one iteration is all lines, in one block. The definition is skipped by the scanner and parsed when it is applied: see `cache update market definition`.
 */

import { parseImageGroup } from "./cases/parse.ts";
import { register } from "./support/register.ts";

register(parseImageGroup());
