import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  cutBeyond,
  cutImage,
  generatedSession,
  recordedSession,
  TROUBLES,
} from "./_cut_anywhere.ts";

// A part of what `cut_everywhere.ts` does.

/** Every how many bytes of handshake and image something happens. */
const STRIDE = 61;

/** Positions beyond, in each session. */
const BEYOND = 6 * TROUBLES.length;

const SEED = 20_261_125;

for (
  const [name, scenario] of [
    ["generated", generatedSession()],
    ["recorded", recordedSession()],
  ] as const
) {
  const skip = scenario === undefined && "no recordings are at hand";
  describe(`StreamClient, a ${name} session cut anywhere`, { skip }, () => {
    it("has the same books after anything in handshake and image", async () => {
      const { tried, happened } = await cutImage(scenario!, STRIDE, SEED);
      assert.ok(happened > 0.95 * tried, `${happened} of ${tried} happened`);
    });

    it("has the same books after anything later", async () => {
      const { tried, happened } = await cutBeyond(scenario!, BEYOND, SEED);
      assert.ok(happened > 0.95 * tried, `${happened} of ${tried} happened`);
    });
  });
}
