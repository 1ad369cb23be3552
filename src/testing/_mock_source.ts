import { resolveSources } from "../replay/resolve_sources.ts";
import { ReplaySourceError } from "../replay/replay_source_error.ts";
import { membersOf, type WireObject } from "./_mock_message.ts";
import { type MockStep, MockStepReader } from "./_mock_step.ts";
import type { MockSource } from "./mock_source.ts";

/** Lines of a script that are read ahead. */
const LINES_AT_A_TIME = 64;

/** The steps of a source, and what could not be read of it. */
export class MockSourceReader {
  readonly #source: MockSource;
  #skippedLines = 0;

  constructor(source: MockSource) {
    this.#source = source;
  }

  /** Lines of recordings that are no JSON: purchased ones hold some, and the last of a live one may be torn. */
  get skippedLines(): number {
    return this.#skippedLines;
  }

  /**
   * Reads, some steps at a time.
   *
   * @throws {ReplaySourceError} when a recording cannot be read
   * @throws {SyntaxError} when a line of a script is no JSON
   */
  async *steps(): AsyncGenerator<readonly MockStep[]> {
    const reader = new MockStepReader();
    if (isScript(this.#source)) {
      yield* readScript(this.#source, reader);
      return;
    }
    const { sources } = await resolveSources(this.#source);
    for (const recording of sources) {
      const decoder = new TextDecoder();
      let rest = "";
      for await (const chunk of recording.open()) {
        if (chunk instanceof ReplaySourceError) throw chunk;
        const text = rest + decoder.decode(chunk, { stream: true });
        const lines = text.split("\n");
        rest = lines.pop()!;
        yield stepsOf(this.#messagesOf(lines), reader);
      }
      yield stepsOf(this.#messagesOf([rest]), reader);
    }
  }

  *#messagesOf(lines: readonly string[]): Generator<WireObject> {
    for (const line of lines) {
      if (line.trim() === "") continue;
      try {
        yield membersOf(JSON.parse(line));
      } catch {
        this.#skippedLines++;
      }
    }
  }
}

function* readScript(
  script: Iterable<string | WireObject>,
  reader: MockStepReader,
): Generator<readonly MockStep[]> {
  let messages: WireObject[] = [];
  for (const line of script) {
    messages.push(
      typeof line === "string" ? membersOf(JSON.parse(line)) : line,
    );
    if (messages.length < LINES_AT_A_TIME) continue;
    yield stepsOf(messages, reader);
    messages = [];
  }
  yield stepsOf(messages, reader);
}

function stepsOf(
  messages: Iterable<WireObject>,
  reader: MockStepReader,
): readonly MockStep[] {
  const steps: MockStep[] = [];
  for (const message of messages) {
    const step = reader.read(message);
    if (step !== undefined) steps.push(step);
  }
  return steps;
}

function isScript(
  source: MockSource,
): source is Iterable<string | WireObject> {
  return typeof source === "object" && !(source instanceof Uint8Array) &&
    Symbol.iterator in source;
}
