/**
 * @file number.h
 *
 * JSON numbers to the doubles that `JSON.parse` makes of them.
 *
 * Up to 15 digits, integer / 10^k is correctly rounded: both fit a double
 * exactly, so the division rounds once. Anything else takes simdjson's slow
 * and exact way. Prices and sizes, where most bytes are, have up to 8
 * characters and are converted without a branch on their length or the place
 * of the point, which no CPU could predict.
 */
#ifndef BETFAIR_TAPE_NUMBER_H
#define BETFAIR_TAPE_NUMBER_H

#include <cstdint>
#include <cstring>

#include "simdjson.h"

namespace number {

constexpr uint32_t EXACT_DIGITS = 15;
/** Nobody writes longer numbers, and simdjson's way is not proven for them. */
constexpr size_t MAX_CHARACTERS = 1000;
constexpr double POWERS_OF_TEN[EXACT_DIGITS + 1] = {
    1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
    1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
              "the conversions read digits in little-endian words");

inline uint64_t load64(const uint8_t *p) {
  uint64_t word;
  memcpy(&word, p, 8);
  return word;
}

inline uint32_t load32(const uint8_t *p) {
  uint32_t word;
  memcpy(&word, p, 4);
  return word;
}

inline bool is_digit(uint8_t c) { return static_cast<uint8_t>(c - '0') < 10; }

/** Whether all bytes of a word are from 0 to 9. */
inline bool all_digits(uint64_t digits) {
  return (((digits + 0x7676767676767676) | digits) & 0x8080808080808080) == 0;
}

/** Eight digits, first one in the lowest byte, to a number. */
inline uint32_t eight_digits(uint64_t digits) {
  digits = digits * 10 + (digits >> 8);
  return static_cast<uint32_t>(
      ((digits & 0x000000FF000000FF) * 0x000F424000000064 +
       ((digits >> 16) & 0x000000FF000000FF) * 0x0000271000000001) >>
      32);
}

/**
 * Converts 1 to 8 characters that are digits, with a point or without.
 *
 * @param p the first; 8 bytes from it may be read
 * @param length from 1 to 8
 * @return false when they are anything else: the caller looks closer
 */
inline bool parse_short(const uint8_t *p, uint32_t length, double *value) {
  const uint64_t zeros = 0x3030303030303030;
  const uint64_t points = 0x1E1E1E1E1E1E1E1E;  // '.' ^ '0'
  const uint64_t ones = 0x0101010101010101;
  // The last character goes to the highest byte, zeros stand before the first.
  uint64_t v = (load64(p) ^ zeros) << (64 - 8 * length);
  const uint64_t x = v ^ points;
  const uint64_t found = (x - ones) & ~x & 0x8080808080808080;
  const uint64_t point = found & (0 - found);
  const uint64_t before = (point >> 7) - 1;  // all ones when there is no point
  const uint64_t behind = v & ~((before << 8) | 0xFF);
  const uint64_t has_point = point != 0;
  v = behind | ((v & before) << (has_point * 8));
  const uint32_t scale = static_cast<uint32_t>(
      (static_cast<uint32_t>(__builtin_clzll(point | 1)) >> 3) &
      (0 - has_point));
  const int leading_zero = static_cast<int>(p[0] == '0') &
                           static_cast<int>(length > 1) &
                           static_cast<int>(p[1] != '.');
  // A point that is last is the highest bit of the word.
  const int odd = static_cast<int>(!all_digits(v)) |
                  leading_zero |
                  static_cast<int>(!is_digit(p[0])) |
                  static_cast<int>(point >> 63);
  if (odd != 0) return false;
  *value = static_cast<double>(eight_digits(v)) / POWERS_OF_TEN[scale];
  return true;
}

/**
 * Converts 9 to 16 characters that are digits, with a point among the last 8 or
 * without, as times and matched totals are.
 *
 * @param p the first; 16 bytes from it may be read
 * @param length from 9 to 16
 * @return false when they are anything else: the caller looks closer
 */
inline bool parse_long(const uint8_t *p, uint32_t length, double *value) {
  const uint64_t zeros = 0x3030303030303030;
  const uint64_t points = 0x1E1E1E1E1E1E1E1E;  // '.' ^ '0'
  const uint64_t ones = 0x0101010101010101;
  uint64_t high = (load64(p) ^ zeros) << (128 - 8 * length);
  uint64_t low = load64(p + length - 8) ^ zeros;
  const uint64_t x = low ^ points;
  const uint64_t found = (x - ones) & ~x & 0x8080808080808080;
  uint32_t scale = 0;
  if (found != 0) {
    const uint64_t point = found & (0 - found);
    const uint64_t before = (point >> 7) - 1;
    scale = static_cast<uint32_t>(__builtin_clzll(point)) >> 3;
    low = (low & ~((before << 8) | 0xFF)) | ((low & before) << 8) | high >> 56;
    high <<= 8;
    if (scale == 0) return false;
  } else if (length > EXACT_DIGITS) {
    return false;
  }
  if (!all_digits(low) || !all_digits(high)) return false;
  if (p[0] == '0' && p[1] != '.') return false;
  *value = static_cast<double>(eight_digits(high) * UINT64_C(100000000) +
                               eight_digits(low)) /
           POWERS_OF_TEN[scale];
  return true;
}

/**
 * Converts a JSON number of any form.
 *
 * @param p its first byte, a digit or a sign if it is a number; some byte that
 *   no number contains must follow it
 * @return behind its last byte, NULL when it breaks the grammar or has more
 *   than MAX_CHARACTERS
 */
inline const uint8_t *parse_any(const uint8_t *p, double *value) {
  const uint8_t *const start = p;
  const bool negative = *p == '-';
  if (negative) p++;
  if (!is_digit(*p)) return nullptr;
  const uint8_t *const first = p;
  uint64_t integer = 0;  // may wrap; then there are more than 15 digits
  while (is_digit(*p)) integer = integer * 10 + (*p++ - '0');
  if (*first == '0' && p - first > 1) return nullptr;
  size_t digits = static_cast<size_t>(p - first);
  size_t scale = 0;
  if (*p == '.') {
    const uint8_t *const fraction = ++p;
    while (is_digit(*p)) integer = integer * 10 + (*p++ - '0');
    scale = static_cast<size_t>(p - fraction);
    if (scale == 0) return nullptr;
    digits += scale;
  }
  if ((*p | 0x20) == 'e') {
    p++;
    if (*p == '+' || *p == '-') p++;
    if (!is_digit(*p)) return nullptr;
    while (is_digit(*p)) p++;
    digits = EXACT_DIGITS + 1;
  }
  if (digits <= EXACT_DIGITS) {
    const double exact = static_cast<double>(integer) / POWERS_OF_TEN[scale];
    *value = negative ? -exact : exact;
  } else if (static_cast<size_t>(p - start) > MAX_CHARACTERS) {
    return nullptr;
  } else {
    *value = simdjson::internal::from_chars(
        reinterpret_cast<const char *>(start),
        reinterpret_cast<const char *>(p));
  }
  return p;
}

}  // namespace number

#endif
