import { Buffer } from "node:buffer";
import type { Socket } from "node:net";

/** Longest request, head and body, bytes. */
const MAX_REQUEST_BYTES = 64 * 1024;

const HEAD_END = "\r\n\r\n";

/** A request, whole. */
export interface HttpRequest {
  readonly method: string;
  /** Path, with what follows it. */
  readonly target: string;
  /** By name in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** An answer. */
export interface HttpReply {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/**
 * Reads one HTTP/1.1 request off a socket, answers it and closes the connection.
 * Just enough for calls of the identity service. (By hand, since in Bun a request
 * of `node:https` does not tell which certificate the client has shown.)
 */
export function serveHttp(
  socket: Socket,
  answer: (request: HttpRequest) => HttpReply,
): void {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const finish = (reply: HttpReply): void => {
    socket.removeListener("data", receive);
    const body = Buffer.from(reply.body);
    socket.end(Buffer.concat([
      Buffer.from(
        `HTTP/1.1 ${reply.status} ${
          reply.status === 200 ? "OK" : "Refused"
        }\r\n` +
          `Content-Type: ${reply.type}\r\n` +
          `Content-Length: ${body.length}\r\n` +
          `Connection: close${HEAD_END}`,
      ),
      body,
    ]));
  };
  const receive = (chunk: Uint8Array): void => {
    chunks.push(chunk);
    length += chunk.length;
    if (length > MAX_REQUEST_BYTES) {
      finish({ status: 413, type: "text/plain", body: "too long" });
      return;
    }
    const request = parsed(Buffer.concat(chunks));
    if (request !== undefined) finish(answer(request));
  };
  socket.on("data", receive);
}

/** A request; undefined as long as it is not complete. */
function parsed(bytes: Buffer): HttpRequest | undefined {
  const headBytes = bytes.indexOf(HEAD_END);
  if (headBytes < 0) return undefined;
  const [first = "", ...fields] = bytes.toString("latin1", 0, headBytes)
    .split("\r\n");
  const [method = "", target = ""] = first.split(" ");
  const headers = new Map<string, string>();
  for (const field of fields) {
    const colon = field.indexOf(":");
    headers.set(
      field.slice(0, colon).toLowerCase(),
      field.slice(colon + 1).trim(),
    );
  }
  const from = headBytes + HEAD_END.length;
  const to = from + Number(headers.get("content-length") ?? 0);
  if (bytes.length < to) return undefined;
  return { method, target, headers, body: bytes.toString("utf8", from, to) };
}
