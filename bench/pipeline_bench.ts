/**
 * Question: how fast do chunks of a recording become books?
 *
 * - Variants: `BookFeed`; the three stream classes; `replay()`; `JSON.parse` and plain books with three kinds of ladders.
 * - Input: 4 MB of the recordings that are quick to read, else generated sessions (`support/inputs.ts`), in 64 KiB chunks cut anywhere.
 * - Reading: one iteration is the whole input into new books. All variants share one process here; README.md has each in its own.
 */

import { pipelineGroup } from "./cases/pipeline.ts";
import { register } from "./support/register.ts";

register(pipelineGroup());
