/** The native library, for tests. */

import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { libraryName, platformName } from "../../ffi/_library.ts";

/** The build folder: tests in Deno may open libraries in no other. */
const BUILD_DIR = fileURLToPath(new URL("../../.build/", import.meta.url));

/** The library that `deno task build:ffi` makes. */
export const libraryPath: string =
  `${BUILD_DIR}native/${platformName()}/${libraryName()}`;
/** One that tells another ABI version, from `older_abi.c`. */
export const olderAbiPath: string =
  `${BUILD_DIR}native/${platformName()}/older_abi.${
    libraryName().split(".").at(-1)
  }`;

/**
 * Why native tests cannot run, or `false`. In CI they run regardless, and fail:
 * there the library must have been built.
 */
export const missingLibrary: string | false =
  existsSync(libraryPath) && existsSync(olderAbiPath) || process.env.CI
    ? false
    : "the native library is not built: deno task build:ffi";

/** A folder of its own for a test, where libraries may be opened from. */
export class LibraryFolder implements Disposable {
  readonly path: string = mkdtempSync(`${BUILD_DIR}ffi-test-`);

  /** Path of the library in this folder, which may not exist. */
  get library(): string {
    return `${this.path}/${libraryName()}`;
  }

  /** Puts a copy of a library there. */
  copy(from: string = libraryPath): void {
    copyFileSync(from, this.library);
  }

  /** Puts something else there. */
  write(content: string | Uint8Array): void {
    writeFileSync(this.library, content);
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true });
  }
}

/** The bytes of the library with every occurrence of a text replaced by one of equal length. */
export function patchedLibrary(from: string, to: string): Uint8Array {
  const text = readFileSync(libraryPath, "latin1").replaceAll(from, to);
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
