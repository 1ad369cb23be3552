import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Screen } from "../../src/cli/_screen.ts";
import { Terminal } from "./_terminal.ts";

describe("Screen", () => {
  it("draw() writes frames over each other, below what was there", async () => {
    const terminal = new Terminal(20, 6);
    await terminal.write("$ watch\n");
    const screen = new Screen(terminal);
    await screen.draw(["one", "two", "three"]);
    assert.deepEqual(terminal.lines, ["$ watch", "one", "two", "three"]);
    await screen.draw(["1", "two", "3"]);
    assert.deepEqual(terminal.lines, ["$ watch", "1", "two", "3"]);
    await screen.draw(["short"]);
    assert.deepEqual(terminal.lines, ["$ watch", "short"]);
    await screen.draw(["a", "b"]);
    await terminal.write("done\n");
    assert.deepEqual(terminal.lines, ["$ watch", "a", "b", "done"]);
  });

  it("draw() leaves out lines that do not fit", async () => {
    const terminal = new Terminal(20, 4);
    const screen = new Screen(terminal);
    for (let frame = 0; frame < 3; frame++) {
      await screen.draw(["a", "b", "c", "d", "e"]);
    }
    assert.equal(screen.rows, 3);
    assert.deepEqual(terminal.lines, ["a", "b", "c"]);
  });

  it("draw() cuts lines that are too wide, which would be wrapped", async () => {
    const terminal = new Terminal(10, 6);
    const screen = new Screen(terminal);
    for (let frame = 0; frame < 2; frame++) {
      await screen.draw(["\x1b[31m123456789\x1b[39m", "\x1b[31m1234567890"]);
    }
    assert.deepEqual(terminal.lines, ["123456789", "12345678…"]);
  });

  it("draw() begins anew when the size has changed", async () => {
    const terminal = new Terminal(20, 6);
    const screen = new Screen(terminal);
    await screen.draw(["one", "two"]);
    terminal.resize(10, 5);
    await screen.draw(["1", "2"]);
    assert.deepEqual(terminal.lines, ["1", "2"]);
    assert.equal(screen.columns, 9);
  });

  it("draw() takes usual sizes where the terminal does not tell its own", () => {
    const screen = new Screen({
      isTerminal: true,
      columns: undefined,
      write: () => {},
    });
    assert.deepEqual([screen.columns, screen.rows], [79, 23]);
  });

  it("draw() throws what the output does, and is ready again", async () => {
    const screen = new Screen({
      isTerminal: true,
      columns: 80,
      write: () => Promise.reject(new Error("gone")),
    });
    await assert.rejects(screen.draw(["a"]), /gone/);
    assert.equal(screen.isWriting, false);
  });
});
