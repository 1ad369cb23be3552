/**
 * Question: what does it cost to find whole lines in chunks?
 *
 * - Variants: `LineFramer`, which copies only what is cut; decoding and splitting; joining the rest to the next chunk and a `subarray` for each line.
 * - Input: 2 MB of the recordings that are quick to read, else generated sessions (`support/inputs.ts`), in 64 KiB chunks cut anywhere.
 * - Reading: one iteration is the whole input. Text is more than framing: it is what the plain ways need anyway.
 */

import { framingGroup } from "./cases/framing.ts";
import { register } from "./support/register.ts";

register(framingGroup());
