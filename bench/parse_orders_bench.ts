/**
 * Question: what is added to `JSON.parse` for messages that are not market changes?
 *
 * - Variants: `TapeScanner`, `NativeParser` and `JsonParser`, which all hand them on; `parseMessage`, which checks their shape; `JSON.parse` alone.
 * - Input: recorded and generated order messages.
 * - Reading: one iteration is all lines. All variants call `JSON.parse`; nothing here can win.
 */

import { parseOrdersGroup } from "./cases/parse.ts";
import { register } from "./support/register.ts";

register(parseOrdersGroup());
