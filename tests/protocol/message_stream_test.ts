import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { LineTooLongError } from "../../src/framing/line_too_long_error.ts";
import { InvalidLineError } from "../../src/parsing/invalid_line_error.ts";
import {
  MessageStream,
  type MessageStreamOptions,
} from "../../src/protocol/message_stream.ts";
import type { StreamMessage } from "../../src/protocol/messages.ts";
import {
  missingReason,
  readRecording,
  readRecordingLines,
} from "../support/recordings.ts";

const encoder = new TextEncoder();

async function batchesOf(
  chunks: readonly Uint8Array[],
  options?: MessageStreamOptions,
): Promise<StreamMessage[][]> {
  const batches: StreamMessage[][] = [];
  const stream = new ReadableStream<Uint8Array>({
    start(controller): void {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
  for await (const batch of stream.pipeThrough(new MessageStream(options))) {
    batches.push(batch);
  }
  return batches;
}

async function messagesOf(
  chunks: readonly Uint8Array[],
  options?: MessageStreamOptions,
): Promise<StreamMessage[]> {
  return (await batchesOf(chunks, options)).flat();
}

function cut(bytes: Uint8Array, size: number): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    chunks.push(bytes.subarray(at, at + size));
  }
  return chunks;
}

const TEXT = [
  '{"op":"connection","connectionId":"101-1"}\r\n',
  "\r\n \t\r\n\n",
  '{"op":"status","id":1,"statusCode":"SUCCESS","connectionClosed":false}\n',
  '{"id":2,"pt":1,"mc":[{"id":"1.1","marketDefinition":{"venue":"Tōkyō 🏇"}}],"op":"mcm"}\r\n',
  '{"op":"rcm","clk":12}\n{"op":"ccm"}\n{"x":1}\n',
  '{"op":"ocm","id":3,"ct":"HEARTBEAT"}',
].join("");

const OPS = ["connection", "status", "mcm", "rcm", "ccm", undefined, "ocm"];

describe("MessageStream", () => {
  it("MessageStream gives the same messages for every size of chunk", async () => {
    const bytes = encoder.encode(TEXT);
    const expected = TEXT.split(/\r?\n/).filter((line) => line.trim() !== "")
      .map((line) => JSON.parse(line));
    for (let size = 1; size <= bytes.length; size++) {
      assert.deepEqual(
        await messagesOf(cut(bytes, size)),
        expected,
        `chunks of ${size} bytes`,
      );
    }
  });

  it("MessageStream gives the same messages for random cuts", async () => {
    const bytes = encoder.encode(TEXT);
    const cuts = fc.uniqueArray(fc.integer({ min: 0, max: bytes.length }), {
      maxLength: 12,
    });
    await fc.assert(
      fc.asyncProperty(cuts, async (at) => {
        const edges = [0, ...at.sort((a, b) => a - b), bytes.length];
        const chunks = edges.slice(1).map((edge, i) =>
          bytes.subarray(edges[i], edge)
        );
        assert.deepEqual(
          (await messagesOf(chunks)).map((message) => message.op),
          OPS,
        );
      }),
      { numRuns: 50 },
    );
  });

  it("MessageStream sends one array per chunk that completes a message, never an empty one", async () => {
    const chunks = [
      '{"op":"ccm"}\n{"op":"rcm"}\n{"o',
      'p":',
      '"ccm"}\n',
      "\r\n\n",
      '{"op":"rcm"}',
    ];
    const batches = await batchesOf(
      chunks.map((chunk) => encoder.encode(chunk)),
    );
    assert.deepEqual(
      batches.map((batch) => batch.map((message) => message.op)),
      [
        ["ccm", "rcm"],
        ["ccm"],
        ["rcm"],
      ],
    );
  });

  it("MessageStream takes blocks of whole lines", async () => {
    const lines = ['{"op":"ccm"}\n', '{"op":"rcm"}\n{"op":"rcm"}\n'];
    const batches = await batchesOf(lines.map((line) => encoder.encode(line)));
    assert.deepEqual(batches.map((batch) => batch.length), [1, 2]);
  });

  it("MessageStream of nothing sends nothing", async () => {
    assert.deepEqual(await batchesOf([]), []);
    assert.deepEqual(
      await batchesOf([new Uint8Array(0), encoder.encode("\n")]),
      [],
    );
  });

  it("MessageStream errors at an invalid line by default", async () => {
    const chunks = [
      encoder.encode('{"op":"ccm"}\n'),
      encoder.encode('\n{"op":\n{"op":"rcm"}\n'),
    ];
    await assert.rejects(
      messagesOf(chunks, { source: "a.ndjson" }),
      (error) =>
        error instanceof InvalidLineError && error.reason === "syntax" &&
        error.lineNumber === 3 && error.byteOffset === 14 &&
        error.source === "a.ndjson",
    );
  });

  it("MessageStream tells of invalid lines with their place, and goes on", async () => {
    const parts: (string | Uint8Array)[] = [
      '{"op":"ccm"}\r\n', // 1
      "{]\r\n", // 2
      "\n", // 3
      "[1]\n", // 4
      '{"op":"mcm","mc":[{"id":1}]}\n', // 5
      Uint8Array.of(0x22, 0xff, 0x22, 0x0a), // 6
      '{"op":"ocm","oc":{}}\n', // 7
      '{"op":"rcm"}\n', // 8
      "\uFEFF{}\n", // 9
      "tail", // 10
    ];
    const pieces = parts.map((part) =>
      typeof part === "string" ? encoder.encode(part) : part
    );
    const bytes = new Uint8Array(
      pieces.reduce((sum, piece) => sum + piece.length, 0),
    );
    const offsets: number[] = [];
    let end = 0;
    for (const piece of pieces) {
      offsets.push(end);
      bytes.set(piece, end);
      end += piece.length;
    }
    const expected = [
      ["syntax", 2],
      ["schema", 4],
      ["schema", 5],
      ["encoding", 6],
      ["schema", 7],
      ["syntax", 9],
      ["syntax", 10],
    ].map(([reason, line]) => [reason, line, offsets[Number(line) - 1]]);
    for (const size of [1, 2, 3, 7, 20, bytes.length]) {
      const errors: InvalidLineError[] = [];
      const onInvalid = (error: InvalidLineError): void =>
        void errors.push(error);
      const messages = await messagesOf(cut(bytes, size), { onInvalid });
      assert.deepEqual(messages.map((message) => message.op), ["ccm", "rcm"]);
      assert.deepEqual(
        errors.map((
          error,
        ) => [error.reason, error.lineNumber, error.byteOffset]),
        expected,
        `chunks of ${size} bytes`,
      );
    }
  });

  it("MessageStream errors if the function for invalid lines throws", async () => {
    const options: MessageStreamOptions = {
      onInvalid(): void {
        throw new RangeError("enough");
      },
    };
    await assert.rejects(
      messagesOf([encoder.encode("x\n")], options),
      /enough/,
    );
  });

  it("MessageStream reports a line that is too long, or errors", async () => {
    const bytes = encoder.encode(
      `{"op":"ccm"}\n"${"x".repeat(50)}"\n{"op":"rcm"}\n{\n`,
    );
    for (const size of [5, 30, bytes.length]) {
      const errors: InvalidLineError[] = [];
      const messages = await messagesOf(cut(bytes, size), {
        maxLineBytes: 20,
        onInvalid: (error) => void errors.push(error),
      });
      assert.deepEqual(messages.map((message) => message.op), ["ccm", "rcm"]);
      assert.deepEqual(
        errors.map((
          error,
        ) => [error.reason, error.lineNumber, error.byteOffset]),
        [["oversize", 2, 13], ["syntax", 4, 79]],
      );
      await assert.rejects(
        messagesOf(cut(bytes, size), { maxLineBytes: 20 }),
        LineTooLongError,
      );
    }
  });

  it("MessageStream refuses a wrong limit at once", () => {
    assert.throws(() => new MessageStream({ maxLineBytes: 0 }), RangeError);
  });

  for (
    const name of [
      "sample_mcm_mixed",
      "orders_sample_mixed",
      "other_ops_race_cricket",
      "horse_win_allfields_crlf_1.235123059",
      "sample_resub_delta_43markets",
    ]
  ) {
    it(
      `MessageStream reads every message of ${name}`,
      { skip: missingReason },
      async () => {
        const expected = readRecordingLines(name).map((line) =>
          JSON.parse(line)
        );
        assert.deepEqual(
          await messagesOf(cut(readRecording(name), 4099)),
          expected,
        );
      },
    );
  }
});
