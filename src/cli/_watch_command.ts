/** The command `watch`. See {@linkcode watchCommand}. */

import type { Command } from "./_command.ts";
import {
  CONNECTION_HELP,
  CREDENTIALS_HELP,
  DEFAULT_EVERY_SECONDS,
  LIMIT_OPTIONS,
  LIMITS_HELP,
  LIVE_OPTIONS,
  SUBSCRIPTION_HELP,
} from "./_live_help.ts";

/** Shows live markets. */
export const watchCommand: Command = {
  name: "watch",
  summary: "show live markets, in a table that is redrawn in place",
  help:
    `Shows live markets: a table that is redrawn in place on a terminal, and lines of
what has changed elsewhere; at the end, also after Ctrl+C, how the connection
was doing. It comes back by itself from whatever happens to the connection, and
tells each gap.

Usage:
  deno task watch [options]

${SUBSCRIPTION_HELP}
How it is shown:
  --json               an object a line: markets and orders (if isStale, do not
                       rely on them), gaps, lags, states, health
  --every SECONDS      between two looks at what has changed, where there is no
                       terminal (default ${DEFAULT_EVERY_SECONDS})

${LIMITS_HELP}
${CONNECTION_HELP}  -h, --help           this text

${CREDENTIALS_HELP}
The stream has no names of runners: their selection ids are shown. Exit codes: 0
done, 1 the exchange refused, nobody could log in, or it was never live, 130
stopped with Ctrl+C.

Examples:
  deno task watch --markets 1.234567890 --orders
  deno task watch --sports 7 --types WIN --countries GB,IE
  deno task watch --sports 7 --json | jq 'select(.type == "gap")'
  deno task watch --credentials ~/.betfair --venues Ascot --for 60
`,
  options: {
    ...LIVE_OPTIONS,
    ...LIMIT_OPTIONS,
    json: "flag",
    every: "value",
  },
  // Loaded when it is asked for: other commands start without it.
  run: async (args, io) => await (await import("./_watch.ts")).watch(args, io),
};
