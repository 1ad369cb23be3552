import { MessageSchemaError } from "./message_schema_error.ts";

/** What `JSON.parse` makes of an object. */
export type JsonObject = Readonly<Record<string, unknown>>;

const SPECIAL_SCALAR = /^(?:NaN|-?Infinity|-?INF)$/i;
const DECIMAL_INTEGER = /^-?\d+$/;

/** Whether a value is an object that is no array. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * The steps of a schema check. `null` passes wherever a field may be absent.
 * The path is kept as a stack and only spelled out for an error, so that a
 * check of a valid message creates no strings.
 */
export class SchemaCheck {
  readonly #path: (string | number)[] = [];

  /** Goes down into a field or list index. */
  enter(step: string | number): void {
    this.#path.push(step);
  }

  /** Comes back up. */
  leave(): void {
    this.#path.pop();
  }

  /**
   * Ends the check.
   *
   * @throws {MessageSchemaError} always
   */
  fail(step: string | number, expected: string): never {
    const path = [...this.#path, step].map((part, i) => {
      if (typeof part === "number") return `[${part}]`;
      return i === 0 ? part : `.${part}`;
    });
    throw new MessageSchemaError(path.join(""), expected);
  }

  /** A required string. */
  requiredText(owner: JsonObject, key: string): void {
    if (typeof owner[key] !== "string") this.fail(key, "a string");
  }

  /** An optional string. */
  text(owner: JsonObject, key: string): void {
    const value = owner[key] ?? undefined;
    if (value !== undefined && typeof value !== "string") {
      this.fail(key, "a string");
    }
  }

  /** An optional boolean. */
  flag(owner: JsonObject, key: string): void {
    const value = owner[key] ?? undefined;
    if (value !== undefined && typeof value !== "boolean") {
      this.fail(key, "a boolean");
    }
  }

  /** An optional number. */
  number(owner: JsonObject, key: string): void {
    const value = owner[key] ?? undefined;
    if (value !== undefined && typeof value !== "number") {
      this.fail(key, "a number");
    }
  }

  /** An optional string or number. */
  token(owner: JsonObject, key: string): void {
    const value = owner[key] ?? undefined;
    if (
      value !== undefined && typeof value !== "string" &&
      typeof value !== "number"
    ) this.fail(key, "a string or a number");
  }

  /** An optional number, or text for one that JSON cannot write. */
  scalar(owner: JsonObject, key: string): void {
    const value = owner[key] ?? undefined;
    if (value === undefined || typeof value === "number") return;
    if (typeof value === "string" && SPECIAL_SCALAR.test(value)) return;
    this.fail(key, "a number, NaN or Infinity");
  }

  /** A required selection id. */
  selectionId(owner: JsonObject): void {
    const value = owner["id"];
    if (typeof value === "number") return;
    if (typeof value === "string" && DECIMAL_INTEGER.test(value)) return;
    this.fail("id", "an integer");
  }

  /** An optional object. */
  object(owner: JsonObject, key: string): JsonObject | undefined {
    const value = owner[key] ?? undefined;
    if (value === undefined || isJsonObject(value)) return value;
    this.fail(key, "an object");
  }

  /** An optional list, each item of which is an object that `check` looks into. */
  objects(
    owner: JsonObject,
    key: string,
    check: (check: this, item: JsonObject) => void,
  ): void {
    const value = owner[key] ?? undefined;
    if (value === undefined) return;
    if (!Array.isArray(value)) this.fail(key, "an array");
    this.enter(key);
    for (let i = 0; i < value.length; i++) {
      const item: unknown = value[i];
      if (!isJsonObject(item)) this.fail(i, "an object");
      this.enter(i);
      check(this, item);
      this.leave();
    }
    this.leave();
  }

  /** An optional list of rows of so many numbers; of three, the first is a level up to `maxLevel`. */
  rows(owner: JsonObject, key: string, width: 2 | 3, maxLevel: number): void {
    const value = owner[key] ?? undefined;
    if (value === undefined) return;
    if (!Array.isArray(value)) this.fail(key, "an array");
    for (let i = 0; i < value.length; i++) {
      if (isRow(value[i], width, maxLevel)) continue;
      this.enter(key);
      this.fail(
        i,
        width === 2
          ? "an array of 2 numbers"
          : `an array of 3 numbers with a level in 0 to ${maxLevel}`,
      );
    }
  }
}

function isRow(row: unknown, width: 2 | 3, maxLevel: number): boolean {
  if (!Array.isArray(row) || row.length !== width) return false;
  if (typeof row[0] !== "number" || typeof row[1] !== "number") return false;
  if (width === 2) return true;
  const level = row[0];
  return typeof row[2] === "number" && Number.isInteger(level) && level >= 0 &&
    level <= maxLevel;
}
