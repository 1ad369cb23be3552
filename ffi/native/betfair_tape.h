/**
 * @file betfair_tape.h
 *
 * Blocks of Betfair stream lines in, tape records out.
 *
 * The library parses market change messages with simdjson and writes them to
 * an array of doubles that the caller owns, slot for slot what the portable
 * backends write (src/tape/layout.ts has the layout). One call parses a whole
 * block. It accepts exactly what `JSON.parse` accepts; a line that it does not
 * follow is declined, with a status that says why, and costs no other line.
 *
 * All state is in a `betfair_tape_state` and what it refers to: there are no
 * globals, and states may be used on different threads at once, each on one
 * thread at a time. Nothing of a caller's buffer is kept between calls. No
 * exception crosses this border: every function that can fail returns a status.
 */
#ifndef BETFAIR_TAPE_H
#define BETFAIR_TAPE_H

#include <stdint.h>

#if defined(_WIN32)
#define BETFAIR_TAPE_EXPORT __declspec(dllexport)
#else
#define BETFAIR_TAPE_EXPORT __attribute__((visibility("default")))
#endif

/** Counts up with every change of a function, a struct or the tape's layout. */
#define BETFAIR_TAPE_ABI 1u

#ifdef __cplusplus
extern "C" {
#endif

/** What the functions return. Declined lines are no failures. */
enum betfair_tape_status {
  /** Parsed to the end of the range. */
  BETFAIR_TAPE_OK = 0,
  /** The next line did not fit the slots. Nothing of it counts as written. */
  BETFAIR_TAPE_FULL = 1,
  /** The next line has a value of an unexpected type, or is not JSON at all. */
  BETFAIR_TAPE_SHAPE = 2,
  /** The next line has a key or an enum value with an escape in it. */
  BETFAIR_TAPE_ESCAPE = 3,
  /** The next line has a key that matters twice in one object. */
  BETFAIR_TAPE_DUPLICATE = 4,
  /** The next line is nested deeper than the library follows. */
  BETFAIR_TAPE_NESTING = 5,
  /** The next line is a message of another kind than `mcm`, or may be. */
  BETFAIR_TAPE_OTHER = 6,
  /** Memory ran out while opening. */
  BETFAIR_TAPE_NO_MEMORY = -1,
  /** The state is not open. */
  BETFAIR_TAPE_CLOSED = -2,
  /** A range is empty, does not end with LF, or a pointer is null. */
  BETFAIR_TAPE_BAD_ARGUMENT = -3,
  /** This CPU has no simdjson kernel of that name. */
  BETFAIR_TAPE_NO_KERNEL = -4
};

/**
 * A parser, in memory of the caller, which must not copy it while it is open.
 * Zeroed, it is a closed one.
 */
typedef struct betfair_tape_state {
  /** The library's own; 0 when closed. */
  uint64_t parser;
  /** Set by `betfair_tape_parse`: offset of the first line not parsed. */
  uint32_t next;
  /** Set by `betfair_tape_parse`: used slots, those before the call included. */
  uint32_t slots;
  /** Set by `betfair_tape_parse`: records that this call wrote. */
  uint32_t records;
  /** Set by `betfair_tape_parse`: lines that this call consumed, blank ones included. */
  uint32_t lines;
  /** Set when a line is declined: the offset of its LF. */
  uint32_t line_feed;
  /** For later versions; 0. */
  uint32_t reserved;
} betfair_tape_state;

/** The version that the library was built with: `BETFAIR_TAPE_ABI`. */
BETFAIR_TAPE_EXPORT uint32_t betfair_tape_abi(void);

/**
 * Opens a parser.
 *
 * @param state zeroed; to be closed with `betfair_tape_close`
 * @param kernel name of a simdjson kernel, such as `haswell`; not terminated.
 *   It selects a slower kernel than the CPU's best for tests; NULL for the best
 * @param kernel_length bytes of the name; 0 for the CPU's best kernel
 * @return OK, BAD_ARGUMENT, NO_KERNEL or NO_MEMORY
 */
BETFAIR_TAPE_EXPORT int32_t betfair_tape_open(betfair_tape_state *state,
                                              const uint8_t *kernel,
                                              uint32_t kernel_length);

/**
 * Parses lines until the range is done, the slots are used up, or a line is
 * declined. `state` tells how far it came, whatever is returned: records up to
 * there are complete, and the caller goes on at `state->next`, after it has
 * dealt with the full tape, or with the declined line [next, line_feed].
 *
 * @param bytes whole lines, each ended by LF or CR LF; read during the call only
 * @param start offset of the first line
 * @param end offset behind the last LF; nothing at or behind it is read
 * @param slots the tape
 * @param capacity slots of the tape in all
 * @param used slots in use; records are written from there on
 * @param line number of the first line, for the LINE slot
 * @return OK, FULL, a reason to decline, CLOSED or BAD_ARGUMENT
 */
BETFAIR_TAPE_EXPORT int32_t betfair_tape_parse(
    betfair_tape_state *state, const uint8_t *bytes, uint32_t start,
    uint32_t end, double *slots, uint32_t capacity, uint32_t used,
    uint32_t line);

/**
 * Names the simdjson kernel in use.
 *
 * @param name written to, not terminated
 * @param capacity bytes of `name`
 * @return bytes written, or CLOSED
 */
BETFAIR_TAPE_EXPORT int32_t betfair_tape_kernel(const betfair_tape_state *state,
                                                uint8_t *name,
                                                uint32_t capacity);

/** Frees what a state refers to and zeroes it. Closing a closed one is allowed. */
BETFAIR_TAPE_EXPORT void betfair_tape_close(betfair_tape_state *state);

#ifdef __cplusplus
}
#endif

#endif
