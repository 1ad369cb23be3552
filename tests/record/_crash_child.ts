// deno-lint-ignore-file no-console -- a program, which reports to the test

/**
 * Records a generated session over and over, until it is killed: an argument
 * each for the folder, the options as JSON, and the seed. Prints how many bytes
 * are safe by now, a line for each flush.
 *
 * @module
 */

import process from "node:process";
import { record, type RecordOptions } from "../../src/record/mod.ts";
import { crashSession } from "./_crash_session.ts";

/** Records; yields now and then what is safe. */
async function main(
  folder: string,
  options: RecordOptions,
  seed: number,
): Promise<void> {
  async function* endless(): AsyncGenerator<Uint8Array> {
    const session = crashSession(seed);
    for (let at = 0;; at = (at + 3001) % session.length) {
      // The runtime gets to do other things, such as compressing.
      await new Promise((resolve) => setImmediate(resolve));
      yield session.subarray(at, Math.min(session.length, at + 3001));
      if (at + 3001 >= session.length) return;
    }
  }
  const recording = record(endless(), folder, options);
  let pieces = 0;
  for await (const _batch of recording) {
    if (++pieces % 5 !== 0) continue;
    await recording.flush();
    console.log(recording.summary.writtenBytes);
  }
  // Not reached before it is killed, but on a very fast machine.
  await new Promise(() => setInterval(() => {}, 1000));
}

const [folder, options, seed] = process.argv.slice(2);
main(folder!, JSON.parse(options!), Number(seed));
