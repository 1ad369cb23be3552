/** Wire names of the ladders, in the order of their codes on the tape. */

/** Wire name of a ladder (protocol 3.6). */
export type LadderName =
  | "atb"
  | "atl"
  | "trd"
  | "spb"
  | "spl"
  | "batb"
  | "batl"
  | "bdatb"
  | "bdatl";

/** The ladder names; the index is the tape's code for the ladder. */
export const LADDER_NAMES: readonly LadderName[] = [
  "atb",
  "atl",
  "trd",
  "spb",
  "spl",
  "batb",
  "batl",
  "bdatb",
  "bdatl",
];
