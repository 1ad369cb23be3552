/**
 * @file runner_key.h
 *
 * The keys of a runner change, found by hash.
 *
 * Which ladder comes next is what no CPU can predict, and a chain of comparisons
 * is a chain of mispredicted branches. Here the key turns into data instead:
 * all ladders, and all scalars, take one way through the code.
 */
#ifndef BETFAIR_TAPE_RUNNER_KEY_H
#define BETFAIR_TAPE_RUNNER_KEY_H

#include <cstdint>

#include "tape_layout.h"

namespace runner_key {

enum class Type : uint8_t { UNKNOWN, LADDER, NUMBER, PROJECTED };

struct Key {
  /** The key and its closing quote as a little-endian word. */
  uint64_t word;
  Type type;
  /** Kind of the ladder, or slot of the number. */
  uint8_t value;
  /** Its bit of RUNNER_FLAGS; of the id one that the tape has not. */
  uint32_t flag;
};

/** Marks an id that was seen; above all bits of RUNNER_FLAGS. */
constexpr uint32_t HAS_ID = 1u << 31;

constexpr uint64_t word(const char *key) {
  uint64_t word = 0;
  uint32_t i = 0;
  for (; key[i] != 0; i++) {
    word |= static_cast<uint64_t>(static_cast<uint8_t>(key[i])) << (8 * i);
  }
  return word | static_cast<uint64_t>('"') << (8 * i);
}

constexpr uint32_t TABLE_BITS = 6;

constexpr uint32_t hash(uint64_t word) {
  return static_cast<uint32_t>((word * UINT64_C(0xC2CE6F447ED4D57B)) >>
                               (64 - TABLE_BITS));
}

struct Table {
  Key keys[1 << TABLE_BITS] = {};
  bool collides = false;

  constexpr void add(const char *key, Type type, uint32_t value,
                     uint32_t flag) {
    const uint64_t w = word(key);
    Key &entry = keys[hash(w)];
    collides |= entry.word != 0;
    entry = {w, type, static_cast<uint8_t>(value), flag};
  }

  constexpr void ladder(const char *key, uint32_t kind) {
    add(key, Type::LADDER, kind, 1u << (layout::LADDER_SHIFT + kind));
  }

  constexpr Table() {
    ladder("atb", layout::ATB);
    ladder("atl", layout::ATL);
    ladder("trd", layout::TRD);
    ladder("spb", layout::SPB);
    ladder("spl", layout::SPL);
    ladder("batb", layout::BATB);
    ladder("batl", layout::BATL);
    ladder("bdatb", layout::BDATB);
    ladder("bdatl", layout::BDATL);
    add("id", Type::NUMBER, layout::SELECTION_ID, HAS_ID);
    add("hc", Type::NUMBER, layout::HANDICAP, layout::HAS_HANDICAP);
    add("ltp", Type::NUMBER, layout::LTP, layout::HAS_LTP);
    add("tv", Type::NUMBER, layout::TV, layout::HAS_TV);
    add("spn", Type::PROJECTED, layout::SPN, layout::HAS_SPN);
    add("spf", Type::PROJECTED, layout::SPF, layout::HAS_SPF);
  }
};

constexpr Table TABLE;
static_assert(!TABLE.collides, "two keys share an entry: choose another multiplier");

/**
 * Finds a key.
 *
 * @param bytes the key's first 8 bytes
 * @param length bytes of the key with its closing quote
 */
inline const Key *find(uint64_t bytes, uint32_t length) {
  if (length > 8) return nullptr;
  const uint64_t w = bytes & (~UINT64_C(0) >> (64 - 8 * length));
  const Key *const key = &TABLE.keys[hash(w)];
  return key->word == w ? key : nullptr;
}

}  // namespace runner_key

#endif
