/**
 * What the load server sends: a generated session of many markets, its changes
 * over and over. They are absolute values, so they may be repeated.
 *
 * @module
 */

import { MarketGenerator } from "../../src/testing/mod.ts";

/** Lines ready to be sent. */
export interface LoadInput {
  /** The image of all markets, in one line. */
  readonly image: Uint8Array;
  /** Changes, one line after another. */
  readonly changes: Uint8Array;
  /** Offset behind each of these lines. */
  readonly ends: readonly number[];
}

const MARKETS = 100;
const MESSAGES = 12_000;
const SEED = 41;

/**
 * Makes the lines.
 *
 * @param subscriptionId Id that the changes must have.
 */
export function loadInput(subscriptionId: number): LoadInput {
  const generator = new MarketGenerator({
    seed: SEED,
    markets: MARKETS,
    messages: MESSAGES,
    runners: 8,
    wholeLife: false,
    removals: false,
    segmentShare: 0,
    heartbeatShare: 0,
    outageShare: 0,
    imageShare: 0,
    resumeShare: 0,
  });
  const encoder = new TextEncoder();
  let image: Uint8Array | undefined;
  const lines: Uint8Array[] = [];
  for (const text of generator) {
    const message = JSON.parse(text) as Record<string, unknown>;
    if (message.op !== "mcm") continue;
    const line = encoder.encode(
      `${JSON.stringify({ ...message, id: subscriptionId })}\r\n`,
    );
    if (message.ct === "SUB_IMAGE") image = line;
    else lines.push(line);
  }
  let length = 0;
  const ends = lines.map((line) => length += line.length);
  const changes = new Uint8Array(length);
  lines.forEach((line, i) => changes.set(line, ends[i]! - line.length));
  return { image: image!, changes, ends };
}
