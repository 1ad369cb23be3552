import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { describe, it } from "node:test";
import { gzipSync } from "node:zlib";
import { replay } from "../../src/replay/replay.ts";
import { ReplaySourceError } from "../../src/replay/replay_source_error.ts";

const LINE = `{"op":"mcm","pt":1,"mc":[{"id":"1.1"}]}\n`;

/** A tar with one file: a header of 512 bytes, the data, and the end. */
function tarOf(name: string, data: string): Uint8Array {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write(data.length.toString(8).padStart(11, "0"), 124);
  header.write("ustar\x0000", 257);
  const padding = Buffer.alloc((512 - data.length % 512) % 512);
  return Buffer.concat([
    header,
    Buffer.from(data),
    padding,
    Buffer.alloc(1024),
  ]);
}

/** The beginning of a zip. */
const ZIP = Buffer.concat([Buffer.from("PK\x03\x04"), Buffer.alloc(500)]);
const EMPTY_ZIP = Buffer.concat([Buffer.from("PK\x05\x06"), Buffer.alloc(18)]);

describe("replay() of an archive", () => {
  for (
    const [what, bytes] of [
      ["tar", tarOf("1.1.json", LINE)],
      ["tar", gzipSync(tarOf("1.1.json", LINE))],
      ["zip", ZIP],
      ["zip", EMPTY_ZIP],
    ] as const
  ) {
    it(`says that a ${what} of ${bytes.length} bytes must be unpacked, once`, async () => {
      const errors: unknown[] = [];
      for await (const batch of replay(bytes)) {
        for (const { kind, error } of batch) {
          assert.equal(kind, "invalid");
          errors.push(error);
        }
      }
      const [error] = errors;
      assert.ok(error instanceof ReplaySourceError);
      assert.equal(error.code, "archive");
      assert.match(error.message, new RegExp(`it is a ${what} archive$`));
      assert.equal(errors.length, 1);
    });
  }

  it("does not wait for more of a stream than its first message", async () => {
    const { promise: rest, resolve } = Promise.withResolvers<void>();
    async function* stream(): AsyncGenerator<Uint8Array> {
      yield new TextEncoder().encode(LINE);
      await rest;
    }
    const kinds: string[] = [];
    for await (const batch of replay(stream())) {
      for (const { kind } of batch) kinds.push(kind);
      if (kinds.length > 0) resolve();
    }
    assert.deepEqual(kinds, ["market"]);
  });
});
