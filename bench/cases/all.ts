/** Every group, made when it is its turn: inputs of one are not held for another. */

import type { BenchGroup } from "../support/bench_group.ts";
import {
  cacheDefinitionGroup,
  cacheDeltaGroup,
  cacheImageGroup,
} from "./cache.ts";
import { encodeHeartbeatGroup, encodeSubscriptionGroup } from "./encode.ts";
import { framingGroup } from "./framing.ts";
import { framingStreamsGroup } from "./framing_streams.ts";
import {
  parseDeltaGroup,
  parseHeartbeatGroup,
  parseImageGroup,
  parseLargeImageGroup,
  parseOrdersGroup,
} from "./parse.ts";
import { pipelineGroup } from "./pipeline.ts";
import { cloneGroup, processDeltaGroup, processImageGroup } from "./process.ts";

/** Makes the groups, in the order of the way from bytes to books. */
export const GROUPS: readonly (() => BenchGroup | Promise<BenchGroup>)[] = [
  framingGroup,
  framingStreamsGroup,
  parseDeltaGroup,
  parseHeartbeatGroup,
  parseImageGroup,
  parseLargeImageGroup,
  parseOrdersGroup,
  cacheDeltaGroup,
  cacheImageGroup,
  cacheDefinitionGroup,
  processDeltaGroup,
  processImageGroup,
  cloneGroup,
  encodeSubscriptionGroup,
  encodeHeartbeatGroup,
  pipelineGroup,
];
