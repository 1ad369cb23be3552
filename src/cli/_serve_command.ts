/** The command `serve`. See {@linkcode serveCommand}. */

import type { Command } from "./_command.ts";

/** Serves a recording as the exchange would. */
export const serveCommand: Command = {
  name: "serve",
  summary: "a mock exchange that tells a recording, over TLS on this computer",
  help:
    `Serves a recording as the exchange would: over TLS, with subscriptions, images,
heartbeats, clocks to resume from. It listens on this computer only. Time begins
with the first subscription. Clients must trust its authority, which is made
anew at each start. Beside it there is an identity service for logins.

Usage:
  deno task serve [options] [file or folder]

Without a file it serves generated markets, with orders.

Options:
  --port N             port to listen on (default: one that is free)
  --ca FILE            write the authority's certificate there, PEM
  --pace N             so many times as fast as it was (default 1), or max: as
                       fast as clients read
  --recorded-times     publish times of the recording instead of those of now
  --seed N             seed of the generated markets (default 1)
  --for SECONDS        stop after this time (default: with Ctrl+C)
  --json               print JSON
  -h, --help           this text

Exit codes: 0 done, 1 the file cannot be read or the port cannot be listened on,
130 stopped with Ctrl+C.

Examples:
  deno task serve --ca ca.pem --pace 10 1.241629436.bz2
  deno task serve --ca ca.pem --port 8443
`,
  options: {
    for: "value",
    port: "value",
    ca: "value",
    pace: "value",
    "recorded-times": "flag",
    seed: "value",
    json: "flag",
  },
  // Loaded when it is asked for: other commands start without it.
  run: async (args, io) => await (await import("./_serve.ts")).serve(args, io),
};
