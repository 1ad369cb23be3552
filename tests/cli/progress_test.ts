import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { CliIo } from "../../src/cli/cli_io.ts";
import {
  type Progress,
  ProgressLine,
  progressText,
} from "../../src/cli/_progress.ts";

const HALF: Progress = {
  storedBytesRead: 1_500_000,
  storedBytes: 3_000_000,
  bytes: 12_000_000,
  messages: 34_567,
};

interface Fake {
  readonly io: CliIo;
  readonly written: string[];
  nowMs: number;
}

function fake(isTerminal: boolean, columns?: number): Fake {
  const written: string[] = [];
  const output = {
    isTerminal,
    columns,
    write: (text: string): void => void written.push(text),
  };
  const result: Fake = {
    written,
    nowMs: 5000,
    io: {
      stdout: output,
      stderr: output,
      noColor: true,
      now: () => result.nowMs,
    },
  };
  return result;
}

describe("ProgressLine", () => {
  it("ProgressLine.update() writes at most ten times a second", async () => {
    const screen = fake(true, 100);
    const progress = new ProgressLine(screen.io);
    let asked = 0;
    for (let i = 0; i < 1000; i++) {
      screen.nowMs++;
      await progress.update(() => (asked++, HALF));
    }
    assert.equal(screen.written.length, 10);
    assert.equal(asked, 10);
    assert.equal(progress.elapsedMs, 1000);
  });

  it("ProgressLine.update() writes over the line before, within the width", async () => {
    for (const columns of [30, 100]) {
      const screen = fake(true, columns);
      const progress = new ProgressLine(screen.io);
      screen.nowMs += 1000;
      await progress.update(() => HALF);
      const [text] = screen.written;
      assert.ok(text!.startsWith("\r\x1b[K 50 % "));
      assert.ok(!text!.includes("\n"));
      assert.ok(text!.slice(4).length < columns);
    }
  });

  it("ProgressLine writes nothing where there is no terminal", async () => {
    const screen = fake(false);
    const progress = new ProgressLine(screen.io);
    screen.nowMs += 1000;
    await progress.update(() => assert.fail("asked for progress"));
    await progress.clear();
    assert.deepEqual(screen.written, []);
  });

  it("ProgressLine.clear() takes away what was drawn, once", async () => {
    const screen = fake(true);
    const progress = new ProgressLine(screen.io);
    await progress.clear();
    assert.deepEqual(screen.written, []);
    screen.nowMs += 1000;
    await progress.update(() => HALF);
    await progress.clear();
    await progress.clear();
    assert.deepEqual(screen.written.slice(1), ["\r\x1b[K"]);
  });
});

describe("progressText()", () => {
  it("progressText() tells share, speed, messages and what is left", () => {
    assert.equal(
      progressText(HALF, 2000),
      " 50 % ━━━━━━━━━━────────── 1.5 MB of 3.0 MB  6.0 MB/s  34,567 messages  2.00 s left",
    );
  });

  it("progressText() makes no guess out of nothing", () => {
    assert.doesNotMatch(progressText(HALF, 100), /left/);
    assert.doesNotMatch(
      progressText({ ...HALF, storedBytesRead: 0 }, 2000),
      /left/,
    );
  });

  it("progressText() never tells more than 100 %", () => {
    assert.match(progressText({ ...HALF, storedBytes: 1000 }, 2000), /^100 % /);
  });

  it("progressText() leaves out the share where the size is not known", () => {
    assert.equal(
      progressText({ ...HALF, storedBytes: undefined }, 2000),
      "12.0 MB  6.0 MB/s  34,567 messages",
    );
  });
});
