import type { MarketGeneratorOptions } from "../../src/testing/mod.ts";

/** Sessions of every flavor and with every kind of event, with a remark each. */
export const SESSIONS:
  readonly (readonly [remark: string, MarketGeneratorOptions])[] = [
    ["a live race", { messages: 150 }],
    ["a PRO file", { flavor: "pro", messages: 150, imageShare: 0.02 }],
    ["a newer PRO file of an event", {
      flavor: "pro",
      markets: 3,
      messages: 100,
      proTotals: false,
    }],
    ["a BASIC file", { flavor: "basic", messages: 60 }],
    ["an eventful live session of many markets", {
      markets: 9,
      marketTypes: ["WIN", "PLACE", "MATCH_ODDS", "ASIAN_HANDICAP"],
      runners: 6,
      messages: 200,
      orders: true,
      segmentShare: 0.2,
      imageShare: 0.04,
      resumeShare: 0.02,
      outageShare: 0.02,
      conflatedShare: 0.2,
    }],
    ["best offers, ten levels", {
      fields: ["EX_BEST_OFFERS", "EX_LTP", "EX_TRADED_VOL", "EX_MARKET_DEF"],
      ladderLevels: 10,
      messages: 100,
    }],
    ["display offers without definitions", {
      fields: ["EX_BEST_OFFERS_DISP", "EX_TRADED"],
      markets: 4,
      imageShare: 0.02,
      messages: 100,
    }],
    ["markets that never end", {
      wholeLife: false,
      markets: 3,
      orders: true,
      messages: 100,
    }],
  ];
