/** The parser that options ask for. See {@linkcode parserFor}. */

import type { ChangeParser } from "./change_parser.ts";
import { type BackendChoice, openParser } from "./open_parser.ts";

/**
 * Takes the parser that is given, or opens one.
 *
 * @param doing What it is for, in words that continue "Cannot".
 * @param given The parser to use.
 * @param backend Which backend to use otherwise.
 * @returns The parser.
 * @throws {TypeError} when there are both, as the second would do nothing; or the
 * backend is none.
 * @internal
 */
export function parserFor(
  doing: string,
  given: ChangeParser | undefined,
  backend: BackendChoice | undefined,
): ChangeParser {
  if (given === undefined) return openParser({ backend }).parser;
  if (backend === undefined) return given;
  throw new TypeError(
    `Cannot ${doing} as "backend" must be left out beside a parser: it would do nothing here`,
  );
}
