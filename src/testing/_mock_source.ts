import { resolveSources } from "../replay/resolve_sources.ts";
import { ReplaySourceError } from "../replay/replay_source_error.ts";
import type { WireObject } from "./_mock_message.ts";
import { type MockStep, MockStepReader } from "./_mock_step.ts";
import type { MockSource } from "./mock_source.ts";

/** Lines of a script that are read ahead. */
const LINES_AT_A_TIME = 64;

/**
 * Reads a source, some steps at a time.
 *
 * @throws {ReplaySourceError} when a recording cannot be read
 * @throws {SyntaxError} when a line is no JSON
 */
export async function* readSteps(
  source: MockSource,
): AsyncGenerator<readonly MockStep[]> {
  const reader = new MockStepReader();
  if (isScript(source)) {
    yield* readScript(source, reader);
    return;
  }
  const { sources } = await resolveSources(source);
  for (const recording of sources) {
    const decoder = new TextDecoder();
    let rest = "";
    for await (const chunk of recording.open()) {
      if (chunk instanceof ReplaySourceError) throw chunk;
      const lines = (rest + decoder.decode(chunk, { stream: true })).split(
        "\n",
      );
      rest = lines.pop()!;
      yield stepsOf(lines, reader);
    }
    yield stepsOf([rest], reader);
  }
}

function* readScript(
  script: Iterable<string | WireObject>,
  reader: MockStepReader,
): Generator<readonly MockStep[]> {
  let lines: (string | WireObject)[] = [];
  for (const line of script) {
    lines.push(line);
    if (lines.length < LINES_AT_A_TIME) continue;
    yield stepsOf(lines, reader);
    lines = [];
  }
  yield stepsOf(lines, reader);
}

function stepsOf(
  lines: readonly (string | WireObject)[],
  reader: MockStepReader,
): readonly MockStep[] {
  const steps: MockStep[] = [];
  for (const line of lines) {
    const message = typeof line === "string" ? parsed(line) : line;
    const step = message && reader.read(message);
    if (step !== undefined) steps.push(step);
  }
  return steps;
}

/** A line as a message; undefined if it is blank. */
function parsed(line: string): WireObject | undefined {
  const text = line.trim();
  return text === "" ? undefined : JSON.parse(text) as WireObject;
}

function isScript(
  source: MockSource,
): source is Iterable<string | WireObject> {
  return typeof source === "object" && !(source instanceof Uint8Array) &&
    Symbol.iterator in source;
}
