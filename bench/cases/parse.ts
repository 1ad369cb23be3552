/** Bodies of the `parse_*_bench.ts` files. */

import {
  type ChangeParser,
  JsonParser,
  type MarketChangeMessage,
  parseMessage,
  TapeScanner,
} from "../../mod.ts";
import { openParser } from "../../ffi/mod.ts";
import {
  assertSame,
  type BenchCase,
  type BenchGroup,
} from "../support/bench_group.ts";
import {
  joinBytes,
  type MessageKind,
  messageSet,
  totalBytes,
} from "../support/inputs.ts";

/** Deltas of several recordings. */
export function parseDeltaGroup(): BenchGroup {
  return changeGroup("parse delta", "delta");
}

/** Heartbeats. */
export function parseHeartbeatGroup(): BenchGroup {
  return changeGroup("parse heartbeat", "heartbeat");
}

/** Market definitions, which are skipped and kept as ranges. */
export function parseDefinitionGroup(): BenchGroup {
  return changeGroup("parse definition", "definition");
}

/** Images of one market. */
export function parseImageGroup(): BenchGroup {
  return changeGroup("parse image", "image");
}

/** Images of 36 to 166 markets. */
export function parseLargeImageGroup(): BenchGroup {
  return changeGroup("parse large image", "large image");
}

/** Order messages: the scanner hands them on, so this shows what that costs. */
export function parseOrdersGroup(): BenchGroup {
  const lines = messageSet("orders");
  const block = joinBytes(lines);
  const group = "parse orders";
  const parseLines = (): number => {
    let length = 0;
    for (const line of lines) {
      length += Object.keys(parseMessage(line.subarray(0, -1))).length;
    }
    return length;
  };
  const cases: BenchCase[] = [
    { name: "TapeScanner", run: parserRun(new TapeScanner(), block) },
    ...nativeCase(block),
    { name: "JsonParser", run: parserRun(new JsonParser(), block) },
    { name: "parseMessage", run: parseLines },
    {
      name: "decode, split, JSON.parse",
      baseline: true,
      run: () => countMessages(block, Object.keys),
    },
  ];
  return {
    group,
    messages: lines.length,
    bytes: block.length,
    cases,
    verify: () => {
      assertSameTapes(group, block);
      assertSame(group, {
        parseMessage: parseLines(),
        JSON: countMessages(block, Object.keys),
      });
    },
  };
}

function changeGroup(group: string, kind: MessageKind): BenchGroup {
  const lines = messageSet(kind);
  const block = joinBytes(lines);
  return {
    group,
    messages: lines.length,
    bytes: totalBytes(lines),
    cases: [
      { name: "TapeScanner", run: parserRun(new TapeScanner(), block) },
      ...nativeCase(block),
      { name: "JsonParser", run: parserRun(new JsonParser(), block) },
      {
        name: "decode, split, JSON.parse",
        baseline: true,
        run: () => countMessages(block, marketsOf),
      },
    ],
    verify: () => {
      assertSameTapes(group, block);
      assertSame(group, {
        scanner: countTapeMarkets(new TapeScanner(), block),
        JSON: countMessages(block, marketsOf),
      });
    },
  };
}

/** The native parser, where its library is built. */
function nativeCase(block: Uint8Array): BenchCase[] {
  const parser = nativeParser();
  return parser === undefined
    ? []
    : [{ name: "NativeParser", run: parserRun(parser, block) }];
}

function nativeParser(): ChangeParser | undefined {
  const { parser } = openParser();
  return parser.backend === "native" ? parser : undefined;
}

/** Parses the block; gives something of each tape. */
function parserRun(parser: ChangeParser, block: Uint8Array): () => number {
  return () => {
    let sum = 0;
    let at = 0;
    while (at < block.length) {
      at = parser.parse(block, at, block.length);
      sum += parser.tape.length;
    }
    return sum;
  };
}

/** The plain way; gives how many parts the messages have. */
function countMessages(
  block: Uint8Array,
  partsOf: (message: MarketChangeMessage) => readonly unknown[],
): number {
  let parts = 0;
  for (const line of new TextDecoder().decode(block).split("\n")) {
    if (line !== "" && line !== "\r") {
      parts += partsOf(JSON.parse(line) as MarketChangeMessage).length;
    }
  }
  return parts;
}

function marketsOf(message: MarketChangeMessage): readonly unknown[] {
  return message.mc ?? [];
}

function countTapeMarkets(parser: ChangeParser, block: Uint8Array): number {
  let markets = 0;
  let at = 0;
  while (at < block.length) {
    at = parser.parse(block, at, block.length);
    for (const change of parser.tape) markets += change.marketCount ?? 0;
  }
  return markets;
}

/** The scanner's numbers must be those that `JSON.parse` gives. */
function assertSameTapes(group: string, block: Uint8Array): void {
  const native = nativeParser();
  assertSame(group, {
    TapeScanner: tapeText(new TapeScanner(), block),
    JsonParser: tapeText(new JsonParser(), block),
    ...native === undefined ? {} : { NativeParser: tapeText(native, block) },
  });
}

function tapeText(parser: ChangeParser, block: Uint8Array): string {
  const parts: string[] = [];
  let at = 0;
  while (at < block.length) {
    const end = block.indexOf(0x0a, at) + 1;
    parser.parse(block, at, end);
    const { slots, length } = parser.tape;
    parts.push(slots.subarray(0, length).join());
    at = end;
  }
  return parts.join("\n");
}
