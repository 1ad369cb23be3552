/**
 * Comparing what two programs know at the end.
 *
 * @module
 */

type Row = readonly [price: number, size: number];

/** A line that a program writes about a runner. */
type StateLine = readonly [
  market: string,
  selection: number,
  handicap: number,
  back: Row | null,
  lay: Row | null,
  lastTraded: number | null,
  ladders: readonly (readonly Row[])[],
];

/** Runners by market, selection and handicap. */
export type State = ReadonlyMap<string, string>;

/** How two states differ. */
export interface StateDifference {
  /** Runners of both together. */
  readonly runners: number;
  readonly differing: number;
  /** The first one that differs. */
  readonly example: string;
}

/**
 * Reads what a program wrote. A runner of which nothing is known counts as
 * absent: whether a program lists it is a matter of taste.
 */
export function parseState(text: string): State {
  const state = new Map<string, string>();
  for (const line of text.split("\n")) {
    if (line.trim() === "") continue;
    const [market, selection, handicap, back, lay, lastTraded, ladders] = JSON
      .parse(line) as StateLine;
    const [atb, atl, trd] = ladders.map(ladderText);
    const ltp = lastTraded === null ? "-" : round(lastTraded);
    const texts = [rowText(back), rowText(lay), ltp, atb, atl, trd];
    if (texts.every((one) => one === "-" || one === "")) continue;
    state.set(
      `${market}/${selection}/${handicap}`,
      `back ${texts[0]} lay ${
        texts[1]
      } last ${ltp} atb ${atb} atl ${atl} trd ${trd}`,
    );
  }
  return state;
}

/** Compares; `undefined` when equal. */
export function compareStates(
  expected: State,
  actual: State,
): StateDifference | undefined {
  const keys = new Set([...expected.keys(), ...actual.keys()]);
  let differing = 0;
  let example = "";
  for (const key of keys) {
    const want = expected.get(key) ?? "absent";
    const have = actual.get(key) ?? "absent";
    if (want === have) continue;
    if (differing++ === 0) example = `${key}: ${firstDifference(want, have)}`;
  }
  return differing === 0
    ? undefined
    : { runners: keys.size, differing, example };
}

function firstDifference(want: string, have: string): string {
  if (want === "absent" || have === "absent") {
    return `${clip(have)} instead of ${clip(want)}`;
  }
  const wanted = want.split(" ");
  const had = have.split(" ");
  for (let i = 0; i < Math.max(wanted.length, had.length); i++) {
    if (wanted[i] === had[i]) continue;
    // What it is stands before: `last 2.5`.
    const name = wanted.slice(0, i).findLast((one) => /^[a-z]+$/.test(one));
    return `${name} ${had[i] ?? "-"} instead of ${wanted[i] ?? "-"}`;
  }
  return "equal";
}

function clip(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

function ladderText(rows: readonly Row[]): string {
  return rows.toSorted(([a], [b]) => a - b).map(rowText).join(" ");
}

function rowText(row: Row | null): string {
  return row === null ? "-" : `${round(row[0])}@${round(row[1])}`;
}

/** Not every program rounds the last bit of a double the same way. */
function round(value: number): string {
  return String(Number(value.toPrecision(12)));
}
