/** What comes before the exchange has accepted a session. See {@linkcode HandshakeLines}. */

import { LineFramer } from "../framing/line_framer.ts";

/** Two short lines are all that is expected. */
const MAX_BYTES = 1024 * 1024;

const decoder = new TextDecoder();

/**
 * Reads the messages of the handshake as soon as they are there, and keeps their
 * bytes, so that they can become updates like any others once the subscriptions
 * are on their way: that must not depend on how fast somebody looks at updates.
 */
export class HandshakeLines {
  readonly #framer = new LineFramer({ maxLineBytes: MAX_BYTES });
  readonly #chunks: Uint8Array[] = [];
  #length = 0;

  /** Whether more came than a handshake can have. */
  get isTooLong(): boolean {
    return this.#length > MAX_BYTES;
  }

  /**
   * Takes a chunk.
   *
   * @param chunk The chunk; copied.
   * @returns The messages that are complete with it. Lines that are no JSON are left
   * out: they are reported when the bytes become updates.
   */
  push(chunk: Uint8Array): unknown[] {
    this.#chunks.push(chunk.slice());
    this.#length += chunk.length;
    const messages: unknown[] = [];
    if (this.isTooLong) return messages;
    const framer = this.#framer;
    for (let ready = framer.push(chunk); ready; ready = framer.next()) {
      const block = framer.bytes.subarray(framer.start, framer.end);
      for (const line of decoder.decode(block).split("\n")) {
        try {
          if (line.trim() !== "") messages.push(JSON.parse(line));
        } catch {
          // Reported later.
        }
      }
    }
    return messages;
  }

  /** All bytes. */
  take(): Uint8Array {
    const all = new Uint8Array(this.#length);
    let at = 0;
    for (const chunk of this.#chunks) {
      all.set(chunk, at);
      at += chunk.length;
    }
    return all;
  }
}
