/**
 * @file fuzz_target.cpp
 *
 * Runs the library on arbitrary bytes, for sanitizers and for libFuzzer.
 *
 * Whether the tapes are right is tested against `JSON.parse` elsewhere; here
 * only the library speaks for itself: it stays inside of its buffers, makes
 * progress, and makes the same records of lines in one block, on a tape so
 * small that it keeps being full, and one by one.
 *
 * Without libFuzzer (FUZZ_MAIN) it is a program that mutates the lines of files:
 * `fuzz_target SECONDS SEED FILE...`.
 */
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <vector>

#include "betfair_tape.h"
#include "tape_layout.h"

namespace {

/** A record or a declined line, in order; what must not depend on blocks. */
struct Result {
  std::vector<double> slots;
  uint32_t lines = 0;
};

[[noreturn]] void report(const char *what) {
  fprintf(stderr, "fuzz_target: %s\n", what);
  abort();
}

/** Parses a block with a tape of so many slots, which grows as needed. */
Result run(betfair_tape_state *state, const uint8_t *bytes, uint32_t size,
           uint32_t start, uint32_t end, uint32_t capacity) {
  Result result;
  // Buffers of exactly the size, so that a sanitizer sees every byte too far.
  std::unique_ptr<double[]> slots(new double[capacity]);
  uint32_t at = start;
  if (end > size) report("the range is wrong");
  while (at < end) {
    const int32_t status = betfair_tape_parse(
        state, bytes, at, end, slots.get(), capacity, 0, result.lines);
    if (status < 0) report("parse() failed");
    if (state->next < at || state->next > end) report("next is out of range");
    if (state->slots > capacity) report("the tape overflowed");
    uint32_t records = 0;
    for (uint32_t slot = 0; slot < state->slots; records++) {
      const double length = slots[slot + layout::LENGTH];
      if (!(length >= layout::CHANGE_SLOTS)) report("a record has no length");
      slot += static_cast<uint32_t>(length);
      if (slot > state->slots) report("a record reaches too far");
    }
    if (records != state->records) report("records are miscounted");
    result.slots.insert(result.slots.end(), slots.get(),
                        slots.get() + state->slots);
    result.lines += state->lines;
    at = state->next;
    if (status == BETFAIR_TAPE_OK) {
      if (at != end) report("OK before the end");
    } else if (status == BETFAIR_TAPE_FULL) {
      if (state->records == 0) {
        capacity *= 2;
        slots.reset(new double[capacity]);
      }
    } else {
      if (state->line_feed < at || state->line_feed >= end ||
          bytes[state->line_feed] != '\n') {
        report("a declined line has no end");
      }
      result.slots.push_back(at);  // why it was declined may differ
      result.lines++;
      at = state->line_feed + 1;
    }
  }
  return result;
}

void same(const Result &a, const Result &b, const char *what) {
  if (a.lines != b.lines || a.slots.size() != b.slots.size() ||
      (!a.slots.empty() &&  // whose data() may be null
       memcmp(a.slots.data(), b.slots.data(),
              a.slots.size() * sizeof(double)) != 0)) {
    report(what);
  }
}

/** Parses a block of whole lines in several ways. */
void check(betfair_tape_state *state, const uint8_t *data, uint32_t size) {
  const Result whole = run(state, data, size, 0, size, 4096);
  same(whole, run(state, data, size, 0, size, 32),
       "a small tape makes a difference");
  Result single;
  for (uint32_t start = 0; start < size;) {
    const uint8_t *const lf =
        static_cast<const uint8_t *>(memchr(data + start, '\n', size - start));
    const uint32_t end = static_cast<uint32_t>(lf - data) + 1;
    Result line = run(state, data, size, start, end, 64);
    // Lines count from the start of a block.
    if (line.slots.size() > 1) line.slots[layout::LINE] = single.lines;
    single.slots.insert(single.slots.end(), line.slots.begin(),
                        line.slots.end());
    single.lines += line.lines;
    start = end;
  }
  same(whole, single, "line by line makes a difference");
}

void open_or_exit(betfair_tape_state *state, const char *kernel) {
  const uint32_t length = static_cast<uint32_t>(strlen(kernel));
  if (betfair_tape_open(state, reinterpret_cast<const uint8_t *>(kernel),
                        length) != BETFAIR_TAPE_OK) {
    fprintf(stderr, "fuzz_target: cannot open kernel \"%s\"\n", kernel);
    exit(2);
  }
}

void test(betfair_tape_state *state, const uint8_t *data, size_t size) {
  std::unique_ptr<uint8_t[]> block(new uint8_t[size + 1]);
  if (size > 0) memcpy(block.get(), data, size);
  block[size] = '\n';
  check(state, block.get(), static_cast<uint32_t>(size + 1));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  betfair_tape_state state = {};
  open_or_exit(&state, "");
  test(&state, data, size);
  betfair_tape_close(&state);
  return 0;
}

#ifdef FUZZ_MAIN
#include <chrono>
#include <random>

namespace {

std::vector<uint8_t> read_file(const char *path) {
  std::vector<uint8_t> bytes;
  FILE *const file = fopen(path, "rb");
  if (file == nullptr) {
    fprintf(stderr, "fuzz_target: cannot read %s\n", path);
    exit(2);
  }
  uint8_t buffer[1 << 16];
  while (const size_t count = fread(buffer, 1, sizeof buffer, file)) {
    bytes.insert(bytes.end(), buffer, buffer + count);
  }
  fclose(file);
  return bytes;
}

const char *const PIECES[] = {
    "\"",   "\\",    "\\u00",  "\n",     "\r\n", "{",    "}",    "[",
    "]",    ",",     ":",      "0",      "-",    ".",    "1e5",  "1e400",
    "null", "true",  "\x80",   "\xC3",   "\xED\xA0\x80", "\xF4\x90\x80\x80",
    " ",    "\t",    "\x01",   "\f",     "\x1a", "123456789012345678",
    "[[",   "]]",    "\"x\":", "\"id\":", "\"op\":\"mcm\",", "\"\\\"\"",
};

}  // namespace

int main(int argc, char **argv) {
  if (argc < 4) {
    fprintf(stderr, "usage: fuzz_target SECONDS SEED FILE...\n");
    return 2;
  }
  const auto end =
      std::chrono::steady_clock::now() + std::chrono::seconds(atoi(argv[1]));
  std::mt19937 random(static_cast<uint32_t>(atoi(argv[2])));
  std::vector<std::vector<uint8_t>> lines;
  betfair_tape_state state = {};
  open_or_exit(&state, getenv("KERNEL") == nullptr ? "" : getenv("KERNEL"));
  for (int i = 3; i < argc; i++) {
    const std::vector<uint8_t> bytes = read_file(argv[i]);
    test(&state, bytes.data(), bytes.size());  // whole, to begin with
    size_t start = 0;
    for (size_t j = 0; j < bytes.size(); j++) {
      if (bytes[j] != '\n') continue;
      if (j - start < 8192 && lines.size() < 20000) {
        lines.emplace_back(bytes.begin() + static_cast<long>(start),
                           bytes.begin() + static_cast<long>(j));
      }
      start = j + 1;
    }
  }
  if (lines.empty()) lines.emplace_back();
  uint64_t blocks = 0;
  while (std::chrono::steady_clock::now() < end) {
    std::vector<uint8_t> block;
    for (uint32_t left = 1 + random() % 12; left > 0; left--) {
      std::vector<uint8_t> line = lines[random() % lines.size()];
      for (uint32_t times = random() % 3; times > 0; times--) {
        const size_t at = random() % (line.size() + 1);
        const auto place = line.begin() + static_cast<long>(at);
        const char *const piece =
            PIECES[random() % (sizeof PIECES / sizeof *PIECES)];
        switch (random() % 4) {
          case 0:
            line.insert(place, piece, piece + strlen(piece));
            break;
          case 1:
            if (at < line.size()) line[at] ^= 1 << random() % 8;
            break;
          case 2:
            line.erase(place, line.end() - place > 3 ? place + 1 + random() % 3
                                                     : line.end());
            break;
          default:
            if (random() % 4 == 0) line.resize(at);
        }
      }
      block.insert(block.end(), line.begin(), line.end());
      if (random() % 16 != 0) block.push_back('\n');
    }
    test(&state, block.data(), block.size());
    blocks++;
  }
  betfair_tape_close(&state);
  printf("fuzz_target: %llu blocks, no finding\n",
         static_cast<unsigned long long>(blocks));
  return 0;
}
#endif
