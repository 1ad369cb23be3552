/** Finds and opens the native library. See {@linkcode openLibrary}. */

import process from "node:process";
import { fileURLToPath } from "node:url";
import * as bun from "./_backend_bun.ts";
import * as deno from "./_backend_deno.ts";
import { inspectLibraryFile } from "./_library_file.ts";
import { ABI_VERSION, type NativeSymbols } from "./_symbols.ts";
import {
  NativeUnavailableError,
  type NativeUnavailableReason,
} from "./native_unavailable_error.ts";

/** Environment variable with the library's path. */
export const PATH_VARIABLE = "BETFAIR_STREAM_NATIVE";

/** An open library. */
export interface NativeLibrary {
  /** Where it was found. */
  readonly path: string;
  /** How it was found, in words. */
  readonly origin: string;
  /** Its functions. */
  readonly symbols: NativeSymbols;
}

/** A place to look at. */
interface Candidate {
  readonly path: string;
  readonly origin: string;
  /** Somebody named it: a fault of it must not go unseen. */
  readonly named: boolean;
}

// Libraries stay open: parsers may outlive any owner that could close them, and
// opening costs milliseconds.
const opened: Map<string, NativeSymbols> = new Map();

/** Name of the library's file. */
export function libraryName(): string {
  if (process.platform === "win32") return "betfair_tape.dll";
  return process.platform === "darwin"
    ? "libbetfair_tape.dylib"
    : "libbetfair_tape.so";
}

/** Name of the folder and of the package for this system. */
export function platformName(): string {
  return `${process.platform}-${process.arch}`;
}

/**
 * Opens the library.
 *
 * @param path The library's path; by default it is searched for.
 * @returns The library.
 * @throws {NativeUnavailableError} when there is none that can be used.
 */
export function openLibrary(path: string | URL | undefined): NativeLibrary {
  let missing: NativeUnavailableError | undefined;
  for (const { path: file, origin, named } of candidates(path)) {
    try {
      return { path: file, origin, symbols: openFile(file) };
    } catch (error) {
      if (!(error instanceof NativeUnavailableError)) throw error;
      // Only the absence of a file that nobody named leads on to the next.
      if (named || error.reason !== "not-found") throw error;
      missing ??= error;
    }
  }
  throw missing ?? new NativeUnavailableError({
    reason: "not-found",
    detail:
      `no library for ${platformName()}; build one with "${buildCommand()}" or name one in ${PATH_VARIABLE}`,
  });
}

/** What builds the library, in this runtime. */
function buildCommand(): string {
  return "Deno" in globalThis ? "deno task build:ffi" : "bun ffi/build.ts";
}

/** Places to look at, in order. */
function* candidates(
  path: string | URL | undefined,
): Generator<Candidate, void, void> {
  if (path !== undefined) {
    yield { path: toPath(path), origin: "path option", named: true };
    return;
  }
  const variable = readVariable();
  if (variable) {
    yield { path: toPath(variable), origin: PATH_VARIABLE, named: true };
    return;
  }
  const file = `${platformName()}/${libraryName()}`;
  const built = new URL(`../.build/native/${file}`, import.meta.url);
  if (built.protocol === "file:") {
    yield { path: fileURLToPath(built), origin: "build folder", named: false };
  }
  const packaged = resolvePackage(`@betfair-stream/native-${file}`);
  if (packaged !== undefined) {
    yield { path: packaged, origin: "platform package", named: false };
  }
}

/** A bare file name would make the loader search the system's folders. */
function toPath(path: string | URL): string {
  if (path instanceof URL || path.startsWith("file:")) {
    return fileURLToPath(path);
  }
  return /[/\\]/.test(path) ? path : `./${path}`;
}

/** The environment variable, where it may be read without asking. */
function readVariable(): string | undefined {
  if (!("Deno" in globalThis)) return process.env[PATH_VARIABLE];
  const { state } = Deno.permissions.querySync({
    name: "env",
    variable: PATH_VARIABLE,
  });
  return state === "granted" ? Deno.env.get(PATH_VARIABLE) : undefined;
}

/** The path of a file in an installed package. */
function resolvePackage(specifier: string): string | undefined {
  try {
    // By another name, as a publisher cannot rewrite what depends on the platform.
    const { resolve } = import.meta;
    // Bun's needs to know whose it is.
    const url = resolve.call(import.meta, specifier);
    return url.startsWith("file:") ? fileURLToPath(url) : undefined;
  } catch {
    return undefined; // not installed
  }
}

/** Opens one file, once. */
function openFile(path: string): NativeSymbols {
  const known = opened.get(path);
  if (known !== undefined) return known;
  const symbols = openSymbols(path);
  const abi = symbols.betfair_tape_abi();
  if (abi !== ABI_VERSION) {
    throw new NativeUnavailableError({
      reason: "wrong-abi",
      detail:
        `${path} has ABI ${abi}, this package needs ${ABI_VERSION}; build it again`,
      path,
    });
  }
  opened.set(path, symbols);
  return symbols;
}

function openSymbols(path: string): NativeSymbols {
  try {
    if ("Deno" in globalThis) {
      if (!deno.mayOpen(path)) {
        throw new NativeUnavailableError({
          reason: "no-permission",
          detail: `run with --allow-ffi=${path}`,
          path,
        });
      }
      assertWhole(path);
      return deno.openSymbols(path);
    }
    if ("Bun" in globalThis) {
      assertWhole(path);
      return bun.openSymbols(path);
    }
  } catch (cause) {
    if (cause instanceof NativeUnavailableError) throw cause;
    throw failure(path, cause);
  }
  throw new NativeUnavailableError({
    reason: "unsupported-runtime",
    detail: "this runtime is neither Deno nor Bun",
  });
}

/** Refuses a library that is cut off: the system's loader would crash on it. */
function assertWhole(path: string): void {
  if (inspectLibraryFile(path) !== "cut") return;
  throw new NativeUnavailableError({
    reason: "not-a-library",
    detail: `${path} is cut off`,
    path,
  });
}

const DETAILS: Readonly<
  Record<
    Exclude<NativeUnavailableReason, "wrong-abi" | "unsupported-runtime">,
    string
  >
> = {
  "no-permission": "the permission is missing for",
  "not-found": "there is no file",
  "wrong-architecture": "another system or processor is what they built",
  "not-a-library": "no shared library is in",
  "missing-symbol": "functions are missing from",
};

/** Makes sense of what the runtime's loader threw. */
function failure(path: string, cause: unknown): NativeUnavailableError {
  const message = cause instanceof Error ? cause.message : String(cause);
  const name = cause instanceof Error ? cause.name : "";
  const reason = reasonOf(path, name, message);
  return new NativeUnavailableError({
    reason,
    detail: `${DETAILS[reason]} ${path}`,
    path,
    cause,
  });
}

function reasonOf(
  path: string,
  name: string,
  message: string,
): keyof typeof DETAILS {
  if (name === "NotCapable") return "no-permission";
  if (/symbol/i.test(message) && !/ELF|Mach-O/i.test(message)) {
    return "missing-symbol";
  }
  switch (inspectLibraryFile(path)) {
    case "missing":
      return "not-found";
    case "foreign":
      return "wrong-architecture";
    case "other":
    case "cut":
      return "not-a-library";
    case "library":
      return "not-a-library"; // damaged, or its own libraries are missing
  }
  // The file may not be read, so the loader's words are all there is.
  if (/wrong ELF class|incompatible architecture|Exec format/i.test(message)) {
    return "wrong-architecture";
  }
  if (/no such file|cannot open shared object|not found/i.test(message)) {
    return "not-found";
  }
  return "not-a-library";
}
