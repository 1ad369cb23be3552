/**
 * @file line_walker.h
 *
 * The grammar of market change messages over simdjson's structural index.
 */
#ifndef BETFAIR_TAPE_LINE_WALKER_H
#define BETFAIR_TAPE_LINE_WALKER_H

#include <cstdint>

#include "betfair_tape.h"

/**
 * Walks the lines of a window, a run of whole lines that stage 1 of simdjson
 * accepted, and writes each to the tape.
 *
 * What stage 1 guarantees, and what the walk relies on:
 * - The window is well-formed UTF-8, and no string holds a control character.
 * - The index has, in order, every operator, every opening quote and the first
 *   byte of everything else; what stands between two entries is the rest of
 *   one token and white space. So a string ends before the next entry and
 *   white space, and nothing can hide between tokens.
 *
 * What it does not, and the walk checks: the order of tokens, the letters of
 * literals, the digits of numbers and what follows directly on both (a quote
 * behind a literal or number is not in the index), and escapes in strings.
 *
 * LF is white space to stage 1, so a message could reach over a line end. The
 * walk does not look: the caller counts the LF of what was walked, and there is
 * one more than there should be.
 *
 * Behind the index stand SENTINELS entries for the window's last byte, an LF,
 * which no token starts with: a walk that runs out of entries fails there.
 */
class LineWalker {
 public:
  /** Entries for the window's last byte that must follow the index. */
  static constexpr uint32_t SENTINELS = 8;
  /** Bytes behind the window that must be readable: words are read whole. */
  static constexpr uint32_t PADDING = 64;

  /** Sets what to walk. */
  void begin(const uint8_t *window, uint32_t length, uint32_t origin);

  /** Sets where to write. */
  void tape(double *slots, uint32_t capacity) {
    slots_ = slots;
    capacity_ = capacity;
  }

  /**
   * Walks one line.
   *
   * @param index at the line's first entry
   * @param start offset of the line in the window
   * @param used slots in use
   * @param line number of the line
   * @return at the next line's first entry; NULL when `status` says why not
   */
  const uint32_t *walk(const uint32_t *index, uint32_t start, uint32_t used,
                       uint32_t line);

  /** Offset in the window behind the LF of the line that was walked. */
  uint32_t next_line() const { return next_line_; }
  /** Used slots, after a line was walked. */
  uint32_t slots() const { return next_; }
  /** Why a line was not walked. */
  betfair_tape_status status() const { return status_; }

 private:
  using Index = const uint32_t *;

  Index message(Index at, uint32_t record);
  Index markets(Index at, uint32_t record);
  Index market(Index at);
  Index runners(Index at, uint32_t market);
  Index runner(Index at);
  Index ladder(Index at, uint32_t kind);
  Index definition(Index at, uint32_t *flags);
  Index number(Index at, double *value);
  Index projected(Index at, double *value);
  Index range(Index at, uint32_t start_slot);
  Index enumeration(Index at, bool is_segment, uint32_t *code);
  Index unknown(Index at);
  Index skip(Index at);
  bool check_escapes(uint32_t start, uint32_t end);
  void find_backslash(uint32_t start);

  /** Whether a string, from its quote to the next entry, has a backslash. */
  bool has_escape(uint32_t start, uint32_t end) {
    if (backslash_ >= end) return false;
    if (backslash_ < start) find_backslash(start);
    return backslash_ < end;
  }

  uint32_t string_end(uint32_t next) const;
  bool claim(uint32_t count);
  Index fail(betfair_tape_status status);

  const uint8_t *window_ = nullptr;
  uint32_t length_ = 0;
  uint32_t origin_ = 0;
  /** The first backslash at or behind some place before the walk's. */
  uint32_t backslash_ = 0;
  uint32_t line_start_ = 0;
  uint32_t next_line_ = 0;
  double *slots_ = nullptr;
  uint32_t capacity_ = 0;
  uint32_t next_ = 0;
  betfair_tape_status status_ = BETFAIR_TAPE_OK;
};

#endif
