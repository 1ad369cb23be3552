import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";

import { checkNetPermission } from "../client/net_permission.ts";

const LOOPBACK = "127.0.0.1";

/** A TCP server on loopback that takes its connections with it when it closes. */
export class MockServer {
  readonly #server = createServer((socket) => this.#take(socket));
  readonly #sockets = new Set<Socket>();
  readonly #accept: (socket: Socket) => void;
  #port = 0;

  /**
   * Creates a server that does not listen yet.
   *
   * @param accept Takes a new connection.
   */
  constructor(accept: (socket: Socket) => void) {
    this.#accept = accept;
  }

  /** Port that it listens on; 0 if it does not. */
  get port(): number {
    return this.#port;
  }

  /**
   * Listens.
   *
   * @param port 0 for one that is free
   * @throws {Error} when the port is taken
   * @throws {NetPermissionError} when the permission is missing: Deno would throw
   * where nobody can catch it
   */
  async listen(port: number): Promise<void> {
    checkNetPermission(LOOPBACK, port);
    this.#server.listen(port, LOOPBACK);
    await once(this.#server, "listening");
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Ends all connections and stops listening. */
  async close(): Promise<void> {
    if (this.#port === 0) return;
    this.#port = 0;
    const closed = once(this.#server, "close");
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #take(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("close", () => this.#sockets.delete(socket));
    // Who hangs up is no error; "close" follows.
    socket.on("error", () => {});
    this.#accept(socket);
  }
}
