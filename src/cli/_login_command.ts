/** The command `login`. See {@linkcode loginCommand}. */

import type { Command } from "./_command.ts";
import { CREDENTIALS_HELP } from "./_live_help.ts";

/** Tries credentials, or gets a session token. */
export const loginCommand: Command = {
  name: "login",
  summary: "try credentials, or get a session token",
  help:
    `Logs in, says whether it worked and what to do if not, and logs out again. With
--token it stays logged in and prints the token, and nothing else.

Usage:
  deno task login [options]

Options:
  --token              print the session token
  --jurisdiction NAME  international (default), italy, spain, romania, sweden or
                       australia
  --credentials FILE   see below
  --identity URL       another identity service; for a mock exchange
  --ca FILE            authority to trust, PEM; for a mock exchange
  --json               print JSON
  -h, --help           this text

${CREDENTIALS_HELP}
Exit codes: 0 it worked, 1 it did not.

Examples:
  deno task login --credentials ~/.betfair
  export BETFAIR_SESSION=$(deno task --quiet login --token)
`,
  options: {
    token: "flag",
    jurisdiction: "value",
    credentials: "value",
    identity: "value",
    ca: "value",
    json: "flag",
  },
  // Loaded when it is asked for: other commands start without it.
  run: async (args, io) => await (await import("./_login.ts")).logIn(args, io),
};
