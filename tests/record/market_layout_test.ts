import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { MarketLayout } from "../../src/record/_market_layout.ts";
import { Staging } from "../../src/record/_staging.ts";
import { bytesOf, MemoryFiles, priceLine, START_MS } from "./_support.ts";

describe("MarketLayout", () => {
  it("completes the file written least recently beyond its limit", async () => {
    const files = new MemoryFiles();
    const layout = new MarketLayout({
      files,
      folder: "f/",
      rotateBytes: Infinity,
      rotateMs: Infinity,
      maxFiles: 2,
    });
    const staging = new Staging();
    const complete: string[] = [];
    for (const id of ["1.1", "1.2", "1.1", "1.3", "1.2"]) {
      staging.add(bytesOf(priceLine(id, 2)), START_MS, undefined);
      const block = staging.take();
      const work = layout.add(block);
      for (const file of work.touched) await file.flush();
      staging.giveBack(block);
      for (const file of work.complete) complete.push(file.path!);
    }
    assert.deepEqual(complete, ["f/1.2", "f/1.1"]);
    assert.deepEqual(layout.end().map(({ path }) => path), [
      "f/1.3",
      "f/1.2_000002",
    ]);
  });
});

describe("MarketLayout numbers", () => {
  it("remembers so many, and looks for the others again", async () => {
    const files = new MemoryFiles();
    const layout = new MarketLayout({
      files,
      folder: "f/",
      rotateBytes: 1,
      rotateMs: Infinity,
      maxNumbers: 2,
    });
    const staging = new Staging();
    for (const id of ["1.1", "1.2", "1.1", "1.3", "1.2", "1.1"]) {
      staging.add(bytesOf(priceLine(id, 2)), START_MS, undefined);
      const block = staging.take();
      for (const file of layout.add(block).touched) await file.flush();
      staging.giveBack(block);
    }
    assert.deepEqual(files.names, [
      "1.1.ndjson.part",
      "1.1_000002.ndjson.part",
      "1.1_000003.ndjson.part",
      "1.2.ndjson.part",
      "1.2_000002.ndjson.part",
      "1.3.ndjson.part",
    ]);
  });
});

describe("Staging", () => {
  it("gives back what it was given, by connection, in one block after another", () => {
    const staging = new Staging();
    staging.add(bytesOf("a\n"), 1, undefined);
    staging.add(bytesOf("b\n"), 1, undefined);
    staging.add(bytesOf("\n"), 2, undefined);
    staging.add(bytesOf("c\n"), 3, "x");
    staging.add(new Uint8Array(0), 4, "y");
    assert.equal(staging.length, 7);
    const block = staging.take();
    assert.equal(new TextDecoder().decode(block.bytes), "a\nb\n\nc\n");
    assert.deepEqual(block.runs, [
      { end: 4, connectionId: undefined, receivedAtMs: 1 },
      { end: 5, connectionId: undefined, receivedAtMs: 2 },
      { end: 7, connectionId: "x", receivedAtMs: 3 },
    ]);
    // What comes meanwhile does not touch what is being written.
    staging.add(bytesOf("!!!!!!!!\n"), 5, "x");
    assert.equal(new TextDecoder().decode(block.bytes), "a\nb\n\nc\n");
    staging.giveBack(block);
    assert.equal(staging.discard(), 9);
    assert.equal(staging.take().bytes.length, 0);
  });

  it("lets the memory of an image go", () => {
    const staging = new Staging();
    staging.add(new Uint8Array(10 << 20).fill(0x0a), 1, undefined);
    staging.giveBack(staging.take());
    staging.take();
    staging.add(bytesOf("a\n"), 1, undefined);
    assert.ok(staging.take().bytes.buffer.byteLength <= 1 << 20);
  });
});
