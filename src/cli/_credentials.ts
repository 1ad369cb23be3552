/** Who logs in. See {@linkcode Credentials}. */

import { readFile, stat } from "node:fs/promises";
import process from "node:process";
import { LoginOptionError } from "../client/login_option_error.ts";
import { checkClientCertificate } from "../client/client_certificate.ts";
import { Secret } from "../client/secret.ts";
import { CommandError } from "./_command_error.ts";
import type { CliIo } from "./cli_io.ts";
import { printable } from "./_format.ts";
import { paintFor } from "./_paint.ts";

/** Variables of the environment, and names in a file of credentials. */
const NAMES = [
  "BETFAIR_APP_KEY",
  "BETFAIR_SESSION",
  "BETFAIR_USERNAME",
  "BETFAIR_PASSWORD",
  "BETFAIR_CERT_FILE",
  "BETFAIR_KEY_FILE",
] as const;
type Name = typeof NAMES[number];

/** Names that say whose account it is. */
const ACCOUNT_NAMES: readonly Name[] = [
  "BETFAIR_SESSION",
  "BETFAIR_USERNAME",
  "BETFAIR_PASSWORD",
];

/** Names whose values are paths. */
const NAMES_OF_FILES: ReadonlySet<string> = new Set([
  "BETFAIR_CERT_FILE",
  "BETFAIR_KEY_FILE",
]);

/** More is no file of credentials. */
const MAX_FILE_BYTES = 64 * 1024;
/** Bits of a file's mode that let others read it. */
const OTHERS_MAY_READ = 0o044;

/** Credentials that were found. */
export interface Credentials {
  readonly appKey: Secret;
  /** A token that is there already. */
  readonly session: Secret | undefined;
  /** What a login takes. */
  readonly login: LoginCredentials | undefined;
}

/** What a login takes. */
export interface LoginCredentials {
  readonly username: Secret;
  readonly password: Secret;
  readonly certificate:
    | { readonly cert: string; readonly key: Secret }
    | undefined;
}

/**
 * Finds credentials.
 *
 * @param path A file of credentials. What it leaves out comes from the environment,
 * but for session and login if it has any of them.
 * @param io Gives the environment; is warned of a file that others can read.
 * @throws {CommandError} when some are missing; it holds no values.
 */
export async function readCredentials(
  path: string | undefined,
  io: CliIo,
): Promise<Credentials> {
  const file = path === undefined ? new Map() : await readNames(path, io);
  const namesAccount = ACCOUNT_NAMES.some((name) => file.has(name));
  const values = new Map<Name, string>();
  for (const name of NAMES) {
    // What the environment has been left with could be another account's.
    const isForeign = namesAccount && ACCOUNT_NAMES.includes(name);
    const value = file.get(name) ??
      (isForeign ? undefined : io.environment?.(name));
    if (value === undefined || value === "") continue;
    if (!NAMES_OF_FILES.has(name) && /[\r\n]/.test(value)) {
      throw new CommandError(`${name} must be one line: it is not`);
    }
    values.set(name, value);
  }
  const appKey = values.get("BETFAIR_APP_KEY");
  const session = values.get("BETFAIR_SESSION");
  if (appKey === undefined) throw missing(["BETFAIR_APP_KEY"]);
  return {
    appKey: new Secret(appKey),
    session: session === undefined ? undefined : new Secret(session),
    login: isLogin(values) ? await loginOf(values) : undefined,
  };
}

/** Whether a login is meant: a certificate is none beside a token. */
function isLogin(values: ReadonlyMap<Name, string>): boolean {
  return values.has("BETFAIR_USERNAME") || values.has("BETFAIR_PASSWORD") ||
    !values.has("BETFAIR_SESSION") &&
      (values.has("BETFAIR_CERT_FILE") || values.has("BETFAIR_KEY_FILE"));
}

async function loginOf(
  values: ReadonlyMap<Name, string>,
): Promise<LoginCredentials> {
  const username = values.get("BETFAIR_USERNAME");
  const password = values.get("BETFAIR_PASSWORD");
  const certPath = values.get("BETFAIR_CERT_FILE");
  const keyPath = values.get("BETFAIR_KEY_FILE");
  if (username === undefined || password === undefined) {
    throw missing(["BETFAIR_USERNAME", "BETFAIR_PASSWORD"]);
  }
  if ((certPath === undefined) !== (keyPath === undefined)) {
    throw missing(["BETFAIR_CERT_FILE", "BETFAIR_KEY_FILE"]);
  }
  return {
    username: new Secret(username),
    password: new Secret(password),
    certificate: certPath === undefined || keyPath === undefined
      ? undefined
      : await certificateOf(certPath, keyPath),
  };
}

/** Reads a certificate and its key, which must not be found out at a renewal. */
async function certificateOf(
  certPath: string,
  keyPath: string,
): Promise<NonNullable<LoginCredentials["certificate"]>> {
  // Whatever they are: a key given by mistake may look like a path.
  const certificate = {
    cert: await readText(certPath, fileOf("BETFAIR_CERT_FILE")),
    key: new Secret(await readText(keyPath, fileOf("BETFAIR_KEY_FILE"))),
  };
  try {
    checkClientCertificate(certificate);
  } catch (cause) {
    if (!(cause instanceof LoginOptionError)) throw cause;
    throw new CommandError(cause.message, {
      cause,
      advice: "They come from BETFAIR_CERT_FILE and BETFAIR_KEY_FILE",
    });
  }
  return certificate;
}

/** Names and values in a file. */
async function readNames(
  path: string,
  io: CliIo,
): Promise<ReadonlyMap<string, string>> {
  const name = pathText(path, "--credentials");
  const text = await readText(path, name);
  const { mode } = await stat(path);
  // Windows has no such modes.
  if ((mode & OTHERS_MAY_READ) !== 0 && process.platform !== "win32") {
    const label = paintFor(io, io.stderr)("warning:", "bold", "yellow");
    await io.stderr.write(
      `${label} other users can read ${printable(name)}: chmod 600 it\n`,
    );
  }
  const values = new Map<string, string>();
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (/^\s*(?:#.*)?$/.test(line)) continue;
    const match = /^\s*(?:export\s+)?([A-Z_]+)\s*=\s*(.*?)\s*$/.exec(line);
    const key = match?.[1];
    if (!NAMES.some((known) => known === key)) {
      // The line may hold a secret: it is not quoted.
      throw new CommandError(
        `Cannot read credentials from ${name} as line ${index + 1} must be ` +
          `NAME=value with one of ${NAMES.join(", ")}: it is not`,
      );
    }
    values.set(key!, unquoted(match![2]!));
  }
  return values;
}

function unquoted(value: string): string {
  const match = /^(["'])(.*)\1$/.exec(value);
  return match === null ? value : match[2]!;
}

/** A path as it may be told: not if somebody gave what belongs into the file. */
export function pathText(path: string, name: string): string {
  return /[=\r\n]|-----/.test(path) ? fileOf(name) : path;
}

function fileOf(name: string): string {
  return `the file that ${name} names`;
}

/**
 * Text of a small file.
 *
 * @param path Its path.
 * @param name What errors call it, where the path may be something else by mistake.
 */
export async function readText(
  path: string,
  name: string = path,
): Promise<string> {
  try {
    const { size } = await stat(path);
    if (size > MAX_FILE_BYTES) {
      throw new RangeError(`it must have <= ${MAX_FILE_BYTES} bytes: ${size}`);
    }
    return await readFile(path, "utf8");
  } catch (cause) {
    // The cause quotes the path.
    const isSafe = name === path;
    const reason = !(cause instanceof Error)
      ? "it is not known why"
      : "code" in cause
      ? String(cause.code)
      : isSafe || cause instanceof RangeError
      ? cause.message
      : cause.name;
    throw new CommandError(
      `Cannot read ${name}: ${reason}`,
      isSafe ? { cause } : {},
    );
  }
}

function missing(names: readonly Name[]): CommandError {
  return new CommandError(
    `there are no credentials: ${names.join(" and ")} must be set`,
    {
      advice: "Set them in the environment, or give a file of them with " +
        "--credentials; Deno also needs --allow-env=BETFAIR_*",
    },
  );
}

/** The error for a command that needs a session, and found nothing for it. */
export function missingSession(): CommandError {
  return missing(["BETFAIR_USERNAME", "BETFAIR_PASSWORD"]);
}
