/** Names of recordings, out of ids that a server chose. */

const SAFE = /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/;
const UNSAFE_CHARACTER = /[^A-Za-z0-9._-]/gu;

// Systems allow 255 bytes, of which the endings take some.
const MAX_LENGTH = 120;

/**
 * An id as a part of a file name. Ids as they are in practice stay the same;
 * anything that could name another folder, hide the file or be too long does not.
 * Different ids give different parts, but for those that are longer than 120.
 */
export function fileNamePart(id: string): string {
  if (id.length <= MAX_LENGTH && SAFE.test(id)) return id;
  const escaped = id
    .replace(UNSAFE_CHARACTER, (c) => `%${c.codePointAt(0)!.toString(16)}`)
    .replace(/^\./, "%2e");
  return escaped.slice(0, MAX_LENGTH) || "%";
}

/** A time without characters that systems dislike: `20261125T190856123Z`. */
export function timeStamp(ms: number): string {
  return new Date(ms).toISOString().replace(/[-:.]/g, "");
}
