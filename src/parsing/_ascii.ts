/** The bytes that JSON is made of. @module */

export const LF = 0x0a; // "\n"
export const CR = 0x0d; // "\r"
export const TAB = 0x09; // "\t"
export const SPACE = 0x20; // " "
export const QUOTE = 0x22; // '"'
export const COMMA = 0x2c; // ","
export const MINUS = 0x2d; // "-"
export const DOT = 0x2e; // "."
export const ZERO = 0x30; // "0"
export const COLON = 0x3a; // ":"
export const OPEN_BRACKET = 0x5b; // "["
export const BACKSLASH = 0x5c; // "\\"
export const CLOSE_BRACKET = 0x5d; // "]"
export const OPEN_BRACE = 0x7b; // "{"
export const CLOSE_BRACE = 0x7d; // "}"
