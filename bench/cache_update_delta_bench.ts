/**
 * Question: what does it cost to apply small changes that are parsed already?
 *
 * - Variants: `StreamCache` from tapes; plain books from parsed objects, with three kinds of ladders.
 * - Input: the middle of the recordings that are quick to read, else generated sessions (`support/inputs.ts`), on books that have all that came before.
 * - Reading: one iteration is all messages.
 */

import { cacheDeltaGroup } from "./cases/cache.ts";
import { register } from "./support/register.ts";

register(cacheDeltaGroup());
