/**
 * Question: what does it cost to check a heartbeat before it is sent?
 *
 * - Variants: `encodeRequest`; `JSON.stringify` and encoding.
 * - Input: 64 heartbeats.
 * - Reading: one iteration is all requests. Checking can only lose; a client sends few of them.
 */

import { encodeHeartbeatGroup } from "./cases/encode.ts";
import { register } from "./support/register.ts";

register(encodeHeartbeatGroup());
