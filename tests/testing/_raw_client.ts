/**
 * A TLS socket that reads lines and knows nothing of the library, so that a
 * test of the server cannot pass because the client makes the same mistake.
 * Deno's own sockets in Deno, as its `node:tls` loses the end of a stream;
 * `node:tls` elsewhere. Nothing is read before it is asked for.
 *
 * @module
 */

import { connect as connectTls, type TLSSocket } from "node:tls";

/** A parsed line. */
// deno-lint-ignore no-explicit-any -- tests look into it as they like
export type Line = any;

/** Options of {@linkcode RawClient.connect}. */
export interface RawClientOptions {
  readonly port: number;
  readonly caCert: string;
  readonly hostname?: string;
}

interface Wire {
  /** Some bytes; null at the end of the stream, however it came about. */
  read(): Promise<Uint8Array | null>;
  write(bytes: Uint8Array): Promise<void>;
  close(): void;
}

/** See the module. */
export class RawClient {
  readonly #wire: Wire;
  readonly #decoder = new TextDecoder();
  #pending = "";
  /** Bytes received, in order. */
  readonly chunks: Uint8Array[] = [];
  /** Number of chunks that the stream came in. */
  reads = 0;

  constructor(wire: Wire) {
    this.#wire = wire;
  }

  /** Connects and shakes hands; the certificate and the name are verified. */
  static async connect(options: RawClientOptions): Promise<RawClient> {
    return new RawClient(
      "Deno" in globalThis
        ? await connectDeno(options)
        : await connectNode(options),
    );
  }

  /** Sends a request as a line. */
  async send(request: Line): Promise<void> {
    await this.sendText(JSON.stringify(request) + "\r\n");
  }

  /** Sends text as it is. */
  async sendText(text: string): Promise<void> {
    await this.#wire.write(new TextEncoder().encode(text));
  }

  /** The next line without its end; undefined at the end of the stream. */
  async text(): Promise<string | undefined> {
    while (true) {
      const end = this.#pending.indexOf("\n");
      if (end >= 0) {
        const line = this.#pending.slice(0, end).replace(/\r$/, "");
        this.#pending = this.#pending.slice(end + 1);
        return line;
      }
      if (await this.readOnce() === null) return undefined;
    }
  }

  /** What is held of a line whose end has not come. */
  get pending(): string {
    return this.#pending;
  }

  /** Reads once from the socket; null at its end. */
  async readOnce(): Promise<Uint8Array | null> {
    const bytes = await this.#wire.read();
    if (bytes === null) return null;
    this.reads++;
    const copy = bytes.slice();
    this.chunks.push(copy);
    this.#pending += this.#decoder.decode(copy, { stream: true });
    return copy;
  }

  /** The next line, parsed. Fails at the end of the stream. */
  async line(): Promise<Line> {
    const text = await this.text();
    if (text === undefined) throw new Error("the stream has ended");
    return JSON.parse(text);
  }

  /** Lines up to the first that fits, it included. */
  async until(fits: (line: Line) => boolean): Promise<Line[]> {
    const lines: Line[] = [];
    while (true) {
      const line = await this.line();
      lines.push(line);
      if (fits(line)) return lines;
    }
  }

  /** The next `count` lines. */
  async lines(count: number): Promise<Line[]> {
    const lines: Line[] = [];
    while (lines.length < count) lines.push(await this.line());
    return lines;
  }

  /** All lines to the end of the stream. */
  async rest(): Promise<Line[]> {
    const lines: Line[] = [];
    while (true) {
      const text = await this.text();
      if (text === undefined) return lines;
      lines.push(JSON.parse(text));
    }
  }

  /** All bytes received, as one. */
  get bytes(): Uint8Array {
    const size = this.chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    const whole = new Uint8Array(size);
    let at = 0;
    for (const chunk of this.chunks) {
      whole.set(chunk, at);
      at += chunk.length;
    }
    return whole;
  }

  close(): void {
    this.#wire.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

async function connectDeno(options: RawClientOptions): Promise<Wire> {
  const tcp = await Deno.connect({
    hostname: "127.0.0.1",
    port: options.port,
  });
  tcp.setNoDelay();
  const tls = await Deno.startTls(tcp, {
    hostname: options.hostname ?? "localhost",
    caCerts: [options.caCert],
  });
  const buffer = new Uint8Array(64 * 1024);
  let isOpen = true;
  const close = (): void => {
    if (!isOpen) return;
    isOpen = false;
    tls.close();
  };
  try {
    await tls.handshake();
  } catch (error) {
    close();
    throw error;
  }
  return {
    async read(): Promise<Uint8Array | null> {
      try {
        const count = await tls.read(buffer);
        return count === null ? null : buffer.subarray(0, count);
      } catch (error) {
        const { name } = error as Error;
        if (
          /UnexpectedEof|ConnectionReset|Interrupted|BadResource/.test(name)
        ) {
          return null;
        }
        throw error;
      }
    },
    async write(bytes: Uint8Array): Promise<void> {
      for (let at = 0; at < bytes.length;) {
        at += await tls.write(bytes.subarray(at));
      }
    },
    close,
  };
}

async function connectNode(options: RawClientOptions): Promise<Wire> {
  const hostname = options.hostname ?? "localhost";
  const socket = await new Promise<TLSSocket>((resolve, reject) => {
    const opening = connectTls({
      host: "127.0.0.1",
      port: options.port,
      // The name of an address is not sent, but the certificate must be for it.
      ...hostname === "127.0.0.1" ? {} : { servername: hostname },
      ca: options.caCert,
    });
    opening.once("secureConnect", () => {
      opening.removeListener("error", reject);
      resolve(opening);
    });
    opening.once("error", reject);
  });
  socket.setNoDelay(true);
  let failure: Error | undefined;
  socket.on("error", (error) => failure = error);
  const chunks = socket[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
  return {
    async read(): Promise<Uint8Array | null> {
      if (failure !== undefined) return null;
      try {
        const { done, value } = await chunks.next();
        return done ? null : value;
      } catch {
        return null;
      }
    },
    write(bytes: Uint8Array): Promise<void> {
      return new Promise((resolve) => socket.write(bytes, () => resolve()));
    },
    close(): void {
      socket.destroy();
    },
  };
}
