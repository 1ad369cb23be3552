/** The command `record`. See {@linkcode recordCommand}. */

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

/** Records live markets. */
export const recordCommand: Command = {
  name: "record",
  summary: "record live markets, byte for byte, for replay",
  help:
    `Records what the exchange sends, byte for byte, in files that survive a crash
and that replay reads to the same books. A file that is being written ends in
.part; it can be replayed too. Beside each file there is a small .recording.json
with times, counts and a checksum. Credentials are in none of them.

Usage:
  deno task record [options] folder

How it is stored:
  --per NAME           one file per connection (default), or per market, as the
                       common recorders do
  --rotate-mb N        begin another file after so many MB, uncompressed
  --rotate-minutes N   begin another file after this time
  --plain              do not compress complete files
  --flush MS           how long a line may wait to be written (default 1000)
  --fsync WHEN         force it to the disk: never, close (default) or flush

How it is shown:
  --json               an object a line: gaps, states, health, files
  --every SECONDS      between two looks at what has happened, where there is no
                       terminal (default ${DEFAULT_EVERY_SECONDS})

${SUBSCRIPTION_HELP}
${LIMITS_HELP}
${CONNECTION_HELP}  -h, --help           this text

${CREDENTIALS_HELP}
Exit codes: 0 done, 1 the exchange refused, the disk is full, or it was never
live, 130 stopped with Ctrl+C: the files are complete then, too.

Examples:
  deno task record --sports 7 --types WIN --countries GB,IE recordings
  deno task record --sports 7 --per market --for 3600 recordings
  deno task cli replay recordings
`,
  options: {
    ...LIVE_OPTIONS,
    ...LIMIT_OPTIONS,
    per: "value",
    "rotate-mb": "value",
    "rotate-minutes": "value",
    plain: "flag",
    flush: "value",
    fsync: "value",
    json: "flag",
    every: "value",
  },
  // Loaded when it is asked for: other commands start without it.
  run: async (args, io) =>
    await (await import("./_record.ts")).recordLive(args, io),
};
