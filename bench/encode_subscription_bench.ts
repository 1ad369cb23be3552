/**
 * Question: what does it cost to check a subscription before it is sent?
 *
 * - Variants: `encodeRequest`; `JSON.stringify` and encoding.
 * - Input: 64 subscriptions to 1 to 20 markets.
 * - Reading: one iteration is all requests. Checking can only lose; it is done once for a connection.
 */

import { encodeSubscriptionGroup } from "./cases/encode.ts";
import { register } from "./support/register.ts";

register(encodeSubscriptionGroup());
