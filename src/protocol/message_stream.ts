/** The stream around a reader of messages. See {@linkcode MessageStream}. */

import { MessageReader, type MessageReaderOptions } from "./message_reader.ts";
import type { StreamMessage } from "./messages.ts";

/** Options of {@linkcode MessageStream}; what the reader throws errors the stream. */
export interface MessageStreamOptions extends MessageReaderOptions {}

/**
 * Chunks of bytes in, typed messages out, in their wire form.
 *
 * Chunks may be cut anywhere. For each one that completes a message comes one
 * array with all that it completes, in order, never an empty one. Lines end with
 * LF or CR LF; blank lines are ignored; a last line without a line end counts.
 * Messages belong to the receiver; chunks must not be written to while they are
 * in the stream.
 *
 * This is for those who want the messages as they are. Books are several times
 * faster without it, as they need no objects.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { MessageStream } from "@betfair-stream/core";
 *
 * const bytes = new TextEncoder().encode(
 *   '{"op":"connection","connectionId":"101-1"}\r\n{"op":"mcm","id":2,"mc":[]}\r\n',
 * );
 * const batches = ReadableStream.from([bytes.subarray(0, 60), bytes.subarray(60)])
 *   .pipeThrough(new MessageStream());
 *
 * const operations: string[] = [];
 * for await (const batch of batches) {
 *   for (const message of batch) operations.push(String(message.op));
 * }
 * assert.deepEqual(operations, ["connection", "mcm"]);
 * ```
 */
export class MessageStream
  extends TransformStream<Uint8Array, StreamMessage[]> {
  /**
   * Creates the stream.
   *
   * @param options What to do about invalid lines.
   * @throws {RangeError} when `maxLineBytes` is no positive integer.
   */
  constructor(options: MessageStreamOptions = {}) {
    const reader = new MessageReader(options);

    function send(
      read: (batch: StreamMessage[]) => void,
      controller: TransformStreamDefaultController<StreamMessage[]>,
    ): void {
      const batch: StreamMessage[] = [];
      try {
        read(batch);
      } finally {
        // What comes before an invalid line that ends the stream is sent all
        // the same; only a receiver that is waiting for it gets it, though.
        if (batch.length > 0) controller.enqueue(batch);
      }
    }

    super({
      transform(chunk, controller): void {
        send((batch) => reader.push(chunk, batch), controller);
      },
      flush(controller): void {
        send((batch) => reader.finish(batch), controller);
      },
    });
  }
}
