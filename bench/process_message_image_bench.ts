/**
 * Question: what does an image cost from its bytes to the books?
 *
 * - Variants: `BookFeed`; `JSON.parse` and plain books with three kinds of ladders.
 * - Input: 200 images with sorted rows, made from states of recorded markets, one a chunk.
 * - Reading: one iteration is all images. README.md has shuffled rows, too.
 */

import { processImageGroup } from "./cases/process.ts";
import { register } from "./support/register.ts";

register(processImageGroup());
