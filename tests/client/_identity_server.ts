/** A small identity service of the tests' own, over HTTPS on loopback. */

import { once } from "node:events";
import { createServer } from "node:https";
import type { ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import {
  CertificateAuthority,
  type CertificatePair,
} from "../../src/testing/_certificates.ts";

/** What the service was asked. */
export interface IdentityCallSeen {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** Answers a call. */
export type IdentityHandler = (
  call: IdentityCallSeen,
  response: ServerResponse,
) => void;

/** Certificates of the service. */
export interface IdentityServerOptions {
  /** Refuses clients that show no certificate of the service's authority. */
  readonly needsCertificate?: boolean;
  readonly hosts?: readonly string[];
  readonly validFrom?: Date;
  readonly validTo?: Date;
}

/** The service, while it runs. */
export interface IdentityServer extends AsyncDisposable {
  readonly url: string;
  readonly caCert: string;
  /** Its own, for another server. */
  readonly certificates: CertificatePair & { readonly caCert: string };
  /** A certificate for logins that the service knows. */
  readonly client: CertificatePair;
  /** What it was asked so far. */
  readonly calls: readonly IdentityCallSeen[];
}

/** Starts a service that answers every call the same way. */
export async function startIdentityServer(
  handler: IdentityHandler,
  options: IdentityServerOptions = {},
): Promise<IdentityServer> {
  const { hosts = ["localhost"], needsCertificate = false } = options;
  const authority = await CertificateAuthority.create();
  const leaf = await authority.issueServer({ ...options, hosts });
  const client = await authority.issueClient("trader");
  const calls: IdentityCallSeen[] = [];
  const server = createServer({
    ...leaf,
    ca: [authority.cert],
    requestCert: needsCertificate,
    rejectUnauthorized: needsCertificate,
  }, (request, response) => {
    let body = "";
    request.setEncoding("utf8");
    request.on("data", (text) => body += text);
    request.on("end", () => {
      const { method, url, headers } = request;
      const call = { method, url, headers, body };
      calls.push(call);
      handler(call, response);
    });
  });
  server.listen(0, "localhost");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `https://localhost:${port}`,
    caCert: authority.cert,
    certificates: { ...leaf, caCert: authority.cert },
    client,
    calls,
    async [Symbol.asyncDispose](): Promise<void> {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** Answers with JSON. */
export function replies(
  value: unknown,
  status: number = 200,
): IdentityHandler {
  return (_call, response) => {
    response.writeHead(status, { "Content-Type": "application/json" });
    response.end(JSON.stringify(value));
  };
}
