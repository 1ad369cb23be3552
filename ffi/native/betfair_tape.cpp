/**
 * @file betfair_tape.cpp
 *
 * The C interface: windows of whole lines, stage 1 of simdjson over each, and
 * the walk of its lines.
 *
 * A window is as many lines as keep bytes, index and slots in a CPU's L2 cache.
 * Stage 1 knows no lines, so what is wrong in one fails its whole window; then
 * each line of it becomes a window of its own. That is safe against anything in
 * a line: an unclosed quote reaches its LF, which no string may contain.
 */
#include "betfair_tape.h"

#include <cstring>
#include <memory>
#include <new>

#include "line_walker.h"
#include "simdjson.h"

namespace {

using Kernel = simdjson::internal::dom_parser_implementation;

constexpr uint32_t MAX_WINDOW = 64 * 1024;
constexpr uint32_t MIN_WINDOW = 1024;
/** Dense lines have about this many bytes a slot: a guess at what the tape can take. */
constexpr uint32_t BYTES_PER_SLOT = 4;
/** Buffers greater than this are given back after the line that needed them. */
constexpr size_t MAX_KEPT = 1024 * 1024;
/** Up to this many bytes it is cheaper to copy a window than to split it. */
constexpr uint32_t SMALL_COPY = 2048;

constexpr uint8_t LF = '\n';

/** The offset of the last LF before `end`, or `end` when there is none from `start` on. */
uint32_t last_line_feed(const uint8_t *bytes, uint32_t start, uint32_t end) {
  for (uint32_t i = end; i > start; i--) {
    if (bytes[i - 1] == LF) return i - 1;
  }
  return end;
}

/** The offset of the first LF, which must be there. */
uint32_t next_line_feed(const uint8_t *bytes, uint32_t start, uint32_t end) {
  const void *found = memchr(bytes + start, LF, end - start);
  return static_cast<uint32_t>(static_cast<const uint8_t *>(found) - bytes);
}

uint32_t count_line_feeds(const uint8_t *bytes, uint32_t length) {
  uint32_t count = 0;
  while (length >= 128) {  // eight counts at a time, none of which overflows
    uint8_t counts[16] = {};
    const uint32_t rounds = length / 16 < 255 ? length / 16 : 255;
    for (uint32_t i = 0; i < rounds; i++) {
      for (uint32_t j = 0; j < 16; j++) counts[j] += bytes[i * 16 + j] == LF;
    }
    for (uint32_t j = 0; j < 16; j++) count += counts[j];
    bytes += rounds * 16;
    length -= rounds * 16;
  }
  for (uint32_t i = 0; i < length; i++) count += bytes[i] == LF;
  return count;
}

class Parser {
 public:
  betfair_tape_status open(const simdjson::implementation *implementation) {
    implementation_ = implementation;
    return reserve(MIN_WINDOW) ? BETFAIR_TAPE_OK : BETFAIR_TAPE_NO_MEMORY;
  }

  const simdjson::implementation *implementation() const {
    return implementation_;
  }

  betfair_tape_status parse(betfair_tape_state *state, const uint8_t *bytes,
                            uint32_t start, uint32_t end, double *slots,
                            uint32_t capacity, uint32_t used, uint32_t line);

 private:
  /** Where a run of lines ends, and why there. */
  struct Progress {
    betfair_tape_status status;
    /** Offset in the window of the first line that was not walked. */
    uint32_t position;
    uint32_t used;
    uint32_t records;
    uint32_t lines;
  };

  bool reserve(uint32_t length);
  const uint8_t *place(const uint8_t *bytes, uint32_t start, uint32_t length,
                       uint32_t end);
  uint32_t choose_window(const uint8_t *bytes, uint32_t start, uint32_t end,
                         uint32_t slots) const;
  Progress walk(const uint8_t *window, uint32_t length, uint32_t used,
                uint32_t line);

  const simdjson::implementation *implementation_ = nullptr;
  std::unique_ptr<Kernel> kernel_;
  std::unique_ptr<uint8_t[]> copy_;
  uint32_t copy_capacity_ = 0;
  /** Bytes to look at next: less after a line that was declined. */
  uint32_t window_ = MAX_WINDOW;
  LineWalker walker_;
};

/** Makes room for the index of a window: a little, what is usual, or what it takes. */
bool Parser::reserve(uint32_t length) {
  if (length > MIN_WINDOW && length < MAX_WINDOW) length = MAX_WINDOW;
  // Entries for sentinels are part of the capacity that is asked for.
  const size_t wanted = static_cast<size_t>(length) + LineWalker::SENTINELS;
  if (kernel_ == nullptr) {
    return implementation_->create_dom_parser_implementation(
               wanted, 1, kernel_) == simdjson::SUCCESS;
  }
  return wanted <= kernel_->capacity() ||
         kernel_->allocate(wanted, 1) == simdjson::SUCCESS;
}

/** The window's bytes with padding behind them: in place, or copied. */
const uint8_t *Parser::place(const uint8_t *bytes, uint32_t start,
                             uint32_t length, uint32_t end) {
  if (end - start - length >= LineWalker::PADDING) return bytes + start;
  if (copy_capacity_ < length) {
    const size_t size = length < SMALL_COPY ? SMALL_COPY : length;
    copy_.reset(new (std::nothrow) uint8_t[size + LineWalker::PADDING]);
    copy_capacity_ = copy_ == nullptr ? 0 : static_cast<uint32_t>(size);
    if (copy_ == nullptr) return nullptr;
  }
  memcpy(copy_.get(), bytes + start, length);
  memset(copy_.get() + length, LF, LineWalker::PADDING);
  return copy_.get();
}

/** The end of the window of whole lines to take next. */
uint32_t Parser::choose_window(const uint8_t *bytes, uint32_t start,
                               uint32_t end, uint32_t slots) const {
  uint32_t wanted = window_;
  if (slots < wanted / BYTES_PER_SLOT) {
    wanted = slots * BYTES_PER_SLOT;
    if (wanted < MIN_WINDOW) wanted = MIN_WINDOW;
  }
  uint32_t window_end = end;
  if (end - start > wanted) {
    const uint32_t limit = start + wanted;
    const uint32_t last = last_line_feed(bytes, start, limit);
    window_end = (last < limit ? last : next_line_feed(bytes, limit, end)) + 1;
  }
  // The last lines, which have no padding behind them, apart from the others.
  if (end - window_end < LineWalker::PADDING && window_end - start > SMALL_COPY) {
    const uint32_t limit = end - LineWalker::PADDING;
    const uint32_t last = last_line_feed(bytes, start, limit);
    if (last < limit) window_end = last + 1;
  }
  return window_end;
}

/** Walks a window's lines; stage 1 has filled the index. */
Parser::Progress Parser::walk(const uint8_t *window, uint32_t length,
                              uint32_t used, uint32_t line) {
  uint32_t *const first = kernel_->structural_indexes.get();
  const uint32_t count = kernel_->n_structural_indexes;
  for (uint32_t i = 0; i < LineWalker::SENTINELS; i++) {
    first[count + i] = length - 1;
  }
  const uint32_t *const last = first + count;
  const uint32_t *index = first;
  Progress progress = {BETFAIR_TAPE_OK, 0, used, 0, 0};
  while (index < last) {
    // White space up to the next entry may hold blank lines.
    for (uint32_t i = progress.position; i < *index; i++) {
      if (window[i] != LF) continue;
      progress.position = i + 1;
      progress.lines++;
    }
    index = walker_.walk(index, progress.position, progress.used,
                         line + progress.lines);
    if (index == nullptr) {
      progress.status = walker_.status();
      return progress;
    }
    progress.position = walker_.next_line();
    progress.used = walker_.slots();
    progress.records++;
    progress.lines++;
  }
  progress.lines += count_line_feeds(window + progress.position,
                                     length - progress.position);
  progress.position = length;
  return progress;
}

betfair_tape_status Parser::parse(betfair_tape_state *state,
                                  const uint8_t *bytes, uint32_t start,
                                  uint32_t end, double *slots,
                                  uint32_t capacity, uint32_t used,
                                  uint32_t line) {
  walker_.tape(slots, capacity);
  state->next = start;
  state->slots = used;
  state->records = 0;
  state->lines = 0;
  // Up to here each line is a window of its own.
  uint32_t single_until = start;
  while (state->next < end) {
    const uint32_t at = state->next;
    const bool is_single = at < single_until;
    const uint32_t window_end =
        is_single ? next_line_feed(bytes, at, end) + 1
                  : choose_window(bytes, at, end, capacity - state->slots);
    const uint32_t length = window_end - at;
    const uint8_t *const window = place(bytes, at, length, end);
    simdjson::error_code error = simdjson::MEMALLOC;
    if (window != nullptr && reserve(length)) {
      error = kernel_->stage1(window, length, simdjson::stage1_mode::regular);
    }
    if (error == simdjson::EMPTY) {  // nothing but white space
      state->lines += count_line_feeds(window, length);
      state->next = window_end;
      continue;
    }
    Progress progress = {BETFAIR_TAPE_SHAPE, 0, state->slots, 0, 0};
    if (error == simdjson::SUCCESS) {
      walker_.begin(window, length, at);
      progress = walk(window, length, state->slots, line + state->lines);
    }
    if (kernel_ != nullptr && kernel_->capacity() > MAX_KEPT) {
      kernel_.reset();  // the next window makes another
    }
    if (copy_capacity_ > MAX_KEPT) {
      copy_.reset();
      copy_capacity_ = 0;
    }
    const bool is_split =
        error != simdjson::SUCCESS ||
        // A message that reaches over a line end leaves one LF too many.
        count_line_feeds(bytes + at, progress.position) != progress.lines;
    if (is_split && next_line_feed(bytes, at, end) + 1 < window_end) {
      single_until = window_end;
      continue;
    }
    state->next = at + progress.position;
    state->slots = progress.used;
    state->records += progress.records;
    state->lines += progress.lines;
    if (progress.status == BETFAIR_TAPE_FULL) return progress.status;
    if (progress.status != BETFAIR_TAPE_OK) {
      state->line_feed = next_line_feed(bytes, state->next, end);
      window_ = window_ / 4 < MIN_WINDOW ? MIN_WINDOW : window_ / 4;
      return progress.status;
    }
    if (!is_single && window_ < MAX_WINDOW) window_ *= 2;
  }
  return BETFAIR_TAPE_OK;
}

Parser *parser_of(const betfair_tape_state *state) {
  return reinterpret_cast<Parser *>(static_cast<uintptr_t>(state->parser));
}

}  // namespace

extern "C" {

uint32_t betfair_tape_abi(void) { return BETFAIR_TAPE_ABI; }

int32_t betfair_tape_open(betfair_tape_state *state, const uint8_t *kernel,
                          uint32_t kernel_length) {
  if (state == nullptr) return BETFAIR_TAPE_BAD_ARGUMENT;
  // Not simdjson's "active" implementation, which an environment variable sets.
  const auto &available = simdjson::get_available_implementations();
  const simdjson::implementation *chosen = nullptr;
  if (kernel == nullptr || kernel_length == 0) {
    chosen = available.detect_best_supported();
  } else {
    for (const simdjson::implementation *candidate : available) {
      const std::string name = candidate->name();
      if (name.size() == kernel_length &&
          memcmp(name.data(), kernel, kernel_length) == 0) {
        chosen = candidate;
      }
    }
  }
  if (chosen == nullptr || !chosen->supported_by_runtime_system()) {
    return BETFAIR_TAPE_NO_KERNEL;
  }
  Parser *const parser = new (std::nothrow) Parser();
  if (parser == nullptr) return BETFAIR_TAPE_NO_MEMORY;
  const betfair_tape_status status = parser->open(chosen);
  if (status != BETFAIR_TAPE_OK) {
    delete parser;
    return status;
  }
  *state = {};
  state->parser = static_cast<uint64_t>(reinterpret_cast<uintptr_t>(parser));
  return BETFAIR_TAPE_OK;
}

int32_t betfair_tape_parse(betfair_tape_state *state, const uint8_t *bytes,
                           uint32_t start, uint32_t end, double *slots,
                           uint32_t capacity, uint32_t used, uint32_t line) {
  if (state == nullptr) return BETFAIR_TAPE_BAD_ARGUMENT;
  if (state->parser == 0) return BETFAIR_TAPE_CLOSED;
  if (bytes == nullptr || slots == nullptr || start >= end ||
      used > capacity || bytes[end - 1] != LF) {
    return BETFAIR_TAPE_BAD_ARGUMENT;
  }
  return parser_of(state)->parse(state, bytes, start, end, slots, capacity,
                                 used, line);
}

int32_t betfair_tape_kernel(const betfair_tape_state *state, uint8_t *name,
                            uint32_t capacity) {
  if (state == nullptr || name == nullptr) return BETFAIR_TAPE_BAD_ARGUMENT;
  if (state->parser == 0) return BETFAIR_TAPE_CLOSED;
  const std::string text = parser_of(state)->implementation()->name();
  const uint32_t length =
      text.size() < capacity ? static_cast<uint32_t>(text.size()) : capacity;
  memcpy(name, text.data(), length);
  return static_cast<int32_t>(length);
}

void betfair_tape_close(betfair_tape_state *state) {
  if (state == nullptr) return;
  delete parser_of(state);
  *state = {};
}

}  // extern "C"
