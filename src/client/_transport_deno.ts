/**
 * Connections in Deno. Not `node:tls`: there it does not hold back what nobody
 * reads, and loses ends.
 *
 * @module
 */

import { connectionLost } from "./_transport_failure.ts";
import { ConnectionLostError } from "./connection_lost_error.ts";
import { checkNetPermission } from "./net_permission.ts";
import type { Transport, TransportOptions } from "./transport.ts";

/** A TLS record is 16 KiB at most, and a read gives one. */
const READ_BYTES = 64 * 1024;

/**
 * Peers, `host:port`, that took a connection last time and then said nothing.
 *
 * Deno holds a connection whose handshake was given up until its peer speaks or
 * goes, whatever is closed: with one for each attempt there would soon be many. So
 * at the next attempt a connection that does go when it is closed finds out first
 * whether anybody speaks TLS there.
 */
const silentPeers = new Set<string>();

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
  const peer = `${hostname}:${port}`;
  if (silentPeers.has(peer)) await probe(options);
  let open: Deno.TcpConn | Deno.TlsConn | undefined;
  let isShakingHands = false;
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
    isShakingHands = true;
    await tls.handshake();
    isShakingHands = false;
    silentPeers.delete(peer);
    signal?.throwIfAborted();
    return new DenoTransport(tls);
  } catch (error) {
    close(open);
    // Out of time, that is; who closes a client has not waited for long.
    if (isShakingHands && signal?.reason instanceof ConnectionLostError) {
      silentPeers.add(peer);
    }
    signal?.throwIfAborted();
    throw connectionLost(error, "connect");
  } finally {
    signal?.removeEventListener("abort", onAbort);
  }
}

/** Connects to a peer, by a connection that goes when it is told to. */
async function probe(options: TransportOptions): Promise<void> {
  const { connectTls } = await import("./_transport_node.ts");
  const transport = await connectTls(options);
  transport.close();
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
