import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import type { CertificateAuthority, CertificatePair } from "./_certificates.ts";
import { type HttpReply, type HttpRequest, serveHttp } from "./_mock_http.ts";
import { MockServer } from "./_mock_server.ts";
import type { MockSessions } from "./_mock_sessions.ts";
import type { MockAccount, MockIdentityCall } from "./mock_account.ts";

const PATHS: Readonly<Record<string, MockIdentityCall>> = {
  "/api/login": "login",
  "/api/certlogin": "certlogin",
  "/api/keepAlive": "keepAlive",
  "/api/logout": "logout",
};

/** Certificates and accounts of an identity service. */
export interface IdentitySetup {
  /** What the service shows. */
  readonly own: CertificatePair;
  /** Issues the certificates that clients show. */
  readonly clientAuthority: CertificateAuthority;
  /** Who can log in; everybody if there is none. */
  readonly accounts: readonly MockAccount[];
}

/** The service that gives session tokens (protocol 7), over HTTPS on loopback. */
export class MockIdentity {
  /** Calls so far. */
  readonly calls: Record<MockIdentityCall, number> = {
    login: 0,
    certlogin: 0,
    keepAlive: 0,
    logout: 0,
  };
  readonly #setup: IdentitySetup;
  readonly #sessions: MockSessions;
  readonly #server = new MockServer((socket) => this.#accept(socket));
  /** Certificates that were registered, as base64, with the account's name if it is for one. */
  readonly #registered = new Map<string, string | undefined>();

  constructor(setup: IdentitySetup, sessions: MockSessions) {
    this.#setup = setup;
    this.#sessions = sessions;
  }

  /** Port that it listens on. */
  get port(): number {
    return this.#server.port;
  }

  /** Listens on a port that is free. */
  async listen(): Promise<void> {
    await this.#server.listen(0);
  }

  /** Closes all connections and stops listening. */
  async close(): Promise<void> {
    await this.#server.close();
  }

  /** A new certificate, registered on an account; on all without a name. */
  async issueClient(username: string | undefined): Promise<CertificatePair> {
    const pair = await this.#setup.clientAuthority.issueClient(
      username ?? "trader",
    );
    this.#registered.set(base64Of(pair.cert), username);
    return pair;
  }

  #accept(tcp: Socket): void {
    const { own, clientAuthority } = this.#setup;
    const tls = new TLSSocket(tcp, {
      isServer: true,
      cert: own.cert,
      key: own.key,
      ca: clientAuthority.cert,
      requestCert: true,
      // Whether a certificate is registered is for the service to say.
      rejectUnauthorized: false,
    });
    const hangUp = (): void => void tcp.destroy();
    tls.on("error", hangUp);
    tls.on("close", hangUp);
    serveHttp(tls, (request) => this.#answer(request, tls));
  }

  #answer(request: HttpRequest, socket: TLSSocket): HttpReply {
    const { method, target, headers } = request;
    const call = PATHS[target.split("?")[0]!];
    if (call === undefined) return page(404);
    if (method !== "POST") return page(405);
    this.calls[call]++;
    // Who does not ask for JSON is a browser.
    if (!headers.get("accept")?.includes("application/json")) return page(200);
    switch (call) {
      case "login":
        return json(this.#logIn(request));
      case "certlogin":
        return json(this.#logInByCertificate(request, socket));
      default:
        return json(this.#useToken(request, call));
    }
  }

  #logIn(request: HttpRequest): object {
    const { account, refusal } = this.#check(request);
    return {
      token: refusal === undefined ? this.#sessions.issue() : "",
      product: request.headers.get("x-application") ?? "",
      status: refusal !== undefined
        ? "FAIL"
        : account?.isLimited
        ? "LIMITED_ACCESS"
        : "SUCCESS",
      error: refusal ?? "",
    };
  }

  #logInByCertificate(request: HttpRequest, socket: TLSSocket): object {
    const { account, refusal } = this.#check(request);
    const loginStatus = this.#isRegistered(socket, account)
      ? refusal
      : "CERT_AUTH_REQUIRED";
    return loginStatus === undefined
      ? { sessionToken: this.#sessions.issue(), loginStatus: "SUCCESS" }
      : { loginStatus };
  }

  #useToken(request: HttpRequest, call: "keepAlive" | "logout"): object {
    const token = request.headers.get("x-authentication") ?? "";
    const error = token === ""
      ? "INPUT_VALIDATION_ERROR"
      : this.#sessions.renew(token)
      ? ""
      : "NO_SESSION";
    if (error === "" && call === "logout") this.#sessions.expire(token);
    return {
      token,
      product: request.headers.get("x-application") ?? "",
      status: error === "" ? "SUCCESS" : "FAIL",
      error,
    };
  }

  /** Whose credentials a request has, and why they are no good. */
  #check(request: HttpRequest): {
    readonly account?: MockAccount;
    readonly refusal: string | undefined;
  } {
    const { accounts } = this.#setup;
    const appKey = request.headers.get("x-application") ?? "";
    if (appKey === "") return { refusal: "INPUT_VALIDATION_ERROR" };
    if (!this.#sessions.acceptsAppKey(appKey)) {
      return { refusal: "INVALID_APP_KEY" };
    }
    const form = new URLSearchParams(request.body);
    const username = form.get("username") ?? "";
    const password = form.get("password") ?? "";
    if (accounts.length === 0 && username !== "" && password !== "") {
      return { refusal: undefined };
    }
    const account = accounts.find((account) =>
      account.username === username && account.password === password
    );
    return account === undefined
      ? { refusal: "INVALID_USERNAME_OR_PASSWORD" }
      : { account, refusal: account.refusal };
  }

  #isRegistered(
    socket: TLSSocket,
    account: MockAccount | undefined,
  ): boolean {
    const { raw } = socket.getPeerCertificate();
    if (raw === undefined) return false;
    const shown = btoa(String.fromCharCode(...raw));
    if (!this.#registered.has(shown)) return false;
    const username = this.#registered.get(shown);
    return username === undefined || account === undefined ||
      username === account.username;
  }
}

/** The content of a PEM text. */
function base64Of(pem: string): string {
  return pem.replace(/-----[^-]+-----|\s/g, "");
}

function json(body: object): HttpReply {
  return {
    status: 200,
    type: "application/json",
    body: JSON.stringify(body),
  };
}

function page(status: number): HttpReply {
  return { status, type: "text/html", body: "<!doctype html><p>Log in" };
}
