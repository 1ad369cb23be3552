import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { InvalidLineError } from "../../src/parsing/invalid_line_error.ts";
import { MessageReader } from "../../src/protocol/message_reader.ts";
import type { StreamMessage } from "../../src/protocol/messages.ts";

const encoder = new TextEncoder();
const line = (id: number): string => `{"op":"status","id":${id}}\n`;

function idsOf(messages: readonly StreamMessage[]): unknown[] {
  return messages.map((message) => "id" in message ? message.id : undefined);
}

describe("MessageReader", () => {
  it("gives the messages that each chunk completes, whatever the cuts", () => {
    const bytes = encoder.encode(line(1) + "\r\n" + line(2) + line(3).trim());
    for (let at = 0; at <= bytes.length; at++) {
      const reader = new MessageReader();
      const messages = [
        ...reader.push(bytes.slice(0, at)),
        ...reader.push(bytes.slice(at)),
        ...reader.finish(),
      ];
      assert.deepEqual(idsOf(messages), [1, 2, 3], `cut at ${at}`);
    }
  });

  it("throws an invalid line, and gives those before it all the same", () => {
    const reader = new MessageReader({ source: "a" });
    const messages: StreamMessage[] = [];
    assert.throws(
      () => reader.push(encoder.encode(line(1) + "{\n" + line(2)), messages),
      (error) =>
        error instanceof InvalidLineError && error.source === "a" &&
        error.lineNumber === 2 && error.byteOffset === line(1).length,
    );
    assert.deepEqual(idsOf(messages), [1]);
  });

  it("tells a function of it, and goes on", () => {
    const errors: InvalidLineError[] = [];
    const reader = new MessageReader({
      onInvalid: (error) => errors.push(error),
    });
    const messages = reader.push(encoder.encode(line(1) + "{\n" + line(2)));
    assert.deepEqual(idsOf(messages), [1, 2]);
    assert.deepEqual(errors.map(({ lineNumber }) => lineNumber), [2]);
  });
});
