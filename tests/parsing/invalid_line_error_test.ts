import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { InvalidLineError } from "../../src/parsing/invalid_line_error.ts";

const encoder = new TextEncoder();

function previewOf(line: string | Uint8Array): string {
  const bytes = typeof line === "string" ? encoder.encode(line) : line;
  return new InvalidLineError({
    reason: "syntax",
    detail: "it is bad",
    line: bytes,
  }).preview;
}

describe("InvalidLineError", () => {
  it("is a SyntaxError with its facts as fields", () => {
    const cause = new Error("x");
    const line = encoder.encode("{");
    const error = new InvalidLineError({
      reason: "syntax",
      detail: "it is bad",
      line,
      cause,
    });
    assert.ok(error instanceof SyntaxError);
    assert.equal(error.name, "InvalidLineError");
    assert.equal(error.reason, "syntax");
    assert.equal(error.source, "");
    assert.equal(error.lineNumber, 1);
    assert.equal(error.byteOffset, 0);
    assert.equal(error.preview, "{");
    assert.equal(error.cause, cause);
    assert.equal(error.message, "Cannot read line as it is bad: {");
  });

  it("has no cause if none is given", () => {
    const error = new InvalidLineError({
      reason: "schema",
      detail: "x",
      line: "y",
    });
    assert.equal("cause" in error, false);
  });

  it("at() makes a located copy with the same preview", () => {
    const cause = new Error("x");
    const line = encoder.encode(
      `{"session":"abc","x":"${"y".repeat(200)}\u0001`,
    );
    const error = new InvalidLineError({
      reason: "oversize",
      detail: "it is big",
      line,
      cause,
    });
    const located = error.at({
      source: 'a "b"',
      lineNumber: 12,
      byteOffset: 345,
    });
    assert.notEqual(located, error);
    assert.equal(located.reason, "oversize");
    assert.equal(located.source, 'a "b"');
    assert.equal(located.lineNumber, 12);
    assert.equal(located.byteOffset, 345);
    assert.equal(located.cause, cause);
    assert.equal(located.preview, error.preview);
    assert.equal(
      located.message,
      `Cannot read line 12 of "a \\"b\\"" as it is big: ${error.preview}`,
    );
    assert.equal(error.source, "");
  });

  it("preview is cut at 80 characters and says so", () => {
    assert.equal(previewOf("x".repeat(80)), "x".repeat(80));
    assert.equal(previewOf("x".repeat(81)), `${"x".repeat(80)}…`);
    assert.ok(previewOf(`${"x".repeat(79)}🐎🐎`).isWellFormed());
  });

  it("preview escapes what is no printable character", () => {
    assert.equal(
      previewOf("a\u0000\u001b[31m\u007f\u0085\u2028\u202e"),
      "a\\u0000\\u001b[31m\\u007f\\u0085\\u2028\\u202e",
    );
    assert.equal(previewOf(new Uint8Array([0x61, 0xff, 0x62])), "a\\ufffdb");
    assert.equal(previewOf("é€🐎"), "é€🐎");
  });

  it("preview holds no credentials", () => {
    for (
      const line of [
        `{"op":"authentication","session":"s3cret","appKey":"k3y","x":1}`,
        `{"op":"authentication","session" : "s3cret","appKey"\t:"k3y`,
        `{"SESSION":"s3cret\\"s3cret","AppKey":"k3y"`,
        `{session:s3cret,appKey:k3y}`,
        `{"x":"{\\"session\\":\\"s3cret\\",\\"appKey\\":\\"k3y\\"}"`,
        `password=s3cret X-Application: k3y`,
        `{"session":"${"s3cret".repeat(400)}`,
      ]
    ) {
      const preview = previewOf(line);
      assert.ok(
        !preview.includes("s3cret") && !preview.includes("k3y"),
        preview,
      );
      assert.ok(preview.includes("[redacted]"), preview);
    }
  });

  it("preview holds no credentials in whatever form, or damaged", () => {
    const forms = [
      `{'op': 'authentication', 'appKey': 'k3y', 'session': 's3cret'}`,
      `{"s\\u0065ssion":"s3cret",}`,
      `{"session":["s3cret"],}`,
      `{"sessionToken":"s3cret","loginStatus":"SUCCESS",}`,
      `{"token":"s3cret","product":"k3y",}`,
      `{"m":"{\\\\\"session\\\\\":\\\\\"s3cret\\\\\"}",}`,
      `{"session" "s3cret"}`,
      `{"session""s3cret"}`,
      `{"session"\0:"s3cret"}`,
      `{"session":\0"s3cret"}`,
      `{"session\u200b":"s3cret"}`,
      `{session: a s3cret}`,
      `session=abc,s3cret`,
      `session:abc"s3cret"`,
      `{"session":"abc"s3cret",}`,
      `{"m":"\\"session\\":\\"a\\\\\\"s3cret\\"",}`,
      `username=joe&password=s3cret&x=1`,
      `ssoid=s3cret`,
      `"{""op"":""x"",""session"":""s3cret""}"`,
      `{"session":12345s3cret}`,
    ];
    for (const form of forms) {
      const error = new InvalidLineError({
        reason: "syntax",
        detail: "it is not JSON",
        line: new TextEncoder().encode(form),
      });
      const located = error.at({ source: "a", lineNumber: 1, byteOffset: 0 });
      for (const { message, preview } of [error, located]) {
        assert.doesNotMatch(message, /s3cret|k3y/, form);
        assert.match(preview, /\[redacted\]/, form);
      }
    }
  });

  it("preview keeps what only sounds like credentials", () => {
    for (
      const text of [
        "the session token is not valid, INVALID_SESSION_INFORMATION",
        `{"name":"Caf\\u00e9 Session 5","x":}`,
        `{"clk":"AJsessionAB","pt":}`,
      ]
    ) assert.equal(previewOf(text), text);
  });

  it("preview stays as it is when the error is told where it is", () => {
    for (let pad = 0; pad < 80; pad++) {
      const error = new InvalidLineError({
        reason: "syntax",
        detail: "it is not JSON",
        line: `{"x":"${"y".repeat(pad)}\u0001","session":"s3cret","z":1234`,
      });
      const located = error.at({ source: "a", lineNumber: 1, byteOffset: 0 });
      assert.equal(located.preview, error.preview);
      assert.equal(located.preview.endsWith("…"), error.preview.endsWith("…"));
    }
  });

  it("InvalidLineError redacts credentials of lines given as text too", () => {
    const line = '{"op":"authentication","session":"s3cr3t","appKey":"k3y" x';
    const error = new InvalidLineError({
      reason: "syntax",
      detail: "it is not JSON",
      line,
    });
    const located = error.at({ source: "a", lineNumber: 1, byteOffset: 0 });
    for (const { message, preview } of [error, located]) {
      assert.ok(!`${message} ${preview}`.includes("s3cr3t"), message);
      assert.ok(!`${message} ${preview}`.includes("k3y"), message);
    }
    assert.equal(located.preview, error.preview);
  });
});
