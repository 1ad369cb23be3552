/** Certificates that clients must refuse. See {@linkcode flawedCertificate}. */

import { CertificateAuthority, type CertificatePair } from "./_certificates.ts";
import type { MockCertificateFlaw } from "./mock_fault.ts";

const DAY_MS = 86_400_000;

/**
 * Makes a certificate that must be refused.
 *
 * @param flaw Why.
 * @param authority The one that clients trust, if there is one.
 * @returns Certificate and key.
 */
export async function flawedCertificate(
  flaw: MockCertificateFlaw,
  authority: CertificateAuthority | undefined,
): Promise<CertificatePair> {
  const issuer = flaw === "authority" || authority === undefined
    ? await CertificateAuthority.create()
    : authority;
  return await issuer.issueServer(
    flaw === "host"
      ? { hosts: ["other.example"] }
      : flaw === "expired"
      ? { validFrom: new Date(0), validTo: new Date(DAY_MS) }
      : {},
  );
}
