// deno-lint-ignore-file no-top-level-await -- a test needs its reason to skip when it is declared

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { LineStream } from "../../src/framing/line_stream.ts";
import { loadStd, type StdTime } from "./_std.ts";

const { module: std, skip } = await loadStd<StdTime>("@std/testing/time");

/** Some day in 2023, in epoch milliseconds. */
const START_MS = 1_700_000_000_000;

const HOUR_MS = 3_600_000;

describe("LineStream under FakeTime", () => {
  it("needs no timer, and no clock", { skip }, async () => {
    const time = new (std().FakeTime)(START_MS);
    try {
      const stream = new LineStream();
      const writer = stream.writable.getWriter();
      const reader = stream.readable.getReader();
      const written = writer.write(new TextEncoder().encode("one\ntw"));
      assert.equal(
        new TextDecoder().decode((await reader.read()).value),
        "one\n",
      );
      await written;

      time.tick(HOUR_MS);
      assert.equal(time.now, START_MS + HOUR_MS);

      const rest = writer.write(new TextEncoder().encode("o\n"));
      assert.equal(
        new TextDecoder().decode((await reader.read()).value),
        "two\n",
      );
      await rest;
      await writer.close();
      assert.equal((await reader.read()).done, true);
    } finally {
      time.restore();
    }
  });
});
