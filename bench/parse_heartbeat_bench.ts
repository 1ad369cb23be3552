/**
 * Question: what does a line cost that says nothing?
 *
 * - Variants: `TapeScanner`, `JsonParser`, `JSON.parse` alone.
 * - Input: recorded and generated heartbeats.
 * - Reading: one iteration is all lines, in one block.
 */

import { parseHeartbeatGroup } from "./cases/parse.ts";
import { register } from "./support/register.ts";

register(parseHeartbeatGroup());
