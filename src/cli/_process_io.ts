/** The process that runs the command line. See {@linkcode ProcessIo}. */

import process from "node:process";
import { ExitCode } from "./_command.ts";
import type { CliIo, CliOutput } from "./cli_io.ts";
import { isClosedPipe, OutputError } from "./_output_error.ts";

/** The outputs and signals of this process. */
export class ProcessIo implements CliIo {
  readonly stdout: CliOutput = new ProcessOutput(process.stdout);
  readonly stderr: CliOutput = new ProcessOutput(process.stderr);
  readonly noColor: boolean = wantsNoColor();
  readonly #interruption = new AbortController();
  #exitCode: number = ExitCode.INTERRUPTED;
  readonly #interrupt = (): void => this.#interruption.abort();
  readonly #terminate = (): void => {
    this.#exitCode = ExitCode.TERMINATED;
    this.#interruption.abort();
  };

  constructor() {
    // Once: a second Ctrl+C ends the process the hard way.
    process.once("SIGINT", this.#interrupt);
    // Whoever stops a service wants complete files; Windows has no such signal.
    if (process.platform !== "win32") {
      process.once("SIGTERM", this.#terminate);
    }
  }

  /** Exit code of a command that was interrupted: tells by which signal. */
  get interruptedExitCode(): number {
    return this.#exitCode;
  }

  get signal(): AbortSignal {
    return this.#interruption.signal;
  }

  now(): number {
    return performance.now();
  }

  environment(name: string): string | undefined {
    return mayReadEnvironment(name) ? process.env[name] : undefined;
  }

  /** Gives the signals back, so that nothing keeps the process alive. */
  close(): void {
    process.off("SIGINT", this.#interrupt);
    process.off("SIGTERM", this.#terminate);
  }
}

/** What is used of a standard output; the same in all runtimes. */
interface ProcessStream {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
  on(event: "error", listener: () => void): unknown;
  write(text: string, done: (error?: Error | null) => void): boolean;
}

class ProcessOutput implements CliOutput {
  readonly #stream: ProcessStream;
  /** What it failed with; from then on nobody is there to be told. */
  #failure: Error | undefined;

  constructor(stream: ProcessStream) {
    this.#stream = stream;
    // Errors are told to the callback of each write; unheard, the event would
    // end the process.
    stream.on("error", () => {});
  }

  get isTerminal(): boolean {
    return this.#stream.isTTY === true;
  }

  get columns(): number | undefined {
    return this.isTerminal ? this.#stream.columns || undefined : undefined;
  }

  get rows(): number | undefined {
    return this.isTerminal ? this.#stream.rows || undefined : undefined;
  }

  write(text: string): Promise<void> {
    // Deno's stream would never answer again.
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      const fail = (error: Error): void =>
        reject(
          this.#failure ??= isClosedPipe(error)
            ? error
            : new OutputError(error),
        );
      try {
        this.#stream.write(text, (error) => error ? fail(error) : resolve());
      } catch (error) {
        // So does Deno tell of a full disk.
        fail(error instanceof Error ? error : new Error(String(error)));
      }
    });
  }
}

/** Whether a variable may be read: in Deno, looking would ask for the permission. */
function mayReadEnvironment(variable: string): boolean {
  const { Deno } = globalThis as {
    Deno?: {
      readonly permissions: {
        querySync(
          permission: { readonly name: "env"; readonly variable: string },
        ): { readonly state: string };
      };
    };
  };
  return Deno === undefined ||
    Deno.permissions.querySync({ name: "env", variable }).state === "granted";
}

/** Asks Deno itself where there is one: the environment would take a permission. */
function wantsNoColor(): boolean {
  const { Deno } = globalThis as { Deno?: { readonly noColor?: boolean } };
  if (Deno?.noColor !== undefined) return Deno.noColor;
  return Boolean(process.env.NO_COLOR);
}
