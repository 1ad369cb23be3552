/** The command `demo`. See {@linkcode demoCommand}. */

import type { Command } from "./_command.ts";
import { LIMIT_OPTIONS } from "./_live_help.ts";

/** Defaults of the command. */
export const DEMO = {
  seconds: 10,
  everySeconds: 1,
  markets: 2,
  seed: 1,
  pace: 20,
} as const;

/** Shows a client and a mock exchange. */
export const demoCommand: Command = {
  name: "demo",
  summary: "a mock exchange and a client in one process, over TLS",
  help:
    `Shows how it looks, without an account: a mock exchange with generated markets
and orders, and a client that is connected to it over TLS, in one process. Half
way the connection is cut; the client comes back, and tells the gap. At the end
it reports how the connection was doing.

Usage:
  deno task demo [options]

Options:
  --for SECONDS        stop after this time (default ${DEMO.seconds})
  --messages N         stop after so many messages, without a cut
  --markets N          number of markets (default ${DEMO.markets})
  --seed N             seed of the markets (default ${DEMO.seed})
  --pace N             so many times as fast as real (default ${DEMO.pace})
  --calm               without the cut
  --json               an object a line: markets, orders, gaps, states, health
  --every SECONDS      between two looks at what has changed, where there is no
                       terminal (default ${DEMO.everySeconds})
  -h, --help           this text

Examples:
  deno task demo
  deno task demo --markets 30 --pace 100 --for 20
  deno task demo --json --messages 99 | jq 'select(.type == "health")'
`,
  options: {
    ...LIMIT_OPTIONS,
    markets: "value",
    seed: "value",
    pace: "value",
    calm: "flag",
    json: "flag",
    every: "value",
  },
  // Loaded when it is asked for: other commands start without it.
  run: async (args, io) => await (await import("./_demo.ts")).demo(args, io),
};
