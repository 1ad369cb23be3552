/** Where messages keep what is about a market. See {@linkcode changeListOf}. */

/** How changes are listed in messages of one operation (protocol 3.3, 3.9). */
export interface ChangeList {
  /** Key of the array. */
  readonly key: string;
  /** Key of the market id in its elements. */
  readonly id: string;
  /** What the names of files have behind the market id. */
  readonly suffix: string;
}

const LISTS: ReadonlyMap<unknown, ChangeList> = new Map([
  ["mcm", { key: "mc", id: "id", suffix: "" }],
  ["ocm", { key: "oc", id: "id", suffix: ".orders" }],
  ["rcm", { key: "rc", id: "mid", suffix: ".race" }],
  ["ccm", { key: "cc", id: "marketId", suffix: ".cricket" }],
]);

/** A message as `JSON.parse` gives it. */
export type WireMessage = Readonly<Record<string, unknown>>;

/** How messages of an operation list changes; undefined if they do not. */
export function changeListOf(op: unknown): ChangeList | undefined {
  return LISTS.get(op);
}

/** Market ids of the elements of a list, in order; undefined for those that have none. */
export function marketIdsOf(
  message: WireMessage,
  list: ChangeList,
): (string | undefined)[] {
  const changes: unknown = message[list.key];
  if (!Array.isArray(changes)) return [];
  return changes.map((change: unknown) => {
    if (typeof change !== "object" || change === null) return undefined;
    const id: unknown = (change as WireMessage)[list.id];
    return typeof id === "string" ? id : undefined;
  });
}
