/**
 * @file tape_layout.h
 *
 * The slots of a tape, as src/tape/layout.ts defines and describes them. A test
 * compares the two files.
 */
#ifndef BETFAIR_TAPE_LAYOUT_H
#define BETFAIR_TAPE_LAYOUT_H

#include <cstdint>

namespace layout {

constexpr uint32_t KIND = 0;
constexpr uint32_t LENGTH = 1;
constexpr uint32_t LINE = 2;
constexpr uint32_t LINE_START = 3;
constexpr uint32_t LINE_END = 4;
constexpr uint32_t RECORD_CHANGE = 1;

constexpr uint32_t FLAGS = 5;
constexpr uint32_t ID = 6;
constexpr uint32_t PUBLISH_TIME = 7;
constexpr uint32_t CLK_START = 8;
constexpr uint32_t CLK_END = 9;
constexpr uint32_t INITIAL_CLK_START = 10;
constexpr uint32_t INITIAL_CLK_END = 11;
constexpr uint32_t CONFLATE_MS = 12;
constexpr uint32_t HEARTBEAT_MS = 13;
constexpr uint32_t STATUS = 14;
constexpr uint32_t MARKET_COUNT = 15;
constexpr uint32_t CHANGE_SLOTS = 16;

constexpr uint32_t TYPE_SUB_IMAGE = 1;
constexpr uint32_t TYPE_RESUB_DELTA = 2;
constexpr uint32_t TYPE_HEARTBEAT = 3;
constexpr uint32_t TYPE_OTHER = 4;
constexpr uint32_t SEGMENT_SHIFT = 3;
constexpr uint32_t SEGMENT_START = 1;
constexpr uint32_t SEGMENT_MIDDLE = 2;
constexpr uint32_t SEGMENT_END = 3;
constexpr uint32_t SEGMENT_OTHER = 4;
constexpr uint32_t HAS_ID = 0x40;
constexpr uint32_t HAS_PUBLISH_TIME = 0x80;
constexpr uint32_t HAS_CLK = 0x100;
constexpr uint32_t HAS_INITIAL_CLK = 0x200;
constexpr uint32_t HAS_CONFLATE_MS = 0x400;
constexpr uint32_t HAS_HEARTBEAT_MS = 0x800;
constexpr uint32_t HAS_STATUS = 0x1000;
constexpr uint32_t HAS_MARKETS = 0x2000;

constexpr uint32_t MARKET_LENGTH = 0;
constexpr uint32_t MARKET_FLAGS = 1;
constexpr uint32_t MARKET_ID_START = 2;
constexpr uint32_t MARKET_ID_END = 3;
constexpr uint32_t MARKET_TV = 4;
constexpr uint32_t DEFINITION_START = 5;
constexpr uint32_t DEFINITION_END = 6;
constexpr uint32_t RUNNER_COUNT = 7;
constexpr uint32_t MARKET_SLOTS = 8;

constexpr uint32_t IMAGE = 0x1;
constexpr uint32_t CONFLATED = 0x2;
constexpr uint32_t HAS_IMAGE = 0x4;
constexpr uint32_t HAS_CONFLATED = 0x8;
constexpr uint32_t HAS_MARKET_TV = 0x10;
constexpr uint32_t HAS_DEFINITION = 0x20;
constexpr uint32_t DEFINITION_CLOSED = 0x40;
constexpr uint32_t HAS_RUNNERS = 0x80;

constexpr uint32_t RUNNER_LENGTH = 0;
constexpr uint32_t RUNNER_FLAGS = 1;
constexpr uint32_t SELECTION_ID = 2;
constexpr uint32_t HANDICAP = 3;
constexpr uint32_t LTP = 4;
constexpr uint32_t TV = 5;
constexpr uint32_t SPN = 6;
constexpr uint32_t SPF = 7;
constexpr uint32_t RUNNER_SLOTS = 8;

constexpr uint32_t HAS_LTP = 0x1;
constexpr uint32_t HAS_TV = 0x2;
constexpr uint32_t HAS_SPN = 0x4;
constexpr uint32_t HAS_SPF = 0x8;
constexpr uint32_t HAS_HANDICAP = 0x10;
constexpr uint32_t LADDER_SHIFT = 5;

constexpr uint32_t LADDER_KIND = 0;
constexpr uint32_t LADDER_ROWS = 1;
constexpr uint32_t LADDER_SLOTS = 2;
constexpr uint32_t ATB = 0;
constexpr uint32_t ATL = 1;
constexpr uint32_t TRD = 2;
constexpr uint32_t SPB = 3;
constexpr uint32_t SPL = 4;
constexpr uint32_t BATB = 5;
constexpr uint32_t BATL = 6;
constexpr uint32_t BDATB = 7;
constexpr uint32_t BDATL = 8;
constexpr uint32_t FIRST_LEVEL_KIND = 5;
constexpr uint32_t PRICE_ROW = 2;
constexpr uint32_t LEVEL_ROW = 3;
constexpr uint32_t MAX_LEVEL = 99;

}  // namespace layout

#endif
