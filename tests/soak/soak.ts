// deno-lint-ignore-file no-console -- a program, not library code

/**
 * A day in minutes: 200 markets and an account's orders over TLS, a fault every
 * half a second, a consumer that is slow at times. In the end the books and orders
 * must be those of the exchange, every order accounted for, memory flat, and
 * nothing left open.
 *
 * ```sh
 * deno run -A tests/soak/soak.ts
 * bun tests/soak/soak.ts --seconds=600 --seed=7
 * ```
 *
 * Options: `--seconds`, `--seed`, `--markets`, `--rate` (messages per second),
 * `--fault-every` (ms), `--record` to record and replay everything too, `--json` to
 * print one line of JSON and nothing else. Exits with 1 if anything is wrong.
 *
 * @module
 */

import process from "node:process";
import { parseArgs } from "node:util";
import { runSoak } from "./_soak_client.ts";

async function main(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      seconds: { type: "string", default: "180" },
      seed: { type: "string", default: String(Date.now() % 1_000_000) },
      markets: { type: "string", default: "200" },
      rate: { type: "string", default: "2000" },
      "fault-every": { type: "string", default: "500" },
      record: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
    },
  });
  const options = {
    seconds: Number(values.seconds),
    seed: Number(values.seed),
    markets: Number(values.markets),
    messagesPerSecond: Number(values.rate),
    faultEveryMs: Number(values["fault-every"]),
    records: values.record,
  };
  const show = values.json ? (): void => {} : console.log;
  show(`Soaking: ${JSON.stringify(options)}`);
  const { problems, exchange, ...rest } = await runSoak(options, show);
  const { state: _, ...happened } = exchange;
  const outcome = { ...rest, exchange: happened };
  if (values.json) console.log(JSON.stringify({ problems, ...outcome }));
  else console.log(JSON.stringify(outcome));
  for (const problem of problems) show(`PROBLEM ${problem}`);
  show(problems.length === 0 ? "Soaked: all is well" : "Soaked: FAILED");
  return problems.length === 0 ? 0 : 1;
}

if (import.meta.main) {
  main(process.argv.slice(2)).then((code) => process.exit(code));
}
