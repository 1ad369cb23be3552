/**
 * Keeping secrets out of errors: session tokens, application keys, passwords.
 * They stand in requests and replies only, which recorders of both directions keep
 * too, in whatever form.
 *
 * @module
 */

const KEYS =
  "session(?:token)?|ssoid|token|appkey|product|password|x-application|x-authentication";

// What is no letter and no digit, and has something of a key's end: a quote, a colon,
// an equals sign, or a control character that may have been one.
const KEY_END = `[^\\p{L}\\p{N}]*?["':=\\p{Cc}]`;

/** A key and its value as JSON has them, or as JSON that is quoted in a string of JSON. */
const INTACT = new RegExp(
  `((?:${KEYS})"\\s*:\\s*")(?:[^"\\\\]|\\\\.)*(?:"(?=\\s*[,}\\]]|\\s*$)|\\\\?$)|` +
    `((?:${KEYS})\\\\"\\s*:\\s*\\\\")[^"\\\\]*(?:\\\\"(?=\\s*[,}\\]])|\\\\?$)`,
  "iuy",
);

/** A key in any form, or an escape of an ASCII character, which may hide one. */
const MENTION = new RegExp(
  `(?:${KEYS})(?=${KEY_END})|\\\\u00[2-7]`,
  "iu",
);

/** The same for more than one. */
const MENTIONS = new RegExp(MENTION.source, "giu");

/** Stands for what is left out. */
const REDACTED = "[redacted]";

/**
 * Tells whether a text may hold credentials, so that errors of engines, which
 * quote from what they parsed, must not be kept.
 *
 * @param text Text of a line.
 * @returns Whether it may.
 */
export function mayHoldCredentials(text: string): boolean {
  return MENTION.test(text);
}

/**
 * Replaces the values of credentials. Where it is not certain which part of a text
 * is the value, as in a damaged line, all that follows the key is left out.
 *
 * @param text Text of a line; it need not be valid JSON.
 * @returns The text without them.
 */
export function redactCredentials(text: string): string {
  let redacted = "";
  let at = 0;
  MENTIONS.lastIndex = 0;
  for (
    let mention = MENTIONS.exec(text);
    mention !== null;
    mention = MENTIONS.exec(text)
  ) {
    INTACT.lastIndex = mention.index;
    const intact = INTACT.exec(text);
    if (intact === null) {
      const key = mention[0];
      return redacted + text.slice(at, mention.index) + key + REDACTED;
    }
    const [whole, plain, quoted] = intact;
    redacted += text.slice(at, mention.index) + (plain ?? quoted) + REDACTED +
      /(?:\\?")?$/.exec(whole.slice((plain ?? quoted)!.length))![0];
    at = mention.index + whole.length;
    MENTIONS.lastIndex = at;
  }
  return redacted + text.slice(at);
}
