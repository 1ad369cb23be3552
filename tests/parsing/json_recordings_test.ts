import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { JsonParser } from "../../src/parsing/json_parser.ts";
import { LADDER_NAMES } from "../../src/tape/ladder_name.ts";
import { decodeTape } from "../support/decode_tape.ts";
import {
  missingReason,
  readRecording,
  recordings,
} from "../support/recordings.ts";
import { splitLines } from "../support/sample_lines.ts";

type Wire = Readonly<Record<string, unknown>>;

// The reference needs an oracle of its own: what JSON.parse returns, reshaped
// without any of the code under test.
describe("JsonParser.parse() keeps everything of recordings", {
  skip: missingReason,
}, () => {
  for (const { name } of recordings) {
    it(name, () => {
      const parser = new JsonParser();
      for (const line of splitLines(readRecording(name))) {
        const block = new Uint8Array(line.length + 1).fill(0x0a);
        block.set(line);
        const message = JSON.parse(new TextDecoder().decode(line)) as Wire;
        const expected = message.op === "mcm" ? envelope(message) : { message };
        assert.deepEqual(decodeTape(parser, block), [expected]);
      }
    });
  }
});

const ENVELOPE = [
  "id",
  "pt",
  "clk",
  "initialClk",
  "conflateMs",
  "heartbeatMs",
  "status",
  "ct",
  "segmentType",
];

function envelope(message: Wire): unknown {
  const expected = pick(message, ENVELOPE);
  const markets = message.mc as Wire[] | undefined;
  if (markets !== undefined) expected.mc = markets.map(market);
  return expected;
}

function market(wire: Wire): unknown {
  const expected = pick(wire, ["id", "img", "con", "tv", "marketDefinition"]);
  if (expected.tv !== undefined) expected.tv = Number(expected.tv);
  const runners = wire.rc as Wire[] | undefined;
  if (runners !== undefined) expected.rc = runners.map(runner);
  return expected;
}

function runner(wire: Wire): unknown {
  const expected = pick(wire, ["id", "hc", "ltp", "tv", "spn", "spf"]);
  for (const [key, value] of Object.entries(expected)) {
    expected[key] = Number(value);
  }
  const ladders = Object.entries(wire).filter(([key, value]) =>
    value !== null && (LADDER_NAMES as readonly string[]).includes(key)
  );
  if (ladders.length > 0) {
    expected.ladders = ladders.map((
      [key, rows],
    ) => [key, ...(rows as number[][]).flat()]);
  }
  return expected;
}

/** The members that are there and not null. */
function pick(wire: Wire, keys: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    keys.filter((key) => (wire[key] ?? null) !== null).map((
      key,
    ) => [key, wire[key]]),
  );
}
