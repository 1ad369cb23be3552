import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { inspect } from "node:util";
import { redact, redactLine } from "../../src/client/_redaction.ts";
import { Secret } from "../../src/client/mod.ts";
import { InvalidLineError } from "../../src/parsing/invalid_line_error.ts";
import { failure, Play, turn } from "./_fake_exchange.ts";

const secrets = ["KEY", "AAA-KEY-BBBB"].map((text) => new Secret(text));

describe("redact()", () => {
  it("replaces every secret, also one that another one is a part of", () => {
    for (const order of [secrets, secrets.toReversed()]) {
      assert.equal(
        redact("bad AAA-KEY-BBBB, KEY or AAA-KEY-BBBB", order),
        "bad [redacted], [redacted] or [redacted]",
      );
    }
  });

  it("replaces the beginning of one where the text was cut", () => {
    assert.equal(redact("bad AAA-KE…", secrets), "bad [redacted]…");
    assert.equal(redact("bad AAA-KE", secrets), "bad AAA-KE");
    assert.equal(redact("bad AA…", secrets), "bad AA…");
  });
});

describe("redactLine()", () => {
  it("leaves a line without secrets as it is", () => {
    const cause = new Error("why");
    const error = new InvalidLineError({
      reason: "syntax",
      detail: "it is not valid JSON",
      line: "nothing",
      cause,
    });
    const { message } = error;
    redactLine(error, secrets);
    assert.equal(error.message, message);
    // The engine may quote what the preview does not show.
    assert.deepEqual([error.cause, "cause" in error], [undefined, false]);
  });
});

describe("StreamClient, told its own secrets", () => {
  it("does not repeat them: not in an error, its cause, its health or a state", async () => {
    const token = "s3cr3tTOKEN-which-is-long";
    const lines = [
      `no such session ${token} of key APPKEY99`,
      `${"x".repeat(60)} ${token}`,
      `{"op":"mcm","id":2,"mc":[{"id":["${token}"]}]}`,
      // Behind the preview, where only the engine quotes it.
      `{"op":"status","id":9,"statusCode":"FAILURE","connectionClosed":false,` +
      `"errorCode":"UNEXPECTED_ERROR","errorMessage":${token}}`,
      failure("UNEXPECTED_ERROR", { errorMessage: `of ${token}, APPKEY99` }),
    ];
    for (const line of lines) {
      const play = new Play({ session: token, appKey: "APPKEY99" });
      await play.goLive();
      await play.send(line);
      await turn();
      const told = inspect(
        [
          play.updates.map(({ error }) => [error, error?.stack, error?.cause]),
          play.changes,
          play.client.health,
        ],
        { depth: 10, maxStringLength: null },
      );
      assert.equal(play.client.state, "waiting");
      assert.doesNotMatch(told, /s3cr|APPKEY99/);
      if (!String(line).includes(`:${token}`)) {
        assert.match(told, /\[redacted\]/);
      }
      await play.end();
    }
  });
});
