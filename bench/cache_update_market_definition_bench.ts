/**
 * Question: what does a new market definition cost?
 *
 * - Variants: `StreamCache`, which parses it when it is applied; plain books, with the `JSON.parse` of the definition.
 * - Input: recorded and generated changes with a definition.
 * - Reading: one iteration is all messages. `JSON.parse` of the definition is most of it on both sides; the plain books do not relate it to runners.
 */

import { cacheDefinitionGroup } from "./cases/cache.ts";
import { register } from "./support/register.ts";

register(cacheDefinitionGroup());
