/** Parses blocks in a worker with a native parser, for `native_workers_test.ts`. */

import { openNative } from "../../ffi/mod.ts";
import { CollectedTape, tapeDifference } from "../support/collect_tape.ts";
import { JsonParser } from "../../src/parsing/json_parser.ts";

/** What a worker is sent. */
export interface WorkerTask {
  readonly path: string;
  readonly block: Uint8Array;
  readonly rounds: number;
}

/** What it sends back: records parsed, or what went wrong. */
export type WorkerResult =
  | { readonly records: number }
  | { readonly failure: string };

const scope = globalThis as unknown as {
  onmessage: (event: { data: WorkerTask }) => void;
  postMessage(message: WorkerResult): void;
};

scope.onmessage = ({ data }): void => {
  try {
    scope.postMessage({ records: parse(data) });
  } catch (error) {
    scope.postMessage({ failure: String(error) });
  }
};

function parse({ path, block, rounds }: WorkerTask): number {
  const expected = new CollectedTape().collect(new JsonParser(), block);
  let records = 0;
  for (let i = 0; i < rounds; i++) {
    using parser = openNative({ path });
    const actual = new CollectedTape().collect(parser, block);
    const difference = tapeDifference(actual, expected);
    if (difference !== undefined) throw new Error(difference);
    records += actual.records;
  }
  return records;
}
