/** The wire names of the ladders, the same as the library's own. */
export { LADDER_NAMES, type LadderName } from "../tape/ladder_name.ts";
