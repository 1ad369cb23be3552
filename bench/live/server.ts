// deno-lint-ignore-file no-console -- a program, which reports to the bench

/**
 * A TLS server that sends prepared lines at a rate: one that does no work of its
 * own while it is measured how fast they are read. Takes a `LoadServerJob` as
 * JSON; prints a `LoadServerReady`; serves one reader and ends.
 *
 * @module
 */

import { once } from "node:events";
import type { AddressInfo } from "node:net";
import process from "node:process";
import { createInterface } from "node:readline";
import { createServer, type TLSSocket } from "node:tls";
import { createCertificates } from "../../src/testing/_certificates.ts";
import { type LoadInput, loadInput } from "./load_input.ts";
import type { LoadServerJob, LoadServerReady } from "./load_job.ts";

/** The second request of a reader, behind its authentication. */
const SUBSCRIPTION_ID = 2;

/** Bytes per write when there is no rate. */
const WRITE_BYTES = 1 << 16;

/** A reader that is so far behind a rate makes the measurement void, bytes. */
const MAX_BEHIND_BYTES = 256 << 20;

const TICK_MS = 1;

/** Sends changes one after another, over and over. */
class LineSender {
  sent = 0;
  readonly #socket: TLSSocket;
  readonly #input: LoadInput;
  /** Index of the line that is next. */
  #next = 0;

  constructor(socket: TLSSocket, input: LoadInput) {
    this.#socket = socket;
    this.#input = input;
  }

  /** Sends lines; returns whether there is room for more. */
  send(count: number): boolean {
    const { changes, ends } = this.#input;
    let hasRoom = true;
    while (count > 0) {
      const some = Math.min(count, ends.length - this.#next);
      const start = this.#next === 0 ? 0 : ends[this.#next - 1]!;
      const end = ends[this.#next + some - 1]!;
      hasRoom = this.#socket.write(changes.subarray(start, end));
      this.#next = (this.#next + some) % ends.length;
      this.sent += some;
      count -= some;
    }
    return hasRoom;
  }

  /** Lines that make up about so many bytes. */
  linesIn(bytes: number): number {
    const { ends } = this.#input;
    return Math.max(1, Math.round(bytes * ends.length / ends.at(-1)!));
  }
}

async function serve(
  socket: TLSSocket,
  input: LoadInput,
  job: LoadServerJob,
): Promise<void> {
  socket.setNoDelay(true);
  const reply = (message: unknown): boolean =>
    socket.write(`${JSON.stringify(message)}\r\n`);
  reply({ op: "connection", connectionId: "load" });
  for await (const line of createInterface({ input: socket })) {
    const { op, id } = JSON.parse(line) as { op: string; id: number };
    reply({ op: "status", id, statusCode: "SUCCESS", connectionClosed: false });
    if (op !== "marketSubscription") continue;
    if (id !== SUBSCRIPTION_ID) throw new Error(`the id is ${id}`);
    break;
  }
  socket.write(input.image);
  const sender = new LineSender(socket, input);
  if (job.messagesPerSecond === 0) await sendAll(socket, sender, job);
  else await sendAtRate(socket, sender, job);
  socket.end();
}

async function sendAll(
  socket: TLSSocket,
  sender: LineSender,
  { messages }: LoadServerJob,
): Promise<void> {
  const atOnce = sender.linesIn(WRITE_BYTES);
  while (sender.sent < messages) {
    const count = Math.min(atOnce, messages - sender.sent);
    if (!sender.send(count)) await once(socket, "drain");
  }
}

async function sendAtRate(
  socket: TLSSocket,
  sender: LineSender,
  { messages, messagesPerSecond }: LoadServerJob,
): Promise<void> {
  const startedAt = performance.now();
  while (sender.sent < messages) {
    await new Promise((resolve) => setTimeout(resolve, TICK_MS));
    const elapsedMs = performance.now() - startedAt;
    const due = Math.floor(elapsedMs * messagesPerSecond / 1000);
    const count = Math.min(due, messages) - sender.sent;
    if (count > 0) sender.send(count);
    if (socket.writableLength > MAX_BEHIND_BYTES) {
      throw new Error(
        `the reader does not keep up with ${messagesPerSecond}/s`,
      );
    }
  }
}

async function main(job: LoadServerJob): Promise<void> {
  const { caCert, cert, key } = await createCertificates();
  const input = loadInput(SUBSCRIPTION_ID);
  const server = createServer({ cert, key });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const ready: LoadServerReady = { host: "localhost", port, caCert };
  console.log(JSON.stringify(ready));
  const [socket] = await once(server, "secureConnection") as [TLSSocket];
  const closed = once(socket, "close");
  await serve(socket, input, job);
  await closed;
  server.close();
}

main(JSON.parse(process.argv[2]!)).catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
