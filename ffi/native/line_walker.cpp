#include "line_walker.h"

#include <cstring>

#include "number.h"
#include "runner_key.h"
#include "tape_layout.h"

using namespace layout;
using number::load32;
using number::load64;

namespace {

/** The first bytes of a key, packed as a load from memory packs them. */
constexpr uint32_t pack(const char *key) {
  return static_cast<uint32_t>(static_cast<uint8_t>(key[0])) |
         static_cast<uint32_t>(static_cast<uint8_t>(key[1])) << 8 |
         static_cast<uint32_t>(static_cast<uint8_t>(key[2])) << 16 |
         static_cast<uint32_t>(static_cast<uint8_t>(key[3])) << 24;
}

constexpr uint32_t THREE_BYTES = 0xFFFFFF;

inline bool is_space(uint8_t c) {
  return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

/** Whether a literal or a number may end before this byte. */
inline bool ends_token(uint8_t c) {
  return c == ',' || c == '}' || c == ']' || is_space(c) || c == ':' ||
         c == '{' || c == '[';
}

inline bool is_hex(uint8_t c) {
  return number::is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

inline bool is_true(const uint8_t *p) {
  return load32(p) == pack("true") && ends_token(p[4]);
}

inline bool is_false(const uint8_t *p) {
  return load32(p + 1) == pack("alse") && *p == 'f' && ends_token(p[5]);
}

inline bool is_null(const uint8_t *p) {
  return load32(p) == pack("null") && ends_token(p[4]);
}

/** Whether a string, from its quote, is this text and no longer. */
template <uint32_t N>
inline bool is_string(const uint8_t *p, const char (&text)[N]) {
  return p[0] == '"' && memcmp(p + 1, text, N - 1) == 0 && p[N] == '"';
}

}  // namespace

void LineWalker::begin(const uint8_t *window, uint32_t length,
                       uint32_t origin) {
  window_ = window;
  length_ = length;
  origin_ = origin;
  find_backslash(0);
}

const uint32_t *LineWalker::walk(const uint32_t *index, uint32_t start,
                                 uint32_t used, uint32_t line) {
  const uint8_t *const b = window_;
  line_start_ = start;
  next_ = used;
  if (b[*index] != '{') return fail(BETFAIR_TAPE_SHAPE);
  if (!claim(CHANGE_SLOTS)) return nullptr;
  index = message(index + 1, used);
  if (index == nullptr) return nullptr;
  const uint32_t brace = index[-1];
  // Only white space stands up to the next entry, and a sentinel is an LF.
  uint32_t feed = brace + 1;
  while (feed < *index && b[feed] != '\n') feed++;
  if (b[feed] != '\n') return fail(BETFAIR_TAPE_SHAPE);
  double *const record = slots_ + used;
  record[KIND] = RECORD_CHANGE;
  record[LENGTH] = next_ - used;
  record[LINE] = line;
  record[LINE_START] = static_cast<double>(origin_) + start;
  record[LINE_END] = static_cast<double>(origin_) +
                     (b[feed - 1] == '\r' ? feed - 1 : feed);
  next_line_ = feed + 1;
  return index;
}

/** The top level, from behind its brace to behind its other. */
LineWalker::Index LineWalker::message(Index at, uint32_t record) {
  const uint8_t *const b = window_;
  double *const t = slots_ + record;
  uint32_t flags = 0;
  bool op = false;
  bool change_type = false;
  bool segment = false;
  if (b[*at] == '}') return fail(BETFAIR_TAPE_OTHER);
  while (true) {
    const uint32_t quote = *at++;
    if (b[quote] != '"') return fail(BETFAIR_TAPE_SHAPE);
    const uint32_t key = load32(b + quote + 1);
    const uint32_t short_key = key & THREE_BYTES;
    if (b[*at] != ':') return fail(BETFAIR_TAPE_SHAPE);
    Index value = at + 1;
    if (short_key == pack("op\"")) {
      if (op) return fail(BETFAIR_TAPE_DUPLICATE);
      op = true;
      if (!is_string(b + *value, "mcm")) return fail(BETFAIR_TAPE_OTHER);
      at = value + 1;
    } else if (key == pack("clk\"")) {
      if (flags & HAS_CLK) return fail(BETFAIR_TAPE_DUPLICATE);
      if (is_null(b + *value)) {
        at = value + 1;
      } else {
        flags |= HAS_CLK;
        at = range(value, record + CLK_START);
        if (at == nullptr) return nullptr;
      }
    } else if (short_key == pack("pt\"")) {
      if (flags & HAS_PUBLISH_TIME) return fail(BETFAIR_TAPE_DUPLICATE);
      flags |= HAS_PUBLISH_TIME;
      at = number(value, t + PUBLISH_TIME);
      if (at == nullptr) return nullptr;
    } else if (short_key == pack("mc\"")) {
      if (flags & HAS_MARKETS) return fail(BETFAIR_TAPE_DUPLICATE);
      flags |= HAS_MARKETS;
      at = markets(value, record);
      if (at == nullptr) return nullptr;
    } else if (short_key == pack("id\"")) {
      if (flags & HAS_ID) return fail(BETFAIR_TAPE_DUPLICATE);
      flags |= HAS_ID;
      at = number(value, t + ID);
      if (at == nullptr) return nullptr;
    } else if (short_key == pack("ct\"")) {
      if (change_type) return fail(BETFAIR_TAPE_DUPLICATE);
      change_type = true;
      uint32_t code = 0;
      at = enumeration(value, false, &code);
      if (at == nullptr) return nullptr;
      flags |= code;
    } else if (is_string(b + quote, "status")) {
      if (flags & HAS_STATUS) return fail(BETFAIR_TAPE_DUPLICATE);
      flags |= HAS_STATUS;
      at = number(value, t + layout::STATUS);
      if (at == nullptr) return nullptr;
    } else if (is_string(b + quote, "initialClk")) {
      if (flags & HAS_INITIAL_CLK) return fail(BETFAIR_TAPE_DUPLICATE);
      if (is_null(b + *value)) {
        at = value + 1;
      } else {
        flags |= HAS_INITIAL_CLK;
        at = range(value, record + INITIAL_CLK_START);
        if (at == nullptr) return nullptr;
      }
    } else if (is_string(b + quote, "segmentType")) {
      if (segment) return fail(BETFAIR_TAPE_DUPLICATE);
      segment = true;
      uint32_t code = 0;
      at = enumeration(value, true, &code);
      if (at == nullptr) return nullptr;
      flags |= code << SEGMENT_SHIFT;
    } else if (is_string(b + quote, "heartbeatMs")) {
      if (flags & HAS_HEARTBEAT_MS) return fail(BETFAIR_TAPE_DUPLICATE);
      flags |= HAS_HEARTBEAT_MS;
      at = number(value, t + HEARTBEAT_MS);
      if (at == nullptr) return nullptr;
    } else if (is_string(b + quote, "conflateMs")) {
      if (flags & HAS_CONFLATE_MS) return fail(BETFAIR_TAPE_DUPLICATE);
      flags |= HAS_CONFLATE_MS;
      at = number(value, t + CONFLATE_MS);
      if (at == nullptr) return nullptr;
    } else {
      at = unknown(at - 1);
      if (at == nullptr) return nullptr;
    }
    const uint8_t c = b[*at++];
    if (c == ',') continue;
    if (c != '}') return fail(BETFAIR_TAPE_SHAPE);
    if (!op) return fail(BETFAIR_TAPE_OTHER);
    t[FLAGS] = flags;
    return at;
  }
}

/** The array of market changes. */
LineWalker::Index LineWalker::markets(Index at, uint32_t record) {
  const uint8_t *const b = window_;
  if (b[*at++] != '[') return fail(BETFAIR_TAPE_SHAPE);
  if (b[*at] == ']') return at + 1;
  uint32_t count = 0;
  while (true) {
    if (b[*at++] != '{') return fail(BETFAIR_TAPE_SHAPE);
    at = market(at);
    if (at == nullptr) return nullptr;
    count++;
    const uint8_t c = b[*at++];
    if (c == ',') continue;
    if (c != ']') return fail(BETFAIR_TAPE_SHAPE);
    slots_[record + MARKET_COUNT] = count;
    return at;
  }
}

/** One market change, from behind its brace to behind its other. */
LineWalker::Index LineWalker::market(Index at) {
  const uint8_t *const b = window_;
  const uint32_t slot = next_;
  if (!claim(MARKET_SLOTS)) return nullptr;
  double *const t = slots_ + slot;
  uint32_t flags = 0;
  bool id = false;
  while (true) {
    const uint32_t quote = *at++;
    if (b[quote] != '"') return fail(BETFAIR_TAPE_SHAPE);
    const uint32_t key = load32(b + quote + 1);
    const uint32_t short_key = key & THREE_BYTES;
    if (b[*at] != ':') return fail(BETFAIR_TAPE_SHAPE);
    Index value = at + 1;
    if (short_key == pack("id\"")) {
      if (id) return fail(BETFAIR_TAPE_DUPLICATE);
      id = true;
      at = range(value, slot + MARKET_ID_START);
      if (at == nullptr) return nullptr;
    } else if (short_key == pack("rc\"")) {
      if (flags & HAS_RUNNERS) return fail(BETFAIR_TAPE_DUPLICATE);
      flags |= HAS_RUNNERS;
      at = runners(value, slot);
      if (at == nullptr) return nullptr;
    } else if (short_key == pack("tv\"")) {
      if (flags & HAS_MARKET_TV) return fail(BETFAIR_TAPE_DUPLICATE);
      flags |= HAS_MARKET_TV;
      at = number(value, t + MARKET_TV);
      if (at == nullptr) return nullptr;
    } else if (key == pack("con\"") || key == pack("img\"")) {
      const bool con = key == pack("con\"");
      const uint32_t has = con ? HAS_CONFLATED : HAS_IMAGE;
      if (flags & has) return fail(BETFAIR_TAPE_DUPLICATE);
      flags |= has;
      if (is_true(b + *value)) {
        flags |= con ? CONFLATED : IMAGE;
      } else if (!is_false(b + *value)) {
        return fail(BETFAIR_TAPE_SHAPE);
      }
      at = value + 1;
    } else if (is_string(b + quote, "marketDefinition")) {
      if (flags & HAS_DEFINITION) return fail(BETFAIR_TAPE_DUPLICATE);
      flags |= HAS_DEFINITION;
      if (b[*value] != '{') return fail(BETFAIR_TAPE_SHAPE);
      at = definition(value + 1, &flags);
      if (at == nullptr) return nullptr;
      t[DEFINITION_START] = *value - line_start_;
      t[DEFINITION_END] = at[-1] + 1 - line_start_;
    } else {
      at = unknown(at - 1);
      if (at == nullptr) return nullptr;
    }
    const uint8_t c = b[*at++];
    if (c == ',') continue;
    if (c != '}' || !id) return fail(BETFAIR_TAPE_SHAPE);
    t[MARKET_FLAGS] = flags;
    t[MARKET_LENGTH] = next_ - slot;
    return at;
  }
}

/** The array of runner changes. */
LineWalker::Index LineWalker::runners(Index at, uint32_t market) {
  const uint8_t *const b = window_;
  if (b[*at++] != '[') return fail(BETFAIR_TAPE_SHAPE);
  if (b[*at] == ']') return at + 1;
  uint32_t count = 0;
  while (true) {
    if (b[*at++] != '{') return fail(BETFAIR_TAPE_SHAPE);
    at = runner(at);
    if (at == nullptr) return nullptr;
    count++;
    const uint8_t c = b[*at++];
    if (c == ',') continue;
    if (c != ']') return fail(BETFAIR_TAPE_SHAPE);
    slots_[market + RUNNER_COUNT] = count;
    return at;
  }
}

/** One runner change, from behind its brace to behind its other. */
LineWalker::Index LineWalker::runner(Index at) {
  const uint8_t *const b = window_;
  const uint32_t slot = next_;
  if (!claim(RUNNER_SLOTS)) return nullptr;
  double *const t = slots_ + slot;
  uint32_t flags = 0;
  while (true) {
    const uint32_t quote = *at;
    if (b[quote] != '"' || b[at[1]] != ':') return fail(BETFAIR_TAPE_SHAPE);
    uint32_t end = at[1];
    if (b[end - 1] != '"') end = string_end(end) + 1;
    const runner_key::Key *const key =
        runner_key::find(load64(b + quote + 1), end - quote - 1);
    if (key == nullptr) {
      at = unknown(at);
    } else {
      if (flags & key->flag) return fail(BETFAIR_TAPE_DUPLICATE);
      flags |= key->flag;
      if (key->type == runner_key::Type::LADDER) {
        at = ladder(at + 2, key->value);
      } else if (key->type == runner_key::Type::NUMBER) {
        at = number(at + 2, t + key->value);
      } else {
        at = projected(at + 2, t + key->value);
      }
    }
    if (at == nullptr) return nullptr;
    const uint8_t c = b[*at++];
    if (c == ',') continue;
    if (c != '}' || (flags & runner_key::HAS_ID) == 0) {
      return fail(BETFAIR_TAPE_SHAPE);
    }
    t[RUNNER_FLAGS] = flags & ~runner_key::HAS_ID;
    t[RUNNER_LENGTH] = next_ - slot;
    return at;
  }
}

/** A ladder: an array of `[price, size]` or `[level, price, size]`. */
LineWalker::Index LineWalker::ladder(Index at, uint32_t kind) {
  const uint8_t *const b = window_;
  if (b[*at++] != '[') return fail(BETFAIR_TAPE_SHAPE);
  const uint32_t ladder = next_;
  if (capacity_ - ladder < LADDER_SLOTS) return fail(BETFAIR_TAPE_FULL);
  double *t = slots_ + ladder + LADDER_SLOTS;
  // The last place where a row fits.
  const bool is_level = kind >= FIRST_LEVEL_KIND;
  const uint32_t width = is_level ? LEVEL_ROW : PRICE_ROW;
  double *const end = slots_ + capacity_;
  uint32_t rows = 0;
  if (b[*at] == ']') {
    at++;
  } else {
    while (true) {
      if (static_cast<size_t>(end - t) < width) return fail(BETFAIR_TAPE_FULL);
      if (b[at[0]] != '[') return fail(BETFAIR_TAPE_SHAPE);
      if (is_level) {
        const uint32_t level = static_cast<uint8_t>(b[at[1]] - '0');
        if (level < 10 && at[1] + 1 == at[2]) {
          *t = level;
        } else {
          if (number(at + 1, t) == nullptr) return nullptr;
          if (!(*t >= 0 && *t <= MAX_LEVEL &&
                *t == static_cast<double>(static_cast<uint32_t>(*t)))) {
            return fail(BETFAIR_TAPE_SHAPE);
          }
          *t += 0;  // -0 is 0 here
        }
        if (b[at[2]] != ',') return fail(BETFAIR_TAPE_SHAPE);
        at += 2;
        t++;
      }
      // Entries are read ahead of their check: sentinels make that safe.
      const uint32_t price = at[1];
      const uint32_t comma = at[2];
      const uint32_t size = at[3];
      const uint32_t close = at[4];
      if (b[comma] != ',' || b[close] != ']') return fail(BETFAIR_TAPE_SHAPE);
      if (comma - price > 8 ||
          !number::parse_short(b + price, comma - price, t)) {
        if (number(at + 1, t) == nullptr) return nullptr;
      }
      if (close - size > 8 ||
          !number::parse_short(b + size, close - size, t + 1)) {
        if (number(at + 3, t + 1) == nullptr) return nullptr;
      }
      rows++;
      t += PRICE_ROW;
      const uint8_t c = b[at[5]];
      at += 6;
      if (c == ',') continue;
      if (c != ']') return fail(BETFAIR_TAPE_SHAPE);
      break;
    }
  }
  slots_[ladder + LADDER_KIND] = kind;
  slots_[ladder + LADDER_ROWS] = rows;
  next_ = static_cast<uint32_t>(t - slots_);
  return at;
}

/** A definition, from behind its brace; looks at its status on the way. */
LineWalker::Index LineWalker::definition(Index at, uint32_t *flags) {
  const uint8_t *const b = window_;
  if (b[*at] == '}') return at + 1;
  bool closed = false;
  while (true) {
    const uint32_t quote = *at++;
    if (b[quote] != '"') return fail(BETFAIR_TAPE_SHAPE);
    // An escaped key could be "status" in disguise.
    if (has_escape(quote, *at)) return fail(BETFAIR_TAPE_ESCAPE);
    if (b[*at++] != ':') return fail(BETFAIR_TAPE_SHAPE);
    const uint32_t value = *at;
    if (is_string(b + quote, "status")) {
      if (has_escape(value, at[1])) return fail(BETFAIR_TAPE_ESCAPE);
      closed = is_string(b + value, "CLOSED");
    }
    at = skip(at);
    if (at == nullptr) return nullptr;
    const uint8_t c = b[*at++];
    if (c == ',') continue;
    if (c != '}') return fail(BETFAIR_TAPE_SHAPE);
    if (closed) *flags |= DEFINITION_CLOSED;
    return at;
  }
}

/** A number of any form. */
LineWalker::Index LineWalker::number(Index at, double *value) {
  const uint8_t *const b = window_;
  const uint32_t start = at[0];
  const uint32_t length = at[1] - start;
  if (length - 1 < 8) {
    if (number::parse_short(b + start, length, value)) return at + 1;
  } else if (length - 9 < 8) {
    if (number::parse_long(b + start, length, value)) return at + 1;
  }
  const uint8_t *const end = number::parse_any(b + start, value);
  if (end == nullptr || !ends_token(*end)) return fail(BETFAIR_TAPE_SHAPE);
  return at + 1;
}

/** A projected SP: a number, "NaN" or "Infinity" as the exchange writes them. */
LineWalker::Index LineWalker::projected(Index at, double *value) {
  const uint8_t *const b = window_;
  if (b[*at] != '"') return number(at, value);
  if (is_string(b + *at, "NaN")) {
    // Bit by bit what JavaScript has for NaN.
    const uint64_t nan = UINT64_C(0x7FF8000000000000);
    memcpy(value, &nan, sizeof nan);
    return at + 1;
  }
  if (is_string(b + *at, "Infinity")) {
    *value = __builtin_inf();
    return at + 1;
  }
  return fail(BETFAIR_TAPE_SHAPE);
}

/** A string: its range without quotes, to two slots. */
LineWalker::Index LineWalker::range(Index at, uint32_t start_slot) {
  const uint32_t quote = *at++;
  if (window_[quote] != '"') return fail(BETFAIR_TAPE_SHAPE);
  if (!check_escapes(quote, *at)) return fail(BETFAIR_TAPE_SHAPE);
  slots_[start_slot] = quote + 1 - line_start_;
  slots_[start_slot + 1] = string_end(*at) - line_start_;
  return at;
}

/** A change type or segment type. */
LineWalker::Index LineWalker::enumeration(Index at, bool is_segment,
                                          uint32_t *code) {
  const uint8_t *const b = window_;
  const uint32_t quote = *at++;
  if (b[quote] != '"') return fail(BETFAIR_TAPE_SHAPE);
  if (is_segment) {
    *code = is_string(b + quote, "SEG")         ? SEGMENT_MIDDLE
            : is_string(b + quote, "SEG_START") ? SEGMENT_START
            : is_string(b + quote, "SEG_END")   ? SEGMENT_END
                                            : SEGMENT_OTHER;
  } else {
    *code = is_string(b + quote, "SUB_IMAGE")     ? TYPE_SUB_IMAGE
            : is_string(b + quote, "HEARTBEAT")   ? TYPE_HEARTBEAT
            : is_string(b + quote, "RESUB_DELTA") ? TYPE_RESUB_DELTA
                                              : TYPE_OTHER;
  }
  // An escape could hide one of the known ones.
  if (has_escape(quote, *at)) return fail(BETFAIR_TAPE_ESCAPE);
  return at;
}

/** A key that the protocol does not know, from its quote, and its value. */
LineWalker::Index LineWalker::unknown(Index at) {
  // An escape could hide one of the known keys.
  if (has_escape(at[0], at[1])) return fail(BETFAIR_TAPE_ESCAPE);
  return skip(at + 2);
}

/** A value of any type. */
LineWalker::Index LineWalker::skip(Index at) {
  const uint8_t *const b = window_;
  // One bit per level, 1 for an object, below a 1 that marks the bottom.
  uint64_t levels = 1;
  const uint64_t deepest = UINT64_C(1) << 63;
  while (true) {
    const uint32_t start = *at++;
    switch (b[start]) {
      case '"':
        if (!check_escapes(start, *at)) return fail(BETFAIR_TAPE_SHAPE);
        break;
      case '{':
        if (levels & deepest) return fail(BETFAIR_TAPE_NESTING);
        if (b[*at] == '}') {
          at++;
          break;
        }
        levels = levels << 1 | 1;
        goto key;
      case '[':
        if (levels & deepest) return fail(BETFAIR_TAPE_NESTING);
        if (b[*at] == ']') {
          at++;
          break;
        }
        levels <<= 1;
        continue;
      case 't':
        if (!is_true(b + start)) return fail(BETFAIR_TAPE_SHAPE);
        break;
      case 'f':
        if (!is_false(b + start)) return fail(BETFAIR_TAPE_SHAPE);
        break;
      case 'n':
        if (!is_null(b + start)) return fail(BETFAIR_TAPE_SHAPE);
        break;
      default: {
        double ignored;
        if (number(at - 1, &ignored) == nullptr) return nullptr;
      }
    }
    while (true) {
      if (levels == 1) return at;
      const uint8_t c = b[*at++];
      if (c == ',') break;
      if (c != ((levels & 1) ? '}' : ']')) return fail(BETFAIR_TAPE_SHAPE);
      levels >>= 1;
    }
    if ((levels & 1) == 0) continue;
  key:
    const uint32_t quote = *at++;
    if (b[quote] != '"' || !check_escapes(quote, *at)) {
      return fail(BETFAIR_TAPE_SHAPE);
    }
    if (b[*at++] != ':') return fail(BETFAIR_TAPE_SHAPE);
  }
}

/** Looks for the first backslash from an offset on. */
void LineWalker::find_backslash(uint32_t start) {
  const void *found = memchr(window_ + start, '\\', length_ - start);
  backslash_ = found == nullptr
                   ? length_
                   : static_cast<uint32_t>(static_cast<const uint8_t *>(found) -
                                           window_);
}

/** Whether all escapes of a string, from its quote to the next entry, are JSON. */
bool LineWalker::check_escapes(uint32_t start, uint32_t end) {
  const uint8_t *const b = window_;
  while (has_escape(start, end)) {
    start = backslash_ + 1;
    switch (b[start]) {
      case '"':
      case '\\':
      case '/':
      case 'b':
      case 'f':
      case 'n':
      case 'r':
      case 't':
        start++;
        break;
      case 'u':
        for (uint32_t i = 1; i <= 4; i++) {
          if (!is_hex(b[start + i])) return false;
        }
        start += 5;
        break;
      default:
        return false;
    }
  }
  return true;
}

/** Offset of the closing quote of the string before an entry. */
uint32_t LineWalker::string_end(uint32_t next) const {
  do next--;
  while (is_space(window_[next]));
  return next;
}

/** Claims zeroed slots at the end of the tape. */
bool LineWalker::claim(uint32_t count) {
  if (capacity_ - next_ < count) {
    status_ = BETFAIR_TAPE_FULL;
    return false;
  }
  memset(slots_ + next_, 0, count * sizeof(double));
  next_ += count;
  return true;
}

LineWalker::Index LineWalker::fail(betfair_tape_status status) {
  status_ = status;
  return nullptr;
}
