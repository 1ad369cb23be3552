/** Arguments of a command. See {@linkcode Arguments}. */

import { parseArgs } from "node:util";

/** Options by their long names: `flag` ones take no value. */
export type OptionKinds = Readonly<Record<string, "flag" | "value">>;

const SHORT_NAMES: Readonly<Record<string, string>> = { help: "h" };

/** The arguments were not understood: exit code 2. */
export class UsageError extends Error {
  override readonly name: string = "UsageError";
}

/** Options and operands of a command, checked. */
export class Arguments {
  /** What is not an option: files and folders. */
  readonly operands: readonly string[];
  readonly #values: ReadonlyMap<string, string | true>;

  /**
   * Reads arguments.
   *
   * @throws {UsageError} when an option is not known, or has a value too many or too few.
   */
  constructor(args: readonly string[], kinds: OptionKinds) {
    const all: OptionKinds = { ...kinds, help: "flag" };
    const { tokens } = parseArgs({
      args: [...args],
      // What is wrong is told below, in the same words in every runtime.
      strict: false,
      tokens: true,
      allowPositionals: true,
      options: Object.fromEntries(
        Object.entries(all).map(([name, kind]) => [name, {
          type: kind === "flag" ? "boolean" as const : "string" as const,
          ...SHORT_NAMES[name] === undefined
            ? {}
            : { short: SHORT_NAMES[name] },
        }]),
      ),
    });
    const values = new Map<string, string | true>();
    const operands: string[] = [];
    for (const token of tokens) {
      if (token.kind === "positional") operands.push(token.value);
      if (token.kind !== "option") continue;
      const { name, rawName, value } = token;
      const kind = Object.hasOwn(all, name) ? all[name] : undefined;
      if (kind === undefined) {
        throw new UsageError(
          `there is no option "${rawName}"${suggestion(name, all)}`,
        );
      }
      if (kind === "flag" && value !== undefined) {
        throw new UsageError(`option "${rawName}" takes no value: "${value}"`);
      }
      if (
        kind === "value" &&
        (value === undefined || (!token.inlineValue && /^-[^\d]/.test(value)))
      ) {
        throw new UsageError(`option "${rawName}" needs a value`);
      }
      values.set(name, value ?? true);
    }
    this.#values = values;
    this.operands = operands;
  }

  /** Whether an option without a value was given. */
  has(name: string): boolean {
    return this.#values.has(name);
  }

  /** The value of an option; the last one if it was given several times. */
  text(name: string): string | undefined {
    const value = this.#values.get(name);
    return value === undefined ? undefined : String(value);
  }

  /**
   * The values of an option that takes several, separated by commas.
   *
   * @throws {UsageError} when one of them is empty.
   */
  list(name: string): readonly string[] | undefined {
    const text = this.text(name);
    const values = text?.split(",").map((value) => value.trim());
    if (values?.includes("")) {
      throw new UsageError(
        `option "--${name}" must be values separated by commas: "${text}"`,
      );
    }
    return values;
  }

  /**
   * The value of an option as a number > 0.
   *
   * @throws {UsageError} when it is none, or greater than the maximum.
   */
  positive(name: string, max: number): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const number = /^\d*\.?\d+$/.test(text) ? Number(text) : NaN;
    if (!(number > 0 && number <= max)) {
      throw new UsageError(
        `option "--${name}" must be a number > 0 and <= ${max}: "${text}"`,
      );
    }
    return number;
  }

  /**
   * The value of an option out of a few.
   *
   * @throws {UsageError} when it is none of them.
   */
  choice<T extends string>(name: string, choices: readonly T[]): T | undefined {
    const value = this.#values.get(name);
    if (value === undefined) return undefined;
    const choice = choices.find((choice) => choice === value);
    if (choice === undefined) {
      throw new UsageError(
        `option "--${name}" must be one of ${choices.join(", ")}: "${value}"`,
      );
    }
    return choice;
  }

  /**
   * The value of an option as an integer.
   *
   * @throws {UsageError} when it is none, or out of range.
   */
  integer(name: string, min: number, max: number): number | undefined {
    const value = this.#values.get(name);
    if (value === undefined) return undefined;
    const number = /^-?\d+$/.test(String(value)) ? Number(value) : NaN;
    if (!(number >= min && number <= max)) {
      const from = min === Number.MIN_SAFE_INTEGER ? "" : ` >= ${min}`;
      const to = max === Number.MAX_SAFE_INTEGER ? "" : ` <= ${max}`;
      throw new UsageError(
        `option "--${name}" must be an integer${from}${
          from && to && " and"
        }${to}: "${value}"`,
      );
    }
    return number;
  }
}

function suggestion(name: string, kinds: OptionKinds): string {
  const similar = mostSimilar(name, Object.keys(kinds));
  return similar === undefined ? "" : `; did you mean "--${similar}"?`;
}

/** The name that was probably meant, if one is near. */
export function mostSimilar(
  name: string,
  names: readonly string[],
): string | undefined {
  const near = names
    .map((candidate) => ({ candidate, edits: editsBetween(name, candidate) }))
    .filter(({ candidate, edits }) =>
      edits <= 2 && edits < candidate.length - 1 ||
      (name.length > 2 && candidate.startsWith(name))
    );
  near.sort((a, b) => a.edits - b.edits);
  return near[0]?.candidate;
}

/** Levenshtein distance, row by row. */
function editsBetween(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
