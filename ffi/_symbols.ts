/**
 * The C interface of `native/betfair_tape.h`, once for both runtimes.
 *
 * Only `buffer`, `u32` and `i32`: everything else leaves the fast path of one
 * runtime or the other, and a pointer that JavaScript holds would need the
 * unrestricted FFI permission in Deno. So the library keeps its pointer in a
 * buffer of ours, the state.
 *
 * @module
 */

/** Version of the interface that this file describes; the library tells its own. */
export const ABI_VERSION = 1;

/** Functions of the library, in the order of the header. */
export const SYMBOLS = {
  /** Version that the library was built with. */
  betfair_tape_abi: { parameters: [], result: "u32" },
  /** Opens a parser: a status. */
  betfair_tape_open: {
    parameters: [
      "buffer", // betfair_tape_state *state
      "buffer", // const uint8_t *kernel
      "u32", // uint32_t kernel_length
    ],
    result: "i32",
  },
  /** Parses lines: a status. */
  betfair_tape_parse: {
    parameters: [
      "buffer", // betfair_tape_state *state
      "buffer", // const uint8_t *bytes
      "u32", // uint32_t start
      "u32", // uint32_t end
      "buffer", // double *slots
      "u32", // uint32_t capacity
      "u32", // uint32_t used
      "u32", // uint32_t line
    ],
    result: "i32",
  },
  /** Names the kernel in use: bytes written, or a status below 0. */
  betfair_tape_kernel: {
    parameters: [
      "buffer", // const betfair_tape_state *state
      "buffer", // uint8_t *name
      "u32", // uint32_t capacity
    ],
    result: "i32",
  },
  /** Frees a parser. */
  betfair_tape_close: {
    parameters: [
      "buffer", // betfair_tape_state *state
    ],
    result: "void",
  },
} as const;

/** The functions as JavaScript sees them, in either runtime. */
export interface NativeSymbols {
  betfair_tape_abi(): number;
  betfair_tape_open(
    state: Uint32Array,
    kernel: Uint8Array,
    kernelLength: number,
  ): number;
  betfair_tape_parse(
    state: Uint32Array,
    bytes: Uint8Array,
    start: number,
    end: number,
    slots: Float64Array,
    capacity: number,
    used: number,
    line: number,
  ): number;
  betfair_tape_kernel(
    state: Uint32Array,
    name: Uint8Array,
    capacity: number,
  ): number;
  betfair_tape_close(state: Uint32Array): void;
}

/** `enum betfair_tape_status`. */
export const Status = {
  OK: 0,
  FULL: 1,
  SHAPE: 2,
  ESCAPE: 3,
  DUPLICATE: 4,
  NESTING: 5,
  OTHER: 6,
  NO_MEMORY: -1,
  CLOSED: -2,
  BAD_ARGUMENT: -3,
  NO_KERNEL: -4,
} as const;

/** `struct betfair_tape_state`, as 32-bit words; the parser is the first two. */
export const StateWord = {
  NEXT: 2,
  SLOTS: 3,
  RECORDS: 4,
  LINES: 5,
  LINE_FEED: 6,
} as const;
/** Words of a `betfair_tape_state`. */
export const STATE_WORDS = 8;
