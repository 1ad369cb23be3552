import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { inRuntime } from "../../src/cli/_runtime_text.ts";

const TEXT = `deno task cli replay a.bz2
deno task watch --orders
TOKEN=$(deno task --quiet login --token)
"deno task build:ffi" builds it`;

describe("inRuntime()", () => {
  it("leaves a text as it is in Deno", () => {
    assert.equal(inRuntime(TEXT, true), TEXT);
  });

  it("names what Bun can run", () => {
    assert.equal(
      inRuntime(TEXT, false),
      `bun src/cli/main.ts replay a.bz2
bun src/cli/main.ts watch --orders
TOKEN=$(bun src/cli/main.ts login --token)
"bun ffi/build.ts" builds it`,
    );
  });
});
