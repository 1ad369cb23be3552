/** Archives, which are told apart from recordings and not read. @module */

import type { SourceChunk } from "./byte_source.ts";
import type { ByteWindow } from "./_byte_window.ts";
import { type Container, latin1 } from "./_container.ts";
import { ReplaySourceError } from "./replay_source_error.ts";

/** Where a tar header says what it is. */
const TAR_MAGIC_AT = 257;

// A zip begins with the header of a file, or is empty.
const ZIP_MAGICS: readonly string[] = ["PK\x03\x04", "PK\x05\x06"];

/** What purchased data come in: the files in it are recordings. */
export const TAR: Container = {
  name: "tar",
  matches: (head) => latin1(head, TAR_MAGIC_AT, 5) === "ustar",
  decode: (window, source) => refuse("tar", window, source),
};

/** The same in the other common format. */
export const ZIP: Container = {
  name: "zip",
  matches: (head) => ZIP_MAGICS.includes(latin1(head, 0, 4)),
  decode: (window, source) => refuse("zip", window, source),
};

/** Says what to do; as lines of text an archive would be thousands of bad ones. */
async function* refuse(
  format: string,
  window: ByteWindow,
  source: string,
): AsyncGenerator<SourceChunk> {
  await window.close();
  yield new ReplaySourceError(
    "archive",
    source,
    `Cannot read "${source}" as it must be unpacked first: it is a ${format} archive`,
  );
}
