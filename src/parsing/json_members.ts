/**
 * Finding where values stand in the bytes of a JSON text that `JSON.parse` has
 * already accepted. Nothing is checked here: on anything but valid JSON the
 * results are meaningless. Nesting costs no stack.
 *
 * @module
 */

const QUOTE = 0x22; // '"'
const COMMA = 0x2c; // ","
const OPEN_BRACKET = 0x5b; // "["
const BACKSLASH = 0x5c; // "\\"
const CLOSE_BRACKET = 0x5d; // "]"
const OPEN_BRACE = 0x7b; // "{"
const CLOSE_BRACE = 0x7d; // "}"
const SPACE = 0x20; // " ": the greatest byte that is JSON white space

const decoder = new TextDecoder();

/**
 * Walks the members of an object.
 *
 * ```ts ignore
 * const members = new JsonMembers(bytes, offsetOfBrace);
 * while (members.next()) if (members.keyIs("clk")) use(members.start, members.end);
 * ```
 */
export class JsonMembers {
  /** Offset of the member's value. */
  start = 0;
  /** Offset behind the member's value. */
  end = 0;

  readonly #bytes: Uint8Array;
  #keyStart = 0;
  #keyEnd = 0;
  #at: number;

  /**
   * Stands before the first member.
   *
   * @param bytes What contains the object.
   * @param brace Offset of its `{`.
   */
  constructor(bytes: Uint8Array, brace: number) {
    this.#bytes = bytes;
    this.#at = brace + 1;
  }

  /** Goes to the next member; false behind the last. */
  next(): boolean {
    const bytes = this.#bytes;
    let at = skipSpace(bytes, this.#at);
    if (bytes[at] === COMMA) at = skipSpace(bytes, at + 1);
    if (bytes[at] === CLOSE_BRACE) return false;
    this.#keyStart = at + 1;
    at = skipString(bytes, at);
    this.#keyEnd = at - 1;
    this.start = skipSpace(bytes, skipSpace(bytes, at) + 1); // + 1 for the colon
    this.end = this.#at = skipValue(bytes, this.start);
    return true;
  }

  /** Whether the member's key is this, however it is escaped. */
  keyIs(key: string): boolean {
    const bytes = this.#bytes;
    const start = this.#keyStart;
    const end = this.#keyEnd;
    for (let i = start; i < end; i++) {
      if (bytes[i] === BACKSLASH) {
        return JSON.parse(
          decoder.decode(bytes.subarray(start - 1, end + 1)),
        ) === key;
      }
    }
    if (end - start !== key.length) return false;
    for (let i = start; i < end; i++) {
      if (bytes[i] !== key.charCodeAt(i - start)) return false;
    }
    return true;
  }
}

/** Walks the elements of an array, as {@linkcode JsonMembers} the members of an object. */
export class JsonElements {
  /** Offset of the element. */
  start = 0;
  /** Offset behind the element. */
  end = 0;

  readonly #bytes: Uint8Array;
  #at: number;

  /**
   * Stands before the first element.
   *
   * @param bytes What contains the array.
   * @param bracket Offset of its `[`.
   */
  constructor(bytes: Uint8Array, bracket: number) {
    this.#bytes = bytes;
    this.#at = bracket + 1;
  }

  /** Goes to the next element; false behind the last. */
  next(): boolean {
    const bytes = this.#bytes;
    let at = skipSpace(bytes, this.#at);
    if (bytes[at] === COMMA) at = skipSpace(bytes, at + 1);
    if (bytes[at] === CLOSE_BRACKET) return false;
    this.start = at;
    this.end = this.#at = skipValue(bytes, at);
    return true;
  }
}

/** Offset of the first byte from here on that is no white space. */
export function skipSpace(bytes: Uint8Array, at: number): number {
  while (bytes[at]! <= SPACE) at++;
  return at;
}

/** Offset behind the string whose opening quote is here. */
function skipString(bytes: Uint8Array, at: number): number {
  for (at++; bytes[at] !== QUOTE; at++) {
    if (bytes[at] === BACKSLASH) at++;
  }
  return at + 1;
}

/** Offset behind the value that begins here. */
function skipValue(bytes: Uint8Array, at: number): number {
  const first = bytes[at];
  if (first === QUOTE) return skipString(bytes, at);
  if (first === OPEN_BRACE || first === OPEN_BRACKET) {
    return skipNested(bytes, at);
  }
  // A number or a word: up to what can follow a value.
  let byte = first!;
  while (
    byte > SPACE && byte !== COMMA && byte !== CLOSE_BRACKET &&
    byte !== CLOSE_BRACE
  ) {
    byte = bytes[++at]!;
  }
  return at;
}

/** Offset behind the object or array that begins here. */
function skipNested(bytes: Uint8Array, at: number): number {
  let depth = 0;
  do {
    switch (bytes[at]) {
      case QUOTE:
        at = skipString(bytes, at);
        continue;
      case OPEN_BRACE:
      case OPEN_BRACKET:
        depth++;
        break;
      case CLOSE_BRACE:
      case CLOSE_BRACKET:
        depth--;
    }
    at++;
  } while (depth > 0);
  return at;
}
