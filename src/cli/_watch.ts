/** What the command `watch` does. */

import type { Arguments } from "./_arguments.ts";
import { ExitCode } from "./_command.ts";
import type { CliIo } from "./cli_io.ts";
import { readCredentials } from "./_credentials.ts";
import { follow } from "./_follow.ts";
import { LiveBoard } from "./_live_board.ts";
import { openClient } from "./_live_client.ts";
import { checkWasLive, explained } from "./_live_failure.ts";
import { DEFAULT_EVERY_SECONDS } from "./_live_help.ts";
import { everyMsOf, limitsOf, liveOptionsOf } from "./_live_options.ts";

/** Runs the command. */
export async function watch(args: Arguments, io: CliIo): Promise<number> {
  const options = await liveOptionsOf(args);
  const limits = limitsOf(args);
  const everyMs = everyMsOf(args) ?? DEFAULT_EVERY_SECONDS * 1000;
  const credentials = await readCredentials(options.credentialsPath, io);
  const board = new LiveBoard({ target: `${options.host}:${options.port}` });
  try {
    await using client = openClient(options, credentials, board);
    await follow({
      batches: client,
      client,
      board,
      limits,
      isJson: args.has("json"),
      showsMarkets: true,
      everyMs,
    }, io);
    io.signal?.throwIfAborted();
    checkWasLive(board.wasLive, client.health.lastError?.message);
  } catch (error) {
    throw explained(error, "watch");
  }
  return ExitCode.OK;
}
