/** One HTTPS call of the identity service. See {@linkcode postIdentity}. */

import { request } from "node:https";
import { isIP } from "node:net";
import { connect, type TLSSocket } from "node:tls";
import { schedule } from "../_schedule.ts";
import { checkNetPermission } from "./net_permission.ts";
import type { ClientCertificate } from "./client_certificate.ts";
import { type IdentityCall, LoginError } from "./login_error.ts";
import { Secret } from "./secret.ts";

/** Answers are a few hundred bytes; an HTML page is no answer. */
const MAX_REPLY_BYTES = 64 * 1024;
const HTTPS_PORT = 443;

/** A call. */
export interface IdentityRequest {
  readonly call: IdentityCall;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** The form, encoded; empty for none. */
  readonly form: string;
  readonly caCerts: readonly string[] | undefined;
  readonly certificate: ClientCertificate | undefined;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * Posts a form, and returns the fields of the JSON object that comes back.
 *
 * `node:https` rather than `fetch`: only it takes client certificates the same way
 * in all runtimes. The connection is made by hand, as Deno's agent asks for the
 * permission to read the system's certificates; and it does not outlive the call.
 *
 * @throws {LoginError} when there is no such answer in time.
 * @throws {NetPermissionError} when the runtime does not allow to connect.
 */
export function postIdentity(
  options: IdentityRequest,
): Promise<Readonly<Record<string, unknown>>> {
  const { call, url, signal, timeoutMs } = options;
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    checkNetPermission(url.hostname, portOf(url));
    const body = new TextEncoder().encode(options.form);
    const outgoing = request(url, {
      method: "POST",
      createConnection: () => connectTo(options),
      headers: {
        ...options.headers,
        "Accept": "application/json",
        "Content-Type": "application/x-www-form-urlencoded",
        "Content-Length": String(body.length),
        "Connection": "close",
      },
    });
    const settle = (action: () => void): void => {
      cancel();
      signal?.removeEventListener("abort", abort);
      action();
      outgoing.destroy();
    };
    const fail = (error: unknown): void => settle(() => reject(error));
    const abort = (): void => fail(signal!.reason);
    const cancel = schedule(
      () =>
        fail(
          new LoginError(call, "TIMED_OUT", { detail: `${timeoutMs} ms` }),
        ),
      timeoutMs,
    );
    signal?.addEventListener("abort", abort);
    // Stays, as destroying a request may tell an error after it is settled.
    outgoing.on("error", (cause) => {
      fail(
        new LoginError(call, "CONNECTION_FAILED", {
          detail: reasonOf(cause, url),
          cause,
        }),
      );
    });
    outgoing.on("response", (response) => {
      const httpStatus = response.statusCode ?? 0;
      if (httpStatus !== 200) {
        const detail = String(httpStatus);
        return fail(
          new LoginError(call, "HTTP_STATUS", { httpStatus, detail }),
        );
      }
      const chunks: Uint8Array[] = [];
      let length = 0;
      response.on("data", (chunk: Uint8Array) => {
        chunks.push(chunk);
        length += chunk.length;
        if (length <= MAX_REPLY_BYTES) return;
        const detail = `more than ${MAX_REPLY_BYTES} bytes`;
        fail(new LoginError(call, "INVALID_REPLY", { httpStatus, detail }));
      });
      response.on("error", (cause) => {
        const detail = reasonOf(cause, url);
        fail(
          new LoginError(call, "CONNECTION_FAILED", {
            httpStatus,
            detail,
            cause,
          }),
        );
      });
      response.on("end", () => {
        const fields = fieldsOf(chunks);
        if (fields !== undefined) return settle(() => resolve(fields));
        const detail = `${length} bytes of something else`;
        fail(new LoginError(call, "INVALID_REPLY", { httpStatus, detail }));
      });
      response.on("close", () => {
        // Does nothing when the answer was complete.
        const detail = "the answer was cut short";
        fail(new LoginError(call, "CONNECTION_FAILED", { httpStatus, detail }));
      });
    });
    outgoing.end(body);
  });
}

function portOf(url: URL): number {
  return Number(url.port || HTTPS_PORT);
}

/** A verified connection for one call. */
function connectTo(options: IdentityRequest): TLSSocket {
  const { url, caCerts, certificate } = options;
  return connect({
    host: url.hostname,
    port: portOf(url),
    // No name is sent for an address.
    ...isIP(url.hostname) === 0 ? { servername: url.hostname } : {},
    ALPNProtocols: ["http/1.1"],
    rejectUnauthorized: true,
    minVersion: "TLSv1.2",
    ...caCerts === undefined ? {} : { ca: [...caCerts] },
    ...certificate === undefined ? {} : {
      cert: certificate.cert,
      key: Secret.of(certificate.key).reveal(),
    },
  });
}

/** The object in an answer. The parser's error is dropped: it quotes. */
function fieldsOf(
  chunks: readonly Uint8Array[],
): Readonly<Record<string, unknown>> | undefined {
  let value: unknown;
  try {
    const decoder = new TextDecoder();
    const text = chunks.map((chunk) => decoder.decode(chunk, { stream: true }));
    value = JSON.parse(text.join("") + decoder.decode());
  } catch {
    return undefined;
  }
  return typeof value === "object" && value !== null
    ? value as Readonly<Record<string, unknown>>
    : undefined;
}

/** What a network error says in a word, and of whom. */
function reasonOf(cause: Error, url: URL): string {
  const code = "code" in cause && typeof cause.code === "string"
    ? cause.code
    : cause.message;
  return `${url.host}: ${code}`;
}
