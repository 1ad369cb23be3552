/**
 * Certificates for servers and clients on loopback, made at the start of a test
 * with WebCrypto and gone with it: nothing to check in, nothing to renew, no
 * `openssl` to install.
 *
 * There are always two levels, since rustls (Deno) refuses a certificate that
 * is its own authority: an authority, which a client is told to trust, and what
 * it issues. All keys are ECDSA over P-256.
 *
 * @module
 */

import {
  bits,
  type Der,
  integer,
  objectId,
  octets,
  sequence,
  setOf,
  tagged,
  time,
  utf8,
  yes,
} from "./_der.ts";

/** Options of {@linkcode createCertificates}. */
export interface CertificateOptions {
  /**
   * Names and addresses that the certificate is for: DNS names and IPv4
   * addresses.
   *
   * @default {["localhost", "127.0.0.1"]}
   */
  readonly hosts?: readonly string[] | undefined;
  /**
   * Moment from which the certificate is valid.
   *
   * @default a day before now
   */
  readonly validFrom?: Date | undefined;
  /**
   * Moment until which the certificate is valid.
   *
   * @default 30 days from now
   */
  readonly validTo?: Date | undefined;
}

/** A certificate with its key. PEM text. */
export interface CertificatePair {
  /** The certificate. */
  readonly cert: string;
  /** Its private key, PKCS #8. */
  readonly key: string;
}

/** What a server needs, with what its clients need to trust it. PEM text. */
export interface Certificates extends CertificatePair {
  /** The authority that a client must trust. */
  readonly caCert: string;
}

const DAY_MS = 86_400_000;
const VALID_DAYS = 30;
const LOCAL_HOSTS: readonly string[] = ["localhost", "127.0.0.1"];

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256" } as const;
const SIGNING = { name: "ECDSA", hash: "SHA-256" } as const;
/** Bytes of each of the two numbers that make up a signature over P-256. */
const SIGNATURE_NUMBER_BYTES = 32;
/** Bytes of an uncompressed point on P-256; the last member of a public key. */
const POINT_BYTES = 65;
const SERIAL_BYTES = 16;
const PEM_COLUMNS = 64;

const ECDSA_WITH_SHA256 = "1.2.840.10045.4.3.2";
const COMMON_NAME = "2.5.4.3";
const SUBJECT_KEY_ID = "2.5.29.14";
const KEY_USAGE = "2.5.29.15";
const SUBJECT_ALT_NAME = "2.5.29.17";
const BASIC_CONSTRAINTS = "2.5.29.19";
const AUTHORITY_KEY_ID = "2.5.29.35";
const EXTENDED_KEY_USAGE = "2.5.29.37";
const SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
const CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";

/** `keyCertSign`, bit 5: two bits of the byte are unused. */
const MAY_SIGN_CERTIFICATES: Der = bits(Uint8Array.of(0x04), 2);
/** `digitalSignature`, bit 0. */
const MAY_SIGN: Der = bits(Uint8Array.of(0x80), 7);

const IPV4 = /^\d{1,3}(?:\.\d{1,3}){3}$/;

/** Who a certificate is about, or who signs it. */
export interface Holder {
  readonly name: string;
  readonly keys: CryptoKeyPair;
  /** Public key as a SubjectPublicKeyInfo. */
  readonly publicKey: Der;
  /** SHA-1 of the public key's point, which ties a certificate to its authority. */
  readonly keyId: Der;
}

/**
 * Makes an authority and a server's certificate that it has issued.
 *
 * @throws {RangeError} when there is no host, or the period is empty
 */
export async function createCertificates(
  options: CertificateOptions = {},
): Promise<Certificates> {
  const authority = await CertificateAuthority.create();
  return {
    caCert: authority.cert,
    ...await authority.issueServer(options),
  };
}

/**
 * An authority that issues certificates to servers and clients.
 *
 * The key that it signs with cannot be taken out of it.
 */
export class CertificateAuthority {
  /** Its own certificate, PEM text: what the other side must trust. */
  readonly cert: string;
  readonly #holder: Holder;

  /** Used by {@linkcode CertificateAuthority.create}, as making keys takes a promise. */
  constructor(holder: Holder, cert: string) {
    this.#holder = holder;
    this.cert = cert;
  }

  /** Makes an authority with a new key. */
  static async create(): Promise<CertificateAuthority> {
    const holder = await createHolder("betfair-stream test authority", false);
    const cert = await certificate(holder, holder, {}, [
      extension(BASIC_CONSTRAINTS, true, sequence(yes())),
      extension(KEY_USAGE, true, MAY_SIGN_CERTIFICATES),
    ]);
    return new CertificateAuthority(holder, cert);
  }

  /**
   * A certificate for a server.
   *
   * @throws {RangeError} when there is no host, or the period is empty
   */
  async issueServer(
    options: CertificateOptions = {},
  ): Promise<CertificatePair> {
    const hosts = options.hosts ?? LOCAL_HOSTS;
    if (hosts.length === 0) {
      throw new RangeError(
        "Cannot issue certificate as there must be at least one host: 0 given",
      );
    }
    return await this.#issue(hosts[0]!, options, [
      extension(EXTENDED_KEY_USAGE, false, sequence(objectId(SERVER_AUTH))),
      extension(SUBJECT_ALT_NAME, false, sequence(...hosts.map(altName))),
    ]);
  }

  /**
   * A certificate that a client shows, as the certificate login asks for.
   *
   * @param commonName name in the certificate
   * @throws {RangeError} when the period is empty
   */
  async issueClient(
    commonName: string,
    options: Omit<CertificateOptions, "hosts"> = {},
  ): Promise<CertificatePair> {
    return await this.#issue(commonName, options, [
      extension(EXTENDED_KEY_USAGE, false, sequence(objectId(CLIENT_AUTH))),
    ]);
  }

  async #issue(
    name: string,
    period: CertificateOptions,
    extensions: readonly Der[],
  ): Promise<CertificatePair> {
    const holder = await createHolder(name, true);
    const cert = await certificate(holder, this.#holder, period, [
      extension(BASIC_CONSTRAINTS, true, sequence()),
      extension(KEY_USAGE, true, MAY_SIGN),
      ...extensions,
    ]);
    const key = await crypto.subtle.exportKey("pkcs8", holder.keys.privateKey);
    return { cert, key: pem("PRIVATE KEY", new Uint8Array(key)) };
  }
}

async function createHolder(
  name: string,
  extractable: boolean,
): Promise<Holder> {
  const keys = await crypto.subtle.generateKey(
    ALGORITHM,
    extractable,
    ["sign", "verify"],
  ) as CryptoKeyPair;
  const publicKey = new Uint8Array(
    await crypto.subtle.exportKey("spki", keys.publicKey),
  );
  const point = publicKey.slice(-POINT_BYTES);
  const keyId = new Uint8Array(await crypto.subtle.digest("SHA-1", point));
  return { name, keys, publicKey, keyId };
}

/** An X.509 version 3 certificate (RFC 5280, 4.1) as PEM text. */
async function certificate(
  subject: Holder,
  issuer: Holder,
  period: CertificateOptions,
  extensions: readonly Der[],
): Promise<string> {
  const now = Date.now();
  const from = period.validFrom ?? new Date(now - DAY_MS);
  const to = period.validTo ?? new Date(now + VALID_DAYS * DAY_MS);
  if (!(from.getTime() < to.getTime())) {
    throw new RangeError(
      `Cannot issue certificate as "validFrom" must be before "validTo": ` +
        `${from.getTime()}, ${to.getTime()}`,
    );
  }
  const signatureAlgorithm = sequence(objectId(ECDSA_WITH_SHA256));
  const body = sequence(
    tagged(0xa0, integer(Uint8Array.of(2))), // version 3
    integer(serialNumber()),
    signatureAlgorithm,
    distinguishedName(issuer.name),
    sequence(time(from), time(to)),
    distinguishedName(subject.name),
    subject.publicKey,
    tagged(
      0xa3,
      sequence(
        ...extensions,
        extension(SUBJECT_KEY_ID, false, octets(subject.keyId)),
        extension(
          AUTHORITY_KEY_ID,
          false,
          sequence(tagged(0x80, issuer.keyId)),
        ),
      ),
    ),
  );
  const signature = new Uint8Array(
    await crypto.subtle.sign(SIGNING, issuer.keys.privateKey, body),
  );
  return pem(
    "CERTIFICATE",
    sequence(
      body,
      signatureAlgorithm,
      bits(sequence(
        integer(signature.subarray(0, SIGNATURE_NUMBER_BYTES)),
        integer(signature.subarray(SIGNATURE_NUMBER_BYTES)),
      )),
    ),
  );
}

/** A positive number that is never used twice. */
function serialNumber(): Uint8Array {
  const serial = crypto.getRandomValues(new Uint8Array(SERIAL_BYTES));
  serial[0] = serial[0]! & 0x7f | 0x40;
  return serial;
}

function distinguishedName(commonName: string): Der {
  return sequence(setOf(sequence(objectId(COMMON_NAME), utf8(commonName))));
}

function extension(id: string, critical: boolean, value: Der): Der {
  return sequence(
    objectId(id),
    ...critical ? [yes()] : [],
    octets(value),
  );
}

/** A host as a GeneralName: `iPAddress` or `dNSName`. */
function altName(host: string): Der {
  return IPV4.test(host)
    ? tagged(0x87, Uint8Array.from(host.split("."), Number))
    : tagged(0x82, new TextEncoder().encode(host));
}

function pem(label: string, der: Uint8Array): string {
  const base64 = btoa(String.fromCharCode(...der));
  const lines: string[] = [];
  for (let at = 0; at < base64.length; at += PEM_COLUMNS) {
    lines.push(base64.slice(at, at + PEM_COLUMNS));
  }
  return `-----BEGIN ${label}-----\n${
    lines.join("\n")
  }\n-----END ${label}-----\n`;
}
