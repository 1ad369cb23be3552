import { Buffer } from "node:buffer";
import type { Socket } from "node:net";
import { setImmediate } from "node:timers";
import { TLSSocket } from "node:tls";
import type { CertificatePair } from "./_certificates.ts";
import type { MockCut } from "./mock_fault.ts";

/** Longest request, bytes: a filter with thousands of market ids. */
const MAX_REQUEST_BYTES = 1024 * 1024;

/** Raw bytes that may wait, so that an endless iterable is taken as slowly as it is read. */
const MAX_WAITING_RAW_BYTES = 256 * 1024;

/** Who wants to know what happens on a wire. */
export interface WireListener {
  /** The handshake is done. */
  onSecure(): void;
  /** A line has come, without its end. */
  onLine(line: string): void;
  /** The client has sent more than a request can be. */
  onOverflow(): void;
  /** What was waiting has been sent. */
  onDrain(): void;
  /** Nothing can be sent any more. */
  onEnd(): void;
  /** The connection is closed, by whomever. */
  onClose(): void;
}

/** Something that happens when so many bytes have been sent. */
export interface ByteTrap {
  /** Number of bytes. */
  readonly byte: number;
  /** Whether it happens just there, or behind the line. */
  readonly isExact: boolean;
  /** Lets it happen. */
  spring(): void;
}

/**
 * The server's end of one connection. Owns both sockets, the TCP one and the TLS
 * one above it, since some ways to end need the one and some the other.
 *
 * Lines written in one go are sent in one go. Nothing is dropped while the client
 * reads slowly; {@linkcode waitingBytes} tells how much waits, for the owner to
 * stop writing.
 */
export class MockWire {
  readonly #tcp: Socket;
  readonly #tls: TLSSocket;
  readonly #listener: WireListener;
  readonly #decoder = new TextDecoder();
  #received = "";
  /** In order of {@linkcode ByteTrap.byte}. */
  #traps: ByteTrap[] = [];
  #held: Buffer[] = [];
  #heldBytes = 0;
  #isFlushPlanned = false;
  #pieceBytes = Infinity;
  /** Pieces that have not been sent, without the one that is being sent. */
  readonly #pieces: Buffer[] = [];
  #isSendingPieces = false;
  #mergedBytes = 0;
  #sentBytes = 0;
  #waitingBytes = 0;
  /** Called when nothing waits any more. */
  #onSent: (() => void) | undefined;
  #isStalled = false;
  #isEnding = false;
  #isClosed = false;

  constructor(
    tcp: Socket,
    certificate: CertificatePair,
    listener: WireListener,
  ) {
    this.#tcp = tcp;
    this.#listener = listener;
    tcp.setNoDelay(true);
    this.#tls = new TLSSocket(tcp, {
      isServer: true,
      cert: certificate.cert,
      key: certificate.key,
    });
    // A client that hangs up is no error of the server; "close" follows.
    const hangUp = (): void => this.#close();
    tcp.on("error", hangUp);
    this.#tls.on("error", hangUp);
    tcp.on("close", hangUp);
    this.#tls.on("close", hangUp);
    this.#tls.once("secure", () => listener.onSecure());
    this.#tls.on("end", () => this.cut("end"));
    this.#tls.on("data", (bytes: Uint8Array) => this.#receive(bytes));
  }

  /** Bytes that the client has not made room for. */
  get waitingBytes(): number {
    return this.#waitingBytes + this.#heldBytes;
  }

  /** Whether nothing is sent any more. */
  get isStalled(): boolean {
    return this.#isStalled;
  }

  /** Whether anything can still be sent. */
  get isOpen(): boolean {
    return !this.#isClosed && !this.#isEnding;
  }

  /** Lets something happen when a number of bytes has been sent. */
  set traps(traps: readonly ByteTrap[]) {
    this.#traps = [...traps];
    this.#spring(false);
  }

  /** Sends a line and its end. */
  writeLine(text: string): void {
    this.write(Buffer.from(text + "\r\n"));
  }

  /** Sends bytes. */
  write(bytes: Buffer): void {
    let rest = bytes;
    while (rest.length > 0 && this.isOpen && !this.#isStalled) {
      const trap = this.#traps.find(({ isExact }) => isExact);
      const allowed = trap === undefined
        ? Infinity
        : trap.byte - this.#sentBytes;
      const part = rest.subarray(0, Math.min(allowed, rest.length));
      rest = rest.subarray(part.length);
      this.#hold(part);
      this.#spring(true);
    }
    this.#spring(false);
  }

  /** Sends bytes that are made as fast as they are read; nothing else comes after them. */
  async writeRaw(chunks: Iterable<string | Uint8Array>): Promise<void> {
    this.flush();
    this.#isStalled = true;
    for (const chunk of chunks) {
      if (!this.isOpen) return;
      this.#send(Buffer.from(chunk as Uint8Array));
      while (this.isOpen && this.#waitingBytes > MAX_WAITING_RAW_BYTES) {
        await new Promise<void>((resolve) => setImmediate(resolve));
      }
    }
  }

  /** Sends what is held back. */
  flush(): void {
    if (this.#heldBytes === 0) return;
    const bytes = this.#held.length === 1
      ? this.#held[0]!
      : Buffer.concat(this.#held);
    this.#held = [];
    this.#heldBytes = 0;
    if (this.#pieceBytes === Infinity && !this.#isSendingPieces) {
      this.#send(bytes);
      return;
    }
    this.#waitingBytes += bytes.length;
    for (let at = 0; at < bytes.length;) {
      const piece = bytes.subarray(at, at + this.#pieceBytes);
      this.#pieces.push(piece);
      at += piece.length;
    }
    if (!this.#isSendingPieces) this.#sendPieces();
  }

  /** From now on sends pieces of at most so many bytes. */
  split(bytes: number): void {
    this.flush();
    this.#pieceBytes = Math.max(1, Math.trunc(bytes));
  }

  /** From now on sends at least so many bytes together, if there are. */
  merge(bytes: number): void {
    this.#mergedBytes = bytes;
  }

  /** From now on sends nothing. */
  stall(): void {
    this.flush();
    this.#isStalled = true;
  }

  /** Ends the connection when what was written has been sent. */
  cut(how: MockCut): void {
    if (!this.isOpen) return;
    this.flush();
    this.#isEnding = true;
    this.#listener.onEnd();
    const hangUp = (): void => {
      if (how === "end") {
        this.#tls.end();
        return;
      }
      if (how === "reset") this.#tcp.resetAndDestroy();
      else this.#tls.destroy();
      this.#close();
    };
    if (this.#waitingBytes === 0) hangUp();
    else this.#onSent = hangUp;
  }

  /** Ends the connection at once. */
  destroy(): void {
    this.#tls.destroy();
    this.#tcp.destroy();
    this.#close();
  }

  #hold(bytes: Buffer): void {
    this.#held.push(bytes);
    this.#heldBytes += bytes.length;
    this.#sentBytes += bytes.length;
    if (this.#isFlushPlanned) {
      if (this.#mergedBytes > 0 && this.#heldBytes >= this.#mergedBytes) {
        this.flush();
      }
      return;
    }
    this.#isFlushPlanned = true;
    const flush = (): void => {
      this.#isFlushPlanned = false;
      this.flush();
    };
    if (this.#mergedBytes > 0) setImmediate(flush);
    else queueMicrotask(flush);
  }

  #send(bytes: Buffer): void {
    if (this.#isClosed) return;
    this.#waitingBytes += bytes.length;
    this.#tls.write(bytes, () => this.#onWritten(bytes.length));
  }

  /** Sends pieces one by one, each in a turn of its own, so that none are joined on the way. */
  #sendPieces(): void {
    const piece = this.#pieces.shift();
    this.#isSendingPieces = piece !== undefined && !this.#isClosed;
    if (piece === undefined || this.#isClosed) return;
    this.#tls.write(piece, () => {
      this.#onWritten(piece.length);
      setImmediate(() => this.#sendPieces());
    });
  }

  #onWritten(bytes: number): void {
    this.#waitingBytes -= bytes;
    if (this.#isClosed) return;
    if (this.#waitingBytes === 0) this.#onSent?.();
    this.#listener.onDrain();
  }

  /** Lets the traps spring that are due. */
  #spring(isExact: boolean): void {
    while (this.isOpen) {
      const trap = this.#traps.find((trap) =>
        trap.isExact === isExact && trap.byte <= this.#sentBytes
      );
      if (trap === undefined) return;
      this.#traps.splice(this.#traps.indexOf(trap), 1);
      trap.spring();
    }
  }

  #receive(bytes: Uint8Array): void {
    this.#received += this.#decoder.decode(bytes, { stream: true });
    while (this.isOpen) {
      const end = this.#received.indexOf("\n");
      if (end < 0) break;
      const line = this.#received.slice(0, end).replace(/\r$/, "");
      this.#received = this.#received.slice(end + 1);
      if (line !== "") this.#listener.onLine(line);
    }
    if (this.#received.length > MAX_REQUEST_BYTES) {
      this.#received = "";
      this.#listener.onOverflow();
    }
  }

  #close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (!this.#isEnding) this.#listener.onEnd();
    this.#tls.destroy();
    this.#tcp.destroy();
    this.#listener.onClose();
  }
}
