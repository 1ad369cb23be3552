/**
 * Deno's standard library, where it can be reached.
 *
 * `deno.json` maps `@std/streams` and `@std/testing` to JSR. Nothing of this
 * library needs them, so a machine without JSR must be able to run everything
 * else: they are imported here only, by a computed name that no runtime tries
 * to resolve before it is asked to, and a test that lacks one is skipped with
 * the reason. `deno.interop.jsonc` maps the same names to a local copy.
 */

/** The part of `@std/streams` that the tests use. */
export interface StdStreams {
  /** Cuts bytes at a delimiter. */
  readonly DelimiterStream: new (
    delimiter: Uint8Array,
    options?: { disposition?: "suffix" | "prefix" | "discard" },
  ) => TransformStream<Uint8Array, Uint8Array>;
  /** Cuts text at line ends. */
  readonly TextLineStream: new () => TransformStream<string, string>;
  /** Reads several streams at once. */
  readonly mergeReadableStreams: <T>(
    ...streams: ReadableStream<T>[]
  ) => ReadableStream<T>;
  /** Makes a transform stream of a generator. */
  readonly toTransformStream: <I, O>(
    transformer: (source: ReadableStream<I>) => AsyncIterable<O>,
  ) => TransformStream<I, O>;
}

/** A clock and timers that stand still until they are told otherwise. */
export interface StdFakeTime {
  /** Epoch milliseconds. */
  readonly now: number;
  /** Lets time pass, ms. */
  tick(ms?: number): void;
  /** Goes to the next timer that is due; false when there is none. */
  next(): boolean;
  /** Brings the real time back. */
  restore(): void;
}

/** The part of `@std/testing/time` that the tests use. */
export interface StdTime {
  /** Replaces the clock and the timers until it is restored. */
  readonly FakeTime: new (start?: number) => StdFakeTime;
}

/** The part of `@std/testing/snapshot` that the tests use. */
export interface StdSnapshot<Context> {
  /** Compares a value with the one in the snapshot file of the test. */
  readonly assertSnapshot: (
    context: Context,
    actual: string,
    options: { readonly serializer: (actual: string) => string },
  ) => Promise<void>;
}

/** A module, or why there is none. */
export interface Loaded<T> {
  /** The module. Throws when there is none: skip the test instead. */
  readonly module: () => T;
  /** What `node:test` takes as `skip`: the reason, or `false`. */
  readonly skip: string | false;
}

/**
 * Imports a module of the standard library.
 *
 * @param specifier A name that `deno.json` maps, such as `@std/streams`.
 * @returns The module, or the reason for its absence.
 */
export async function loadStd<T>(specifier: string): Promise<Loaded<T>> {
  try {
    const module = await import(specifier) as T;
    return { module: () => module, skip: false };
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    const reason = `${specifier} cannot be reached: ${cause.split("\n")[0]}`;
    return {
      module: (): never => {
        throw new TypeError(`Cannot use a module as ${reason}`, {
          cause: error,
        });
      },
      skip: reason,
    };
  }
}
