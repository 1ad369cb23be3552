/**
 * Keeping secrets out of errors: session tokens, application keys, passwords.
 * They stand in requests only, which recorders of both directions keep too.
 *
 * @module
 */

const KEYS = "session|appkey|password|x-application|x-authentication";

// Quotes may be missing, as the line may be invalid for lack of them, or be
// escaped, as the request may be quoted in a message.
const CREDENTIAL = new RegExp(
  `((?:${KEYS})\\\\?"?\\s*[:=]\\s*)(\\\\"[^"\\\\]*|"(?:[^"\\\\]|\\\\.)*|[^"\\\\,}\\s]+)`,
  "gi",
);

// An escape may hide a key.
const MENTION = new RegExp(`${KEYS}|\\\\u`, "i");

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
 * Replaces the values of credentials.
 *
 * @param text Text of a line; it need not be valid JSON.
 * @returns The text without them.
 */
export function redactCredentials(text: string): string {
  return text.replace(CREDENTIAL, redact);
}

function redact(_match: string, key: string, value: string): string {
  const quote = value.startsWith('"')
    ? '"'
    : value.startsWith("\\")
    ? '\\"'
    : "";
  return `${key}${quote}[redacted]`;
}
