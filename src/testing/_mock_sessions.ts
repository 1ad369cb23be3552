import type { MockTimers } from "./mock_timers.ts";

/** What a session is known by, and until when. */
interface Session {
  expiresAtMs: number;
}

/** The application keys and session tokens that an exchange accepts. */
export class MockSessions {
  readonly #appKeys: ReadonlySet<string> | undefined;
  readonly #timers: MockTimers;
  readonly #lifeMs: number;
  readonly #sessions = new Map<string, Session>();
  /** Whether every token is accepted: as long as nobody has said which are. */
  #acceptsAny: boolean;
  #issued = 0;

  constructor(
    options: {
      readonly appKeys?: readonly string[] | undefined;
      readonly tokens?: readonly string[] | undefined;
      readonly lifeMs: number;
      readonly acceptsAny: boolean;
    },
    timers: MockTimers,
  ) {
    this.#appKeys = options.appKeys && new Set(options.appKeys);
    this.#lifeMs = options.lifeMs;
    this.#timers = timers;
    this.#acceptsAny = options.acceptsAny;
    for (const token of options.tokens ?? []) {
      this.#sessions.set(token, this.#new());
    }
  }

  /** Why a key and a token are refused (protocol 3.2); undefined if they are accepted. */
  refusal(appKey: unknown, token: unknown): string | undefined {
    if (typeof appKey !== "string" || appKey === "") return "NO_APP_KEY";
    if (!this.acceptsAppKey(appKey)) return "INVALID_APP_KEY";
    if (typeof token !== "string" || token === "") return "NO_SESSION";
    return this.isLive(token) ? undefined : "INVALID_SESSION_INFORMATION";
  }

  /** Whether an application key is known. */
  acceptsAppKey(appKey: string): boolean {
    return this.#appKeys === undefined || this.#appKeys.has(appKey);
  }

  /** Whether a token can be used. */
  isLive(token: string): boolean {
    const session = this.#sessions.get(token);
    if (session === undefined) return this.#acceptsAny;
    return this.#timers.now() < session.expiresAtMs;
  }

  /** A new token. */
  issue(): string {
    const token = btoa(`session ${++this.#issued} ${crypto.randomUUID()}`);
    this.#sessions.set(token, this.#new());
    return token;
  }

  /** Makes a token live on; false if it is dead already. */
  renew(token: string): boolean {
    if (!this.isLive(token)) return false;
    this.#sessions.set(token, this.#new());
    return true;
  }

  /** Ends a token, or all that there are; after that only new ones are accepted. */
  expire(token?: string): void {
    if (token === undefined) {
      this.#acceptsAny = false;
      this.#sessions.clear();
    } else {
      this.#sessions.set(token, { expiresAtMs: -Infinity });
    }
  }

  #new(): Session {
    return { expiresAtMs: this.#timers.now() + this.#lifeMs };
  }
}
