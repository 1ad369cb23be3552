/** Values as JSON. See {@linkcode jsonText}. */

/**
 * Writes a value as JSON. Numbers that JSON does not know are texts, as on the wire
 * (protocol section 4.5): `null` would say that there is none.
 *
 * @param value The value.
 * @param indent Spaces to indent parts with; by default all is one line.
 */
export function jsonText(value: unknown, indent?: number): string {
  return JSON.stringify(
    value,
    (_key, part: unknown) =>
      typeof part === "number" && !Number.isFinite(part) ? String(part) : part,
    indent,
  );
}
