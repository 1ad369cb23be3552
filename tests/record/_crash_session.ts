import { generateSession } from "../../src/testing/mod.ts";

/** What the child records: long enough that it is killed on the way. */
export function crashSession(seed: number): Uint8Array {
  return generateSession({
    seed,
    messages: 20_000,
    markets: 6,
    runners: 4,
    orders: true,
    resumeShare: 0.0005,
    wholeLife: false,
  });
}
