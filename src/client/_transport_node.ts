/** Connections in Bun and Node, which read no more than is asked for. @module */

import { isIP } from "node:net";
import { connect, type TLSSocket } from "node:tls";
import { connectionLost } from "./_transport_failure.ts";
import type { Transport, TransportOptions } from "./transport.ts";

/**
 * Connects. The signal of the options is the only limit of time.
 *
 * @param options Where to, and whom to trust.
 * @returns The connection.
 */
export function connectTls(options: TransportOptions): Promise<Transport> {
  const { hostname, port, caCerts, signal } = options;
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const socket = connect({
      host: hostname,
      port,
      // SNI has no addresses.
      ...isIP(hostname) === 0 ? { servername: hostname } : {},
      ...caCerts === undefined ? {} : { ca: [...caCerts] },
      minVersion: "TLSv1.2",
      // Said here, as an environment variable could turn it off.
      rejectUnauthorized: true,
    });
    const settle = (action: () => void): void => {
      signal?.removeEventListener("abort", onAbort);
      socket.off("error", onError);
      socket.off("close", onClose);
      action();
    };
    const fail = (error: unknown): void =>
      settle(() => {
        // A socket that is being destroyed may still tell an error.
        socket.on("error", ignore);
        socket.destroy();
        reject(error);
      });
    const onAbort = (): void => fail(signal!.reason);
    const onError = (error: Error): void =>
      fail(connectionLost(error, "connect"));
    const onClose = (): void =>
      fail(connectionLost(new Error("the peer closed it"), "connect"));
    signal?.addEventListener("abort", onAbort);
    socket.on("error", onError);
    socket.on("close", onClose);
    socket.once("secureConnect", () => {
      // Requests are small, and must not wait for answers to the ones before. In Bun
      // it has no effect earlier.
      socket.setNoDelay(true);
      settle(() => resolve(new NodeTransport(socket)));
    });
  });
}

function ignore(): void {}

class NodeTransport implements Transport {
  readonly #socket: TLSSocket;
  #error: Error | undefined;
  #isOver = false;
  #isClosed = false;
  /** Settles a read that waits. */
  #wake: (() => void) | undefined;

  constructor(socket: TLSSocket) {
    this.#socket = socket;
    const wake = (): void => {
      const waiting = this.#wake;
      this.#wake = undefined;
      waiting?.();
    };
    const end = (): void => {
      this.#isOver = true;
      wake();
    };
    socket.on("error", (error: Error) => {
      this.#error ??= error;
      end();
    });
    socket.on("end", end);
    socket.on("close", end);
    socket.on("readable", wake);
  }

  async read(): Promise<Uint8Array | null> {
    while (true) {
      if (this.#isClosed) return null;
      // What came before the end, or an error, counts.
      const chunk: Uint8Array | null = this.#socket.read();
      if (chunk !== null) return chunk;
      if (this.#error !== undefined) throw connectionLost(this.#error, "live");
      if (this.#isOver) return null;
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }

  write(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      const socket = this.#socket;
      const settle = (error?: Error | null): void => {
        socket.off("close", onClose);
        if (error) reject(connectionLost(error, "live"));
        else resolve();
      };
      const onClose = (): void =>
        settle(this.#error ?? new Error("the connection is closed"));
      if (this.#isClosed || socket.destroyed) return onClose();
      // Bun does not always call back for what was pending when it was closed.
      socket.once("close", onClose);
      socket.write(bytes, settle);
    });
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#socket.destroy();
    const waiting = this.#wake;
    this.#wake = undefined;
    waiting?.();
  }
}
