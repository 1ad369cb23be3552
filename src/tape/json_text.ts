/** Strings that a tape refers to by range. @module */

// JSON.parse keeps a byte order mark at the start of a string, so the decoder must.
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * Decodes the content of a JSON string.
 *
 * @param bytes What contains it.
 * @param start Offset behind its opening quote.
 * @param end Offset of its closing quote.
 * @returns The string as `JSON.parse` reads it.
 */
export function decodeJsonText(
  bytes: Uint8Array,
  start: number,
  end: number,
): string {
  const text = decoder.decode(bytes.subarray(start, end));
  if (!text.includes("\\")) return text;
  const value: unknown = JSON.parse(`"${text}"`);
  return String(value);
}
