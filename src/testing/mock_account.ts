/** An account that can log in at a {@linkcode MockExchange}. */
export interface MockAccount {
  /** User name. */
  readonly username: string;
  /** Password. */
  readonly password: string;
  /**
   * Why it cannot log in (protocol 7), for instance `"ACCOUNT_NOW_LOCKED"`.
   *
   * @default none: it can
   */
  readonly refusal?: string | undefined;
  /**
   * Whether an interactive login is answered with `LIMITED_ACCESS`.
   *
   * @default {false}
   */
  readonly isLimited?: boolean | undefined;
}

/** Calls of the identity service (protocol 7). */
export type MockIdentityCall = "login" | "certlogin" | "keepAlive" | "logout";
