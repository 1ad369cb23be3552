/* A library of another version, for tests: it only tells its ABI. */
#include <stdint.h>

#define EXPORT __attribute__((visibility("default")))

EXPORT uint32_t betfair_tape_abi(void) { return 0; }
EXPORT int32_t betfair_tape_open(void *state, void *kernel, uint32_t length) {
  (void)state, (void)kernel, (void)length;
  return -1;
}
EXPORT int32_t betfair_tape_parse(void *state, void *bytes, uint32_t start,
                                  uint32_t end, void *slots, uint32_t capacity,
                                  uint32_t used, uint32_t line) {
  (void)state, (void)bytes, (void)start, (void)end;
  (void)slots, (void)capacity, (void)used, (void)line;
  return -1;
}
EXPORT int32_t betfair_tape_kernel(void *state, void *name, uint32_t capacity) {
  (void)state, (void)name, (void)capacity;
  return -1;
}
EXPORT void betfair_tape_close(void *state) { (void)state; }
