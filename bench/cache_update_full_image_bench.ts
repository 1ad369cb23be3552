/**
 * Question: what does it cost to replace a market?
 *
 * - Variants: `StreamCache` from tapes; plain books from parsed objects, with three kinds of ladders.
 * - Input: 200 images with sorted rows, made from states of recorded markets.
 * - Reading: one iteration is all images. The pairs are a reference to what `JSON.parse` made, sorted: they can win here, and pay for it in parsing.
 */

import { cacheImageGroup } from "./cases/cache.ts";
import { register } from "./support/register.ts";

register(cacheImageGroup());
