import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { createServer as createHttpsServer, request } from "node:https";
import type { AddressInfo } from "node:net";
import { describe, it } from "node:test";
import { createServer, type TLSSocket } from "node:tls";
import {
  CertificateAuthority,
  type CertificateOptions,
  createCertificates,
} from "../../src/testing/_certificates.ts";
import { RawClient } from "./_raw_client.ts";

/** Runs a server that says hello to whoever accepts its certificate. */
async function greet(
  options: CertificateOptions,
  use: (port: number, caCert: string) => Promise<void>,
): Promise<void> {
  const { caCert, cert, key } = await createCertificates(options);
  const sockets = new Set<TLSSocket>();
  const server = createServer({ cert, key }, (socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.end("hello\r\n");
  });
  server.on("tlsClientError", () => {});
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    await use((server.address() as AddressInfo).port, caCert);
  } finally {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, "close");
  }
}

describe("createCertificates()", () => {
  it("makes what a client that verifies accepts, by name and by address", async () => {
    await greet({}, async (port, caCert) => {
      for (const hostname of ["localhost", "127.0.0.1"]) {
        using client = await RawClient.connect({ port, caCert, hostname });
        assert.equal(await client.text(), "hello");
      }
    });
  });

  it("makes a new authority each time, so that no other is trusted", async () => {
    const other = await createCertificates();
    await greet({}, async (port) => {
      await assert.rejects(
        RawClient.connect({ port, caCert: other.caCert }),
        /UnknownIssuer|BadSignature|unable to verify|signature/i,
      );
    });
  });

  it("makes certificates for another host, which are refused", async () => {
    await greet({ hosts: ["other.example"] }, async (port, caCert) => {
      await assert.rejects(
        RawClient.connect({ port, caCert }),
        /NotValidForName|ALTNAME|altnames|not valid for/i,
      );
    });
  });

  it("makes certificates that have expired, which are refused", async () => {
    const validTo = new Date(Date.now() - 60_000);
    await greet({ validTo, validFrom: new Date(0) }, async (port, caCert) => {
      await assert.rejects(
        RawClient.connect({ port, caCert }),
        /expired/i,
      );
    });
  });

  it("makes certificates that are not valid yet, which are refused", async () => {
    const validFrom = new Date(Date.now() + 3_600_000);
    await greet({ validFrom }, async (port, caCert) => {
      await assert.rejects(
        RawClient.connect({ port, caCert }),
        /not valid yet|not yet valid/i,
      );
    });
  });

  it("writes the period to the second, before and after 2050", async () => {
    const validFrom = new Date("2049-12-31T23:59:58.000Z");
    const validTo = new Date("2050-01-01T00:00:03.000Z");
    const { cert } = await createCertificates({ validFrom, validTo });
    const read = new X509Certificate(cert);
    assert.equal(Date.parse(read.validFrom), validFrom.getTime());
    assert.equal(Date.parse(read.validTo), validTo.getTime());
  });

  it("asks for a host and a period", async () => {
    await assert.rejects(createCertificates({ hosts: [] }), {
      name: "RangeError",
      message:
        "Cannot issue certificate as there must be at least one host: 0 given",
    });
    const day = new Date(86_400_000);
    await assert.rejects(
      createCertificates({ validFrom: day, validTo: day }),
      {
        name: "RangeError",
        message:
          'Cannot issue certificate as "validFrom" must be before "validTo": 86400000, 86400000',
      },
    );
  });
});

describe("CertificateAuthority", () => {
  it("issues what a certificate login shows", async () => {
    const authority = await CertificateAuthority.create();
    const own = await authority.issueServer();
    let served = 0;
    const server = createHttpsServer({
      ...own,
      ca: authority.cert,
      requestCert: true,
      rejectUnauthorized: true,
    }, (_incoming, reply) => {
      served++;
      reply.end("ok");
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const ask = async (pair: Partial<typeof own>): Promise<number> => {
      const asked = request({
        host: "127.0.0.1",
        servername: "localhost",
        port,
        ca: authority.cert,
        agent: false,
        ...pair,
      });
      asked.end();
      const [reply] = await once(asked, "response");
      reply.resume();
      await once(reply, "end");
      return reply.statusCode;
    };
    try {
      assert.equal(await ask(await authority.issueClient("trader")), 200);
      const stranger = await CertificateAuthority.create();
      await assert.rejects(ask(await stranger.issueClient("trader")));
      await assert.rejects(ask({}));
      assert.equal(served, 1);
    } finally {
      server.closeAllConnections?.();
      server.close();
    }
  });

  it("keeps its key to itself", async () => {
    const authority = await CertificateAuthority.create();
    assert.deepEqual(Object.keys(authority), ["cert"]);
    assert.doesNotMatch(JSON.stringify(authority), /PRIVATE/);
  });
});
