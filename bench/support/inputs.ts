/**
 * What is measured: the real recordings where they are at hand, else seeded
 * sessions of the library's own generator. Never one message again and again:
 * that is predicted by the processor and flatters everything.
 *
 * @module
 */

import { generateSession } from "../../src/testing/mod.ts";
import { linesOf } from "./cuts.ts";
import { readRecording, recordings } from "../../tests/support/recordings.ts";

/** Bytes of whole lines, with a name. */
export interface Input {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** A piece of a recording and what comes before it. */
export interface Stretch {
  readonly name: string;
  /** Lines from the beginning, which bring the books into a realistic state. */
  readonly before: readonly Uint8Array[];
  /** Deltas that follow, each with its line end. */
  readonly lines: readonly Uint8Array[];
}

/** Kinds of messages that are measured apart. */
export type MessageKind =
  | "delta"
  | "heartbeat"
  | "definition"
  | "image"
  | "large image"
  | "orders";

const LF = 0x0a;

/** Recordings that are no price recording: extracts, other streams, definitions and `ltp` only. */
const NO_PRICES = /^(?:orders|other|sample|derived|reconnect)|_basic_/;

/** Lines of a recording in one stretch. */
const STRETCH_LINES = 1500;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Whether the inputs are real. */
export const hasRecordings: boolean = recordings.length > 0;

/**
 * The price recordings in compact JSON, as an exchange writes them; those that a
 * recorder wrote again with white space are left out.
 *
 * @param isFast Whether to leave out those that take a second to decompress.
 */
export function priceInputs(isFast: boolean = false): Input[] {
  if (!hasRecordings) return generatedInputs();
  const inputs: Input[] = [];
  for (const { name, path } of recordings) {
    if (NO_PRICES.test(name) || (isFast && path.endsWith(".bz2"))) continue;
    const bytes = readRecording(name);
    const head = decoder.decode(bytes.subarray(0, 4096));
    if (!head.includes(`": `)) inputs.push({ name, bytes: wholeLines(bytes) });
  }
  return inputs;
}

/** Several inputs one after the other. */
export function concatenate(name: string, inputs: readonly Input[]): Input {
  return { name, bytes: joinBytes(inputs.map(({ bytes }) => bytes)) };
}

/** The first lines of an input, up to a size. */
export function head(input: Input, name: string, maxBytes: number): Input {
  const { bytes } = input;
  if (bytes.length <= maxBytes) return { name, bytes };
  const end = bytes.lastIndexOf(LF, maxBytes - 1) + 1;
  return { name, bytes: bytes.subarray(0, end) };
}

/** Lines as one piece. */
export function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(
    parts.reduce((sum, { length }) => sum + length, 0),
  );
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** Text as a line. */
export function encodeLine(text: string): Uint8Array {
  return encoder.encode(`${text}\n`);
}

/** A line as text, without its line end. */
export function textOf(line: Uint8Array): string {
  return decoder.decode(line).trimEnd();
}

/** Sum of the lengths. */
export function totalBytes(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, { length }) => sum + length, 0);
}

let stretches: readonly Stretch[] | undefined;

/** Deltas in the middle of several recordings. */
export function deltaStretches(): readonly Stretch[] {
  return stretches ??= priceInputs(true)
    .map(stretchOf)
    .filter(({ lines }) => lines.length >= 100);
}

const sets = new Map<MessageKind, readonly Uint8Array[]>();

/** Lines of one kind, each with its line end. */
export function messageSet(kind: MessageKind): readonly Uint8Array[] {
  let set = sets.get(kind);
  if (set === undefined) sets.set(kind, set = makeSet(kind));
  return set;
}

function makeSet(kind: MessageKind): readonly Uint8Array[] {
  if (kind === "delta") {
    return deltaStretches().flatMap(({ lines }) => lines.slice(0, 500));
  }
  const found = sourceLines().filter((line) => kindOf(line) === kind);
  if (kind === "large image" && found.length === 0) return generatedImages();
  if (kind !== "heartbeat" || found.length >= 50) return found;
  const generated = generateSession({
    seed: 11,
    messages: 200,
    heartbeatShare: 0.9,
    segmentShare: 0,
    outageShare: 0,
  });
  return linesOf(generated).filter((line) => kindOf(line) === kind);
}

let allLines: readonly Uint8Array[] | undefined;

/** Lines that may be of a rare kind, from everything that is quick to read. */
function sourceLines(): readonly Uint8Array[] {
  if (allLines !== undefined) return allLines;
  const lines: Uint8Array[] = [];
  for (const { name, path } of recordings) {
    if (!path.endsWith(".bz2")) lines.push(...linesOf(readRecording(name)));
  }
  // The recordings have few orders, and may be missing.
  for (const seed of [1, 2, 3]) {
    lines.push(...linesOf(generateSession({
      seed,
      markets: 3,
      messages: 600,
      orders: true,
      segmentShare: 0,
      imageShare: hasRecordings ? 0 : 0.05,
    })));
  }
  return allLines = lines;
}

/** The kind of a line; undefined for what is not measured apart. */
function kindOf(line: Uint8Array): MessageKind | undefined {
  const text = textOf(line);
  if (/"op": ?"ocm"/.test(text)) return "orders";
  if (!/"op": ?"mcm"/.test(text)) return undefined;
  if (text.includes('"HEARTBEAT"')) return "heartbeat";
  const markets = text.split('"marketDefinition"').length - 1;
  if (markets > 10) return "large image";
  if (markets !== 1) return undefined;
  return text.includes('"img":true') ? "image" : "definition";
}

function stretchOf({ name, bytes }: Input): Stretch {
  const lines = linesOf(bytes);
  const start = Math.floor(lines.length / 3);
  const stretch = lines.slice(start, start + STRETCH_LINES);
  return {
    name,
    before: lines.slice(0, start),
    lines: stretch.filter((line) => {
      const text = textOf(line);
      return text.includes('"rc"') && !text.includes('"marketDefinition"') &&
        !text.includes('"img":true');
    }),
  };
}

/** Stands in for the recordings where there are none. */
function generatedInputs(): Input[] {
  return [1, 2, 3, 4].map((seed) => ({
    name: `generated_${seed}`,
    bytes: generateSession({
      seed,
      flavor: seed === 4 ? "pro" : "live",
      markets: seed,
      messages: 2500,
      // A stretch may begin anywhere, and must not begin with half a message.
      segmentShare: 0,
    }),
  }));
}

/** Images of many markets, where there is no recording of one. */
function generatedImages(): Uint8Array[] {
  return [1, 2, 3, 4].map((seed) => {
    const session = generateSession({
      seed,
      markets: 100,
      messages: 0,
      segmentShare: 0,
    });
    return linesOf(session).find((line) => kindOf(line) === "large image")!;
  });
}

/** Ends the last line, if a recording was cut in it. */
function wholeLines(bytes: Uint8Array): Uint8Array {
  return bytes.at(-1) === LF ? bytes : joinBytes([bytes, encoder.encode("\n")]);
}
