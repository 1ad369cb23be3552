/** Session tokens from the identity service. See {@linkcode login}. */

import type { IdentityCall } from "./login_error.ts";
import { postIdentity } from "./_identity_request.ts";
import { LoginOptionError } from "./login_option_error.ts";
import {
  checkClientCertificate,
  type ClientCertificate,
} from "./client_certificate.ts";
import { isIdentityReason, LoginError } from "./login_error.ts";
import { Secret } from "./secret.ts";
import type { LoginSession } from "./session_source.ts";

/**
 * Which of the exchange's services an account belongs to. New Zealand's accounts
 * are `australia`'s.
 */
export type Jurisdiction =
  | "international"
  | "italy"
  | "spain"
  | "romania"
  | "sweden"
  | "australia";

/** Options of {@linkcode login}. */
export interface LoginOptions {
  /** Application key. */
  readonly appKey: string | Secret;
  /** Name of the account. */
  readonly username: string | Secret;
  /** Its password; a two-step code is appended to it. */
  readonly password: string | Secret;
  /**
   * Certificate that is registered on the account: logs in without a two-step
   * code, which is meant for programs. Without one the login is interactive.
   */
  readonly certificate?: ClientCertificate | undefined;
  /**
   * The account's service.
   *
   * @default {"international"}
   */
  readonly jurisdiction?: Jurisdiction | undefined;
  /**
   * How long a token lives, milliseconds, > 0; it is kept alive at half of it.
   * The exchange does not tell it. The default is the least that was ever
   * documented: 4 h for `international`, 20 min for the others.
   */
  readonly lifeMs?: number | undefined;
  /**
   * Time for each call, from connecting to the end of the answer, milliseconds, > 0.
   *
   * @default {15_000}
   */
  readonly timeoutMs?: number | undefined;
  /**
   * Certificates of authorities to trust instead of the system's, PEM; for tests.
   * There is no way not to verify.
   */
  readonly caCerts?: readonly string[] | undefined;
  /** Base of all calls instead of the jurisdiction's hosts, `https:`; for tests. */
  readonly identityUrl?: string | URL | undefined;
  /** Gives up logging in; its reason is thrown. */
  readonly signal?: AbortSignal | undefined;
}

/** A session that {@linkcode login} has made. */
export interface IdentitySession extends LoginSession {
  /** Whether the account's access is limited: it may look, and not bet. */
  readonly isLimited: boolean;
}

interface IdentityHosts {
  /** Interactive login, keep-alive and logout. */
  readonly interactive: string;
  readonly certificate: string;
  readonly lifeMs: number;
}

const MINUTE_MS = 60_000;
const SHORT_LIFE_MS = 20 * MINUTE_MS;
const DEFAULT_TIMEOUT_MS = 15_000;
/** Timers cannot wait longer. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/** Protocol section 7. */
const HOSTS: Readonly<Record<Jurisdiction, IdentityHosts>> = {
  international: hostsOf("com", 240 * MINUTE_MS),
  italy: hostsOf("it", SHORT_LIFE_MS),
  spain: hostsOf("es", SHORT_LIFE_MS),
  romania: hostsOf("ro", SHORT_LIFE_MS),
  sweden: hostsOf("se", SHORT_LIFE_MS),
  // There is no host of its own for certificates.
  australia: {
    ...hostsOf("com", SHORT_LIFE_MS),
    interactive: "identitysso.betfair.com.au",
  },
};

function hostsOf(domain: string, lifeMs: number): IdentityHosts {
  return {
    interactive: `identitysso.betfair.${domain}`,
    certificate: `identitysso-cert.betfair.${domain}`,
    lifeMs,
  };
}

/**
 * Logs in, interactively or by certificate (protocol section 7).
 *
 * Needs the permission to connect to the jurisdiction's hosts on port 443:
 * `identitysso.betfair.com`, with a certificate also
 * `identitysso-cert.betfair.com`. Tokens are good for any number of connections;
 * log in once and not on every retry, as too many logins are banned for 20 minutes.
 *
 * @param options Credentials, and where to.
 * @returns The session; keep it alive, or hand it to a client, which does.
 * @throws {LoginError} when the login is refused, or nothing answers in time.
 * @throws {NetPermissionError} when the runtime does not allow to connect.
 * @throws {LoginOptionError} when an option is not what it must be; it never holds the value.
 *
 * @example A client that logs in by certificate
 * ```ts
 * import { login, Secret, type SessionSource } from "@betfair-stream/core/client";
 * import assert from "node:assert/strict";
 * import { readFile } from "node:fs/promises";
 * import process from "node:process";
 *
 * const session: SessionSource = async ({ signal }) =>
 *   await login({
 *     appKey: new Secret(process.env.BETFAIR_APP_KEY!),
 *     username: new Secret(process.env.BETFAIR_USERNAME!),
 *     password: new Secret(process.env.BETFAIR_PASSWORD!),
 *     certificate: {
 *       cert: await readFile("client.crt", "utf8"),
 *       key: new Secret(await readFile("client.key", "utf8")),
 *     },
 *     signal,
 *   });
 *
 * assert.equal(typeof session, "function");
 * ```
 */
export async function login(options: LoginOptions): Promise<IdentitySession> {
  const { jurisdiction = "international", certificate } = options;
  const hosts = Object.hasOwn(HOSTS, jurisdiction)
    ? HOSTS[jurisdiction]
    : invalid("jurisdiction", `one of ${Object.keys(HOSTS).join(", ")}`);
  const service = new IdentityService(options, hosts);
  const lifeMs = positive("lifeMs", options.lifeMs ?? hosts.lifeMs, Infinity);
  if (certificate !== undefined) checkClientCertificate(certificate);
  const username = Secret.of(options.username);
  const password = Secret.of(options.password);
  const form = new URLSearchParams({
    username: username.reveal(),
    password: password.reveal(),
  });
  const call = certificate === undefined ? "login" : "certlogin";
  const { token, status } = await service.post(call, {
    form: form.toString(),
    secrets: [username, password],
    signal: options.signal,
  });
  return new Session(service, token!, {
    lifeMs,
    isLimited: status === "LIMITED_ACCESS",
  });
}

/** What a call sends beside the application key. */
interface CallOptions {
  readonly form?: string;
  /** What must not be found in an answer's reason. */
  readonly secrets: readonly Secret[];
  readonly token?: Secret;
  readonly signal: AbortSignal | undefined;
}

/** What came of a call that succeeded. */
interface Outcome {
  readonly status: string;
  /** Always there after a login. */
  readonly token: Secret | undefined;
}

/** The service of a jurisdiction, and who asks. */
class IdentityService {
  readonly #options: LoginOptions;
  readonly #hosts: IdentityHosts;
  readonly #appKey: Secret;
  readonly #base: URL | undefined;
  readonly #timeoutMs: number;

  constructor(options: LoginOptions, hosts: IdentityHosts) {
    const { identityUrl, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
    this.#options = options;
    this.#hosts = hosts;
    this.#appKey = Secret.of(options.appKey);
    if (!isHeaderText(this.#appKey.reveal())) {
      invalid("appKey", "printable ASCII");
    }
    this.#timeoutMs = positive("timeoutMs", timeoutMs, MAX_TIMEOUT_MS);
    if (identityUrl === undefined) return;
    this.#base = URL.canParse(identityUrl) ? new URL(identityUrl) : undefined;
    if (this.#base?.protocol !== "https:") {
      invalid("identityUrl", "a URL of protocol https:");
    }
  }

  /** Calls, and checks that the answer is one of success. */
  async post(call: IdentityCall, options: CallOptions): Promise<Outcome> {
    const { form = "", token, secrets, signal } = options;
    const isLogin = call === "login" || call === "certlogin";
    const fields = await postIdentity({
      call,
      url: this.#urlOf(call),
      headers: {
        "X-Application": this.#appKey.reveal(),
        ...token === undefined ? {} : { "X-Authentication": token.reveal() },
      },
      form,
      caCerts: this.#options.caCerts,
      certificate: call === "certlogin" ? this.#options.certificate : undefined,
      timeoutMs: this.#timeoutMs,
      signal,
    });
    const isCertificate = call === "certlogin";
    const status = fields[isCertificate ? "loginStatus" : "status"];
    const text = fields[isCertificate ? "sessionToken" : "token"];
    const hasToken = typeof text === "string" && isHeaderText(text);
    const isGood = status === "SUCCESS" ||
      isLogin && status === "LIMITED_ACCESS";
    if (typeof status === "string" && isGood && (hasToken || !isLogin)) {
      return { status, token: hasToken ? new Secret(text) : undefined };
    }
    const code = typeof status === "string" && !isGood
      ? reasonOf(fields.error) ?? reasonOf(status)
      : undefined;
    // An answer may quote what was sent.
    const isSafe = code !== undefined && (isIdentityReason(code) ||
      ![...secrets, this.#appKey].some((secret) =>
        code.includes(secret.reveal().toUpperCase())
      ));
    throw isSafe
      ? new LoginError(call, code, { httpStatus: 200 })
      : new LoginError(call, "INVALID_REPLY", {
        httpStatus: 200,
        detail: isGood ? "no usable token in it" : "no usable status in it",
      });
  }

  #urlOf(call: IdentityCall): URL {
    const { interactive, certificate } = this.#hosts;
    const host = call === "certlogin" ? certificate : interactive;
    return new URL(`/api/${call}`, this.#base ?? `https://${host}`);
  }
}

/** See {@linkcode IdentitySession}. */
class Session implements IdentitySession {
  readonly lifeMs: number;
  readonly isLimited: boolean;
  readonly #service: IdentityService;
  #token: Secret;

  constructor(
    service: IdentityService,
    token: Secret,
    { lifeMs, isLimited }: Pick<IdentitySession, "lifeMs" | "isLimited">,
  ) {
    this.#service = service;
    this.#token = token;
    this.lifeMs = lifeMs;
    this.isLimited = isLimited;
  }

  get token(): Secret {
    return this.#token;
  }

  async keepAlive(signal?: AbortSignal): Promise<void> {
    const { token } = await this.#post("keepAlive", signal);
    if (token !== undefined) this.#token = token;
  }

  async logout(signal?: AbortSignal): Promise<void> {
    await this.#post("logout", signal);
  }

  #post(call: IdentityCall, signal: AbortSignal | undefined): Promise<Outcome> {
    const token = this.#token;
    return this.#service.post(call, { token, secrets: [token], signal });
  }
}

/** A reason that looks like one; others are text that nobody expects. */
function reasonOf(value: unknown): string | undefined {
  return typeof value === "string" && /^[A-Z][A-Z0-9_]{1,79}$/.test(value)
    ? value
    : undefined;
}

/** Whether text may stand in a header, and is not absurdly long. */
function isHeaderText(text: string): boolean {
  return /^[\x21-\x7e]{1,4096}$/.test(text);
}

function positive(name: string, value: number, max: number): number {
  return value > 0 && value <= max ? value : invalid(
    name,
    max === Infinity ? "a number > 0" : `a number > 0 and <= ${max}`,
  );
}

/** Refuses an option without telling its value, which may be secret. */
function invalid(name: string, requirement: string): never {
  throw new LoginOptionError(name, requirement, "it is something else");
}
