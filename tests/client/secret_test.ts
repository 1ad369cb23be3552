import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import { Secret } from "../../src/client/secret.ts";

const TEXT = "hunter2-Qx1dU6f0";

test("a secret is told by reveal only", () => {
  const secret = new Secret(TEXT);
  assert.equal(secret.reveal(), TEXT);
  assert.equal(`${secret}`, "[redacted]");
  assert.equal("" + secret, "[redacted]");
  assert.equal(String(secret), "[redacted]");
  assert.equal(JSON.stringify([secret]), '["[redacted]"]');
});

test("no way of showing a secret shows it", () => {
  const secret = new Secret(TEXT);
  const { Deno, Bun } = globalThis as {
    Deno?: { inspect(value: unknown, options?: unknown): string };
    Bun?: { inspect(value: unknown): string };
  };
  const error = new Error("refused", { cause: secret });
  Object.assign(error, { secret });
  const shown = [
    inspect(secret),
    inspect({ secret }, { showHidden: true, depth: null, getters: true }),
    inspect(secret, { customInspect: false, showHidden: true }),
    inspect(error),
    inspect(structuredClone(secret), { showHidden: true }),
    Deno?.inspect({ secret }, { showHidden: true }) ?? "",
    Bun?.inspect({ secret, error }) ?? "",
    JSON.stringify({ ...secret }),
    Object.entries(secret).join(),
    Reflect.ownKeys(secret).map(String).join(),
  ];
  for (const text of shown) assert.ok(!text.includes(TEXT), text);
  assert.equal(inspect(secret), "Secret [redacted]");
});

test("secrets are made of texts, and compared by them", () => {
  const secret = new Secret(TEXT);
  assert.equal(Secret.of(secret), secret);
  assert.ok(Secret.of(TEXT).equals(secret));
  assert.ok(!Secret.of("other").equals(secret));
});

test("a secret must be a text that is not empty", () => {
  assert.throws(() => new Secret(""), TypeError);
  assert.throws(
    () => new Secret(12345678 as unknown as string),
    (error) =>
      error instanceof TypeError && !error.message.includes("12345678") &&
      error.message ===
        "Cannot hold secret as it must be a non-empty string: number",
  );
});
