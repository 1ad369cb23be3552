/** What the command `login` does. */

import { login } from "../client/login.ts";
import { LoginError } from "../client/login_error.ts";
import { type Arguments, UsageError } from "./_arguments.ts";
import { ExitCode } from "./_command.ts";
import type { CliIo } from "./cli_io.ts";
import { missingSession, readCredentials } from "./_credentials.ts";
import { durationText } from "./_format.ts";
import { explained } from "./_live_failure.ts";
import {
  identityUrlOf,
  JURISDICTIONS,
  readAuthority,
} from "./_live_options.ts";
import { paintFor } from "./_paint.ts";

/** Runs the command. */
export async function logIn(args: Arguments, io: CliIo): Promise<number> {
  if (args.operands.length > 0) {
    throw new UsageError("login takes no file: see --credentials");
  }
  const jurisdiction = args.choice("jurisdiction", JURISDICTIONS);
  const caPath = args.text("ca");
  const identityUrl = identityUrlOf(args);
  const caCerts = caPath === undefined
    ? undefined
    : [await readAuthority(caPath)];
  const { appKey, login: credentials } = await readCredentials(
    args.text("credentials"),
    io,
  );
  if (credentials === undefined) throw missingSession();
  const showsToken = args.has("token");
  try {
    const session = await login({
      appKey,
      ...credentials,
      jurisdiction,
      identityUrl,
      caCerts,
      signal: io.signal,
    });
    if (showsToken) {
      await io.stdout.write(`${session.token.reveal()}\n`);
      return ExitCode.OK;
    }
    const { isLimited, lifeMs } = session;
    const how = credentials.certificate === undefined
      ? "interactive"
      : "certificate";
    // A token that nobody has seen is of no use to anybody.
    await session.logout(io.signal);
    await io.stdout.write(
      args.has("json")
        ? JSON.stringify({ ok: true, how, isLimited, lifeMs }) + "\n"
        : `${
          paintFor(io, io.stdout)("logged in", "bold", "green")
        }, and out again: ` +
          `${how} login, ${isLimited ? "limited" : "full"} access; a session ` +
          `lives ${durationText(lifeMs)} at least unless kept alive\n`,
    );
  } catch (error) {
    if (args.has("json") && error instanceof LoginError) {
      const { call, code, advice, httpStatus, isTransient } = error;
      await io.stdout.write(
        JSON.stringify({
          ok: false,
          call,
          code,
          advice,
          httpStatus: httpStatus ?? null,
          isTransient,
        }) + "\n",
      );
    }
    throw explained(error, "login");
  }
  return ExitCode.OK;
}
