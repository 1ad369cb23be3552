/**
 * Question: what does a market definition cost before anybody looks at it?
 *
 * - Variants: `TapeScanner` and `NativeParser`, which check it and note its range; `JsonParser`; `JSON.parse` alone.
 * - Input: recorded messages with definitions.
 * - Reading: one iteration is all lines, in one block.
 */

import { parseDefinitionGroup } from "./cases/parse.ts";
import { register } from "./support/register.ts";

register(parseDefinitionGroup());
