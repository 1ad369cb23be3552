/**
 * The schema's types: each function takes one value out of an object that
 * `JSON.parse` made, or throws {@linkcode SchemaError}. Absent and null are one.
 *
 * @module
 */

import { MAX_LEVEL } from "../tape/layout.ts";

/** An object as `JSON.parse` returns it. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** A known key has a value that the schema does not allow. Caught in this folder. */
export class SchemaError extends TypeError {
  override name: string = "SchemaError";

  constructor(path: string, wanted: string) {
    super(`"${path}" must be ${wanted}`);
  }
}

const NUMBER_WORD = /^(?:nan|(-?)inf(?:inity)?)$/i;
const INTEGER = /^-?[0-9]+$/;

/** Writes a number if there is one; false if the key is absent or null. */
export function putNumber(
  slots: Float64Array,
  at: number,
  object: JsonObject,
  key: string,
  path = "",
): boolean {
  const value = object[key] ?? undefined;
  if (value === undefined) return false;
  if (typeof value !== "number") {
    throw new SchemaError(join(path, key), "a number");
  }
  slots[at] = value;
  return true;
}

/** As {@linkcode putNumber}, for keys that may also be a string such as "NaN". */
export function putScalar(
  slots: Float64Array,
  at: number,
  object: JsonObject,
  key: string,
  path: string,
): boolean {
  const value = object[key];
  if (typeof value !== "string") return putNumber(slots, at, object, key, path);
  const word = NUMBER_WORD.exec(value);
  if (word === null) {
    throw new SchemaError(join(path, key), `a number, "NaN" or "Infinity"`);
  }
  slots[at] = word[1] === undefined
    ? NaN
    : word[1] === "-"
    ? -Infinity
    : Infinity;
  return true;
}

/** Whether there is a token: a string, or a number as old race files have it. */
export function hasToken(message: JsonObject, key: string): boolean {
  const value = message[key] ?? undefined;
  if (value === undefined) return false;
  if (typeof value === "string" || typeof value === "number") return true;
  throw new SchemaError(key, "a string or a number");
}

/** The code of an enumerated string; 0 without one. */
export function codeOf(
  message: JsonObject,
  key: string,
  codes: ReadonlyMap<string, number>,
  other: number,
): number {
  const value = message[key] ?? undefined;
  if (value === undefined) return 0;
  if (typeof value !== "string") throw new SchemaError(key, "a string");
  return codes.get(value) ?? other;
}

/** True or false, if there. */
export function booleanOf(
  object: JsonObject,
  key: string,
  path: string,
): boolean | undefined {
  const value = object[key] ?? undefined;
  if (value === undefined || typeof value === "boolean") return value;
  throw new SchemaError(join(path, key), "true or false");
}

/** The array, if there is one. */
export function arrayOf(
  object: JsonObject,
  key: string,
  path: string,
): readonly unknown[] | undefined {
  const value = object[key] ?? undefined;
  if (value === undefined || Array.isArray(value)) return value;
  throw new SchemaError(join(path, key), "an array");
}

/** The value, which must be an object. */
export function objectOf(value: unknown, path: string): JsonObject {
  if (isJsonObject(value)) return value;
  throw new SchemaError(path, "an object");
}

/** Whether a value that `JSON.parse` returned is an object, and no array. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The selection id, which must be there. */
export function selectionIdOf(id: unknown, path: string): number {
  if (typeof id === "number") return id;
  if (typeof id === "string" && INTEGER.test(id)) return Number(id);
  throw new SchemaError(`${path}.id`, "a number or a string of digits");
}

/** The level that a number is: an index, so never -0. */
export function levelOf(level: number, path: string, row: number): number {
  if (Number.isInteger(level) && level >= 0 && level <= MAX_LEVEL) {
    return level + 0;
  }
  throw new SchemaError(
    `${path}[${row}][0]`,
    `an integer from 0 to ${MAX_LEVEL}`,
  );
}

function join(path: string, key: string): string {
  return path === "" ? key : `${path}.${key}`;
}
