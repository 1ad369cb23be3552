import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { SeededRandom } from "../../src/testing/mod.ts";
import {
  check,
  generatedSession,
  recordedSession,
  run,
  startExchange,
  TROUBLES,
} from "./_cut_anywhere.ts";

/** Every how many bytes of handshake and image something happens. A task does it at each. */
const STRIDE = 97;

/** Positions beyond, in each session. */
const BEYOND = 4 * TROUBLES.length;

const SEED = 20_261_125;

for (const scenario of [generatedSession(), recordedSession()]) {
  const skip = scenario === undefined && "no recordings";
  describe(
    `StreamClient, ${scenario?.name ?? "recorded"} session cut anywhere`,
    { skip },
    () => {
      it("has the same books after anything in handshake and image", async (t) => {
        await using exchange = await startExchange(scenario!);
        const calm = await run(exchange, { isWhole: false, seed: SEED });
        assert.equal(calm.losses, 0);
        let happened = 0;
        let tried = 0;
        for (let byte = 1; byte <= calm.bytes; byte += STRIDE) {
          const trouble = TROUBLES[tried++ % TROUBLES.length]!;
          for (
            const fault of trouble.faults(
              exchange.acceptedConnections + 1,
              byte,
            )
          ) exchange.addFault(fault);
          const outcome = await run(exchange, { isWhole: false, seed: SEED });
          check(calm, outcome, `${trouble.name} at byte ${byte}, seed ${SEED}`);
          if (outcome.losses > 0) happened++;
        }
        t.diagnostic?.(`${happened} of ${tried} faults in ${calm.bytes} bytes`);
        assert.ok(happened > 0.8 * tried, `only ${happened} of ${tried}`);
      });

      it("has the same books after anything later", async (t) => {
        await using undisturbed = await startExchange(scenario!);
        const calm = await run(undisturbed, { isWhole: true, seed: SEED });
        assert.equal(calm.losses, 0);
        assert.ok(calm.text.includes("\nM|") || calm.text.startsWith("M|"));
        assert.ok(calm.text.includes("\nO|"), "no orders are compared");
        const random = new SeededRandom(SEED);
        let happened = 0;
        for (let i = 0; i < BEYOND; i++) {
          const trouble = TROUBLES[i % TROUBLES.length]!;
          const byte = random.integer(1, calm.bytes);
          await using exchange = await startExchange(
            scenario!,
            trouble.faults(1, byte),
          );
          const outcome = await run(exchange, {
            isWhole: true,
            seed: SEED + i,
          });
          check(
            calm,
            outcome,
            `${trouble.name} at byte ${byte}, seed ${SEED + i}`,
          );
          if (outcome.losses > 0) happened++;
        }
        t.diagnostic?.(`${happened} of ${BEYOND} faults`);
        assert.ok(happened > 0.7 * BEYOND, `only ${happened} of ${BEYOND}`);
      });
    },
  );
}
