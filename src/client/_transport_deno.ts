/**
 * Connections in Deno. Not `node:tls`: there it does not hold back what nobody
 * reads, and loses ends.
 *
 * @module
 */

import { connectionLost } from "./_transport_failure.ts";
import { checkNetPermission } from "./net_permission.ts";
import type { Transport, TransportOptions } from "./transport.ts";

/** A TLS record is 16 KiB at most, and a read gives one. */
const READ_BYTES = 64 * 1024;

/**
 * Connects. The signal of the options is the only limit of time.
 *
 * @param options Where to, and whom to trust.
 * @returns The connection.
 */
export async function connectTls(
  options: TransportOptions,
): Promise<Transport> {
  const { hostname, port, caCerts, signal } = options;
  checkNetPermission(hostname, port);
  let open: Deno.TcpConn | Deno.TlsConn | undefined;
  const onAbort = (): void => close(open);
  signal?.addEventListener("abort", onAbort);
  try {
    const tcp = await Deno.connect({
      hostname,
      port,
      ...signal === undefined ? {} : { signal },
    });
    open = tcp;
    signal?.throwIfAborted();
    // Requests are small, and must not wait for answers to the ones before.
    tcp.setNoDelay(true);
    const tls = await Deno.startTls(tcp, {
      hostname,
      ...caCerts === undefined ? {} : { caCerts: [...caCerts] },
    });
    open = tls;
    signal?.throwIfAborted();
    await tls.handshake();
    signal?.throwIfAborted();
    return new DenoTransport(tls);
  } catch (error) {
    close(open);
    signal?.throwIfAborted();
    throw connectionLost(error, "connect");
  } finally {
    signal?.removeEventListener("abort", onAbort);
  }
}

class DenoTransport implements Transport {
  readonly #connection: Deno.TlsConn;
  readonly #buffer = new Uint8Array(READ_BYTES);
  #isClosed = false;

  constructor(connection: Deno.TlsConn) {
    this.#connection = connection;
  }

  async read(): Promise<Uint8Array | null> {
    if (this.#isClosed) return null;
    try {
      const length = await this.#connection.read(this.#buffer);
      return length === null || this.#isClosed
        ? null
        : this.#buffer.subarray(0, length);
    } catch (error) {
      // No TLS goodbye: an end like any other, as no line is taken for whole
      // that has no line end.
      if (this.#isClosed || error instanceof Deno.errors.UnexpectedEof) {
        return null;
      }
      throw connectionLost(error, "live");
    }
  }

  async write(bytes: Uint8Array): Promise<void> {
    try {
      for (let at = 0; at < bytes.length;) {
        at += await this.#connection.write(bytes.subarray(at));
      }
    } catch (error) {
      throw connectionLost(error, "live");
    }
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    close(this.#connection);
  }
}

function close(connection: Deno.Conn | undefined): void {
  try {
    connection?.close();
  } catch {
    // It was closed already.
  }
}
