/** What ends a command. See {@linkcode CommandError}. */

/**
 * The command could not do what it was asked to: exit code 1. Its message is all
 * that is told, and holds no secrets.
 */
export class CommandError extends Error {
  override readonly name: string = "CommandError";
  /** What to do about it; told on a line of its own. */
  readonly advice: string | undefined;

  /**
   * Makes the error.
   *
   * @param message What is told.
   * @param options What to do about it, and the cause.
   */
  constructor(
    message: string,
    options: ErrorOptions & { readonly advice?: string | undefined } = {},
  ) {
    super(message, options);
    this.advice = options.advice;
  }
}
