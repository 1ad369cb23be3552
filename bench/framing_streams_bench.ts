/**
 * Question: what does it cost to find whole lines through streams?
 *
 * - Variants: `LineStream`, which gives blocks of lines; text that is split; `DelimiterStream` and `TextLineStream` of `@std/streams`, which give line after line. Those two are left out, and the group's name says why, where JSR cannot be reached.
 * - Input: 2 MB of the recordings that are quick to read, else generated sessions (`support/inputs.ts`), in 64 KiB chunks cut anywhere.
 * - Reading: one iteration is the whole input. `LineStream`'s lines are counted on top, so that all do the same.
 */

import { framingStreamsGroup } from "./cases/framing_streams.ts";
import { register } from "./support/register.ts";

// deno-lint-ignore no-top-level-await -- what can be compared is known only then
register(await framingStreamsGroup());
