/** An option of a login that cannot work. See {@linkcode LoginOptionError}. */

/**
 * An option of `login` is not what it must be. A class of its own, so that a client
 * does not take it for one of the passing errors that `fetch` also tells as a
 * `TypeError`, and asks again. It holds no value, which may be secret.
 */
export class LoginOptionError extends TypeError {
  /**
   * Makes the error.
   *
   * @param name Name of the option.
   * @param requirement What it must be.
   * @param found What it is instead, in words.
   */
  constructor(name: string, requirement: string, found: string) {
    super(`Cannot log in as ${name} must be ${requirement}: ${found}`);
  }
}
