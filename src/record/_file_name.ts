/** Names of recordings, out of ids that a server chose. */

const SAFE = /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/;
const UNSAFE_CHARACTER = /[^A-Za-z0-9._-]/gu;

const NUMBER_DIGITS = 6;
const MAX_NUMBER = 10 ** NUMBER_DIGITS - 1;

/** How names end of what a market has besides prices; see `_change_lists.ts`. */
const SUFFIX = /\.(?=(?:orders|race|cricket)$)/;

// Systems allow 255 bytes, of which the endings take some.
const MAX_LENGTH = 120;

/**
 * An id as a part of a file name. Ids as they are in practice stay the same;
 * anything that could name another folder, hide the file or be too long does not.
 * Different ids give different parts, but for those that are longer than 120.
 */
export function fileNamePart(id: string): string {
  if (id.length <= MAX_LENGTH && SAFE.test(id) && !SUFFIX.test(id)) return id;
  const escaped = id
    .replace(UNSAFE_CHARACTER, escapeOf)
    .replace(SUFFIX, escapeOf)
    .replace(/^\./, escapeOf);
  return escaped.slice(0, MAX_LENGTH) || "%";
}

/** A character by its number, with an end: digits may follow. */
function escapeOf(character: string): string {
  return `%${character.codePointAt(0)!.toString(16)}_`;
}

/** A time without characters that systems dislike: `20261125T190856123Z`. */
export function timeStamp(ms: number): string {
  return new Date(ms).toISOString().replace(/[-:.]/g, "");
}

/**
 * The number of a recording among those that have the same name otherwise. As
 * texts they sort like the numbers, so that a folder is replayed in the order of
 * writing.
 *
 * @throws {RangeError} when it has too many digits for that.
 */
export function numberText(number: number): string {
  if (number > MAX_NUMBER) {
    throw new RangeError(
      `Cannot name recording as its number must be at most ${MAX_NUMBER}: ${number}`,
    );
  }
  return String(number).padStart(NUMBER_DIGITS, "0");
}
