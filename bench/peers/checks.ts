/**
 * Proof before timing: every program must come to the same books, half way and
 * at the end.
 *
 * @module
 */

import type { InputFile } from "./inputs.ts";
import { knownFault } from "./known_faults.ts";
import { lastLine, type Peer, runProgram } from "./peer.ts";
import type { CheckResult } from "./results.ts";
import {
  compareStates,
  parseState,
  type State,
  type StateDifference,
} from "./state.ts";

type Found = State | string;

/**
 * Compares every program with the reference on every recording.
 *
 * @throws {TypeError} when the reference cannot read a recording.
 */
export async function checkPeers(
  peers: readonly Peer[],
  reference: Peer,
  inputs: readonly InputFile[],
  cores: number,
): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  await inParallel(inputs, cores, async (input) => {
    const wanted: State[] = [];
    for (const path of [input.half, input.plain]) {
      const state = await stateOf(reference, path);
      if (typeof state === "string") {
        throw new TypeError(`Cannot check ${input.name}: ${state}`);
      }
      wanted.push(state);
    }
    for (const peer of peers) {
      if (peer === reference) continue;
      results.push(await checkPeer(peer, input, wanted));
    }
  });
  return results;
}

async function checkPeer(
  peer: Peer,
  input: InputFile,
  [wantedHalf, wantedWhole]: readonly State[],
): Promise<CheckResult> {
  const base = { peer: peer.id, recording: input.name };
  if (peer.work === "types" || peer.provenBy !== undefined) {
    const result = await runProgram([
      ...peer.command,
      "once",
      "0",
      input.plain,
    ]);
    return result?.code === 0
      ? { ...base, outcome: "read", detail: "" }
      : { ...base, outcome: "refused", detail: lastLine(result?.stderr ?? "") };
  }
  const whole = await stateOf(peer, input.plain);
  if (typeof whole === "string") {
    return { ...base, outcome: "refused", detail: whole };
  }
  const half = await stateOf(peer, input.half);
  const difference = compareFound(wantedWhole!, whole, "at the end") ??
    compareFound(wantedHalf!, half, "half way");
  return difference === undefined
    ? { ...base, outcome: "equal", detail: "" }
    : {
      ...base,
      outcome: "differs",
      detail: difference,
      fault: knownFault(peer.id, input.name),
    };
}

function compareFound(
  wanted: State,
  found: Found,
  when: string,
): string | undefined {
  if (typeof found === "string") return `${when}: ${found}`;
  const difference = compareStates(wanted, found);
  return difference && `${when} ${differenceText(difference)}`;
}

function differenceText(difference: StateDifference): string {
  const { differing, runners, example } = difference;
  return `${differing} of ${runners} runners differ, first ${example}`;
}

/** The state, or why there is none. */
async function stateOf(peer: Peer, path: string): Promise<Found> {
  const result = await runProgram([...peer.command, "state", "0", path]);
  if (result === undefined) return "it cannot be started";
  return result.code === 0
    ? parseState(result.stdout)
    : lastLine(result.stderr);
}

async function inParallel<T>(
  items: readonly T[],
  count: number,
  run: (item: T) => Promise<void>,
): Promise<void> {
  const queue = items.values();
  const workers = Array.from({ length: count }, async () => {
    // One iterator for all: each takes the next.
    for (const item of queue) await run(item);
  });
  await Promise.all(workers);
}
