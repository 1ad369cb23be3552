import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  bytesText,
  counted,
  durationText,
  fitted,
  grouped,
  handicapText,
  isoTime,
  orDash,
  pounds,
  price,
  printable,
  readableTime,
  speedText,
  widthOf,
} from "../../src/cli/_format.ts";

/** Rows of an input and what it must become. */
function table<T>(
  format: (value: T) => unknown,
  rows: readonly (readonly [value: T, expected: unknown])[],
): void {
  for (const [value, expected] of rows) {
    assert.equal(format(value), expected, String(value));
  }
}

describe("formats of the command line", () => {
  it("grouped() separates thousands and leaves decimals alone", () => {
    table(grouped, [
      [0, "0"],
      [999, "999"],
      [1000, "1,000"],
      [-1234567, "-1,234,567"],
    ]);
    assert.equal(grouped(1234567.126, 2), "1,234,567.13");
    assert.equal(grouped(1.23456, 4), "1.2346");
  });

  it("counted() tells one from many", () => {
    table((count: number) => counted(count, "line"), [
      [0, "0 lines"],
      [1, "1 line"],
      [2000, "2,000 lines"],
    ]);
  });

  it("orDash() shows what is not there, or not finite, as a dash", () => {
    table((value: number | null | undefined) => orDash(value, String), [
      [null, "–"],
      [undefined, "–"],
      [NaN, "–"],
      [Infinity, "–"],
      [0, "0"],
    ]);
  });

  it("price() and pounds() are short and never hide that there is something", () => {
    table(price, [
      [2, "2"],
      [2.16, "2.16"],
      [3.52491234, "3.5249"],
      [524.394, "524.39"],
      [1000, "1000"],
    ]);
    table(pounds, [
      [0, "0"],
      [0.01, "<1"],
      [0.5, "1"],
      [1234.5, "1,235"],
    ]);
    table(handicapText, [[0.5, "+0.5"], [-0.5, "-0.5"], [0, "0"]]);
  });

  it("bytesText() keeps three digits", () => {
    table(bytesText, [
      [0, "0 B"],
      [999, "999 B"],
      [1000, "1.0 kB"],
      [99_949, "99.9 kB"],
      [99_950, "100 kB"],
      [999_499, "999 kB"],
      [999_500, "1.0 MB"],
      [213_588_960, "214 MB"],
      [1_234_000_000, "1.23 GB"],
    ]);
    assert.equal(speedText(5_000_000, 2000), "2.5 MB/s");
    assert.equal(speedText(5_000_000, 0), "–");
  });

  it("durationText() changes its units as time grows", () => {
    table(durationText, [
      [0, "0.00 s"],
      [1234, "1.23 s"],
      [12_345, "12 s"],
      [65_000, "1:05 min"],
      [59_600, "1:00 min"],
      [3_600_000, "1:00:00 h"],
      [90_061_000, "25:01:01 h"],
      [15 * 86_400_000, "15 d 0 h"],
    ]);
  });

  it("isoTime() gives null for what is no date", () => {
    table(isoTime, [
      [0, "1970-01-01T00:00:00.000Z"],
      [undefined, null],
      [NaN, null],
      [1e300, null],
    ]);
    assert.equal(
      readableTime("2023-11-14T22:13:00.000Z"),
      "2023-11-14 22:13 UTC",
    );
    assert.equal(
      readableTime("2023-11-14T22:13:20.120Z"),
      "2023-11-14 22:13:20 UTC",
    );
  });

  it("printable() replaces what could steer a terminal", () => {
    table(printable, [
      ["Élan", "Élan"],
      ["E\u0301lan", "Élan"],
      ["a\x1b[31mb\rc\u200bd\u2028", "a\ufffd[31mb\ufffdc\ufffdd\ufffd"],
    ]);
  });

  it("fitted() cuts by columns, not by characters", () => {
    table(widthOf, [["abc", 3], ["競馬", 4], ["🏇", 2], ["x\u0323", 1]]);
    assert.equal(fitted("abcdef", 6), "abcdef");
    assert.equal(fitted("abcdefg", 6), "abcde…");
    assert.equal(fitted("競馬競馬", 6), "競馬…");
  });
});
