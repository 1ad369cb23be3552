/** Bytes to and from the exchange. See {@linkcode Transport}. */

import { schedule } from "../_schedule.ts";
import { ConnectionLostError } from "./connection_lost_error.ts";

/**
 * A connection as a client sees it: bytes that are pulled, so that nothing is
 * read, nor held, that nobody asked for. Who reads slowly slows the sender down,
 * which is what makes the exchange conflate.
 */
export interface Transport {
  /**
   * Waits for the next bytes. Never called again before the promise is settled.
   *
   * @returns Bytes, at least one, valid until the next read; null when the peer
   * has closed, also when it did so without a TLS goodbye, or after {@linkcode close}.
   * @throws {ConnectionLostError} when the connection broke.
   */
  read(): Promise<Uint8Array | null>;

  /**
   * Sends bytes, all of them. Never called again before the promise is settled.
   *
   * @param bytes What to send; not to be changed before the promise is settled.
   * @throws {ConnectionLostError} when the connection broke.
   */
  write(bytes: Uint8Array): Promise<void>;

  /**
   * Closes the connection at once; what is pending settles. Does nothing the second
   * time, and never throws.
   */
  close(): void;
}

/** Options of {@linkcode openTransport}. */
export interface TransportOptions {
  /** Host to connect to; its certificate must be made out to this name. */
  readonly hostname: string;
  /** Its port. */
  readonly port: number;
  /**
   * Certificates of authorities to trust, PEM; for tests. Deno trusts them beside
   * its own, Bun and Node instead of theirs. There is no way not to verify.
   */
  readonly caCerts?: readonly string[] | undefined;
  /** Gives up connecting; its reason is thrown. */
  readonly signal?: AbortSignal | undefined;
  /** Longest time for connecting, TLS included, ms, > 0. */
  readonly timeoutMs: number;
}

/**
 * Opens a TLS connection (protocol section 1): SNI is sent, the certificate's chain
 * and host name are verified, small requests are sent at once.
 *
 * Needs the permission to connect to the host, and never asks for it.
 *
 * @param options Where to, whom to trust, and how long to wait.
 * @returns The connection, secured.
 * @throws {ConnectionLostError} of phase `connect`, when there is none in time, or
 * its certificate is not to be trusted.
 * @throws {NetPermissionError} when the runtime does not allow it.
 */
export async function openTransport(
  options: TransportOptions,
): Promise<Transport> {
  const { signal, timeoutMs } = options;
  signal?.throwIfAborted();
  const giveUp = new AbortController();
  const onAbort = (): void => giveUp.abort(signal!.reason);
  signal?.addEventListener("abort", onAbort);
  const cancel = schedule(
    () =>
      giveUp.abort(
        new ConnectionLostError(
          "connect",
          `it must be there within ${timeoutMs} ms: it is not`,
        ),
      ),
    timeoutMs,
  );
  try {
    const { connectTls } = "Deno" in globalThis
      ? await import("./_transport_deno.ts")
      : await import("./_transport_node.ts");
    return await connectTls({ ...options, signal: giveUp.signal });
  } finally {
    cancel();
    signal?.removeEventListener("abort", onAbort);
  }
}
