/** What a program shows instead of a two-step code. See {@linkcode ClientCertificate}. */

import { createPrivateKey, X509Certificate } from "node:crypto";
import { LoginOptionError } from "./login_option_error.ts";
import { Secret } from "./secret.ts";

/** A certificate that is registered on an account, and its key. */
export interface ClientCertificate {
  /** The certificate, with any intermediate ones behind it; PEM. */
  readonly cert: string;
  /** Its private key, not encrypted; PEM. */
  readonly key: string | Secret;
}

/**
 * Checks a certificate before it is used: some runtimes would leave one that they
 * cannot read out of the connection, and say nothing.
 *
 * @throws {LoginOptionError} when it is none, or the key is not its; the error holds neither.
 * @internal
 */
export function checkClientCertificate(certificate: ClientCertificate): void {
  const cert = attempt(() => new X509Certificate(certificate.cert));
  if (cert === undefined) {
    throw new LoginOptionError(
      "certificate.cert",
      "a certificate in PEM",
      "it cannot be read",
    );
  }
  const key = attempt(() =>
    createPrivateKey(Secret.of(certificate.key).reveal())
  );
  if (key === undefined) {
    throw new LoginOptionError(
      "certificate.key",
      "a private key in PEM, not encrypted",
      "it cannot be read",
    );
  }
  if (!cert.checkPrivateKey(key)) {
    throw new LoginOptionError(
      "certificate.key",
      "the certificate's",
      "it is another one's",
    );
  }
}

/** What a function returns; its error is dropped, as it may quote. */
function attempt<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}
