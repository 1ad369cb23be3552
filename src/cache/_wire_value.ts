/**
 * Careful reading of values that were parsed from JSON but never checked: what
 * is not of the wanted type counts as not supplied.
 *
 * @module
 */

import type { WireObject } from "./wire_object.ts";

/** Tells whether a value is a JSON object. */
export function isWireObject(value: unknown): value is WireObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value if it is a string, or its text if it is a number. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  return typeof value === "number" ? String(value) : undefined;
}

/**
 * The value if it is a number. Text is read as the numbers that JSON cannot
 * write (`NaN`, `Infinity`, `INF`, signed, any case; protocol section 4.5) or as a
 * decimal number, which third-party files hold for ids.
 */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  if (typeof value !== "string") return undefined;
  switch (value.toLowerCase()) {
    case "nan":
      return NaN;
    case "infinity":
    case "inf":
      return Infinity;
    case "-infinity":
    case "-inf":
      return -Infinity;
  }
  const number = Number(value);
  return value.trim() === "" || Number.isNaN(number) ? undefined : number;
}

/** The value if it is a boolean. */
export function booleanOf(value: unknown): boolean | undefined {
  return typeof value === "boolean" ? value : undefined;
}

/** An ISO date as ms since the epoch. */
export function timeOf(value: unknown): number | undefined {
  if (typeof value !== "string") return undefined;
  const time = Date.parse(value);
  return Number.isNaN(time) ? undefined : time;
}

/** The strings of an array. */
export function textsOf(value: unknown): readonly string[] | undefined {
  return Array.isArray(value)
    ? value.filter((item) => typeof item === "string")
    : undefined;
}
