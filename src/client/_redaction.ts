/** Keeping what a client knows to be secret out of what it tells. @module */

import type { InvalidLineError } from "../parsing/invalid_line_error.ts";
import type { Secret } from "./secret.ts";

/** So many first characters of a secret give it away at the end of a text that was cut. */
const MIN_BEGINNING = 4;

/** How a text ends that was cut. */
const CUT = "…";

/**
 * Replaces secrets in a text, and the beginning of one where the text was cut.
 *
 * @param text Text that the exchange sent, or that quotes what it sent.
 * @param secrets What must not be told.
 * @returns The text without them.
 */
export function redact(text: string, secrets: Iterable<Secret>): string {
  // The longest first: one may be a part of another.
  const values = [...secrets].sort((a, b) =>
    b.reveal().length - a.reveal().length
  );
  let redacted = text;
  for (const secret of values) {
    redacted = redacted.replaceAll(secret.reveal(), String(secret));
  }
  if (!redacted.endsWith(CUT)) return redacted;
  for (const secret of values) {
    const value = secret.reveal();
    for (let length = value.length - 1; length >= MIN_BEGINNING; length--) {
      const end = value.slice(0, length) + CUT;
      if (!redacted.endsWith(end)) continue;
      return `${redacted.slice(0, -end.length)}${secret}${CUT}`;
    }
  }
  return redacted;
}

/**
 * Replaces secrets in an error that quotes a line, before anybody is shown it. What
 * it was caused by goes: an engine quotes any part of the line, and parts of secrets.
 *
 * @param error The error, which is changed.
 * @param secrets What must not be told.
 */
export function redactLine(
  error: InvalidLineError,
  secrets: Iterable<Secret>,
): void {
  delete error.cause;
  const { message, preview } = error;
  const redacted = redact(preview, secrets);
  if (redacted === preview) return;
  const stack = error.stack?.replaceAll(preview, redacted);
  Object.assign(error, {
    preview: redacted,
    message: message.replaceAll(preview, redacted),
    stack,
  });
}
