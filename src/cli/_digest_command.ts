/** The command `digest`. See {@linkcode digestCommand}. */

import { createHash } from "node:crypto";
import type { StreamCache } from "../cache/stream_cache.ts";
import type { ChangeParser } from "../parsing/change_parser.ts";
import { replay } from "../replay/replay.ts";
import { resolveSources } from "../replay/resolve_sources.ts";
import { type Arguments, UsageError } from "./_arguments.ts";
import { type Command, ExitCode } from "./_command.ts";
import type { CliIo } from "./cli_io.ts";
import { printable } from "./_format.ts";
import { BACKEND_HELP, BACKENDS, openCommandParser } from "./_open_parser.ts";
import { paintFor } from "./_paint.ts";
import { ProgressLine } from "./_progress.ts";
import { stateText } from "./_state_text.ts";
import { Troubles } from "./_troubles.ts";

/** Prints hashes of the state that recordings leave behind. */
export const digestCommand: Command = {
  name: "digest",
  summary: "print a hash of the whole state, to compare machines and parsers",
  help:
    `Prints the SHA-256 of all that the caches hold after a recording, and with
--every also on the way: lines of a message number, a tab and the hash. The same
recording gives the same lines on every machine, runtime and parser backend.

Nothing is dropped for it: closed markets and complete orders stay, and each
segment of a message counts at once. Every message has a number, from 1:
heartbeats, connection and status messages too; lines that cannot be read have
none.

Usage:
  deno task cli digest [options] file or folder…

Options:
  --every N        also after every N messages
  ${BACKEND_HELP}
  --json           print JSON
  -h, --help       this text

Each file is digested for itself, under its name if there are several. The exit
code is 1 if anything could not be read, since the hash is then not that of the
whole recording.

Examples:
  deno task cli digest 1.241629436.bz2
  deno task cli digest --every 500 --backend json 1.241629436.bz2
`,
  options: { every: "value", backend: "value", json: "flag" },
  run,
};

/** State after a message. */
interface Digest {
  /** Number of the message, from 1; 0 for a recording without any. */
  readonly n: number;
  /** Hash in hex. */
  readonly sha256: string;
}

async function run(args: Arguments, io: CliIo): Promise<number> {
  const every = args.integer("every", 1, Number.MAX_SAFE_INTEGER) ?? Infinity;
  const backend = args.choice("backend", BACKENDS);
  if (args.operands.length === 0) {
    throw new UsageError("digest needs a file or folder");
  }
  const { sources } = await resolveSources(args.operands);
  using opened = await openCommandParser(backend);
  const { parser } = opened;
  const results: { file: string; digests: Digest[] }[] = [];
  const troubles = new Troubles();
  for (const { name } of sources) {
    const digests = digestsOf(name, { every, parser }, troubles, io);
    if (args.has("json")) {
      const all: Digest[] = [];
      for await (const digest of digests) all.push(digest);
      results.push({ file: name, digests: all });
      continue;
    }
    if (sources.length > 1) await io.stdout.write(`${printable(name)}:\n`);
    for await (const { n, sha256 } of digests) {
      await io.stdout.write(`${n}\t${sha256}\n`);
    }
  }
  if (args.has("json")) {
    await io.stdout.write(JSON.stringify(results, null, 2) + "\n");
  }
  await troubles.report(io.stderr, paintFor(io, io.stderr));
  return troubles.hasAny ? ExitCode.FAILED : ExitCode.OK;
}

interface DigestOptions {
  readonly every: number;
  readonly parser: ChangeParser;
}

/** Digests one file. */
async function* digestsOf(
  path: string,
  { every, parser }: DigestOptions,
  troubles: Troubles,
  io: CliIo,
): AsyncGenerator<Digest> {
  const session = replay(path, {
    parser,
    signal: io.signal,
    closedRetentionMs: Infinity,
    completedOrders: "keep",
    holdSegments: false,
  });
  const progress = new ProgressLine(io);
  let n = 0;
  let digested = -1;
  try {
    for await (const batch of session) {
      for (const update of batch) {
        if (update.error !== undefined) {
          troubles.note(update.error, update);
          continue;
        }
        troubles.noteMessage(update.source);
        n++;
        if (n % every !== 0) continue;
        digested = n;
        const sha256 = digestOf(session.cache);
        await progress.clear();
        yield { n, sha256 };
      }
      await progress.update(() => session.stats);
    }
  } finally {
    await progress.clear();
  }
  if (digested !== n) yield { n, sha256: digestOf(session.cache) };
}

function digestOf(cache: StreamCache): string {
  return createHash("sha256").update(stateText(cache)).digest("hex");
}
